"""Columns: policies and rules, credit news, towns' credit (C9)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from io import StringIO
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from functions.credit.batches import Article
from functions.credit.desk import Desk
from functions.credit.tallies import Tallies
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.credit import Grade

PER_PAGE = 10
PLACE = r"[0-9]{8}\.[0-9a-f]{12}"
_LAST_DAY = 99_999_999  # no day's YYYYMMDD is greater


class Column(StrEnum):
    """What articles are about."""

    POLICIES = "policies"
    NEWS = "news"
    TOWNS = "towns"


class Draft(BaseModel):
    """A text to publish, from the day `published_on` (none: today). Plain text: what looks like
    markup is shown as it is written."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=20_000)]
    source: Annotated[str, Field(max_length=100)] = ""
    published_on: date | None = None


class ArticleTold(BaseModel):
    """An article as everybody reads it. The body is plain text."""

    id: str
    column: Column
    title: str
    body: str
    source: str
    published_on: date
    withdrawn: bool = False


class TownCredit(BaseModel):
    """How many graded subjects of each grade a town has; who has no record that speaks for or
    against him has no grade and is not counted."""

    town: str
    name: str
    grades: dict[Grade, int]


class ColumnPage(BaseModel):
    """A page of a column, the newest day first; `after` leads to the next. The first page of
    `towns` also has every town's figures."""

    articles: list[ArticleTold]
    after: str | None = None
    towns: list[TownCredit] | None = None


def column_of(name: str) -> Column:
    """The column of a name; raises NotFound."""
    if name not in set(Column):
        raise NotFound("column")
    return Column(name)


def list_articles(column: Column, after: str, desk: Desk) -> ColumnPage:
    """A page of what was published until today and not withdrawn."""
    at = max(after, place_of(shanghai_day(desk.now)))  # nothing of a day to come
    shown: list[Article] = []
    while len(shown) <= PER_PAGE:
        found = desk.cabinet.list_articles(column, at, PER_PAGE + 1)
        shown += [one for one in found if not one.withdrawn]
        if len(found) <= PER_PAGE:
            break
        at = _place(found[-1])
    leaf = shown[:PER_PAGE]
    more = _place(leaf[-1]) if len(shown) > PER_PAGE else None
    return ColumnPage(articles=[told(one) for one in leaf], after=more)


def read_article(column: Column, place: str, desk: Desk) -> Article:
    """One article by its place; raises NotFound for what is not published, not yet, or no more."""
    if not re.fullmatch(PLACE, place):
        raise NotFound("article")
    found = desk.cabinet.articles.get(f"{column}/{place}")
    today = shanghai_day(desk.now).isoformat()
    if found is None or found.value.withdrawn or found.value.published_on > today:
        raise NotFound("article")
    return found.value


def publish(column: Column, draft: Draft, caller: Caller, desk: Desk) -> Article:
    """Put an article into a column. The same for the same day is the same one, so that a repeated
    call publishes once.

    Raises NotFound for whom the columns are not, Invalid for what is not plain text, Conflict where
    just this was withdrawn.
    """
    require(caller, Action.COLUMN_WRITE, ANYONE, "column")
    texts = {"title": draft.title, "body": draft.body, "source": draft.source}
    for name, text in texts.items():
        if not _is_plain(text, lines=name == "body"):
            raise Invalid.of("article_text", name)
    on = draft.published_on or shanghai_day(desk.now)
    digest = sha256("\x1f".join(texts.values()).encode()).hexdigest()[:12]
    article = Article(
        id=f"{column}/{place_of(on)}.{digest}",
        column=column,
        **texts,
        published_on=on.isoformat(),
        by=caller.id,
    )
    after = desk.cabinet.articles.change(
        article.id, lambda old: old or article, by=caller.id, now=desk.now
    )
    if after and after.withdrawn:
        raise Conflict.of("article_withdrawn", "body")
    return article


def withdraw(column: Column, place: str, caller: Caller, desk: Desk) -> Article:
    """Take an article off its column; it stays in the trail. Raises NotFound."""
    require(caller, Action.COLUMN_WRITE, ANYONE, "article")
    if not re.fullmatch(PLACE, place):
        raise NotFound("article")

    def off(old: Article | None) -> Article | None:
        return old.model_copy(update={"withdrawn": True}) if old else None

    after = desk.cabinet.articles.change(f"{column}/{place}", off, by=caller.id, now=desk.now)
    if after is None:
        raise NotFound("article")
    return after


def town_figures(tallies: Tallies, divisions: str) -> list[TownCredit]:
    """The figures of every town of a divisions table (CSV), as they are kept."""
    return [
        TownCredit(town=town, name=name, grades=dict(tallies.of(town)))
        for town, name in _towns(divisions).items()
    ]


def told(article: Article) -> ArticleTold:
    """An article as it is shown, under its place as its id."""
    same = ArticleTold.model_fields.keys() - {"id"}
    return ArticleTold.model_validate(
        {"id": _place(article), **{name: getattr(article, name) for name in same}}
    )


def place_of(day: date) -> str:
    """Where the articles of a day begin: later days stand before, since a table is read in rising
    order and the newest is wanted first."""
    return f"{_LAST_DAY - int(day.strftime('%Y%m%d')):08d}"


def _place(article: Article) -> str:
    return article.id.partition("/")[2]


def _is_plain(text: str, *, lines: bool) -> bool:
    """Whether a text has no control characters, but for ends of lines and tabs in a body."""
    allowed = "\n\r\t" if lines else ""
    return all(char in allowed or unicodedata.category(char) != "Cc" for char in text)


def _towns(divisions: str) -> Mapping[str, str]:
    rows = csv.DictReader(StringIO(divisions.removeprefix("\ufeff")))
    return {row["code"]: row["name"] for row in rows if row["level"] == "town"}
