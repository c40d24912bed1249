// Reads a calendar from standard input with ical.js; writes what it saw as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

function address(property) {
  return property.getFirstValue().toLowerCase().replace(/^mailto:/, "");
}

function seen(component) {
  const event = new ICAL.Event(component, { strictExceptions: true });
  const organisers = component.getAllProperties("organizer");
  const attendees = component.getAllProperties("attendee");
  return {
    uid: event.uid,
    sequence: event.sequence,
    starts: event.startDate.toUnixTime(),
    ends: event.endDate.toUnixTime(),
    is_floating: event.startDate.zone === ICAL.Timezone.localTimezone,
    status: component.getFirstPropertyValue("status") ?? "",
    summary: event.summary ?? "",
    description: event.description ?? "",
    location: event.location ?? "",
    link: component.getFirstPropertyValue("url") ?? "",
    organisers: organisers.map(address),
    attendees: attendees.map(address),
    names: attendees.map((property) => property.getParameter("cn") ?? ""),
    asked: attendees.map((property) => property.getParameter("rsvp") === "TRUE"),
  };
}

const events = calendar.getAllSubcomponents("vevent").map(seen);
const method = calendar.getFirstPropertyValue("method") ?? "";
const title = calendar.getFirstPropertyValue("x-wr-calname") ?? "";
process.stdout.write(JSON.stringify({ method, title, events }));
