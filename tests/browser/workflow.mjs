// The workflow's buttons on a project's form: which ones a state shows, and what each of them does.
//
// The provider is a server of our own that lets every call wait and then refuses it, until it is exchanged for `echo:`.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/workflow.mjs
import { once } from "node:events";
import http from "node:http";
import { website } from "./rpc.mjs";
import { client, press, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("workflow", { args: ["--odoo-source", source] }, async ({ page, step, url, login, password }) => {
  const call = await client(url, login, password);
  const refusing = await provider();
  const { project, offline } = await stage(call, refusing.address);
  const address = `${url}/odoo/ai-projects/${project}`;
  const state = async () => (await call("project.project", "read", [[project], ["ai_state"]]))[0].ai_state;
  const until = (wanted) => waitFor(async () => (await state()) === wanted, `the state ${wanted}`);
  const ribbon = (text) => page.locator(".ribbon", { hasText: text }).waitFor();

  /** The state's buttons are exactly these, in their order. */
  const buttons = async (...wanted) => {
    const seen = page.locator(".o_statusbar_buttons button:visible");
    await waitFor(async () => JSON.stringify(await trimmed(seen)) === JSON.stringify(wanted), async () => `buttons ${wanted}, not ${await trimmed(seen)}`);
  };
  const confirm = () => page.locator(".modal footer button.btn-primary:visible").first().click();

  await step("logged in", async () => {
    await page.goto(address);
    await signIn(page, login, password);
    await buttons("Start");
  });

  await step("started", async () => {
    await press(page, "action_start_workflow");
    await buttons("Pause", "Stop");
    await waitFor(() => refusing.waiting.length > 0, "a call of the provider");
  });

  await step("paused while a text is being written", async () => {
    await press(page, "action_pause_workflow");
    await ribbon("Paused");
    await buttons("Resume", "Stop");
  });

  await step("what came back meanwhile counts when it goes on: the run has failed", async () => {
    refusing.answer();
    await waitFor(async () => !(await call("ai.job", "search_count", [[["project_id", "=", project], ["state", "=", "running"]]])), "the answer stored");
    if ((await state()) !== "paused") throw new Error("it did not stay paused");
    await press(page, "action_resume_workflow");
    await until("failed");
    await page.goto(address);
    await ribbon("Failed");
    await page.locator(".alert-danger", { hasText: "no such key" }).waitFor();
    await buttons("Retry", "Back to draft");
  });

  await step("retried with another provider, up to a gate", async () => {
    await call("project.project", "write", [[project], { ai_provider_id: offline }]);
    await press(page, "action_retry_workflow");
    await until("approval_pending");
    await page.goto(address);
    await page.locator(".alert-warning", { hasText: "waits for your decision" }).waitFor();
    await buttons("Approve", "Request changes", "Reject", "Pause", "Stop");
  });

  await step("paused at the gate, and there again", async () => {
    await press(page, "action_pause_workflow");
    await buttons("Resume", "Stop");
    await press(page, "action_resume_workflow");
    await buttons("Approve", "Request changes", "Reject", "Pause", "Stop");
  });

  await step("rejected with a reason", async () => {
    await page.locator(".o_statusbar_buttons button", { hasText: "Reject" }).click();
    await page.locator(".modal .o_field_widget[name=feedback] textarea").fill("Not our tone at all.");
    await page.locator(".modal footer button:visible", { hasText: "Reject" }).click();
    await page.waitForSelector(".modal", { state: "detached" });
    await ribbon("Failed");
    await page.locator(".alert-danger", { hasText: "Not our tone at all." }).waitFor();
    await buttons("Retry", "Back to draft");
  });

  await step("back to draft, after a question", async () => {
    await page.locator("button[name=action_reset_workflow]").click();
    await confirm();
    await buttons("Start");
    if ((await state()) !== "draft") throw new Error(await state());
  });

  await step("started again, and stopped after a question", async () => {
    await press(page, "action_start_workflow");
    await page.locator("button[name=action_cancel_workflow]").click();
    await confirm();
    await ribbon("Failed");
    await buttons("Retry", "Back to draft");
  });
});

/** The texts of elements. */
async function trimmed(elements) {
  return (await elements.allInnerTexts()).map((text) => text.trim()).filter(Boolean);
}

/** A provider whose calls wait until they are all refused at once. */
async function provider() {
  const waiting = [];
  const server = http.createServer((request, response) => request.resume().on("end", () => waiting.push(response)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // a journey that fails ends all the same
  server.unref();
  const refusal = JSON.stringify({ error: { message: "no such key" } });
  return {
    address: `http://127.0.0.1:${server.address().port}/v1`,
    waiting,
    answer: () => waiting.splice(0).forEach((response) => response.writeHead(401, { "content-type": "application/json" }).end(refusal)),
  };
}

/** A website written by the provider at the address, and the offline provider that can take its place. */
async function stage(call, api_base) {
  const project = await website(call, "");
  const [{ ai_provider_id }] = await call("project.project", "read", [[project], ["ai_provider_id"]]);
  const refusing = await call("ai.provider", "create", [{ name: "Refusing", provider_type: "local", model: "none", api_base }]);
  await call("project.project", "write", [[project], { ai_provider_id: refusing }]);
  return { project, offline: ai_provider_id[0] };
}
