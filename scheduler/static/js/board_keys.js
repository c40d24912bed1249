// The board by keyboard, and by a plain click.
"use strict";

(() => {
  const { table, tray } = Board;

  const onKey = async (event) => {
    const stop = event.target.closest(".session, td");
    if (!stop || Board.isSaving() || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Escape" && Board.picked()) {
      event.preventDefault();
      Board.release({ focus: true });
    } else if (event.key === "z" && event.ctrlKey) {
      event.preventDefault();
      Board.undo();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (Board.picked() && table.contains(stop)) {
        Board.putDown(stop.closest("td"));
      } else if (stop.dataset.id) {
        await Board.pick(stop);
      }
    } else if (event.key === " " && stop.dataset.id && !Board.picked()) {
      event.preventDefault();
      Board.open(stop);
    } else if (Board.isWalk(event) && table.contains(stop)) {
      event.preventDefault();
      const next = await Board.walk(stop, event);
      Board.focus(next);
      if (Board.picked()) {
        Board.tell(next.closest("td"));
      }
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && tray.contains(stop)) {
      event.preventDefault();
      const all = [...tray.querySelectorAll(".session")];
      Board.focus(all[all.indexOf(stop) + (event.key === "ArrowDown" ? 1 : -1)] || stop);
    }
  };
  table.addEventListener("keydown", onKey);
  tray.addEventListener("keydown", onKey);

  const onClick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const card = event.target.closest(".session");
    const cell = event.target.closest("td");
    if (Board.picked() && cell) {
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
