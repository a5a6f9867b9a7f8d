"""What inspections say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "inspection_too_many_steps": (
        "该核查的办理步骤已达上限（{most}）",
        "The inspection has taken the most steps that it may ({most})",
    ),
}
