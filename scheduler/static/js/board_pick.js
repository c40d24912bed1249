// The session in the hand: where it could stand, what each cell would mean, and letting it go.
"use strict";

(() => {
  const { root, table, tray } = Board;
  const letGo = document.getElementById("board-let-go");
  let picked = null;

  Board.picked = () => picked;

  const clear = () => {
    table.querySelectorAll(".ok, .no, .over").forEach((one) => one.classList.remove("ok", "no", "over"));
    table.querySelectorAll("[data-cost]").forEach((one) => delete one.dataset.cost);
    root.querySelectorAll(".lifted").forEach((one) => one.classList.remove("lifted"));
    table.querySelectorAll("[aria-selected]").forEach((one) => one.removeAttribute("aria-selected"));
    root.classList.remove("picking", "swapping");
    Board.markDays({});
  };

  // What a cell would mean for the session in hand.
  Board.verdict = (cell) => {
    if (picked.mode === "swap") {
      const card = cell.querySelector(".session:not([data-fixed])");
      return { ok: Boolean(card) && card.dataset.id !== picked.id, why: [] };
    }
    const { at, column } = Board.spotOf(cell);
    if (cell === picked.cell || cell.querySelector(`[data-id="${CSS.escape(picked.id)}"]`)) {
      return { ok: false, here: true, why: [] };
    }
    if (!picked.options) {
      return { ok: false, why: [Board.word("wait")] };
    }
    const slot = picked.options.slots[at];
    if (!slot) {
      return { ok: false, why: [Board.word("none")] };
    }
    if (slot.why) {
      return { ok: false, why: slot.why };
    }
    if (slot.ok[column]) {
      return { ok: true, why: slot.ok[column] };
    }
    return { ok: false, why: slot.no[column] || [picked.options.elsewhere] };
  };

  const paint = () => {
    root.classList.toggle("picking", picked.mode === "move");
    root.classList.toggle("swapping", picked.mode === "swap");
    const card = Board.cardOf(picked.id);
    if (card) {
      card.classList.add("lifted");
      const cell = card.closest("td");
      if (cell) {
        cell.setAttribute("aria-selected", "true");
      }
    }
    [...table.tBodies[0].rows].forEach((row) => {
      [...row.cells].slice(1).forEach((cell) => {
        const found = Board.verdict(cell);
        cell.classList.toggle("ok", found.ok);
        cell.classList.toggle("no", !found.ok && !found.here && Boolean(picked.options));
        if (found.ok && found.why.length) {
          cell.dataset.cost = found.why.join(" · ");
        } else {
          delete cell.dataset.cost;
        }
      });
    });
  };

  Board.tell = (cell) => {
    const found = Board.verdict(cell);
    const where = Board.nameOf(cell);
    if (found.here) {
      Board.say(`${where}: ${Board.word("same")}`);
    } else if (found.ok) {
      Board.say(`${where}: ${[Board.word("possible"), ...found.why].join(" · ")}`, "good");
    } else {
      Board.say(`${where}: ${found.why.join(" ") || Board.word("impossible")}`, "warn");
    }
  };

  const readOptions = async () => {
    const mine = picked;
    const answer = await Board.get("options", {
      match: mine.id,
      day: Board.look.day,
      across: Board.look.across,
    });
    if (picked !== mine) {
      return;
    }
    if (!answer.ok) {
      Board.release();
      Board.complain(answer.problem);
      return;
    }
    mine.options = answer.facts;
    paint();
    Board.markDays(answer.facts.days);
  };

  Board.pick = async (card, mode = "move") => {
    if (card.hasAttribute("data-fixed")) {
      Board.say(Board.word("fixed"), "warn");
      return;
    }
    clear();
    picked = { id: card.dataset.id, seen: card.dataset.seen, names: Board.namesOf(card), mode, options: null };
    picked.fromTray = tray.contains(card);
    picked.cell = card.closest("td");
    letGo.hidden = false;
    Board.say(Board.word(mode === "swap" ? "swapping" : "picked", { names: picked.names }));
    paint();
    if (mode === "move") {
      await readOptions();
      if (picked && picked.fromTray && !Board.isDragging()) {
        Board.focus(Board.stopIn(table.querySelector("td.ok") || table.tBodies[0].rows[0].cells[1]));
      }
    }
  };

  // Lets the session go where it was; the focus returns to it.
  Board.release = (how = {}) => {
    if (!picked) {
      return;
    }
    const card = Board.cardOf(picked.id);
    clear();
    letGo.hidden = true;
    picked = null;
    if (!how.quiet) {
      Board.say(Board.word("back"));
    }
    if (card && how.focus) {
      Board.focus(card);
    }
  };
  letGo.addEventListener("click", () => Board.release({ focus: true }));

  // After each drawing the marks are put on anew; a session that is gone is let go.
  Board.drawn = () => {
    if (!picked) {
      return;
    }
    const card = Board.cardOf(picked.id);
    if (card && card.dataset.seen !== picked.seen) {
      Board.release({ quiet: true });
      Board.say(Board.word("others"), "warn");
      return;
    }
    picked.cell = card ? card.closest("td") : null;
    paint();
    Board.markDays(picked.options ? picked.options.days : {});
  };
  Board.dayChanged = async () => {
    if (picked && picked.mode === "move") {
      picked.options = null;
      paint();
      await readOptions();
    }
  };
})();
