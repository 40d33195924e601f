"""Job that reads a supplier's invoice from a file in a separate process and receives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.commands import IngestFile, IngestInvoice
from edge.backoffice.feeds.settings import KEPT_DAYS, FeedSettings, live
from edge.core.jobs import store as jobs
from edge.core.messages import Number, Refusal
from edge.core.registry import Chunk, Transaction
from edge.core.storage.database import Connection
from edge.goods.ingest.import_folders import corrupt, readable, take_away
from edge.goods.supplier_invoices.commands import ReceiveInvoice
from edge.goods.supplier_invoices.queries import duplicate_of, read_known_sellers
from edge.goods.supplier_invoices.reader_client import keep_pictures, read_apart
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate

INVOICE_JOB = "invoice"
DAY_US = 24 * 3600 * 1_000_000


class InvoiceParams(msgspec.Struct, frozen=True):
    """The run, its file, and the digest of the file as received."""

    run: Number
    path: str
    digest: str
    file: str


def ingest_invoice(tx: Transaction, command: IngestInvoice) -> int:
    """Start the job that reads an invoice, and return its number. Raises `Refusal` if the identical file was uploaded
    before."""
    if first := duplicate_of(tx.db, command.digest):
        raise Refusal("invoice_seen", {"number": first})
    staging.forget_before(tx.db, tx.at_us - KEPT_DAYS * DAY_US)
    run = staging.next_run(tx.db)
    job = jobs.queue(tx, INVOICE_JOB, InvoiceParams(run, command.path, command.digest, command.file))
    staging.begin(tx.db, run, job, IngestFile(command.path, entity_type="Invoice", digest=command.digest), tx.at_us)
    return job


def invoice_chunks(settings: FeedSettings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """Return a function that reads the job's file, receives the invoice, and deletes the file."""
    now = live(settings)

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        told, files = msgspec.convert(params, InvoiceParams), now.at(db).files
        if not duplicate_of(db, told.digest):  # if not, it was received before an interruption
            path = readable(told.path, files)
            read = read_apart(path, read_known_sellers(db), files.currency)
            if read.paper is None:
                take_away(path)
                key, values = f"supplier_invoices.{read.why}", {"detail": read.detail}
                raise NeedsHuman(translate(ENGLISH, key, **values), "", key, dict(values))
            if read.digest != told.digest:
                raise corrupt(told.file)
            keep_pictures(Path(files.data), read)
            yield Chunk((ReceiveInvoice(read.paper, read.digest, told.file),), 1, total=1)
            yield Chunk((), 1, total=1)  # continues here only after the invoice was received
            take_away(path)

    return chunks
