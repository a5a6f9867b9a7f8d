// Keeps the phone's page and its files for when there is no signal, and sends what waits when one
// comes back. RELEASE, written before this, names the files of one release.
"use strict";

importScripts(...RELEASE.scripts);

const CACHE = `phone-${RELEASE.name}`;
const HERE = new URL("./", self.location.href);
const PAGE = new URL("../phone", self.location.href).href;
const ASSETS = new URL("../assets/", self.location.href).href;
const PATIENCE = 5000; // ms for the page, where there is a signal but hardly

// The page goes with its files, whole, or not at all: what names the files of another release, or
// is no page of ours, waits for the worker of that release, or for ever.
async function keepPage(reply) {
  const text = await reply.clone().text();
  const whole = RELEASE.files.every((file) => text.includes(file.replace("../", "")));
  if (!reply.ok || !whole) throw new Error(`not the page of this release: ${reply.status}`);
  const cache = await caches.open(CACHE);
  const kept = await Promise.all(RELEASE.files.map((file) => cache.match(file)));
  await cache.addAll(RELEASE.files.filter((_, at) => !kept[at]));
  await cache.put(PAGE, reply);
}

async function keep() {
  await keepPage(await fetch(PAGE, {redirect: "error"}));
}

// A release that is not whole here does not take the place of one that is.
self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith("phone-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(tidy()));

async function page(event) {
  const kept = async () => (await caches.open(CACHE)).match(PAGE);
  const asked = fetch(event.request);
  const keeps = asked.then((reply) => reply.ok && keepPage(reply.clone()));
  event.waitUntil(keeps.catch(() => {})); // shown it is in any case
  const slow = new Promise((done) => setTimeout(done, PATIENCE)).then(kept);
  try {
    const reply = (await Promise.race([asked, slow])) || (await asked);
    return reply.status >= 500 ? (await kept()) || reply : reply;
  } catch {
    return (await kept()) || Response.error();
  }
}

async function file(request) {
  const found = await caches.match(request, {ignoreVary: true});
  if (found) return found;
  const reply = await fetch(request);
  if (reply.ok) await (await caches.open(CACHE)).put(request, reply.clone());
  return reply;
}

self.addEventListener("fetch", (event) => {
  const {request} = event;
  if (request.method !== "GET") return;
  const where = new URL(request.url);
  if (request.mode === "navigate" && `${where.origin}${where.pathname}` === PAGE) {
    event.respondWith(page(event));
  } else if (request.url.startsWith(ASSETS)) {
    event.respondWith(file(request));
  }
});

async function send() {
  for (const person of await Store.people()) {
    const {halt} = await Queue.run(person, HERE.href.replace(/\/$/, ""));
    // The browser wakes this again where it fails.
    if (halt === "offline" || halt === "later") throw new Error(halt);
  }
}

self.addEventListener("sync", (event) => {
  if (event.tag === "phone-queue") event.waitUntil(send());
});
