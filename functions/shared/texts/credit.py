"""What public credit says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    # grades and books of rules
    "rule_item_unknown": (
        "评定规则 {rule} 中的信用事项 {item} 不在信用目录中",
        "Rule {rule} counts the item {item}, which the catalogue does not know",
    ),
    # whom a row is about, and looking for subjects
    "name_of_other": (
        "名称与统一社会信用代码不一致（{reason}）：该代码属于“{name}”，所报名称属于代码 {other}",
        "The name does not belong to the code ({reason}): that code is {name}'s, and this name"
        " belongs to the code {other}",
    ),
    "name_not_of_code": (
        "名称与统一社会信用代码不一致（{reason}）：该代码属于“{name}”",
        "The name does not belong to the code ({reason}): that code is {name}'s",
    ),
    "subject_unknown": (
        "没有代码，且登记信息中没有这个名称的主体",
        "There is no code, and nobody bears this name in the registry",
    ),
    "subject_kind": (
        "该信用事项不收集这类主体的信息",
        "This item of the catalogue takes no rows about subjects of this kind",
    ),
    "person_unidentified": (
        "自然人须有证件号码",
        "A person must be identified by the number of a document",
    ),
    "query_short": (
        "请至少输入 {least} 个字（不计省市名）、完整名称或统一社会信用代码",
        "Give at least {least} characters of the name (besides province and city), the whole name,"
        " or the unified code",
    ),
    "article_withdrawn": (
        "这篇文章已撤下；请修改后重新发布",
        "This article was withdrawn; change it to publish it again",
    ),
    "article_text": (
        "只能是纯文本，不得含控制字符",
        "Only plain text, without control characters",
    ),
    # key persons
    "person_number": (
        "证件号码无效（不在回复中重复）",
        "Not a valid identity number (it is not repeated here)",
    ),
    "look_up_over": (
        "该次查询已超过 {minutes} 分钟，请重新查询",
        "The look-up is more than {minutes} minutes old; look the person up again",
    ),
    "person_in_test": (
        "测试模式的系统不能查询重点人群",
        "A system in test mode looks up nobody",
    ),
}
