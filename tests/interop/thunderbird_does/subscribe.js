// Subscribes to a calendar at an address, as "new calendar, on the network" does.
const [address] = arguments;
const calendar = cal.manager.createCalendar("ics", Services.io.newURI(address));
calendar.name = "subscribed";
const loaded = new Promise((done, failed) => calendar.addObserver({
  QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
  onLoad: done,
  onError: (_calendar, number, message) => failed(new Error(`${number} ${message}`)),
  onStartBatch() {}, onEndBatch() {}, onAddItem() {}, onModifyItem() {}, onDeleteItem() {},
  onPropertyChanged() {}, onPropertyDeleting() {},
}));
cal.manager.registerCalendar(calendar);
calendar.refresh();
await loaded;
const events = (await calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null)).map(seen);
cal.manager.removeCalendar(calendar);
return events;
