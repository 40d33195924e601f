"""Change the register's open basket inside the transaction. Handlers load it, decide, then call `price_and_save`."""

from __future__ import annotations

import msgspec

from edge.core.messages import Actor, Refusal
from edge.core.registry import Transaction
from edge.counter.basket import basket_lines, discounts
from edge.counter.basket.basket import BASKET_BYTES, Basket
from edge.counter.basket.basket_steps import with_steps
from edge.counter.till.lines.costs import note_costs, require_cost_yes
from edge.counter.till.lines.pricing import price_basket
from edge.counter.till.lines.purchase_limits import LIMITED, over_limit
from edge.counter.till.lines.selling_hours import TIMED, require_hours
from edge.counter.till.queries import read_basket
from edge.counter.till.rules import plausibility
from edge.counter.till.sale_effects import pin_first, save
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import DISCOUNT, OPEN_AMOUNT, within

_encode = msgspec.json.Encoder().encode


def load(tx: Transaction) -> Basket:
    """Return the basket to change. A part-paid basket must be completed or cleared instead."""
    basket = read_basket(tx.db, tx.actor.register)
    if basket.tenders:
        raise Refusal("already_paying", {"paid_minor": basket.paid_minor})
    return basket


def price_and_save(
    tx: Transaction,
    settings: TillSettings,
    basket: Basket,
    decision: Basket,
    typed: bool = False,
    priced_by_hand: bool = False,
) -> Basket:
    """Reprice the changed `basket` and save it at the register. Refused if a rule forbids the change.

    `typed`: a person entered it, and is asked to confirm unlikely values. `priced_by_hand`: they're also asked about
    prices below cost.
    """
    if "void_line" in settings.pin_for and basket_lines.is_struck(basket, decision):
        pin_first(tx.actor, "void_line", settings)
    if LIMITED.of(tx) and sum(line.goods for line in decision.sold_lines) > sum(
        line.goods for line in basket.sold_lines
    ):
        over_limit(tx, decision.sold_lines, [line for goods in decision.returns for line in goods.lines])
    if TIMED.of(tx) and (
        len(decision.sold_lines) > len(basket.sold_lines) or len(decision.questions) > len(basket.questions)
    ):
        require_hours(tx, [*decision.sold_lines, *decision.questions], settings)
    if typed:
        plausibility.line_asked(basket, decision, settings, tx.ask)
    decision = note_costs(tx, basket, price_basket(tx, decision, settings), settings)
    over_discount(tx.actor, basket, decision)
    if priced_by_hand:
        require_cost_yes(tx, basket, decision)
    grown = len(decision.lines) > len(basket.lines) or len(decision.promotions) > len(basket.promotions)
    grown = grown or decision.returns != basket.returns
    if grown and len(_encode(decision)) > BASKET_BYTES:
        raise Refusal("basket_full", {"limit": len(basket.lines)})
    return save(tx, with_steps(basket, decision, tx.at_us))


def over_discount(actor: Actor, before: Basket, after: Basket) -> None:
    """Raise `Refusal` for discounts above the actor's limit. All manual discounts of the basket count together."""
    given_minor = discounts.given_minor(after)
    if given_minor > discounts.given_minor(before):
        within(actor, DISCOUNT, given_minor)


def within_open(actor: Actor, after: Basket, id: int, settings: TillSettings) -> Basket:
    """Return the basket if its changed open amount is within the shop's and the actor's limits."""
    line = after.line(id)
    if line is not None and line.kind == "open":
        over_open(actor, line.gross_minor, settings)
    return after


def over_open(actor: Actor, minor: int, settings: TillSettings) -> None:
    """Raise `Refusal` for an open amount above the limits."""
    if minor > settings.open_most_minor:
        raise Refusal("open_amount_most", {"most_minor": settings.open_most_minor})
    within(actor, OPEN_AMOUNT, minor)
