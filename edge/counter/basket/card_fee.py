"""A terminal's surcharge for a credit card, as a separate line like on the card's receipt. Pure.

It's calculated on the sum with taxes and isn't taxed: see `edge/lib/regions/card_surcharges.py`.
"""

from __future__ import annotations

from edge.counter.basket.basket import Basket, BasketLine
from edge.lib.i18n import in_all_languages
from edge.lib.units.quantity import ONE


def with_card_fee(basket: Basket, minor: int) -> Basket:
    """The basket with a surcharge added for a card."""
    id = basket.last_id + 1
    fee = BasketLine(id, "", "", in_all_languages("counter.line_card_fee"), "piece", ONE, minor, "", kind="fee")
    return basket.with_changes(last_id=id, lines=(*basket.lines, fee))
