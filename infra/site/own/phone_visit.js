// A visit: each check with what may be said of it (the city told that beforehand), photos, position,
// the notice that it will bring, who signs. All is kept on the phone as it is noted.
"use strict";

function newVisit(visit) {
  return {id: `${visit.id}#${visit.round}`, kind: "visit", about: visit.id, round: visit.round,
    title: visit.name, visit: crypto.randomUUID(), ref: crypto.randomUUID(),
    started_at: new Date().toISOString(), position: null, photos: [], findings: {}, present: "",
    correct_by: "", refused: false, signature: "", unsigned: false};
}

const offerOf = (check, finding) =>
  check.results.find((one) => one.result === finding?.result) || null;

const kindsOf = (offer, finding) =>
  (offer ? offer.kinds : []).filter((one) => finding.kinds.includes(one.code));

// What a finding still lacks: the names of what is needed.
function lacks(check, finding) {
  const offer = offerOf(check, finding);
  if (!offer) return ["result"];
  const kinds = kindsOf(offer, finding);
  return [
    offer.kinds.length > 0 && kinds.length === 0 && "kinds",
    (offer.note || kinds.some((one) => one.note)) && !finding.note.trim() && "note",
    kinds.some((one) => one.photo) && finding.photos.length === 0 && "photo",
  ].filter(Boolean);
}

function resultWord(result, round) {
  return WORDS[`result_${round}.${result}`] || t(`result.${result}`);
}

async function visitView(id) {
  const visit = await Store.visit(PERSON, id);
  const job = (await Store.jobs(PERSON)).find((one) => one.about === id);
  if (job) return queuedView(visit, job);
  const told = await Store.fact(PERSON, "told"); // nothing, before a list was ever read here
  if (!visit) return {view: h("h1", {id: "absent", tabindex: "-1"}, t(told ? "gone" : "not_read")),
    deeds: [backButton()]};
  if (!visit.round) return {view: h("div", {}, headOf(visit), noticeOf(visit)),
    deeds: [backButton()]};
  const draft = (await Store.draft(PERSON, `${id}#${visit.round}`)) || newVisit(visit);
  return new VisitForm(visit, draft, told?.correction || []).shown();
}

function queuedView(visit, job) {
  const view = h("div", {}, visit ? headOf(visit) : h("h1", {tabindex: "-1"}, shown(job.title)),
    h("p", {class: job.parked ? "notice bad" : "notice"},
      job.parked ? t("parked") : t("waits_here")), jobCard(job));
  return {view, deeds: [backButton()]};
}

function headOf(visit) {
  const fact = (name, value) => value && [h("dt", {}, t(name)), h("dd", {}, shown(value))];
  return h("div", {},
    h("h1", {tabindex: "-1"}, shown(visit.name)),
    h("p", {}, marksOf(visit)),
    visit.gone && h("p", {class: "notice bad"}, t("gone")),
    h("dl", {class: "facts"}, fact("address", visit.address), fact("code", visit.code),
      fact("reason", WORDS[`reason.${visit.reason}`] || visit.reason)),
    visit.scope && h("details", {}, h("summary", {}, t("scope")), h("p", {}, shown(visit.scope))));
}

class VisitForm {
  constructor(visit, draft, correction) {
    Object.assign(this, {visit, draft, correction, asked: false});
    this.cards = new Map();
    this.end = h("section", {class: "end"});
  }

  shown() {
    const {visit, draft} = this;
    const checks = visit.checks.map((check) => this.card(check));
    const view = h("form", {onsubmit: (event) => event.preventDefault()}, headOf(visit),
      refusalOf(draft), noticeOf(visit), h("h2", {}, t("checks")), checks,
      positionOf(draft, () => this.keep()), this.end,
      visit.gone && h("p", {}, h("button", {type: "button", class: "danger",
        onclick: () => giveUpDraft(draft)}, t("delete"))));
    this.drawEnd();
    this.button = h("button", {type: "button", class: "primary", onclick: () => this.finish()});
    this.count();
    return {view, deeds: [backButton(), this.button]};
  }

  // What is noted begins the visit: whoever only looks has begun none.
  keep(begins = false) {
    this.draft.begun ||= begins;
    return this.draft.begun ? keepDraft(this.draft) : null;
  }

  finding(check) {
    const begun = {result: "", kinds: [], note: "", guidance: "", photos: []};
    return (this.draft.findings[check.key] ||= begun);
  }

  note(check, change = {}) {
    Object.assign(this.finding(check), change, {noted_at: new Date().toISOString()});
    this.count();
    return this.keep(true);
  }

  card(check) {
    const {round} = this.visit;
    const finding = this.finding(check);
    const before = check.before.map((one) => h("p", {class: "quiet"},
      t("before", {result: t(`result.${one.result}`)}), one.note && " · ", shown(one.note)));
    const more = h("div", {});
    const title = h("h3", {}, shown(check.name));
    const body = h("div", {});
    const card = h("article", {class: "check"}, title, h("p", {}, shown(check.ask)),
      check.clause && h("p", {class: "quiet"}, t("clause"), "：", shown(check.clause)),
      before, body, more);
    const pairs = check.results.map((one) => [one.result, resultWord(one.result, round)]);
    const draw = () => {
      const need = this.asked && lacks(check, finding).includes("result") && t("need.result");
      body.replaceChildren(oneOf(t("result"), pairs, finding.result, (result) => {
        const kinds = offerOf(check, {result}).kinds.map((one) => one.code);
        this.note(check, {result, kinds: finding.kinds.filter((one) => kinds.includes(one))});
        body.querySelector(".wrong")?.classList.remove("wrong");
        body.querySelector(".fault")?.remove();
        this.drawMore(check, more);
        this.drawEnd();
      }, need));
      this.drawMore(check, more);
    };
    this.cards.set(check.key, {card, draw});
    draw();
    return card;
  }

  // What belongs to the result that was chosen.
  drawMore(check, box) {
    const finding = this.finding(check);
    const offer = offerOf(check, finding);
    if (!offer) return box.replaceChildren();
    const missing = this.asked ? lacks(check, finding) : [];
    const need = (name) => missing.includes(name) && t(`need.${name}`);
    const text = (name, rows = 2) => {
      const area = h("textarea", {rows, maxlength: 1000, oninput: (event) =>
        this.note(check, {[name]: event.target.value})});
      area.value = finding[name];
      return area;
    };
    const wrong = offer.kinds.length > 0;
    const noteBox = text("note");
    noteBox.required = offer.note || kindsOf(offer, finding).some((one) => one.note);
    box.replaceChildren(...[
      wrong && someOf(t("kinds"), offer.kinds.map((one) => [one.code, one.name]), finding.kinds,
        (code, on) => {
          const others = finding.kinds.filter((one) => one !== code);
          this.note(check, {kinds: on ? [...others, code] : others});
          this.drawEnd();
          this.needNote(check, noteBox);
        }, need("kinds")),
      wrong && photosOf(finding.photos, this.draft, () => this.note(check), need("photo")),
      (wrong || offer.note) && field(t("note"), noteBox, need("note")),
      wrong && h("details", {open: Boolean(finding.guidance)},
        h("summary", {}, t("guidance_add")), field(t("guidance"), text("guidance"))),
    ].filter(Boolean));
  }

  needNote(check, box) {
    const finding = this.finding(check);
    const offer = offerOf(check, finding);
    box.required = offer.note || kindsOf(offer, finding).some((one) => one.note);
    const small = box.parentElement?.querySelector("small");
    if (small) small.hidden = box.required;
  }

  failed() {
    return this.visit.checks.filter((check) => this.finding(check).result === "failed");
  }

  // The end of the visit: the notice that it brings, and who was there for it.
  drawEnd() {
    const {draft, visit} = this;
    const failed = this.failed();
    const put = (name, value) => {
      draft[name] = value;
      return this.keep(true);
    };
    const present = h("input", {type: "text", maxlength: 64, autocomplete: "off",
      value: draft.present, oninput: (event) => put("present", event.target.value)});
    const need = this.asked && this.lacksPresent() && t("need.present");
    const tick = (name) => h("label", {class: "pick line"}, h("input", {type: "checkbox",
      checked: draft[name], onchange: (event) => {
        put(name, event.target.checked);
        if (name === "unsigned") this.drawEnd();
      }}), h("span", {}, t(name)));
    this.by = null;
    this.end.replaceChildren(...[
      h("h2", {}, t("end")),
      failed.length > 0 && visit.round === "first" && this.paper(failed, put),
      field(t("present"), present, need),
      failed.length > 0 && visit.round === "recheck" && tick("refused"),
      failed.length > 0 && tick("unsigned"),
      failed.length > 0 && !draft.unsigned && this.signature(),
    ].filter(Boolean));
  }

  // What the notice will say, to be read to whoever is there.
  paper(failed, put) {
    const kinds = failed.flatMap((check) => {
      const finding = this.finding(check);
      return kindsOf(offerOf(check, finding), finding).map((kind) => ({kind, check, finding}));
    });
    const wrong = failed.map((check) => {
      const own = kinds.filter((one) => one.check === check).map((one) => one.kind.name);
      const {note} = this.finding(check);
      return [check.name, own.join("、"), note].filter(Boolean).join("：");
    });
    const grounds = [...new Set(kinds.map((one) => one.kind.law).filter(Boolean))];
    const days = this.correction.find((one) => one.on === today());
    const {correct_by} = this.draft;
    const fits = days && correct_by >= days.first && correct_by <= days.last;
    const by = days && h("input", {type: "date", min: days.first, max: days.last,
      value: fits ? correct_by : days.usual,
      onchange: (event) => put("correct_by", event.target.value)});
    this.by = by;
    return h("section", {class: "paper"}, h("h3", {}, t("notice_title")),
      h("p", {class: "quiet"}, t("notice_draft")),
      h("p", {}, shown(this.visit.name)),
      listed("notice_wrong", wrong), grounds.length > 0 && listed("notice_grounds", grounds),
      by && field(t("notice_by"), by));
  }

  signature() {
    const {draft} = this;
    const box = h("div", {class: "signature"});
    const keep = (canvas) => inTurn(async () => {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
      const id = crypto.randomUUID();
      await Store.keepPhoto({id, person: PERSON, blob});
      await this.unsign();
      draft.signature = id;
      draft.photos.push(id);
      await this.keep(true);
    });
    const draw = async (again = false) => {
      const kept = draft.signature && !again && (await Store.photo(draft.signature));
      box.replaceChildren(...(kept
        ? [h("img", {class: "pad", alt: t("signature_kept"),
          src: URL.createObjectURL(kept.blob)})]
        : [h("p", {class: "quiet"}, t("signature_pad")), pad(keep)]),
      h("button", {type: "button", class: "quiet-button", onclick: () => inTurn(async () => {
        await this.unsign();
        await this.keep();
        draw(true);
      })}, t("signature_clear")));
    };
    draw();
    return h("div", {}, h("h3", {}, t("signature"), h("small", {}, ` (${t("optional")})`)),
      h("p", {class: "quiet"}, t("signature_hint")), box);
  }

  async unsign() {
    const {draft} = this;
    if (!draft.signature) return;
    const old = draft.signature;
    draft.photos = draft.photos.filter((one) => one !== old);
    draft.signature = "";
    await Store.dropPhoto(old);
  }

  lacksPresent() {
    const {draft} = this;
    const failed = this.failed().length > 0;
    const signs = failed && (draft.unsigned || draft.signature || draft.refused);
    return Boolean(signs) && !draft.present.trim();
  }

  // What nobody signed, and nobody would not sign, goes up after a question: it names what lacks.
  mayGo() {
    const {draft} = this;
    if (!this.failed().length || draft.signature || draft.unsigned) return true;
    const missing = draft.present.trim() ? [t("signature")] : [t("signature"), t("present")];
    return confirm(t("unsigned_sure", {missing: missing.join(t("and"))}));
  }

  // What is not filled in yet, told on the button.
  count() {
    const left = this.visit.checks.filter((check) => lacks(check, this.finding(check)).length);
    this.button.textContent = left.length ? t("left", {count: left.length}) : t("finish");
    this.button.classList.toggle("unready", left.length > 0);
    return left;
  }

  async finish() {
    await making;
    const {draft, visit} = this;
    const left = this.count();
    this.asked = left.length > 0 || this.lacksPresent();
    if (this.asked) {
      for (const {draw} of this.cards.values()) draw();
      this.drawEnd();
      const first = left.length ? this.cards.get(left[0].key).card : this.end;
      first.scrollIntoView({block: "start"});
      first.querySelector(".fault")?.parentElement.querySelector("input, textarea")?.focus();
      return;
    }
    if (!this.mayGo()) return;
    if (draft.unsigned || !this.failed().length) await this.unsign();
    draft.ref ||= crypto.randomUUID();
    const {units = []} = (await Store.fact(PERSON, "told")) || {};
    const unit = units.find((one) => one.unit === visit.village) || units[0];
    const job = {kind: "visit", about: visit.id, title: visit.name, unit: unit?.unit || "",
      names: Object.fromEntries(visit.checks.map(({key, name}) => [key, name])),
      body: this.body(), draft};
    await putAway(job, t("visit_kept"));
  }

  // A finding as it is shown: what was noted of another result, and is not in sight, is not said.
  said(check) {
    const finding = this.finding(check);
    const {result, kinds, note, guidance, photos, noted_at} = finding;
    const offer = offerOf(check, finding);
    const wrong = offer.kinds.length > 0;
    return {check: check.key, result, kinds, note: wrong || offer.note ? note : "",
      guidance: wrong ? guidance : "", photos: wrong ? photos : [], noted_at};
  }

  body() {
    const {draft, visit} = this;
    const failed = this.failed().length > 0;
    const finished = {
      at: new Date().toISOString(),
      present: draft.present.trim(),
      correct_by: this.by?.value || undefined, // as the notice was read to whoever was there
      refused: failed && visit.round === "recheck" && draft.refused,
      signature: draft.signature || undefined,
      unsigned: failed && draft.unsigned,
    };
    const findings = visit.checks.map((check) => this.said(check));
    const here = draft.position;
    return {
      ref: draft.ref,
      visit: draft.visit,
      round: draft.round,
      started_at: draft.started_at,
      position: here ? {lat: here.lat, lon: here.lon, at: here.at} : undefined,
      findings,
      finished,
    };
  }
}
