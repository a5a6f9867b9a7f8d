"""What the registry says: code → (Chinese, English)."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # codes of entities
    "code_missing": (
        "缺少统一社会信用代码或注册号",
        "The unified social credit code or registration number is missing",
    ),
    "code_length": (
        "代码有 {length} 位；统一社会信用代码应为 18 位，注册号应为 15 位或 13 位",
        "The code has {length} characters; a unified code has 18, a registration number 15 or 13",
    ),
    "code_alphabet": (
        "代码中有不允许的字符：{characters}",
        "The code has characters that cannot stand in it: {characters}",
    ),
    "code_division": (
        "代码第 3 至 8 位应为行政区划数字，实为 {division}",
        "Characters 3 to 8 of the code must be the digits of a division, not {division}",
    ),
    "code_check_digit": (
        "{length} 位代码的校验码不符，请核对是否录错",
        "The check digit of the {length}-character code is wrong; look for a typing error",
    ),
    "code_organisation": (
        "这是组织机构代码；请提供统一社会信用代码或注册号",
        "This is an organisation code; the unified code or registration number is needed",
    ),
    "code_citizen_id": (
        "这像是公民身份号码；请提供统一社会信用代码或注册号",
        "This looks like a citizen's identity number; the unified code is needed",
    ),
    "code_authority_unknown": (
        "代码首位的登记管理部门未在国家标准中列出",
        "The code's first character names no registering authority of the standard",
    ),
    "code_organisation_check": (
        "代码第 9 至 17 位的组织机构代码校验不符，仍予受理",
        "The organisation code inside (characters 9 to 17) has a wrong check; taken nevertheless",
    ),
    "code_without_check_digit": (
        "该注册号没有校验码，无法校验",
        "This registration number has no check digit, so it could not be checked",
    ),
    # other fields of a row
    "name_missing": ("缺少企业名称", "The name is missing"),
    "name_too_long": (
        "名称有 {found} 个字符，最多 {most} 个",
        "The name has {found} characters; at most {most} are allowed",
    ),
    "scope_too_long": (
        "经营范围有 {found} 个字符，最多 {most} 个",
        "The business scope has {found} characters; at most {most} are allowed",
    ),
    "field_too_long": (
        "有 {found} 个字符，最多 {most} 个",
        "This has {found} characters; at most {most} are allowed",
    ),
    "not_text": ("应为文本", "This must be text"),
    "text_undecodable": (
        "有无法识别的字符；请检查文件编码",
        "Some characters cannot be decoded; check the encoding of the file",
    ),
    "columns_shifted": (
        "从这一列起内容错位，请核对各列",
        "From this column on the values stand in wrong columns",
    ),
    "date_missing": ("没有注册日期", "The date of registration is not stated"),
    "date_format": (
        "日期无法识别；请用 2019-03-22 这样的格式",
        "The date cannot be read; write it as 2019-03-22",
    ),
    "date_future": ("日期在今天之后", "The date lies in the future"),
    "date_absurd": ("日期早于 1949 年", "The date lies before 1949"),
    "time_format": (
        "时间无法识别；请写北京时间如 2024-05-06 08:00:00，或带时区的 2024-05-06T08:00:00+08:00",
        "The time cannot be read; write 2024-05-06 08:00:00 (Shanghai's time), or with its zone "
        "2024-05-06T08:00:00+08:00",
    ),
    "event_unknown": (
        "不认识的登记事项：{value}；应为设立、变更或注销",
        "Unknown event {value}; it must be establishment, change or cancellation",
    ),
    "capital_missing": ("没有注册资金", "No registered capital is stated"),
    "capital_unreadable": (
        "注册资金无法识别，已忽略",
        "The registered capital cannot be read and was left out",
    ),
    # files
    "file_empty": ("文件为空", "The file is empty"),
    "file_not_text": (
        "这不是文本文件；请另存为 CSV",
        "This is not a text file; save it as CSV",
    ),
    "file_broken": (
        "文件在第 {line} 行附近损坏，无法继续读取",
        "The file is broken near line {line} and cannot be read further",
    ),
    "header_missing": (
        "首行缺少这些列：{columns}",
        "The first line lacks these columns: {columns}",
    ),
    "header_twice": (
        "首行中这些列出现不止一次：{columns}",
        "The first line names these columns more than once: {columns}",
    ),
    "row_ragged": (
        "第 {line} 行有 {found} 列，应为 {expected} 列",
        "Line {line} has {found} columns instead of {expected}",
    ),
    "row_unclosed": (
        "第 {line} 行的引号没有配对",
        "A quotation mark on line {line} is never closed",
    ),
    # why a person must find the place
    "no_address": ("没有登记地址", "No address is registered"),
    "out_of_city": ("登记地址在本市以外", "The registered address lies outside the city"),
    "town_ambiguous": (
        "地址可能属于不止一个镇街",
        "The address may lie in more than one town",
    ),
    "town_unknown": ("地址中找不到镇街", "No town could be found in the address"),
    "village_ambiguous": (
        "地址可能属于不止一个村（社区）",
        "The address may lie in more than one village",
    ),
    "village_unknown": ("地址中找不到村（社区）", "No village could be found in the address"),
}
