"""What a scope says is done with a thing: Chinese verbs and the acts they stand for."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Act(StrEnum):
    PRODUCE = "produce"
    PROCESS = "process"
    SELL = "sell"
    WHOLESALE = "wholesale"
    RETAIL = "retail"
    STORE = "store"
    TRANSPORT = "transport"
    RENT = "rent"
    INSTALL = "install"
    REPAIR = "repair"
    CLEAN = "clean"
    BUILD = "build"
    PRINT = "print"
    GROW = "grow"
    COLLECT = "collect"
    TREAT = "treat"
    TEST = "test"
    TEACH = "teach"
    RUN = "run"
    DESIGN = "design"
    RESEARCH = "research"
    DEVELOP = "develop"
    ADVISE = "advise"
    INVEST = "invest"
    AGENT = "agent"
    BOOK = "book"
    PLAN = "plan"
    PUBLISH = "publish"
    TRADE_ABROAD = "trade_abroad"


_VERBS: dict[Act | tuple[Act, ...], str] = {
    Act.PRODUCE: "生产 制造 制作 自产 组装 装配 酿造 酿制 炼制 提炼 织造 制销 产制",
    (Act.PRODUCE, Act.SELL): "产销 生产销售 自产自销 产供销",
    Act.PROCESS: "加工 深加工 精加工 来料加工 分装 代加工",
    Act.SELL: "销售 网上销售 网络销售 线上销售 经销 购销 代售 代销 营销 买卖 贸易 交易 供应 供销 "
    "展销 网上贸易 互联网销售 国内贸易 销 网购 出售 售卖 分销",
    Act.WHOLESALE: "批发 网上批发 互联网批发",
    Act.RETAIL: "零售 网上零售 互联网零售",
    (Act.WHOLESALE, Act.RETAIL): "批发零售 零售批发 批零 批零兼营",
    Act.STORE: "仓储 储存 贮存 存储 存放 储运",
    Act.TRANSPORT: "运输 配送 装卸 搬运 储运 转运",
    Act.RENT: "租赁 出租 租售 出租出售 租赁经营 出租经营",
    Act.INSTALL: "安装 承装 装置 调试 装设 铺设 敷设 布线",
    Act.REPAIR: "维修 修理 保养 维护 检修 改造 承修 养护 维护保养 维修保养 大修 翻新",
    Act.CLEAN: "清洗 清洁 消毒 保洁 洗涤",
    Act.BUILD: "施工 承建 建造 建设 拆除 总承包 专业承包 分包 承包",
    Act.PRINT: "印刷 印制 彩印 复制 装订 排版",
    Act.GROW: "养殖 种植 繁育 饲养 培育 繁殖 种养 栽培 捕捞 种养殖",
    Act.COLLECT: "收购 回收 收集 采购 拆解 收运",
    Act.TREAT: "处理 处置 利用 治理 综合利用 再生 再生利用",
    Act.TEST: "检测 检验 鉴定 测试 校准 检定 检查",
    Act.TEACH: "培训 辅导 教学 指导",
    Act.RUN: "制售 现制现售 经营 营运 运营 从事 开办 兴办 经营管理",
    Act.DESIGN: "设计",
    (Act.RESEARCH, Act.DEVELOP): "开发",
    Act.RESEARCH: "研发 研究 技术开发 技术研发 研究开发 技术转让 技术成果转让 成果转让 "
    "技术服务 技术推广 推广 试验 技术研究 开发研究 技术支持 研制",
    Act.ADVISE: "咨询 顾问 技术咨询 信息咨询 管理咨询 咨询服务 技术咨询服务",
    Act.INVEST: "投资",
    Act.AGENT: "代理 佣金代理 中介 经纪 居间",
    Act.BOOK: "代订 代办 预订 代购 代理订",
    Act.PLAN: "策划 组织 承办 举办 组织策划 策划组织 筹办 主办",
    Act.PUBLISH: "发布 发行 出版 代理发布",
    Act.TRADE_ABROAD: "进出口 进口 出口 出口销售 货物进出口 外销 内销",
}

ACTS: dict[str, frozenset[Act]] = {}
for _acts, _verbs in _VERBS.items():
    for _verb in _verbs.split():
        ACTS[_verb] = ACTS.get(_verb, frozenset()) | (
            frozenset([_acts]) if isinstance(_acts, Act) else frozenset(_acts)
        )

_VERB = "|".join(sorted(ACTS, key=len, reverse=True))
_JOIN = "(?:以及|及其|及|和|与|或者|或|兼营|兼|并|、|/|\\+)"
# 养殖技术研发 is research alone: a verb of knowledge joins a run only where something joins it.
_RUN = f"(?:{_VERB})(?:(?:{_JOIN}(?:相关|有关|其)?|(?!技术|信息|管理))(?:{_VERB})){{0,9}}"
_FRONT = (
    "(?:从事|主营|兼营|专营|专业|承接|承揽|提供|接受委托|受托|国内外|国内|国外|自产|网上|线上|互联网|"
    "以下项目|下列|另设分支机构|以及|及|和|并|主要|公司|本公司|自主|为.{0,8}提供){0,4}"
)
# A verb before one of these is part of a noun (生产线, 加工中心, 维修工具), no verb.
_NOT_A_VERB = (
    "(?!(?:用|线|机(?:$|械|器|组|床|具|头)|设备|材料|工具|器材|配件|中心|剂|技术|工艺|机械|软件|系统|平台|仪|器|板|图|资料|"
    "方案|项目|业务|服务|手续|信息|人员|行业|管理|商|证|权|许可|费|所需|类|型|性|业$|制品|品|包装|线路|电路))"
)
_BACK = (
    "(?:业务|服务|经营|活动|项目|工作|等){0,4}"
    "(?:(?:及其|及|和|以及|与)(?:其|相关|有关|其他|配套|售后|技术|信息|咨询){0,4}(?:服务|业务))?"
)
_CLOSED = re.compile("(?:服务|业务|手续)$")

_LEAD = re.compile(f"{_FRONT}({_RUN}){_NOT_A_VERB}(?:的)?")
_TRAIL = re.compile(f"(?:(等的?|的|之|及其|及|和|与|、)?({_RUN})){_BACK}$")
_PURE = re.compile(f"{_FRONT}(?:的|其|相关)?({_RUN}){_BACK}")
_EACH = re.compile(_VERB)

_REACH = 40  # a verb further from the end of a phrase than this is not its trailing verb


class Verbs(NamedTuple):
    """The verbs of one phrase: how long the leading run is, where the trailing one starts."""

    pure: bool  # nothing but verbs
    lead: frozenset[Act]
    lead_end: int
    trail: frozenset[Act]
    trail_start: int
    closed: bool  # 代办企业登记服务: its verb does not reach over to the next phrase
    linked: bool  # the trailing verb hangs on with 的, 等 or 及其: it speaks for the whole list


_NONE: frozenset[Act] = frozenset()


def acts_in(run: str) -> frozenset[Act]:
    """The acts named by a run of verbs: `加工、产销` → process, produce, sell."""
    return frozenset().union(*(ACTS[verb] for verb in _EACH.findall(run)))


def verbs_of(phrase: str) -> Verbs:
    """Find the leading and trailing verbs of a phrase (no separators in it)."""
    if len(phrase) <= 2 * _REACH:
        return _verbs_of(phrase)
    first, last = _verbs_of(phrase[:_REACH]), _verbs_of(phrase[-_REACH:])
    beyond = len(phrase) - _REACH
    return Verbs(
        False, first.lead, first.lead_end, last.trail, beyond + last.trail_start, True, False
    )


@lru_cache(maxsize=16384)
def _verbs_of(phrase: str) -> Verbs:
    if pure := _PURE.fullmatch(phrase):
        return Verbs(True, acts_in(pure.group(1)), len(phrase), _NONE, len(phrase), False, False)
    lead = _LEAD.match(phrase)
    lead_end = lead.end() if lead else 0
    trail = _TRAIL.search(phrase, max(lead_end, len(phrase) - _REACH))
    return Verbs(
        False,
        acts_in(lead.group(1)) if lead else _NONE,
        lead_end,
        acts_in(trail.group(2)) if trail else _NONE,
        trail.start() if trail else len(phrase),
        _CLOSED.search(phrase) is not None,
        bool(trail and trail.group(1)),
    )
