"""Grades with their reasons and history, and the published rules (C11, C12)."""

from __future__ import annotations

from chalice import Blueprint
from pydantic import BaseModel

from functions.credit.graded import GradeShown, show_grade
from functions.credit.grading import GradingBook
from functions.credit.published import RepairRules, repair_rules
from functions.credit.wiring import books, desk
from functions.shared import clock
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import shanghai_day
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class RulesShown(BaseModel):
    """The rules of grading that hold today."""

    rules: GradingBook


@bp.route("/v1/credit/grades/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "A subject's grade: why, by which records, and what it was before",
        Action.GRADE_READ,
        reply=GradeShown,
    ),
)
def get_grade(code: str, caller: Caller) -> GradeShown:
    return show_grade(code, caller, desk())


@bp.route("/v1/public/grading", methods=["GET"])
@operation(bp, Operation("The published rules by which subjects are graded", reply=RulesShown))
def get_rules() -> RulesShown:
    return RulesShown(rules=books().grading.on(shanghai_day(clock.now())))


@bp.route("/v1/public/repair", methods=["GET"])
@operation(bp, Operation("The published rules of objection and repair", reply=RepairRules))
def get_repair_rules() -> RepairRules:
    return repair_rules(desk())
