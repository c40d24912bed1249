// The grid itself: what is shown of it, where the focus is, and how it is drawn anew without losing either.
"use strict";

(() => {
  const root = Board.root;
  const table = document.getElementById("board-grid");
  const frame = table.closest(".board-frame");
  const space = table.parentElement;
  const tray = document.getElementById("board-tray");
  const bar = document.getElementById("board-bar");
  const look = {
    ...Object.fromEntries(new URLSearchParams(location.search)),
    day: root.dataset.day,
    across: root.dataset.across,
    first: Number(root.dataset.first),
  };
  const drawn = {};
  let columns = Number(root.dataset.columns);
  let mark = root.dataset.mark ? `"${root.dataset.mark}"` : null;
  let drawing = 0;

  Board.look = look;
  Board.table = table;
  Board.frame = frame;
  Board.tray = tray;

  const rows = () => table.tBodies[0].rows;
  const heads = () => table.tHead.rows[0].cells;

  Board.cellAt = (at, column) => {
    const row = [...rows()].find((one) => one.dataset.at === at);
    const place = [...heads()].findIndex((one, number) => number && one.dataset.col === column);
    return row && place > 0 ? row.cells[place] : null;
  };
  Board.spotOf = (cell) => ({
    at: cell.parentElement.dataset.at,
    column: heads()[cell.cellIndex].dataset.col,
  });
  Board.nameOf = (cell) => {
    const time = cell.parentElement.cells[0].innerText.replace(/\s+/g, " ");
    return `${time}, ${heads()[cell.cellIndex].innerText.replace(/\s+/g, " ")}`;
  };
  Board.cardOf = (id) => root.querySelector(`.session[data-id="${CSS.escape(id)}"]`);
  Board.namesOf = (card) =>
    [...card.querySelectorAll("b, span")].slice(0, 2).map((one) => one.textContent).join(" – ");

  // Where the focus may stand: a session, or the empty cell; in the tray a match.
  const stopsOf = (cell) => {
    const cards = [...cell.querySelectorAll(".session")];
    return cards.length ? cards : [cell];
  };
  Board.stopIn = (cell) => stopsOf(cell)[0];

  Board.focus = (stop, how = {}) => {
    const place = stop.closest("#board-tray") ? tray : table;
    place.querySelectorAll('[tabindex="0"]').forEach((one) => one.setAttribute("tabindex", "-1"));
    stop.setAttribute("tabindex", "0");
    stop.focus({ preventScroll: true });
    if (!how.still) {
      stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  };

  const makeStops = (place) => {
    place.querySelectorAll(".session").forEach((one) => {
      one.setAttribute("tabindex", "-1");
      if (!one.hasAttribute("href")) {
        one.setAttribute("role", "button");
      }
    });
    const first = place.querySelector(".session") || place.querySelector("tbody td");
    if (first && !place.querySelector('[tabindex="0"]')) {
      first.setAttribute("tabindex", "0");
    }
  };

  // What has the focus, to be found again in what is drawn anew.
  const held = () => {
    const active = document.activeElement;
    if (bar.contains(active)) {
      return { bar: [...bar.querySelectorAll("a")].indexOf(active), day: active.dataset.day };
    }
    const stop = active && active.closest(".session, td");
    if (!stop || !root.contains(stop)) {
      return null;
    }
    const cell = stop.closest("td");
    return { id: stop.dataset.id, place: cell && table.contains(cell) ? Board.spotOf(cell) : null };
  };

  const hold = (was) => {
    if (!was || (document.activeElement !== document.body && root.contains(document.activeElement))) {
      return;
    }
    if (was.bar !== undefined) {
      const links = [...bar.querySelectorAll("a")];
      const same = links.find((one) => was.day && one.dataset.day === was.day);
      (same || links[Math.min(was.bar, links.length - 1)]).focus();
      return;
    }
    const cell = was.place && Board.cellAt(was.place.at, was.place.column);
    const stop = (was.id && Board.cardOf(was.id)) || (cell && Board.stopIn(cell));
    Board.focus(stop || Board.stopIn(rows()[0].cells[1]), { still: true });
  };

  const width = () => heads()[1].getBoundingClientRect().width;

  const setSpace = () => {
    const isPart = columns > heads().length - 1;
    table.classList.toggle("windowed", isPart);
    space.classList.toggle("windowed", isPart);
    if (!isPart) {
      space.style.width = table.style.marginInlineStart = "";
      return;
    }
    const corner = heads()[0].getBoundingClientRect().width;
    space.style.width = `${corner + columns * width()}px`;
    table.style.marginInlineStart = `${look.first * width()}px`;
  };

  Board.draw = (facts) => {
    const was = held();
    const opened = new Set(
      [...tray.querySelectorAll("details[open]")].map((one) => one.previousElementSibling.dataset.id),
    );
    const places = { grid: table, tray, bar, proof: document.getElementById("board-proof") };
    look.first = facts.first;
    columns = facts.columns;
    Object.entries(facts.parts).forEach(([name, html]) => {
      if (drawn[name] !== html) {
        places[name].innerHTML = drawn[name] = html;
      }
    });
    frame.setAttribute("aria-label", facts.label);
    table.setAttribute("aria-label", facts.label);
    tray.querySelectorAll("details").forEach((one) => {
      one.open = opened.has(one.previousElementSibling.dataset.id);
    });
    makeStops(table);
    makeStops(tray);
    setSpace();
    hold(was);
    Board.drawn();
  };

  // While a session is in the hand, each day says in how many of its slots it could stand.
  Board.markDays = (days) => {
    bar.querySelectorAll("[data-day]").forEach((one) => {
      const old = one.querySelector(".chances");
      if (old) {
        old.remove();
      }
      if (days[one.dataset.day]) {
        const mark = document.createElement("small");
        mark.className = "chances";
        mark.textContent = Board.word("chances", { num: days[one.dataset.day] });
        one.append(mark);
      }
    });
  };

  // What was changed here without the server is drawn anew, even if the server has nothing new.
  Board.forget = () => Object.keys(drawn).forEach((name) => delete drawn[name]);

  // The server is asked for all, or for a part; an answer that has been overtaken is let go.
  Board.refresh = async (how = {}) => {
    const number = (drawing += 1);
    // Of thousands of sessions the conflicts are looked for in the background only.
    const checked = how.poll && "unchecked" in root.dataset ? "1" : "";
    const asked = { ...look, parts: how.parts, checked };
    const answer = await Board.get("view", asked, how.poll ? mark : null);
    if (number !== drawing || (how.poll && Board.isBusy())) {
      return answer;
    }
    if (answer.ok && !answer.same) {
      if (!how.parts) {
        mark = answer.mark;
      }
      Board.draw(answer.facts);
    }
    return answer;
  };

  Board.show = async (other) => {
    Object.assign(look, other);
    mark = null;
    const query = new URLSearchParams(Object.entries(look).filter(([, value]) => value));
    history.replaceState(null, "", `?${query}`);
    const answer = await Board.refresh();
    if (!answer.ok) {
      Board.complain(answer.problem);
    }
  };

  // Columns that come into sight are fetched when the window of those that are there no longer reaches.
  let fetching = false;
  Board.isFetching = () => fetching;
  const follow = async () => {
    let there = heads().length - 1;
    if (fetching || columns <= there) {
      return;
    }
    const seen = frame.clientWidth / width();
    if (there < seen + 1) {
      there = look.count = Math.min(60, columns, Math.ceil(seen) + 6);
    }
    const left = Math.max(0, Math.floor(frame.scrollLeft / width()));
    const enough = left >= look.first && Math.min(left + seen, columns) <= look.first + there;
    if (enough) {
      return;
    }
    fetching = true;
    const ahead = Math.floor((there - seen) / 2);
    look.first = Math.max(0, Math.min(left - ahead, columns - there));
    await Board.refresh({ parts: "grid" });
    fetching = false;
    follow();
  };
  frame.addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });

  // Walking by keyboard. At the edge of the window the next columns are fetched first.
  const step = async (cell, down, right) => {
    const row = rows()[cell.parentElement.sectionRowIndex + down];
    const place = cell.cellIndex + right;
    if (row && row.cells[place] && place > 0) {
      return row.cells[place];
    }
    const number = look.first + place - 1;
    if (!row || number < 0 || number >= columns || !right) {
      return null;
    }
    const there = heads().length - 1;
    look.first = Math.max(0, Math.min(number - Math.floor(there / 2), columns - there));
    const at = row.dataset.at;
    await Board.refresh({ parts: "grid" });
    return [...rows()].find((one) => one.dataset.at === at).cells[number - look.first + 1];
  };

  const inside = (stop, cell, key) => {
    const stops = stopsOf(cell);
    const next = stops.indexOf(stop) + { ArrowDown: 1, ArrowUp: -1 }[key];
    return stops[next];
  };

  const ends = (cell, key, isFar) => {
    const row = isFar ? rows()[key === "Home" ? 0 : rows().length - 1] : cell.parentElement;
    return row.cells[key === "Home" ? 1 : row.cells.length - 1];
  };

  const ARROWS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-4, 0],
    PageDown: [4, 0],
  };

  Board.walk = async (stop, event) => {
    const cell = stop.closest("td");
    if (event.key === "Home" || event.key === "End") {
      return Board.stopIn(ends(cell, event.key, event.ctrlKey));
    }
    if (event.key in { ArrowUp: 0, ArrowDown: 0 } && inside(stop, cell, event.key)) {
      return inside(stop, cell, event.key);
    }
    const [down, right] = ARROWS[event.key];
    const sign = getComputedStyle(table).direction === "rtl" ? -1 : 1;
    const last = rows().length - 1 - cell.parentElement.sectionRowIndex;
    const far = Math.max(-cell.parentElement.sectionRowIndex, Math.min(down, last));
    const next = await step(cell, far, right * sign);
    return next ? Board.stopIn(next) : stop;
  };
  Board.isWalk = (event) => event.key in ARROWS || event.key === "Home" || event.key === "End";

  table.setAttribute("role", "grid");
  table.setAttribute("aria-describedby", "board-keys");
  frame.removeAttribute("tabindex");
  document.getElementById("board-keys").hidden = false;
  makeStops(table);
  makeStops(tray);
  setSpace();
})();
