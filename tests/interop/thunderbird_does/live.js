// Lets an empty calendar of one person live through messages, each answered with yes and no mail sent.
const [messages, email] = arguments;
MailServices.accounts.allIdentities[0].email = email;
const calendar = cal.manager.createCalendar("memory", Services.io.newURI("moz-memory-calendar://"));
calendar.name = "theirs";
cal.manager.registerCalendar(calendar);
calendar.setProperty("imip.identity.key", MailServices.accounts.allIdentities[0].key);
for (const content of messages) {
  const message = Cc["@mozilla.org/calendar/itip-item;1"].createInstance(Ci.calIItipItem);
  message.init(content);
  message.isSend = false;
  message.autoResponse = Ci.calIItipItem.NONE;
  message.targetCalendar = calendar;
  const act = await new Promise((done, failed) => {
    cal.itip.processItipItem(message, (_message, status, action) =>
      Components.isSuccessCode(status) ? done(action) : failed(new Error(`not taken: ${status}`)));
  });
  if (act) {
    await new Promise(done => {
      const listener = { QueryInterface: ChromeUtils.generateQI(["calIOperationListener"]), onOperationComplete: done, onGetResult() {} };
      act(listener, act.method.startsWith("REQUEST") ? "ACCEPTED" : "", { responseMode: Ci.calIItipItem.NONE });
    });
  }
  cal.itip.cleanupItipItem(message);
}
const events = (await calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null)).map(seen);
cal.manager.removeCalendar(calendar);
return events;
