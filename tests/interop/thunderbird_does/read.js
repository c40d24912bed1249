// Parses a calendar as Thunderbird does with any it meets.
const [content] = arguments;
const parser = Cc["@mozilla.org/calendar/ics-parser;1"].createInstance(Ci.calIIcsParser);
parser.parseString(content);
const head = Object.fromEntries(parser.getProperties().map(one => [one.propertyName, one.value]));
return { method: head.METHOD ?? "", title: head["X-WR-CALNAME"] ?? "", events: parser.getItems().map(seen) };
