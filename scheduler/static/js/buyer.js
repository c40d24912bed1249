// Offers the zone of the device where it is another than the page shows; choosing it is the reader's.
"use strict";

document.querySelectorAll("form[data-device-zone]").forEach((form) => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === form.dataset.deviceZone) {
    return;
  }
  const clock = (timeZone) => new Date().toLocaleString("en-GB", { timeZone });
  try {
    if (clock(zone) === clock(form.dataset.deviceZone)) {
      return;
    }
  } catch {
    return;
  }
  form.elements.zone.value = zone;
  form.querySelector("[data-zone-name]").textContent = zone.split("/").pop().replaceAll("_", " ");
  form.hidden = false;
});
