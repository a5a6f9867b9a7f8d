"""What inspections say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    # assigning and rosters
    "inspection_step": (
        "该核查处于 {state} 状态，不能 {verb}",
        "An inspection that is {state} does not allow '{verb}'",
    ),
    "inspection_not_placed": (
        "该核查尚未确定村（社区），请先指定",
        "The inspection has no village yet; place it first",
    ),
    "inspection_visited": (
        "已有网格员上门，不能再改派其他村（社区）",
        "An inspector has been at the door; it cannot go to another village",
    ),
    "state_on_no_board": (
        "看板只列网格须办理的核查，不含 {state} 状态的；请查 {unit} 的工作清单（GET /v1/worklist）",
        "A board holds what somebody of the grid must act on, none that is {state};"
        " the worklist of {unit} keeps those (GET /v1/worklist)",
    ),
    "roster_without_grids": (
        "名册至少须有一个网格；空名册会清空本村（社区）",
        "A roster has at least one grid; an empty one would wipe the village",
    ),
    "roster_without_inspectors": (
        "名册至少须有一名网格员；空名册会清空本村（社区）",
        "A roster has at least one inspector; an empty one would wipe the village",
    ),
    "roster_missing": (
        "村（社区）{village} 尚未登记网格或网格员",
        "The village {village} has no roster of grids and inspectors",
    ),
    "grid_unknown": ("本村（社区）没有网格 {grid}", "The village has no grid {grid}"),
    "inspector_unknown": (
        "本村（社区）没有网格员 {inspector}",
        "The village has no inspector {inspector}",
    ),
    "roster_too_long": (
        "网格和网格员名册过大，请精简地名",
        "The roster is too long; name fewer places",
    ),
    "grid_twice": ("网格 {grid} 重复", "The grid {grid} stands there twice"),
    "inspector_twice": ("网格员 {inspector} 重复", "The inspector {inspector} stands there twice"),
    "village_not_ours": ("本市没有村（社区）{village}", "The city has no village {village}"),
    "inspection_too_many_steps": (
        "该核查的办理步骤已达上限（{most}）",
        "The inspection has taken the most steps that it may ({most})",
    ),
    # words of the grid platform
    "value_inspection_or_code": (
        "inspection 与 code 须且只能提供其一",
        "Give either inspection or code",
    ),
    # uploads of a visit
    "upload_ref_taken": (
        "编号 {ref} 已用于另一次上传，内容不同",
        "The ref {ref} was another upload's, with other content",
    ),
    "visit_decided": (
        "该轮核查已于 {at} 由 {by} 完成",
        "This round was decided at {at} by the visit of {by}",
    ),
    "inspection_over": (
        "该核查已结束（后续核查：{next}）",
        "The inspection is over (the one after it: {next})",
    ),
    "too_many_visits": (
        "您在该轮已有 {most} 次未完成的核查（{visits}），请先完成其中一次",
        "You have begun {most} visits of this round ({visits}); finish one of them",
    ),
    "visit_too_long": (
        "核查内容过长，请精简说明",
        "The inspection would become too long; say less",
    ),
    "visit_of_another": ("只能以本人名义上传", "You can only speak for yourself"),
    "check_unknown": ("该核查没有此项：{check}", "The inspection has no such check: {check}"),
    "check_not_rechecked": (
        "复检仅限首检不合格的项目：{checks}",
        "The recheck is only of what failed: {checks}",
    ),
    "result_only_urged": (
        "“{check}”只作督促，请填 urged",
        "{check} is only urged: the result is urged",
    ),
    "result_not_urged": (
        "“{check}”不是督促事项，请填 failed 或 settled",
        "{check} is not only urged: the result is failed or settled",
    ),
    "kinds_without_violation": (
        "结果为 {result} 时不应填写违法情形",
        "With the result {result} there is no kind of violation",
    ),
    "kinds_needed": (
        "结果为 {result} 时须填写违法情形",
        "With the result {result} a kind of violation is needed",
    ),
    "kind_unknown": ("没有此违法情形：{kind}", "There is no such kind of violation: {kind}"),
    "kind_not_on_the_spot": (
        "“{kind}”不能当场处理完毕",
        "{kind} cannot be settled on the spot",
    ),
    "note_needed_for_other": ("选择“其他”时须填写说明", "The kind other needs a note"),
    "note_needed_not_applicable": (
        "结果为“不适用”时须说明原因",
        "What is not_applicable needs a note that says why",
    ),
    "visit_before_registration": (
        "上门时间早于登记日期（{day}）",
        "The visit began before the day on which the registration arrived ({day})",
    ),
    "visit_ends_before_it_begins": (
        "结束时间早于开始时间",
        "The visit ends before it began",
    ),
    "photo_needed": ("不合格的情形须附现场照片", "What failed must be shown on a photo"),
    "instant_in_future": (
        "时间晚于当前时间超过 {minutes} 分钟，请检查手机时钟",
        "The instant lies more than {minutes} minutes in the future; check the phone's clock",
    ),
    "instant_too_old": (
        "时间早于 {days} 天前，请检查手机时钟",
        "The instant lies more than {days} days back; check the phone's clock",
    ),
    "correct_by_out_of_range": (
        "改正期限应在 {first} 至 {last} 之间",
        "The day to correct by lies between {first} and {last}",
    ),
    "refusal_of_nobody": (
        "当事人拒绝改正时，须填写在场人员",
        "Name in present who refuses to correct it",
    ),
    "signature_of_nobody": (
        "当事人签字或拒绝签字时，须填写在场人员",
        "Name in present who signs, or refuses to",
    ),
    "signature_refused": (
        "已有签名，不能同时记为拒绝签字",
        "There is a signature: nobody has refused to sign",
    ),
    # joint disposal and what follows
    "not_failed_twice": (
        "首检、复检均不合格后方可组织联合处置（现为 {state}）",
        "Joint disposal follows once the first visit and the recheck have failed (now: {state})",
    ),
    "already_disposed": (
        "联合处置结果（{day}）已登记",
        "The result of joint disposal ({day}) is recorded already",
    ),
    "disposal_before_recheck": (
        "联合处置不得早于复检（{day}）",
        "Joint disposal is not held before the recheck ({day})",
    ),
    "nothing_to_classify": (
        "没有待研判的事项（现为 {state}）",
        "Nothing waits to be classified (now: {state})",
    ),
    "check_missing": ("缺少事项 {check}", "The check {check} is missing"),
    "check_not_asked": ("未问及事项 {check}", "The check {check} was not asked for"),
    "item_not_in_force": (
        "没有现行有效的监管事项 {item}",
        "No supervision item {item} is in force",
    ),
    # printed notices
    "notice_not_printed": (
        "书面告知书 {number} 正在生成，请稍后再取",
        "The notice {number} is being printed; fetch it in a moment",
    ),
}
