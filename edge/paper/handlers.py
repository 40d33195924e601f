"""Commands of the paper, inside the transaction. Print jobs are local state: their causes are in the journal."""

from __future__ import annotations

import msgspec

from edge.core.shapes import Refused, Transaction
from edge.paper.commands import QueuePrint, SettlePrint

JOBS_KEPT = 1_000
"""Print jobs that are kept; older ones that are over are forgotten (their causes stay in the journal)."""
_TRIM_EVERY = 100

_QUEUE = """
    INSERT INTO print_job (register, kind, document, state, queued_us, expires_us, boot_id, changed_us)
    VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)
"""
_encode = msgspec.json.Encoder().encode


def queue_print(tx: Transaction, command: QueuePrint) -> int:
    expires_us = None if command.expires_ms is None else tx.mono_us + command.expires_ms * 1000
    cursor = tx.db.execute(
        _QUEUE,
        (
            tx.actor.register,
            command.kind,
            _encode(command.document),
            tx.at_us,
            expires_us,
            tx.boot_id,
            tx.at_us,
        ),
    )
    id = int(cursor.lastrowid)
    if id % _TRIM_EVERY == 0:
        tx.db.execute("DELETE FROM print_job WHERE id <= ? AND state != 'queued'", (id - JOBS_KEPT,))
    return id


def settle_print(tx: Transaction, command: SettlePrint) -> Refused | None:
    changed = tx.db.execute(
        "UPDATE print_job SET state = ?, problem = ?, changed_us = ? WHERE id = ? AND state = 'queued'",
        (command.state, command.problem, tx.at_us, command.job),
    )
    return None if changed.rowcount else Refused("print_job_over", {"job": command.job})
