"""A change of the register's open basket, inside the transaction: load, decide, price, save."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.catalog.categories.queries import places_of
from edge.shop.till.costs import asked, noted
from edge.shop.till.pricing import priced
from edge.shop.till.queries import read_basket
from edge.shop.till.rules import plausible
from edge.shop.till.rules.basket import BASKET_BYTES, Basket, BasketLine
from edge.shop.till.sale_effects import save
from edge.shop.till.settings import TillSettings

_encode = msgspec.json.Encoder().encode


def change(
    tx: Transaction,
    settings: TillSettings,
    decide: Callable[[Basket], Basket | Refused],
    ask: bool = False,
    ask_cost: bool = False,
) -> Basket | Refused:
    """The basket as somebody decides. One that was part-paid is finished or abandoned, not changed.

    `ask`: a person typed it, and was not asked yet whether they mean it; `ask_cost`: nor whether below its cost.
    """
    basket = read_basket(tx.db, tx.actor.register)
    if basket.tenders:
        return Refused("already_paying", {"paid_minor": basket.paid_minor})
    decision = decide(basket)
    if isinstance(decision, Refused):
        return decision
    if ask and (refused := plausible.line_asked(basket, decision, settings)):
        return refused
    if settings.undiscounted:
        decision = _marked(tx, basket, decision, settings)
    decision = noted(tx, basket, priced(tx, decision, settings), settings)
    if ask_cost and (refused := asked(basket, decision)):
        return refused
    grown = len(decision.lines) > len(basket.lines) or len(decision.promotions) > len(basket.promotions)
    grown = grown or decision.returns != basket.returns
    if grown and len(_encode(decision)) > BASKET_BYTES:
        return Refused("basket_full", {"limit": len(basket.lines)})
    return save(tx, decision)


def _marked(tx: Transaction, before: Basket, after: Basket, settings: TillSettings) -> Basket:
    """The basket whose new lines say whether people may take something off them."""
    fresh = [line for line in after.lines if line.kind == "goods" and before.line(line.id) is None]
    if not fresh:
        return after
    places = places_of(tx.db, [line.sku for line in fresh])
    held = set(settings.undiscounted)
    ids = {line.id for line in fresh if line.sku in places and held.intersection(places[line.sku].categories)}

    def marked(line: BasketLine) -> BasketLine:
        return msgspec.structs.replace(line, undiscounted=True) if line.id in ids else line

    return msgspec.structs.replace(after, lines=tuple(marked(line) for line in after.lines)) if ids else after
