"""What spreadsheets says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    # the file
    "sheet_not_xlsx": (
        "这不是可以读取的 .xlsx 文件；请用 Excel 或 WPS 另存为不加密的 .xlsx",
        "This is not a readable .xlsx file; save it as .xlsx without a password",
    ),
    "sheet_too_large": (
        "文件超过 {most} MB，或解压后过大",
        "The file has more than {most} MB, or unpacks to far more",
    ),
    "sheet_too_many_rows": (
        "表格超过 {most} 行，请分几次提交",
        "The sheet has more than {most} rows; send it in parts",
    ),
    "sheet_too_many_columns": (
        "表格超过 {most} 列",
        "The sheet has more than {most} columns",
    ),
    "sheet_empty": ("表格中没有数据", "There is nothing in the sheet"),
    "sheet_row_not_reached": (
        "时间不足，尚未处理；请将表格再提交一次",
        "There was no time left for this row; send the sheet once more",
    ),
    "sheet_nothing_filled": (
        "表格中没有填写任何反馈",
        "Nothing was filled in on the sheet",
    ),
    # the layout
    "sheet_header_missing": (
        "找不到表头（“{column}”等列）；请使用系统导出的表格",
        "No header row ({column} and the others) was found; use the sheet that the system exports",
    ),
    "sheet_column_missing": (
        "缺少列：{columns}（不认识的列：{unknown}）；请使用系统导出的表格，不要改动表头",
        "Missing columns: {columns} (unknown ones: {unknown}); keep the headers as exported",
    ),
    "sheet_column_twice": (
        "列“{column}”出现不止一次",
        "The column {column} is there more than once",
    ),
    "sheet_columns_shifted": (
        "第 {row} 行起内容错位（见“{column}”列）；请核对后重新提交，未作任何更改",
        "From row {row} on cells stand in wrong columns (see {column}); nothing was taken",
    ),
    # a row
    "sheet_row_mixed_up": (
        "本行的“{column}”是 {given}，但该任务是 {stands}；可能只对部分列排序或粘贴，请重新导出",
        "{column} in this row is {given}, but the task's is {stands}: columns were sorted or"
        " pasted apart; export the sheet again",
    ),
    "sheet_cell_surplus": (
        "与所选的“{chosen}”不符，请清空或改选",
        "This does not belong to {chosen}; clear it or choose another",
    ),
    "sheet_days_reversed": (
        "有效期至不能早于发证日期",
        "The licence would end before it was issued",
    ),
    # a cell
    "sheet_cell_error": (
        "{cell} 是 Excel 错误值，请改正",
        "{cell} is an error value of Excel; correct it",
    ),
    "sheet_cell_is_date": (
        "Excel 把填写的内容变成了日期（{value}）；请把单元格设为文本后重新填写",
        "Excel turned this into a date ({value}); format the cell as text and type it again",
    ),
    "sheet_number_rounded": (
        "Excel 把号码存成了数值（{value}），末尾数字可能已丢失；请把单元格设为文本后重新填写",
        "Excel keeps this as a number ({value}) and may have lost its last digits; format the"
        " cell as text and type it again",
    ),
    "sheet_day_unreadable": (
        "“{value}”不是有效日期；请填写如 2024-05-06",
        "{value} is not a valid date; write it as 2024-05-06",
    ),
    "sheet_amount_unreadable": (
        "“{value}”不是有效金额；请只填数字，单位为元，最多两位小数",
        "{value} is not a valid amount; write digits only, in yuan, with at most two decimals",
    ),
    "sheet_label_unknown": (
        "不认识的取值“{value}”；可以填写：{allowed}",
        "Unknown value {value}; possible: {allowed}",
    ),
}
