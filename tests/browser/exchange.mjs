// What goes out and comes in as files: kept export lists, exports of grouped lists, imports with errors and columns mapped
// by hand.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/exchange.mjs
import fs from "node:fs";
import zlib from "node:zlib";
import { client, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("exchange", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  await stage(call);
  const modal = page.locator(".modal:not(.o_inactive_modal)").last();
  const same = (found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const list = async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.waitForSelector(".o_control_panel");
    if (await page.locator("button.o_switch_view.o_list").isVisible()) await page.click("button.o_switch_view.o_list");
    await page.waitForSelector(".o_list_view");
    for (const facet of await page.locator(".o_searchview_facet .o_facet_remove").all()) await facet.click();
    await page.fill(".o_searchview_input", "Loaf");
    await page.keyboard.press("Enter");
    await page.locator(".o_data_row", { hasText: "Loaf one" }).waitFor();
  };
  const dialog = async () => {
    await page.locator("thead .o_list_record_selector input").check();
    await page.locator(".o_cp_action_menus .dropdown-toggle", { hasText: "Actions" }).click();
    await page.locator(".o-dropdown--menu .o_menu_item", { hasText: /^\s*Export/ }).first().click();
    await modal.locator(".o_left_field_panel .o_export_tree_item").first().waitFor();
  };
  const chosen = async () => (await modal.locator(".o_export_field").allInnerTexts()).map((text) => text.trim());
  /** Takes all fields out that are chosen, once those are there that are by default. */
  const none = async () => {
    await modal.locator(".o_export_field").first().waitFor();
    for (let left = await modal.locator(".o_export_field").count(); left; left--) {
      await modal.locator(".o_remove_field").first().click();
      await waitFor(async () => (await modal.locator(".o_export_field").count()) === left - 1, "a field less");
    }
  };
  const choice = (text) => modal.locator(".o_left_field_panel .o_export_tree_item", { hasText: text }).first();
  const download = async (act) => {
    const [file] = await Promise.all([page.waitForEvent("download"), act()]);
    return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) };
  };
  const lists = () => call("ir.exports", "search_read", [[["resource", "=", "project.task"]], ["name"]]);

  await step("logged in", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
    await list();
  });

  await step("an export list is kept", async () => {
    await dialog();
    await none();
    for (const [search, label] of [["Title", /^\s*Title\s*$/], ["Priority", /^\s*Priority\s*$/], ["Project", /^\s*Project\s*$/]]) {
      await modal.locator(".o_export_search_input").fill(search);
      await choice(label).locator(".o_add_field").click();
    }
    await modal.locator(".o_export_search_input").fill("");
    same(await chosen(), ["Title", "Priority", "Project"]);
    await modal.locator(".o_exported_lists_select").selectOption("new_template");
    await modal.locator(".o_save_list_name").fill("Short");
    await modal.locator(".o_save_list_btn").click();
    await waitFor(async () => (await lists()).length === 1, "the list kept");
  });

  await step("and used later, with a field behind another", async () => {
    await list();
    await dialog();
    await modal.locator(".o_exported_lists_select").selectOption({ label: "Short" });
    await waitFor(async () => String(await chosen()) === "Title,Priority,Project", chosen);
    await choice(/^\s*Project\s*$/).locator(".o_expand_parent").click();
    await choice(/^\s*Project\/Name\s*$/).locator(".o_add_field").click();
    await modal.locator("#o_radiocsv").check();
    const { name, bytes } = await download(() => modal.locator(".o_select_button").click());
    if (!name.endsWith(".csv")) throw new Error(name);
    const rows = bytes.toString("utf8").replace("\uFEFF", "").trim().split(/\r?\n/);
    same(rows, ['"Title","Priority","Project","Project/Name"', '"Loaf one","High","Mill","Mill"', '"Loaf two","Low","Mill","Mill"', '"Loaf three","Low","Mill","Mill"']);
  });

  await step("what was changed for once is forgotten, and the list deleted", async () => {
    await modal.locator(".o_cancel_list_btn").click();
    await waitFor(async () => String(await chosen()) === "Title,Priority,Project", chosen);
    await modal.locator(".o_delete_exported_list").click();
    await page.locator(".modal", { hasText: /delete/i }).last().locator(".btn-primary").click();
    await waitFor(async () => (await lists()).length === 0, "the list deleted");
    await page.locator(".modal .btn-close").first().click();
    await page.waitForSelector(".modal", { state: "detached" });
  });

  const group = async () => {
    await list();
    await page.click(".o_searchview_dropdown_toggler");
    await page.locator(".o_group_by_menu .o_menu_item", { hasText: "Stage" }).first().click();
    await page.keyboard.press("Escape");
    await page.locator(".o_group_header", { hasText: "Rising" }).waitFor();
  };

  await step("a grouped list as a spreadsheet with its groups", async () => {
    await group();
    const { name, bytes } = await download(async () => {
      await page.locator(".o_cp_action_menus button", { has: page.locator(".fa-cog") }).click();
      await page.locator(".o-dropdown--menu .o_menu_item, .o-dropdown--menu .dropdown-item", { hasText: "Export All" }).click();
    });
    if (!name.endsWith(".xlsx")) throw new Error(name);
    const cells = sheet(bytes);
    for (const wanted of ["Kneaded (1)", "Rising (2)", "Loaf one", "Loaf two", "Loaf three"]) {
      if (!cells.some((cell) => cell.includes(wanted))) throw new Error(`${wanted} is not among ${cells}`);
    }
    const at = (text) => cells.findIndex((cell) => cell.includes(text));
    if (!(at("Kneaded (1)") < at("Loaf one") && at("Loaf one") < at("Rising (2)") && at("Rising (2)") < at("Loaf two"))) throw new Error(`${cells}`);
  });

  await step("a grouped list as CSV is refused", async () => {
    watch.allow(/UserError|Exporting grouped data|400|500/);
    await page.locator(".o_group_header", { hasText: "Rising" }).locator(".o_group_name").click();
    await dialog();
    await modal.locator("#o_radiocsv").check();
    await modal.locator(".o_select_button").click();
    await page.locator(".modal-body", { hasText: "Exporting grouped data to csv is not supported." }).waitFor();
  });

  const upload = async (rows) => {
    await list();
    await page.locator(".o_cp_action_menus button", { has: page.locator(".fa-cog") }).click();
    await page.locator(".o-dropdown--menu .dropdown-item", { hasText: "Import records" }).click();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click(".o_import_file")]);
    const buffer = Buffer.from(rows.map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n"));
    await chooser.setFiles({ name: "tasks.csv", mimeType: "text/csv", buffer });
    await page.locator(".o_import_data_content").waitFor();
  };
  const column = (name) => page.locator(".o_import_data_content tbody tr", { has: page.locator(".o_import_file_column_cell", { hasText: name }) });
  const button = (name) => page.locator(".o_control_panel button", { hasText: new RegExp(`^${name}$`) });

  await step("an import whose values are wrong says so by column and row", async () => {
    await upload([["Title", "Project", "Priority", "Deadline", "Hours"], ["Roll one", "Mill", "High", "2026-12-01 08:00:00", "1.5"], ["Roll two", "Nowhere", "Enormous", "2026-12-02 08:00:00", "2"], ["Roll three", "Elsewhere", "Low", "2026-12-03 08:00:00", "3"]]);
    await button("Test").click();
    await column("Project").locator(".o_import_report", { hasText: "No matching records found for the following name" }).waitFor();
    const project = await column("Project").locator(".o_import_report").innerText();
    for (const wanted of ["Nowhere at row 2", "Elsewhere at row 3"]) if (!project.replace(/\s+/g, " ").includes(wanted)) throw new Error(project);
    const priority = await column("Priority").locator(".o_import_report").innerText();
    if (!priority.includes("Enormous")) throw new Error(priority);
    same(await call("project.task", "search_count", [[["name", "like", "Roll "]]]), 0);
  });

  await step("a column mapped by hand, tested and imported", async () => {
    await upload([["Title", "Project", "How long"], ["Roll one", "Mill", "1.5"], ["Roll two", "Mill", "2"]]);
    await column("How long").locator(".o_select_menu_toggler").click();
    await page.locator(".o_select_menu_sticky, .o_select_menu_input").first().fill("Allocated");
    await page.locator(".o_select_menu_item", { hasText: "Allocated Time" }).first().click();
    await button("Test").click();
    await page.locator(".alert-info", { hasText: "Everything seems valid" }).waitFor();
    same(await call("project.task", "search_count", [[["name", "like", "Roll "]]]), 0);
    await button("Import").click();
    await page.waitForSelector(".o_list_view");
    const made = await call("project.task", "search_read", [[["name", "like", "Roll "]], ["name", "project_id", "allocated_hours"]], { order: "name" });
    same(made.map((task) => [task.name, task.project_id[1], task.allocated_hours]), [["Roll one", "Mill", 1.5], ["Roll two", "Mill", 2]]);
  });

  await step("what was exported is imported again: the same records changed", async () => {
    await list();
    await dialog();
    await modal.locator("#o-update-data").check();
    await choice(/^\s*ID\s*$/).waitFor({ state: "detached" });
    await none();
    await choice(/^\s*Title\s*$/).locator(".o_add_field").click();
    await modal.locator("#o_radiocsv").check();
    const { bytes } = await download(() => modal.locator(".o_select_button").click());
    const rows = bytes.toString("utf8").replace("\uFEFF", "").trim().split(/\r?\n/).map((line) => line.split(",").map((cell) => cell.replaceAll('"', "")));
    same(rows[0], ["id", "name"]);
    await page.locator(".modal .btn-close").first().click();
    await upload([rows[0], ...rows.slice(1).map(([id, name]) => [id, `${name} again`])]);
    await button("Import").click();
    await page.waitForSelector(".o_list_view");
    same(await call("project.task", "search_count", [[["name", "like", "Loaf "]]]), 3);
    same(await call("project.task", "search_count", [[["name", "like", "Loaf % again"]]]), 3);
  });
});

/** The texts of a spreadsheet's cells, in their order. */
function sheet(bytes) {
  const files = {};
  for (let at = bytes.readUInt32LE(bytes.length - 22 + 16); bytes.readUInt32LE(at) === 0x02014b50; ) {
    const [method, packed, name, extra, comment, local] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + packed);
    files[bytes.toString("utf8", at + 46, at + 46 + name)] = (method ? zlib.inflateRawSync(data) : data).toString("utf8");
    at += 46 + name + extra + comment;
  }
  const texts = [...(files["xl/sharedStrings.xml"] || "").matchAll(/<si>(.*?)<\/si>/gs)].map((m) => m[1].replace(/<[^>]+>/g, ""));
  return [...files["xl/worksheets/sheet1.xml"].matchAll(/<c ([^>]*[^/>])>(.*?)<\/c>/gs)].map(([, attributes, inner]) => {
    const value = inner.replace(/<[^>]+>/g, "");
    return attributes.includes('t="s"') ? texts[Number(value)] : value;
  });
}

/** A project with three tasks in two stages. */
async function stage(call) {
  const create = (model, values) => call(model, "create", [values]);
  const project = await create("project.project", { name: "Mill" });
  const [kneaded, rising] = [await create("project.task.type", { name: "Kneaded", sequence: 1, project_ids: [[4, project]] }), await create("project.task.type", { name: "Rising", sequence: 2, project_ids: [[4, project]] })];
  await create("project.task", { name: "Loaf one", priority: "1", sequence: 1, project_id: project, stage_id: kneaded });
  for (const [n, name] of ["Loaf two", "Loaf three"].entries()) await create("project.task", { name, sequence: n + 2, project_id: project, stage_id: rising });
}
