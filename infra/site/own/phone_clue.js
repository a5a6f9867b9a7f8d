// A clue in three taps: a photo, what was seen, send. Place, position and unit are filled in.
"use strict";

function newClue() {
  const id = `clue-${crypto.randomUUID()}`;
  return {id, kind: "clue", about: "", photos: [], pictures: [], seen: "", place: "", name: "",
    unit: "", position: null, begun: Date.now(), ref: crypto.randomUUID()};
}

// The first tap: the camera. The clue is kept from its first photo on.
function clueButton() {
  async function begin(event) {
    const draft = newClue();
    const files = [...event.target.files];
    event.target.value = "";
    await inTurn(async () => {
      await keepPictures(files, draft, draft.pictures);
      if (!draft.pictures.length) return;
      await Store.keepDraft(PERSON, draft);
      location.hash = `#clue/${draft.id}`;
    });
  }
  return h("label", {class: "button take"}, h("span", {}, t("clue_photo")),
    h("input", {type: "file", accept: "image/*", capture: "environment", onchange: begin}));
}

function suggestedPlace(draft, units) {
  const place = (units.find((one) => one.unit === draft.unit) || {name: ""}).name;
  const {position} = draft;
  return position ? t("where_at", {place, lat: position.lat.toFixed(5),
    lon: position.lon.toFixed(5)}) : place;
}

async function clueView(id) {
  const draft = await Store.draft(PERSON, id);
  if (!draft) return {view: h("p", {}, t("gone")), deeds: [backButton()]};
  const {units = []} = (await Store.fact(PERSON, "told")) || {};
  draft.unit ||= units[0]?.unit || "";
  const save = () => keepDraft(draft);
  const put = (name) => (event) => {
    draft[name] = event.target.value;
    save();
  };
  const place = h("input", {type: "text", maxlength: 200, required: true, value: draft.place,
    oninput: put("place")});
  const guess = () => {
    if (draft.place && draft.place !== draft.guessed) return;
    draft.place = draft.guessed = place.value = suggestedPlace(draft, units);
    return save();
  };
  const seen = h("textarea", {rows: 2, maxlength: 2000, required: true, oninput: put("seen")});
  seen.value = draft.seen;
  const chips = [1, 2, 3, 4, 5].map((number) => h("button", {type: "button", class: "chip",
    onclick: () => {
      draft.seen = seen.value = t(`seen_${number}`);
      save();
    }}, t(`seen_${number}`)));
  await guess();
  const view = h("form", {onsubmit: (event) => event.preventDefault()},
    h("h1", {tabindex: "-1"}, t("clue")), refusalOf(draft),
    photosOf(draft.pictures, draft, save),
    h("div", {class: "seen"}, field(`${t("seen")} · ${t("seen_hint")}`, seen),
      h("div", {class: "chips"}, chips)),
    h("div", {class: "where"}, field(t("where"), place)),
    positionOf(draft, async () => {
      await save();
      await guess();
    }),
    units.length > 1 && unitChoice(units, draft, save),
    field(t("who_name"), h("input", {type: "text", maxlength: 200, value: draft.name,
      oninput: put("name")})),
    h("p", {}, h("button", {type: "button", class: "quiet-button",
      onclick: () => giveUpDraft(draft)}, t("delete"))));
  const send = h("button", {type: "button", class: "primary",
    onclick: () => sendClue(draft, seen, place)}, t("send_clue"));
  return {view, deeds: [backButton(), send]};
}

function unitChoice(units, draft, save) {
  return oneOf(t("report_as"), units.map((one) => [one.unit, one.name]), draft.unit, (unit) => {
    draft.unit = unit;
    save();
  });
}

async function sendClue(draft, seen, place) {
  await making;
  for (const [input, need] of [[seen, "need.seen"], [place, "need.place"]]) {
    if (!input.value.trim()) {
      tell(t(need), false);
      return input.focus();
    }
  }
  const body = {
    unit: draft.unit || undefined,
    place: draft.place.trim(),
    seen: draft.seen.trim(),
    name: draft.name.trim(),
    photos: draft.pictures,
    position: draft.position ? {lat: draft.position.lat, lon: draft.position.lon} : undefined,
    ref: (draft.ref ||= crypto.randomUUID()),
  };
  const title = draft.seen.trim();
  await putAway({kind: "clue", about: "", title, unit: draft.unit, body, draft}, t("clue_kept"));
}
