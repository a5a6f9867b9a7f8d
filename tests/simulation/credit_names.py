"""Rows that name their subject and give no code, by an item that only this test's catalogue has."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from functions.credit import folders
from functions.credit.batches import Batch, Step, Verdict
from functions.credit.intake import take_file
from functions.credit.processing import take_chunk
from functions.credit.subjects import take_registration
from functions.shared.events.registry import Happening, Registration
from infra.city.credit_samples import Company, companies
from tests.unit.credit.bureau import NOW, SOURCE, TOWN, Bureau

_ITEM = """
[[entries]]
id = "praise"
version = 1
title = "市民表扬"
category = "good"
sources = ["*"]
subjects = ["enterprise"]
holds_from = 2020-01-01
cycle = "month"
public = { months = 12 }
key = ["BH"]
roles = { name = "MC", code = "DM", document = "BH", content = "NR" }
fields = [
  { name = "MC", title = "单位名称", type = "name", required = true },
  { name = "DM", title = "统一社会信用代码", type = "code", longest = 18 },
  { name = "BH", title = "编号", type = "document", longest = 64, required = true },
  { name = "NR", title = "内容", longest = 500, required = true },
]
"""
_FIRMS = [one for one in companies(12, 31) if one.name.endswith("有限公司")]
_UNIQUE, _TWIN, _OTHER_TWIN, _RENAMED = _FIRMS[:4]


def play_names(ends: Mapping[str, tuple[str, str]]) -> list[str]:
    """How rows end, of which each names its subject in a way; what of `ends` (by way: taken, and
    why) is not so."""
    bureau = Bureau()
    catalogue = bureau.config.read("catalogue.toml") + _ITEM.encode()
    bureau.config.write("catalogue.toml", catalogue)
    desk = bureau.desk
    for company, names in (
        (_UNIQUE, (_UNIQUE.name,)),
        (_TWIN, (_TWIN.name,)),
        (_OTHER_TWIN, (_TWIN.name,)),
        (_RENAMED, ("东莞市旧日砚澄贸易有限公司", _RENAMED.name)),
    ):
        for told in _registrations(company, names):
            take_registration(told, desk)
    named = {
        "unique": f"{_UNIQUE.name[:4]} {_UNIQUE.name[4:]}",
        "twins": _TWIN.name,
        "former": "东莞市旧日砚澄贸易有限公司",
        "like": _UNIQUE.name.replace("有限公司", "有限责任公司"),
        "nobody": "东莞市查无此名之店铺",
    }
    bureau.files.write(f"in/{SOURCE}/praise/names.csv", _file(named[way] for way in ends))
    batch = take_file(f"in/{SOURCE}/praise/names.csv", "etag", desk)
    while bureau.sent:
        take_chunk(json.loads(bureau.sent.pop(0)[1]), desk)
    return list(_unlike(ends, batch, bureau))


def _unlike(ends: Mapping[str, tuple[str, str]], batch: Batch, bureau: Bureau) -> Iterator[str]:
    settled = folders.read_verdicts(batch, Step.COMMIT, 1, bureau.files)
    for (way, end), verdict in zip(ends.items(), settled, strict=True):
        if (verdict.taken, _why(verdict)) != end:
            yield f"{way}: {verdict}"
        if way == "unique" and verdict.subject != _UNIQUE.code:
            yield f"{way}: taken for {verdict.subject}"


def _why(verdict: Verdict) -> str:
    found = [*(one.code for one in verdict.faults), *(one.why for one in verdict.candidates)]
    return found[0] if found else ""


def _registrations(company: Company, names: tuple[str, ...]) -> Iterator[Registration]:
    for edition, name in enumerate(names, 1):
        yield Registration(
            code=company.code,
            edition=edition,
            happening=Happening.ESTABLISHMENT if edition == 1 else Happening.CHANGE,
            changed=() if edition == 1 else ("name",),
            name=name,
            town=TOWN,
            received_at=NOW,
        )


def _file(names: Iterator[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("单位名称", "统一社会信用代码", "编号", "内容"))
    writer.writerows((name, "", f"表〔2026〕{n}号", "服务周到") for n, name in enumerate(names))
    return text.getvalue().encode()
