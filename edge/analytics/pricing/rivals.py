"""Store competitors' prices inside the transaction: a change adds a row, an unchanged price only gets a later time."""

from __future__ import annotations

from datetime import UTC, datetime

from edge.analytics.pricing.commands import NoteRivalPrice
from edge.analytics.pricing.events import CompetitorPriceNoted
from edge.analytics.pricing.queries import rivals_of
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.queries import read_products

COMPETITORS = 20
"""Maximum competitors with a current price per product."""
_UNTIL = """
    INSERT INTO rival_seen (sku, competitor, until_us) VALUES (?1, ?2, ?3)
    ON CONFLICT (sku, competitor) DO UPDATE SET until_us = max(until_us, ?3)
"""


def note_rival(tx: Transaction, command: NoteRivalPrice) -> bool:
    """Store a price; returns whether it was new."""
    if command.sku not in read_products(tx.db, [command.sku]):
        raise Refusal("unknown_sku", {"sku": command.sku})
    competitor = command.competitor.strip()
    known = {one.competitor: one for one in rivals_of(tx.db, (command.sku,)).get(command.sku, ())}
    last = known.get(competitor)
    if last is None and len(known) >= COMPETITORS:
        raise Refusal("too_many_competitors", {"sku": command.sku, "limit": COMPETITORS})
    if last is not None and command.seen_us < last.until_us:
        return False
    news = last is None or (last.price_minor, last.in_stock) != (command.price_minor, command.in_stock)
    if news:
        day = datetime.fromtimestamp(command.seen_us / 1e6, UTC).date().isoformat()
        what = (command.sku, competitor, command.price_minor, min(day, tx.business_date))
        tx.append(CompetitorPriceNoted(*what, command.in_stock, command.seen_us, command.url))
    tx.db.execute(_UNTIL, (command.sku, competitor, command.seen_us))
    return news
