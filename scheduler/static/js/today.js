// Keeps the page of the day up to date. Whoever is choosing something is left alone, and the focus stays where it is.
"use strict";

(() => {
  const part = document.getElementById("today");

  const isBusy = () => document.hidden || (part.contains(document.activeElement) && document.activeElement.matches("select"));

  const refresh = async () => {
    if (isBusy()) {
      return;
    }
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) {
        return;
      }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("today");
      if (fresh && !isBusy()) {
        const held = part.contains(document.activeElement) ? document.activeElement.id : "";
        part.replaceChildren(...fresh.childNodes);
        // A session that has ended meanwhile stands among those that are over.
        const again = held && [held, held.replace("-now-", "-past-")].map((id) => document.getElementById(id)).find(Boolean);
        if (again) {
          again.focus();
        }
      }
    } catch {
      // The network is away: what is shown carries the time it is of.
    }
  };

  setInterval(refresh, Number(part.dataset.refresh) * 1000);
  document.addEventListener("visibilitychange", refresh);
})();
