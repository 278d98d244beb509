// A user's own things: preferences, language, API keys, his password; the keyboard; what a developer looks up.
//
//   ODOO_SOURCE=/path/to/odoo node tests/browser/account.mjs
import { client, run, signIn, skip, waitFor } from "./support.mjs";

const source = process.env.ODOO_SOURCE || skip("ODOO_SOURCE names no Odoo 18 source tree");
const [SECRET, NEW] = ["his first secret", "his second secret"];

await run("account", { args: ["--odoo-source", source] }, async ({ page, step, watch, url, login, password }) => {
  const call = await client(url, login, password);
  const made = await stage(call);
  const own = async (...fields) => (await call("res.users", "read", [[made.user], fields]))[0];
  const entry = (text) => page.locator(".o-dropdown--menu .dropdown-item", { hasText: text }).first();
  const preferences = async () => {
    await page.click(".o_user_menu button");
    await page.locator("[data-menu=settings]").click();
    await page.waitForSelector(".modal .o_form_view");
  };
  const security = async () => {
    await preferences();
    await page.locator(".modal .nav-link", { hasText: /Security|Sécurité/ }).click();
  };
  const dialog = (title) => page.locator(".modal", { has: page.locator(".modal-title", { hasText: title }) });
  const save = async () => {
    await page.locator(".modal button[name=preference_save]").click();
    await page.waitForSelector(".modal", { state: "detached" });
    await page.waitForSelector(".o_main_navbar");
  };
  const tasks = async (query = "") => {
    await page.goto(`${url}/odoo/all-tasks${query}`);
    await page.waitForSelector(".o_control_panel");
  };
  const confirmed = async (secret) => {
    await dialog("Security Control").locator("[name=password] input").fill(secret);
    await dialog("Security Control").locator("button[name=run_check]").click();
  };

  await step("preferences kept", async () => {
    await page.goto(`${url}/odoo/all-tasks`);
    await signIn(page, "worker", SECRET);
    await page.waitForSelector(".o_main_navbar");
    await preferences();
    await page.locator(".modal [name=tz] select").selectOption({ label: "Asia/Tokyo" });
    await page.fill(".modal [name=email] input", "worker@example.com");
    await save();
    const kept = await own("tz", "email");
    if (kept.tz !== "Asia/Tokyo" || kept.email !== "worker@example.com") throw new Error(JSON.stringify(kept));
  });

  await step("another language, and back", async () => {
    const speak = async (label) => {
      await preferences();
      await page.locator(".modal [name=lang] select").selectOption({ label });
      await save();
      await tasks();
    };
    const button = page.locator(".o-kanban-button-new, .o_list_button_add").first();
    await speak("French / Français");
    await waitFor(async () => (await button.innerText()).trim() === "Nouveau", async () => `Nouveau, not ${await button.innerText()}`);
    await speak("English (US)");
    await waitFor(async () => (await button.innerText()).trim() === "New", async () => `New, not ${await button.innerText()}`);
  });

  const key = await step("an API key made with one's password, told once", async () => {
    watch.allow(/Incorrect Password/);
    await security();
    await page.locator(".modal button[name=api_key_wizard]").click();
    await dialog("New API Key").locator("[name=name] input").fill("A script");
    await dialog("New API Key").locator("[name=duration] select").selectOption({ index: 1 });
    await dialog("New API Key").locator("button[name=make_key]").click();
    await confirmed("wrong");
    await page.locator(".modal", { hasText: "Incorrect Password" }).locator("footer button").last().click();
    await confirmed(SECRET);
    const told = (await dialog("API Key Ready").locator("[name=key]").innerText()).match(/[0-9a-f]{40}/)?.[0];
    if (!told) throw new Error("no key is told");
    await dialog("API Key Ready").locator("footer button").first().click();
    return told;
  });

  await step("the key opens what he may, until it is deleted", async () => {
    const program = await client(url, "worker", key);
    if (!(await program("project.task", "search_count", [[]]))) throw new Error("no task is seen");
    await security();
    await page.locator(".modal .o_data_row", { hasText: "A script" }).locator("button[name=remove]").click();
    await page.locator(".modal footer .btn-primary:visible", { hasText: "Ok" }).click();
    await waitFor(async () => !(await call("res.users.apikeys", "search_count", [[["user_id", "=", made.user]]])), "the key gone");
    await tasks();
    const refused = await client(url, "worker", key).then((late) => late("project.task", "search_count", [[]])).then(() => false, () => true);
    if (!refused) throw new Error("the key still opens");
  });

  await step("his password changed, and a new login with it", async () => {
    watch.allow(/must be identical/);
    await security();
    await page.locator(".modal button[name=preference_change_password]").click();
    const change = dialog("Change Password");
    await change.locator("[name=new_password] input").fill(NEW);
    await change.locator("[name=confirm_password] input").fill("another");
    await change.locator("button[name=change_password]").click();
    await page.locator(".modal", { hasText: "must be identical" }).locator("footer button").last().click();
    await change.locator("[name=new_password] input").fill(NEW);
    await change.locator("[name=confirm_password] input").fill(NEW);
    await change.locator("button[name=change_password]").click();
    await confirmed(SECRET);
    await page.waitForSelector("#password");
    await signIn(page, "worker", SECRET);
    await page.waitForSelector(".alert-danger");
    await signIn(page, "worker", NEW);
    await page.waitForSelector(".o_main_navbar");
  });

  await step("the keyboard: hints, commands, menus by name", async () => {
    await tasks();
    await page.keyboard.down("Alt");
    await page.locator(".o_web_hotkey_overlay").first().waitFor();
    await page.keyboard.up("Alt");
    await page.keyboard.press("Control+k");
    await page.locator(".o_command_palette .o_command", { hasText: "Show Calendar view" }).waitFor();
    await page.fill(".o_command_palette input", "/my tasks");
    await page.locator(".o_command_palette .o_command", { hasText: "Project / Tasks / My Tasks" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/my-tasks/);
    await page.click(".o_user_menu button");
    await page.locator("[data-menu=shortcuts]").click();
    await page.locator(".o_command_palette").waitFor();
    await page.keyboard.press("Escape");
  });

  await step("what a developer looks up", async () => {
    await page.goto(`${url}/web/session/logout`);
    await signIn(page, login, password);
    await page.waitForSelector(".o_main_navbar");
    const look = async (name) => {
      await page.goto(`${url}/odoo/all-tasks/${made.task}?debug=1`);
      await page.waitForSelector(".o_form_view");
      await page.click(".o_debug_manager button");
      await entry(new RegExp(`^\\s*${name}\\s*$`)).click();
    };
    const within = async (name, text) => {
      await look(name);
      await page.locator(".modal", { hasText: text }).waitFor();
    };
    const rows = async (name, text) => {
      await look(name);
      await page.locator(".o_data_row", { hasText: text }).first().waitFor();
    };
    await within("Metadata", "Latest Modification by");
    await within("Data", "date_deadline");
    await within("Computed Arch", "<form");
    await within("Set Default Values", "Only you");
    await rows("Fields", "date_deadline");
    await rows("Record Rules", "project_id");
    await look("Action");
    await page.locator(".o_breadcrumb", { hasText: "All Tasks" }).waitFor();
    await look("View: Form");
    await page.locator(".o_form_view", { hasText: "View Name" }).waitFor();
    await look("Regenerate Assets");
    await page.waitForLoadState("networkidle");
    await page.waitForSelector(".o_form_view");
  });

  await step("nobody becomes more than he is", async () => {
    watch.allow(/become|403/);
    await page.goto(`${url}/web/become`);
    await page.locator("body", { hasText: "above the rights" }).waitFor();
  });
});

/** French, a project user, and a task. */
async function stage(call) {
  const [lang] = await call("res.lang", "search", [[["code", "=", "fr_FR"]]], { context: { active_test: false } });
  const install = await call("base.language.install", "create", [{ lang_ids: [[6, 0, [lang]]] }]);
  await call("base.language.install", "lang_install", [[install]]);
  const [{ res_id }] = await call("ir.model.data", "search_read", [[["module", "=", "project"], ["name", "=", "group_project_user"]], ["res_id"]]);
  const values = { name: "Worker", login: "worker", password: SECRET, groups_id: [[6, 0, [res_id]]] };
  const user = await call("res.users", "create", [values], { context: { no_reset_password: true } });
  const project = await call("project.project", "create", [{ name: "Bakery" }]);
  return { user, task: await call("project.task", "create", [{ name: "Flour", project_id: project }]) };
}
