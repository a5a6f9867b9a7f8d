// Parts of the phone's page: words, elements, photos, position, the pad for signatures, a notice.
// Whatever others wrote is put in as text and never as markup.
"use strict";

const root = document.getElementById("phone");
const WORDS = JSON.parse(root.dataset.words);
const PERSON = root.dataset.person;
const BASE = new URL(root.dataset.base, location.href).href;

function t(key, parts = {}) {
  const word = WORDS[key] ?? key;
  return word.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

// Marks that turn the direction of the text around them are shown as what they are.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function plain(text) {
  const code = (mark) => mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return String(text ?? "").replace(TURNING, (mark) => `⟦U+${code(mark)}⟧`);
}

// A text that others wrote.
const shown = (text) => h("bdi", {class: "said"}, plain(text));

// An element: attributes, listeners (`onclick`), and what stands in it.
function h(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

// The day that it was in the city.
const dayOf = (at) => new Date(at).toLocaleDateString("sv-SE", {timeZone: "Asia/Shanghai"});
const today = () => dayOf(Date.now());

// The time; with its day, where that is another.
function hour(at) {
  const time = new Date(at).toLocaleTimeString("zh-CN",
    {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});
  return dayOf(at) === today() ? time : `${dayOf(at)} ${time}`;
}

let told = 0; // the newest message

function tell(text, good = true) {
  const box = document.getElementById("told");
  box.replaceChildren(h("p", {class: `notice ${good ? "good" : "bad"}`}, text));
  const mine = (told += 1);
  setTimeout(() => mine === told && box.replaceChildren(), good ? 8000 : 20000);
}

// What the city found wrong, with the check that it is said of.
const faultList = (faults) => h("ul", {}, faults.map(({about, message}) =>
  h("li", {}, about && [shown(about), "："], shown(message))));

// Why the city sent a draft back.
function refusalOf(draft) {
  const {refusal} = draft;
  if (!refusal) return null;
  return h("div", {class: "notice bad", role: "alert"},
    h("strong", {}, plain(refusal.title || t("parked"))),
    faultList(refusal.faults));
}

// A field with its label; `need` says what is needed.
function field(label, input, need = "") {
  const id = (input.id ||= `f-${crypto.randomUUID()}`);
  const small = input.required ? null : h("small", {}, ` (${t("optional")})`);
  const fault = need && h("span", {class: "fault", id: `${id}-need`}, need);
  if (need) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${id}-need`);
  }
  return h("p", {class: "field"}, h("label", {for: id}, label, small), input, fault);
}

// One of several, as large buttons; `pairs` are value and text.
function oneOf(label, pairs, chosen, choose, need = "") {
  const name = `r-${crypto.randomUUID()}`;
  const options = pairs.map(([value, text]) => h("label", {class: "pick"},
    h("input", {type: "radio", name, value, checked: value === chosen,
      onchange: () => choose(value)}),
    h("span", {}, text)));
  return h("fieldset", {class: need ? "picks wrong" : "picks"}, h("legend", {}, label),
    h("div", {class: "pair"}, options), need && h("span", {class: "fault"}, need));
}

// Any of several.
function someOf(label, pairs, chosen, choose, need = "") {
  const options = pairs.map(([value, text]) => h("label", {class: "pick line"},
    h("input", {type: "checkbox", value, checked: chosen.includes(value),
      onchange: (event) => choose(value, event.target.checked)}),
    h("span", {}, shown(text))));
  return h("fieldset", {class: need ? "picks wrong" : "picks"}, h("legend", {}, label), options,
    need && h("span", {class: "fault"}, need));
}

let making = Promise.resolve(); // photos that are being made smaller, signatures that are kept

// One after the other; what is finished waits for `making`, and goes with all of them.
function inTurn(make) {
  const made = making.then(make);
  making = made.catch(() => tell(t("storage_failed"), false));
  return making;
}

const MOST_PHOTOS = 9; // of one thing
const MOST_BYTES = 4000000; // that a gateway passes on
const TAKEN = ["image/jpeg", "image/png", "image/webp", "image/heic"];

class Unreadable extends Error {}

// Keeps a picture that was just taken, small; tells its id. It is on the phone before it is shown.
async function keepPicture(file, draft) {
  const small = await Photos.shrink(file);
  if (!TAKEN.includes(small.type) || small.size > MOST_BYTES) throw new Unreadable();
  const photo = {id: crypto.randomUUID(), person: PERSON, blob: small};
  await Store.keepPhoto(photo);
  draft.photos.push(photo.id);
  return photo.id;
}

// Those that were just taken, put to `ids`; of each that cannot be kept it is told why.
async function keepPictures(files, draft, ids) {
  const room = MOST_PHOTOS - ids.length;
  if (files.length > room) tell(t("photo_most", {most: MOST_PHOTOS}), false);
  for (const file of files.slice(0, room)) {
    try {
      ids.push(await keepPicture(file, draft));
    } catch (error) {
      tell(t(error instanceof Unreadable ? "photo_unreadable" : "storage_failed"), false);
    }
  }
}

// The photos of something: `ids` is the list in the draft; `save` keeps the draft.
function photosOf(ids, draft, save, need = "") {
  const shelf = h("div", {class: "shelf"});
  const box = h("div", {class: need ? "pictures wrong" : "pictures"});

  async function draw() {
    for (const old of shelf.querySelectorAll("img")) URL.revokeObjectURL(old.src);
    const photos = await Promise.all(ids.map((id) => Store.photo(id)));
    shelf.replaceChildren(...photos.map((photo, at) => photo && h("figure", {},
      h("img", {src: URL.createObjectURL(photo.blob), alt: t("photo_of", {number: at + 1})}),
      h("button", {type: "button", class: "drop", "aria-label": t("photo_drop", {number: at + 1}),
        onclick: () => drop(photo.id)}, "×"))).filter(Boolean));
  }

  async function drop(id) {
    if (!ids.includes(id)) return; // a second tap, before the first is drawn
    ids.splice(ids.indexOf(id), 1);
    draft.photos.splice(draft.photos.indexOf(id), 1);
    await save();
    await Store.dropPhoto(id);
    draw();
  }

  async function take(event) {
    const files = [...event.target.files];
    event.target.value = "";
    await inTurn(async () => {
      await keepPictures(files, draft, ids);
      await save();
    });
    box.querySelector(".fault")?.remove();
    box.classList.remove("wrong");
    draw();
  }

  const input = h("input", {type: "file", accept: "image/*", multiple: true, onchange: take});
  box.append(h("label", {class: "take"}, h("span", {}, `＋ ${t("photo_add")}`), input), shelf);
  if (need) box.append(h("span", {class: "fault"}, need));
  draw();
  return box;
}

// Where the phone is; nothing where it does not know, or may not say.
function whereabouts() {
  return new Promise((done) => {
    if (!navigator.geolocation) return done(null);
    const found = ({coords}) => done({
      lat: Number(coords.latitude.toFixed(6)),
      lon: Number(coords.longitude.toFixed(6)),
      metres: Math.round(coords.accuracy),
      at: new Date().toISOString(),
    });
    navigator.geolocation.getCurrentPosition(found, () => done(null),
      {enableHighAccuracy: true, timeout: 15000, maximumAge: 60000});
  });
}

// The position of a draft: taken once by itself, again when asked.
function positionOf(draft, save) {
  const line = h("span", {});
  const draw = (text) => line.replaceChildren(text || (draft.position
    ? t("position_at", draft.position) : t("position_none")));
  async function take() {
    const here = await whereabouts();
    if (here) {
      draft.position = here;
      await save();
    }
    draw(here ? "" : t("position_failed"));
  }
  draw();
  if (!draft.position) take();
  const again = h("button", {type: "button", class: "quiet-button", onclick: take},
    t("position_take"));
  return h("p", {class: "position"}, h("strong", {}, t("position")), " ", line, " ", again);
}

// A pad to sign on with a finger; `kept(canvas)` is told after each stroke.
function pad(kept) {
  const canvas = h("canvas", {class: "pad", width: 640, height: 240, role: "img", tabindex: "0",
    "aria-label": t("signature_pad")});
  const brush = canvas.getContext("2d");
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.lineWidth = 5;
  brush.lineCap = brush.lineJoin = "round";
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    brush.beginPath();
    brush.moveTo(...at(event));
  });
  let drawn = false; // who only touches it has not signed
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    drawn = true;
    brush.lineTo(...at(event));
    brush.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => drawn && kept(canvas));
  }
  return canvas;
}

function noticeOf(visit) {
  const {notice} = visit;
  if (!notice) return null;
  return h("section", {class: "paper"}, h("h2", {}, t("notice_title")),
    h("dl", {class: "facts"},
      h("dt", {}, t("notice_number")), h("dd", {}, shown(notice.number)),
      h("dt", {}, t("notice_by")), h("dd", {}, notice.correct_by)),
    listed("notice_wrong", notice.checks), listed("notice_grounds", notice.grounds),
    h("p", {}, h("button", {type: "button", onclick: () => openNotice(visit)}, t("notice_open"))));
}

// The printed notice; it is there a moment after it was issued, and where there is a signal.
async function openNotice({id, notice}) {
  const type = "application/pdf";
  const url = `${BASE}/notices/${encodeURIComponent(id)}`;
  const reply = await fetch(url, {headers: {Accept: type}}).catch(() => null);
  const printed = reply?.ok && reply.headers.get("Content-Type").startsWith(type);
  if (!printed) return tell(t("notice_later"), false);
  const href = URL.createObjectURL(await reply.blob());
  h("a", {href, download: `${plain(notice.number)}.pdf`}).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}

const listed = (title, texts) =>
  [h("h3", {}, t(title)), h("ul", {}, texts.map((one) => h("li", {}, shown(one))))];
