"""What an inspection of the small city's entity refers to departments."""

from __future__ import annotations

from typing import Any

from functions.shared.events.inspections import ReferralTold, Referred, VisitTold
from tests.unit.supervision.smalltown import CODE, EAST, NOW

FOOD, FIRE, POLICE = f"FD01@scjg.{EAST}", f"DG01@yjj.{EAST}", f"DG01@gaj.{EAST}"


def referral(key: str, **more: Any) -> ReferralTold:
    item, _, unit = key.partition("@")
    given: dict[str, Any] = {
        "key": key,
        "unit": unit,
        "item": item,
        "item_version": 1,
        "item_set": "1",
        "checks": (f"licence.{item}",),
        "words": ("未取得许可从事经营", "食品"),
        "clause": "现场无证经营",
        "law": "《无证无照经营查处办法》第五条",
        "licence": f"{item}许可证",
    }
    return ReferralTold(**{**given, **more})


def referred(*keys: str, **more: Any) -> Referred:
    """What one inspection of the small city's entity refers."""
    visit = VisitTold(
        round="first", at=NOW, by="li", findings=("许可: failed 无证",), photos=("photos/a.jpg",)
    )
    given: dict[str, Any] = {
        "inspection": "I1",
        "code": CODE,
        "edition": 1,
        "name": "示例公司",
        "address": "某路1号",
        "town": EAST,
        "referrals": tuple(map(referral, keys)),
        "notice": "改1号",
        "visits": (visit, visit.model_copy(update={"round": "recheck"})),
        "disposal": "约谈经营者",
        "referred_at": NOW,
    }
    return Referred(**{**given, **more})
