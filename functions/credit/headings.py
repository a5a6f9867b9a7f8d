"""Which column of a file holds which field of an entry, and what it does not know (C3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from functions.credit.catalogue import Entry
from functions.shared.csvfiles import Columns
from functions.shared.errors import Invalid

# What a returned sheet has more: which row it was, by which its identity numbers are found again,
# and why it came back.
NUMBER, ERRORS = "原行号", "退回原因"
_MOST_NAMED = 20  # unknown columns
_LONGEST = 40  # characters of an unknown heading that are told


@dataclass
class Headings:
    """The columns of one file by an entry. Once read, `sent` is each known field under the heading
    that the source gave it, in its order, and `unknown` are the headings that mean nothing here:
    what stands under them never goes on."""

    entry: Entry
    sent: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def field_of(self, heading: str) -> str | None:
        """The field under a heading: by its name, its title or another heading of the entry; and
        `NUMBER` for itself."""
        return NUMBER if heading.strip() == NUMBER else self._fields.get(folded(heading))

    def columns(self, headings: Sequence[str]) -> Columns:
        """The field of each column. Raises Invalid: `header_missing` where no column says who the
        subject is, `header_twice`."""
        columns = [self.field_of(one) for one in headings]
        ours = [one for one in columns if one]
        if twice := sorted({one for one in ours if ours.count(one) > 1}):
            raise Invalid.of("header_twice", "header", columns=self._titles(twice))
        self._require(ours)
        pairs = list(zip(columns, headings, strict=True))
        self.sent = {one: heading.strip() for one, heading in pairs if one and one != NUMBER}
        self._put_aside(heading for one, heading in pairs if one is None)
        return columns

    def name(self, keys: Iterable[str]) -> dict[str, str | None]:
        """The field under each of the `keys` that the rows of a JSON batch have; raises as
        `columns` does, but a row may name a field by any of its names."""
        found = {key: self.field_of(key) for key in keys}
        ours = {one for one in found.values() if one}
        self._require(ours)
        self.sent = {one.name: one.name for one in self.entry.fields if one.name in ours}
        self._put_aside(key for key, one in found.items() if one is None)
        return found

    def _put_aside(self, headings: Iterable[str]) -> None:
        readable = (one.encode("utf-8", "replace").decode() for one in headings)  # broken bytes
        names = dict.fromkeys(one.strip()[:_LONGEST] for one in readable)
        self.unknown = tuple(one for one in names if one not in ("", ERRORS))[:_MOST_NAMED]

    def _require(self, fields: Iterable[str]) -> None:
        """A file must say who its rows are about: by name, and by a code where rows have one."""
        roles, given = self.entry.roles, set(fields)
        codes = {one for one in (roles.code, roles.registration, roles.person) if one}
        missing = [roles.name] if roles.name not in given else []
        if codes and not codes & given:
            missing.append(roles.code or min(codes))
        if missing:
            raise Invalid.of("header_missing", "header", columns=self._titles(missing))

    def _titles(self, fields: Iterable[str]) -> str:
        known = self.entry.by_name
        return "、".join(known[one].title if one in known else one for one in fields)

    @cached_property
    def _fields(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in self.entry.fields:
            for heading in (one.name, one.title, *one.headings):
                found.setdefault(folded(heading), one.name)
        return found


def folded(heading: str) -> str:
    """A heading without what the eye does not see: width, spaces, case, a mark of byte order."""
    plain = unicodedata.normalize("NFKC", heading).replace("\ufeff", "")
    return "".join(plain.split()).casefold()
