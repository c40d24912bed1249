// Counts down how long a slot is still held. The server said how many seconds; no clock of this computer is asked.
"use strict";

document.querySelectorAll("[data-hold]").forEach((box) => {
  const left = box.querySelector("[data-left]");
  const clock = left.querySelector("b");
  const said = box.querySelector("[data-said]");
  const ends = performance.now() + Number(box.dataset.seconds) * 1000;
  let announced = Number(box.dataset.seconds) <= 60;
  left.hidden = false;

  function show() {
    const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const rest = String(seconds % 60).padStart(2, "0");
    clock.textContent = `${Math.floor(seconds / 60)}:${rest}`;
    box.classList.toggle("soon", seconds <= 60);
    if (seconds <= 60 && !announced) {
      announced = true;
      said.textContent = box.dataset.soon;
    }
    if (seconds === 0) {
      clearInterval(ticking);
      said.textContent = box.dataset.over;
      // The server has the last word: its page says what can be picked instead.
      setTimeout(() => location.reload(), 1500);
    }
  }

  const ticking = setInterval(show, 250);
  show();
});

// A page that the browser had kept counts from a moment that is past.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});
