// What is on the screen follows a run by itself: nothing is clicked here but to open a view.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/follow.mjs
import { website } from "./rpc.mjs";
import { client, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("follow", { args: ["--odoo-source", source] }, async ({ page, step, url, login, password }) => {
  const call = await client(url, login, password);
  const project = await website(call, 150);
  const state = async () => (await call("project.project", "read", [[project], ["ai_state"]]))[0].ai_state;
  const until = (wanted) => waitFor(async () => (await state()) === wanted, `the state ${wanted}`, 60000);
  const act = (method, ...args) => call("project.project", method, [[project], ...args]);
  const current = (text) => page.locator(".o_field_widget[name=ai_state] .o_arrow_button_current", { hasText: text }).waitFor();
  const button = (name) => page.locator(`.o_statusbar_buttons button[name=${name}]`);
  const progress = async () => Number((await page.locator(".o_field_widget[name=ai_progress] .o_progressbar_value, .o_field_widget[name=ai_progress]").first().innerText()).replace(/\D/g, ""));
  const loads = [];
  page.on("load", () => loads.push(page.url()));

  await step("the form of a project that has not begun", async () => {
    await page.goto(`${url}/odoo/ai-projects/${project}`);
    await signIn(page, login, password);
    await button("action_start_workflow").waitFor();
    await current("Draft");
    loads.length = 0;
  });

  await step("somebody starts it: state, buttons and progress follow, up to the gate", async () => {
    await act("action_start_workflow");
    await button("action_pause_workflow").waitFor();
    await button("action_start_workflow").waitFor({ state: "detached" });
    await until("approval_pending");
    await button("action_approve_stage").waitFor();
    await page.locator(".alert-warning", { hasText: "waits for your decision" }).waitFor();
  });

  await step("somebody approves it: the form goes on", async () => {
    const [before, stage] = [await progress(), await page.locator(".alert-warning .o_field_widget[name=stage_id]").innerText()];
    await act("action_approve_stage");
    await page.locator(".alert-warning .o_field_widget[name=stage_id]", { hasText: stage }).waitFor({ state: "detached" });
    await waitFor(async () => (await progress()) > before, async () => `more progress than ${before}, not ${await progress()}`);
  });

  await step("what somebody types is left alone, and saved with what happened meanwhile", async () => {
    await until("approval_pending");
    await button("action_approve_stage").waitFor();
    const name = page.locator(".o_field_widget[name=name] textarea, .o_field_widget[name=name] input").first();
    await name.fill("A name half ty");
    await act("action_pause_workflow");
    await page.waitForTimeout(1500);
    if ((await name.inputValue()) !== "A name half ty") throw new Error(await name.inputValue());
    await name.fill("A name well typed");
    await page.click(".o_form_button_save");
    await button("action_resume_workflow").waitFor();
    const [{ name: kept }] = await call("project.project", "read", [[project], ["name"]]);
    if (kept !== "A name well typed") throw new Error(kept);
  });

  await step("the board of projects follows", async () => {
    await page.goto(`${url}/odoo/ai-projects`);
    const card = page.locator(".o_kanban_record", { hasText: "A name well typed" });
    await card.locator(".badge", { hasText: "Paused" }).waitFor();
    loads.length = 0;
    await act("action_resume_workflow");
    await card.locator(".badge", { hasText: "Paused" }).waitFor({ state: "detached" });
  });

  await step("the board of tasks follows: cards move, columns come", async () => {
    await until("approval_pending");
    await page.goto(`${url}/odoo/ai-board`);
    await page.waitForSelector(".o_kanban_view");
    loads.length = 0;
    const pending = await call("project.task", "search_read", [[["project_id", "=", project]], ["name", "ai_state"]]);
    const column = (text) => page.locator(".o_kanban_group", { has: page.locator(".o_column_title", { hasText: text }) }).locator(".o_kanban_record:not(.o_kanban_ghost)");
    const done = pending.filter((task) => task.ai_state === "done").length;
    await waitFor(async () => (await column("Done").count()) === done, async () => `${done} done, not ${await column("Done").count()}`);
    const [{ ai_provider_id }] = await call("project.project", "read", [[project], ["ai_provider_id"]]);
    await call("ai.provider", "write", [[ai_provider_id[0]], { api_base: "echo:1500" }]);
    await act("action_request_changes", "Shorter, please.");
    await waitFor(async () => (await column("Done").count()) < done, "a card that left Done");
    await until("approval_pending");
    await waitFor(async () => (await column("Done").count()) === done, async () => `${done} done again, not ${await column("Done").count()}`);
  });

  await step("a task's form follows", async () => {
    const [task] = await call("project.task", "search_read", [[["project_id", "=", project], ["ai_state", "=", "done"], ["ai_artifact_ids", "!=", false]], ["id", "ai_stage_id"]], { limit: 1, order: "id desc" });
    await page.goto(`${url}/odoo/all-tasks/${task.id}`);
    const badge = (text) => page.locator(".o_field_widget[name=ai_state] .badge", { hasText: text }).waitFor();
    await badge("Done");
    await act("action_request_changes", "Longer, please.");
    await badge(/Queued|Processing/);
    await badge("Done");
  });

  await step("a tab that nobody looks at has no stream, and catches up", async () => {
    await page.goto(`${url}/odoo/ai-projects/${project}`);
    await button("action_pause_workflow").waitFor();
    const streams = [];
    page.on("request", (request) => request.url().includes("/ai/events") && streams.push(request.url()));
    const look = (hidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await look(true);
    await act("action_pause_workflow");
    await page.waitForTimeout(500);
    if (await button("action_resume_workflow").count()) throw new Error("it still listens");
    await look(false);
    await button("action_resume_workflow").waitFor();
    if (streams.length !== 1) throw new Error(`${streams}`);
    await act("action_resume_workflow");
    await button("action_pause_workflow").waitFor();
  });

  await step("the project's form, to its end", async () => {
    await page.goto(`${url}/odoo/ai-projects/${project}`);
    await button("action_approve_stage").waitFor();
    loads.length = 0;
    for (let n = 0; n < 20 && (await state()) !== "done"; n++) {
      await waitFor(async () => ["approval_pending", "done"].includes(await state()), state, 60000);
      if ((await state()) === "approval_pending") await act("action_approve_stage");
    }
    await page.locator(".ribbon", { hasText: "Done" }).waitFor();
    if (loads.length) throw new Error(`the page was loaded: ${loads}`);
  });
});
