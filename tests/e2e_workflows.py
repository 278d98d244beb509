#!/usr/bin/env python3
"""The five built-in workflows with a real language model, each from start to done.

Opt-in, not part of `cargo test`. Needs what e2e_real_model.py needs, but for odoorpc. The answers are kept short, since
the model is small and slow; the prompts are those that ship.

    e2e_workflows.py [--binary target/release/workwarden] [--only website] [--tokens 160]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import e2e_real_model as real

PARAMS = {
    "website": {"industry": "bakery", "website_type": "small business", "page_count": 2,
                "target_audience": "people of the neighbourhood", "description": "Bread and cakes since 1931",
                "company_name": "Corner Bakery", "theme_style": "warm"},
    "ebook": {"chapter_count": 2},
    "course": {"lesson_count": 2},
    "survey": {"section_count": 2},
    "video": {"scene_count": 2},
}


class Client:
    def __init__(self, url):
        self.url = url
        self.uid = self.rpc("common", "login", [real.DB, "admin", real.PASSWORD])

    def rpc(self, service, method, args):
        body = {"jsonrpc": "2.0", "method": "call", "params": {"service": service, "method": method, "args": args}}
        request = urllib.request.Request(self.url + "/jsonrpc", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        answer = json.load(urllib.request.urlopen(request, timeout=120))
        if "error" in answer:
            raise SystemExit(f"FAILED: {answer['error']['data']['message']}")
        return answer["result"]

    def __call__(self, model, method, *args, **kwargs):
        return self.rpc("object", "execute_kw", [real.DB, self.uid, real.PASSWORD, model, method, list(args), kwargs])


def run(call, code, provider):
    template = call("ai.project.template", "search", [["code", "=", code]])[0]
    stages = call("ai.project.stage", "search_read", [["template_id", "=", template]],
                  fields=["name", "execution_mode", "requires_approval"])
    gates = sum(1 for s in stages if s["requires_approval"])
    project = call("project.project", "create", {
        "name": "Corner Bakery", "ai_template_id": template, "ai_provider_id": provider, "ai_params": PARAMS[code]})
    start, passed, shown = time.monotonic(), 0, None
    call("project.project", "action_start_workflow", [project])
    while True:
        p = call("project.project", "read", [project],
                 ["ai_state", "ai_progress", "ai_error", "stage_id"])[0]
        now = (p["ai_state"], p["ai_progress"], p["stage_id"] and p["stage_id"][1])
        if now != shown:
            shown = now
            real.say(f"    {time.monotonic() - start:6.1f} s  {now[0]:<17} {now[1]:>3} %  {now[2]}")
        if p["ai_state"] == "approval_pending":
            passed += 1
            call("project.project", "action_approve_stage", [project])
        elif p["ai_state"] == "failed":
            raise SystemExit(f"FAILED: {code}: {p['ai_error']}")
        elif p["ai_state"] == "done":
            break
        time.sleep(0.3)
    artifacts = call("ai.artifact", "search_read", [["project_id", "=", project]],
                     fields=["name", "artifact_type", "content", "completion_tokens", "model"], order="id")
    real.check(passed == gates, f"{code}: {len(stages)} stages, {gates} gates, done")
    written = [a for a in artifacts if a["completion_tokens"]]
    real.check(written and all(a["content"].strip() for a in artifacts),
               f"{code}: {len(artifacts)} artifacts, {len(written)} of them written by {written[0]['model']}")
    for a in artifacts:
        real.say(f"      {a['artifact_type']:<9} {a['name'][:40]:<41} {' '.join(a['content'].split())[:60]}")
    real.say(f"    {code} took {time.monotonic() - start:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(real.ROOT / "target/release/workwarden"))
    parser.add_argument("--only", action="append")
    parser.add_argument("--tokens", type=int, default=160)
    args = parser.parse_args()
    with real.model_server() as base, tempfile.TemporaryDirectory(prefix="e2e-wf-") as home:
        port = real.free_port()
        server = subprocess.Popen(
            [args.binary, "serve", "-D", home, "-d", real.DB, "-p", str(port),
             "--admin-password", real.PASSWORD, "--log-level", "warn"], stdout=subprocess.DEVNULL, cwd=home)
        try:
            url = f"http://127.0.0.1:{port}"
            real.wait_for(url + "/web/health", 60, lambda: server.poll() is None)
            call = Client(url)
            provider = call("ai.provider", "create", {
                "name": "Gemma", "provider_type": "local", "api_base": base, "model": "gemma3-270m",
                "max_concurrency": 1, "timeout": 600, "max_attempts": 5})
            for prompt in call("ai.template", "search_read", [], fields=["output_format"]):
                # JSON that is cut off is no JSON.
                tokens = 500 if prompt["output_format"] == "json" else args.tokens
                call("ai.template", "write", [prompt["id"]], {"max_tokens": tokens})
            for code in args.only or PARAMS:
                real.say(f"== {code}")
                run(call, code, provider)
        finally:
            server.terminate()
            server.wait()
    real.say("all of it held")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
