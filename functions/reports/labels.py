"""What kinds and stages are called on paper."""

from __future__ import annotations

KINDS = {"task": "任务", "clue": "线索"}
STAGES = {
    "receive": "接收",
    "verify": "核查",
    "handle": "办理",
    "close": "办结",
    "assign": "分派",
}
