"""Text for a two-line customer display, during scanning and payment. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.event_structs import Tender
from edge.counter.basket.totals import totals
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import LANGUAGES, Language, direction, name_in, number, translate
from edge.lib.i18n.bidi import visual
from edge.lib.i18n.plain_marks import with_plain_marks
from edge.lib.units.money import show_minor
from edge.money.tenders.tender import currency_of, is_foreign


class Screen(msgspec.Struct, frozen=True):
    """A display: its `columns` per line, and the characters it `has`."""

    columns: int
    has: Callable[[str], bool]


Shown = tuple[str, str]
NOTHING: Mapping[str, str] = MappingProxyType({})


def idle(settings: TillSettings, screen: Screen, texts: Mapping[str, str] = NOTHING) -> Shown:
    """The text between customers: the shop's message, or its name, in the first language that the display can write.

    Text after the second line is appended to it if it fits.
    """
    said = [(texts[language], language) for language in (settings.language, *LANGUAGES) if language in texts]
    for text, language in (*said, (settings.header[0] if settings.header else "", settings.language)):
        first, _, rest = text.partition("\n")
        shown = [_visual(line, language, screen) for line in (first, rest.replace("\n", " "))]
        if screen.has("".join(shown)):
            upper, lower = (line[: screen.columns].center(screen.columns) if line else "" for line in shown)
            return upper, lower
    return "", ""


def of_trial(settings: TillSettings, screen: Screen) -> Shown:
    """The test pattern, which fills every column of the lower line."""
    word = _word("till.display_trial", settings, screen)[: screen.columns].center(screen.columns)
    return word, ("1234567890" * 8)[: screen.columns]


def practice_screen(settings: TillSettings, screen: Screen) -> Shown:
    """The text in practice mode, in which nothing is really sold."""
    return _word("training.paper", settings, screen)[: screen.columns].center(screen.columns), ""


def of_basket(basket: Basket, before: Basket, settings: TillSettings, screen: Screen) -> Shown:
    """The last changed line and the amount due, or the shop's name for an empty basket.

    While the customer is asked to accept an amount other than the promised one, both amounts are shown.
    """
    if not basket.lines:
        return idle(settings, screen)
    asked = next((one for one in basket.questions if one.was_minor is not None), None)
    line = basket.changed_since(before) or basket.lines[-1]
    words = (
        _word("receipt.voided", settings, screen)
        if line.voided
        else _money(line.amount_minor + line.deposits_minor, settings)
    )
    try:
        due = totals(basket, settings).due_minor
    except KeyError:  # the tax table changed after the line was added; paying reports it
        due = basket.total_minor
    upper = _name(line, settings, screen), words
    if asked and asked.was_minor is not None:
        upper = _word("page.promised", settings, screen), _money(asked.was_minor, settings)
    return (
        _pair(*upper, screen.columns),
        _pair(_word("receipt.total", settings, screen), _money(due, settings), screen.columns),
    )


def of_sale(sale: SaleCompleted, settings: TillSettings, screen: Screen) -> Shown:
    """The total and the change; if there is no change, the total and the tender."""
    total = _pair(
        _word("receipt.total", settings, screen),
        _money(sale.total_minor + sale.rounding_minor, settings),
        screen.columns,
    )
    if sale.change_minor or not sale.tenders:
        word, minor = _word("receipt.change", settings, screen), sale.change_minor
    else:
        word, minor = _tender(sale.tenders[-1].kind, settings, screen), sale.tenders[-1].amount_minor
    return total, _pair(word, _money(minor, settings), screen.columns)


def of_void(void: SaleVoided, settings: TillSettings, screen: Screen) -> Shown:
    """A notice that the sale was voided, with its total, and the refund's tender if there is only one."""
    word = _word("receipt.void", settings, screen)
    return _pair(word, _money(void.total_minor, settings), screen.columns), _back(void.tenders, settings, screen)


def of_refund(refund: SaleRefunded, settings: TillSettings, screen: Screen) -> Shown:
    """The refund, and its tender if there is only one."""
    upper = _pair(_word("receipt.refund", settings, screen), _money(refund.paid_minor, settings), screen.columns)
    return upper, _back(refund.tenders, settings, screen)


def _back(tenders: Sequence[Tender], settings: TillSettings, screen: Screen) -> str:
    if len(tenders) != 1:
        return ""  # the display has only one line left; the cashier's page shows all tenders
    (tender,) = tenders
    return _pair(_tender(tender.kind, settings, screen), _money(tender.amount_minor, settings), screen.columns)


def _name(line: BasketLine, settings: TillSettings, screen: Screen) -> str:
    """The product's name in the shop's language, or its first name that the display has letters for."""
    names = (name_in(line.names, settings.language), *line.names.values())
    written = (_visual(name, settings.language, screen) for name in names)
    return next((name for name in written if screen.has(name)), line.code)


def _tender(kind: str, settings: TillSettings, screen: Screen) -> str:
    """The name of a tender: the shop's own by name, foreign cash by currency."""
    if is_foreign(kind):
        return currency_of(kind)
    own = next((own for own in settings.tenders if own.id == kind), None)
    if own is None:
        return _word(f"tender.{kind}" if kind in ("gift", "credit", "account") else f"receipt.{kind}", settings, screen)
    names = (name_in(own.names, settings.language), *own.names.values())
    return next((name for name in names if screen.has(name)), own.id)


def _word(key: str, settings: TillSettings, screen: Screen) -> str:
    said = (_visual(translate(language, key), language, screen) for language in (settings.language, *LANGUAGES))
    return next((word for word in said if screen.has(word)), "")


def _visual(text: str, language: Language, screen: Screen) -> str:
    """Text as a display writes it: from left to right, and with plain marks in place of those it lacks."""
    return visual(with_plain_marks(text, screen.has), direction(language) == "rtl")


def _money(minor: int, settings: TillSettings) -> str:
    return number(show_minor(minor, settings.currency), settings.language)


def _pair(left: str, right: str, columns: int) -> str:
    """Both texts on one line. The left text may be cut, the right one (the amount) never is."""
    room = max(0, columns - len(right) - 1)
    return f"{left[:room]:<{room}} {right}"
