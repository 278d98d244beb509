// Every view that the menus lead to, and what a person does in a form: pictures, files, links to other records, lines, and
// what the form says when something is wrong.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/forms.mjs
import fs from "node:fs";
import { website } from "./rpc.mjs";
import { client, drag, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");

await run("forms", { args: ["--odoo-source", source] }, async ({ page, context, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);

  await step("logged in", async () => {
    await page.goto(`${url}/odoo`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar", { timeout: 60000 });
  });

  const menus = await page.evaluate(async () => await (await fetch("/web/webclient/load_menus/all?debug=1")).json());
  for (const menu of Object.values(menus).filter((menu) => menu.actionID && !menu.children.length)) {
    await step(`menu ${menus[menu.appID].name}, ${menu.name}`, async () => {
      await page.goto(`${url}/odoo/action-${menu.actionID}?debug=1`);
      await shown(page);
      for (const kind of await kinds(page)) {
        await page.click(`.o_cp_switch_buttons .o_switch_view.o_${kind}`);
        await page.waitForSelector(`.o_${kind}_view`);
        await shown(page);
      }
      if ((await kinds(page)).includes("list")) await page.click(".o_switch_view.o_list");
      await shown(page);
      const record = page.locator(".o_content:not(.o_view_sample_data) .o_data_row .o_data_cell.o_list_char").first();
      if (await record.count()) {
        await record.click();
        await page.locator(".o_form_view, .o_selected_row").first().waitFor();
        await shown(page);
      }
      const create = page.locator(".o_list_button_add, .o_form_button_create").locator("visible=true").first();
      if (await create.count()) {
        await create.click();
        await page.locator(".o_form_view, .o_selected_row").first().waitFor();
        await shown(page);
      }
    });
  }

  const field = (name) => page.locator(`.o_form_view .o_field_widget[name=${name}]`).first();
  const modal = page.locator(".modal:not(.o_inactive_modal)").last();
  const open = async (model, id) => {
    await page.goto(`${url}/odoo/${model}/${id}`);
    await page.waitForSelector(".o_form_view .o_form_sheet");
    await shown(page);
  };
  const save = async () => {
    await page.click(".o_form_button_save");
    await page.locator(".o_form_button_save").waitFor({ state: "hidden" });
  };
  const read = async (model, id, ...fields) => (await call(model, "read", [[id], fields]))[0];
  const same = (found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const choose = async (button, file) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
    await chooser.setFiles(file);
  };
  const suggestion = (text) => page.locator(".o-autocomplete--dropdown-item", { hasText: text }).first();

  await step("a picture chosen in a form is served in its sizes", async () => {
    await open("res.partner", made.partner);
    await field("image_1920").hover();
    await choose(field("image_1920").locator(".o_select_file_button"), { name: "mill.png", mimeType: "image/png", buffer: await picture(page, 800, 400) });
    await save();
    const shape = (size) => page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, `/web/image/res.partner/${made.partner}/${size}`);
    same(await shape("image_1920"), [800, 400]);
    same(await shape("avatar_128"), [128, 64]);
    same(await shape("image_512"), [512, 256]);
    await page.reload();
    const seen = field("image_1920").locator("img");
    await waitFor(() => seen.evaluate((image) => image.complete && image.naturalWidth === 128), async () => `the small picture, not ${await seen.evaluate((i) => [i.src, i.naturalWidth])}`);
    await field("image_1920").hover();
    await field("image_1920").locator(".o_clear_file_button").click();
    await save();
    same((await read("res.partner", made.partner, "image_1920")).image_1920, false);
  });

  await step("a file uploaded in a form, and downloaded", async () => {
    await page.goto(`${url}/odoo/attachments/new`);
    await field("name").locator("input").waitFor();
    await choose(field("datas").locator(".o_select_file_button"), { name: "flour.txt", mimeType: "text/plain", buffer: Buffer.from("rye and wheat") });
    await save();
    const [file] = await call("ir.attachment", "search_read", [[["name", "=", "flour.txt"]], ["mimetype", "file_size"]]);
    same([file?.mimetype, file?.file_size], ["text/plain", 13]);
    const [download] = await Promise.all([page.waitForEvent("download"), field("datas").locator(".fa-download").click()]);
    same([download.suggestedFilename(), fs.readFileSync(await download.path(), "utf8")], ["flour.txt", "rye and wheat"]);
  });

  await step("a file in a binary field of a record", async () => {
    await open("ai.artifact", made.artifact);
    await choose(field("content_binary").locator(".o_select_file_button"), { name: "page.bin", mimeType: "application/octet-stream", buffer: Buffer.from([0, 1, 2, 255]) });
    await save();
    same((await read("ai.artifact", made.artifact, "content_binary")).content_binary, "AAEC/w==");
    await page.reload();
    const [download] = await Promise.all([page.waitForEvent("download"), field("content_binary").locator(".fa-download").click()]);
    same([...fs.readFileSync(await download.path())], [0, 1, 2, 255]);
    await field("content_binary").locator(".fa-trash, .o_clear_file_button").first().click();
    await save();
    same((await read("ai.artifact", made.artifact, "content_binary")).content_binary, false);
  });

  await step("a link by its first letters", async () => {
    await open("project.project", made.project);
    await field("partner_id").locator("input").fill("Miller 0");
    await suggestion("Miller 03").click();
    await save();
    same((await read("project.project", made.project, "partner_id")).partner_id[1], "Miller 03");
  });

  await step("a link found by searching more", async () => {
    await field("partner_id").locator("input").fill("Miller");
    await page.locator(".o_m2o_dropdown_option_search_more").click();
    await modal.locator(".o_data_row").first().waitFor();
    await modal.locator(".o_searchview_input").fill("Miller 11");
    await page.keyboard.press("Enter");
    await modal.locator(".o_data_row", { hasText: "Miller 03" }).waitFor({ state: "detached" });
    await modal.locator(".o_data_row", { hasText: "Miller 11" }).locator(".o_data_cell").first().click();
    await modal.waitFor({ state: "detached" });
    await save();
    same((await read("project.project", made.project, "partner_id")).partner_id[1], "Miller 11");
  });

  await step("a link to what is made at once, and to what is made in a dialog", async () => {
    await field("partner_id").locator("input").fill("Quick Miller");
    await page.locator(".o_m2o_dropdown_option_create").click();
    await save();
    same((await read("project.project", made.project, "partner_id")).partner_id[1], "Quick Miller");
    await field("partner_id").locator("input").fill("Careful Miller");
    await page.locator(".o_m2o_dropdown_option_create_edit").click();
    same(await modal.locator("[name=name] input, [name=name] textarea").first().inputValue(), "Careful Miller");
    await modal.locator("[name=email] input").fill("careful@example.com");
    await modal.locator(".o_form_button_save").click();
    await modal.waitFor({ state: "detached" });
    await save();
    const { partner_id: [partner] } = await read("project.project", made.project, "partner_id");
    same((await read("res.partner", partner, "name", "email")).email, "careful@example.com");
  });

  await step("the linked record opened, and the way back", async () => {
    await field("partner_id").hover();
    await field("partner_id").locator(".o_external_button").click();
    await page.locator(".o_breadcrumb .active, .o_last_breadcrumb_item", { hasText: "Careful Miller" }).first().waitFor();
    await page.locator(".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item a").last().click();
    await field("partner_id").locator("input").waitFor();
  });

  await step("lines: added, dragged, removed, and the same after a reload", async () => {
    await open("project.task", made.task);
    const lines = field("child_ids");
    const tab = () => page.locator(".o_notebook .nav-link", { hasText: "Sub-tasks" }).click();
    const names = async () => (await lines.locator(".o_data_row .o_data_cell[name=name]").allInnerTexts()).map((text) => text.trim());
    const until = (...wanted) => waitFor(async () => String(await names()) === String(wanted), async () => `${wanted}, not ${await names()}`);
    await tab();
    await lines.locator(".o_field_x2many_list_row_add a").first().click();
    for (const name of ["Sift", "Knead", "Bake"]) {
      await lines.locator(".o_selected_row [name=name] input").fill(name);
      await page.keyboard.press("Enter");
      await lines.locator(".o_data_row:not(.o_selected_row)", { hasText: name }).waitFor();
    }
    await page.keyboard.press("Escape");
    await save();
    await until("Sift", "Knead", "Bake");
    await drag(page, lines.locator(".o_data_row", { hasText: "Bake" }).locator(".o_handle_cell .o_row_handle"), lines.locator(".o_data_row", { hasText: "Sift" }), { above: true });
    await until("Bake", "Sift", "Knead");
    await save();
    await lines.locator(".o_data_row", { hasText: "Knead" }).locator(".o_list_record_remove").click();
    await until("Bake", "Sift");
    await save();
    await page.reload();
    await tab();
    await until("Bake", "Sift");
    await lines.locator(".o_data_row", { hasText: "Sift" }).locator(".o_list_record_open_form_view").click();
    await waitFor(async () => (await field("name").locator("input, textarea").inputValue()) === "Sift", "the line's own form");
  });

  await step("records added to a form from a dialog, one of them changed in another, one taken out", async () => {
    await open("project.task", made.task);
    const lines = field("depend_on_ids");
    await page.locator(".o_notebook .nav-link", { hasText: "Blocked By" }).click();
    await lines.locator(".o_field_x2many_list_row_add a").first().click();
    for (const name of ["Sift", "Bake"]) await modal.locator(".o_data_row", { hasText: name }).locator(".o_list_record_selector input").check();
    await modal.locator(".o_select_button").click();
    await modal.waitFor({ state: "detached" });
    await lines.locator(".o_data_row", { hasText: "Sift" }).locator("[name=name]").click();
    await modal.locator("[name=name] input, [name=name] textarea").first().fill("Sift twice");
    await modal.locator(".o_form_button_save").click();
    await modal.waitFor({ state: "detached" });
    await lines.locator(".o_data_row", { hasText: "Bake" }).locator(".o_list_record_remove").click();
    await save();
    const { depend_on_ids } = await read("project.task", made.task, "depend_on_ids");
    same((await call("project.task", "read", [depend_on_ids, ["name"]])).map((task) => task.name), ["Sift twice"]);
  });

  await step("tags, and the colour of one", async () => {
    await open("project.task", made.task);
    for (const tag of ["oven", "hot"]) {
      await field("tag_ids").locator("input").fill(tag);
      await suggestion(tag).click();
      await field("tag_ids").locator(".o_tag", { hasText: tag }).waitFor();
    }
    await save();
    await field("tag_ids").locator(".o_tag", { hasText: "hot" }).click();
    await page.locator(".o_tag_popover .o_colorlist_item_color_3").click();
    await field("tag_ids").locator(".o_tag.o_tag_color_3", { hasText: "hot" }).waitFor();
    await field("tag_ids").locator(".o_tag", { hasText: "oven" }).locator(".o_delete").click();
    await save();
    const { tag_ids } = await read("project.task", made.task, "tag_ids");
    same((await call("project.tags", "read", [tag_ids, ["name", "color"]])).map((t) => [t.name, t.color]), [["hot", 3]]);
  });

  await step("what is missing is named", async () => {
    await open("project.project", made.project);
    const name = field("name").locator("input, textarea");
    const before = await name.inputValue();
    await name.fill("");
    await page.click(".o_form_button_save");
    await page.locator(".o_notification", { hasText: "Invalid fields" }).filter({ hasText: "Name" }).waitFor();
    await page.click(".o_form_button_cancel");
    await waitFor(async () => (await name.inputValue()) === before, async () => `${before}, not ${await name.inputValue()}`);
  });

  await step("what the server refuses is said in a dialog, and may be mended", async () => {
    watch.allow(/ValidationError|RPC_ERROR|Odoo Server Error/);
    await page.goto(`${url}/odoo/users/new`);
    await field("name").locator("input, textarea").fill("Second");
    await field("login").locator("input").fill("admin");
    await page.click(".o_form_button_save");
    await modal.locator(".modal-title", { hasText: "Validation Error" }).waitFor();
    await modal.locator(".modal-body", { hasText: "same login" }).waitFor();
    await modal.locator("footer button").first().click();
    await field("login").locator("input").fill("second");
    await save();
    same(await call("res.users", "search_count", [[["login", "=", "second"]]]), 1);
  });

  await step("leaving saves what was changed", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await page.click(".o_switch_view.o_list");
    await page.locator(".o_data_row", { hasText: "Bread" }).locator("[name=name]").click();
    await field("allocated_hours").locator("input").fill("3:15");
    await page.locator(".o_breadcrumb .breadcrumb-item a").last().click();
    await page.waitForSelector(".o_list_view");
    same((await read("project.task", made.task, "allocated_hours")).allocated_hours, 3.25);
  });

  await step("so does closing the tab", async () => {
    await open("project.task", made.task);
    await field("allocated_hours").locator("input").fill("4:30");
    await page.keyboard.press("Tab");
    await page.reload();
    await waitFor(async () => (await read("project.task", made.task, "allocated_hours")).allocated_hours === 4.5, "what was changed, saved");
  });

  await step("what is missing keeps one from leaving", async () => {
    await open("project.task", made.task);
    await field("name").locator("input, textarea").fill("");
    await page.locator(".o_breadcrumb .breadcrumb-item a, .o_menu_brand").first().click();
    await page.locator(".o_notification", { hasText: "Invalid fields" }).waitFor();
    await page.waitForSelector(".o_form_view");
    await page.click(".o_form_button_cancel");
  });

  await step("duplicated in the form", async () => {
    await open("project.task", made.task);
    await cog(page, "Duplicate");
    await waitFor(async () => (await field("name").locator("input, textarea").inputValue()) === "Bread (copy)", "the copy");
    same(await call("project.task", "search_count", [[["name", "=", "Bread (copy)"]]]), 1);
  });

  await step("what somebody has deleted meanwhile is said to be gone", async () => {
    watch.allow(/MissingError|does not exist|404/);
    const task = await call("project.task", "create", [{ name: "Short lived", project_id: made.project }]);
    await open("project.task", task);
    await call("project.task", "unlink", [[task]]);
    await field("allocated_hours").locator("input").fill("1:00");
    await page.click(".o_form_button_save");
    await modal.locator(".modal-body", { hasText: /deleted|does not exist/ }).waitFor();
  });
});

/** The views that the page offers. */
async function kinds(page) {
  const classes = await page.locator(".o_cp_switch_buttons button.o_switch_view").evaluateAll((all) => all.map((button) => button.className));
  return classes.map((text) => /o_switch_view o_(\w+)/.exec(text)[1]);
}

/** A view is there and has what it asked for. */
async function shown(page) {
  await page.locator(".o_action_manager .o_view_controller, .o_action_manager .o_action").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".o_loading_indicator"));
}

/** An entry of the cog menu. */
async function cog(page, name) {
  await page.locator(".o_cp_action_menus button", { has: page.locator(".fa-cog") }).click();
  await page.locator(".o-dropdown--menu .o_menu_item, .o-dropdown--menu .dropdown-item", { hasText: name }).first().click();
}

/** A picture of one colour, as PNG. */
async function picture(page, width, height) {
  const url = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").fillRect(0, 0, width / 2, height);
    return canvas.toDataURL("image/png");
  }, [width, height]);
  return Buffer.from(url.split(",")[1], "base64");
}

/** A project with a workflow at a gate, and things around it. */
async function stage(call) {
  const create = (model, values) => call(model, "create", [values]);
  const project = await website(call, "");
  await call("project.project", "write", [[project], { allow_task_dependencies: true }]);
  await call("project.project", "action_start_workflow", [[project]]);
  await waitFor(async () => (await call("project.project", "read", [[project], ["ai_state"]]))[0].ai_state === "approval_pending", "the gate");
  const partner = await create("res.partner", { name: "Mill & Sons" });
  for (let n = 1; n <= 12; n++) await create("res.partner", { name: `Miller ${String(n).padStart(2, "0")}` });
  for (const name of ["oven", "hot"]) await create("project.tags", { name });
  await create("ir.attachment", { name: "Of nothing", raw: false });
  const [artifact] = await call("ai.artifact", "search", [[["project_id", "=", project]]], { limit: 1 });
  return { project, partner, artifact, task: await create("project.task", { name: "Bread", project_id: project }) };
}
