// Opens a mail in a window of its own, and presses a button of the bar that Thunderbird shows for invitations.
const [messageId, button, seconds] = arguments;
const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");

async function until(found, what) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const there = await found();
    if (there) {
      return there;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what} did not come`);
    }
    await new Promise(done => setTimeout(done, 50));
  }
}

function upToDate(folder) {
  return new Promise(done => folder.QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(null, {
    OnStartRunningUrl() {},
    OnStopRunningUrl: done,
  }));
}

const root = MailServices.accounts.accounts[0].incomingServer.rootFolder;
const inbox = await until(() => root.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox), "inbox");
const header = await until(async () => {
  await upToDate(inbox);
  return [...inbox.messages].find(one => one.messageId == messageId);
}, "mail");

async function offered() {
  const before = new Set(Services.wm.getEnumerator("mail:messageWindow"));
  MailUtils.openMessageInNewWindow(header);
  const opened = await until(
    () => [...Services.wm.getEnumerator("mail:messageWindow")].find(one => !before.has(one)), "window");
  const patience = Date.now() + 5000;
  for (;;) {
    const about = opened.document.getElementById("messageBrowser")?.contentWindow;
    const there = about?.calImipBar?.itipItem && about.document.getElementById(button);
    if (there && !there.hidden) {
      return { opened, about, pressed: there };
    }
    if (Date.now() > patience) {
      // A busy machine shows a mail before the bar listens; a person opens it once more.
      opened.close();
      return null;
    }
    await new Promise(done => setTimeout(done, 50));
  }
}

const { opened, about, pressed } = await until(offered, button);
pressed.doCommand();
// It says what it has done when the calendar has kept it.
await until(() => about.calImipBar.label, "end of it");
opened.close();
const [home] = cal.manager.getCalendars();
return (await home.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null)).map(seen);
