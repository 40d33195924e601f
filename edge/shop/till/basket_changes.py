"""A change of the register's open basket, inside the transaction. A handler reads: load, decide, `price_and_save`."""

from __future__ import annotations

import msgspec

from edge.core.messages import Actor, Refused
from edge.core.registry import Transaction
from edge.shop.access.rights import DISCOUNT, within
from edge.shop.catalog.categories.queries import places_of
from edge.shop.till.costs import asked, noted
from edge.shop.till.pricing import priced
from edge.shop.till.purchase_limits import over_limit
from edge.shop.till.queries import read_basket
from edge.shop.till.rules import plausibility
from edge.shop.till.rules.basket import BASKET_BYTES, Basket, BasketLine
from edge.shop.till.sale_effects import save
from edge.shop.till.settings import TillSettings

_encode = msgspec.json.Encoder().encode


def load(tx: Transaction) -> Basket | Refused:
    """The basket, to be changed. One that was part-paid is finished or abandoned instead."""
    basket = read_basket(tx.db, tx.actor.register)
    return Refused("already_paying", {"paid_minor": basket.paid_minor}) if basket.tenders else basket


def price_and_save(
    tx: Transaction,
    settings: TillSettings,
    basket: Basket,
    decision: Basket | Refused,
    ask: bool = False,
    ask_cost: bool = False,
) -> Basket | Refused:
    """The `basket` as was decided, at its prices, on the counter; or why not.

    `ask`: a person typed it, and was not asked yet whether they mean it; `ask_cost`: nor whether below its cost.
    """
    if isinstance(decision, Refused):
        return decision
    more = sum(line.goods for line in decision.sold) > sum(line.goods for line in basket.sold)
    if more and (refused := over_limit(tx, decision.sold)):
        return refused
    if ask and (refused := plausibility.line_asked(basket, decision, settings)):
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


def within_discount(actor: Actor, before: Basket, after: Basket | Refused) -> Basket | Refused:
    """What was decided, where this person may take off so much."""
    if isinstance(after, Refused):
        return after
    return within(actor, DISCOUNT, before.total_minor - after.total_minor) or after


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
