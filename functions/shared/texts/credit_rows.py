"""What checking a row of public credit says: code → (Chinese, English).

`rule_…` are the rules of cleansing, as the trace of a record names them.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # whole rows
    "not_a_source": (
        "您不代表任何部门报送：报送须以 source:单位 或 lead:单位 的身份",
        "You hand in for no department: its source:UNIT or lead:UNIT does",
    ),
    "row_empty": ("整行为空", "The whole row is empty"),
    "columns_swapped": (
        "“{column}”与“{other}”的内容放错了列，请核对这两列",
        "What stands in {column} belongs into {other}; look at these two columns",
    ),
    # codes
    "code_registration": (
        "这是 {length} 位的工商注册号；此处应填 18 位统一社会信用代码",
        "This is a registration number of {length} characters; the unified code of 18 is needed",
    ),
    "code_not_18": (
        "统一社会信用代码应为 18 位，实有 {length} 位",
        "A unified code has 18 characters; this has {length}",
    ),
    "code_unlike_kind": (
        "代码与“{by}”不符：92 开头的代码属于个体工商户，其他代码不属于",
        "The code does not fit {by}: codes that begin with 92, and only those, are sole traders'",
    ),
    "registration_format": (
        "不是工商注册号（15 位或 13 位数字）",
        "Not a registration number (15 or 13 digits)",
    ),
    "organisation_format": (
        "组织机构代码应为 8 位本体代码和 1 位校验码",
        "An organisation code has eight characters and a check digit",
    ),
    "organisation_check_digit": (
        "组织机构代码的校验码不符",
        "The check digit of the organisation code is wrong",
    ),
    # identity numbers, which no sentence repeats
    "identity_masked": (
        "证件号码不完整（含 *）；请填写完整号码，入库后加密保存",
        "The number is masked (*); the whole number is needed, and is kept encrypted",
    ),
    "identity_format": ("证件号码格式不正确", "Not in the form of an identity document's number"),
    "identity_check_digit": (
        "公民身份号码的日期或校验码不符",
        "The date or the check digit of the citizen's identity number is wrong",
    ),
    "identity_unlike_kind": (
        "号码与“{by}”不符：身份证号码应为 18 位公民身份号码",
        "The number does not fit {by}: an identity card has a citizen's number of 18 characters",
    ),
    "identity_misplaced": (
        "此列不得填写公民身份号码",
        "A citizen's identity number must not stand in this column",
    ),
    # names, documents, numbers
    "name_unlike": ("这不是名称或姓名", "This is not a name"),
    "document_unlike": ("这不是文书号", "This is not the number of a document"),
    "document_form": (
        "文书号应含有编号数字",
        "The number of a document has digits in it",
    ),
    "number_format": ("应为不小于 0 的整数", "This must be a whole number, 0 or more"),
    "value_not_listed": ("取值应为：{expected}", "The value must be one of: {expected}"),
    # amounts
    "amount_format": (
        "金额无法识别；请填写数字，单位见列名",
        "The amount cannot be read; write a number in the unit of the column's title",
    ),
    "amount_places": ("金额最多 {most} 位小数", "At most {most} decimal places"),
    "amount_digits": ("金额的整数部分最多 {most} 位", "At most {most} digits before the point"),
    "amount_differs": (
        "金额与“{by}”中写明的金额不一致",
        "The amount is not the one that {by} states",
    ),
    "amount_not_stated": (
        "“{by}”中没有写明金额，无法核对，仍予受理",
        "{by} states no amount to compare this with; taken nevertheless",
    ),
    # how fields depend on each other
    "value_needed": ("按“{by}”的内容，此项必填", "Because of {by}, this must be filled in"),
    "value_not_expected": ("按“{by}”的内容，此项应为空", "Because of {by}, this must be empty"),
    "date_before": ("日期早于“{by}”", "The date lies before {by}"),
    "date_not_after": ("日期应晚于“{by}”", "The date must lie after {by}"),
    # rules of cleansing
    "rule_invisible": ("删除不可见字符", "Invisible characters removed"),
    "rule_spaces": ("删除多余空格", "Blanks removed"),
    "rule_width": ("全角转半角、异体码位归一", "Half width, and usual code points"),
    "rule_brackets": ("统一括号", "Brackets in one style"),
    "rule_nothing": ("“无”“N/A”等视为空", "A word for nothing taken as empty"),
    "rule_code_form": ("统一代码的写法", "The code in its one form"),
    "rule_code_lookalike": (
        "形近字母改为数字（经校验码证实）",
        "Letters that look like digits made digits, as the check digits prove",
    ),
    "rule_identity_form": ("统一证件号码的写法", "The identity number in its one form"),
    "rule_identity_in_text": (
        "文字中的公民身份号码已隐去",
        "A citizen's identity number in the text was made unreadable",
    ),
    "rule_date_style": ("统一日期的写法", "The date in its one form"),
    "rule_date_serial": ("电子表格日期序号换算为日期", "A spreadsheet's serial number as a date"),
    "rule_for_good": ("长期有效记为 2099 年 12 月 31 日", "Without end: the last day of 2099"),
    "rule_amount_form": (
        "金额换算为列名中的单位",
        "The amount as a number in the unit of the column's title",
    ),
    "rule_number_form": ("统一数字的写法", "The number in its one form"),
    "rule_synonym": ("改为目录中的取值", "The catalogue's own word"),
    "rule_joiner": ("统一多个取值之间的分隔", "Several values joined in one way"),
    "rule_zero": ("金额为 0 视为空", "An amount of zero taken as none"),
}
