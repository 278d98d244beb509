// Boards, calendar, figures and charts of a project's tasks, as its manager works with them.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/boards.mjs
import { client, drag, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("boards", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const column = (name) => page.locator(".o_kanban_group", { has: page.locator(".o_column_title", { hasText: name }) });
  const card = (name) => page.locator(".o_kanban_record:not(.o_kanban_ghost)", { hasText: name }).first();
  const columns = async () => (await page.locator(".o_kanban_group:not(.o_column_folded) .o_column_title").allInnerTexts()).map((t) => t.trim());
  const shows = (...wanted) => waitFor(async () => String(await columns()) === String(wanted), async () => `columns ${wanted}, not ${await columns()}`);
  const menu = async (name, entry) => {
    await column(name).locator(".o_kanban_header").hover();
    await column(name).locator(".o_kanban_config button").click();
    await page.locator(".o-dropdown--menu .o-dropdown-item", { hasText: new RegExp(`^\\s*${entry}\\s*$`) }).click();
  };
  const confirm = () => page.locator(".modal footer .btn-primary").first().click();
  const task = async (name, ...fields) => (await call("project.task", "search_read", [[["name", "=", name]], fields], { context: { active_test: false } }))[0];
  const view = async (kind, there) => {
    await page.click(`button.o_switch_view.o_${kind}`);
    await page.waitForSelector(there);
  };

  await step("the board", async () => {
    await page.goto(`${url}/odoo/project/${made.project}/tasks`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
    await shows("New", "Doing", "Done");
  });

  await step("a column folded, and opened again", async () => {
    await menu("Doing", "Fold");
    await page.waitForSelector(".o_column_folded");
    await page.locator(".o_column_folded").click();
    await page.waitForSelector(".o_column_folded", { state: "detached" });
    await card("Bun 1").waitFor();
  });

  await step("more than a page of a column", async () => {
    const count = () => column("Doing").locator(".o_kanban_record").count();
    if ((await count()) !== 80) throw new Error(`${await count()} at first`);
    await column("Doing").locator(".o_kanban_load_more button").click();
    await waitFor(async () => (await count()) === made.buns, async () => `${made.buns} cards, not ${await count()}`);
    await column("Doing").locator(".o_kanban_load_more").waitFor({ state: "detached" });
  });

  await step("a column edited through its menu", async () => {
    await menu("Doing", "Edit");
    await page.locator(".modal .o_field_widget[name=name] input").fill("At work");
    await page.locator(".modal .o_form_button_save").click();
    await page.waitForSelector(".modal", { state: "detached" });
    await shows("New", "At work", "Done");
  });

  await step("a column added", async () => {
    await page.locator(".o_column_quick_create.o_quick_create_folded, .o_column_quick_create .o_quick_create_folded").first().click();
    await page.fill(".o_column_quick_create input", "Someday");
    await page.keyboard.press("Enter");
    await shows("New", "At work", "Done", "Someday");
    await page.keyboard.press("Escape");
    const [stage] = await call("project.task.type", "search_read", [[["name", "=", "Someday"]], ["project_ids", "user_id"]]);
    if (String(stage.project_ids) !== String(made.project) || stage.user_id) throw new Error(JSON.stringify(stage));
  });

  await step("a column moved, and still there after a reload", async () => {
    await drag(page, column("Someday").locator(".o_column_title"), column("New").locator(".o_column_title"), { above: true });
    await shows("Someday", "New", "At work", "Done");
    await page.waitForLoadState("networkidle");
    await page.reload();
    await shows("Someday", "New", "At work", "Done");
  });

  await step("an empty column deleted", async () => {
    await menu("Someday", "Delete");
    await confirm();
    await shows("New", "At work", "Done");
    await waitFor(async () => !(await call("project.task.type", "search_count", [[["name", "=", "Someday"]]])), "the stage gone");
  });

  await step("a column with tasks cannot be deleted, and says so", async () => {
    watch.allow(/another model requires the record being deleted/);
    await menu("At work", "Delete");
    await confirm();
    await page.locator(".modal", { hasText: "another model requires the record being deleted" }).locator("footer button").first().click();
    await page.waitForSelector(".modal", { state: "detached" });
    await shows("New", "At work", "Done");
  });

  await step("tasks by quick create: Enter for one more, Edit for the form", async () => {
    await column("New").locator(".o_kanban_quick_add").click();
    await page.fill(".o_kanban_quick_create [name=name] input", "Honey");
    await page.keyboard.press("Enter");
    await column("New").locator(".o_kanban_record", { hasText: "Honey" }).waitFor();
    await page.waitForSelector(".o_kanban_quick_create:not(.o_disabled)");
    await page.fill(".o_kanban_quick_create [name=name] input", "Milk");
    await page.click(".o_kanban_quick_create .o_kanban_edit");
    await page.waitForSelector(".o_form_view");
    await waitFor(async () => (await page.locator(".o_field_widget[name=name] input").inputValue()) === "Milk", "Milk in the form");
    await page.goBack();
    await column("New").locator(".o_kanban_record", { hasText: "Milk" }).waitFor();
  });

  await step("the star and the colour of a card", async () => {
    await card("Flour").locator(".o_priority_star").first().click();
    await card("Flour").locator(".o_priority_star.fa-star").waitFor();
    await card("Flour").hover();
    await card("Flour").locator(".o_dropdown_kanban button").click();
    await page.locator(".o-dropdown--menu a.o_kanban_color_3").click();
    await page.locator(".o_kanban_record.o_kanban_color_3", { hasText: "Flour" }).waitFor();
    const kept = async () => JSON.stringify([(await task("Flour", "priority", "color"))].map(({ priority, color }) => [priority, color]));
    await waitFor(async () => (await kept()) === '[["1",3]]', async () => `a star and colour 3, not ${await kept()}`);
  });

  await step("the state of a card", async () => {
    await card("Flour").locator("[name=state] button").first().click();
    await page.locator(".o-dropdown--menu .dropdown-item", { hasText: /^\s*Approved\s*$/ }).click();
    await waitFor(async () => (await task("Flour", "state")).state === "03_approved", "Flour approved");
  });

  await step("a column's bar shows what it counts", async () => {
    const count = () => column("New").locator(".o_kanban_record").count();
    const all = await count();
    await column("New").locator(".progress-bar.bg-success").click();
    await waitFor(async () => (await count()) === 1, async () => `one approved, not ${await count()}`);
    await card("Flour").waitFor();
    await column("New").locator(".progress-bar.bg-success").click();
    await waitFor(async () => (await count()) === all, async () => `${all} again, not ${await count()}`);
  });

  await step("all of a column archived", async () => {
    await card("Crumbs").waitFor();
    await menu("Done", "Archive All");
    await confirm();
    await column("Done").locator(".o_kanban_record").first().waitFor({ state: "detached" });
    await waitFor(async () => !(await task("Crumbs", "active")).active, "Crumbs archived");
  });

  await step("the calendar: a task by a click on a day, another moved to another day", async () => {
    await view("calendar", ".fc-view");
    const day = (date) => page.locator(`.fc-day[data-date="${date}"]`);
    await page.locator(".fc-event", { hasText: "Yeast" }).waitFor();
    await day(made.days[1]).click({ position: { x: 20, y: 70 } });
    await page.locator(".modal input").first().fill("Taste");
    await confirm();
    await page.locator(".fc-event", { hasText: "Taste" }).waitFor();
    const taste = await task("Taste", "date_deadline", "project_id");
    if (!taste.date_deadline.startsWith(made.days[1]) || taste.project_id[0] !== made.project) throw new Error(JSON.stringify(taste));
    await drag(page, page.locator(".fc-event", { hasText: "Yeast" }), day(made.days[2]), { above: true });
    await waitFor(async () => (await task("Yeast", "date_deadline")).date_deadline === `${made.days[2]} 10:00:00`, async () => JSON.stringify(await task("Yeast", "date_deadline")));
  });

  await step("the calendar's week, year and popover", async () => {
    const scale = async (name) => {
      await page.click(".scale_button_selection");
      await page.locator(`.o-dropdown--menu .o_scale_button_${name}`).click();
    };
    await scale("year");
    await page.waitForSelector(".fc-dayGridYear-view");
    await scale("week");
    await page.waitForSelector(".fc-timeGridWeek-view");
    await scale("month");
    await page.locator(".fc-event", { hasText: "Yeast" }).click();
    await page.locator(".o_cw_popover", { hasText: "Bakery" }).waitFor();
    await page.keyboard.press("Escape");
  });

  const table = async () => (await page.locator(".o_pivot table").innerText()).replace(/\s+/g, " ");
  const figures = (...wanted) => waitFor(async () => (await table()).includes(wanted.join(" ")), async () => `${wanted} in ${await table()}`);

  await step("figures: a row expanded, the axes flipped", async () => {
    await view("pivot", ".o_pivot table tbody tr");
    await figures("Bakery", "09:00");
    await page.locator(".o_pivot tbody th.o_pivot_header_cell_closed").first().click();
    await page.locator(".o-dropdown--menu .o-dropdown-item", { hasText: /^\s*State\s*$/ }).click();
    await page.locator(".o_pivot tbody th", { hasText: "Approved" }).waitFor();
    await page.click(".o_pivot_flip_button");
    await page.locator(".o_pivot thead th", { hasText: "Approved" }).waitFor();
  });

  await step("figures downloaded", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".o_pivot_download")]);
    if (!/\.xlsx$/.test(download.suggestedFilename())) throw new Error(download.suggestedFilename());
  });

  await step("what lies behind a figure", async () => {
    await page.locator(".o_pivot button", { hasText: "Measures" }).or(page.locator(".o_pivot_buttons button", { hasText: "Measures" })).first().click();
    await page.locator(".o-dropdown--menu .o_menu_item, .o-dropdown--menu .dropdown-item", { hasText: /^\s*Count\s*$/ }).click();
    await page.keyboard.press("Escape");
    const cells = page.locator(".o_pivot tbody tr", { has: page.locator("th", { hasText: "New" }) }).locator("td.o_pivot_cell_value");
    let counted = 0;
    await waitFor(async () => (counted = Number(await cells.last().innerText())) > 1, async () => `a count, not ${await table()}`);
    await cells.last().click();
    await page.waitForSelector(".o_list_view");
    await waitFor(async () => (await page.locator(".o_data_row").count()) === counted, async () => `${counted} rows, not ${await page.locator(".o_data_row").count()}`);
    await page.goBack();
    await page.waitForSelector(".o_pivot");
  });

  await step("charts of each kind, and what lies behind a bar", async () => {
    await view("graph", ".o_graph_canvas_container canvas");
    for (const mode of ["line", "pie", "bar"]) {
      await page.click(`.o_graph_button[data-mode=${mode}]`);
      await page.waitForSelector(`.o_graph_button.active[data-mode=${mode}]`);
    }
    // the buns are by far the highest bar, the second of two
    const canvas = await page.locator(".o_graph_canvas_container canvas").boundingBox();
    await waitFor(async () => {
      await page.mouse.click(canvas.x + canvas.width * 0.75, canvas.y + canvas.height * 0.6);
      return page.locator(".o_list_view").isVisible();
    }, "the list behind the bar");
    await page.locator(".o_data_row", { hasText: "Bun 1" }).first().waitFor();
    if (await page.locator(".o_data_row", { hasText: "Flour" }).count()) throw new Error("a task of another stage");
  });
});

/** A project with three stages, more buns in one than a page has, deadlines in the middle of this month. */
async function stage(call) {
  const create = (model, values) => call(model, "create", [values]);
  const buns = 90;
  const project = await create("project.project", { name: "Bakery" });
  const stages = [];
  for (const [sequence, name] of ["New", "Doing", "Done"].entries()) {
    stages.push(await create("project.task.type", { name, sequence, project_ids: [[4, project]] }));
  }
  const month = new Date().toISOString().slice(0, 7);
  const days = ["10", "17", "19"].map((day) => `${month}-${day}`);
  const task = (name, stage_id, more = {}) => ({ name, project_id: project, stage_id, ...more });
  const due = { date_deadline: `${days[0]} 10:00:00`, allocated_hours: 3 };
  await call("project.task", "create", [[...["Flour", "Yeast", "Oven"].map((name) => task(name, stages[0], due)), task("Crumbs", stages[2])]]);
  await call("project.task", "create", [Array.from({ length: buns }, (_, i) => task(`Bun ${i}`, stages[1]))]);
  return { project, buns, days };
}
