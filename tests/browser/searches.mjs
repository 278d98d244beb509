// What a person keeps of a search, edits in numbers, and finds again under its address.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/searches.mjs
import { client, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("searches", { args: ["--odoo-source", source] }, async ({ page, context, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const row = (name) => page.locator(".o_data_row", { hasText: name });
  const facet = (name) => page.locator(".o_searchview_facet", { hasText: name });
  const names = async () => (await page.locator(".o_data_row .o_data_cell[name=name]").allInnerTexts()).map((name) => name.trim()).sort();
  const shows = (...wanted) => waitFor(async () => String(await names()) === String(wanted), async () => `tasks ${wanted}, not ${await names()}`);
  const search = async (text) => {
    await page.fill(".o_searchview_input", text);
    await page.keyboard.press("Enter");
  };
  const menu = async () => {
    if (!(await page.locator(".o_search_bar_menu").isVisible())) await page.click(".o_searchview_dropdown_toggler");
    await page.waitForSelector(".o_search_bar_menu");
  };
  const list = async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.waitForSelector(".o_control_panel");
    if (await page.locator("button.o_switch_view.o_list").isVisible()) await page.click("button.o_switch_view.o_list");
    await page.waitForSelector(".o_list_view");
  };

  await step("logged in", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
    await list();
  });

  await step("a search kept as favourite, by default", async () => {
    await search("Rye");
    await shows("Rye one", "Rye two");
    await menu();
    await page.click(".o_add_favorite");
    await page.fill(".o_add_favorite + * input[type=text], .o_accordion_values input[type=text]", "The ryes");
    await page.locator(".o_accordion_values input[type=checkbox]").first().check();
    await page.click(".o_save_favorite");
    await facet("The ryes").waitFor();
    const [kept] = await call("ir.filters", "search_read", [[["name", "=", "The ryes"]], ["is_default", "user_id", "domain"]]);
    if (!kept?.is_default || !kept.user_id) throw new Error(JSON.stringify(kept));
    await list();
    await facet("The ryes").waitFor();
    await shows("Rye one", "Rye two");
  });

  await step("the favourite deleted", async () => {
    await menu();
    await page.locator(".o_favorite_menu .o_menu_item", { hasText: "The ryes" }).hover();
    await page.locator(".o_favorite_menu .o_menu_item", { hasText: "The ryes" }).locator(".fa-trash-o").click();
    await page.locator(".modal footer .btn-primary").click();
    await waitFor(async () => !(await call("ir.filters", "search_count", [[["name", "=", "The ryes"]]])), "the favourite gone");
    await list();
    await row("Wheat").waitFor();
  });

  await step("a filter of one's own by the domain editor", async () => {
    await menu();
    await page.click(".o_add_custom_filter");
    await page.waitForSelector(".modal .o_tree_editor");
    await page.locator(".modal .o_model_field_selector").first().click();
    await page.locator(".o_model_field_selector_popover_search input").fill("Title");
    await page.locator(".o_model_field_selector_popover_item_name", { hasText: /^Title/ }).first().click();
    await page.locator(".modal .o_tree_editor_condition input.o_input").last().fill("Wheat");
    await page.keyboard.press("Tab");
    await page.locator(".modal footer .btn-primary").click();
    await shows("Wheat");
    await page.focus(".o_searchview_input");
    await page.keyboard.press("Backspace");
    await row("Rye one").waitFor();
  });

  await step("several edited as one", async () => {
    await list();
    await search("Rye");
    await shows("Rye one", "Rye two");
    await page.locator(".o_list_table thead .o_list_record_selector input").check();
    await row("Rye one").locator("[name=date_deadline], [name=user_ids]").first().waitFor();
    await row("Rye one").locator(".o_data_cell[name=name]").click();
    await page.locator(".o_selected_row .o_field_widget[name=name] input").fill("Rye bread");
    await page.keyboard.press("Enter");
    await page.locator(".modal footer .btn-primary").click();
    await shows("Rye bread", "Rye bread");
  });

  await step("archived in numbers, and back by the filter", async () => {
    await page.locator(".o_list_table thead .o_list_record_selector input").check();
    await act(page, "Archive");
    await page.locator(".modal footer .btn-primary").click();
    await shows();
    await menu();
    await page.locator(".o_filter_menu .o_menu_item", { hasText: "Archived" }).click();
    await page.keyboard.press("Escape");
    await shows("Rye bread", "Rye bread");
    await page.locator(".o_list_table thead .o_list_record_selector input").check();
    await act(page, "Unarchive");
    await shows();
    const back = await call("project.task", "search_count", [[["name", "=", "Rye bread"]]]);
    if (back !== 2) throw new Error(`${back} are back`);
  });

  await step("an address of a project's tasks, and the way back after a reload", async () => {
    await page.goto(`${url}/odoo/project`);
    await page.locator(".o_kanban_record:not(.o_kanban_ghost)", { hasText: "Mill" }).locator("button[name=action_view_tasks]").click();
    await page.locator(".o_kanban_record", { hasText: "Wheat" }).first().click();
    await page.waitForSelector(".o_form_view");
    const address = `${url}/odoo/project/${made.project}/tasks`;
    await page.waitForURL(`${address}/${made.wheat}`);
    await page.reload();
    await page.waitForSelector(".o_form_view");
    await waitFor(async () => (await crumbs(page)).slice(-2).join() === "Tasks,Wheat", async () => `the way back, not ${await crumbs(page)}`);
    await page.goBack();
    await page.waitForURL(address);
    await page.locator(".o_kanban_record", { hasText: "Wheat" }).first().waitFor();
    if (await page.locator(".o_kanban_record", { hasText: "Cake" }).count()) throw new Error("another project's task");
    await page.goForward();
    await page.waitForSelector(".o_form_view");
  });

  await step("a session that is over is said, and a login leads back", async () => {
    watch.allow(/SessionExpired|Session expired|session_expired|Session Expired/i);
    await list();
    await context.clearCookies();
    await search("Wheat");
    await page.locator(".modal footer button").first().click();
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
  });
});

/** The cog menu's entry. */
async function act(page, name) {
  await page.locator(".o_control_panel_actions .o_cp_action_menus button, .o_cp_action_menus button", { hasText: "Actions" }).first().click();
  await page.locator(".o-dropdown--menu .o_menu_item", { hasText: new RegExp(`^${name}$`) }).click();
}

/** What the breadcrumbs say. */
async function crumbs(page) {
  return (await page.locator(".o_breadcrumb .breadcrumb-item, .o_breadcrumb .active").allInnerTexts()).map((text) => text.trim()).filter(Boolean);
}

/** A project with three tasks, and a task of another one. */
async function stage(call) {
  const create = (model, values) => call(model, "create", [values]);
  const [project, other] = [await create("project.project", { name: "Mill" }), await create("project.project", { name: "Bakery" })];
  const first = await create("project.task.type", { name: "New", project_ids: [[4, project], [4, other]] });
  const task = (name, project_id) => create("project.task", { name, project_id, stage_id: first });
  for (const name of ["Rye one", "Rye two"]) await task(name, project);
  await task("Cake", other);
  return { project, wheat: await task("Wheat", project) };
}
