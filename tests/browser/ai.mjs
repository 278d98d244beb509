// The menus of the workflow: templates with their stages, prompts, providers and their keys, artifacts, the queue, the
// history; users, groups and settings beside them.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/ai.mjs
import { website } from "./rpc.mjs";
import { client, drag, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");
const KEY = "sk-of-nobody-4711";

await run("ai", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const field = (name) => page.locator(`.o_form_view .o_field_widget[name=${name}]`).first();
  const text = (name) => field(name).locator("input, textarea").first();
  const modal = page.locator(".modal:not(.o_inactive_modal)").last();
  const row = (text) => page.locator(".o_data_row", { hasText: text });
  const notice = (text) => page.locator(".o_notification", { hasText: text });
  const save = async () => {
    await page.click(".o_form_button_save");
    await page.locator(".o_form_button_save").waitFor({ state: "hidden" });
  };
  const same = (found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const read = async (model, id, ...fields) => (await call(model, "read", [[id], fields]))[0];

  const stages = async () => {
    const found = await call("ai.project.stage", "search_read", [[["template_id.code", "=", "poetry"]], ["name", "execution_mode"]], { order: "sequence, id" });
    return found.map((stage) => `${stage.name} ${stage.execution_mode}`);
  };

  await step("logged in", async () => {
    await page.goto(`${url}/odoo/ai-prompts`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_list_view");
  });

  await step("a prompt", async () => {
    await page.click(".o_list_button_add");
    await text("name").fill("A poem");
    await text("code").fill("poem");
    await page.locator(".o_notebook .nav-link", { hasText: /^Prompt$/ }).click();
    await text("user_prompt").fill("Write a poem about {{ project.name }}.");
    await save();
    const [prompt] = await call("ai.template", "search_read", [[["code", "=", "poem"]], ["name", "user_prompt", "output_format"]]);
    same([prompt?.name, prompt?.user_prompt], ["A poem", "Write a poem about {{ project.name }}."]);
  });

  await step("a prompt whose answer has a form, and what is no JSON is refused", async () => {
    watch.allow(/ValidationError|RPC_ERROR|Odoo Server Error/);
    await field("output_format").locator("label", { hasText: "JSON" }).click();
    await page.locator(".o_notebook .nav-link", { hasText: "Form of the Answer" }).click();
    await ace(page, field("output_schema_text"), '{"type": "object"');
    await page.click(".o_form_button_save");
    await modal.locator(".modal-body", { hasText: /JSON/ }).waitFor();
    await modal.locator("footer button").first().click();
    await ace(page, field("output_schema_text"), '{"type": "object"}');
    await save();
    const [{ output_schema }] = await call("ai.template", "search_read", [[["code", "=", "poem"]], ["output_schema"]]);
    same(output_schema, { type: "object" });
  });

  await step("a template with two stages inline", async () => {
    await page.goto(`${url}/odoo/ai-templates`);
    await page.locator(".o-kanban-button-new").click();
    await text("name").fill("Poetry");
    await text("code").fill("poetry");
    const lines = field("stage_ids");
    await lines.locator(".o_field_x2many_list_row_add a").first().click();
    await stage_line(lines, "Draft", "AI", "A poem", page);
    await lines.locator(".o_field_x2many_list_row_add a").first().click();
    await stage_line(lines, "Read aloud", "Manual", null, page);
    await save();
    same(await stages(), ["Draft ai", "Read aloud manual"]);
  });

  await step("its stages in another order, one opened in its own form, one taken out", async () => {
    const lines = field("stage_ids");
    const line = (name) => lines.locator(".o_data_row", { hasText: name });
    await drag(page, line("Read aloud").locator(".o_row_handle"), line("Draft"), { above: true });
    await waitFor(async () => (await lines.locator(".o_data_row .o_data_cell[name=name]").first().innerText()).includes("Read aloud"), "the order");
    await save();
    same(await stages(), ["Read aloud manual", "Draft ai"]);
    await line("Draft").locator(".o_list_record_open_form_view").click();
    await waitFor(async () => (await text("name").inputValue()) === "Draft", "the stage's form");
    await field("requires_approval").locator("input").check();
    await field("approval_type").waitFor();
    await save();
    await page.locator(".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item a").last().click();
    await line("Draft").locator("[name=requires_approval] input:checked").waitFor();
    await line("Read aloud").locator(".o_list_record_remove").click();
    await save();
    same(await stages(), ["Draft ai"]);
  });

  await step("a stage without what it needs is refused, and named", async () => {
    await field("stage_ids").locator(".o_field_x2many_list_row_add a").first().click();
    await field("stage_ids").locator(".o_selected_row [name=name] input").fill("Nobody writes");
    await page.click(".o_form_button_save");
    await notice("Invalid fields").filter({ hasText: "Stages" }).waitFor();
    await page.click(".o_form_button_cancel");
    same(await stages(), ["Draft ai"]);
  });

  await step("a provider: its key is a password that never comes back", async () => {
    const seen = [];
    page.on("response", async (response) => {
      const body = /json/.test(response.headers()["content-type"] || "") ? await response.text().catch(() => "") : "";
      if (body.includes(KEY)) seen.push(response.url());
    });
    await page.goto(`${url}/odoo/ai-providers/new`);
    await text("name").fill("Nobody");
    await field("provider_type").locator("label", { hasText: /local/i }).click();
    await text("model").fill("none");
    await text("api_base").fill("http://127.0.0.1:9/v1");
    await text("api_key").fill(KEY);
    same(await text("api_key").getAttribute("type"), "password");
    await save();
    same(await text("api_key").inputValue(), "");
    await field("has_api_key").locator("input:checked").waitFor();
    await page.reload();
    await text("name").waitFor();
    same(await text("api_key").inputValue(), "");
    await text("model").fill("nothing");
    await save();
    await field("has_api_key").locator("input:checked").waitFor();
    const [provider] = await call("ai.provider", "search_read", [[["name", "=", "Nobody"]], ["has_api_key", "api_key", "model"]]);
    same([provider.has_api_key, provider.api_key, provider.model], [true, false, "nothing"]);
    same(seen, []);
  });

  await step("tested: nobody answers there", async () => {
    watch.allow(/UserError/);
    await page.click("button[name=action_test_connection]");
    await modal.locator(".modal-title", { hasText: "Invalid Operation" }).waitFor();
    const said = await modal.locator(".modal-body").innerText();
    if (!said.includes('"Nobody" cannot be reached') || said.includes(KEY)) throw new Error(said);
    await modal.locator("footer button").first().click();
    await modal.waitFor({ state: "detached" });
  });

  await step("tested: the offline provider answers", async () => {
    await page.goto(`${url}/odoo/ai-providers/${made.provider}`);
    await page.click("button[name=action_test_connection]");
    await page.locator(".o_notification").filter({ hasText: "Offline" }).waitFor();
  });

  await step("an artifact and its versions", async () => {
    await page.goto(`${url}/odoo/ai-artifacts`);
    await row("Brief").first().locator("[name=name]").click();
    await text("content").waitFor();
    same(await text("version").inputValue(), "2");
    await page.goto(`${url}/odoo/ai-artifacts`);
    await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_filter_menu .o_menu_item", { hasText: "Superseded" }).click();
    await page.keyboard.press("Escape");
    await row("Brief").first().locator("[name=name]").click();
    await page.locator(".ribbon", { hasText: "Superseded" }).waitFor();
    same(await text("version").inputValue(), "1");
  });

  await step("the queue: a job that waits for its next attempt is cancelled, and queued again", async () => {
    await call("project.project", "write", [[made.project], { ai_provider_id: made.dead }]);
    await call("project.project", "action_approve_stage", [[made.project]]);
    const jobs = (state) => call("ai.job", "search_count", [[["project_id", "=", made.project], ["state", "=", state], ["attempt", "<", 9]]]);
    await waitFor(async () => (await jobs("pending")) > 1, "several jobs that wait");
    await page.goto(`${url}/odoo/ai-queue`);
    await page.locator(".o_searchview_facet", { hasText: "Open" }).locator(".o_facet_remove").click();
    await row("Website of").locator("button[name=action_cancel]").first().click();
    await modal.locator("footer .btn-primary").click();
    await row("Website of").filter({ hasText: "Cancelled" }).locator("button[name=action_requeue]").click();
    await row("Website of").filter({ hasText: "Cancelled" }).waitFor({ state: "detached" });
    same(await jobs("cancelled"), 0);
  });

  await step("the queue: a job of a run that has failed is told to be retried with it", async () => {
    await row("Refused project").locator("button[name=action_requeue]").click();
    await modal.locator(".modal-body", { hasText: "Retry its workflow" }).waitFor();
    await modal.locator("footer button").first().click();
    await modal.waitFor({ state: "detached" });
  });

  await step("a job's form", async () => {
    await page.goto(`${url}/odoo/ai-queue`);
    await page.locator(".o_searchview_facet", { hasText: "Open" }).locator(".o_facet_remove").click();
    await row("Refused project").first().locator("[name=kind]").click();
    await page.locator(".o_field_widget[name=error]", { hasText: /reach|refused/i }).waitFor();
    await page.locator(".o_statusbar_buttons button", { hasText: "Queue again" }).waitFor();
  });

  await step("the history, by project", async () => {
    await page.goto(`${url}/odoo/ai-history`);
    await row("Refused project").first().waitFor();
    await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_group_by_menu .o_menu_item", { hasText: "Project" }).first().click();
    await page.keyboard.press("Escape");
    await page.locator(".o_group_header", { hasText: "Refused project" }).click();
    await row("Refused project").first().waitFor();
    await page.locator(".o_searchview_facet", { hasText: "Project" }).locator(".o_facet_remove").click();
    await page.locator(".o_group_header").first().waitFor({ state: "detached" });
    await page.locator(".o_data_row [name=message]").first().click();
    await page.waitForSelector(".o_form_view");
  });

  await step("a group given to a user", async () => {
    await page.goto(`${url}/odoo/users/new`);
    await text("name").fill("Poet");
    await text("login").fill("poet");
    await text("new_password").fill("poet-of-the-house");
    same(await text("new_password").getAttribute("type"), "password");
    const groups = field("groups_id");
    await groups.locator(".o_data_row", { hasText: "Internal User" }).waitFor();
    await groups.locator(".o_data_row", { hasText: "Project" }).filter({ hasText: "Administrator" }).locator(".o_list_record_remove").click();
    await save();
    const [user] = await call("res.users", "search_read", [[["login", "=", "poet"]], ["groups_id"]]);
    const names = (await call("res.groups", "read", [user.groups_id, ["full_name"]])).map((group) => group.full_name);
    if (!names.includes("User types / Internal User") || names.includes("Project / Administrator")) throw new Error(`${names}`);
    await client(url, "poet", "poet-of-the-house");
  });

  await step("a group's form: its users and rights", async () => {
    await page.goto(`${url}/odoo/groups`);
    await page.locator(".o_data_cell[name=name]", { hasText: /^Internal User$/ }).click();
    await field("users").locator(".o_data_row", { hasText: "Poet" }).waitFor();
    await page.locator(".o_notebook .nav-link", { hasText: "Rights on Models" }).click();
    await field("model_access").locator(".o_data_row").first().waitFor();
  });

  await step("a system parameter", async () => {
    await page.goto(`${url}/odoo/parameters?debug=1`);
    await page.click(".o_list_button_add");
    const at = (name) => page.locator(`.o_selected_row [name=${name}] input, .o_selected_row [name=${name}] textarea, .o_form_view [name=${name}] input, .o_form_view [name=${name}] textarea`).first();
    await at("key").fill("poetry.metre");
    await at("value").fill("iambic");
    await page.locator(".o_list_button_save, .o_form_button_save").locator("visible=true").first().click();
    await waitFor(async () => (await call("ir.config_parameter", "get_param", ["poetry.metre"])) === "iambic", "the parameter");
  });
});

/** Writes a text into a code editor. */
async function ace(page, widget, text) {
  await widget.locator(".ace_content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/** Fills the line in that is being edited. */
async function stage_line(lines, name, mode, prompt, page) {
  const line = lines.locator(".o_selected_row");
  await line.locator("[name=name] input").fill(name);
  await line.locator("[name=execution_mode] select").selectOption({ label: mode });
  if (!prompt) return;
  await line.locator("[name=ai_template_id] input").fill(prompt);
  await page.locator(".o-autocomplete--dropdown-item", { hasText: prompt }).first().click();
}

/** A website whose first text was written twice, and a project that a provider refused. */
async function stage(call) {
  const until = (project, state) => waitFor(async () => (await call("project.project", "read", [[project], ["ai_state"]]))[0].ai_state === state, state, 60000);
  const project = await website(call, "");
  const [{ ai_provider_id }] = await call("project.project", "read", [[project], ["ai_provider_id"]]);
  await call("project.project", "action_start_workflow", [[project]]);
  await until(project, "approval_pending");
  await call("project.project", "action_request_changes", [[project], "Shorter."]);
  await until(project, "approval_pending");
  const refused = await website(call, "", "Refused project");
  const dead = (name, max_attempts) => call("ai.provider", "create", [{ name, provider_type: "local", model: "none", api_base: "http://127.0.0.1:9/v1", max_attempts }]);
  await call("project.project", "write", [[refused], { ai_provider_id: await dead("Dead at once", 1) }]);
  await call("project.project", "action_start_workflow", [[refused]]);
  await until(refused, "failed");
  return { project, refused, dead: await dead("Dead by and by", 9), provider: ai_provider_id[0] };
}
