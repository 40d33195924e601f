"""Projects promotion events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.promotions.events import PromotionEnded, PromotionSet
from edge.goods.promotions.promotion import ALL_PRODUCTS, FOREVER_US

_encode = msgspec.json.Encoder().encode


def _set(db: Connection, fact: RecordedEvent, event: PromotionSet) -> None:
    one = event.promotion
    until_us = FOREVER_US if one.until_us is None else one.until_us
    values = (one.id, one.from_us or fact.at_us, until_us, one.list, _encode(one).decode(), fact.seq)
    db.execute(
        "INSERT OR REPLACE INTO promotion (id, from_us, until_us, list, body, seq) VALUES (?, ?, ?, ?, ?, ?)", values
    )
    db.execute("DELETE FROM promotion_key WHERE promotion = ?", (one.id,))
    keys = dict.fromkeys(one.goods.keys or (ALL_PRODUCTS,))
    db.executemany(
        "INSERT INTO promotion_key (key, until_us, promotion) VALUES (?, ?, ?)",
        [(key, until_us, one.id) for key in keys],
    )


def _end_promotion(db: Connection, fact: RecordedEvent, event: PromotionEnded) -> None:
    db.execute("UPDATE promotion SET until_us = ?, seq = ? WHERE id = ?", (fact.at_us, fact.seq, event.id))
    db.execute("DELETE FROM promotion_key WHERE promotion = ?", (event.id,))


projector = Projector(
    name="promotions",
    version=1,
    tables=("promotion", "promotion_key"),
    on={PromotionSet: _set, PromotionEnded: _end_promotion},
)
