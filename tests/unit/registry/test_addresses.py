"""Addresses: the town in front wins, what reads two ways goes to a person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from functions.registry.addresses import Divisions, Place, Reason, is_cluster
from functions.registry.villages import VillageReason
from tests.unit.registry.real_data import needs_real_rows, real_rows

_TABLE = Path(__file__).parents[3] / "infra/city/divisions.csv"
_DIVISIONS = Divisions.from_csv(_TABLE.read_text(encoding="utf-8"))


def _names(place: Place) -> tuple[str, str]:
    def name(code: str | None) -> str:
        division = _DIVISIONS.get(code) if code else None
        return division.name if division else ""

    return name(place.town), name(place.village)


def _town(address: str, city: str = "") -> str:
    place = _DIVISIONS.resolve(address, city)
    assert (place.town is None) is (place.reason is not None)
    return _names(place)[0] or str(place.reason)


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("东莞市石排镇某某路1号", "石排镇"),
        ("广东省东莞市石排镇某某路1号", "石排镇"),
        ("中国广东省东莞市石排镇某某路1号", "石排镇"),
        ("东莞石排镇某某路1号", "石排镇"),
        ("石排镇某某路1号", "石排镇"),
        ("东莞市 石排 镇", "石排镇"),
        ("东莞市东莞市石排镇", "石排镇"),
        ("东莞市东城街道某某路", "东城街道"),
        ("东莞市东城街道办事处某某路", "东城街道"),
        ("东莞市东城区某某路", "东城街道"),
        ("东莞市东城区花园路3号", "东城街道"),
        ("东莞市东城某某坊2号", "东城街道"),
        ("东莞市附城某某管理区", "东城街道"),
        ("东莞市篁村区某某路", "南城街道"),
        ("东莞市城区某某路", "莞城街道"),
        ("东莞市松山湖高新技术产业开发区某某路", "松山湖"),
        ("东莞松山湖科技产业园区某某路", "松山湖"),
        ("东莞市松山湖（生态园）某某路", "松山湖"),
        ("东莞市东莞生态园某某路", "东莞生态园"),
        ("东莞市虎门港某某作业区", "东莞港"),
        ("东莞市滨海湾新区某某大道", "东莞滨海湾新区"),
    ],
)
def test_a6_a_town_is_known_by_all_its_names(address: str, town: str) -> None:
    assert _town(address) == town


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("东莞市大朗镇某某桥头大街5号", "大朗镇"),
        ("东莞市南城街道东莞大道1号", "南城街道"),
        ("东莞市长安镇某某社区虎门路", "长安镇"),
        ("东莞市莞城东城中路9号", "莞城街道"),
        ("东莞市樟木头镇东城大道9号", "樟木头镇"),
        ("东莞市樟木头南城某某街", "樟木头镇"),
        ("东莞市寮步镇松山湖大道旁", "寮步镇"),
        ("东莞市大朗镇某某村樟木头林场内", "大朗镇"),
        ("东莞市厚街镇桥头村", "厚街镇"),
        ("东莞市望牛墩镇石排工业区", "望牛墩镇"),
        ("东莞市高埗镇塘厦村", "高埗镇"),
        ("东莞市东坑镇长安塘某某路", "东坑镇"),
        ("东莞市寮步镇石龙坑某某路", "寮步镇"),
        ("东莞市沙田镇虎门港某某大道", "沙田镇"),
        ("东莞市虎门路东某某大道侧", "虎门镇"),
        ("东莞市某某大道(沙田段)某某中心", "沙田镇"),
        ("东莞市某某公路寮步塘唇路段", "寮步镇"),
    ],
)
def test_a6_the_town_in_front_wins_over_roads_buildings_and_villages(
    address: str, town: str
) -> None:
    assert _town(address) == town


@pytest.mark.parametrize(
    "address",
    [
        "东莞市东城中路8号",
        "东莞市虎门大道8号",
        "东莞市长安塘某某路",
        "东莞市石排村某某路",
        "东莞市虎门港麻涌港区",
        "东莞市松山湖大朗某某园",
        "东莞市石排镇与桥头镇交界处",
        "东莞市长安新区某某路",
        "东莞市莞太路南城路段4号",
        "深圳市某某区东莞市长安镇",
    ],
)
def test_a6_what_reads_two_ways_goes_to_a_person(address: str) -> None:
    assert _town(address) == Reason.TOWN_AMBIGUOUS


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", Reason.NO_ADDRESS),
        ("N/A", Reason.NO_ADDRESS),
        ("东莞市", Reason.TOWN_UNKNOWN),
        ("东莞市某某路1号", Reason.TOWN_UNKNOWN),
        ("东莞庄路8号", Reason.TOWN_UNKNOWN),
        ("某某路1号", Reason.TOWN_UNKNOWN),
        ("广州市天河区茶山路1号", Reason.OUT_OF_CITY),
        ("广州市天河区东莞庄路1号", Reason.OUT_OF_CITY),
        ("深圳龙岗长安街", Reason.OUT_OF_CITY),
        ("广东省中山市横栏镇长安北路1号", Reason.OUT_OF_CITY),
        ("湖南省长沙市某某路", Reason.OUT_OF_CITY),
        ("天宁区茶山街道某某村", Reason.OUT_OF_CITY),
        ("东源县城某某市场", Reason.OUT_OF_CITY),
    ],
)
def test_a6_an_address_without_town_says_why(address: str, reason: Reason) -> None:
    assert _town(address) == reason


def test_the_registrys_city_column_decides_only_where_the_address_is_silent() -> None:
    assert _town("长安镇某某路1号", "东莞") == "长安镇"
    assert _town("长安镇某某路1号", "无锡") == Reason.OUT_OF_CITY
    assert _town("某某路1号", "无锡") == Reason.OUT_OF_CITY
    assert _town("东莞市长安镇某某路1号", "无锡") == "长安镇"


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("东莞市石排镇福隆村某某路", "福隆村村民委员会"),
        ("广东省东莞市石排镇福隆某某路8号", "福隆村村民委员会"),
        ("东莞市石排镇某某路福隆工业区", "福隆村村民委员会"),
        ("广东省东莞市大朗镇大朗巷头某某街", "巷头社区居民委员会"),
        ("东莞市厚街镇厚街桥头富富街", "桥头社区居民委员会"),
        ("东莞市厚街镇厚街社区某某街", "厚街社区居民委员会"),
        ("东莞市塘厦镇林村某某路", "林村社区居民委员会"),
        ("东莞市寮步镇坑口社区石步某某楼", "坑口社区居民委员会"),
        ("东莞市松山湖某某路", "松山湖虚拟社区"),
    ],
)
def test_a6_a_village_is_found_behind_its_town(address: str, village: str) -> None:
    assert _names(_DIVISIONS.resolve(address))[1] == village


@pytest.mark.parametrize(
    ("address", "doubt"),
    [
        ("东莞市石排镇某某路1号", VillageReason.VILLAGE_UNKNOWN),
        ("东莞市石排镇福隆路1号", VillageReason.VILLAGE_AMBIGUOUS),
        ("东莞市南城区亨美水濂某某工业区", VillageReason.VILLAGE_AMBIGUOUS),
        ("东莞市南城区新城市中心区某某花园", VillageReason.VILLAGE_AMBIGUOUS),
        ("东莞市谢岗镇谢岗某某大道", VillageReason.VILLAGE_AMBIGUOUS),
        ("东莞市中堂镇中心小学旁", VillageReason.VILLAGE_AMBIGUOUS),
    ],
)
def test_a6_a_road_called_after_a_village_does_not_prove_the_village(
    address: str, doubt: VillageReason
) -> None:
    place = _DIVISIONS.resolve(address)
    assert (place.village, place.village_reason) == (None, doubt)


def test_every_town_and_village_of_the_table_resolves_to_itself() -> None:
    towns = {town.code: town.name for town in _DIVISIONS.list_by_level("town")}
    for code, name in towns.items():
        assert _DIVISIONS.resolve(f"东莞市{name}某某路1号").town == code
    for village in _DIVISIONS.list_by_level("village"):
        place = _DIVISIONS.resolve(f"东莞市{towns[village.parent]}{village.name}")
        assert (place.town, place.village) == (village.parent, village.code), village


def test_another_citys_table_needs_no_other_code() -> None:
    table = "\ufefflevel,code,name,parent\n" + "\n".join(
        [
            "city,990100000000,云禾市,990000000000",
            "town,990100001000,青石镇,990100000000",
            "village,990100001001,柳湾村村民委员会,990100001000",
        ]
    )
    place = Divisions.from_csv(table).resolve("云禾市青石镇柳湾村1号")
    assert (place.town, place.village) == ("990100001000", "990100001001")
    assert Divisions.from_csv(table).resolve("东莞市长安镇").reason is Reason.OUT_OF_CITY


def test_a_cluster_registration_is_known_by_address_or_scope() -> None:
    assert is_cluster("东莞市石排镇某某路1号（集群注册）")
    assert is_cluster("东莞市石排镇某某路1号", "为企业提供集群登记服务")
    assert not is_cluster("东莞市石排镇某某路1号", "集成电路")


@needs_real_rows
def test_a6_real_addresses_resolve_and_never_against_what_stands_in_front() -> None:
    rows = [row["注册地址"] for row in real_rows("registrations_dongguan.csv")]
    places = [_DIVISIONS.resolve(address) for address in rows]
    assert sum(place.town is not None for place in places) / len(rows) >= 0.97
    stems = {
        t.code: t.name.removesuffix("镇").removesuffix("街道")
        for t in _DIVISIONS.list_by_level("town")
    }
    for address, place in zip(rows, places, strict=True):
        plain = address.removeprefix("广东省").removeprefix("东莞市")
        full = [c for c, s in stems.items() if plain.startswith((s + "镇", s + "街道", s + "区"))]
        if len(full) == 1:
            assert place.town in (None, full[0]), address


@needs_real_rows
def test_a6_other_cities_rows_are_out_of_the_city() -> None:
    rows = [row["注册地址"] for row in real_rows("registrations_other_cities.csv")]
    assert Counter(_DIVISIONS.resolve(address).reason for address in rows) == {
        Reason.OUT_OF_CITY: len(rows)
    }
