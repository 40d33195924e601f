"""Text for an idle payment terminal during scanning. Pure."""

from __future__ import annotations

from drivers.terminal_outcomes import SCREEN_LINES, ScreenLine, TerminalScreen
from edge.counter.basket.basket import Basket
from edge.counter.basket.totals import totals
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import name_in, number, translate
from edge.lib.units.money import show_minor


def terminal_screen(basket: Basket, settings: TillSettings) -> TerminalScreen | None:
    """The last lines of a basket and the amount due; None for an empty basket. Contains no customer data, and amounts
    without a currency sign, which not every terminal can display."""
    if not basket.sold_lines:
        return None
    try:
        due_minor = totals(basket, settings).due_minor
    except KeyError:  # the tax table changed after a line was added; paying reports it
        due_minor = basket.total_minor
    lines = basket.sold_lines[-(SCREEN_LINES - 1) :]
    shown = tuple(
        _line(name_in(one.names, settings.language) or one.code, one.amount_minor + one.deposits_minor, settings)
        for one in lines
    )
    return TerminalScreen(shown, _line(translate(settings.language, "receipt.total"), due_minor, settings))


def _line(text: str, minor: int, settings: TillSettings) -> ScreenLine:
    return ScreenLine(text, number(show_minor(minor, settings.currency), settings.language), minor)
