"""A statement, a reminder and a quote as they are drawn on paper (`edge/core/process/pdf_sheet.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from edge.core.process.pdf_sheet import PdfSheet, SheetTable
from edge.lib.units.quantity import show_quantity
from edge.shop.accounts.queries import AccountItem
from edge.shop.accounts.quote_reads import Quote
from edge.shop.accounts.statement import Statement, days_late

WIDTHS = (26, 54, 40, 26, 22, 22)
"""Of the columns of a statement, in millimetres."""
Say = Callable[..., str]
Money = Callable[[int], str]
Written = Callable[[str], str]
"""A day or a month of ISO 8601 as people write it."""


def statement_sheet(
    one: Statement,
    shop: tuple[str, ...],
    to: tuple[str, ...],
    right_to_left: bool,
    say: Say,
    money: Money,
    written: Written,
) -> PdfSheet:
    """A month of an account, with what is open below by how late it is."""
    opening = ("", say("accounts.opening"), "", "", "", money(one.opening_minor))
    lines = tuple(
        (
            *(written(line.day), say(f"accounts.move_{line.kind}")),
            line.document or (f"#{line.number}" if line.number else ""),
            *(written(line.due_on), money(line.amount_minor), money(line.balance_minor)),
        )
        for line in one.lines
    )
    columns = ("day", "move", "document", "due", "amount", "balance")
    ages = tuple((say(f"accounts.age_{n}"), money(minor)) for n, minor in enumerate(one.ages))
    return PdfSheet(
        *(say("accounts.statement_of", month=written(one.month)), right_to_left, shop),
        (to,),
        (
            SheetTable(
                *("", tuple(say(f"accounts.{key}") for key in columns), (opening, *lines), WIDTHS, 4),
                (("", say("accounts.closing"), "", "", "", money(one.closing_minor)),),
            ),
            SheetTable(say("accounts.open_now"), (say("accounts.age"), say("accounts.amount")), ages),
        ),
    )


def reminder_rows(
    items: Iterable[AccountItem], today: str, say: Say, money: Money, written: Written
) -> tuple[tuple[str, ...], ...]:
    """What is overdue, item by item."""
    return tuple(
        (
            one.invoice or (f"{one.register}-{one.paper}" if one.paper else say(f"accounts.move_{one.kind}")),
            written(one.business_date),
            written(one.due_on),
            str(days_late(one.due_on, today)),
            money(one.open_minor),
        )
        for one in items
    )


def reminder_sheet(
    items: tuple[AccountItem, ...],
    stage: int,
    today: str,
    shop: tuple[str, ...],
    to: tuple[str, ...],
    right_to_left: bool,
    say: Say,
    money: Money,
    written: Written,
) -> PdfSheet:
    """All that is overdue, in the words of its stage."""
    columns = tuple(say(f"accounts.{key}") for key in ("document", "day", "due", "days_late", "amount"))
    total = money(sum(one.open_minor for one in items))
    return PdfSheet(
        *(say(f"accounts.reminder_{min(stage, 3)}"), right_to_left, shop),
        (to, (written(today),), (say(f"accounts.reminder_text_{min(stage, 3)}"),)),
        (
            SheetTable(
                *("", columns, reminder_rows(items, today, say, money, written), (60, 32, 32, 26, 40), 4),
                (("", say("accounts.total"), "", "", total),),
            ),
        ),
    )


def quote_sheet(
    one: Quote,
    names: Mapping[str, str],
    shop: tuple[str, ...],
    to: tuple[str, ...],
    right_to_left: bool,
    say: Say,
    money: Money,
    written: Written,
) -> PdfSheet:
    """What is offered, at which prices, and until when; `names` of its products."""
    columns = tuple(say(f"accounts.{key}") for key in ("product", "quantity", "price"))
    lines = tuple(
        (names.get(line.sku, line.sku), show_quantity(line.quantity), money(line.price_minor)) for line in one.lines
    )
    sums = ((say("accounts.total_with_taxes"), "", money(one.total_minor)),)
    return PdfSheet(
        *(say("accounts.quote_number", number=one.number), right_to_left, shop),
        (to, (written(one.business_date),), (say("accounts.quote_until", day=written(one.valid_until)),)),
        (SheetTable("", columns, lines, (110, 40, 40), 1, sums),),
    )
