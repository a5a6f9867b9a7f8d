"""Columns: policies, news, towns' credit (C9)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.credit import columns
from functions.credit.columns import ArticleTold, Column, ColumnPage, Draft, TownCredit
from functions.credit.tallies import Tallies
from functions.credit.wiring import desk
from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation
from functions.shared.objects import Objects
from functions.shared.table import Ledger

bp = Blueprint(__name__)
_KEPT_SECONDS = 300  # the towns' figures, which everybody may ask for


class ColumnQuery(BaseModel):
    """Which page: `after` the one before."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, StringConstraints(pattern=rf"^({columns.PLACE})?$")] = ""


@bp.route("/v1/public/columns/{column}", methods=["GET"])
@operation(
    bp,
    Operation("A column's articles, newest first", query=ColumnQuery, reply=ColumnPage),
)
def get_column(column: str, query: ColumnQuery) -> ColumnPage:
    which = columns.column_of(column)
    page = columns.list_articles(which, query.after, desk())
    if which is not Column.TOWNS or query.after:
        return page
    return page.model_copy(
        update={"towns": _figures(_span(), ports.table("credit"), ports.objects("config"))}
    )


@bp.route("/v1/public/columns/{column}/{article}", methods=["GET"])
@operation(bp, Operation("One article of a column", reply=ArticleTold))
def get_article(column: str, article: str) -> ArticleTold:
    return columns.told(columns.read_article(columns.column_of(column), article, desk()))


@bp.route("/v1/credit/columns/{column}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Publish an article",
        Action.COLUMN_WRITE,
        body=Draft,
        reply=ArticleTold,
        status=201,
    ),
)
def post_article(column: str, caller: Caller, body: Draft) -> ArticleTold:
    return columns.told(columns.publish(columns.column_of(column), body, caller, desk()))


@bp.route("/v1/credit/columns/{column}/{article}/withdraw", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Withdraw an article", Action.COLUMN_WRITE, reply=ArticleTold))
def post_withdrawal(column: str, article: str, caller: Caller) -> ArticleTold:
    return columns.told(columns.withdraw(columns.column_of(column), article, caller, desk()))


def _span() -> int:
    return int(clock.real_now().timestamp()) // _KEPT_SECONDS


@lru_cache(maxsize=1)
def _figures(span: int, table: Ledger, config: Objects) -> list[TownCredit]:
    """The towns' figures, read once in a span of time by each process."""
    divisions = config.read("divisions.csv").decode("utf-8-sig")
    return columns.town_figures(Tallies(table), divisions)
