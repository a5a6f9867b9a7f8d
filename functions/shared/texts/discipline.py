"""What joint discipline says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "instrument_unknown": (
        "没有现行有效的惩戒依据文件 {instrument}",
        "There is no instrument {instrument} in force",
    ),
    "instrument_over": (
        "《{instrument}》已失效，不能据此批准",
        "The instrument {instrument} is no longer in force; nothing can be approved by it",
    ),
    "not_initiator": (
        "{unit} 不是该文件的发起部门",
        "{unit} may not initiate under this instrument",
    ),
    "no_ground": (
        "该主体没有仍然有效且符合该文件规定情形的信用记录",
        "No live record of this subject is a ground under this instrument",
    ),
    "ground_unfit": (
        "该记录不存在、已失效，或不属于该文件规定的情形",
        "There is no such record, it no longer counts, or the instrument does not name its kind",
    ),
    "sanction_exists": (
        "同一惩戒已以其他表述发起（{sanction}）；如需另行发起，请填写新的 ref",
        "The same was initiated in other words ({sanction}); give another ref to initiate anew",
    ),
    "sanction_step": (
        "该惩戒处于 {state} 状态，不能 {verb}",
        "A sanction that is {state} does not allow '{verb}'",
    ),
    "nothing_to_apply": (
        "该文件的措施均已不在约束清单内",
        "None of the instrument's measures is on the constraint list any more",
    ),
    "constraint_step": (
        "该约束措施处于 {state} 状态，不能 {verb}",
        "A constraint that is {state} does not allow '{verb}'",
    ),
    "book_broken": ("规则文件无法读取：{reason}", "These rules cannot be read: {reason}"),
    "book_since_past": (
        "生效日期不得早于今天（{today}）",
        "Rules cannot hold from a day before today ({today})",
    ),
    "book_misfit": (
        "内容与其他规则不符：{reason}",
        "This does not fit the other rules: {reason}",
    ),
}
