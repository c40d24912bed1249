// The small dialog of one session: who interprets, which room, which link, and what else can be done with it.
"use strict";

(() => {
  const dialog = document.getElementById("board-dialog");
  let about = null;

  Board.open = async (card) => {
    about = { id: card.dataset.id, seen: card.dataset.seen };
    const answer = await Board.get("session", { match: about.id });
    if (!answer.ok) {
      Board.complain(answer.problem);
      return;
    }
    dialog.innerHTML = answer.facts.html;
    dialog.showModal();
  };

  const fault = (problem, form) => {
    const field = form && form.querySelector("[data-fault-of]");
    const place = field || dialog.querySelector("[data-fault]");
    const input = field && field.parentElement.querySelector("input");
    place.textContent = [problem.detail, ...(problem.reasons || [])].join(" ");
    place.hidden = false;
    if (input) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  };

  const send = async (path, given, form) => {
    const answer = await Board.change(path, { match: about.id, seen: about.seen, ...given }, { quiet: true });
    if (!answer.ok) {
      fault(answer.problem, form);
      Board.refresh();
      return;
    }
    dialog.close();
  };

  // The session may have been drawn anew meanwhile: the focus returns to it, or to its place.
  dialog.addEventListener("close", () => {
    const card = Board.cardOf(about.id);
    const other = Board.table.querySelector('[tabindex="0"]') || Board.tray.querySelector(".session");
    if (card || other) {
      Board.focus(card || other, { still: true });
    }
    dialog.innerHTML = "";
  });

  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    delete form.dataset.sent;
    const given = new FormData(form);
    if (form.dataset.send === "link") {
      send("link", { link: given.get("link") }, form);
    } else {
      send("change", { interpreters: given.getAll("interpreter"), room: given.get("room") }, null);
    }
  });

  const DEEDS = {
    close: () => dialog.close(),
    pick: () => {
      dialog.close();
      Board.pick(Board.cardOf(about.id));
    },
    swap: () => {
      dialog.close();
      Board.pick(Board.cardOf(about.id), "swap");
    },
    pin: () => send("pin", { pinned: true }),
    unpin: () => send("pin", { pinned: false }),
    "put-back": () => send("put-back", {}),
  };

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) {
      DEEDS[button.dataset.do]();
    } else if (event.target === dialog) {
      dialog.close();
    }
  });
})();
