// The phone's page: the visits by limit or street, what waits to go up, and when it goes. What was
// done without a signal goes up when there is one again: at once, on opening, every half minute.
"use strict";

const view = document.getElementById("view");
const deeds = document.getElementById("deeds");
const EVERY = 30000; // ms between tries
const SOON = 5000; // after a failure of the city, doubled each time; not every phone tells of a signal
const MOST_DELAY = 300000;
const state = {halt: "", delay: SOON, timer: 0, sending: false, fetched: 0};

const away = new WeakSet(); // drafts that were finished or given up

// Keeps a draft as it is now; where the phone cannot, whoever writes is told.
async function keepDraft(draft) {
  if (away.has(draft)) return;
  try {
    await Store.keepDraft(PERSON, draft);
  } catch {
    tell(t("storage_failed"), false);
  }
}

// ---- what stands on the page

function backButton() {
  return h("a", {class: "button", href: "#"}, t("back"));
}

function marksOf(visit) {
  const {due, round, notice} = visit;
  const light = due && due < today() ? "red" : visit.light; // the list may be some days old
  const mark = light && h("span", {class: `light ${light}`},
    due ? t("due", {day: due}) : "", light === "red" ? ` · ${t("late")}` : "");
  const until = round === "recheck" && notice && visit.state === "correcting"
    && ` ${t("correcting_until", {day: notice.correct_by})}`;
  return [h("span", {class: "tag"}, t(round || "notice_title")), " ", mark, until];
}

const isOf = (draft, visit) => draft.about === visit.id && draft.round === visit.round;

// What was begun of a visit that is not on the list any more, or that somebody else has made.
function overtakenCard(draft) {
  return h("div", {class: "job"}, h("strong", {}, shown(draft.title || draft.about)),
    h("span", {class: "quiet"}, t("draft"), " ", hour(draft.started_at)),
    h("p", {class: "notice bad"}, t("gone")),
    h("div", {class: "actions"}, h("button", {type: "button", class: "danger",
      onclick: () => giveUpDraft(draft)}, t("delete"))));
}

function visitCard(visit, drafts, jobs) {
  const job = jobs.find((one) => one.about === visit.id);
  const begun = drafts.some((one) => isOf(one, visit));
  const mark = job ? (job.parked ? "refused_mark" : "queued") : begun && "draft";
  return h("li", {}, h("a", {class: "card", href: `#visit/${encodeURIComponent(visit.id)}`},
    h("strong", {}, shown(visit.name)), h("span", {}, shown(visit.address)),
    h("span", {}, marksOf(visit), mark && [" ", h("span", {class: "tag strong"}, t(mark))]),
    visit.gone && h("span", {class: "fault"}, t("gone"))));
}

// The street of an address: what stands between the last place and the house's number.
function streetOf(visit) {
  const inside = visit.address.replace(/^.*(?:省|市(?!场)|镇|街道|村|社区|(?<!工业|园)区)/, "");
  const found = inside.match(/^.{1,14}?(?:大道|大街|工业区|工业园|市场|路|街|巷|道|里)/);
  return found ? found[0] : visit.grid || visit.place || t("address");
}

function inStreets(visits, item) {
  const streets = new Map();
  for (const visit of visits) {
    const street = streetOf(visit);
    streets.set(street, [...(streets.get(street) || []), visit]);
  }
  return [...streets].sort(([a], [b]) => a.localeCompare(b, "zh")).map(([street, some]) => [
    h("h2", {}, shown(street), h("small", {}, ` ${some.length}`)),
    h("ul", {class: "list"}, some.map(item))]);
}

async function homeView() {
  const [visits, drafts, jobs, told, order] = await Promise.all([Store.visits(PERSON),
    Store.drafts(PERSON), Store.jobs(PERSON), Store.fact(PERSON, "told"),
    Store.fact(PERSON, "order")]);
  const item = (visit) => visitCard(visit, drafts, jobs);
  visits.sort((a, b) => (a.due || "~").localeCompare(b.due || "~") || a.at - b.at);
  const orders = oneOf(t("order"), [["due", t("by_due")], ["street", t("by_street")]],
    order || "due", async (value) => {
      await Store.keepFact(PERSON, "order", value);
      render();
    });
  const clues = drafts.filter((one) => one.kind === "clue");
  const list = order === "street" ? inStreets(visits, item)
    : h("ul", {class: "list"}, visits.map(item));
  const none = told ? t("no_visits") : t("not_read");
  const overtaken = drafts.filter((one) => told && one.kind === "visit"
    && !visits.some((visit) => isOf(one, visit)));
  const content = h("div", {}, h("h1", {tabindex: "-1"}, t("today")),
    clues.map((one) => h("p", {}, h("a", {class: "card", href: `#clue/${one.id}`},
      t("clue_draft"), " ", h("span", {class: "quiet"}, hour(one.begun)), " ", shown(one.seen)))),
    overtaken.map(overtakenCard),
    visits.length > 1 && orders,
    visits.length ? list : h("p", {class: "quiet"}, none),
    told?.more && h("p", {class: "quiet"}, t("more")),
    told && h("p", {class: "quiet"}, t("as_of", {at: hour(told.as_of)}), " ",
      h("button", {type: "button", class: "quiet-button", onclick: () => sync(true)},
        t("refresh"))));
  return {view: content, deeds: [clueButton()]};
}

function jobCard(job) {
  const act = (word, deed, kind = "") => h("button", {type: "button", class: kind,
    onclick: deed}, t(word));
  const takeBack = async () => {
    const back = await Queue.takeBack(job.order);
    const clue = job.kind === "clue";
    location.hash = clue && back ? `#clue/${back.draft.id}` : clue ? "#"
      : `#visit/${encodeURIComponent(job.about)}`;
    render();
  };
  const again = async () => {
    await Queue.again(job);
    sync();
  };
  const drop = async () => {
    if (confirm(t("delete_sure"))) await Queue.giveUp(job);
  };
  const {parked} = job;
  const hidden = parked?.status === 404 && !parked.faults.length;
  return h("div", {class: "job"},
    h("strong", {}, t(job.kind === "clue" ? "clue" : "checks"), "：", shown(job.title)),
    h("span", {class: "quiet"}, hour(job.made_at), job.draft.photos.length
      ? ` · ${t("photos")} ${job.draft.photos.length}` : ""),
    parked && h("div", {class: "notice bad"},
      h("strong", {}, hidden ? t("parked_hidden") : plain(parked.title) || t("parked")),
      faultList(Store.faultsOf(job))),
    h("div", {class: "actions"},
      act(parked ? "correct" : "take_back", takeBack, parked ? "" : "quiet-button"),
      parked && act("again", again, "quiet-button"), parked && act("delete", drop, "danger")));
}

function sentLine({kind, title, told, at}) {
  const notice = told.notice && t("sent_notice", {number: plain(told.notice),
    day: told.correct_by});
  const part = told.visit_complete === false && t("sent_part");
  const word = kind === "clue" ? t("sent_clue") : notice || part || t("sent_visit");
  return h("li", {}, h("span", {class: "quiet"}, hour(at)), " ", shown(title), " — ", word);
}

async function waitingView() {
  const [jobs, sent] = await Promise.all([Store.jobs(PERSON), Store.sent(PERSON)]);
  const content = h("div", {}, h("h1", {tabindex: "-1"}, t("waiting_title")),
    h("p", {class: "quiet"}, jobs.length ? t("waiting_text") : t("waiting_none")),
    h("p", {class: "halt", role: "status"}, haltText()),
    jobs.map(jobCard),
    sent.length > 0 && [h("h2", {}, t("sent_title")), h("ul", {}, sent.map(sentLine))]);
  const now = h("button", {type: "button", class: "primary", onclick: () => sync(true)},
    t("send_now"));
  return {view: content, deeds: jobs.length ? [backButton(), now] : [backButton()]};
}

const VIEWS = {"": homeView, visit: visitView, clue: clueView, waiting: waitingView};
let drawn = "";

// Draws what the address asks for. A form that somebody fills in is drawn once.
async function render(move = false) {
  const [name, id = ""] = location.hash.slice(1).split("/");
  const here = location.hash;
  const made = await (VIEWS[name] || homeView)(decodeURIComponent(id));
  if (here !== location.hash) return;
  view.replaceChildren(made.view);
  // Whoever holds the camera has touched the button of the first view: its picture must find it.
  const stays = drawn === here && !name && deeds.firstChild;
  if (!stays) deeds.replaceChildren(...made.deeds);
  if (move && drawn !== here) {
    scrollTo(0, 0);
    view.querySelector("h1")?.focus();
  }
  drawn = here;
}

function haltText() {
  if (state.sending) return t("sending");
  if (state.halt === "sign_in") return t("sign_in", {person: plain(PERSON)});
  return state.halt === "later" || state.halt === "busy" ? t(state.halt) : "";
}

async function drawBar() {
  const jobs = await Store.jobs(PERSON);
  const parked = jobs.some((one) => one.parked);
  const signal = document.getElementById("signal");
  const online = navigator.onLine && state.halt !== "offline";
  signal.textContent = t(online ? "online" : "offline");
  signal.className = `signal ${online ? "on" : "off"}`;
  const queued = document.getElementById("queued");
  queued.textContent = jobs.length ? t("waiting", {count: jobs.length}) : t("waiting_none");
  queued.className = parked ? "parked" : jobs.length ? "some" : "none";
  const ask = document.getElementById("ask");
  if (state.halt === "sign_in" && !ask) {
    document.querySelector("#phone .bar").after(h("p", {class: "notice bad", id: "ask"},
      t("sign_in", {person: plain(PERSON)}), " ",
      h("a", {href: root.dataset.signIn}, t("sign_in_go"))));
  } else if (state.halt !== "sign_in" && ask) ask.remove();
}

// ---- what is kept, and when it goes

// A job is on the phone before anybody is told so. What has been put away is no draft any more,
// whatever still comes in for it, and a second tap puts nothing away.
async function putAway(job, word) {
  if (away.has(job.draft)) return;
  away.add(job.draft);
  try {
    await Store.queue({...job, person: PERSON, made_at: Date.now(), parked: null});
  } catch {
    away.delete(job.draft);
    return tell(t("storage_failed"), false);
  }
  location.hash = "#";
  await render();
  tell(word);
  wake();
  sync();
}

async function giveUpDraft(draft) {
  if (!confirm(t("delete_sure"))) return;
  away.add(draft);
  await Store.dropDraft(PERSON, draft.id);
  location.hash = "#";
  if (draft.kind === "visit") sync(true);
}

async function wake() {
  try {
    const worker = await navigator.serviceWorker.ready;
    await worker.sync?.register("phone-queue");
  } catch {
    // Where the browser has no background sync, this page sends.
  }
}

async function fetchVisits() {
  let reply;
  try {
    reply = await fetch(`${BASE}/data`, {headers: {Accept: "application/json"},
      redirect: "manual", signal: AbortSignal.timeout(2 * EVERY)});
  } catch {
    return "offline";
  }
  if (reply.status === 401 || reply.type === "opaqueredirect") return "sign_in";
  if (!reply.ok) return "later";
  const told = await reply.json().catch(() => null);
  if (!told?.visits) return "offline";
  if (told.person !== PERSON) { // somebody else has signed in, and opens a page of his own
    for (const name of await caches.keys()) await (await caches.open(name)).delete(BASE);
    return "sign_in";
  }
  await Store.keepVisits(PERSON, told);
  state.fetched = Date.now();
  return "";
}

// Sends what waits, then asks for the visits anew where something changed or `now` is wanted.
async function sync(now = false) {
  if (state.sending) return;
  clearTimeout(state.timer);
  state.sending = true;
  drawBar();
  try {
    const {count, halt} = await Queue.run(PERSON, BASE);
    state.halt = halt;
    const old = Date.now() - state.fetched > 10 * EVERY;
    if (halt === "sign_in") await fetchVisits(); // whether somebody else has signed in
    else if (!halt && (count || now || old)) state.halt = await fetchVisits();
  } finally {
    state.sending = false;
    state.delay = state.halt === "later" ? Math.min(state.delay * 2, MOST_DELAY) : SOON;
    state.timer = setTimeout(sync, state.halt === "later" ? state.delay
      : state.halt === "offline" ? 2 * SOON : EVERY);
    redraw("waiting");
  }
}

// What has changed is drawn anew, but no form; the list of visits changes only with what is kept.
function redraw(...names) {
  drawBar();
  const [name] = location.hash.slice(1).split("/");
  if (names.includes(name) || document.getElementById("absent")) render();
}

Store.channel.addEventListener("message", () => redraw("", "waiting"));
addEventListener("hashchange", () => render(true));
addEventListener("online", () => sync());
addEventListener("offline", drawBar);
document.addEventListener("visibilitychange", () => document.hidden || sync());

// Who leaves is told what has not gone up.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a[href*='sign-out']")) return;
  const {textContent, className} = document.getElementById("queued");
  const count = textContent.replace(/\D/g, "");
  // Without a signal nobody can be signed out, and what is kept would be gone for nothing.
  if (!navigator.onLine) tell(t("leave_offline"), false);
  else if (className === "none" || confirm(t("leave_sure", {count}))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

navigator.storage?.persist?.();
navigator.serviceWorker?.register(`${BASE}/worker.js`, {scope: BASE, updateViaCache: "none"})
  .catch(() => {});
render();
sync(true);
