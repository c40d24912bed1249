// Keeps the screen up to date: asks for the plan again and again, and goes on with the last one when nobody answers.
"use strict";

const page = document.body.dataset;
const EVERY = 10000;
const LATE = 8000;
const lost = document.querySelector("[data-lost-line]");
const clock = document.querySelector("[data-clock]");
const today = document.querySelector("[data-today]");
const rooms = document.querySelector("[data-rooms]");
let plan = null;
let ahead = 0;
let answeredAt = Date.now();
let lostSince = null;
let tickedAt = Date.now();
let waiting = false;
let drawn = "";

const now = () => Date.now() + ahead;
const clockOf = (moment) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: plan ? plan.zone : undefined }).format(moment);

const part = (tag, kind, text) => {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
};
const line = (kind, ...parts) => {
  const made = document.createElement("p");
  made.className = kind;
  parts.filter(Boolean).forEach((one) => made.append(one, " "));
  return made;
};

const lines = (one) => {
  const time = part("span", "time", "");
  const digits = part("bdi", "", one.time);
  digits.dir = "ltr";
  time.append(digits);
  const buyer = one.buyer && part("span", "buyer", one.buyer);
  if (buyer && one.country) {
    buyer.append(" ", part("small", "", one.country));
  }
  const said = one.interpreters && `${page.interpreter}: ${one.interpreters}${one.languages ? ` (${one.languages})` : ""}`;
  return [
    line("", time, one.day && part("span", "day", one.day), one.away && part("span", "away", one.away)),
    line("names", part("span", "company", one.company), buyer),
    ...(said ? [line("", part("span", "interpreter", said))] : []),
  ];
};

const drawRoom = (section, room, at) => {
  const on = room.sessions.find((one) => one.start <= at && at < one.end);
  const later = room.sessions.filter((one) => one.start > at).slice(0, plan.is_door ? Number(page.next) : 1);
  section.querySelector(".now").classList.toggle("free", !on);
  section.querySelector("[data-now]").replaceChildren(...(on ? lines(on) : [line("names", part("span", "company", page.nobody))]));
  const list = later.map((one) => {
    const item = document.createElement("li");
    item.append(...lines(one));
    return item;
  });
  section.querySelector("[data-later]").replaceChildren(...(list.length ? list : [part("li", "soft", page.nothing)]));
};

// What is drawn changes when a session begins or ends or the plan is another; only then is it drawn anew.
const draw = () => {
  if (!plan) {
    return;
  }
  const at = now();
  const state = JSON.stringify([plan.rooms, plan.rooms.map((room) => room.sessions.map((one) => [one.start <= at, one.end <= at]))]);
  if (state === drawn) {
    return;
  }
  drawn = state;
  const sections = [...rooms.querySelectorAll(".room")];
  if (sections.length !== plan.rooms.length) {
    location.reload();
    return;
  }
  plan.rooms.forEach((room, number) => drawRoom(sections[number], room, at));
};

const tell = () => {
  lost.hidden = lostSince === null;
  if (lostSince !== null) {
    lost.textContent = page.lost.replace("{since}", clockOf(lostSince)).replace("{asof}", clockOf(answeredAt + ahead));
  }
};

const end = () => {
  plan = null;
  rooms.replaceChildren();
  lost.textContent = page.gone;
  lost.hidden = false;
};

const ask = async () => {
  if (waiting) {
    return;
  }
  waiting = true;
  try {
    const answer = await fetch(page.state, { cache: "no-store", signal: AbortSignal.timeout(LATE) });
    if (answer.status === 404 || answer.status === 410) {
      end();
      return;
    }
    if (!answer.ok) {
      throw new Error(answer.status);
    }
    plan = await answer.json();
    ahead = plan.now - Date.now();
    answeredAt = Date.now();
    lostSince = null;
    today.textContent = plan.today;
    if (plan.version !== page.version) {
      location.reload();
      return;
    }
    draw();
    tell();
  } catch {
    lostSince ??= now();
    tell();
  } finally {
    waiting = false;
  }
};

const tick = () => {
  const slept = Date.now() - tickedAt > 5000;
  tickedAt = Date.now();
  clock.textContent = plan ? clockOf(now()) : clock.textContent;
  draw();
  if (slept) {
    ask();
  }
};

// A screen that slept, or whose network came back, asks at once.
["online", "pageshow", "focus"].forEach((name) => window.addEventListener(name, ask));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    ask();
    stayAwake();
  }
});
window.addEventListener("offline", () => {
  lostSince ??= now();
  tell();
});

const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});

// More rooms than fit are shown a screenful after the other.
const turn = () => {
  const left = document.documentElement.scrollHeight - innerHeight - scrollY;
  scrollTo({ top: left > 8 ? scrollY + innerHeight * 0.9 : 0 });
};

if (document.body.classList.contains("waiting")) {
  setInterval(turn, 15000);
}
setInterval(ask, EVERY);
setInterval(tick, 1000);
ask();
stayAwake();
