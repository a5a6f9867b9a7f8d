"""The sentences behind every code, in Chinese and English (D4): the one place to word an answer."""

from __future__ import annotations

from typing import Any

from functions.shared.texts import interfaces, registry, spreadsheets, supervision

ZH, EN = "zh", "en"

_COMMON: dict[str, tuple[str, str]] = {
    # kinds of problems
    "invalid": ("请求内容有误，未作任何更改", "The request is not valid; nothing was changed"),
    "unauthenticated": ("未登录或凭证无效", "Not signed in, or the credential does not hold"),
    "not_found": ("未找到", "Not found"),
    "conflict": ("当前状态不允许该操作", "The present state does not allow this"),
    "too_large": ("超过单次允许的数量或大小", "More than one call may carry"),
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
    "unit_needed": (
        "请指明单位（您的单位：{units}）",
        "Name the unit (yours are: {units})",
    ),
    "cursor_broken": (
        "翻页标记无效，请从第一页开始",
        "This cursor is not valid; start at the first page",
    ),
    "json_broken": ("请求正文不是有效的 JSON", "The body is not valid JSON"),
    "value": ("取值无效：{detail}", "Not a valid value: {detail}"),
    "value_missing": ("缺少必填字段", "This field is required"),
    "value_extra_forbidden": ("不认识的字段", "There is no such field"),
    "value_enum": ("取值应为：{expected}", "The value must be one of: {expected}"),
    "value_string_type": ("应为文本", "This must be text"),
    "value_string_too_long": ("最多 {max_length} 个字符", "At most {max_length} characters"),
    "value_string_too_short": ("至少 {min_length} 个字符", "At least {min_length} characters"),
    "value_too_long": ("最多 {max_length} 条", "At most {max_length} entries"),
    "value_too_short": ("至少 {min_length} 条", "At least {min_length} entries"),
    "value_date_from_datetime_parsing": ("不是有效日期", "Not a valid date"),
    "value_union_tag_not_found": ("缺少 {discriminator}", "{discriminator} is missing"),
    "value_union_tag_invalid": (
        "{discriminator} 应为：{expected_tags}",
        "{discriminator} must be one of: {expected_tags}",
    ),
}

TEXTS = {
    **_COMMON,
    **registry.TEXTS,
    **supervision.TEXTS,
    **spreadsheets.TEXTS,
    **interfaces.TEXTS,
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
    """The sentence for `code`; a parameter that is missing shows as its own name."""
    zh, en = TEXTS[code]
    return (en if language == EN else zh).format_map(_Shown(params))


class _Shown(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
