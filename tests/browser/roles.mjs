// The same client for a project manager, a project user, a colleague without project rights and a customer: who sees and may do what.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/roles.mjs
import { project } from "./rpc.mjs";
import { client, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");
const SECRET = "of the role";

await run("roles", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const texts = async (selector) => (await page.locator(selector).allInnerTexts()).map((text) => text.trim().replace(/\s+/g, " ")).filter(Boolean);
  const are = (selector, ...wanted) => waitFor(async () => String(await texts(selector)) === String(wanted), async () => `${selector}: ${wanted}, not ${await texts(selector)}`);
  const enter = async (who) => {
    await page.goto(`${url}/web/session/logout`);
    await signIn(page, who, SECRET);
    await page.waitForSelector(".o_main_navbar");
  };
  const open = async (path, there) => {
    await page.goto(`${url}/odoo/${path}`);
    await page.locator(there).first().waitFor();
  };
  const entries = ".o-dropdown--menu .dropdown-item";
  const pulled = async (toggler, ...wanted) => {
    await page.locator(toggler).first().click();
    await are(entries, ...wanted);
    await page.keyboard.press("Escape");
    await page.locator(entries).first().waitFor({ state: "detached" });
  };
  const apps = (...wanted) => pulled(".o_navbar_apps_menu button", ...wanted);
  const cog = (...wanted) => pulled(".o_cp_action_menus button:has(.fa-cog)", ...wanted);
  const buttons = (...wanted) => are(".o_statusbar_buttons button:visible", ...wanted);
  const none = async (selector) => {
    if (await page.locator(selector).count()) throw new Error(`there is ${selector}`);
  };
  const refused = async (words) => {
    await page.locator(".modal", { hasText: "Access Error" }).filter({ hasText: words }).locator("footer button").first().click();
    await page.waitForSelector(".modal", { state: "detached" });
  };
  const board = async () => {
    await open(`project/${made.project}/tasks`, ".o_kanban_group");
    const header = page.locator(".o_kanban_group", { hasText: "Flour" }).locator(".o_kanban_header");
    await header.hover();
    await header.locator(".o_kanban_config button").click();
    const seen = await texts(entries);
    await page.keyboard.press("Escape");
    return seen;
  };

  await step("a project manager: settings, new projects, columns, the run", async () => {
    await page.goto(url);
    await signIn(page, "lead", SECRET);
    await page.waitForSelector(".o_main_navbar");
    await apps("AI Workflow", "Project", "Contacts");
    await open("project", ".o_kanban_record:not(.o_kanban_ghost)");
    await are(".o_menu_sections > *", "Projects", "Tasks", "Configuration");
    await page.locator(".o-kanban-button-new").waitFor();
    if (String(await board()) !== "Fold,Edit,Delete,Archive All,Unarchive All") throw new Error(String(await board()));
    await page.waitForSelector(".o_column_quick_create");
    await open(`ai-projects/${made.run}`, ".o_form_view");
    await buttons("Start");
    await cog("Archive", "Duplicate", "Delete");
    await open("ai-providers", ".o_list_view .o_data_row");
    await page.waitForSelector(".o_list_button_add");
  });

  await step("a project user: tasks are his, projects are for reading", async () => {
    await enter("worker");
    await apps("AI Workflow", "Project", "Contacts");
    await open("project", ".o_kanban_record:not(.o_kanban_ghost)");
    await are(".o_menu_sections > *", "Projects", "Tasks");
    await none(".o-kanban-button-new");
    await open(`project/${made.project}`, ".o_form_view .o_field_widget[name=name]");
    await none(".o_form_view .o_field_widget[name=name] input, .o_form_view .o_field_widget[name=partner_id] input");
    await none(".o_form_button_create");
    if (String(await board()) !== "Fold,Archive All,Unarchive All") throw new Error(String(await board()));
    await none(".o_column_quick_create");
    await open(`all-tasks/${made.task}`, ".o_form_view");
    await page.fill(".o_field_widget[name=name] input", "Flour, fine");
    await page.click(".o_form_button_save");
    await waitFor(async () => (await call("project.task", "read", [[made.task], ["name"]]))[0].name === "Flour, fine", "the task renamed");
    await cog("Archive", "Duplicate", "Delete", "Add Properties");
  });

  await step("a project user sees a run, its texts and history, and none of its buttons", async () => {
    await open(`ai-projects/${made.run}`, ".o_form_view");
    await page.locator(".o_notebook .nav-link", { hasText: "History" }).waitFor();
    await buttons();
    await open("ai-providers", ".o_list_view .o_data_row");
    await none(".o_list_button_add");
    await page.locator(".o_data_row").first().click();
    await page.waitForSelector(".o_form_view");
    await none(".o_field_widget[name=api_key]");
    await none(".o_field_widget[name=name] input");
  });

  await step("what a project user may not do is an Access Error, and nothing is changed", async () => {
    watch.allow(/AccessError|Access Error/);
    await open(`project/${made.project}`, ".o_form_view");
    await page.locator(".o_cp_action_menus button:has(.fa-cog)").click();
    await page.locator(entries, { hasText: "Archive" }).click();
    await page.locator(".modal footer .btn-primary").first().click();
    await refused("project.project");
    await open("parameters", ".modal");
    await refused("ir.config_parameter");
    if (!(await call("project.project", "read", [[made.project], ["active"]]))[0].active) throw new Error("archived");
  });

  await step("a project user's own run of the search panel: filters, groups, favourites of his own", async () => {
    await open("all-tasks", ".o_kanban_view, .o_list_view");
    await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_group_by_menu .o_menu_item", { hasText: "Project" }).first().click();
    await page.locator(".o_searchview_facet", { hasText: "Project" }).waitFor();
    await page.click(".o_add_favorite");
    await page.locator(".o_accordion_values input[type=text]").fill("Mine");
    await page.click(".o_save_favorite");
    await page.locator(".o_searchview_facet", { hasText: "Mine" }).waitFor();
    const [kept] = await call("ir.filters", "search_read", [[["name", "=", "Mine"]], ["user_id"]]);
    if (kept?.user_id?.[0] !== made.users.worker) throw new Error(JSON.stringify(kept));
  });

  await step("a colleague without project rights: forms open by their address, without the workflow's pages", async () => {
    await enter("plain");
    await apps("Contacts");
    await open(`project/${made.project}`, ".o_form_view .o_field_widget[name=name]");
    await none(".o_form_view .o_field_widget[name=name] input");
    await none(".o_notebook .nav-link:has-text('History')");
    await none("button[name=project_update_all_action]");
    await open(`all-tasks/${made.task}`, ".o_form_view .o_field_widget[name=name]");
    await open(`ai-projects/${made.run}`, ".o_form_view");
    await buttons();
    await page.goto(`${url}/odoo/ai-artifacts`);
    await refused("ai.artifact");
  });

  await step("a customer has no client: he is told so, and can log out", async () => {
    await page.goto(`${url}/web/session/logout`);
    await signIn(page, "customer", SECRET);
    await page.locator("p", { hasText: "Your account has no access to the web client." }).waitFor();
    await page.goto(`${url}/odoo/project/${made.project}`);
    await page.locator("p", { hasText: "Your account has no access to the web client." }).waitFor();
    await page.locator("a", { hasText: "Log out" }).click();
    await page.waitForSelector("#password");
  });

  await step("an administrator: all of it, and the settings", async () => {
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
    await apps("AI Workflow", "Project", "Contacts", "Settings");
    await open("users", ".o_list_view .o_data_row");
    await page.locator(".o_data_row", { hasText: "worker" }).waitFor();
    await page.waitForSelector(".o_list_button_add");
  });
});

/** Four people, a project with a task, and a project with a workflow that is not started. */
async function stage(call) {
  const group = async (name) => {
    const [module, id] = name.split(".");
    return (await call("ir.model.data", "search_read", [[["module", "=", module], ["name", "=", id]], ["res_id"]]))[0].res_id;
  };
  const roles = { lead: "project.group_project_manager", worker: "project.group_project_user", plain: "base.group_user", customer: "base.group_portal" };
  const users = {};
  for (const [login, name] of Object.entries(roles)) {
    const values = { name: login, login, password: SECRET, groups_id: [[6, 0, [await group(name)]]] };
    users[login] = await call("res.users", "create", [values], { context: { no_reset_password: true } });
  }
  const bakery = await call("project.project", "create", [{ name: "Bakery" }]);
  const first = await call("project.task.type", "create", [{ name: "New", project_ids: [[4, bakery]] }]);
  const task = await call("project.task", "create", [{ name: "Flour", project_id: bakery, stage_id: first }]);
  const params = { topic: "Bread", audience: "bakers" };
  return { users, project: bakery, task, run: await project(call, "ebook", params, "", "A book of bread") };
}
