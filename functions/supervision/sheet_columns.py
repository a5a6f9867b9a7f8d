"""The layout of the feedback spreadsheet (A9): its columns, the Chinese labels of its values, and
which column holds what a step or an end needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from functions.shared.events.supervision import End, State
from functions.supervision.domain import ReturnGround, Verb
from functions.supervision.evidence import (
    AlreadyLicensed,
    Corrected,
    Filed,
    Licensed,
    NotCarriedOn,
    NotFoundThere,
    NoViolation,
    Penalised,
    Refused,
)

SHEET, HELP_SHEET = "监管任务", "填写说明"
DONE = "已处理"


class Column(StrEnum):
    """A column by its header: the layout is known by these texts, never by positions."""

    TASK = "任务编号"
    NAME = "市场主体"
    CODE = "统一社会信用代码/注册号"
    ADDRESS = "登记地址"
    ITEM = "监管事项"
    LICENCE = "许可或备案"
    WORDS = "匹配词语"
    CLAUSE = "经营范围原文"
    LAW = "法律依据"
    DUE = "办理期限"
    STATE = "当前状态"
    VERB = "办理动作"
    END = "办结方式"
    NUMBER = "证件或文书号"
    DAY = "发生日期"
    VALID_UNTIL = "有效期至"
    PENALTY = "处罚内容"
    FINE = "罚款金额（元）"
    GROUND = "退回原因"
    RESPONSIBLE = "责任单位"
    NOTE = "说明"
    REF = "本单位流水号"
    RESULT = "处理结果"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet has its header and its columns, both counted from 0."""

    header: int
    places: Mapping[Column, int]


_ALL = tuple(Column)
READ = _ALL[: _ALL.index(Column.VERB)]
FILLED = _ALL[len(READ) : -1]
ADDED = frozenset({Column.ADDRESS})  # sheets that went out before have none, and are still taken

WIDTHS = {
    Column.TASK: 24,
    Column.NAME: 28,
    Column.CODE: 22,
    Column.ADDRESS: 34,
    Column.ITEM: 10,
    Column.LICENCE: 24,
    Column.WORDS: 18,
    Column.CLAUSE: 40,
    Column.LAW: 34,
    Column.DUE: 12,
    Column.STATE: 10,
    Column.VERB: 10,
    Column.END: 18,
    Column.NUMBER: 24,
    Column.DAY: 12,
    Column.VALID_UNTIL: 12,
    Column.PENALTY: 28,
    Column.FINE: 14,
    Column.GROUND: 20,
    Column.RESPONSIBLE: 22,
    Column.NOTE: 36,
    Column.REF: 18,
    Column.RESULT: 44,
}

VERBS = {
    Verb.RECEIVE: "接收",
    Verb.VERIFY: "核查",
    Verb.HANDLE: "办理",
    Verb.CLOSE: "办结",
    Verb.RETURN: "退回",
}
ENDS = {
    End.LICENSED: "已核发许可",
    End.ALREADY_LICENSED: "此前已取得许可",
    End.FILED: "已完成备案",
    End.PENALISED: "已作出处罚",
    End.REFUSED: "不予许可",
    End.NO_VIOLATION: "未发现违法",
    End.NOT_CARRIED_ON: "未开展该项经营",
    End.NOT_FOUND: "登记地址查无",
    End.CORRECTED: "已改正",
}
GROUNDS = {
    ReturnGround.NOT_IN_SCOPE: "经营范围不涉及该事项",
    ReturnGround.NOT_OUR_DUTY: "非本部门职责",
    ReturnGround.NOT_OUR_AREA: "非本辖区",
}
STATES = {
    State.PUSHED: "待接收",
    State.RECEIVED: "已接收",
    State.HANDLING: "办理中",
    State.RETURNED: "已退回",
    State.CLOSED: "已办结",
}
CHOICES: dict[Column, dict[str, str]] = {
    column: {str(value): label for value, label in labels.items()}
    for column, labels in (
        (Column.STATE, STATES),
        (Column.VERB, VERBS),
        (Column.END, ENDS),
        (Column.GROUND, GROUNDS),
    )
}
# What a sentence may name besides the choices: steps that are not reported from a sheet.
LABELS = {value: label for labels in CHOICES.values() for value, label in labels.items()} | {
    Verb.REASSIGN: "转办",
    Verb.REDIRECT: "改派",
    Verb.EXTEND: "延期",
    Verb.SUSPEND: "中止",
    Verb.RESUME: "恢复",
    Verb.WITHDRAW: "撤回",
}

_SEEN = {"checked_on": Column.DAY, "note": Column.NOTE}
_LICENCE = {
    "licence_number": Column.NUMBER,
    "issued_on": Column.DAY,
    "valid_until": Column.VALID_UNTIL,
}
EVIDENCE: dict[End, dict[str, Column]] = {
    End.LICENSED: _LICENCE,
    End.ALREADY_LICENSED: _LICENCE,
    End.FILED: {"filing_number": Column.NUMBER, "filed_on": Column.DAY},
    End.PENALISED: {
        "decision_number": Column.NUMBER,
        "decided_on": Column.DAY,
        "penalty": Column.PENALTY,
        "fine": Column.FINE,
    },
    End.REFUSED: {
        "document_number": Column.NUMBER,
        "decided_on": Column.DAY,
        "ground": Column.NOTE,
    },
    End.NO_VIOLATION: _SEEN,
    End.NOT_CARRIED_ON: _SEEN,
    End.NOT_FOUND: _SEEN,
    End.CORRECTED: _SEEN,
}
FORMS: dict[End, type[BaseModel]] = {
    End.LICENSED: Licensed,
    End.ALREADY_LICENSED: AlreadyLicensed,
    End.FILED: Filed,
    End.PENALISED: Penalised,
    End.REFUSED: Refused,
    End.NO_VIOLATION: NoViolation,
    End.NOT_CARRIED_ON: NotCarriedOn,
    End.NOT_FOUND: NotFoundThere,
    End.CORRECTED: Corrected,
}

_OF_EVERY_STEP = frozenset({Column.VERB, Column.NOTE, Column.REF})


def columns_for(verb: Verb, end: End | None) -> frozenset[Column]:
    """The columns that may be filled in for a step and, with a closing, for its end."""
    if verb is Verb.RETURN:
        return _OF_EVERY_STEP | {Column.GROUND, Column.RESPONSIBLE}
    if verb is Verb.CLOSE and end:
        return _OF_EVERY_STEP | {Column.END, *EVIDENCE[end].values()}
    return _OF_EVERY_STEP


def needed_for(end: End) -> list[Column]:
    """The columns that must be filled in to close a task by `end`, in the order of the sheet."""
    fields = FORMS[end].model_fields
    needed = {column for name, column in EVIDENCE[end].items() if fields[name].is_required()}
    return [column for column in FILLED if column in needed]


_FIELDS = {
    "task": Column.TASK,
    "task_id": Column.TASK,
    "verb": Column.VERB,
    "evidence": Column.END,
    "end": Column.END,
    "ground": Column.GROUND,
    "responsible": Column.RESPONSIBLE,
    "note": Column.NOTE,
    "ref": Column.REF,
}
_EVIDENCE_FIELDS = {name: column for form in EVIDENCE.values() for name, column in form.items()}


def column_of(field: str) -> Column | None:
    """The column behind a field of Feedback such as `evidence.licensed.issued_on` or `ground`."""
    path = field.split(".")
    if path[0] == "evidence" and path[-1] in _EVIDENCE_FIELDS:
        return _EVIDENCE_FIELDS[path[-1]]
    return _FIELDS.get(path[-1])


HELP: dict[Column, str] = {
    Column.TASK: "任务的唯一编号，回传时凭此识别，请勿改动。",
    Column.NAME: "被监管的企业、分支机构或个体工商户。",
    Column.CODE: "市场主体的代码；与任务不符的行不予受理。",
    Column.ADDRESS: "市场主体登记的住所（经营场所）。",
    Column.ITEM: "监管事项编码；与任务不符的行不予受理。",
    Column.LICENCE: "该事项要求取得的许可或办理的备案。",
    Column.WORDS: "经营范围中据以推送的词语。",
    Column.CLAUSE: "词语所在的经营范围原文。",
    Column.LAW: "设定该许可或备案的法律依据。",
    Column.DUE: "当前环节应完成的最后一日。",
    Column.STATE: "导出表格时任务所处的状态。",
    Column.VERB: "必填，从下拉列表选择。留空且其他填写列也为空的行不作为反馈。",
    Column.END: "办结时必填，从下拉列表选择；其他动作请留空。",
    Column.NUMBER: "许可证、备案或决定书的编号。请按文本填写，以免长号码末位丢失。",
    Column.DAY: "发证、备案、作出决定或现场检查的日期，如 2024-05-06。",
    Column.VALID_UNTIL: "许可有效期的最后一日；长期有效填“长期”。",
    Column.PENALTY: "处罚种类和内容，如“警告，没收违法所得”。",
    Column.FINE: "罚款金额，只填数字，单位为元，最多两位小数；没有罚款请留空。",
    Column.GROUND: "退回时必填，从下拉列表选择；其他动作请留空。",
    Column.RESPONSIBLE: "退回时填写应由谁负责（单位编码）；经营范围不涉及该事项的可不填。",
    Column.NOTE: "退回的理由、不予许可的理由、检查情况或改正情况；最多 1000 个字。",
    Column.REF: "选填，本单位系统中这条反馈的编号；同一编号只计一次，最多 64 个字符。",
    Column.RESULT: "由系统填写：已处理，或该行的错误。改正后可再次提交整张表格，不会重复计算。",
}
