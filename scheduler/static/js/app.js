// Niceties only: every page works without this file.
"use strict";

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  }
});

// Coming back with the browser's button shows the page as it was, with its forms to be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// What went wrong is read first.
const alarm = document.querySelector("main [role=alert]:not([hidden])");
if (alarm) {
  alarm.tabIndex = -1;
  alarm.focus();
  // An address that leads to a part of the page takes the focus away once more.
  addEventListener("load", () => alarm.focus());
}

// Choices that only change the view apply at once; their button is for those without scripts.
document.querySelectorAll("form[data-at-once]").forEach((form) => {
  form.querySelectorAll("button").forEach((button) => button.classList.add("sr-only"));
  form.addEventListener("change", () => form.requestSubmit());
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
});

// A table that does not fit a narrow screen, or `folds` since it would fit by a word to a line only, becomes a list
// of its rows; what it is stays said by its roles.
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
const roleOf = (one) => ROLES[one.tagName] || (one.scope === "row" ? "rowheader" : "columnheader");
const lists = [...document.querySelectorAll("table.list")].filter((one) => one.tHead);
lists.forEach((table) => {
  const heads = [...table.tHead.rows[0].cells].map((one) => one.innerText.trim());
  table.querySelectorAll("thead, tbody, tfoot, tr, th, td").forEach((one) => one.setAttribute("role", roleOf(one)));
  table.setAttribute("role", "table");
  [...table.rows].filter((row) => row.parentElement !== table.tHead).forEach((row) => {
    let column = 0;
    [...row.cells].forEach((cell) => {
      if (cell.tagName === "TD" && cell.colSpan === 1 && heads[column]) {
        cell.dataset.head = heads[column];
      }
      column += cell.colSpan;
    });
  });
});
const fit = () => lists.forEach((table) => {
  const frame = table.parentElement;
  table.classList.remove("stacks");
  table.classList.toggle("stacks", innerWidth <= 640 && (table.classList.contains("folds") || frame.scrollWidth > frame.clientWidth + 1));
});
fit();
document.fonts.ready.then(fit);
addEventListener("resize", fit);
addEventListener("toggle", fit, { capture: true });

// A file dropped on the frame is the file chosen.
document.querySelectorAll(".drop").forEach((area) => {
  const input = area.querySelector("input[type=file]");
  const mark = (over) => (event) => {
    event.preventDefault();
    area.classList.toggle("over", over);
  };
  area.addEventListener("dragover", mark(true));
  area.addEventListener("dragleave", mark(false));
  area.addEventListener("drop", (event) => {
    mark(false)(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
    }
  });
});

document.querySelectorAll("[data-fill]").forEach((button) => {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.focus();
  });
});

// Where tabs run off a narrow screen, the one that is open is in sight.
document.querySelectorAll("nav [aria-current]").forEach((link) => {
  const row = link.closest("ul");
  if (row.scrollWidth > row.clientWidth) {
    row.scrollLeft = link.offsetLeft - row.offsetLeft - 24;
  }
});
