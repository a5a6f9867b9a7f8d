// What waits goes up: in order, one at a time however many windows are open, photos before what
// names them, each until it was taken. What the city refuses is put aside for its person to mend.
"use strict";

const Queue = (() => {
  const LOCK = "sanwei-phone-queue";
  const SECONDS = 60; // for one request

  class Halt extends Error {} // not now: offline, later, sign_in
  class Refused extends Error {
    constructor(status, told) {
      super(String(status));
      this.parked = {status, title: told.title || "", faults: told.faults || []};
    }
  }

  async function post(url, body, type, expected) {
    let reply;
    try {
      reply = await fetch(url, {
        method: "POST",
        body,
        headers: {"Content-Type": type, Accept: "application/json"},
        redirect: "manual",
        signal: AbortSignal.timeout(SECONDS * 1000),
      });
    } catch {
      throw new Halt("offline");
    }
    if (reply.status === 401 || reply.type === "opaqueredirect") throw new Halt("sign_in");
    if (reply.status >= 500 || [408, 425, 429].includes(reply.status)) throw new Halt("later");
    const told = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Refused(reply.status, told);
    if (!told[expected]) throw new Halt("offline"); // somebody between here and the city answered
    return told;
  }

  // `path` below the page, as whose it is sent: the city takes it from that person only.
  function address(base, path, query) {
    const url = new URL(`${base}/${path}`);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  async function sendPhotos(job, base) {
    const keys = {};
    for (const id of job.draft.photos) {
      const photo = await Store.photo(id);
      if (photo && !photo.key) {
        const url = address(base, "photos", {person: job.person, unit: job.unit});
        photo.key = (await post(url, photo.blob, photo.blob.type, "key")).key;
        await Store.keepPhoto(photo); // what has gone up once does not go again
      }
      keys[id] = photo ? photo.key : id;
    }
    return keys;
  }

  function named(body, keys) {
    const key = (id) => keys[id] || id;
    const told = structuredClone(body);
    if (told.photos) told.photos = told.photos.map(key);
    for (const one of told.findings || []) one.photos = one.photos.map(key);
    if (told.finished && told.finished.signature) {
      told.finished.signature = key(told.finished.signature);
    }
    return told;
  }

  async function send(job, base) {
    const keys = await sendPhotos(job, base);
    const visit = job.kind === "visit";
    const path = visit ? `visits/${encodeURIComponent(job.about)}` : "clues";
    const url = address(base, path, {person: job.person});
    const body = JSON.stringify(named(job.body, keys));
    return post(url, body, "application/json", visit ? "inspection" : "id");
  }

  // The first that may go: not what was refused, nor what comes after that on the same inspection.
  function next(jobs) {
    const parked = new Set(jobs.filter((one) => one.parked).map((one) => one.about));
    return jobs.find((one) => !one.parked && !(one.about && parked.has(one.about)));
  }

  async function drain(person, base) {
    let count = 0;
    for (let job; (job = next(await Store.jobs(person))); ) {
      try {
        await Store.settle(job, await send(job, base));
        count += 1;
      } catch (error) {
        if (error instanceof Halt) return {count, halt: error.message};
        if (!(error instanceof Refused)) throw error;
        await Store.keepJob({...job, parked: error.parked});
      }
    }
    return {count, halt: ""};
  }

  // Sends what waits of `person`, to the page's address `base`. Tells how many went up and why it
  // stopped: "" (nothing is left that may go), offline, later, sign_in, or busy (another window).
  function run(person, base) {
    return navigator.locks.request(LOCK, {ifAvailable: true}, (lock) =>
      lock ? drain(person, base) : {count: 0, halt: "busy"});
  }

  // What nobody is sending just now may be changed or given up.
  function quietly(change) {
    return navigator.locks.request(LOCK, change);
  }

  const takeBack = (order) => quietly(() => Store.unqueue(order));
  const giveUp = (job) => quietly(() => Store.settle(job, null));
  const again = (job) => quietly(() => Store.keepJob({...job, parked: null}));

  return {run, takeBack, giveUp, again};
})();
