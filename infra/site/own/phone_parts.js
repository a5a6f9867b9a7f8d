// Parts of the phone's page: words, elements, photos, position, the pad for signatures. Whatever
// others wrote is put in as text and never as markup.
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

const hour = (at) => new Date(at).toLocaleTimeString("zh-CN",
  {timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit"});
// The day that it is in the city.
const today = () => new Date().toLocaleDateString("sv-SE", {timeZone: "Asia/Shanghai"});

let told = 0; // the newest message

function tell(text, good = true) {
  const box = document.getElementById("told");
  box.replaceChildren(h("p", {class: `notice ${good ? "good" : "bad"}`}, text));
  const mine = (told += 1);
  setTimeout(() => mine === told && box.replaceChildren(), good ? 8000 : 20000);
}

// A field with its label; `faults` says what is needed.
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

// Keeps a picture that was just taken, small; tells its id. It is on the phone before it is shown.
async function keepPicture(file, draft) {
  const small = await Photos.shrink(file);
  const photo = {id: crypto.randomUUID(), person: PERSON, blob: small};
  await Store.keepPhoto(photo);
  draft.photos.push(photo.id);
  return photo.id;
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
    ids.splice(ids.indexOf(id), 1);
    draft.photos.splice(draft.photos.indexOf(id), 1);
    await save();
    await Store.dropPhoto(id);
    draw();
  }

  async function take(event) {
    for (const file of [...event.target.files].slice(0, 9 - ids.length)) {
      try {
        ids.push(await keepPicture(file, draft));
      } catch {
        tell(t("storage_failed"), false);
      }
    }
    event.target.value = "";
    await save();
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

// A pad to sign on with a finger; `kept(blob)` gets the picture after each stroke.
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
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    brush.lineTo(...at(event));
    brush.stroke();
  });
  canvas.addEventListener("pointerup", () => canvas.toBlob(kept, "image/png"));
  return canvas;
}
