"""Head office's tables of coupon series and uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.people.coupons.events import CouponFreed, CouponsEnded, CouponsMade, CouponUsed
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Index, Table, box, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

SERIES = Table(
    "coupon_series",
    "Series of single-use coupons that managers made.",
    *place(store="The store that made it.", device="The box that has it."),
    Column("series", "bigint", "Its number.", "event.series", key=True),
    Column("name", "text", "What it is called.", "event.name"),
    Column("starts", "date", "The first day on which its coupons are good.", lambda fact: str(fact.event.starts)),
    Column("ends", "date", "The last one.", lambda fact: str(fact.event.ends)),
    Column("share", "bigint", "What one takes off, in thousandths of a percent; 0: it is a sum.", "event.share"),
    Column("sum_minor", "bigint", "What one takes off, in minor units; 0: it is a share.", "event.sum_minor"),
    Column("coupons", "bigint", "How many there are.", lambda fact: len(fact.event.coupons)),
    Column("ended", "boolean", "Whether none is taken any more.", default="false"),
    Column("made_at", "timestamptz", "When it was made.", "row.at_us"),
)
USE = Table(
    "coupon_use",
    "Where each coupon was used; one in two rows that stand was used twice.",
    *place(store="The store that took it.", device="The box that has it."),
    Column("coupon", "text", "A digest of the code on the coupon.", "event.coupon", key=True),
    Column(
        "register",
        "text",
        "The register of the sale; of an order, what that is called.",
        lambda f: _for(f)[0],
        key=True,
    ),
    Column(
        "number", "bigint", "The number of the sale's receipt; of an order, its day.", lambda f: _for(f)[1], key=True
    ),
    Column("tail", "text", "The last characters of the code.", "event.tail"),
    Column("series", "bigint", "The number of its series.", "event.series"),
    Column("confirmed", "boolean", "Whether the box knew it; else its signature alone did.", "event.confirmed"),
    Column("used_at", "timestamptz", "When it was used.", "row.at_us"),
    Column("freed_at", "timestamptz", "When that sale was undone; null: the use stands.", null=True),
    Column("untold", "boolean", "Whether other stores are still to be told.", default="true", hidden=True),
    indexes=(
        Index("coupon_use_coupon", "tenant, coupon"),
        Index("coupon_use_untold", "used_at", where="untold"),
    ),
)
TOLD = Table(
    "coupon_told",
    "The stores that were told of all uses of coupons there were when they came.",
    *box(store="The store that was told.")[:2],
)
_ENDED = "UPDATE coupon_series SET ended = true WHERE tenant = $1 AND store = $2 AND device = $3 AND series = $4"
_FREED = """
    UPDATE coupon_use SET freed_at = $7, untold = true
    WHERE tenant = $1 AND store = $2 AND device = $3 AND coupon = $4 AND register = $5 AND number = $6
"""


def _for(fact: Fact) -> tuple[str, int]:
    """Use of a coupon, so that `receipt_of` gives the store's form: `K12-20270326` is an order."""
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
        return together(self._project, CouponsMade, CouponsEnded, CouponUsed, CouponFreed)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order: a use precedes its release."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            match fact.event:
                case CouponsMade():
                    await connection.execute(SERIES.insert_once(), *SERIES.record(fact))
                case CouponsEnded(series):
                    await connection.execute(_ENDED, *of, series)
                case CouponUsed():
                    await connection.execute(USE.insert_once(), *USE.record(fact))
                case CouponFreed():
                    await connection.execute(_FREED, *of, fact.event.coupon, *_for(fact), moment(fact.row.at_us))
