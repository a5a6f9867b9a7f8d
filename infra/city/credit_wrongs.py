"""Ways to spoil a row of credit so that its source gets it back, or a person must look (C4, C5)."""

from __future__ import annotations

from datetime import timedelta

from infra.city.credit_samples import Layout, day, fined, identity, in_words
from infra.city.credit_truth import HELD, Dirt, Draft, Mess, Wrong

_LICENCE, _PENALTY = (Layout.LICENCE,), (Layout.PENALTY,)
_UNDECODABLE = "\udcff"  # becomes the byte FF, which neither UTF-8 nor GB18030 has
_MANDATORY = {
    Layout.LICENCE: (
        *("XDR_MC", "XDR_SHXYM", "FRDB", "XKWS", "WSH", "XKLB", "NR", "JDRQ", "YXQZ", "YXQZI"),
        *("XKJG", "XKJGDM", "ZT", "LYDW", "LYDWDM", "XDR_LB"),
    ),
    Layout.PENALTY: (
        *("XDR_MC", "XDR_SHXYM", "FRDB", "WSH", "WFXW", "SY", "YJ", "CFLB", "NR", "JDRQ"),
        *("YXQ", "CFJG", "CFJGDM", "SJLY", "SJLYDM", "XDR_LB"),
    ),
}
_OF_ENTITIES = ("XDR_SHXYM", "FRDB")  # mandatory for all but persons
_LONGEST = {
    Layout.LICENCE: {"FRDB": 50, "XKWS": 64, "WSH": 64, "NR": 4000, "XKJG": 200, "BZ": 512},
    Layout.PENALTY: {"FRDB": 50, "WFXW": 2000, "SY": 5000, "YJ": 2048, "CFJG": 200, "BZ": 512},
}
_LISTED = {Layout.LICENCE: ("XKLB", "ZT", "XDR_LB"), Layout.PENALTY: ("CFLB", "XDR_LB")}
_ORDERED = {
    Layout.LICENCE: ("YXQZI", Wrong.BEFORE),
    Layout.PENALTY: ("GSJZQ", Wrong.NOT_AFTER),
}
_ORGAN = {Layout.LICENCE: ("XKJG", "XKJGDM"), Layout.PENALTY: ("CFJG", "CFJGDM")}


def _warned(draft: Draft) -> Draft:
    """A penalty without amounts, so that only what is spoilt next is wrong."""
    if "CFLB" not in draft.cells:
        return draft
    return draft.put(CFLB="警告", NR="给予警告", NR_FK="", NR_WFFF="")


def _missing(draft: Draft, mess: Mess) -> Draft:
    field = mess.next_of(_MANDATORY[mess.layout])
    why = Wrong.NEEDED if field in _OF_ENTITIES else Wrong.MISSING
    return _warned(draft).put(**{field: ""}).returned(why, field)


def _too_long(draft: Draft, mess: Mess) -> Draft:
    field = mess.next_of(tuple(_LONGEST[mess.layout]))
    text = "长" * (_LONGEST[mess.layout][field] + 1)
    return _warned(draft).put(**{field: text}).returned(Wrong.TOO_LONG, field)


def _not_listed(draft: Draft, mess: Mess) -> Draft:
    field = mess.next_of(_LISTED[mess.layout])
    return _warned(draft).put(**{field: "随意"}).returned(Wrong.NOT_LISTED, field)


def _check_digit(draft: Draft, mess: Mess) -> Draft:
    code = draft.cells["XDR_SHXYM"]
    others = [one for one in "123456789" if one != code[-1]]
    code = code[:-1] + mess.chance.choice(others)
    return draft.put(XDR_SHXYM=code).returned(Wrong.CHECK_DIGIT, "XDR_SHXYM")


def _other_kind(draft: Draft, mess: Mess) -> Draft:
    kinds = ["法人及非法人组织", "个体工商户"]
    kinds.remove(draft.cells["XDR_LB"])
    return draft.put(XDR_LB=kinds[0]).returned(Wrong.KIND, "XDR_SHXYM")


def _name_of_another(draft: Draft, mess: Mess) -> Draft:
    """The name of another company, or of none."""
    whose = mess.next_of(("other", "nobody"))
    if whose == "other":
        other = mess.other(draft.truth.subject)
        return draft.put(XDR_MC=other.name).returned(Wrong.NAME_OF_OTHER, "XDR_MC")
    nobody = mess.strangers.pop()
    return draft.put(XDR_MC=nobody.name).returned(Wrong.NAME_OF_NOBODY, "XDR_MC")


def _identity_as_code(draft: Draft, mess: Mess) -> Draft:
    number = identity(200_000 + draft.truth.row)
    return draft.put(XDR_SHXYM=number).returned(Wrong.IDENTITY, "XDR_SHXYM")


def _person_unknown(draft: Draft, mess: Mess) -> Draft:
    """Of a person the number decides: without it, or with a wrong one, nobody can be meant."""
    cells = {"XDR_LB": "自然人", "XDR_MC": draft.cells["FRDB"], "XDR_SHXYM": "", "FRDB": ""}
    cells |= {"FR_ZJLX": "", "FR_ZJHM": "", "XDR_ZJLX": "身份证", "XDR_ZJHM": ""}
    spoilt = draft.put(**cells).told(subject="")
    if mess.next_of(("none", "wrong")) == "none":
        return spoilt.returned(Wrong.NEEDED, "XDR_ZJHM")
    number = identity(400_000 + draft.truth.row)
    last = "0" if number[-1] != "0" else "1"
    return spoilt.put(XDR_ZJHM=number[:-1] + last).returned(Wrong.PERSON, "XDR_ZJHM")


def _future(draft: Draft, mess: Mess) -> Draft:
    decided = mess.today + timedelta(days=30)
    spoilt = draft.put(JDRQ=day(decided)).returned(Wrong.FUTURE, "JDRQ")
    if mess.layout is Layout.LICENCE:
        return spoilt.put(YXQZ=day(decided), YXQZI="2099/12/31")
    later = day(decided + timedelta(days=365))
    return spoilt.put(YXQ=later, GSJZQ=later)


def _order(draft: Draft, mess: Mess) -> Draft:
    then, why = _ORDERED[mess.layout]
    before = day(mess.today - timedelta(days=400))
    return draft.put(**{then: before}).returned(why, then)


def _fine_unfounded(draft: Draft, mess: Mess) -> Draft:
    cells = fined(20_000) | {"CFLB": "警告", "NR_WFFF": ""}
    return draft.put(**cells).returned(Wrong.NOT_EXPECTED, "NR_FK")


def _fine_missing(draft: Draft, mess: Mess) -> Draft:
    cells = fined(20_000) | {"NR_FK": "", "NR_WFFF": ""}
    return draft.put(**cells).returned(Wrong.NEEDED, "NR_FK")


def _amount_differs(draft: Draft, mess: Mess) -> Draft:
    yuan = 20 * mess.chance.randint(100, 4000)
    cells = fined(yuan) | {"NR": f"罚款人民币{in_words(yuan + 1000)}元整", "NR_WFFF": ""}
    return draft.put(**cells).returned(Wrong.AMOUNT, "NR_FK")


def _swapped(draft: Draft, mess: Mess) -> Draft:
    one, other = mess.next_of(("subject", "organ")), ("XDR_MC", "XDR_SHXYM")
    if one == "organ":
        other = _ORGAN[mess.layout]
    first, second = other
    cells = {first: draft.cells[second], second: draft.cells[first]}
    return draft.put(**cells).returned(Wrong.SWAPPED, first)


def _document_taken(draft: Draft, mess: Mess) -> Draft:
    first = mess.take_earlier()
    claimed = Draft(first.cells, draft.truth).about(mess.other(first.truth.subject))
    return claimed.told(of=first.truth.row).returned(Wrong.TAKEN, "WSH")


def _contradiction(draft: Draft, mess: Mess) -> Draft:
    """The same document of the same company with other words: nobody can say which row is right."""
    first = mess.take_earlier()
    said = Draft(first.cells, draft.truth).put(BZ="更正")
    told = said.told(subject=first.truth.subject, of=first.truth.row)
    return told.returned(Wrong.CONTRADICTS, "row")


def _undecodable(draft: Draft, mess: Mess) -> Draft:
    name = draft.cells["XDR_MC"]
    return draft.put(XDR_MC=name[:4] + _UNDECODABLE + name[5:]).returned(Wrong.BYTES, "XDR_MC")


def _unknown_code(draft: Draft, mess: Mess) -> Draft:
    """A code that the registry does not know beside a name that it knows: somebody must look."""
    stranger = mess.strangers.pop()
    return draft.put(XDR_SHXYM=stranger.code, XDR_LB=stranger.kind).told(taken=HELD, subject="")


GIVEN_BACK = (
    Dirt("missing", _missing),
    Dirt("too long", _too_long),
    Dirt("not in the list", _not_listed),
    Dirt("check digit", _check_digit),
    Dirt("other kind", _other_kind),
    Dirt("name of another", _name_of_another),
    Dirt("identity as code", _identity_as_code),
    Dirt("person unknown", _person_unknown),
    Dirt("future", _future),
    Dirt("order of days", _order),
    Dirt("fine without its kind", _fine_unfounded, _PENALTY),
    Dirt("kind without its fine", _fine_missing, _PENALTY),
    Dirt("amount differs", _amount_differs, _PENALTY),
    Dirt("swapped", _swapped),
    Dirt("document taken", _document_taken, after=True),
    Dirt("contradiction", _contradiction, after=True),
    Dirt("undecodable", _undecodable, raw=True),
)
LOOKED_AT = (Dirt("unknown code", _unknown_code),)
