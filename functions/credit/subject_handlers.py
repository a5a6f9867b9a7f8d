"""One search, a subject's page, for everybody and for officials (C8)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.credit import pages, searching
from functions.credit.pages import OfficialPage, PublicPage
from functions.credit.searching import SubjectsFound
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)
_LAST_PAGE = searching.MOST // searching.PER_PAGE


class SearchQuery(BaseModel):
    """A unified code or old registration number, a whole name, or the beginning of one: at least
    two characters besides province and city."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=200)]
    page: Annotated[int, Field(ge=1, le=_LAST_PAGE)] = 1


class PageQuery(BaseModel):
    """Which page of a subject's records."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=1000)] = 1


class RecordsQuery(PageQuery):
    """Which page, or which record alone."""

    record: Annotated[str, Field(max_length=200)] = ""


@bp.route("/v1/public/subjects", methods=["GET"])
@operation(
    bp,
    Operation(
        "Search enterprises, institutions and social organisations by code or name",
        query=SearchQuery,
        reply=SubjectsFound,
    ),
)
def get_subjects(query: SearchQuery) -> SubjectsFound:
    return searching.search(query.q, query.page, desk())


@bp.route("/v1/public/subjects/{code}", methods=["GET"])
@operation(
    bp,
    Operation("A subject with all its public records", query=PageQuery, reply=PublicPage),
)
def get_public_subject(code: str, query: PageQuery) -> PublicPage:
    return pages.public_page(code, query.page, desk())


@bp.route("/v1/credit/subjects/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "A subject with all records that count, for officials and for the entity itself",
        Action.RECORD_READ,
        query=RecordsQuery,
        reply=OfficialPage,
    ),
)
def get_subject(code: str, caller: Caller, query: RecordsQuery) -> OfficialPage:
    return pages.official_page(code, query.page, caller, desk(), query.record)
