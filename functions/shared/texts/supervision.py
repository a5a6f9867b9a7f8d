"""What supervision says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "task_closed": (
        "任务已办结，不能再{verb}",
        "The task is closed; '{verb}' is no longer possible",
    ),
    "step_not_allowed": (
        "任务处于 {state} 状态，不能 {verb}；可以：{allowed}",
        "A task that is {state} does not allow '{verb}'; possible: {allowed}",
    ),
    "ref_reused": (
        "编号 {ref} 已用于另一条反馈；每条新反馈须用新编号",
        "The reference {ref} was used for other feedback; give each new message a new one",
    ),
    "too_many_steps": ("任务记录已达 {most} 条上限", "The task has reached its {most} steps"),
    "verb_not_reported": ("不能由反馈提交；可以：{allowed}", "Not for feedback; use: {allowed}"),
    "responsible_missing": (
        "退回时应指明应由谁负责",
        "A return must name who is responsible",
    ),
    "only_with_return": ("仅退回时填写", "Only with a return"),
    "only_with_close": ("仅办结时填写", "Only when the task is closed"),
    "evidence_missing": (
        "办结须附依据（许可、备案、处罚或其他结果）",
        "Closing needs its evidence (licence, filing, penalty or another end)",
    ),
    "end_not_for_kind": (
        "该事项不能以 {end} 办结；可以：{allowed}",
        "This item cannot end by {end}; possible: {allowed}",
    ),
    "task_suspended": (
        "任务已中止，恢复后方可 {verb}",
        "The task is suspended; '{verb}' is possible once it is resumed",
    ),
    "task_not_suspended": ("任务并未中止", "The task is not suspended"),
    "calendar_broken": ("工作日历有误：{detail}", "The calendar is not valid: {detail}"),
    "calendar_version_used": (
        "日历版本 {version} 已存在且内容不同；版本一经加载不可更改，请使用新版本号",
        "The calendar {version} exists with other content; a version never changes, use a new name",
    ),
    "calendar_lacks_year": (
        "缺少已公布的 {year} 年；新日历须包含原有各年",
        "The year {year} is missing; a new calendar keeps every year that was published",
    ),
    "limit_not_running": (
        "{stage} 环节没有正在计算的期限",
        "No limit of the stage '{stage}' is running",
    ),
    "limit_passed": (
        "期限 {due} 已过，不能再延长",
        "The limit {due} has passed and can no longer be extended",
    ),
    "extension_too_long": (
        "延期合计不得超过原期限；至多再延 {most} 天",
        "Extensions may at most double a limit; at most {most} more days",
    ),
    "only_with_handle": (
        "仅办理中的任务、仅随 handle 填写",
        "Only with 'handle', on a task that is with its receiver",
    ),
    "only_with_milestone": ("仅与 milestone 一同填写", "Only together with a milestone"),
    "milestone_recorded": (
        "{milestone} 已有记录；期限不重新起算",
        "The milestone '{milestone}' is recorded already; its limit does not start anew",
    ),
    "day_before_push": (
        "日期 {day} 早于任务推送之日",
        "The day {day} lies before the push of the task",
    ),
    "day_in_future": ("日期 {day} 在未来", "The day {day} lies in the future"),
    "unit_unknown": ("没有单位 {unit}", "There is no unit {unit}"),
    "unit_unchanged": ("任务已在 {unit}", "The task is with {unit} already"),
    "unit_of_other_department": (
        "{unit} 属于其他部门；不属本部门职责的请退回并指明责任单位",
        "{unit} belongs to another department; return the task and name who is responsible",
    ),
    "nothing_waits": (
        "没有待人工派发的登记（当前为第 {edition} 次登记）",
        "Nothing waits for a decision here (the entity is at registration {edition})",
    ),
    "item_unknown": ("没有监管事项 {item}", "There is no supervision item {item}"),
    "town_needed": ("须指明所属镇街", "The town must be given"),
    "town_not_ours": ("没有镇街 {town}", "There is no town {town}"),
    "no_items_in_force": (
        "{day} 没有生效的监管事项清单",
        "No set of supervision items is in force on {day}",
    ),
    "items_empty": (
        "该版本没有（在该日生效的）事项",
        "This version has no items (that hold on that day)",
    ),
    "item_twice": (
        "事项 {item} 有两个版本在同一天有效",
        "Two versions of item {item} hold on the same day",
    ),
    "too_many_in_force": (
        "待生效的版本过多（最多 {most} 个）",
        "Too many versions are still to come (at most {most})",
    ),
    "version_exists": (
        "版本 {version} 已存在且内容不同；版本一经加入不可更改，请使用新版本号",
        "Version {version} exists with other content; a version never changes, use a new name",
    ),
    "version_unknown": ("没有版本 {version}", "There is no version {version}"),
    "day_in_past": ("生效日期 {day} 已过", "The day {day} has passed"),
    "items_broken": ("事项清单有误：{detail}", "The set of items is not valid: {detail}"),
    "registration_id": (
        "登记编号应为“代码.次数”：{value}",
        "A registration's id reads '<code>.<edition>': {value}",
    ),
    "duplicate_task": ("同一任务在一批中出现多次", "The same task twice in one batch"),
}
