"""How the hub turns the events of shifts into rows of Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from edge.shop.shifts.events import CashMoved, ShiftClosed, ShiftOpened
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

SHIFT: tuple[str, ...] = (
    *("tenant", "store", "device", "epoch", "register", "number", "currency"),
    *("opened_at", "opened_date", "opened_by", "float_minor"),
)
MOVE: tuple[str, ...] = (
    *("tenant", "store", "device", "epoch", "seq", "register", "shift", "business_date", "at", "actor"),
    *("kind", "currency", "amount_minor", "reason"),
)
_CLOSE = """
    UPDATE shift SET closed_at = $6, closed_date = $7, closed_by = $8, sales = $9, voids = $10, refunds = $11,
                     total_minor = $12, discount_minor = $13, expected_minor = $14, counted_minor = $15,
                     difference_minor = $16
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5
      AND epoch = (SELECT max(epoch) FROM shift AS newest WHERE newest.tenant = $1 AND newest.store = $2
                   AND newest.device = $3 AND newest.register = $4 AND newest.number = $5)
"""
_CLOSE_AGAIN = """
    INSERT INTO shift (tenant, store, device, epoch, register, number, currency, opened_at, opened_date, opened_by,
                       float_minor)
    SELECT tenant, store, device, $6, register, number, currency, opened_at, opened_date, opened_by, float_minor
    FROM shift AS known
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5
      AND closed_at IS NOT NULL AND epoch < $6
      AND epoch = (SELECT max(epoch) FROM shift AS newest WHERE newest.tenant = $1 AND newest.store = $2
                   AND newest.device = $3 AND newest.register = $4 AND newest.number = $5)
"""

_PLACE = (
    Field("store", "text", "The store."),
    Field("device", "text", "Its appliance."),
    Field("epoch", "integer", "The epoch of its journal: a box that was restored begins one, and counts on."),
)
READS = (
    Read(
        name="shifts",
        source="shift",
        summary="The shifts of each register; what says how one ended is null while it is open.",
        fields=(
            *_PLACE,
            Field("register", "text", "The register."),
            Field("number", "integer", "The shift's number, counted by register."),
            Field("currency", "text", "ISO 4217."),
            Field("opened_at", "time", "When it was opened."),
            Field("opened_date", "date", "The business day on which it was opened, as the store counts it."),
            Field("opened_by", "text", "Who opened it."),
            Field("float_minor", "integer", "What lay in the drawer, in minor units."),
            Field("closed_at", "time", "When it was closed."),
            Field("closed_date", "date", "The business day on which it was closed."),
            Field("closed_by", "text", "Who closed it."),
            Field("sales", "integer", "Receipts."),
            Field("voids", "integer", "Sales that were undone."),
            Field("refunds", "integer", "Refunds."),
            Field("total_minor", "integer", "What was paid, less what was paid back, in minor units."),
            Field("discount_minor", "integer", "What promotions took off its sales, in minor units."),
            Field("expected_minor", "integer", "What should have been in the drawer, in minor units."),
            Field("counted_minor", "integer", "What was, in minor units."),
            Field("difference_minor", "integer", "Counted less expected: below 0 where money was missing."),
        ),
        key=("store", "device", "epoch", "register", "number"),
        filters=(
            Filter("store", "store"),
            Filter("register", "register"),
            Filter("from", "opened_date", ">="),
            Filter("to", "opened_date", "<="),
            Filter("short", "difference_minor", "<="),
        ),
    ),
    Read(
        name="shifts/cash",
        source="cash_move",
        summary="Cash that was put into drawers or taken out of them without a sale.",
        fields=(
            *_PLACE,
            Field("seq", "integer", "The row of the store's journal."),
            Field("register", "text", "The register."),
            Field("shift", "integer", "The shift's number."),
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("at", "time", "When."),
            Field("actor", "text", "Who."),
            Field("kind", "text", "top_up (in), payout (spent) or drop (to the bank or the safe)."),
            Field("currency", "text", "ISO 4217."),
            Field("amount_minor", "integer", "How much, above 0, in minor units."),
            Field("reason", "text", "What for."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class ShiftTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "shifts"
    version = 1
    tables = ("cash_move", "shift")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ShiftOpened, ShiftClosed) | together(self._project_moves, CashMoved)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        happened = self.read(rows)
        opened = [_shift_row(key, row, event) for row, event in happened if isinstance(event, ShiftOpened)]
        await connection.copy_records_to_table("shift", records=opened, columns=SHIFT)
        for row, event in happened:
            if isinstance(event, ShiftClosed):
                place = (key.tenant, key.store, key.device, row.register, event.number)
                await connection.execute(_CLOSE_AGAIN, *place, row.epoch)  # after a restore to before it was closed
                await connection.execute(_CLOSE, *_end(key, row, event))

    async def _project_moves(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        moves = [_move_row(key, row, event) for row, event in self.read(rows)]
        await connection.copy_records_to_table("cash_move", records=moves, columns=MOVE)


def _shift_row(key: Key, row: Row, event: ShiftOpened) -> tuple[Any, ...]:
    where = (key.tenant, key.store, key.device, row.epoch, row.register, event.number, event.currency)
    return (*where, *_when(row), row.actor, event.float_minor)


def _end(key: Key, row: Row, event: ShiftClosed) -> tuple[Any, ...]:
    where = (key.tenant, key.store, key.device, row.register, event.number)
    papers = (event.sales.count, event.voids.count, event.refunds.count, event.total_minor, event.discount_minor)
    drawer = (event.expected_minor, event.counted_minor, event.difference_minor)
    return (*where, *_when(row), row.actor, *papers, *drawer)


def _move_row(key: Key, row: Row, event: CashMoved) -> tuple[Any, ...]:
    at, day = _when(row)
    where = (key.tenant, key.store, key.device, row.epoch, row.seq, row.register, event.shift, day, at, row.actor)
    return (*where, event.kind, event.currency, event.amount_minor, event.reason)


def _when(row: Row) -> tuple[datetime, date]:
    return moment(row.at_us), date.fromisoformat(row.business_date)
