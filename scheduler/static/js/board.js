// The board as a whole: days and filters without loading the page, undo, and what others change meanwhile.
"use strict";

(() => {
  const undo = document.getElementById("board-undo");
  const form = document.querySelector("form.board-look");
  const kept = `board-undo:${Board.key}`;
  const EVERY_MS = 2000;
  const MOST = 20;

  // One's own last changes, for as long as this tab is open; whether they can be undone the server decides.
  const stack = () => JSON.parse(sessionStorage.getItem(kept) || "[]");
  const keep = (all) => {
    sessionStorage.setItem(kept, JSON.stringify(all.slice(-MOST)));
    undo.disabled = all.length === 0;
  };
  let undoing = false;

  Board.undoable = (facts) => {
    if (!undoing) {
      keep([...stack(), facts.deeds]);
    }
  };
  Board.undo = async () => {
    const all = stack();
    const deeds = all.pop();
    if (!deeds) {
      return;
    }
    undoing = true;
    keep(all);
    const answer = await Board.change("undo", { deeds });
    undoing = false;
    if (answer.lost) {
      keep([...all, deeds]);
    }
  };
  undo.hidden = false;
  undo.disabled = stack().length === 0;
  undo.addEventListener("click", Board.undo);

  Board.showDay = async (day) => {
    await Board.show({ day });
    form.elements.day.value = day;
    await Board.dayChanged();
  };
  document.getElementById("board-bar").addEventListener("click", (event) => {
    const link = event.target.closest("[data-day]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      Board.showDay(link.dataset.day);
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    Board.release({ quiet: true });
    const given = Object.fromEntries(new FormData(form));
    const other = given.across !== Board.look.across;
    await Board.show({ ...given, first: other ? 0 : Board.look.first });
  });
  let typing = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => form.requestSubmit(), 300);
  });

  // What others change appears by itself; while nobody looks, nobody asks.
  let isLost = false;
  const poll = async () => {
    if (!document.hidden && !Board.isBusy() && !Board.isFetching()) {
      const answer = await Board.refresh({ poll: true });
      if (answer.lost && !isLost) {
        Board.complain(answer.problem);
      } else if (answer.ok && isLost) {
        Board.say(Board.word("changed"));
      }
      isLost = Boolean(answer.lost);
    }
    setTimeout(poll, EVERY_MS);
  };
  // Looking for conflicts among thousands of sessions takes its time: the first view comes before it.
  setTimeout(poll, "unchecked" in Board.root.dataset ? 2.5 * EVERY_MS : EVERY_MS);
  performance.mark("board-usable");
})();
