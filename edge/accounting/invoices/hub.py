"""Hub projection: numbers, papers and totals of invoices. Buyers are ciphertext, whose key head office doesn't have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.accounting.invoices.events import InvoiceIssued
from edge.core.people.forgetting import PersonForgotten
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import EPOCH, SEQ, Column, Fact, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _sealed_fields(fact: Fact) -> list[str]:
    return [getattr(fact.event, field) for field in fact.event.personal]


def _taxes(fact: Fact) -> str:
    return msgspec.json.encode(fact.event.taxes).decode()


INVOICE = Table(
    "invoice",
    "Invoices, credit notes and debit notes; only the store can read the recipients.",
    *place(),
    EPOCH,
    SEQ,
    Column("number", "text", "Document number.", "event.number"),
    Column("kind", "text", "invoice, credit or debit.", "event.kind"),
    Column("register", "text", "Register of the receipt it belongs to.", "event.register"),
    Column("receipt", "bigint", "Number of that receipt.", "event.paper"),
    Column("day", "text", "Business day it was issued.", "row.business_date"),
    Column("at", "timestamptz", "Time of issue.", "row.at_us"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("net_minor", "bigint", "Net amount in minor units; negative: money paid back.", "event.net_minor"),
    Column("total_minor", "bigint", "Amount including all taxes, in minor units.", "event.total_minor"),
    Column("rounding_minor", "bigint", "Cash rounding in minor units.", "event.rounding_minor"),
    Column("taxes", "jsonb", "Taxes: name, rate in thousandths of a percent, net amount and tax.", _taxes),
    Column(
        "changes",
        "text",
        "Documents it corrects, separated by spaces.",
        lambda fact: " ".join(fact.event.changes),
    ),
    Column("replaces", "text", "Document it replaces; empty: none.", "event.replaces"),
    Column("person", "text", "Id of the person whose key encrypts the name.", "event.key"),
    Column("sealed", "text[]", "Recipient, encrypted field by field.", _sealed_fields, hidden=True),
    Column("kept_until", "text", "Last day the name is kept.", "event.kept_until"),
    Column("ended", "timestamptz", "Time the name's key was destroyed; null: not destroyed.", null=True),
    indexes=(
        Index("invoice_number", "tenant, store, number"),
        Index("invoice_person", "tenant, store, device, person"),
    ),
)
_ISSUED = INVOICE.insert_once()
_ENDED = """
    UPDATE invoice SET sealed = '{}', ended = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND person = $4
"""


class InvoiceTables(TableProjector):
    """Projects invoice events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "invoices"
    version = 1
    tables = (INVOICE,)
    reads = (
        INVOICE.read(
            *("invoices", Filter("store", "store"), Filter("number", "number"), Filter("kind", "kind")),
            Filter("register", "register"),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, InvoiceIssued, PersonForgotten)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Project events in order, as a name is erased after its document was issued."""
        for fact in self.facts(key, rows):
            match fact.event:
                case InvoiceIssued():
                    await connection.execute(_ISSUED, *INVOICE.record(fact))
                case PersonForgotten(person):
                    of = (key.tenant, key.store, key.device)
                    await connection.execute(_ENDED, *of, person, moment(fact.row.at_us))
