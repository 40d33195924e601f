"""Project events of price models and suggestions to rows."""

from __future__ import annotations

import msgspec

from edge.analytics.pricing.events import (
    CompetitorPriceNoted,
    PriceModelReverted,
    PriceModelTrained,
    PricesProposed,
    ProposedPriceAnswered,
)
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_TRAINED = (
    "INSERT OR REPLACE INTO price_model (version, through, outcome, place, trained_us, trained_date,"
    " baskets, rows, right, right_before, strengths, checksum)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUSH = "UPDATE price_model SET place = place + 1 WHERE place IS NOT NULL"
_RIVAL = (
    "INSERT INTO rival_price (sku, competitor, seen_us, price_minor, in_stock, url, seq) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
COMPETITOR_PRICES_US = 730 * 86_400_000_000
"""Time for which a competitor's prices are stored; the newest price stays as long as it's valid."""
_RIVAL_OLD = "DELETE FROM rival_price WHERE sku = ? AND competitor = ? AND seq <> ? AND seen_us < ?"
_POP = "UPDATE price_model SET place = nullif(place, 0) - 1 WHERE place IS NOT NULL"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _insert_model(db: Connection, fact: RecordedEvent, event: PriceModelTrained) -> None:
    place = None
    if event.outcome == "deployed":
        db.execute(_PUSH)
        place = 0
    when = (fact.at_us, fact.business_date)
    counts = (event.baskets, event.rows, event.right, event.right_before)
    said = (_json(event.strengths), event.checksum)
    db.execute(_TRAINED, (event.model_version, event.through, event.outcome, place, *when, *counts, *said))


def _replace_proposals(db: Connection, fact: RecordedEvent, event: PricesProposed) -> None:
    db.execute("DELETE FROM price_proposal")
    rows = [(one.sku, event.model_version, _json(one)) for one in event.prices]
    db.executemany("INSERT INTO price_proposal (sku, version, body) VALUES (?, ?, ?)", rows)


def _close_proposal(db: Connection, fact: RecordedEvent, event: ProposedPriceAnswered) -> None:
    db.execute("DELETE FROM price_proposal WHERE sku = ?", (event.sku,))
    if not event.taken:
        db.execute(
            "INSERT OR REPLACE INTO price_left (sku, business_date) VALUES (?, ?)", (event.sku, fact.business_date)
        )


def _revert_model(db: Connection, fact: RecordedEvent, event: PriceModelReverted) -> None:
    db.execute(_POP)
    db.execute("DELETE FROM price_proposal")


def _note_competitor_price(db: Connection, fact: RecordedEvent, event: CompetitorPriceNoted) -> None:
    about = (event.sku, event.competitor, event.seen_us or fact.at_us, event.price_minor, event.in_stock, event.url)
    db.execute(_RIVAL, (*about, fact.seq))
    db.execute(_RIVAL_OLD, (event.sku, event.competitor, fact.seq, fact.at_us - COMPETITOR_PRICES_US))
    if event.price_minor is None:
        db.execute("DELETE FROM competitor_price WHERE sku = ? AND competitor = ?", (event.sku, event.competitor))
        return
    row = (event.sku, event.competitor, event.price_minor, event.day)
    db.execute("INSERT OR REPLACE INTO competitor_price (sku, competitor, price_minor, day) VALUES (?, ?, ?, ?)", row)


projector = Projector(
    name="prices_proposed",
    version=3,
    tables=("price_model", "price_proposal", "price_left", "competitor_price", "rival_price"),
    on={
        PriceModelTrained: _insert_model,
        PricesProposed: _replace_proposals,
        ProposedPriceAnswered: _close_proposal,
        PriceModelReverted: _revert_model,
        CompetitorPriceNoted: _note_competitor_price,
    },
)
