// What every page does with script: save files under the type that they are asked for, warn before
// what cannot be undone, ask lists again when a filter changes. Without it all but saving works.
"use strict";

// A gateway gives binary files only to who asks for their type first, which a link does not.
async function save(link) {
  const reply = await fetch(link.href, {headers: {Accept: link.type}});
  if (!reply.ok) {
    location.assign(link.href);
    return;
  }
  const url = URL.createObjectURL(await reply.blob());
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = link.dataset.save;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-save]");
  if (!link) return;
  event.preventDefault();
  save(link);
});

document.addEventListener("submit", (event) => {
  const asked = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asked && !confirm(asked)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) print();
});

// Filters ask at once; a plain form of several choices waits for its button.
document.addEventListener("change", (event) => {
  if (event.target.closest("form.filters:not(.plain) select")) event.target.form.requestSubmit();
});

// A list that asks itself anew leaves alone whoever has begun to work in it meanwhile.
document.addEventListener("htmx:before:swap", (event) => {
  const list = event.target.matches?.("[data-gently]") && document.querySelector("#list");
  if (!list) return;
  if (list.contains(document.activeElement) || list.querySelector(":checked")) event.preventDefault();
});

// On a phone the menu is one line that is pushed aside: where one is shall be in sight.
document.querySelector("header.top nav [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});

// What is shown this once was the answer to a form: a reload must not send that again.
if (document.querySelector("[data-once]")) history.replaceState(null, "", location.href);

// Who signs out leaves nothing to look at: what this browser kept for work without a signal goes.
// What that person noted and has not sent yet stays, for the same person alone.
async function forget() {
  for (const name of await caches.keys()) await caches.delete(name);
  const kept = await indexedDB.databases();
  if (!kept.some((one) => one.name === "sanwei-phone")) return;
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("sanwei-phone");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const stores = ["visits", "facts", "sent"];
  const change = db.transaction(stores, "readwrite");
  for (const store of stores) change.objectStore(store).clear();
  await new Promise((done) => (change.oncomplete = change.onerror = change.onabort = done));
  db.close();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='sign-out']");
  if (!link || !self.caches || event.defaultPrevented) return;
  event.preventDefault();
  forget().catch(() => {}).then(() => location.assign(link.href));
});
