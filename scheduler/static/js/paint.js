// Painting a table of check boxes: by drawing over it, or by arrow keys with the space bar and Shift.
"use strict";

document.querySelectorAll("table[data-paint]").forEach((table) => {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
  const boxes = rows.flat().filter(Boolean);
  const said = table.closest("form").querySelector("[data-paint-said]");
  let brush = null;

  const place = (box) => {
    const row = rows.findIndex((cells) => cells.includes(box));
    return [row, rows[row].indexOf(box)];
  };
  const count = () => {
    if (said) {
      said.textContent = said.dataset.words.replace("{count}", boxes.filter((box) => box.checked).length);
    }
  };
  const paint = (box, to) => {
    if (box && !box.disabled && box.checked !== to) {
      box.checked = to;
      count();
    }
  };
  // One stop for the Tab key; the arrows lead on from there.
  const stopAt = (box) => boxes.forEach((one) => { one.tabIndex = one === box ? 0 : -1; });
  const next = (box, down, across) => {
    let [row, column] = place(box);
    do {
      row += down;
      column += across;
    } while (rows[row] && column >= 0 && column < rows[row].length && (!rows[row][column] || rows[row][column].disabled));
    return rows[row] && rows[row][column];
  };

  stopAt(boxes.find((box) => !box.disabled));
  table.addEventListener("focusin", (event) => {
    if (boxes.includes(event.target)) {
      stopAt(event.target);
    }
  });
  table.addEventListener("keydown", (event) => {
    const box = event.target;
    const along = getComputedStyle(table).direction === "rtl" ? -1 : 1;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -along], ArrowRight: [0, along] }[event.key];
    if (!step || !boxes.includes(box)) {
      return;
    }
    event.preventDefault();
    const to = next(box, ...step);
    if (!to) {
      return;
    }
    if (event.shiftKey) {
      paint(to, box.checked);
    }
    to.focus();
  });

  // A mouse or a pen draws; a finger scrolls, and marks by a tap.
  table.addEventListener("pointerdown", (event) => {
    const box = event.target.closest("td")?.querySelector("input");
    if (!box || box.disabled || event.pointerType === "touch" || event.button !== 0) {
      return;
    }
    event.preventDefault();
    brush = !box.checked;
    paint(box, brush);
    box.focus();
  });
  table.addEventListener("pointerover", (event) => {
    if (brush !== null && event.buttons & 1) {
      paint(event.target.closest("td")?.querySelector("input"), brush);
    }
  });
  table.addEventListener("click", (event) => {
    // The press has painted already; the click that follows it must not turn it back.
    if (brush !== null && event.detail > 0) {
      event.preventDefault();
      brush = null;
    }
  });
  window.addEventListener("pointerup", () => setTimeout(() => { brush = null; }));
  table.addEventListener("change", count);
});

document.querySelectorAll("[data-scroll-to]").forEach((frame) => {
  const row = frame.querySelector(frame.dataset.scrollTo);
  if (row) {
    frame.scrollTop = row.offsetTop - frame.querySelector("thead").offsetHeight;
  }
});
