"""Tips: a separate line, untaxed and not revenue. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket.basket import LINES_LIMIT, Basket, BasketLine
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.basket.terms import SaleTerms
from edge.counter.basket.totals import totals
from edge.lib.i18n import in_all_languages
from edge.lib.tax.rules import FULL
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import ONE

_replace = msgspec.structs.replace


def tip_minor(lines: Iterable[RecordedLine]) -> int:
    """The tip in these lines, in minor units."""
    return sum(line.amount_minor for line in lines if line.kind == "tip" and not line.voided)


def tip_to(lines: Iterable[RecordedLine]) -> str:
    """The user id of the tip's recipient; "" for the pool, or if there is none."""
    return next((line.tip_to for line in lines if line.kind == "tip" and not line.voided), "")


def with_tip(basket: Basket, minor: int) -> Basket:
    """Return the basket with its tip replaced; 0 removes it."""
    lines = tuple(line for line in basket.lines if line.kind != "tip")
    if not minor:
        return basket.with_changes(lines=lines)
    id = basket.last_id + 1
    tip = BasketLine(id, "", "", in_all_languages("counter.line_tip"), "piece", ONE, minor, "", kind="tip")
    return basket.with_changes(last_id=id, lines=(*lines, tip))


def takes_tip(basket: Basket) -> bool:
    """Whether a tip paid along can be added as a line. It can't for a part of a bill or an advance."""
    return basket.part is None and all(line.kind != "advance" for line in basket.lines)


def with_asked_tip(basket: Basket, minor: int, share: int, settings: SaleTerms) -> Basket:
    """Return the basket with the requested tip: a sum, or a `share` of the sum due and any advance, without a tip. With
    neither, the tip is removed.

    A share (thousandths of a percent; 0: none) is recalculated when the basket changes. Raises `Refusal` if the shop
    takes no tips, or the basket is empty or full.
    """
    if (minor or share) and not settings.takes_tips:
        raise Refusal("no_tips")
    if not basket.sold_lines:
        raise Refusal("basket_empty")
    without = _replace(with_tip(basket, 0), tip_share=share)
    if share:
        minor = _share_minor(without, settings)
    if minor and len(without.lines) >= LINES_LIMIT:
        raise Refusal("basket_full", {"limit": LINES_LIMIT})
    return with_tip(without, minor)


def following(basket: Basket, settings: SaleTerms) -> Basket:
    """Return the basket with its percentage tip recalculated. Its revision doesn't change."""
    tip = next((line for line in basket.sold_lines if line.kind == "tip"), None)
    if tip is None or not basket.tip_share:
        return basket
    others = tuple(line for line in basket.lines if line is not tip)
    minor = _share_minor(_replace(basket, lines=others), settings)
    if not minor:
        return _replace(basket, lines=others, tip_share=0)
    lines = (_replace(line, price_minor=minor) if line is tip else line for line in basket.lines)
    return _replace(basket, lines=tuple(lines))


def _share_minor(without: Basket, settings: SaleTerms) -> int:
    """The percentage tip for a basket without a tip, on the sum due plus any advance."""
    sums = totals(without, settings)
    return divide_half_up((sums.due_minor + sums.advance_minor) * without.tip_share, FULL)


def assign_tips(lines: Iterable[RecordedLine], person: str) -> tuple[RecordedLine, ...]:
    """Return the lines with their tip assigned to this person."""
    return tuple(msgspec.structs.replace(line, tip_to=person) if line.kind == "tip" else line for line in lines)
