// Reads a calendar from standard input with node-ical; writes what it saw as JSON.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const calendar = ical.sync.parseICS(readFileSync(0, "utf8"));
const listed = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const text = (value) => (typeof value === "object" && value !== null ? value.val : value) ?? "";
const address = (value) => text(value).toLowerCase().replace(/^mailto:/, "");
const unquoted = (value) => String(value ?? "").replace(/^"(.*)"$/, "$1");
const seconds = (date) => Math.floor(date.getTime() / 1000);

function seen(event) {
  const attendees = listed(event.attendee);
  return {
    uid: event.uid,
    sequence: Number(event.sequence),
    starts: seconds(event.start),
    ends: seconds(event.end),
    is_floating: event.start.tz === undefined,
    status: text(event.status),
    summary: text(event.summary),
    description: text(event.description),
    location: text(event.location),
    link: text(event.url),
    organisers: listed(event.organizer).map(address),
    attendees: attendees.map(address),
    names: attendees.map((one) => unquoted(one.params?.CN)),
    asked: attendees.map((one) => String(one.params?.RSVP) === "TRUE" || one.params?.RSVP === true),
  };
}

const events = Object.values(calendar).filter((one) => one.type === "VEVENT").map(seen);
const head = calendar.vcalendar ?? {};
const method = events.length ? text(Object.values(calendar).find((one) => one.type === "VEVENT").method) : "";
process.stdout.write(JSON.stringify({ method: method || text(head.method), title: text(head["WR-CALNAME"]), events }));
