"""PDF layouts of statements, reminders and quotes (`edge/core/process/pdf_sheet.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from edge.accounting.accounts.queries import AccountItem
from edge.accounting.accounts.quote_reads import Quote
from edge.accounting.accounts.statement import Statement, days_late
from edge.core.process.pdf_sheet import PdfSheet, SheetTable
from edge.lib.units.quantity import show_quantity

WIDTHS = (26, 54, 40, 26, 22, 22)
"""Column widths of a statement, in millimetres."""


class SheetWords(msgspec.Struct, frozen=True):
    """A document's language. `say` translates texts, `money` formats minor units, and `written` an ISO 8601 day or
    month."""

    right_to_left: bool
    say: Callable[..., str]
    money: Callable[[int], str]
    written: Callable[[str], str]


def statement_sheet(
    one: Statement,
    shop: tuple[str, ...],
    to: tuple[str, ...],
    words: SheetWords,
) -> PdfSheet:
    """A month's account statement, with open items by age at the bottom."""
    opening = ("", words.say("accounts.opening"), "", "", "", words.money(one.opening_minor))
    lines = tuple(
        (
            *(words.written(line.day), words.say(f"accounts.move_{line.kind}")),
            line.document or (f"#{line.number}" if line.number else ""),
            *(words.written(line.due_on), words.money(line.amount_minor), words.money(line.balance_minor)),
        )
        for line in one.lines
    )
    columns = ("day", "move", "document", "due", "amount", "balance")
    ages = tuple((words.say(f"accounts.age_{n}"), words.money(minor)) for n, minor in enumerate(one.ages))
    return PdfSheet(
        *(words.say("accounts.statement_of", month=words.written(one.month)), words.right_to_left, shop),
        (to,),
        (
            SheetTable(
                *("", tuple(words.say(f"accounts.{key}") for key in columns), (opening, *lines), WIDTHS, 4),
                (("", words.say("accounts.closing"), "", "", "", words.money(one.closing_minor)),),
            ),
            SheetTable(words.say("accounts.open_now"), (words.say("accounts.age"), words.say("accounts.amount")), ages),
        ),
    )


def reminder_rows(items: Iterable[AccountItem], today: str, words: SheetWords) -> tuple[tuple[str, ...], ...]:
    """Overdue items as table rows."""
    return tuple(
        (
            one.invoice or (f"{one.register}-{one.paper}" if one.paper else words.say(f"accounts.move_{one.kind}")),
            words.written(one.business_date),
            words.written(one.due_on),
            str(days_late(one.due_on, today)),
            words.money(one.open_minor),
        )
        for one in items
    )


def reminder_sheet(
    items: tuple[AccountItem, ...],
    stage: int,
    today: str,
    shop: tuple[str, ...],
    to: tuple[str, ...],
    words: SheetWords,
) -> PdfSheet:
    """A reminder of all overdue items, worded for its stage."""
    columns = tuple(words.say(f"accounts.{key}") for key in ("document", "day", "due", "days_late", "amount"))
    total = words.money(sum(one.open_minor for one in items))
    return PdfSheet(
        *(words.say(f"accounts.reminder_{min(stage, 3)}"), words.right_to_left, shop),
        (to, (words.written(today),), (words.say(f"accounts.reminder_text_{min(stage, 3)}"),)),
        (
            SheetTable(
                *("", columns, reminder_rows(items, today, words), (60, 32, 32, 26, 40), 4),
                (("", words.say("accounts.total"), "", "", total),),
            ),
        ),
    )


def quote_sheet(
    one: Quote,
    names: Mapping[str, str],
    shop: tuple[str, ...],
    to: tuple[str, ...],
    words: SheetWords,
) -> PdfSheet:
    """A quote with its prices and expiry. `names`: its products' names."""
    columns = tuple(words.say(f"accounts.{key}") for key in ("product", "quantity", "price"))
    lines = tuple(
        (names.get(line.sku, line.sku), show_quantity(line.quantity), words.money(line.price_minor))
        for line in one.lines
    )
    sums = ((words.say("accounts.total_with_taxes"), "", words.money(one.total_minor)),)
    return PdfSheet(
        *(words.say("accounts.quote_number", number=one.number), words.right_to_left, shop),
        (
            to,
            (words.written(one.business_date),),
            (words.say("accounts.quote_until", day=words.written(one.valid_until)),),
        ),
        (SheetTable("", columns, lines, (110, 40, 40), 1, sums),),
    )
