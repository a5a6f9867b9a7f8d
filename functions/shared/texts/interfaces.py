"""What interfaces says."""

TEXTS: dict[str, tuple[str, str]] = {
    # signatures
    "signature_missing": ("缺少签名头", "This header of the signature is missing"),
    "signature_id": (
        "消息编号最多 {most} 个字符",
        "The message's id may have at most {most} characters",
    ),
    "signature_time": (
        "时间戳应为自 1970 年起的秒数",
        "The timestamp must be whole seconds since 1970",
    ),
    "signature_old": (
        "消息发出已超过 {most} 秒，请重新签名发送",
        "The message is more than {most} seconds old; sign and send it again",
    ),
    "signature_early": (
        "消息时间比系统时间超前 {most} 秒以上，请校准时钟",
        "The timestamp lies more than {most} seconds in the future; set your clock",
    ),
    "signature_wrong": (
        "签名不符；请核对密钥与原始请求正文",
        "The signature does not hold; check the secret and the exact bytes of the body",
    ),
    # systems and where they are
    "unit_form": (
        "单位编码格式不对，应形如 scjg 或 scjg.441900106000",
        "This cannot be a unit; one reads like scjg or scjg.441900106000",
    ),
    "url_form": (
        "网址无效；不得含空格、账号或 # 片段",
        "Not a valid address; spaces, accounts and #fragments cannot be in it",
    ),
    "url_https": ("网址须为 https", "The address must begin with https"),
    "url_private": (
        "{host} 指向内部网络地址，不能作为接收地址",
        "{host} leads to an address inside a network, where nothing may be delivered",
    ),
    "url_unresolved": ("无法解析 {host}", "The name {host} leads nowhere"),
    "system_closed": (
        "该系统已退出；请先重新接入",
        "This system has left; join with it again first",
    ),
    "system_changed": (
        "该系统在页面打开后已有变更（如已更换过密钥）；请核对后再操作",
        "It has changed since it was read (the secret may be new already); look again first",
    ),
    "system_not_enabled": (
        "该单位的系统目前不接收推送",
        "The unit's system takes no deliveries at present",
    ),
    "system_not_addressed": (
        "该单位的系统未登记接收地址",
        "The unit's system has no address to deliver to",
    ),
    "system_in_test": (
        "该单位的系统处于测试模式，不推送真实消息",
        "The unit's system is in test mode, and nothing real is delivered to it",
    ),
    "ref_used": (
        "这个 ref 已用于另一请求",
        "This ref was used for another request",
    ),
    # machines: whether they may call, and how often
    "client_not_registered": (
        "客户端 {client} 未登记；请由运维在 /v1/systems 登记",
        "The client {client} is not registered; an operator registers it under /v1/systems",
    ),
    "client_taken": (
        "客户端 {client} 已由单位 {unit} 登记",
        "The client {client} is registered by {unit}",
    ),
    "scope_missing": (
        "{unit} 的系统未登记调用权限 {action}",
        "The registration of {unit} does not cover {action}",
    ),
    "operators_only": ("只有运维可以设置此项", "Only an operator sets this"),
    "quota_minute": (
        "每分钟最多调用 {most} 次",
        "At most {most} calls were agreed for a minute",
    ),
    "quota_day": ("每天最多调用 {most} 次", "At most {most} calls were agreed for a day"),
    "not_in_test_mode": (
        "测试模式下不能执行此操作",
        "This cannot be rehearsed; it is not done in test mode",
    ),
    # failures
    "queue_unknown": (
        "没有这个队列；应为：{allowed}",
        "There is no such queue; it must be one of: {allowed}",
    ),
}
