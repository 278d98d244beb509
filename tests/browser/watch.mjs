// The pages of /ai in a real browser: log in, start a run, see texts grow, ask for changes, approve, reach done; at the
// width of a desk and of two phones; and without JavaScript.
//   node tests/browser/watch.mjs BINARY CHROMIUM        needs playwright-core (see pages)
// SHOTS=DIR keeps pictures of the pages there.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { client, PASSWORD, project as make, serve, website } from "./rpc.mjs";

const [binary, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)("playwright-core");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const { base, stop } = await serve(binary);
const browser = await chromium.launch({ executablePath, args });
const complaints = [];

async function open(path, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(base + path);
  await page.fill("#login", "admin");
  await page.fill("#password", PASSWORD);
  // From here on, when it is a page of ours, the console stays empty.
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url().startsWith(base) || request.url().startsWith("data:") || complaints.push(`asks ${request.url()}`));
  await page.click("button[type=submit]");
  await page.waitForSelector("#main");
  return page;
}

async function shot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

// Nothing sticks out, every button can be pressed by name, headings and labels are there.
async function sound(page, what) {
  const found = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const named = (e) => (e.getAttribute("aria-label") || e.textContent || "").trim();
    return {
      wide: scrollWidth - clientWidth,
      nameless: [...document.querySelectorAll("button, a, summary")].filter((e) => !named(e)).length,
      unlabelled: [...document.querySelectorAll("textarea, input:not([type=hidden])")].filter((e) => !e.labels.length).length,
      headings: document.querySelectorAll("h1").length,
      twice: [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, at, all) => all.indexOf(id) !== at),
    };
  });
  assert.deepEqual(found, { wide: 0, nameless: 0, unlabelled: 0, headings: 1, twice: [] }, what);
}

const badge = (page, text) => page.locator("[data-part=head] .badge", { hasText: text }).waitFor();

async function run(name, options) {
  const call = await client(base);
  const project = await website(call, 900, name);
  const page = await open(`/ai/projects/${project}`, options);
  await badge(page, "Draft");
  await page.locator("[data-live]", { hasText: "Live" }).waitFor();
  await sound(page, "draft");
  await page.getByRole("button", { name: "Start" }).click();
  // Seen while it is written, without a reload: the text grows.
  await page.locator("[data-task] [data-size]", { hasText: /\d+ bytes written/ }).first().waitFor();
  await shot(page, `${name}-writing`);
  await badge(page, "Waiting for approval");
  await sound(page, "gate");
  await shot(page, `${name}-gate`);
  await page.getByRole("button", { name: "Approve all" }).click();
  await page.getByRole("heading", { name: "Content approval: Content Review" }).waitFor();
  // By keyboard, as some do: open the form, write, choose, send.
  const summary = page.locator("summary", { hasText: "Request changes" });
  await summary.focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("What should be changed?").fill("Shorter, and mention the opening hours.");
  await page.getByLabel("Home", { exact: true }).check();
  // What somebody types survives the changes of others.
  await call("project.project", "action_approve_stage", [[project]], { task_ids: await call("project.task", "search", [[["project_id", "=", project], ["name", "=", "About"]]]) });
  await page.locator(".gatetasks a", { hasText: "About" }).waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("What should be changed?").inputValue(), "Shorter, and mention the opening hours.");
  assert.equal(await page.getByLabel("Home", { exact: true }).isChecked(), true);
  await sound(page, "changes");
  await shot(page, `${name}-changes`);
  await page.getByRole("button", { name: "Send back" }).click();
  await page.locator(".artifact .kind", { hasText: "v2" }).waitFor();
  await badge(page, "Waiting for approval");
  await page.getByRole("button", { name: "Approve all" }).click();
  await badge(page, "Done");
  await page.locator(".artifact summary").last().click();
  await page.locator(".artifact[open] .prose").first().waitFor();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator(".artifact[open] a[download]").first().click()]);
  assert.equal(await saved.failure(), null);
  await sound(page, "done");
  await shot(page, `${name}-done`);
  await page.context().close();
}

// A built-in workflow from start to done by the page's buttons: paused and resumed, rejected at its first gate and
// taken up again, approved at each.
async function whole(code, params) {
  const call = await client(base);
  const project = await make(call, code, params, 200, `Whole ${code}`);
  const state = async () => (await call("project.project", "read", [[project], ["ai_state"]]))[0].ai_state;
  const happened = (kind) => call("ai.event", "search_count", [[["project_id", "=", project], ["kind", "=", kind]]]);
  const until = async (what, holds) => {
    for (const end = Date.now() + 60_000; !(await holds()); await new Promise((go) => setTimeout(go, 50))) assert.ok(Date.now() < end, `${code}: ${what}`);
  };
  const page = await open(`/ai/projects/${project}`);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await badge(page, "Paused");
  assert.equal(await state(), "paused");
  await page.getByRole("button", { name: "Resume" }).click();
  const gate = () => until("its next gate, or its end", async () => ["approval_pending", "done"].includes(await state()));
  await gate();
  await badge(page, "Waiting for approval");
  await page.locator("summary", { hasText: "Reject" }).click();
  await page.getByLabel("Why is it rejected?").fill("Not our style.");
  await page.getByRole("button", { name: "Reject" }).click();
  await badge(page, "Failed");
  await page.getByRole("button", { name: "Retry" }).click();
  await until("another try", async () => (await happened("retried")) === 1);
  let approved = 0;
  for (await gate(); (await state()) !== "done"; await gate()) {
    await badge(page, "Waiting for approval");
    await page.getByRole("button", { name: /^Approve( all)?$/ }).click();
    approved += 1;
    await until("the approval", async () => (await happened("approved")) === approved);
  }
  await badge(page, "Done");
  await sound(page, `${code} done`);
  const kinds = ["started", "paused", "resumed", "rejected", "retried", "done"];
  assert.deepEqual(await Promise.all(kinds.map(happened)), kinds.map(() => 1), code);
  await page.context().close();
  return `${code} (${approved} gates)`;
}

async function rejected() {
  const call = await client(base);
  const project = await website(call, 0, "Rejected");
  await call("project.project", "action_start_workflow", [[project]]);
  const page = await open(`/ai/projects/${project}`, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await badge(page, "Waiting for approval");
  await page.locator("summary", { hasText: "Reject" }).click();
  await page.getByLabel("Why is it rejected?").fill("Not our style.");
  await page.getByRole("button", { name: "Reject" }).click();
  await page.getByRole("alert").getByText("Not our style.").waitFor();
  await page.getByRole("button", { name: "Retry" }).waitFor();
  await sound(page, "rejected");
  await shot(page, "rejected-dark");
  await page.goto(`${base}/ai/projects`);
  await page.getByRole("link", { name: "Rejected" }).waitFor();
  await sound(page, "list");
  await shot(page, "list-dark");
  await page.context().close();
}

async function still() {
  const call = await client(base);
  const project = await website(call, 0, "Still");
  const page = await open(`/ai/projects/${project}`, { javaScriptEnabled: false });
  await page.getByRole("button", { name: "Start" }).click();
  const shows = async (words) => {
    do await page.goto(`${base}/ai/projects/${project}`);
    while (!(await page.getByText(words).count()));
  };
  for (const gate of ["Design approval: Design Review", "Content approval: Content Review"]) {
    await shows(gate);
    await page.getByRole("button", { name: "Approve all" }).click();
  }
  await shows("The workflow is done.");
  await badge(page, "Done");
  await page.context().close();
}

try {
  await Promise.all([run("desk", {}), run("phone", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }), rejected(), still()]);
  const wholes = await Promise.all([
    whole("website", { company_name: "Crumb", industry: "bakery", website_type: "company", page_count: 2, target_audience: "the quarter", theme_style: "warm", description: "Bread." }),
    whole("ebook", { chapter_count: 2 }),
    whole("course", { lesson_count: 2 }),
    whole("survey", { section_count: 2 }),
    whole("video", { scene_count: 2 }),
  ]);
  assert.deepEqual(complaints, [], "the console");
  console.log(`browser: paused, resumed, rejected, retried, done: ${wholes.join(", ")}`);
  console.log("browser: desk, phone, rejection and no JavaScript: all well");
} finally {
  await browser.close();
  await stop();
}
