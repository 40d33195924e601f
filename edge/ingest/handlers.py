"""Commands of the import, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core import jobs
from edge.core.shapes import Transaction
from edge.ingest.commands import ImportCatalog

IMPORT_JOB = "import_catalog"


def import_catalog(tx: Transaction, command: ImportCatalog) -> int:
    return jobs.queue(tx, IMPORT_JOB, msgspec.to_builtins(command))
