"""A change of the register's open basket, inside the transaction. A handler reads: load, decide, `price_and_save`."""

from __future__ import annotations

import msgspec

from edge.core.messages import Actor, Refused
from edge.core.registry import Transaction
from edge.shop.access.rights import DISCOUNT, OPEN_AMOUNT, within
from edge.shop.till.costs import asked, noted
from edge.shop.till.pricing import priced
from edge.shop.till.purchase_limits import over_limit
from edge.shop.till.queries import read_basket
from edge.shop.till.rules import plausibility
from edge.shop.till.rules.basket import BASKET_BYTES, Basket
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


def within_open(actor: Actor, after: Basket | Refused, id: int, settings: TillSettings) -> Basket | Refused:
    """What was decided about a line, where an open amount stays below the shop's limit and this person's."""
    line = after.line(id) if isinstance(after, Basket) else None
    if isinstance(after, Refused) or line is None or line.kind != "open":
        return after
    return over_open(actor, line.gross_minor, settings) or after


def over_open(actor: Actor, minor: int, settings: TillSettings) -> Refused | None:
    """Why an open amount cannot be so much."""
    if minor > settings.open_most_minor:
        return Refused("open_amount_most", {"most_minor": settings.open_most_minor})
    return within(actor, OPEN_AMOUNT, minor)
