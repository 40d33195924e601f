"""Competitors' products that this shop doesn't sell, as last seen in their feeds. They're local state and never our
prices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

import msgspec

from edge.analytics.pricing.commands import NoteRivalPrice
from edge.backoffice.feeds.commands import DropRivalGood, MatchRivalGood
from edge.backoffice.feeds.reading.record_cells import Reason
from edge.backoffice.feeds.reading.records import Row
from edge.backoffice.feeds.reading.rival_records import InStock, RivalRow, keep_match
from edge.core.messages import Number, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.rows import find_product
from edge.lib.units.money import divide_half_up

GOODS_MOST = 20_000
"""Maximum products to store. At the limit, new ones are ignored."""
KEPT_DAYS = 730
"""Days after which products not seen again are deleted, the same as for competitors' prices."""
SHOWN = 200
_KEEP = """
    INSERT INTO rival_good (competitor, theirs, name, price_minor, in_stock, url, since_us, until_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
    ON CONFLICT (competitor, theirs) DO UPDATE SET name = ?3, in_stock = ?5, url = ?6, until_us = ?7,
        since_us = iif(price_minor = ?4, since_us, ?7), price_minor = ?4
    WHERE ?7 >= until_us
"""
_FIELDS = "competitor, theirs, name, price_minor, in_stock, url, since_us, until_us"
_SHOWN = f"""
    SELECT {_FIELDS} FROM rival_good WHERE NOT hidden AND (?1 = '' OR competitor = ?1)
    ORDER BY until_us DESC, competitor, name, theirs LIMIT ?2
"""
_GONE = "DELETE FROM rival_good WHERE competitor = ? AND theirs = ?"


class RivalGood(msgspec.Struct, frozen=True):
    """A competitor's product, by their code or name, with its price in the shop's currency.

    `since_us`: when it was first seen at this price; `until_us`: when it was last seen.
    """

    competitor: str
    theirs: str
    name: str
    price_minor: int
    in_stock: InStock
    url: str
    since_us: int
    until_us: int


def unknown_goods(row: Row, reasons: Sequence[Reason]) -> list[RivalRow]:
    """The record, if its only error is that the shop doesn't know the competitor's product; else an empty list."""
    return [row] if isinstance(row, RivalRow) and [one.code for one in reasons] == ["unknown_sku"] else []


def keep_rival_goods(db: Connection, rows: Collection[RivalRow]) -> None:
    """Store competitors' products that the shop doesn't sell."""
    (known,) = db.execute("SELECT count(*) FROM rival_good").fetchone() if rows else (0,)
    for row in rows:
        about = (row.competitor, row.sku)
        if not _is_known(db, *about):
            if known >= GOODS_MOST:
                continue
            known += 1
        db.execute(_KEEP, (*about, row.name, row.price_minor, row.in_stock, row.url, row.seen_us))


def end_rival_good(db: Connection, competitor: str, theirs: str) -> None:
    """Delete a product that the shop now sells."""
    db.execute(_GONE, (competitor, theirs))


def forget_rival_goods(db: Connection, now_us: int) -> None:
    """Delete products that were last seen too long ago."""
    db.execute("DELETE FROM rival_good WHERE until_us < ?", (now_us - KEPT_DAYS * 86_400_000_000,))


def read_rival_goods(
    db: Connection, competitor: Annotated[str, msgspec.Meta(max_length=100)] = "", limit: Number = SHOWN
) -> list[RivalGood]:
    """Products that only competitors sell, most recently seen first; 200 at most."""
    return [RivalGood(*row) for row in db.execute(_SHOWN, (competitor, min(limit, SHOWN)))]


def rival_names(db: Connection) -> list[str]:
    """Competitors with products that only competitors sell, without hidden products."""
    found = db.execute(
        "SELECT DISTINCT competitor FROM rival_good WHERE NOT hidden ORDER BY competitor LIMIT ?", (SHOWN,)
    )
    return [name for (name,) in found]


def match_rival_good(tx: Transaction, command: MatchRivalGood) -> None:
    """Remember that a competitor's product is one of ours, and store its price with our product."""
    product, good = find_product(tx.db, command.sku), _good(tx.db, command.competitor, command.theirs)
    if product is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    each_minor = max(1, divide_half_up(good.price_minor, product.units))
    tx.do(NoteRivalPrice(product.sku, good.competitor, each_minor, good.until_us, good.in_stock, good.url), asks=False)
    keep_match(tx.db, {"competitor": good.competitor, "sku": good.theirs}, product.sku)
    end_rival_good(tx.db, good.competitor, good.theirs)


def drop_rival_good(tx: Transaction, command: DropRivalGood) -> None:
    """Hide a competitor's product."""
    good = _good(tx.db, command.competitor, command.theirs)
    tx.db.execute(
        "UPDATE rival_good SET hidden = 1 WHERE competitor = ? AND theirs = ?", (good.competitor, good.theirs)
    )


def _good(db: Connection, competitor: str, theirs: str) -> RivalGood:
    sql = f"SELECT {_FIELDS} FROM rival_good WHERE competitor = ? AND theirs = ?"
    row = db.execute(sql, (competitor, theirs)).fetchone()
    if row is None:
        raise Refusal("rival_good_unknown", {"name": theirs})
    return RivalGood(*row)


def _is_known(db: Connection, competitor: str, theirs: str) -> bool:
    sql = "SELECT 1 FROM rival_good WHERE competitor = ? AND theirs = ?"
    return db.execute(sql, (competitor, theirs)).fetchone() is not None
