// What browser journeys share: a server of their own, a Chromium, steps with a line each, and a picture of the step that failed.
//
//   import { run } from "./support.mjs";
//   await run("name", { args: ["--odoo-source", path] }, async ({ page, step, url }) => { … });
//
// Environment: WORKWARDEN (the binary), CHROMIUM (default: chromium of the PATH), SHOTS (a folder for pictures of every
// step), PATIENCE (milliseconds), ONWARD (go on after a step that failed), URL (a server that runs already, with LOGIN and PASSWORD, instead of one of our own).
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { client as rpc } from "./rpc.mjs";

const require = createRequire(import.meta.url);
const PASSWORD = "journey";

/** Says why a journey does not run here, and ends well. */
export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

function playwright() {
  try {
    return require("playwright-core");
  } catch {
    return skip("playwright-core is not installed (npm install playwright-core, or NODE_PATH)");
  }
}

function chromium() {
  const places = [process.env.CHROMIUM, ...(process.env.PATH || "").split(":").flatMap((d) => [`${d}/chromium`, `${d}/google-chrome`])];
  return places.find((p) => p && fs.existsSync(p)) || skip("no chromium here (CHROMIUM names one)");
}

/** A server on a free port with a database of its own; resolves when it serves. */
export async function serve(args = []) {
  if (process.env.URL) return { url: process.env.URL, login: process.env.LOGIN || "admin", password: process.env.PASSWORD || "admin", stop() {} };
  const binary = process.env.WORKWARDEN || path.resolve(import.meta.dirname, "../../target/debug/workwarden");
  if (!fs.existsSync(binary)) throw new Error(`${binary} is not there: cargo build, or WORKWARDEN`);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "workwarden-browser-"));
  const log = fs.openSync(path.join(home, "log"), "w");
  const env = { PATH: process.env.PATH, HOME: home, WORKWARDEN_ADMIN_PASSWORD: PASSWORD };
  const child = spawn(binary, ["serve", "--http-port", "0", "--data-dir", home, ...args], { cwd: home, env, stdio: ["ignore", "pipe", log] });
  let stopping = false;
  const stop = () => {
    stopping = true;
    child.kill("SIGTERM");
    if (!process.env.KEEP) fs.rmSync(home, { recursive: true, force: true });
  };
  const url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const found = /Serving \S+ at (http:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.on("exit", (code) => stopping || reject(new Error(`the server ended (${code}): ${fs.readFileSync(path.join(home, "log"), "utf8").slice(-2000)}`)));
  });
  return { url, login: "admin", password: PASSWORD, home, stop };
}

/** Errors of the console, of pages, of HTTP and of calls. `allow` is a list of patterns for those that are meant. */
export class Watch {
  constructor(page) {
    this.found = [];
    this.allowed = [];
    this.note = (text) => this.allowed.some((a) => a.test(text)) || this.found.push(text);
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && this.note(`console ${m.type()}: ${m.text()}`));
    page.on("pageerror", (e) => this.note(`page: ${e.message}`));
    page.on("requestfailed", (r) => r.failure().errorText !== "net::ERR_ABORTED" && this.note(`failed: ${r.url()} ${r.failure().errorText}`));
    page.on("response", async (r) => {
      if (r.status() >= 400) this.note(`HTTP ${r.status()}: ${r.url()}`);
      if (!/json/.test(r.headers()["content-type"] || "") || r.request().method() !== "POST") return;
      const body = await r.json().catch(() => null);
      if (body?.error) this.note(`call ${new URL(r.url()).pathname}: ${body.error.data?.name}: ${body.error.data?.message}`);
    });
  }
  allow(pattern) {
    this.allowed.push(pattern);
  }
}

/** Runs `journey` in a browser at a server; ends the process with 1 when a step fails or the watch found errors. */
export async function run(name, { args = [], viewport = { width: 1400, height: 900 } } = {}, journey) {
  const { chromium: engine } = playwright();
  const executablePath = chromium();
  const server = await serve(args);
  const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await engine.launch({ executablePath, args: flags });
  const context = await browser.newContext({ viewport, locale: "en-US", timezoneId: "UTC", acceptDownloads: true });
  const page = await context.newPage();
  const watch = new Watch(page);
  const shots = process.env.SHOTS;
  if (shots) fs.mkdirSync(shots, { recursive: true });
  let [count, failed] = [0, 0];
  const step = async (title, work) => {
    const started = Date.now();
    const before = watch.found.length;
    const number = String(++count).padStart(2, "0");
    // while the first step logs in, the client is being compiled
    page.setDefaultTimeout(count === 1 ? 60000 : Number(process.env.PATIENCE || 15000));
    const picture = (folder) => page.screenshot({ path: path.join(folder, `${name}-${number}-${title.replace(/\W+/g, "-")}.png`) });
    try {
      const result = await work();
      if (watch.found.length > before) throw new Error(watch.found.slice(before).join("\n"));
      if (shots) await picture(shots);
      console.log(`ok ${number} ${title} (${Date.now() - started} ms)`);
      return result;
    } catch (e) {
      await picture(shots || os.tmpdir()).catch(() => {});
      console.log(`FAILED ${number} ${title}: ${e.message}`);
      for (const line of watch.found.slice(before)) console.log(`  ${line}`);
      if (!process.env.ONWARD) throw e;
      failed++;
    }
  };
  let code = 0;
  try {
    await journey({ page, context, step, watch, ...server });
    if (failed) throw new Error(`${failed} steps failed`);
    if (watch.found.length) throw new Error(watch.found.join("\n"));
    console.log(`${name}: ${count} steps`);
  } catch (e) {
    console.log(e.stack);
    code = 1;
  } finally {
    await browser.close();
    server.stop();
  }
  process.exitCode = code;
}

/** Calls methods as a program would, on the one database of the server. */
export async function client(url, login, password) {
  const listed = await fetch(`${url}/web/database/list`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  const [db] = (await listed.json()).result;
  return rpc(url, { db, login, password });
}

/** Fills the login page in. */
export async function signIn(page, login, password) {
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
}

/** Presses a button of a form that goes away by it. */
export async function press(page, name) {
  await page.click(`button[name=${name}]`);
  await page.waitForLoadState("networkidle");
}

/** Looks again and again; `what` is told when it does not come. */
export async function waitFor(look, what, patience = Number(process.env.PATIENCE || 15000)) {
  const end = Date.now() + patience;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`in vain: ${typeof what === "string" ? what : await what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Drags with the mouse in steps, as the client wants it; to where a column has its cards, or to the very place (`above`). */
export async function drag(page, from, to, { above = false } = {}) {
  const a = await from.boundingBox();
  const b = await to.boundingBox();
  const [x, y] = [a.x + Math.min(a.width / 2, 40), a.y + a.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 15, y + 10, { steps: 5 });
  await page.mouse.move(b.x + (above ? 10 : b.width / 2), b.y + (above ? b.height / 2 : 120), { steps: 20 });
  await page.waitForTimeout(300);
  await page.mouse.up();
}
