"""Import commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Set

import msgspec

from edge.core.jobs import store as jobs
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.ingest.commands import ImportCatalog, TakeBackImport

IMPORT_JOB, TAKE_BACK_JOB = "import_catalog", "take_back_import"


def import_catalog(tx: Transaction, command: ImportCatalog) -> int:
    return jobs.queue(tx, IMPORT_JOB, msgspec.to_builtins(command))


def take_back_import(tx: Transaction, command: TakeBackImport, others: Set[str] = frozenset()) -> int:
    job = jobs.read_job(tx.db, command.job)
    if job is None or job.kind not in (IMPORT_JOB, *others):
        raise Refusal("import_unknown", {"job": command.job})
    if job.state in ("queued", "running"):
        raise Refusal("import_running", {"job": command.job})
    return jobs.queue(tx, TAKE_BACK_JOB, msgspec.to_builtins(command))
