// The board's line to the server: what it asks, how it says no, and the words of the page.
"use strict";

const Board = {};

(() => {
  const root = document.getElementById("board");
  const words = JSON.parse(root.querySelector("[data-words]").dataset.words);
  const token = root.querySelector("input[name=csrf_token]").value;

  Board.root = root;
  Board.key = root.dataset.key;

  Board.word = (name, facts = {}) =>
    words[name].replace(/%\((\w+)\)s/g, (_, fact) => facts[fact] ?? "");

  const address = (path, asked) => {
    const query = new URLSearchParams();
    Object.entries(asked || {}).forEach(([name, value]) => {
      if (value !== "" && value !== null && value !== undefined) {
        query.set(name, value);
      }
    });
    return `${root.dataset.url}${path}?${query}`;
  };

  const answerOf = async (response) => {
    const kind = response.headers.get("Content-Type") || "";
    if (response.status === 304) {
      return { ok: true, same: true };
    }
    if (!kind.includes("json")) {
      const detail = response.redirected ? Board.word("login") : Board.word("failed");
      return { ok: false, problem: { detail, reasons: [] } };
    }
    const facts = await response.json();
    return response.ok
      ? { ok: true, facts, mark: response.headers.get("ETag") }
      : { ok: false, problem: facts };
  };

  const ask = async (where, how) => {
    try {
      return await answerOf(await fetch(where, { cache: "no-store", ...how }));
    } catch {
      return { ok: false, lost: true, problem: { detail: Board.word("lost"), reasons: [] } };
    }
  };

  Board.get = (path, asked, mark) =>
    ask(address(path, asked), { headers: mark ? { "If-None-Match": mark } : {} });

  // Not crypto.randomUUID(), which plain HTTP inside a city's own network does not have.
  const onceKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (one) => one.toString(36)).join("");

  // With a key, a request that arrives twice is done once.
  Board.post = (path, given, asked) =>
    ask(address(path, asked), {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": token,
        "Idempotency-Key": onceKey(),
      },
      body: JSON.stringify(given),
    });

  const panel = document.getElementById("board-panel");
  const status = document.getElementById("board-status");

  // One place for all that is said: it is seen at the foot of the window, and read out.
  Board.say = (text, tone = "") => {
    status.textContent = text;
    panel.className = `board-panel no-print ${tone} ${text ? "shown" : ""}`;
  };

  Board.complain = (problem) => {
    Board.say([problem.detail, ...(problem.reasons || [])].filter(Boolean).join(" "), "bad");
  };
})();
