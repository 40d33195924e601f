"""Printing commands, inside the transaction. Print jobs are local state: their causes are in the journal."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.core.messages import Refusal, Right
from edge.core.registry import Transaction
from edge.core.storage.database import Connection, blob
from edge.foundation.access.rights import DELIVER, INVOICES, MANAGE, ORDERS, OVERRIDE, REPORTS, SELL
from edge.foundation.printing.commands import (
    HELD,
    ConfirmPrint,
    CopyPrint,
    QueuePrint,
    ReleasePrint,
    SettlePrint,
    State,
)
from edge.foundation.printing.document import Document, TemplateBlock, Text
from edge.foundation.printing.events import PrintConfirmed, PrintCopied
from edge.foundation.printing.queries import DOUBTFUL, NOT_MADE, PrintJob, read_print_job
from edge.lib.i18n import translate

JOBS_LIMIT, OPEN_KEPT = 1_000, 20_000
"""Finished print jobs to keep, and jobs that may wait for a printer or a person: enough for weeks, but limited, because
a till may have no printer. Older ones are deleted; the journal still has the events that caused them."""
_TRIM_EVERY = 100

TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    "sending": ("queued",),
    "queued": ("sending",),
    "sent": ("sending",),
    "printed": ("sending",),
    "unknown": ("sending",),
    "failed": ("queued", "sending"),
}
"""The states from which a job may change to each state."""
COPIED_BY: Mapping[str, tuple[Right, ...]] = {
    "order": (SELL, ORDERS),
    "orders/run": (ORDERS, DELIVER),
    "report": (OVERRIDE, REPORTS),
    "invoice": (SELL, INVOICES),
    "coupons": (MANAGE,),
    "label": (MANAGE,),
}
"""The rights (any one is enough) to copy a document, by template or job kind. They are those of the command that
creates it. Other documents can be copied at the till by users who sell."""

_QUEUE = """
    INSERT INTO print_job
        (register, target, kind, document, receipt, copy, state, queued_us, expires_us, boot_id, changed_us)
    VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)
"""
_DOUBTFUL = "SELECT 1 FROM print_job WHERE state = 'unknown' AND register = ? AND receipt = ?"
_ANSWERED = """
    UPDATE print_job SET state = 'failed', problem = 'copied', changed_us = ?
    WHERE state = 'unknown' AND register = ? AND receipt = ?
"""
_TRIM = f"""
    DELETE FROM print_job
    WHERE id <= ? AND state <> 'sending' AND (id <= ? OR state <> 'queued' AND NOT ({DOUBTFUL}))
"""
_encode = msgspec.json.Encoder().encode


def queue_print(tx: Transaction, command: QueuePrint) -> int:
    if command.receipt is not None and not command.is_first:
        doubtful = (tx.actor.register, command.receipt)
        if tx.db.execute(_DOUBTFUL, doubtful).fetchone():
            tx.db.execute(_ANSWERED, (tx.at_us, *doubtful))
    return _queue(tx, command, copy=0)


def release_print(tx: Transaction, command: ReleasePrint) -> None:
    values = (_encode(command.document), tx.at_us, command.job, HELD)
    tx.db.execute("UPDATE print_job SET document = ?, target = '', changed_us = ? WHERE id = ? AND target = ?", values)


def after_restore(db: Connection) -> None:
    """After a restore, mark queued jobs as unknown, because they may have been printed after the backup."""
    db.execute("UPDATE print_job SET state = 'unknown', problem = 'set_back' WHERE state IN ('queued', 'sending')")


def settle_print(tx: Transaction, command: SettlePrint) -> None:
    before = TRANSITIONS[command.state]
    changed = tx.db.execute(
        f"""
        UPDATE print_job SET state = ?, problem = ?, printer = ?, changed_us = ?
        WHERE id = ? AND state IN ({", ".join("?" * len(before))}) AND (? <> 'queued' OR printer = ?)
        """,
        (
            *(command.state, command.problem, command.printer, tx.at_us, command.job, *before),
            *(command.state, command.printer),  # only the printer that took a job may return it
        ),
    )
    if not changed.rowcount:
        raise Refusal("print_job_over", {"job": command.job})


def confirm_print(tx: Transaction, command: ConfirmPrint) -> None:
    job = _own_job(tx, command.job)
    if _is_not_made(job):
        _end(tx, job.id, "failed", "seen")
        return
    if job.state != "unknown":
        raise Refusal("print_job_over", {"job": job.id})
    _end(tx, job.id, "printed", "")
    tx.append(PrintConfirmed(job.id, job.kind, job.receipt))


def copy_print(tx: Transaction, command: CopyPrint) -> int:
    job = _own_job(tx, command.job)
    if job.receipt is not None:
        raise Refusal("copy_by_receipt", {"number": job.receipt})
    _refuse_reprint(tx, job)
    if job.state in ("queued", "sending") or job.expires_us is not None:
        raise Refusal("print_job_waits", {"job": job.id})
    if job.state == "unknown" or _is_not_made(job):
        _end(tx, job.id, "failed", "copied")
    copy = job.copy + 1
    tx.append(PrintCopied(job.id, job.kind, copy))
    return _queue(tx, QueuePrint(job.kind, _copy_of(job, copy), target=job.target), copy)


def _refuse_reprint(tx: Transaction, job: PrintJob) -> None:
    """Raise `Refusal` if the actor may not reprint a document, because they may not create it."""
    made_of = (row.template for row in job.document.rows if isinstance(row, TemplateBlock))
    name = next((template for template in made_of if template in COPIED_BY), job.kind)
    rights = COPIED_BY.get(name, (SELL,))
    if any(tx.actor.may(right) for right in rights):
        return
    raise Refusal("right_denied", {"command": CopyPrint.__name__, "right": rights[0]})


def _is_not_made(job: PrintJob) -> bool:
    return job.state == "failed" and job.problem in NOT_MADE


def _copy_of(job: PrintJob, copy: int) -> Document:
    document = job.document
    mark = Text(translate(document.language, "receipt.copy", copy=copy), align="centre", bold=True, size=2)
    rows = document.rows[1:] if job.copy else document.rows
    return msgspec.structs.replace(document, rows=(mark, *rows))


def _own_job(tx: Transaction, id: int) -> PrintJob:
    """Return a job of the actor's register."""
    job = read_print_job(tx.db, id)
    if job is None or job.register != tx.actor.register:
        raise Refusal("no_such_print_job", {"job": id})
    return job


def _end(tx: Transaction, id: int, state: State, problem: str) -> None:
    tx.db.execute(
        "UPDATE print_job SET state = ?, problem = ?, changed_us = ? WHERE id = ?", (state, problem, tx.at_us, id)
    )


def _queue(tx: Transaction, command: QueuePrint, copy: int) -> int:
    expires_us = None if command.expires_ms is None else tx.mono_us + command.expires_ms * 1000
    document = blob(_encode(command.document))
    cursor = tx.db.execute(
        _QUEUE,
        (
            tx.actor.register,
            HELD if command.held else command.target,
            command.kind,
            document,
            command.receipt,
            copy,
            tx.at_us,
            expires_us,
            blob(tx.boot_id),
            tx.at_us,
        ),
    )
    id = int(cursor.lastrowid)
    if id % _TRIM_EVERY == 0:
        tx.db.execute(_TRIM, (id - JOBS_LIMIT, id - OPEN_KEPT))
    return id
