// Keeps a page of /ai as fresh as /ai/events says: listens, fetches the page again when something happened, and puts
// the parts in place that changed. Without it the page is the same, only still.
"use strict";
(() => {
  const main = document.querySelector("[data-watch]");
  const live = document.querySelector("[data-live]");
  const announce = document.querySelector("[data-announce]");

  function localTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const date = new Date(time.dateTime);
      if (!isNaN(date)) {
        time.textContent = date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
      }
    }
  }

  if (!main) {
    localTimes(document);
    return;
  }

  const parts = (root) => root.querySelectorAll("[data-part]");
  const name = (part) => part.dataset.part;
  // What the server last said of each part; the page itself changes as people use it.
  const said = new Map();
  for (const part of parts(document)) said.set(name(part), part.outerHTML);
  localTimes(document);

  const meant = (details) => (details.dataset.meant = String(details.open));
  document.querySelectorAll("details[data-key]").forEach(meant);

  // What a reader opened, typed and stood at stays.
  function keep(old, fresh) {
    const before = new Map();
    for (const d of old.querySelectorAll("details[data-key]")) before.set(d.dataset.key, d);
    for (const d of fresh.querySelectorAll("details[data-key]")) {
      const was = before.get(d.dataset.key);
      // Unless the server has changed its mind, the reader's word counts.
      if (meant(d) === was?.dataset.meant) d.open = was.open;
    }
    for (const form of fresh.querySelectorAll("form[data-sight]")) {
      const was = old.querySelector(`form[data-sight="${form.dataset.sight}"][action="${form.getAttribute("action")}"]`);
      if (!was) continue;
      for (const field of was.querySelectorAll("textarea[id], input[type=checkbox][id]")) {
        const now = form.querySelector("#" + field.id);
        if (!now) continue;
        if (field.type === "checkbox") now.checked = field.checked;
        else now.value = field.value;
      }
    }
  }

  function replace(old, fresh) {
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const at = active && active.id && { id: active.id, from: active.selectionStart, to: active.selectionEnd };
    keep(old, fresh);
    old.replaceWith(fresh);
    localTimes(fresh);
    if (!at) return;
    const again = document.getElementById(at.id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (typeof at.from === "number") again.setSelectionRange(at.from, at.to);
  }

  let busy = false;
  let wanted = false;
  async function refresh() {
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    wanted = false;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.redirected || !answer.ok) {
        // Logged out, or no longer ours to see: let the server say so.
        location.reload();
        return;
      }
      const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const fresh of parts(doc)) {
        const key = name(fresh);
        const html = fresh.outerHTML;
        const old = document.querySelector(`[data-part="${key}"]`);
        if (old && said.get(key) !== html) {
          said.set(key, html);
          replace(old, document.adoptNode(fresh));
        }
      }
    } catch {
      wanted = true; // the network: events come again when it does, and so does "ready"
    } finally {
      busy = false;
      if (wanted) soon(1000);
    }
  }

  let timer = 0;
  function soon(ms) {
    if (!timer) timer = setTimeout(() => { timer = 0; refresh(); }, ms);
  }

  function size(bytes) {
    return bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }

  function progress(event) {
    const task = document.querySelector(`[data-task="${event.task_id}"]`);
    const text = task && task.querySelector("[data-size]");
    if (text) text.textContent = `${size(event.size)} written`;
    else soon(300); // it has begun since the page was made
  }

  function show(on) {
    live.hidden = false;
    live.classList.toggle("off", !on);
    live.querySelector("[data-live-text]").textContent = on ? "Live" : "Reconnecting";
  }

  let source;
  function connect() {
    source = new EventSource(main.dataset.watch);
    source.addEventListener("ready", () => { show(true); soon(0); });
    source.addEventListener("workflow", (e) => {
      const event = JSON.parse(e.data);
      if (main.dataset.watch.includes("project=") && event.kind !== "task_queued") announce.textContent = event.message;
      soon(150);
    });
    source.addEventListener("progress", (e) => progress(JSON.parse(e.data)));
    source.onerror = () => {
      show(false);
      // The browser tries again by itself, unless it was refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    };
  }
  connect();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (e) => { if (e.persisted) connect(); });
})();
