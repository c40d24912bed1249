// Picking a session up and putting it down: by mouse, by finger and by keyboard, all by the same few steps.
"use strict";

(() => {
  const { root, table, frame, tray } = Board;
  const letGo = document.getElementById("board-let-go");
  let picked = null;
  let drag = null;
  let saving = false;

  Board.isBusy = () => saving || drag !== null;
  Board.picked = () => picked;

  const DRAG_PX = 6;
  const HOLD_MS = 350;

  const clear = () => {
    table.querySelectorAll(".ok, .no, .over").forEach((one) => one.classList.remove("ok", "no", "over"));
    table.querySelectorAll("[data-cost]").forEach((one) => delete one.dataset.cost);
    root.querySelectorAll(".lifted").forEach((one) => one.classList.remove("lifted"));
    table.querySelectorAll("[aria-selected]").forEach((one) => one.removeAttribute("aria-selected"));
    root.classList.remove("picking", "swapping");
    Board.markDays({});
  };

  // What a cell would mean for the session in hand.
  const verdict = (cell) => {
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
        const found = verdict(cell);
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

  const tell = (cell) => {
    const found = verdict(cell);
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
      if (picked && picked.fromTray && !drag) {
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

  // Puts the card of an answer into its cells, at once; all else follows with the next drawing.
  const settle = (facts) => {
    Board.forget();
    table.querySelectorAll(`.session[data-id="${CSS.escape(facts.match)}"]`).forEach((one) => one.remove());
    if (!facts.card) {
      return null;
    }
    const waiting = tray.querySelector(`.session[data-id="${CSS.escape(facts.match)}"]`);
    if (waiting) {
      waiting.closest("li").remove();
    }
    const columns = facts.card.columns[Board.look.across];
    (columns.length ? columns : [""]).forEach((column) => {
      const cell = Board.cellAt(facts.card.at, column);
      if (cell) {
        cell.insertAdjacentHTML("beforeend", facts.card.html.trim());
      }
    });
    table.querySelectorAll(".session:not([tabindex])").forEach((one) => one.setAttribute("tabindex", "-1"));
    table.querySelectorAll(".session:not([href])").forEach((one) => one.setAttribute("role", "button"));
    return Board.cardOf(facts.match);
  };

  // Every change goes this way: saved, shown, said, and ready to be undone.
  Board.change = async (path, given, how = {}) => {
    const cell = document.activeElement && document.activeElement.closest("#board-grid td");
    const began = performance.now();
    saving = true;
    Board.say(Board.word("working"));
    const answer = await Board.post(path, given, { across: Board.look.across });
    saving = false;
    if (!answer.ok) {
      Board.release({ quiet: true });
      Board.complain(answer.problem);
      if (!how.quiet) {
        await Board.refresh();
        Board.complain(answer.problem);
      }
      return answer;
    }
    Board.release({ quiet: true });
    const cards = [answer.facts, ...(answer.facts.others || [])].map(settle);
    if (!how.quiet) {
      const stop = cards[0] || (cell && cell.isConnected && Board.stopIn(cell));
      Board.focus(stop || Board.stopIn(table.tBodies[0].rows[0].cells[1]));
    }
    Board.say(answer.facts.said, "good");
    performance.measure("board-change", { start: began });
    Board.undoable(answer.facts);
    Board.refresh();
    return answer;
  };

  Board.putDown = (cell) => {
    const found = verdict(cell);
    if (!found.ok) {
      tell(cell);
      return false;
    }
    if (picked.mode === "swap") {
      const other = cell.querySelector(".session");
      Board.change("swap", {
        match: picked.id,
        seen: picked.seen,
        other: other.dataset.id,
        other_seen: other.dataset.seen,
      });
      return true;
    }
    const spot = Board.spotOf(cell);
    const card = Board.cardOf(picked.id);
    if (card && !picked.fromTray) {
      Board.forget();
      cell.append(card);
      card.classList.add("saving");
    }
    Board.change("place", { match: picked.id, seen: picked.seen, across: Board.look.across, ...spot });
    return true;
  };

  Board.putBack = (id, seen) => Board.change("put-back", { match: id, seen });

  // By keyboard.
  const onKey = async (event) => {
    const stop = event.target.closest(".session, td");
    if (!stop || saving || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Escape" && picked) {
      event.preventDefault();
      Board.release({ focus: true });
    } else if (event.key === "z" && event.ctrlKey) {
      event.preventDefault();
      Board.undo();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (picked && table.contains(stop)) {
        Board.putDown(stop.closest("td"));
      } else if (stop.dataset.id) {
        await Board.pick(stop);
      }
    } else if (event.key === " " && stop.dataset.id && !picked) {
      event.preventDefault();
      Board.open(stop);
    } else if (Board.isWalk(event) && table.contains(stop)) {
      event.preventDefault();
      const next = await Board.walk(stop, event);
      Board.focus(next);
      if (picked) {
        tell(next.closest("td"));
      }
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && tray.contains(stop)) {
      event.preventDefault();
      const all = [...tray.querySelectorAll(".session")];
      Board.focus(all[all.indexOf(stop) + (event.key === "ArrowDown" ? 1 : -1)] || stop);
    }
  };
  table.addEventListener("keydown", onKey);
  tray.addEventListener("keydown", onKey);

  // By mouse and by finger. A finger that moves at once scrolls; one that rests picks up.
  const under = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    return found && found.closest("#board-grid td, #board-tray, a[data-day]");
  };

  const begin = () => {
    drag.isOn = true;
    const box = drag.card.getBoundingClientRect();
    drag.ghost = drag.card.cloneNode(true);
    ["data-id", "tabindex", "href"].forEach((name) => drag.ghost.removeAttribute(name));
    drag.ghost.classList.add("ghost");
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.style.width = `${box.width}px`;
    document.body.append(drag.ghost);
    Board.pick(drag.card);
    follow(drag);
  };

  const follow = (at) => {
    drag.ghost.style.transform = `translate(${at.clientX - drag.dx}px, ${at.clientY - drag.dy}px)`;
    const place = under(at);
    if (place !== drag.over) {
      if (drag.over) {
        drag.over.classList.remove("over");
      }
      clearTimeout(drag.dayTimer);
      drag.over = place;
      if (place) {
        place.classList.add("over");
      }
      if (place && place.dataset.day) {
        drag.dayTimer = setTimeout(() => Board.showDay(place.dataset.day), 600);
      } else if (place && place.matches("td") && picked) {
        tell(place);
      }
    }
    edge(at);
  };

  const edge = (at) => {
    const box = frame.getBoundingClientRect();
    const near = (from, to, here) => (here < from + 40 ? -1 : here > to - 40 ? 1 : 0);
    drag.push = [near(box.left, box.right, at.clientX), near(box.top, Math.min(box.bottom, innerHeight), at.clientY)];
    if (!drag.pushing && (drag.push[0] || drag.push[1])) {
      const go = () => {
        if (!drag || !(drag.push[0] || drag.push[1])) {
          if (drag) {
            drag.pushing = false;
          }
          return;
        }
        frame.scrollBy(drag.push[0] * 12, drag.push[1] * 12);
        requestAnimationFrame(go);
      };
      drag.pushing = true;
      requestAnimationFrame(go);
    }
  };

  const stop = () => {
    clearTimeout(drag.timer);
    clearTimeout(drag.dayTimer);
    if (drag.ghost) {
      drag.ghost.remove();
    }
    if (drag.over) {
      drag.over.classList.remove("over");
    }
    const was = drag;
    drag = null;
    return was;
  };

  const onDown = (event) => {
    const card = event.target.closest(".session");
    if (!card || event.button || saving || (picked && picked.mode === "swap")) {
      return;
    }
    const box = card.getBoundingClientRect();
    drag = {
      card,
      clientX: event.clientX,
      clientY: event.clientY,
      dx: event.clientX - box.left,
      dy: event.clientY - box.top,
      isTouch: event.pointerType !== "mouse",
      isOn: false,
    };
    if (drag.isTouch) {
      drag.timer = setTimeout(begin, HOLD_MS);
    }
  };

  const onMove = (event) => {
    if (!drag) {
      return;
    }
    const far = Math.hypot(event.clientX - drag.clientX, event.clientY - drag.clientY) > DRAG_PX;
    if (drag.isOn) {
      follow(event);
    } else if (far && drag.isTouch) {
      stop();
    } else if (far) {
      begin();
    }
  };

  const onUp = async (event) => {
    if (!drag) {
      return;
    }
    const was = stop();
    if (!was.isOn) {
      return;
    }
    event.preventDefault();
    swallow();
    const place = under(event);
    while (picked && picked.mode === "move" && !picked.options) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (!picked) {
      return;
    }
    if (place && place.matches("td")) {
      if (!Board.putDown(place)) {
        Board.release({ quiet: true, focus: true });
      }
    } else if (place === tray && !picked.fromTray) {
      Board.putBack(picked.id, picked.seen);
    } else {
      Board.release({ focus: true });
    }
  };

  // The click that ends a drag is none.
  const swallow = () => {
    const stopIt = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("click", stopIt, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stopIt, { capture: true }), 50);
  };

  [table, tray].forEach((place) => {
    place.addEventListener("pointerdown", onDown);
    place.addEventListener("dragstart", (event) => event.preventDefault());
    place.addEventListener("contextmenu", (event) => {
      if (drag) {
        event.preventDefault();
      }
    });
  });
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onUp);
  addEventListener("pointercancel", () => {
    if (drag) {
      const was = stop();
      if (was.isOn) {
        Board.release({ focus: true });
      }
    }
  });
  addEventListener(
    "touchmove",
    (event) => {
      if (drag && drag.isOn) {
        event.preventDefault();
      }
    },
    { passive: false },
  );

  const onClick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const card = event.target.closest(".session");
    const cell = event.target.closest("td");
    if (picked && cell) {
      event.preventDefault();
      if (Board.putDown(cell)) {
        return;
      }
    } else if (card) {
      event.preventDefault();
      Board.focus(card, { still: true });
      Board.open(card);
    } else if (cell) {
      Board.focus(Board.stopIn(cell), { still: true });
    }
  };
  table.addEventListener("click", onClick);
  tray.addEventListener("click", onClick);
})();
