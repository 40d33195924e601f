"""Master data table commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from edge.core.entity import Entity
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.master_data.commands import SetRows

FAULTS_SHOWN = 50
"""Refused rows to report at once. Further ones appear on the next attempt."""


def set_rows(entities: Mapping[str, Entity[Any]], tx: Transaction, command: SetRows) -> None:
    """Apply each row as its record's command. Raises the first `Refusal`, with `line`, and in `rows` (JSON) the line,
    code and values of every refused one."""
    entity = entities[command.table]
    refused = list[tuple[int, str, Mapping[str, str | int]]]()
    for line, row in command.rows:
        try:
            tx.do(entity.set_command(msgspec.convert(row, entity.struct)), asks=False)
        except Refusal as refusal:
            refused.append((line, refusal.code, refusal.refused.values))
    if refused:
        rows = msgspec.json.encode(refused[:FAULTS_SHOWN]).decode()
        raise Refusal("rows_refused", {"line": refused[0][0], "count": len(refused), "rows": rows})
