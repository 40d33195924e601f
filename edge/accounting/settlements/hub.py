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
    "What providers of cards pay out to each store, batch by batch.",
    *place(),
    Column("provider", "text", "Who pays it out.", "event.provider", key=True),
    Column("batch", "text", "The provider's name of it.", "event.batch", key=True),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("first_day", "date", "The first day of its lines.", "event.first_day"),
    Column("last_day", "date", "The last day of its lines.", "event.last_day"),
    Column("paid_on", "date", "The day on which it is paid.", "event.paid_on"),
    Column("gross_minor", "bigint", "Payments less refunds, in minor units.", "event.gross_minor"),
    Column(
        "charged_back_minor", "bigint", "Chargebacks, in minor units; below 0 kept back.", "event.charged_back_minor"
    ),
    Column("fees_minor", "bigint", "What the provider keeps, in minor units.", "event.fees_minor"),
    Column("agreed_fees_minor", "bigint", "Fees by contract; null: nobody said.", "event.agreed_fees_minor", null=True),
    Column("net_minor", "bigint", "What it pays, in minor units.", "event.net_minor"),
    Column("lines", "bigint", "How many lines it has.", "event.lines"),
    Column("differing", "bigint", "How many of them are not what the till has.", default="0"),
    Column("difference_minor", "bigint", "By how much together, in minor units.", default="0"),
    Column("closed", "text", "Why somebody let a difference be; empty: nobody did.", default="''"),
    Column("received_on", "date", "When the bank had it; null: not yet.", null=True),
    AT,
    indexes=(Index("settlement_batch_by_day", "tenant, paid_on, store"),),
)
DISPUTE = Table(
    "card_dispute",
    "Card payments that customers' banks take back, as each dispute is now.",
    *place(),
    Column("id", "text", "The dispute's id.", "event.id", key=True),
    Column("payment", "text", "The payment's id.", "event.payment"),
    Column("reason", "text", "fraud, not_received, not_as_described, twice, not_refunded ...", "event.reason"),
    Column("amount_minor", "bigint", "How much, in minor units.", "event.amount_minor"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("answer_by", "date", "The last day of an answer; null: not known.", "event.answer_by", null=True),
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
    "Lines of batches that are not what the till has.",
    *place(),
    Column("provider", "text", "Who pays it out.", "event.provider", key=True),
    Column("batch", "text", "The provider's name of the batch.", "event.batch", key=True),
    Column("number", "bigint", "Which line of it.", "item.number", key=True),
    Column("kind", "text", "payment, refund or chargeback.", "item.kind"),
    Column("verdict", "text", "missing_here or amount_differs.", "item.verdict"),
    Column("amount_minor", "bigint", "What the provider says, in minor units.", "item.amount_minor"),
    Column("our_minor", "bigint", "What the till has, in minor units.", "item.our_minor"),
    Column("difference_minor", "bigint", "What the provider says more, in minor units.", "item.difference_minor"),
    Column("reference", "text", "What the provider finds it by.", "item.reference"),
    Column("payment", "text", "The payment that it is; empty: none.", "item.payment"),
)
_DIFFERS = DIFFERENCE.insert_once()
_FITS = """
    DELETE FROM settlement_difference
    WHERE tenant = $1 AND store = $2 AND device = $3 AND provider = $4 AND batch = $5 AND number = ANY($6::bigint[])
"""


MISSING = Read(
    name="settlements/missing",
    source="settlement_missing",
    summary="What cards paid on the days of a batch, and no batch of its provider has.",
    fields=(
        Field("store", "text", "The store."),
        Field("device", "text", "The box."),
        Field("provider", "text", "Who pays it out."),
        Field("batch", "text", "The batch on whose days it was."),
        Field("payment", "text", "The payment's id."),
        Field("register", "text", "The register."),
        Field("business_date", "date", "The day of business."),
        Field("taken_minor", "integer", "What was taken, in minor units."),
        Field("currency", "text", "ISO 4217."),
        Field("brand", "text", "The card's brand."),
        Field("last4", "text", "The card's last four digits."),
        Field("reference", "text", "What its provider finds it by."),
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
        """In order, as the last event of a batch or dispute determines its state."""
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
