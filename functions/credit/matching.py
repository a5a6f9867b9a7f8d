"""Whom a row is about: by its code, else by a name that only one subject bears (C4).

Never by likeness: whoever is merely like goes to a person, who chooses. A row whose code and name
contradict each other is returned to its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from functions.credit.batches import Candidate, Claim, Match
from functions.credit.catalogue import Entry
from functions.credit.desk import Desk
from functions.credit.domain import PERSON, Correction, Named, Subject, kind_of
from functions.credit.names import beginning_of, key_of, normalised
from functions.shared.codes import clean_code, parse_code
from functions.shared.errors import Fault, Invalid
from functions.shared.events.credit import SubjectKind
from functions.shared.vault import Vault

NOT_THE_NAME = 1001  # the national platform's number for a name that is not its code's
_MOST_CANDIDATES = 10
_MOST_BEARERS = 20
_MOST_LIKE = 200  # names that are looked through for those that are like one
_ALIKE = 4  # first characters
_RATIO = 0.85


def match(claim: Claim, entry: Entry, today: date, desk: Desk) -> Match:
    """Whom one row is about; see `matcher_for`."""
    return matcher_for([claim], entry, today, desk)(claim)


def matcher_for(
    claims: Iterable[Claim], entry: Entry, today: date, desk: Desk
) -> Callable[[Claim], Match]:
    """What matches the `claims` of an entry's rows, whose codes it looks up together. `today` is
    the day by which the rows are checked; whoever bears a code or a name bears it on every day.

    Raises RuntimeError at a person's claim where this function may not keep identity numbers.
    """
    registry = Registry(desk)
    registry.prefetch(claim.code for claim in claims if not claim.person and claim.code)
    return _Matcher(entry, registry, desk.vault).match


def person_key(identity: str, vault: Vault) -> str:
    """The key under which a person stands: the same for the same number however it is written,
    and telling nothing of it."""
    return PERSON + vault.tag(clean_code(identity))


@dataclass
class Registry:
    """The subjects and their names, each read once."""

    desk: Desk
    _subjects: dict[str, Subject | None] = field(default_factory=dict)
    _bearers: dict[str, list[Subject]] = field(default_factory=dict)

    def prefetch(self, codes: Iterable[str]) -> None:
        """Read the subjects of many codes in few calls."""
        missing = set(codes) - self._subjects.keys()
        if not missing:
            return
        found = self.desk.cabinet.subjects.get_many(missing)
        self._subjects |= {code: found[code].value if code in found else None for code in missing}

    def subject(self, code: str) -> Subject | None:
        """The subject with a code."""
        self.prefetch([code])
        return self._subjects[code]

    def bearers(self, name: str) -> list[Subject]:
        """Who bears exactly this name, or bore it."""
        whole = normalised(name)
        if whole not in self._bearers:
            beginning = beginning_of(name, self.desk.regions)
            found = self.desk.cabinet.list_names(beginning, _MOST_BEARERS)
            self._bearers[whole] = self._subjects_of(found)
        return self._bearers[whole]

    def alike(self, name: str) -> list[Subject]:
        """Who bears a name that begins like this one or hardly differs from it, likest first;
        its first two characters must be right."""
        key = key_of(name, self.desk.regions)
        found = {}
        for beginning in {key[:_ALIKE], key[:2]}:
            for one in self.desk.cabinet.list_names(beginning, _MOST_LIKE):
                ratio = SequenceMatcher(None, key, one.key).ratio()
                begins = len(key) >= _ALIKE and one.key.startswith(key[:_ALIKE])
                if begins or ratio >= _RATIO:
                    found[one.whole, one.code] = (ratio, one)
        likest = sorted(found.values(), key=lambda two: (-two[0], two[1].code))
        return self._subjects_of(one for _, one in likest[:_MOST_CANDIDATES])

    def _subjects_of(self, names: Iterable[Named]) -> list[Subject]:
        codes = list(dict.fromkeys(one.code for one in names))
        self.prefetch(codes)
        return [found for code in codes if (found := self._subjects[code])]


@dataclass(frozen=True, slots=True)
class _Matcher:
    entry: Entry
    registry: Registry
    vault: Vault | None

    def match(self, claim: Claim) -> Match:
        if claim.person:
            return self._person(claim)
        if not claim.code:
            return self._by_name(claim)
        try:
            code = parse_code(claim.code, field=self.entry.roles.code).value
        except Invalid as invalid:
            return Match(faults=invalid.faults)  # a wrong digit is for its source to find
        if kind_of(code) not in self.entry.subjects:
            return self._wrong_kind(kind_of(code))
        subject = self.registry.subject(code)
        if subject and subject.edition:
            return self._known(claim, subject)
        if len(code) != 18:
            return self._by_name(claim)  # who has traded on has a unified code by now
        return self._unknown(claim, code)

    def _person(self, claim: Claim) -> Match:
        if SubjectKind.PERSON not in self.entry.subjects:
            return self._wrong_kind(SubjectKind.PERSON)
        if not claim.identity:
            return Match(faults=(Fault("person_unidentified", self.entry.roles.person),))
        if self.vault is None:
            raise RuntimeError("this function may not keep identity numbers")
        return Match(subject=person_key(claim.identity, self.vault), name=claim.name)

    def _known(self, claim: Claim, subject: Subject) -> Match:
        """The registry knows the code: the name must be the subject's, or have been."""
        given, field = normalised(claim.name), self.entry.roles.name
        sure = Match(subject=subject.code, name=subject.name, registered=True)
        if given == normalised(subject.name):
            return sure
        if given in map(normalised, subject.former):
            formerly = Correction(
                field=field, rule="former_name", before=claim.name, after=subject.name
            )
            return sure.model_copy(update={"corrections": (formerly,)})
        params = {"reason": NOT_THE_NAME, "name": subject.name}
        others = [one for one in self._bearing_now(claim.name) if one.code != subject.code]
        if others:
            params["other"] = others[0].code
            return Match(faults=(Fault("name_of_other", field, params=params),))
        return Match(faults=(Fault("name_not_of_code", field, params=params),))

    def _unknown(self, claim: Claim, code: str) -> Match:
        """A good code of which the registry has told nothing: taken as it is, unless the registry
        knows somebody else by this very name."""
        registered = [one for one in self._bearing_now(claim.name) if one.edition]
        if registered:
            return _held(registered, "same_name")
        if kind_of(code) is not SubjectKind.ENTERPRISE:  # the registry never tells of others
            return Match(subject=code, name=claim.name)
        warned = Correction(field=self.entry.roles.code, rule="not_registered")
        return Match(subject=code, name=claim.name, corrections=(warned,))

    def _by_name(self, claim: Claim) -> Match:
        """No code to go by: the one who bears the name, or candidates for a person."""
        now = self._bearing_now(claim.name)
        if len(now) == 1 and now[0].edition:
            code = Correction(
                field=self.entry.roles.code,
                rule="code_from_name",
                before=claim.code,
                after=now[0].code,
            )
            return Match(
                subject=now[0].code, name=now[0].name, registered=True, corrections=(code,)
            )
        if now:
            return _held(now, "same_name")
        if bore := self._admitted(self.registry.bearers(claim.name)):
            return _held(bore, "former_name")
        if like := self._admitted(self.registry.alike(claim.name)):
            return _held(like, "like_name")
        return Match(faults=(Fault("subject_unknown", self.entry.roles.name),))

    def _bearing_now(self, name: str) -> list[Subject]:
        whole = normalised(name)
        bearers = self._admitted(self.registry.bearers(name))
        return [one for one in bearers if normalised(one.name) == whole]

    def _admitted(self, subjects: Iterable[Subject]) -> list[Subject]:
        return [one for one in subjects if one.kind in self.entry.subjects]

    def _wrong_kind(self, kind: SubjectKind) -> Match:
        field = self.entry.roles.kind or self.entry.roles.code or self.entry.roles.name
        return Match(faults=(Fault("subject_not_covered", field),))


def _held(subjects: Iterable[Subject], why: str) -> Match:
    some = list(subjects)[:_MOST_CANDIDATES]
    return Match(candidates=tuple(Candidate(code=one.code, name=one.name, why=why) for one in some))
