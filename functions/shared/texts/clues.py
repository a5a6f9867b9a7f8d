"""What clues say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "photo_missing": (
        "照片未上传，或不属于本单位",
        "This photo has not arrived, or is not your unit's",
    ),
    "village_not_in_town": (
        "村（社区）{village} 不属于镇街 {town}",
        "The village {village} does not lie in the town {town}",
    ),
    "value_units_or_relieve": (
        "须提供 units、relieve 或两者",
        "Give units, relieve or both",
    ),
    "assign_note_missing": (
        "{units} 不在建议名单内或已提出异议，请说明交办理由",
        "{units} was not proposed, or disputes: say in note why it is to act",
    ),
    "unit_given_and_relieved": (
        "同一单位不能既交办又收回：{units}",
        "The same unit cannot be given the clue and relieved of it: {units}",
    ),
    "unit_not_assigned": ("该线索未交办给 {unit}", "The clue was not assigned to {unit}"),
    "share_closed": ("{unit} 已办结", "{unit} has closed its share"),
    "share_over": (
        "{unit} 的任务处于 {state} 状态，不能再 {verb}",
        "The share of {unit} is {state}; '{verb}' is no longer possible",
    ),
    "share_step": (
        "处于 {state} 状态，不能 {verb}；可以：{allowed}",
        "A share that is {state} does not allow '{verb}'; possible: {allowed}",
    ),
    "clue_closed": ("线索已办结", "The clue is closed"),
    "clue_too_many_steps": (
        "线索记录已达 {most} 条上限",
        "The clue has reached its {most} steps",
    ),
    "clue_too_long": (
        "线索记录已满，仅可签收、收回和办结",
        "The record of the clue is full; shares can only be received, taken back and closed",
    ),
    "too_many_shares": (
        "一条线索最多交办 {most} 个单位",
        "A clue can be assigned to at most {most} units",
    ),
    "only_with_dispute": ("仅提出异议时填写", "Only with a dispute"),
    "decision_final": (
        "共同上级已作出决定，不能再提出异议",
        "The common superior has decided; this cannot be disputed again",
    ),
    "clue_evidence_missing": (
        "办结须附依据（处罚、整改、未发现违法、查无此处、移送或备案）",
        "Closing needs its evidence (penalty, correction, no violation, not found, transfer or"
        " filing)",
    ),
}
