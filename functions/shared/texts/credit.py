"""What public credit says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    # grades and books of rules
    "entry_periods_unknown": (
        "信用目录事项 {item} 所用的公示期规则 {periods} 在该日的公示期规则中不存在",
        "The item {item} goes by the periods {periods}, which the book of periods does not know on"
        " that day",
    ),
    "rule_item_unknown": (
        "评定规则 {rule} 中的信用事项 {item} 不在信用目录中",
        "Rule {rule} counts the item {item}, which the catalogue does not know",
    ),
    # whom a row is about, and looking for subjects
    "name_of_other": (
        "名称与统一社会信用代码不一致（{reason}）：该代码属于“{name}”，所报名称属于代码 {other}",
        "The name does not belong to the code ({reason}): that code is {name}'s, and this name"
        " belongs to the code {other}",
    ),
    "name_not_of_code": (
        "名称与统一社会信用代码不一致（{reason}）：该代码属于“{name}”",
        "The name does not belong to the code ({reason}): that code is {name}'s",
    ),
    "subject_unknown": (
        "没有代码，且登记信息中没有这个名称的主体",
        "There is no code, and nobody bears this name in the registry",
    ),
    "subject_not_covered": (
        "该信用事项不收集这类主体的信息",
        "This item of the catalogue takes no rows about subjects of this kind",
    ),
    "person_unidentified": (
        "自然人须有证件号码",
        "A person must be identified by the number of a document",
    ),
    "query_short": (
        "请至少输入 {least} 个字（不计省市名）、完整名称或统一社会信用代码",
        "Give at least {least} characters of the name (besides province and city), the whole name,"
        " or the unified code",
    ),
    "article_withdrawn": (
        "这篇文章已撤下；请修改后重新发布",
        "This article was withdrawn; change it to publish it again",
    ),
    "article_text": (
        "只能是纯文本，不得含控制字符",
        "Only plain text, without control characters",
    ),
    # key persons
    "person_number": (
        "证件号码无效（不在回复中重复）",
        "Not a valid identity number (it is not repeated here)",
    ),
    "look_up_over": (
        "该次查询已超过 {minutes} 分钟，请重新查询",
        "The look-up is more than {minutes} minutes old; look the person up again",
    ),
    "person_in_test": (
        "测试模式的系统不能查询重点人群",
        "A system in test mode looks up nobody",
    ),
    # batches: at the door
    "source_unknown": (
        "信用目录中没有来源单位 {source}",
        "The catalogue knows no source {source}",
    ),
    "entry_unknown": ("信用目录中没有事项 {item}", "The catalogue has no item {item}"),
    "entry_not_in_force": (
        "信用事项 {item} 在 {day} 不生效",
        "The item {item} does not hold on {day}",
    ),
    "item_not_yours": (
        "单位 {source} 不报送信用事项 {item}",
        "{source} does not hand in rows of {item}",
    ),
    "batch_too_many_rows": (
        "超过 {most} 行，请分批报送",
        "More than {most} rows; hand them in as several batches",
    ),
    "batch_id_taken": (
        "该批次编号已用于另一批（事项 {item}）",
        "This id is that of another batch (of {item})",
    ),
    "rows_missing": ("没有数据行", "There are no rows"),
    "rows_in_json_only": (
        "rows 只能用于 form 为 json 的批次",
        "Rows are given in batches of the form json alone",
    ),
    "columns_unknown": (
        "不认识的列未予采集：{columns}",
        "Unknown columns were left out: {columns}",
    ),
    "field_twice": (
        "同一字段以不同名称出现不止一次",
        "The same field is given more than once, under several names",
    ),
    "number_rounded": (
        "号码被电子表格存成了数值，末尾数字可能已丢失；请把单元格设为文本后重新填写",
        "The spreadsheet keeps this as a number and may have lost its last digits; format the cell"
        " as text and type it again",
    ),
    # batches: held, refused
    "batch_far_rows": (
        "行数远多于该来源平常报送的数量",
        "Far more rows than this source usually sends",
    ),
    "batch_far_errors": (
        "退回比例远高于该来源平常的比例",
        "A far higher share of rows is returned than this source usually has",
    ),
    "batch_first_errors": (
        "该来源初次报送，且多数行被退回",
        "One of the first batches of this source, and most of its rows are returned",
    ),
    "batch_refused": (
        "整批退回：请核对后重新报送",
        "The whole batch was sent back; check it and hand it in again",
    ),
    "batch_not_held": (
        "该批次不在待处理状态（现为 {state}）",
        "This batch does not wait for a decision (it is {state})",
    ),
    # rows: in the core store
    "document_taken": (
        "同一文书已属于另一主体的记录",
        "Another subject has a record of this very document",
    ),
    "other_source": (
        "该记录由{name}报送",
        "This record was handed in by {name}",
    ),
    "record_decided": (
        "该记录已经异议处理作出决定，决定继续有效；原单位如另作新的决定，须以新的文书报送，或联系信用主管部门",
        "What was decided on an objection to this record stands; a new decision needs a document of"
        " its own, or ask the credit office",
    ),
    "source_code_other": (
        "这是“{name}”的代码，不是报送单位的代码",
        "This is the code of {name}, not of the source that hands the row in",
    ),
    "organ_other": (
        "这是“{name}”的代码；其作出的决定由该单位自行报送",
        "This is the code of {name}, which hands in its own decisions itself",
    ),
    "row_contradicts": (
        "与本批第 {other} 行是同一记录，内容却不同",
        "The same record as row {other} of this batch, with other values",
    ),
    "row_sent_back": ("经人工核对退回：{note}", "Sent back by a person: {note}"),
    "row_decided": ("该行已由 {by} 处理", "This row was decided by {by}"),
    "subject_not_matched": (
        "{subject} 与该行的名称不符，不能作为其主体",
        "{subject} does not go with this row's name, so it cannot be its subject",
    ),
    "returned_too_large": (
        "退回表过大，请用 sheet_url 下载",
        "The sheet is too large for one answer; fetch it from sheet_url",
    ),
    "value_subject_or_return": (
        "subject 与 return 须且只能提供其一",
        "Give either a subject or return",
    ),
    "period_wrong": (
        "起止日期颠倒，或超过 {days} 天",
        "The period ends before it begins, or has more than {days} days",
    ),
    # sharing onward
    "not_in_parcel": (
        "这些记录不在该数据包中：{records}",
        "These records are not in the parcel: {records}",
    ),
    # objection and repair
    "record_not_live": (
        "该记录已失效（{state}），不能提出异议或信用修复",
        "The record counts no more ({state}); there is nothing to object to or to repair",
    ),
    "disputes_many": (
        "同一记录最多同时有 {most} 件异议或修复申请",
        "At most {most} objections and repairs about one record at once",
    ),
    "not_repairable": (
        "该记录不能申请信用修复：{reason}",
        "This record cannot be repaired: {reason}",
    ),
    "repair_not_yet": (
        "最短公示期未满，{opens} 起方可申请信用修复",
        "The least time of publicity is not over; a repair may be asked for from {opens} on",
    ),
    "only_with_repair": ("仅信用修复申请需要", "This belongs to a repair only"),
    "only_with_objection": (
        "仅异议成立时才能撤销或更正记录",
        "Only an objection that is upheld withdraws or corrects a record",
    ),
    "only_with_correct": ("仅更正记录时需要", "This belongs to a correction only"),
    "field_unknown": ("该信用事项没有这个字段", "The item has no such field"),
    "field_not_correctable": (
        "证件号码不能在此更正，请由来源单位重新报送",
        "Identity numbers are not corrected here; the source hands the row in anew",
    ),
    "correct_key": (
        "更正不得改变主体和 {fields}；请撤销该记录，由来源单位重新报送",
        "A correction changes neither the subject nor {fields}; withdraw the record, and let the"
        " source hand it in anew",
    ),
    "dispute_over": ("该申请已办结（{state}）", "The dispute is over ({state})"),
    "dispute_step": (
        "申请处于 {state} 状态，此时可以：{allowed}",
        "The dispute is {state}; from here: {allowed}",
    ),
    "dispute_extended": ("答复期限只能延长一次", "The time to answer is extended only once"),
    "source_has_time": (
        "来源单位可在 {due} 前答复",
        "The source may answer until {due}",
    ),
}
