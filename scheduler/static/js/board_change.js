// Every change of a session: sent, shown at once, said, and ready to be undone.
"use strict";

(() => {
  const { table, tray } = Board;
  let saving = false;

  Board.isSaving = () => saving;
  Board.isBusy = () => saving || Board.isDragging();

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
    const picked = Board.picked();
    const found = Board.verdict(cell);
    if (!found.ok) {
      Board.tell(cell);
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
})();
