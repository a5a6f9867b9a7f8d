"""The sentences behind every code, in Chinese and English (D4): the one place to word an answer."""

from __future__ import annotations

from typing import Any

from functions.shared.texts import (
    alerts,
    clues,
    credit,
    credit_rows,
    discipline,
    inspections,
    interfaces,
    registry,
    reports,
    spreadsheets,
    supervision,
    trail,
    worklist,
)

ZH, EN = "zh", "en"

_COMMON: dict[str, tuple[str, str]] = {
    # kinds of problems
    "invalid": ("请求内容有误，未作任何更改", "The request is not valid; nothing was changed"),
    "unauthenticated": ("未登录或凭证无效", "Not signed in, or the credential does not hold"),
    "forbidden": ("系统的接入登记不允许此调用", "The system's registration does not allow this"),
    "not_found": ("未找到", "Not found"),
    "conflict": ("当前状态不允许该操作", "The present state does not allow this"),
    "too_large": ("超过单次允许的数量或大小", "More than one call may carry"),
    "too_many": ("调用次数超过约定", "More calls than were agreed"),
    "unavailable": ("系统暂时不可用，请稍后重试", "The system is not available; try again later"),
    "busy": (
        "多方同时修改同一记录，请稍后重试",
        "Several callers are changing the same record; try again shortly",
    ),
    "unexpected": (
        "系统内部错误，请凭请求编号联系运维",
        "Something broke on our side; ask the operators, with the request's id",
    ),
    "day_not_covered": (
        "工作日历未涵盖 {year} 年（{first} 至 {last} 年）",
        "The working calendar does not cover {year} (it covers {first} to {last})",
    ),
    # requests in general
    "token_missing": ("缺少访问令牌", "The access token is missing"),
    "token_refused": ("访问令牌无效或已过期", "The access token is not valid or has expired"),
    "item_department_unknown": (
        "事项 {item} 的部门“{department}”不在部门名录中",
        "Item {item} names the department {department}, which the directory does not know",
    ),
    "unit_needed": (
        "请指明单位（您的单位：{units}）",
        "Name the unit (yours are: {units})",
    ),
    "cursor_broken": (
        "翻页标记无效，请从第一页开始",
        "This cursor is not valid; start at the first page",
    ),
    "json_broken": ("请求正文不是有效的 JSON", "The body is not valid JSON"),
    "value": ("取值无效", "Not a valid value"),
    "value_missing": ("缺少必填字段", "This field is required"),
    "value_extra_forbidden": ("不认识的字段", "There is no such field"),
    "value_enum": ("取值应为：{expected}", "The value must be one of: {expected}"),
    "value_literal_error": ("取值应为：{expected}", "The value must be one of: {expected}"),
    **dict.fromkeys(
        ("value_model_type", "value_model_attributes_type", "value_dict_type"),
        ("应为对象", "This must be an object"),
    ),
    **dict.fromkeys(
        ("value_list_type", "value_tuple_type", "value_set_type", "value_frozen_set_type"),
        ("应为列表", "This must be a list"),
    ),
    **dict.fromkeys(
        ("value_string_type", "value_string_unicode"),
        ("应为文本", "This must be text"),
    ),
    "value_string_too_long": ("最多 {max_length} 个字符", "At most {max_length} characters"),
    "value_string_too_short": ("至少 {min_length} 个字符", "At least {min_length} characters"),
    "value_string_pattern_mismatch": (
        "格式不正确，或含有不允许的字符",
        "Not in the form that this field has, or with characters that it may not hold",
    ),
    "value_too_long": ("最多 {max_length} 条", "At most {max_length} entries"),
    "value_too_short": ("至少 {min_length} 条", "At least {min_length} entries"),
    **dict.fromkeys(
        ("value_int_type", "value_int_parsing", "value_int_from_float", "value_int_parsing_size"),
        ("应为整数", "This must be a whole number"),
    ),
    **dict.fromkeys(
        (
            "value_float_type",
            "value_float_parsing",
            "value_finite_number",
            "value_decimal_type",
            "value_decimal_parsing",
        ),
        ("应为数字", "This must be a number"),
    ),
    "value_decimal_max_digits": ("最多 {max_digits} 位数字", "At most {max_digits} digits"),
    "value_decimal_max_places": (
        "最多 {decimal_places} 位小数",
        "At most {decimal_places} decimal places",
    ),
    "value_decimal_whole_digits": ("数字过大", "This number is too large"),
    "value_greater_than_equal": ("不得小于 {ge}", "This must be {ge} or more"),
    "value_greater_than": ("须大于 {gt}", "This must be more than {gt}"),
    "value_less_than_equal": ("不得大于 {le}", "This must be {le} or less"),
    "value_less_than": ("须小于 {lt}", "This must be less than {lt}"),
    **dict.fromkeys(
        ("value_bool_type", "value_bool_parsing"),
        ("应为 true 或 false", "This must be true or false"),
    ),
    **dict.fromkeys(
        (
            "value_date_type",
            "value_date_parsing",
            "value_date_from_datetime_parsing",
            "value_date_from_datetime_inexact",
        ),
        ("不是有效日期（应如 2026-03-02）", "Not a valid date (such as 2026-03-02)"),
    ),
    **dict.fromkeys(
        (
            "value_datetime_type",
            "value_datetime_parsing",
            "value_datetime_from_date_parsing",
            "value_datetime_object_invalid",
        ),
        ("不是有效时间", "Not a valid instant"),
    ),
    "value_timezone_aware": ("时间须带时区", "An instant needs its time zone"),
    "value_toml_or_items": (
        "toml 与 items 须且只能提供其一",
        "Give either toml or items",
    ),
    "value_town_or_items": (
        "须提供 town、items 或两者",
        "Give town, items or both",
    ),
    "value_days_reversed": (
        "valid_until 不得早于 issued_on",
        "The day valid_until lies before issued_on",
    ),
    "value_either_items_or_route": (
        "items 与 route 须且只能提供其一",
        "Give either items or a route",
    ),
    "value_nobody_needs_note": ("选择 nobody 须说明理由", "The route nobody needs a note"),
    "value_union_tag_not_found": ("缺少 {discriminator}", "{discriminator} is missing"),
    "value_union_tag_invalid": (
        "{discriminator} 应为：{expected_tags}",
        "{discriminator} must be one of: {expected_tags}",
    ),
}

# What a model's own rules say in English, and the code that says it in both languages.
RULES = {
    "give either toml or items": "value_toml_or_items",
    "give town, items or both": "value_town_or_items",
    "give units, relieve or both": "value_units_or_relieve",
    "valid_until lies before issued_on": "value_days_reversed",
    "give either items or a route": "value_either_items_or_route",
    "nobody needs a note": "value_nobody_needs_note",
    "give either inspection or code": "value_inspection_or_code",
    "give either a subject or return": "value_subject_or_return",
}

TEXTS = {
    **_COMMON,
    **registry.TEXTS,
    **supervision.TEXTS,
    **spreadsheets.TEXTS,
    **interfaces.TEXTS,
    **alerts.TEXTS,
    **clues.TEXTS,
    **credit.TEXTS,
    **credit_rows.TEXTS,
    **discipline.TEXTS,
    **inspections.TEXTS,
    **worklist.TEXTS,
    **reports.TEXTS,
    **trail.TEXTS,
}


def language(accept: str) -> str:
    """The language to answer in, from an Accept-Language header; Chinese unless English is asked.

    >>> language("en-GB,en;q=0.9,zh;q=0.1"), language("zh-CN"), language("")
    ('en', 'zh', 'zh')
    """
    best, best_weight = ZH, 0.0
    for part in accept.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.partition("-")[0]
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        if primary in (ZH, EN) and value > best_weight:
            best, best_weight = primary, value
    return best


def text(code: str, language: str, **params: Any) -> str:
    """The sentence for `code`; tuples are listed, a parameter that is missing shows as its name."""
    zh, en = TEXTS[code]
    sentence, comma = (en, ", ") if language == EN else (zh, "、")
    shown = {
        name: comma.join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in params.items()
    }
    return sentence.format_map(_Shown(shown))


class _Shown(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
