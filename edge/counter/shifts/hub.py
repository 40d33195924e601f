"""Head office's tables of shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.counter.shifts.events import CashMoved, ShiftClosed, ShiftOpened
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

SHIFT = Table(
    "shift",
    "Shifts of each register; the closing columns are null while a shift is open.",
    *place(),
    EPOCH,
    Column("register", "text", "The register.", "row.register", key=True),
    Column("number", "bigint", "Shift number of the register.", "event.number", key=True),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("opened_at", "timestamptz", "Opening time.", "row.at_us"),
    Column(
        *("opened_date", "date", "Business day it was opened."),
        "row.business_date",
    ),
    Column("opened_by", "text", "User who opened it.", "row.actor"),
    Column("float_minor", "bigint", "Opening float in minor units.", "event.float_minor"),
    Column("closed_at", "timestamptz", "Closing time.", null=True),
    Column("closed_date", "date", "Business day it was closed.", null=True),
    Column("closed_by", "text", "User who closed it.", null=True),
    Column("sales", "bigint", "Number of receipts.", null=True),
    Column("voids", "bigint", "Number of voided sales.", null=True),
    Column("refunds", "bigint", "Number of refunds.", null=True),
    Column("total_minor", "bigint", "Payments minus refunds, in minor units.", null=True),
    Column("discount_minor", "bigint", "Promotion discounts, in minor units.", null=True),
    Column("expected_minor", "bigint", "Expected cash in the drawer, in minor units.", null=True),
    Column("counted_minor", "bigint", "Counted cash, in minor units.", null=True),
    Column("difference_minor", "bigint", "Counted minus expected cash; negative: cash was missing.", null=True),
    indexes=(Index("shift_by_day", "tenant, opened_date, store"),),
)
"""Shifts by register, number and epoch of the journal.

A restored box continues its numbers from the backup, so a number can occur again. Shifts lost by the restore keep their
row under the earlier epoch.
"""
CASH_MOVE = Table(
    "cash_move",
    "Cash put into or taken out of drawers without a sale.",
    *place(),
    EPOCH,
    SEQ,
    Column("register", "text", "The register.", "row.register"),
    Column("shift", "bigint", "Shift number.", "event.shift"),
    BUSINESS_DATE,
    AT,
    Column("actor", "text", "User.", "row.actor"),
    Column(
        "kind",
        "text",
        "top_up, payout, drop (to the bank or safe), tips, driver (float), driver_tip or handed_in.",
        "event.kind",
    ),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("amount_minor", "bigint", "Amount in minor units of that currency, always positive.", "event.amount_minor"),
    indexes=(Index("cash_move_by_day", "tenant, business_date, store"),),
)

_CLOSE = """
    UPDATE shift SET closed_at = $6, closed_date = $7, closed_by = $8, sales = $9, voids = $10, refunds = $11,
                     total_minor = $12, discount_minor = $13, expected_minor = $14, counted_minor = $15,
                     difference_minor = $16
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5
      AND epoch = (SELECT max(epoch) FROM shift AS newest WHERE newest.tenant = $1 AND newest.store = $2
                   AND newest.device = $3 AND newest.register = $4 AND newest.number = $5)
"""
_OPENED = ", ".join(column for column in SHIFT.filled if column != "epoch")
_CLOSE_AGAIN = f"""
    INSERT INTO shift (epoch, {_OPENED})
    SELECT $6, {_OPENED}
    FROM shift AS known
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5
      AND closed_at IS NOT NULL AND epoch < $6
      AND epoch = (SELECT max(epoch) FROM shift AS newest WHERE newest.tenant = $1 AND newest.store = $2
                   AND newest.device = $3 AND newest.register = $4 AND newest.number = $5)
"""


class ShiftTables(TableProjector):
    """Projects shift events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "shifts"
    version = 1
    keeps_orphans = True
    tables = (SHIFT, CASH_MOVE)
    reads = (
        SHIFT.read(
            "shifts",
            Filter("store", "store"),
            Filter("register", "register"),
            Filter("from", "opened_date", ">="),
            Filter("to", "opened_date", "<="),
            Filter("short", "difference_minor", "<="),
        ),
        CASH_MOVE.read(
            "shifts/cash",
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ShiftOpened, ShiftClosed) | together(self._project_moves, CashMoved)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = self.facts(key, rows)
        await SHIFT.copy(connection, (fact for fact in facts if isinstance(fact.event, ShiftOpened)))
        for fact in facts:
            if isinstance(fact.event, ShiftClosed):
                of = (key.tenant, key.store, key.device, fact.row.register, fact.event.number)
                await connection.execute(_CLOSE_AGAIN, *of, fact.row.epoch)  # if a restore reopened the shift
                await connection.execute(_CLOSE, *of, *_end(fact.row, fact.event))

    async def _project_moves(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await CASH_MOVE.copy(connection, self.facts(key, rows))


def _end(row: Row, event: ShiftClosed) -> tuple[Any, ...]:
    when = (moment(row.at_us), date.fromisoformat(row.business_date))
    papers = (event.sales.count, event.voids.count, event.refunds.count, event.total_minor, event.discount_minor)
    drawer = (event.expected_minor, event.counted_minor, event.difference_minor)
    return (*when, row.actor, *papers, *drawer)
