"""What of gift cards needs a person."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.gift_cards.queries import read_lost_cards


def _lost(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Cards of which more was spent than they held, while head office could not be asked."""
    for card in read_lost_cards(db):
        yield Condition(card.id, {"tail": card.tail, "sum_minor": card.lost_minor - card.noted_minor})


WATCHES: tuple[Watch, ...] = (Watch("gift_card_lost", "medium", _lost),)
