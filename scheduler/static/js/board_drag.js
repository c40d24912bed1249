// Dragging by mouse and by finger. A finger that moves at once scrolls; one that rests picks up.
"use strict";

(() => {
  const { table, frame, tray } = Board;
  const DRAG_PX = 6;
  const HOLD_MS = 350;
  let drag = null;

  Board.isDragging = () => drag !== null;

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
      } else if (place && place.matches("td") && Board.picked()) {
        Board.tell(place);
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

  const isSwapping = () => Board.picked() !== null && Board.picked().mode === "swap";

  // What is in the hand, once it is known where it could stand.
  const hasOptions = async () => {
    while (Board.picked() && Board.picked().mode === "move" && !Board.picked().options) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return Board.picked();
  };

  const onDown = (event) => {
    const card = event.target.closest(".session");
    if (!card || event.button || Board.isSaving() || isSwapping()) {
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
    const picked = await hasOptions();
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
})();
