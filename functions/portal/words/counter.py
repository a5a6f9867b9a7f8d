"""Words of the pages in `counter.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {
    "counter.title": ("窗口核查", "Counter check"),
    "counter.for": ("核查单位", "Your department"),
    "counter.q": ("统一社会信用代码或名称", "Code or name"),
    "counter.hint": (
        "可输入代码、注册号、完整名称或名称开头。",
        "A code, an old registration number, a name or its beginning.",
    ),
    "counter.check": ("核查", "Check"),
    "counter.text": (
        "受理业务前先核查：只显示本部门依备忘录须采取的措施。",
        "Check before you accept: shown are only the measures that your own department must apply.",
    ),
    "counter.due": ("须采取 {count} 项措施", "{count} measures to apply"),
    "counter.nothing": ("没有须采取的措施", "Nothing to apply"),
    "counter.effects": ("按信用等级办理", "Proceed by its credit grade"),
    "counter.grade": ("信用等级", "Credit grade"),
    "counter.unknown": (
        "信用库中没有此代码的主体。",
        "Public credit knows nobody with this code.",
    ),
    "counter.law": ("法律依据", "Law"),
    "counter.instrument": ("惩戒文件", "Instrument"),
    "counter.until": ("截止日期", "Until"),
    "counter.lifted": ("至解除为止", "until it is lifted"),
    "counter.number": ("措施编号", "Measure"),
    "counter.record": ("登记执行情况", "Report on it"),
    "counter.by": ("核查：", "Checked by"),
    "counter.credit": ("查看信用信息", "Its public credit"),
    "counter.which": ("请选择主体", "Which one?"),
    "counter.formerly": ("曾用名", "formerly"),
    "counter.cancelled": ("已注销", "cancelled"),
    "counter.more": (
        "还有其他主体，请输入更完整的名称，或改用代码查询。",
        "There are others: give more of the name, or the code.",
    ),
    "counter.nobody": (
        "没有查到此名称的主体，请核对名称，或改用代码查询。",
        "Nobody bears that name. Check it, or use the code.",
    ),
    "counter_effect.green_channel": ("可走绿色通道", "Green channel"),
    "counter_effect.tolerate_missing": ("可容缺受理", "Missing papers may follow"),
    "counter_effect.restricted": ("从严审核，不适用便利措施", "Restricted: no favours"),
    "counter_effect.banned": ("市场禁入，依法不予受理", "Banned from the market"),
}
