// Odoo's own web client, unmodified, on our server: what a person does in a day, with no error in the console.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/webclient.mjs
import { website } from "./rpc.mjs";
import { client, drag, press, run, signIn, skip } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("webclient", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const text = (selector) => page.locator(selector);
  const card = (name) => page.locator(".o_kanban_record:not(.o_kanban_ghost)", { hasText: name });
  const column = (name) => page.locator(".o_kanban_group", { has: page.locator(".o_column_title", { hasText: name }) });

  await step("an address leads to the login and back", async () => {
    await page.goto(`${url}/odoo/project`);
    await signIn(page, login, "wrong");
    await page.waitForSelector(".alert-danger");
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar", { timeout: 60000 });
    await card("Bakery").first().waitFor();
    if (!page.url().endsWith("/odoo/project")) throw new Error(page.url());
  });

  await step("the board of a project", async () => {
    await card("Bakery").first().locator("button[name=action_view_tasks]").click();
    await column("New").locator(".o_kanban_record", { hasText: "Flour" }).waitFor();
    if ((await page.locator(".o_kanban_group").count()) < 3) throw new Error("the empty stages are missing");
  });

  await step("a task by quick create", async () => {
    await page.click(".o-kanban-button-new");
    await page.fill(".o_kanban_quick_create [name=name] input", "Order salt");
    await page.click(".o_kanban_quick_create .o_kanban_add");
    await column("New").locator(".o_kanban_record", { hasText: "Order salt" }).waitFor();
    // While the last one is being saved the form is deaf.
    await page.waitForSelector(".o_kanban_quick_create:not(.o_disabled)");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".o_kanban_quick_create", { state: "detached" });
  });

  await step("dragged to another stage, and still there after a reload", async () => {
    await drag(page, card("Order salt").first(), column("Doing"));
    await column("Doing").locator(".o_kanban_record", { hasText: "Order salt" }).waitFor();
    await page.waitForLoadState("networkidle");
    await page.reload();
    await column("Doing").locator(".o_kanban_record", { hasText: "Order salt" }).waitFor();
  });

  await step("a task opened, changed and saved", async () => {
    await card("Order salt").first().click();
    await page.waitForSelector(".o_form_view");
    await page.fill(".o_field_widget[name=allocated_hours] input", "2:30");
    await page.locator(".o_field_widget[name=tag_ids] input").fill("urgent");
    await page.locator(".o-autocomplete--dropdown-item", { hasText: "urgent" }).first().click();
    await page.locator(".o_field_widget[name=tag_ids] .o_tag", { hasText: "urgent" }).waitFor();
    await page.click(".o_form_button_save");
    await page.waitForSelector(".o_form_button_save", { state: "hidden" });
    const [task] = await call("project.task", "search_read", [[["name", "=", "Order salt"]], ["allocated_hours", "tag_ids", "stage_id"]]);
    if (task.allocated_hours !== 2.5 || task.tag_ids.length !== 1 || task.stage_id[1] !== "Doing") throw new Error(JSON.stringify(task));
  });

  await step("a sub-task inline", async () => {
    await page.locator(".o_notebook .nav-link", { hasText: "Sub-tasks" }).click();
    await page.locator(".o_field_widget[name=child_ids] .o_field_x2many_list_row_add a").first().click();
    await page.locator(".o_field_widget[name=child_ids] .o_selected_row [name=name] input").fill("Ask the mill");
    await page.click(".o_form_button_save");
    await page.waitForSelector(".o_form_button_save", { state: "hidden" });
    const [child] = await call("project.task", "search_read", [[["name", "=", "Ask the mill"]], ["parent_id"]]);
    if (child?.parent_id?.[1] !== "Order salt") throw new Error(JSON.stringify(child));
  });

  await step("the stage by the status bar", async () => {
    await page.locator(".o_field_statusbar button", { hasText: "Done" }).click();
    await page.locator(".o_field_statusbar .o_arrow_button_current", { hasText: "Done" }).waitFor();
  });

  await step("back, and the list", async () => {
    await page.locator(".o_breadcrumb .breadcrumb-item a").last().click();
    await page.waitForSelector(".o_kanban_view");
    await page.click(".o_switch_view.o_list");
    await page.locator(".o_data_row", { hasText: "Order salt" }).waitFor();
  });

  await step("sorted, then grouped by stage", async () => {
    await page.click("th[data-name=name]");
    await page.waitForSelector("th[data-name=name] .fa-angle-down, th[data-name=name] .fa-angle-up");
    await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_group_by_menu .o_menu_item", { hasText: "Stage" }).first().click();
    await page.keyboard.press("Escape");
    await page.locator(".o_group_header", { hasText: "Done" }).waitFor();
    await page.locator(".o_data_row", { hasText: "Order salt" }).waitFor();
    await page.locator(".o_searchview_facet", { hasText: "Stage" }).locator(".o_facet_remove").click();
    await page.locator(".o_group_header").first().waitFor({ state: "detached" });
  });

  await step("filtered", async () => {
    if (!(await page.locator(".o_filter_menu").isVisible())) await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_filter_menu .o_menu_item", { hasText: "High Priority" }).click();
    await page.locator(".o_data_row", { hasText: "Yeast" }).waitFor();
    await page.locator(".o_data_row", { hasText: "Flour" }).waitFor({ state: "detached" });
    await page.locator(".o_searchview_facet", { hasText: "High Priority" }).locator(".o_facet_remove").click();
    await page.locator(".o_data_row", { hasText: "Flour" }).waitFor();
    await page.keyboard.press("Escape");
  });

  await step("searched", async () => {
    await page.fill(".o_searchview_input", "yea");
    await page.keyboard.press("Enter");
    await page.locator(".o_data_row", { hasText: "Flour" }).waitFor({ state: "detached" });
    await page.locator(".o_data_row", { hasText: "Yeast" }).waitFor();
    await page.locator(".o_searchview_facet", { hasText: "yea" }).locator(".o_facet_remove").click();
    await page.locator(".o_data_row", { hasText: "Flour" }).waitFor();
  });

  await step("exported", async () => {
    await page.locator("thead .o_list_record_selector input").click();
    await page.locator(".o_cp_action_menus .dropdown-toggle", { hasText: "Actions" }).click();
    await page.locator(".o_menu_item", { hasText: /^\s*Export/ }).first().click();
    await page.waitForSelector(".o_export_data_dialog");
    await page.locator(".o_left_field_panel .o_export_tree_item").first().waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".o_select_button")]);
    if (!/\.xlsx$/.test(download.suggestedFilename())) throw new Error(download.suggestedFilename());
    await page.locator(".modal .btn-close, .o_export_data_dialog ~ footer .o_form_button_cancel").first().click().catch(() => {});
    await page.waitForSelector(".modal", { state: "detached" });
  });

  await step("imported from a file", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.click(".o_switch_view.o_list");
    await page.locator(".o_cp_action_menus button", { has: page.locator(".fa-cog") }).click();
    await page.locator(".o-dropdown--menu .dropdown-item", { hasText: "Import records" }).click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click(".o_import_file")]);
    const rows = [["Title", "Priority", "Tags"], ["Import honey", "1", "urgent"], ["Import milk", "0", ""]];
    const buffer = Buffer.from(rows.map((row) => row.map((cell) => `"${cell}"`).join(";")).join("\r\n"));
    await chooser.setFiles({ name: "tasks.csv", mimeType: "text/csv", buffer });
    await page.locator(".o_import_data_content", { hasText: "Import honey" }).waitFor();
    await page.locator(".o_control_panel button", { hasText: /^Test$/ }).click();
    await page.locator(".alert-info", { hasText: "Everything seems valid" }).waitFor();
    await page.locator(".o_control_panel button", { hasText: /^Import$/ }).click();
    await page.waitForSelector(".o_list_view");
    const made = await call("project.task", "search_read", [[["name", "like", "Import "]], ["name", "priority", "tag_ids"]], { order: "name" });
    const seen = made.map((task) => `${task.name} ${task.priority} ${task.tag_ids.length}`).join(", ");
    if (seen !== "Import honey 1 1, Import milk 0 0") throw new Error(JSON.stringify(made));
  });

  await step("duplicated, and archived", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.click(".o_switch_view.o_list");
    const row = (name) => page.locator(".o_data_row", { has: page.locator("[name=name]", { hasText: name }) });
    const act = async (name, what) => {
      await row(name).first().locator(".o_list_record_selector input").click();
      await page.locator(".o_cp_action_menus .dropdown-toggle", { hasText: "Actions" }).click();
      await page.locator(".o_menu_item", { hasText: what }).first().click();
    };
    await act("Import milk", "Duplicate");
    await row("Import milk (copy)").waitFor();
    await act("Import honey", /^\s*Archive/);
    await page.locator(".modal .btn-primary").first().click();
    await row("Import honey").waitFor({ state: "detached" });
    const [task] = await call("project.task", "search_read", [[["name", "=", "Import honey"], ["active", "=", false]], ["active"]]);
    if (!task) throw new Error("it is not archived");
  });

  await step("two change the same record: the later one is kept, none is told off", async () => {
    const [{ id }] = await call("project.task", "search_read", [[["name", "=", "Import milk"]], ["id"]]);
    await page.goto(`${url}/odoo/all-tasks/${id}`);
    await page.waitForSelector(".o_form_view");
    await call("project.task", "write", [[id], { priority: "1" }]);
    await page.fill(".o_field_widget[name=allocated_hours] input", "1:15");
    await page.click(".o_form_button_save");
    await page.waitForSelector(".o_form_button_save", { state: "hidden" });
    const [task] = await call("project.task", "read", [[id], ["priority", "allocated_hours"]]);
    if (task.priority !== "1" || task.allocated_hours !== 1.25) throw new Error(JSON.stringify(task));
  });

  await step("the calendar, figures and chart", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.click(".o_switch_view.o_calendar");
    await page.waitForSelector(".fc-view");
    await page.click(".o_switch_view.o_pivot");
    await page.waitForSelector(".o_pivot table tbody tr");
    await page.click(".o_switch_view.o_graph");
    await page.waitForSelector(".o_graph_canvas_container canvas");
  });

  await step("deleted", async () => {
    await page.click(".o_switch_view.o_list");
    await page.locator(".o_data_row", { hasText: "Oven" }).locator(".o_list_record_selector input").click();
    await page.locator(".o_cp_action_menus .dropdown-toggle", { hasText: "Actions" }).click();
    await page.locator(".o_menu_item", { hasText: "Delete" }).first().click();
    await page.locator(".modal .btn-primary").first().click();
    await page.locator(".o_data_row", { hasText: "Oven" }).waitFor({ state: "detached" });
  });

  await step("a workflow is started", async () => {
    await page.goto(`${url}/odoo/ai-projects/${made.website}`);
    await page.click("button[name=action_start_workflow]");
    await page.waitForSelector("button[name=action_start_workflow]", { state: "hidden" });
  });

  await step("changes are asked for once, the rest is approved, until it is done", async () => {
    let asked = false;
    const end = Date.now() + 120000;
    for (;;) {
      const [project] = await call("project.project", "read", [[made.website], ["ai_state", "ai_error", "ai_position"]]);
      if (project.ai_state === "done") break;
      if (project.ai_state === "failed" || Date.now() > end) throw new Error(JSON.stringify(project));
      const waits = project.ai_state === "approval_pending";
      const pushes = project.ai_state === "running" && ["manual", "hold", "condition"].includes(project.ai_position);
      if (!waits && !pushes) {
        await page.waitForTimeout(200);
        continue;
      }
      await page.goto(`${url}/odoo/ai-projects/${made.website}`);
      await page.waitForSelector(".o_form_view");
      if (pushes) {
        await press(page, "action_next_stage");
      } else if (!asked) {
        asked = true;
        await page.locator(".o_statusbar_buttons button", { hasText: "Request changes" }).click();
        await page.locator(".modal .o_field_widget[name=feedback] textarea").fill("Shorter, please.");
        await page.locator(".modal footer .btn-primary").first().click();
        await page.waitForSelector(".modal", { state: "detached" });
      } else {
        await press(page, "action_approve_stage");
      }
    }
    if (!asked) throw new Error("no gate was met");
    await page.goto(`${url}/odoo/ai-projects/${made.website}`);
    await page.locator(".ribbon", { hasText: "Done" }).waitFor();
  });

  await step("what was written is there", async () => {
    await page.locator(".oe_stat_button", { hasText: "Artifacts" }).click();
    await page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)").first().waitFor();
  });

  await step("what a user may not do is said in a dialog", async () => {
    watch.allow(/UserError|ValidationError|RPC_ERROR|400|Odoo Server Error/);
    await page.goto(`${url}/odoo/task-tags/new`);
    await page.waitForSelector(".o_form_view, .o_list_view");
    const name = page.locator(".o_field_widget[name=name] input").first();
    await name.fill("urgent");
    await page.keyboard.press("Tab");
    await page.locator(".o_form_button_save, .o_list_button_save").first().click();
    await page.locator(".modal, .o_error_dialog").first().waitFor();
    await page.locator(".modal footer button").first().click();
    await page.locator(".o_form_button_cancel, .o_list_button_discard").first().click();
  });

  await step("logged out", async () => {
    await page.click(".o_user_menu button");
    await page.locator("[data-menu=logout]").click();
    await page.waitForSelector("#password");
    await page.goto(`${url}/odoo/all-tasks`);
    await page.waitForSelector("#password");
  });
});

/** What the journey finds: a project with stages and tasks, and one with a workflow that an offline provider writes. */
async function stage(call) {
  const create = (model, values) => call(model, "create", [values]);
  const project = await create("project.project", { name: "Bakery" });
  for (const [sequence, name] of ["New", "Doing", "Done"].entries()) {
    await create("project.task.type", { name, sequence, project_ids: [[4, project]] });
  }
  const [first] = await call("project.task.type", "search", [[["project_ids", "=", project], ["name", "=", "New"]]]);
  await create("project.tags", { name: "urgent" });
  const deadline = new Date(Date.now() + 864e5).toISOString().slice(0, 19).replace("T", " ");
  for (const [name, priority] of [["Flour", "0"], ["Yeast", "1"], ["Oven", "0"]]) {
    await create("project.task", { name, priority, project_id: project, stage_id: first, date_deadline: deadline });
  }
  return { project, website: await website(call, "") };
}
