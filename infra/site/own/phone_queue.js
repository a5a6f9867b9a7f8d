// What waits goes up: in order, one at a time however many windows are open, photos before what
// names them, each until it was taken. What the city refuses is put aside for its person to mend;
// what it fails at again and again is tried on, but holds up the other inspections no longer.
"use strict";

const Queue = (() => {
  const LOCK = "sanwei-phone-queue";
  const SECONDS = 60; // for what was noted
  const SECONDS_PHOTO = 240; // for a photo, where there hardly is a signal
  const PATIENCE = 3; // failures of the city at one thing, until the others need not wait for it

  class Halt extends Error {} // not now: offline, later, sign_in
  class Refused extends Error {
    constructor(status, told) {
      super(String(status));
      this.parked = {status, title: told.title || "", faults: told.faults || []};
    }
  }

  async function post(url, body, type, expected, seconds = SECONDS) {
    let reply;
    try {
      reply = await fetch(url, {
        method: "POST",
        body,
        headers: {"Content-Type": type, Accept: "application/json"},
        redirect: "manual",
        signal: AbortSignal.timeout(seconds * 1000),
      });
    } catch {
      throw new Halt("offline");
    }
    if (reply.status === 401 || reply.type === "opaqueredirect") throw new Halt("sign_in");
    if (reply.status >= 500 || [408, 425, 429].includes(reply.status)) throw new Halt("later");
    const told = (await reply.json().catch(() => null)) || {};
    // The city says what was wrong; what somebody between here and the city says is no refusal.
    if (!reply.ok && !Array.isArray(told.faults) && reply.status !== 413) throw new Halt("later");
    if (!reply.ok) throw new Refused(reply.status, told);
    if (!told[expected]) throw new Halt("offline");
    return told;
  }

  // `path` below the page, as whose it is sent: the city takes it from that person only.
  function address(base, path, query) {
    const url = new URL(`${base}/${path}`);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  // The photos that a body names; what was taken and is not part of it any more does not go up.
  function pictures({photos = [], findings = [], finished}) {
    const found = [...photos, ...findings.flatMap((one) => one.photos), finished?.signature];
    return [...new Set(found.filter(Boolean))];
  }

  async function sendPhotos(job, base) {
    const keys = {};
    for (const id of pictures(job.body)) {
      const photo = await Store.photo(id);
      if (photo && !(photo.key && photo.unit === job.unit)) { // a photo belongs to a unit
        const url = address(base, "photos", {person: job.person, unit: job.unit});
        const told = await post(url, photo.blob, photo.blob.type, "key", SECONDS_PHOTO);
        Object.assign(photo, {key: told.key, unit: job.unit});
        // What has gone up once does not go again; a phone that is full can not say so.
        await Store.keepPhoto(photo).catch(() => {});
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

  // The first that may go: not what was refused or is held back, nor what comes after that on the
  // same inspection.
  function next(jobs, held) {
    const stays = (one) => one.parked || held.has(one.order);
    const about = new Set(jobs.filter(stays).map((one) => one.about));
    return jobs.find((one) => !stays(one) && !(one.about && about.has(one.about)));
  }

  // What was heard of a job that did not go up. A phone that is full can not keep it, and hears it
  // again next time; meanwhile the others go on, and make room.
  const keep = (job) => Store.keepJob(job).then(() => true, () => false);

  // The city fails at `job`: whether the others go on without it.
  async function passes(job) {
    const tries = (job.tries || 0) + 1;
    return !(await keep({...job, tries})) || tries >= PATIENCE;
  }

  async function drain(person, base) {
    const held = new Set();
    let count = 0;
    for (let job; (job = next(await Store.jobs(person), held)); ) {
      try {
        await Store.settle(job, await send(job, base));
        count += 1;
      } catch (error) {
        if (error instanceof Refused) {
          if (!(await keep({...job, parked: error.parked}))) held.add(job.order);
        } else if (!(error instanceof Halt)) throw error;
        else if (error.message === "later" && (await passes(job))) held.add(job.order);
        else return {count, halt: error.message};
      }
    }
    return {count, halt: held.size ? "later" : ""};
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

  // What another window has taken back meanwhile is no job any more.
  const waiting = ({order}, change) => quietly(async () => {
    const job = await Store.job(order);
    return job && change(job);
  });

  const takeBack = (order) => quietly(() => Store.unqueue(order));
  const giveUp = (job) => waiting(job, (one) => Store.settle(one, null));
  const again = (job) => waiting(job, (one) => Store.keepJob({...one, parked: null, tries: 0}));

  return {run, takeBack, giveUp, again};
})();
