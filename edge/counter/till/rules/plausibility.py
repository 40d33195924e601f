"""What is more likely a slip of the finger than meant: asked about once, before it costs money. Pure.

Only what somebody typed is asked about, never what was scanned.
"""

from __future__ import annotations

from edge.core.asking import Ask
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.till.events import SaleCompleted
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import name_values
from edge.lib.units.money import exponent
from edge.lib.units.quantity import ONE, show_quantity

MANY = 100 * ONE
"""Of one thing, in thousandths."""
MUCH_UNITS = 10_000
"""A line's sum, in units of the currency; or NOTES of its largest notes, where that is more."""
NOTES = 20
FAR = 10
"""How many times dearer or cheaper than the catalogue a price is far off."""


def line_asked(before: Basket, after: Basket, settings: TillSettings, ask: Ask) -> None:
    """`Refusal`: what is to be asked about the line that a person changed."""
    line = after.changed_since(before)
    if line is None or line.voided:
        return
    old = before.line(line.id)
    if line.quantity > MANY and (old is None or old.quantity != line.quantity):
        ask("confirm_quantity", {**name_values(line.names), "quantity": show_quantity(line.quantity)}, line.id)
    if (old is None or old.price_minor != line.price_minor) and _far_off(line):
        values = {"price_minor": line.price_minor, "listed_minor": line.listed_minor or 0}
        ask("confirm_price", {**name_values(line.names), **values}, line.id)
    if line.amount_minor > most_minor(settings):
        ask("confirm_sum", {**name_values(line.names), "sum_minor": line.amount_minor}, line.id)


def cash_asked(sale: SaleCompleted, settings: TillSettings, ask: Ask) -> None:
    """`Refusal`: what is to be asked about cash that was given: whether the customer really gets that much back."""
    if not is_plain_cash(sale.change_minor, settings):
        ask("confirm_cash", {"given_minor": sale.tenders[-1].amount_minor, "change_minor": sale.change_minor})


def is_plain_cash(change_minor: int, settings: TillSettings) -> bool:
    """Whether somebody may well have given so much that this goes back: not more than the largest note."""
    return change_minor <= max(settings.notes_minor, default=most_minor(settings))


def may_be_code(amount_minor: int, change_minor: int, settings: TillSettings) -> str:
    """The code that was perhaps typed in the place of a sum: whole units of four digits and more, as short codes of
    goods are what notes make too. Empty: it is plain money, which notes make and of which little goes back."""
    units, part = divmod(amount_minor, 10 ** exponent(settings.currency))
    if part or units < 1000:
        return ""
    notes = min(settings.notes_minor, default=0)
    if notes and amount_minor % notes == 0 and is_plain_cash(change_minor, settings):
        return ""
    return str(units)


def most_minor(settings: TillSettings) -> int:
    """A line that comes to more is asked about."""
    units_minor: int = MUCH_UNITS * 10 ** exponent(settings.currency)
    return max(units_minor, NOTES * max(settings.notes_minor, default=0))


def _far_off(line: BasketLine) -> bool:
    listed = line.listed_minor
    if not listed:
        return False
    return not line.price_minor or line.price_minor > listed * FAR or line.price_minor * FAR < listed
