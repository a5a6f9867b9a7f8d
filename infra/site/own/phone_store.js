// What the phone keeps, by person: visits as the city told them, what is being noted, photos, and
// what waits to go up. Nobody is given what another person has on the same phone.
"use strict";

const Store = (() => {
  const opened = idb.openDB("sanwei-phone", 1, {
    upgrade(db) {
      db.createObjectStore("visits"); // [person, id]: a visit
      db.createObjectStore("drafts"); // [person, id]: what is being noted of a visit, or a clue
      db.createObjectStore("facts"); // [person, name]: what else was told
      db.createObjectStore("photos", {keyPath: "id"}); // with its key, once it has gone up
      db.createObjectStore("queue", {keyPath: "order", autoIncrement: true});
      db.createObjectStore("sent", {keyPath: "order"}); // what went up lately
    },
    blocking() {
      opened.then((db) => db.close());
    },
  });
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
    return (await opened).getAll("visits", all(person));
  }

  async function visit(person, id) {
    return (await opened).get("visits", [person, id]);
  }

  // The city's newest list takes the place of the old; what somebody still writes about stays.
  async function keepVisits(person, told) {
    const writing = new Set([
      ...(await drafts(person)).map((one) => one.about),
      ...(await jobs(person)).map((one) => one.about),
    ]);
    const change = (await opened).transaction(["visits", "facts"], "readwrite");
    const shelf = change.objectStore("visits");
    for (const old of await shelf.getAll(all(person))) {
      if (writing.has(old.id)) shelf.put({...old, gone: true}, [person, old.id]);
      else shelf.delete([person, old.id]);
    }
    for (const [at, one] of told.visits.entries()) shelf.put({...one, at}, [person, one.id]);
    const {visits: _, ...facts} = told;
    change.objectStore("facts").put({...facts, as_of: Date.now()}, [person, "told"]);
    await change.done;
    changed();
  }

  async function fact(person, name) {
    return (await opened).get("facts", [person, name]);
  }

  async function keepFact(person, name, value) {
    await (await opened).put("facts", value, [person, name]);
  }

  async function drafts(person) {
    return (await opened).getAll("drafts", all(person));
  }

  async function draft(person, id) {
    return (await opened).get("drafts", [person, id]);
  }

  async function keepDraft(person, draft) {
    await (await opened).put("drafts", draft, [person, draft.id]);
  }

  // A draft that nobody wants, with its photos.
  async function dropDraft(person, id) {
    const change = (await opened).transaction(["drafts", "photos"], "readwrite");
    const old = await change.objectStore("drafts").get([person, id]);
    for (const photo of old ? old.photos : []) change.objectStore("photos").delete(photo);
    change.objectStore("drafts").delete([person, id]);
    await change.done;
    changed();
  }

  async function keepPhoto(photo) {
    await (await opened).put("photos", photo);
  }

  async function photo(id) {
    return (await opened).get("photos", id);
  }

  async function dropPhoto(id) {
    await (await opened).delete("photos", id);
  }

  // What is to go up, in its order. The draft becomes the job in one step: never both, never none.
  async function queue(job) {
    const change = (await opened).transaction(["queue", "drafts"], "readwrite");
    const order = await change.objectStore("queue").add(job);
    change.objectStore("drafts").delete([job.person, job.draft.id]);
    await change.done;
    changed();
    return order;
  }

  async function jobs(person) {
    return (await (await opened).getAll("queue")).filter(own(person));
  }

  async function keepJob(job) {
    await (await opened).put("queue", job);
    changed();
  }

  // What was refused is mended under a new name, and says where it was wrong; what may have arrived
  // keeps its name, so that the city knows it again.
  function mending(job) {
    if (!job.parked) return job.draft;
    const check = (field) => job.body.findings?.[field.split(".")[1]]?.check;
    const faults = job.parked.faults.map(({field, message}) => ({message, field,
      check: field.startsWith("findings.") ? check(field) : ""}));
    return {...job.draft, ref: "", refusal: {title: job.parked.title, faults}};
  }

  // The job becomes a draft again; nothing, where it has gone up meanwhile.
  async function unqueue(order) {
    const change = (await opened).transaction(["queue", "drafts"], "readwrite");
    const job = await change.objectStore("queue").get(order);
    if (job) {
      change.objectStore("drafts").put(mending(job), [job.person, job.draft.id]);
      change.objectStore("queue").delete(order);
    }
    await change.done;
    changed();
    return job;
  }

  // What became of a job: gone up (`told` is the city's answer), or given up.
  async function settle(job, told) {
    const change = (await opened).transaction(["queue", "photos", "sent"], "readwrite");
    for (const photo of job.draft.photos) change.objectStore("photos").delete(photo);
    change.objectStore("queue").delete(job.order);
    const {order, person, kind, about, title} = job;
    const log = change.objectStore("sent");
    if (told) log.put({order, person, kind, about, title, told, at: Date.now()});
    const old = (await log.getAll()).filter(own(person));
    for (const one of old.slice(0, Math.max(0, old.length - MOST_SENT))) log.delete(one.order);
    await change.done;
    changed();
  }

  async function sent(person) {
    return (await (await opened).getAll("sent")).filter(own(person)).reverse();
  }

  // Whoever has something waiting; a worker that is woken has no page to ask.
  async function people() {
    return [...new Set((await (await opened).getAll("queue")).map((one) => one.person))];
  }

  return {
    channel, changed, visits, visit, keepVisits, fact, keepFact, drafts, draft, keepDraft,
    dropDraft, keepPhoto, photo, dropPhoto, queue, jobs, keepJob, unqueue, settle, sent, people,
  };
})();
