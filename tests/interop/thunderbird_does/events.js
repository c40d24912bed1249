// What stands in Thunderbird's own calendar objects, in the words of the other readers.
function seen(item) {
  const address = person => person.id.toLowerCase().replace(/^mailto:/, "");
  const attendees = item.getAttendees();
  const zone = item.startDate.timezone;
  return {
    uid: item.id,
    sequence: cal.itip.getSequence(item),
    starts: item.startDate.nativeTime / 1000000,
    ends: item.endDate.nativeTime / 1000000,
    is_floating: zone.isFloating,
    status: item.status ?? "",
    summary: item.title ?? "",
    description: item.getProperty("DESCRIPTION") ?? "",
    location: item.getProperty("LOCATION") ?? "",
    link: item.getProperty("URL") ?? "",
    organisers: item.organizer ? [address(item.organizer)] : [],
    attendees: attendees.map(address),
    names: attendees.map(one => one.commonName ?? ""),
    asked: attendees.map(one => one.rsvp == "TRUE"),
  };
}
