// What the phone keeps, by person: visits as the city told them, what is being noted, photos, and
// what waits to go up. Nobody is given what another person has on the same phone.
"use strict";

const Store = (() => {
  let opened = null;

  // A browser may close what it keeps, as on a phone that slept: then it is opened anew.
  function shelves() {
    opened ||= idb.openDB("sanwei-phone", 1, {
      upgrade(db) {
        db.createObjectStore("visits"); // [person, id]: a visit
        db.createObjectStore("drafts"); // [person, id]: what is being noted of a visit, or a clue
        db.createObjectStore("facts"); // [person, name]: what else was told
        db.createObjectStore("photos", {keyPath: "id"}); // with its key and unit, once it went up
        db.createObjectStore("queue", {keyPath: "order", autoIncrement: true});
        db.createObjectStore("sent", {keyPath: "order"}); // what went up lately
      },
      blocking: (_, __, event) => event.target.close(),
      terminated: () => (opened = null),
    });
    opened.catch(() => (opened = null));
    return opened;
  }

  const MOST_SENT = 20;
  const channel = new BroadcastChannel("sanwei-phone");
  const all = (person) => IDBKeyRange.bound([person], [person, []]);
  const own = (person) => (one) => one.person === person;

  // Told to the other windows, and here.
  function changed() {
    channel.postMessage("changed");
    channel.dispatchEvent(new MessageEvent("message"));
  }

  async function visits(person) {
    return (await shelves()).getAll("visits", all(person));
  }

  async function visit(person, id) {
    return (await shelves()).get("visits", [person, id]);
  }

  // The city's newest list takes the place of the old; what somebody still writes about stays. Of a
  // list that goes on, only what would stand before its end is known to be gone.
  async function keepVisits(person, told) {
    const writing = new Set([
      ...(await drafts(person)).map((one) => one.about),
      ...(await jobs(person)).map((one) => one.about),
    ]);
    const change = (await shelves()).transaction(["visits", "facts"], "readwrite");
    const shelf = change.objectStore("visits");
    const end = told.more ? told.visits.at(-1)?.due || "" : "~"; // which is after any day
    for (const old of await shelf.getAll(all(person))) {
      const gone = (old.due || "") < end;
      if (writing.has(old.id)) shelf.put({...old, gone}, [person, old.id]);
      else shelf.delete([person, old.id]);
    }
    for (const [at, one] of told.visits.entries()) shelf.put({...one, at}, [person, one.id]);
    const {visits: _, ...facts} = told;
    change.objectStore("facts").put({...facts, as_of: Date.now()}, [person, "told"]);
    await change.done;
    changed();
  }

  async function fact(person, name) {
    return (await shelves()).get("facts", [person, name]);
  }

  async function keepFact(person, name, value) {
    await (await shelves()).put("facts", value, [person, name]);
  }

  async function drafts(person) {
    return (await shelves()).getAll("drafts", all(person));
  }

  async function draft(person, id) {
    return (await shelves()).get("drafts", [person, id]);
  }

  async function keepDraft(person, draft) {
    await (await shelves()).put("drafts", draft, [person, draft.id]);
  }

  // A draft that nobody wants, with its photos.
  async function dropDraft(person, id) {
    const change = (await shelves()).transaction(["drafts", "photos"], "readwrite");
    const old = await change.objectStore("drafts").get([person, id]);
    for (const photo of old ? old.photos : []) change.objectStore("photos").delete(photo);
    change.objectStore("drafts").delete([person, id]);
    await change.done;
    changed();
  }

  async function keepPhoto(photo) {
    await (await shelves()).put("photos", photo);
  }

  async function photo(id) {
    return (await shelves()).get("photos", id);
  }

  async function dropPhoto(id) {
    await (await shelves()).delete("photos", id);
  }

  // What is to go up, in its order. The draft becomes the job in one step: never both, never none.
  async function queue(job) {
    const change = (await shelves()).transaction(["queue", "drafts"], "readwrite");
    const order = await change.objectStore("queue").add(job);
    change.objectStore("drafts").delete([job.person, job.draft.id]);
    await change.done;
    changed();
    return order;
  }

  async function jobs(person) {
    return (await (await shelves()).getAll("queue")).filter(own(person));
  }

  async function job(order) {
    return (await shelves()).get("queue", order);
  }

  async function keepJob(job) {
    await (await shelves()).put("queue", job);
    changed();
  }

  // What a wrong clock wrote is true no more than that clock: it was noted by now.
  function restamped(draft, now) {
    const {findings = {}, position} = draft;
    const noted = Object.entries(findings).map(([key, one]) => [key, {...one, noted_at: now}]);
    return {...draft, started_at: now, findings: Object.fromEntries(noted),
      position: position && {...position, at: now}};
  }

  // What was wrong with a job, each once: `about` names the check that it is said of.
  function faultsOf({parked, body, names = {}}) {
    const told = parked.faults.map(({field, message}) => {
      const [, at] = field.match(/^findings\.(\d+)\./) || [];
      return {field, message, about: names[body.findings?.[at]?.check] || ""};
    });
    const same = (one) => (other) => other.about === one.about && other.message === one.message;
    return told.filter((one, at) => told.findIndex(same(one)) === at);
  }

  // What was refused is mended under a new name, and says why; what may have arrived keeps its
  // name, so that the city knows it again.
  function mending(job, now = new Date().toISOString()) {
    const {draft, parked} = job;
    if (!parked) return draft;
    const faults = faultsOf(job);
    const clock = faults.some(({field}) => /(^|\.)(started_at|noted_at|at)$/.test(field));
    const mended = clock && draft.kind === "visit" ? restamped(draft, now) : draft;
    return {...mended, ref: "", refusal: {title: parked.title, faults}};
  }

  // A draft with those of its photos that `there` says are there.
  function pictured(draft, there) {
    const findings = Object.entries(draft.findings || {})
      .map(([key, one]) => [key, {...one, photos: one.photos.filter(there)}]);
    return {...draft, photos: draft.photos.filter(there),
      ...(draft.findings && {findings: Object.fromEntries(findings)}),
      ...(draft.pictures && {pictures: draft.pictures.filter(there)}),
      ...(draft.signature && {signature: there(draft.signature) ? draft.signature : ""})};
  }

  // The job becomes a draft again; nothing, where it has gone up meanwhile. The photos of what was
  // refused go up anew; those that the phone has lost are not in it, so that they can be retaken.
  async function unqueue(order) {
    const change = (await shelves()).transaction(["queue", "drafts", "photos"], "readwrite");
    const job = await change.objectStore("queue").get(order);
    if (job) {
      const shelf = change.objectStore("photos");
      const photos = await Promise.all(job.draft.photos.map((id) => shelf.get(id)));
      const kept = photos.filter(Boolean);
      if (job.parked) for (const photo of kept) shelf.put({...photo, key: ""});
      const draft = pictured(mending(job), (id) => kept.some((one) => one.id === id));
      change.objectStore("drafts").put(draft, [job.person, job.draft.id]);
      change.objectStore("queue").delete(order);
    }
    await change.done;
    changed();
    return job;
  }

  // What became of a job: gone up (`told` is the city's answer), or given up. On a full phone it
  // goes all the same, and makes room; only the line that says so may be missing.
  async function settle(job, told) {
    const change = (await shelves()).transaction(["queue", "photos"], "readwrite");
    for (const photo of job.draft.photos) change.objectStore("photos").delete(photo);
    change.objectStore("queue").delete(job.order);
    await change.done;
    if (told) await log(job, told).catch(() => {});
    changed();
  }

  async function log({order, person, kind, about, title}, told) {
    const change = (await shelves()).transaction("sent", "readwrite");
    change.store.put({order, person, kind, about, title, told, at: Date.now()});
    const old = (await change.store.getAll()).filter(own(person));
    const many = Math.max(0, old.length - MOST_SENT);
    for (const one of old.slice(0, many)) change.store.delete(one.order);
    await change.done;
  }

  async function sent(person) {
    return (await (await shelves()).getAll("sent")).filter(own(person)).reverse();
  }

  // Whoever has something waiting; a worker that is woken has no page to ask.
  async function people() {
    return [...new Set((await (await shelves()).getAll("queue")).map((one) => one.person))];
  }

  return {
    channel, changed, visits, visit, keepVisits, fact, keepFact, drafts, draft, keepDraft,
    dropDraft, keepPhoto, photo, dropPhoto, queue, jobs, job, keepJob, faultsOf, unqueue, settle,
    sent, people,
  };
})();
