"""Head office's tables of coupon series and uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.people.coupons.events import CouponFreed, CouponsEnded, CouponsMade, CouponsReopened, CouponUsed
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Index, Table, box, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

SERIES = Table(
    "coupon_series",
    "Series of single-use coupons.",
    *place(store="Store that created it.", device="Box that has it."),
    Column("series", "bigint", "Series number.", "event.series", key=True),
    Column("name", "text", "Name.", "event.name"),
    Column("starts", "date", "First day its coupons are valid.", lambda fact: str(fact.event.starts)),
    Column("ends", "date", "Last day of the period.", lambda fact: str(fact.event.ends)),
    Column("share", "bigint", "Discount in thousandths of a percent; 0: a fixed amount.", "event.share"),
    Column("sum_minor", "bigint", "Discount in minor units; 0: a percentage.", "event.sum_minor"),
    Column("coupons", "bigint", "Number of coupons.", lambda fact: len(fact.event.coupons)),
    Column("ended", "boolean", "Whether the series was ended.", default="false"),
    Column("made_at", "timestamptz", "Time it was created.", "row.at_us"),
)
USE = Table(
    "coupon_use",
    "Uses of each coupon; a coupon with two active rows was used twice.",
    *place(store="Store that accepted it.", device="Box that has it."),
    Column("coupon", "text", "Digest of the coupon code.", "event.coupon", key=True),
    Column(
        "register",
        "text",
        "Register of the sale, or the id of the order.",
        lambda f: _for(f)[0],
        key=True,
    ),
    Column("number", "bigint", "Receipt number of the sale, or the day of the order.", lambda f: _for(f)[1], key=True),
    Column("tail", "text", "Last characters of the code.", "event.tail"),
    Column("series", "bigint", "Series number.", "event.series"),
    Column(
        "confirmed",
        "boolean",
        "Whether the box had it on record; false: only its signature was checked.",
        "event.confirmed",
    ),
    Column("used_at", "timestamptz", "Time it was used.", "row.at_us"),
    Column("freed_at", "timestamptz", "Time the sale was voided; null: still used.", null=True),
    Column("untold", "boolean", "Whether other stores still have to be notified.", default="true", hidden=True),
    indexes=(
        Index("coupon_use_coupon", "tenant, coupon"),
        Index("coupon_use_untold", "used_at", where="untold"),
    ),
)
TOLD = Table(
    "coupon_told",
    "Stores that have received all earlier coupon uses.",
    *box(store="Store that was notified.")[:2],
)
_ENDED = "UPDATE coupon_series SET ended = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND series = $4"
_FREED = """
    UPDATE coupon_use SET freed_at = $7, untold = true
    WHERE tenant = $1 AND store = $2 AND device = $3 AND coupon = $4 AND register = $5 AND number = $6
"""


def _for(fact: Fact) -> tuple[str, int]:
    """The use of a coupon in the form that `receipt_of` takes; `K12-20270326` is an order."""
    called, _, day = fact.event.order.rpartition("-")
    return (called, int(day)) if called and day.isdecimal() else (fact.row.register, fact.event.number)


class CouponTables(TableProjector):
    """Projects coupon events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "coupons"
    version = 1
    tables = (SERIES, USE)
    reads = (
        SERIES.read("coupon-series", Filter("store", "store")),
        USE.read("coupon-uses", Filter("store", "store"), Filter("coupon", "coupon")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, CouponsMade, CouponsEnded, CouponsReopened, CouponUsed, CouponFreed)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order: a use precedes its release."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            match fact.event:
                case CouponsMade():
                    await connection.execute(SERIES.insert_once(), *SERIES.record(fact))
                case CouponsEnded(series) | CouponsReopened(series):
                    await connection.execute(_ENDED, *of, series, isinstance(fact.event, CouponsEnded))
                case CouponUsed():
                    await connection.execute(USE.insert_once(), *USE.record(fact))
                case CouponFreed():
                    await connection.execute(_FREED, *of, fact.event.coupon, *_for(fact), moment(fact.row.at_us))
