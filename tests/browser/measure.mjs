// How fast Odoo's web client is on two servers, side by side: one browser, one run, taking turns.
//
//   node tests/browser/measure.mjs ours=http://127.0.0.1:8069,workwarden,admin,admin odoo=http://127.0.0.1:8070,odoo18,admin,admin
//
// Each server gets a project of TASKS tasks in five stages (once); kanban and form are those of its tasks. Times are from the click, in the page, until what was asked
// for is drawn; medians of ROUNDS rounds after one that does not count. Bytes are those on the wire.
import { createRequire } from "node:module";
import fs from "node:fs";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const [rounds, tasks] = [Number(process.env.ROUNDS || 9), Number(process.env.TASKS || 200)];
const servers = process.argv.slice(2).map((arg) => {
  const [name, rest] = arg.split(/=(.*)/s);
  const [url, db, login, password] = rest.split(",");
  return { name, url, db, login, password, times: {} };
});
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find((p) => p && fs.existsSync(p));
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

async function rpc(server, service, method, args) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "call", params: { service, method, args } });
  const answer = await (await fetch(`${server.url}/jsonrpc`, { method: "POST", headers: { "content-type": "application/json" }, body })).json();
  if (answer.error) throw new Error(`${server.name}: ${JSON.stringify(answer.error.data?.message)}`);
  return answer.result;
}

async function seed(server) {
  const uid = await rpc(server, "common", "login", [server.db, server.login, server.password]);
  const call = (model, method, args, kwargs = {}) => rpc(server, "object", "execute_kw", [server.db, uid, server.password, model, method, args, kwargs]);
  const found = await call("project.project", "search", [[["name", "=", "Measured"]]]);
  if (found.length) return found[0];
  const [project] = await call("project.project", "create", [[{ name: "Measured" }]]);
  const stages = await call("project.task.type", "create", [["A", "B", "C", "D", "E"].map((name, sequence) => ({ name: `Stage ${name}`, sequence, project_ids: [[4, project]] }))]);
  const rows = Array.from({ length: tasks }, (_, i) => ({ name: `Task ${i}`, project_id: project, stage_id: stages[i % 5], priority: i % 7 ? "0" : "1" }));
  await call("project.task", "create", [rows]);
  return project;
}

/** A real Odoo's page never falls silent (its bus), so: long enough for what follows a click. */
const settle = (page) => page.waitForTimeout(1000);

/** Clicks in the page and waits, frame by frame, until `there` is and `gone` is not; milliseconds. */
const timed = (page, click, there, gone) =>
  page.evaluate(
    ([click, there, gone]) =>
      new Promise((resolve, reject) => {
        const target = document.querySelector(click);
        if (!target) return reject(new Error(`nothing to click: ${click}`));
        const started = performance.now();
        const look = () => {
          if (performance.now() - started > 20000) return reject(new Error(`never: ${there}`));
          if (document.querySelector(there) && !(gone && document.querySelector(gone))) return requestAnimationFrame(() => resolve(performance.now() - started));
          requestAnimationFrame(look);
        };
        target.click();
        look();
      }),
    [click, there, gone],
  );

async function log_in(server, page) {
  await page.goto(`${server.url}/web/login?redirect=/odoo/all-tasks&db=${server.db}`);
  await page.waitForSelector("#login");
  await page.fill("#login", server.login);
  await page.fill("#password", server.password);
  const traffic = { requests: 0, bytes: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (e) => ((traffic.requests += 1), (traffic.bytes += e.encodedDataLength)));
  const started = Date.now();
  await page.click("button[type=submit]");
  await page.waitForSelector(".o_main_navbar", { timeout: 120000 });
  traffic.ms = Date.now() - started;
  await settle(page);
  await session.detach();
  return traffic;
}

async function round(server, page, count) {
  const note = (what, ms) => count && (server.times[what] ||= []).push(ms);
  await page.goto(`${server.url}/odoo/project/${server.project}/tasks`);
  await page.waitForSelector(".o_kanban_view, .o_list_view");
  await settle(page);
  await page.click(".o_switch_view.o_list");
  await page.waitForSelector(".o_data_row, .o_group_header");
  await settle(page);
  note("task kanban", await timed(page, ".o_switch_view.o_kanban", ".o_kanban_group .o_kanban_record:not(.o_kanban_ghost)", ".o_list_view"));
  await settle(page);
  server.drawn = await page.evaluate(() => `${document.querySelectorAll(".o_kanban_record:not(.o_kanban_ghost)").length} cards in ${document.querySelectorAll(".o_kanban_group").length} columns, ${document.querySelectorAll(".o_kanban_view *").length} nodes`);
  note("task form", await timed(page, ".o_kanban_record:not(.o_kanban_ghost)", ".o_form_view .o_field_widget[name=name]"));
  await settle(page);
  // A project's list is grouped already, on one of them.
  await page.goto(`${server.url}/odoo/all-tasks`);
  await page.waitForSelector(".o_kanban_view, .o_list_view");
  await settle(page);
  await page.click(".o_switch_view.o_list");
  await page.waitForSelector(".o_data_row, .o_group_header");
  await settle(page);
  await page.click(".o_searchview_dropdown_toggler");
  await page.locator(".o_group_by_menu .o_menu_item").first().waitFor();
  const mark = (name) => page.locator(".o_group_by_menu .o_menu_item", { hasText: name }).first().evaluate((e) => e.setAttribute("data-measured", "1"));
  await mark("Project");
  note("grouped list", await timed(page, "[data-measured]", ".o_group_header"));
  await settle(page);
}

const browser = await chromium.launch({ executablePath, args: flags });
for (const server of servers) {
  server.project = await seed(server);
  server.context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: "en-US", timezoneId: "UTC" });
  server.page = await server.context.newPage();
  server.page.setDefaultTimeout(60000);
  server.cold = await log_in(server, server.page);
  await server.context.clearCookies();
  server.warm = await log_in(server, server.page);
}
for (let i = 0; i <= rounds; i++) for (const server of servers) await round(server, server.page, i > 0);
await browser.close();

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const kb = (n) => `${Math.round(n / 1000)} kB`;
console.log(`| | ${servers.map((s) => s.name).join(" | ")} |\n|---|${servers.map(() => "---|").join("")}`);
for (const what of Object.keys(servers[0].times)) console.log(`| ${what}, click to drawn, ms (median, min–max of ${rounds}) | ${servers.map((s) => `${Math.round(median(s.times[what]))} (${Math.round(Math.min(...s.times[what]))}–${Math.round(Math.max(...s.times[what]))})`).join(" | ")} |`);
console.log(`| drawn in the kanban | ${servers.map((s) => s.drawn).join(" | ")} |`);
for (const [key, what] of [["cold", "first login, empty cache"], ["warm", "login again"]]) {
  console.log(`| ${what}: requests, bytes, ms to the navbar | ${servers.map((s) => `${s[key].requests}, ${kb(s[key].bytes)}, ${s[key].ms}`).join(" | ")} |`);
}
