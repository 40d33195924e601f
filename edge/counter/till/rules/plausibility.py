"""Detects likely typing errors, which must be confirmed before they cost money. Pure.

Only typed input is checked, never scans.
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
"""A large quantity of one product, in thousandths."""
MUCH_UNITS = 10_000
"""A large line total, in units of the currency.

`NOTES` times the largest note counts instead, if that's more.
"""
NOTES = 20
FAR = 10
"""A price this many times above or below the catalogue's needs confirmation."""


def line_asked(before: Basket, after: Basket, settings: TillSettings, ask: Ask) -> None:
    """Ask to confirm an unlikely change of a line."""
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
    """Ask to confirm unlikely change for a cash payment."""
    if not is_plain_cash(sale.change_minor, settings):
        ask("confirm_cash", {"given_minor": sale.tenders[-1].amount_minor, "change_minor": sale.change_minor})


def is_plain_cash(change_minor: int, settings: TillSettings) -> bool:
    """Whether this much change is plausible: no more than the largest note."""
    return change_minor <= max(settings.notes_minor, default=most_minor(settings))


def may_be_code(amount_minor: int, change_minor: int, settings: TillSettings) -> str:
    """The code that may have been typed as an amount: whole units of at least four digits.

    Empty for plausible cash: an amount in notes with little change. Short codes can look like that too.
    """
    units, part = divmod(amount_minor, 10 ** exponent(settings.currency))
    if part or units < 1000:
        return ""
    notes = min(settings.notes_minor, default=0)
    if notes and amount_minor % notes == 0 and is_plain_cash(change_minor, settings):
        return ""
    return str(units)


def most_minor(settings: TillSettings) -> int:
    """Line totals above this need confirmation."""
    units_minor: int = MUCH_UNITS * 10 ** exponent(settings.currency)
    return max(units_minor, NOTES * max(settings.notes_minor, default=0))


def _far_off(line: BasketLine) -> bool:
    listed = line.listed_minor
    if not listed:
        return False
    return not line.price_minor or line.price_minor > listed * FAR or line.price_minor * FAR < listed
