"""When a worker is ended: pure, so every case is a line."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from models.limits import LOAD_S, OVERDUE_S, SILENT_S, YIELDING_PATIENCE
from models.runtime.health import Signs, judge

WELL = Signs(silent_s=0.4, loading_s=0, overdue_s=-5, own_mb=100, limit_mb=200, yielding=False)


@pytest.mark.parametrize(
    ("signs", "code"),
    [
        ({}, None),
        ({"own_mb": 200}, None),
        ({"own_mb": 201}, "memory"),
        ({"own_mb": 201, "yielding": True}, "memory"),
        ({"silent_s": SILENT_S}, None),
        ({"silent_s": SILENT_S + 1}, "hung"),
        ({"silent_s": SILENT_S + 1, "yielding": True}, None),
        ({"silent_s": SILENT_S * YIELDING_PATIENCE + 1, "yielding": True}, "hung"),
        ({"overdue_s": OVERDUE_S}, None),
        ({"overdue_s": OVERDUE_S + 0.1}, "hung"),
        ({"overdue_s": OVERDUE_S + 0.1, "yielding": True}, None),
        ({"loading_s": LOAD_S}, None),
        ({"loading_s": LOAD_S, "silent_s": LOAD_S}, None),
        ({"loading_s": 1, "overdue_s": 9}, None),
        ({"loading_s": LOAD_S + 1}, "hung"),
    ],
)
def test_a_worker_is_judged(signs: dict[str, Any], code: str | None) -> None:
    judged = judge(msgspec.structs.replace(WELL, **signs))
    assert (judged and judged[0]) == code
