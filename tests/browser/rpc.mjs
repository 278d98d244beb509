// What the browser test needs of the server outside the browser: to start it, and to make its project over JSON-RPC.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "browser-test";

// Starts the binary on a free port with a database of its own; resolves when it says where it serves.
export async function serve(binary, args = []) {
  const home = mkdtempSync(join(tmpdir(), "workwarden-browser-"));
  const flags = ["serve", "--http-port", "0", "--data-dir", home, "--log-level", process.env.SERVER_LOG ?? "warn", ...args];
  const child = spawn(binary, flags, { cwd: home, env: { WORKWARDEN_ADMIN_PASSWORD: PASSWORD }, stdio: ["ignore", "pipe", "inherit"] });
  const gone = new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`the server ended: ${code}`))));
  gone.catch(() => {});
  const said = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /^Serving .* at (http:\S+)/.exec(line);
      if (address) return address[1];
    }
    throw new Error("the server said nothing");
  })();
  const base = await Promise.race([said, gone]);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { base, stop };
}

// A client of /jsonrpc; as admin of a server of ours, unless told.
export async function client(base, { db = "workwarden", login = "admin", password = PASSWORD } = {}) {
  const service = async (service, method, args) => {
    const body = JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: { service, method, args } });
    const answer = await fetch(`${base}/jsonrpc`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = await answer.json();
    if (error) throw new Error(error.data?.message ?? error.message);
    return result;
  };
  const uid = await service("common", "login", [db, login, password]);
  return (model, method, args = [], kwargs = {}) => service("object", "execute_kw", [db, uid, password, model, method, args, kwargs]);
}

// A project of a built-in workflow; its texts come from the offline provider, which takes `ms` for each and speaks in pieces.
export async function project(call, code, params, ms, name) {
  const [template] = await call("ai.project.template", "search", [[["code", "=", code]]]);
  const provider = await call("ai.provider", "create", [{ name: "Offline", provider_type: "local", model: "echo", api_base: `echo:${ms}` }]);
  return call("project.project", "create", [{ name, ai_template_id: template, ai_provider_id: provider, ai_params: params }]);
}

// A website of three pages.
export async function website(call, ms, name = "Website of Crumb & Crust") {
  const params = { company_name: "Crumb & Crust", industry: "bakery", website_type: "company", page_count: 3, target_audience: "people of the quarter", theme_style: "warm", description: "A family bakery that bakes sourdough bread every night." };
  return project(call, "website", params, ms, name);
}
