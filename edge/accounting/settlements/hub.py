"""Hub projection: each store's payouts and disputes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.accounting.settlements.events import (
    BatchClosed,
    BatchJudged,
    BatchTaken,
    DisputeAnswered,
    DisputeEnded,
    DisputeOpened,
    PayoutReceived,
)
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, Column, Index, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

BATCH = Table(
    "settlement_batch",
    "Card settlement batches paid out to each store.",
    *place(),
    Column("provider", "text", "Payment provider.", "event.provider", key=True),
    Column("batch", "text", "The provider's batch id.", "event.batch", key=True),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("first_day", "date", "First day of its lines.", "event.first_day"),
    Column("last_day", "date", "Last day of its lines.", "event.last_day"),
    Column("paid_on", "date", "Payout date.", "event.paid_on"),
    Column("gross_minor", "bigint", "Payments minus refunds, in minor units.", "event.gross_minor"),
    Column(
        "charged_back_minor", "bigint", "Chargebacks in minor units; negative: withheld.", "event.charged_back_minor"
    ),
    Column("fees_minor", "bigint", "Fees charged by the provider, in minor units.", "event.fees_minor"),
    Column(
        "agreed_fees_minor",
        "bigint",
        "Fees agreed in the contract; null: unknown.",
        "event.agreed_fees_minor",
        null=True,
    ),
    Column("net_minor", "bigint", "Payout amount in minor units.", "event.net_minor"),
    Column("lines", "bigint", "Number of lines.", "event.lines"),
    Column("differing", "bigint", "Number of lines that differ from the till.", default="0"),
    Column("difference_minor", "bigint", "Total difference in minor units.", default="0"),
    Column("closed", "text", "Reason the difference was accepted; empty: not accepted.", default="''"),
    Column("received_on", "date", "Day the bank received it; null: not yet.", null=True),
    AT,
    indexes=(Index("settlement_batch_by_day", "tenant, paid_on, store"),),
)
DISPUTE = Table(
    "card_dispute",
    "Current state of card disputes (chargebacks).",
    *place(),
    Column("id", "text", "Dispute id.", "event.id", key=True),
    Column("payment", "text", "Payment id.", "event.payment"),
    Column("reason", "text", "fraud, not_received, not_as_described, twice, not_refunded ...", "event.reason"),
    Column("amount_minor", "bigint", "Amount in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("answer_by", "date", "Deadline for a response; null: unknown.", "event.answer_by", null=True),
    Column("state", "text", "opened, answered, won, lost, accepted or expired.", default="'opened'"),
    AT,
)
_TAKEN, _OPENED = BATCH.insert_once(), DISPUTE.upsert("reason", "amount_minor", "answer_by")
_JUDGED = """
    UPDATE settlement_batch SET
        (differing, difference_minor) = (
            SELECT count(*), coalesce(sum(d.difference_minor), 0) FROM settlement_difference d
            WHERE (d.tenant, d.store, d.device, d.provider, d.batch) = ($1, $2, $3, $4, $5)
        )
    WHERE tenant = $1 AND store = $2 AND device = $3 AND provider = $4 AND batch = $5
"""
_CLOSED = """
    UPDATE settlement_batch SET closed = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND provider = $4 AND batch = $5
"""
_RECEIVED = """
    UPDATE settlement_batch SET received_on = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND provider = $4 AND batch = $5
"""
_STATE = "UPDATE card_dispute SET state = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"
DIFFERENCE = Table(
    "settlement_difference",
    "Settlement lines that differ from the till.",
    *place(),
    Column("provider", "text", "Payment provider.", "event.provider", key=True),
    Column("batch", "text", "The provider's batch id.", "event.batch", key=True),
    Column("number", "bigint", "Line number in the batch.", "item.number", key=True),
    Column("kind", "text", "payment, refund or chargeback.", "item.kind"),
    Column("verdict", "text", "missing_here or amount_differs.", "item.verdict"),
    Column("amount_minor", "bigint", "The provider's amount in minor units.", "item.amount_minor"),
    Column("our_minor", "bigint", "The till's amount in minor units.", "item.our_minor"),
    Column(
        "difference_minor", "bigint", "The provider's amount minus the till's, in minor units.", "item.difference_minor"
    ),
    Column("reference", "text", "The provider's reference.", "item.reference"),
    Column("payment", "text", "Matching payment; empty: none.", "item.payment"),
)
_DIFFERS = DIFFERENCE.insert_once()
_FITS = """
    DELETE FROM settlement_difference
    WHERE tenant = $1 AND store = $2 AND device = $3 AND provider = $4 AND batch = $5 AND number = ANY($6::bigint[])
"""


MISSING = Read(
    name="settlements/missing",
    source="settlement_missing",
    summary="Card payments on the days of a batch that are missing from every batch of the provider.",
    fields=(
        Field("store", "text", "The store."),
        Field("device", "text", "The box."),
        Field("provider", "text", "Payment provider."),
        Field("batch", "text", "Batch that covers the day."),
        Field("payment", "text", "Payment id."),
        Field("register", "text", "The register."),
        Field("business_date", "date", "Business day."),
        Field("taken_minor", "integer", "Captured amount, in minor units."),
        Field("currency", "text", "ISO 4217."),
        Field("brand", "text", "Card brand."),
        Field("last4", "text", "Last four digits of the card."),
        Field("reference", "text", "The provider's reference."),
    ),
    key=("store", "device", "provider", "batch", "payment"),
    filters=(Filter("store", "store"), Filter("provider", "provider"), Filter("batch", "batch")),
)


class SettlementTables(TableProjector):
    """Projects settlement events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "settlements"
    version = 1
    keeps_orphans = True
    tables = (BATCH, DIFFERENCE, DISPUTE)
    reads = (
        BATCH.read(
            "settlements", Filter("store", "store"), Filter("from", "paid_on", ">="), Filter("to", "paid_on", "<=")
        ),
        DIFFERENCE.read("settlements/differences", Filter("store", "store"), Filter("provider", "provider")),
        MISSING,
        DISPUTE.read("payments/disputes", Filter("store", "store"), Filter("state", "state")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        batches = (BatchTaken, BatchJudged, BatchClosed, PayoutReceived)
        return together(self._project, *batches, DisputeOpened, DisputeAnswered, DisputeEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Project events in order, as the last event of a batch or dispute determines its state."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            match fact.event:
                case BatchTaken():
                    await connection.execute(_TAKEN, *BATCH.record(fact))
                case BatchJudged(provider=provider, batch=batch, lines=lines):
                    await connection.execute(_FITS, *of, provider, batch, [one.number for one in lines])
                    differing = [line for line in lines if line.verdict != "matched"]
                    records = [DIFFERENCE.record(one) for one in fact.each(differing)]
                    await connection.executemany(_DIFFERS, records)
                    await connection.execute(_JUDGED, *of, provider, batch)
                case BatchClosed(provider=provider, batch=batch, why=why):
                    await connection.execute(_CLOSED, *of, provider, batch, why)
                case PayoutReceived(provider=provider, batch=batch, day=day):
                    await connection.execute(_RECEIVED, *of, provider, batch, date.fromisoformat(day))
                case DisputeOpened():
                    await connection.execute(_OPENED, *DISPUTE.record(fact))
                case DisputeAnswered(id=id):
                    await connection.execute(_STATE, *of, id, "answered")
                case DisputeEnded(id=id, how=how):
                    await connection.execute(_STATE, *of, id, how)
