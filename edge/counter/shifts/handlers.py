"""Commands of shifts, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.shifts import rules
from edge.counter.shifts.commands import CloseShift, GiveRefundInCash, MoveCash, OpenDrawer, OpenShift, PrintShift
from edge.counter.shifts.events import (
    OF_OTHERS,
    CashMoved,
    DrawerOpened,
    MoveKind,
    ShiftClosed,
    ShiftOpened,
    ShiftPrinted,
)
from edge.counter.shifts.queries import last_shift, open_number, read_drawer, read_shift
from edge.counter.shifts.rules import signed_amount
from edge.counter.shifts.settings import ShiftSettings
from edge.counter.till.after_sale.receipts import opens_on_phone
from edge.counter.till.queries import read_basket
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import OVERRIDE
from edge.foundation.printing.commands import OPEN_DRAWER, QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock, Text
from edge.foundation.printing.personal import Named, sealed_name
from edge.lib.i18n import translate
from edge.lib.units.denominations import denominations
from edge.lib.units.money import divide_half_up
from edge.money.payments.commands import NoteRefundInCash
from edge.money.payments.queries import find_refund
from edge.money.tenders.queries import read_tenders
from edge.money.tenders.tender import currency_of, is_foreign

UNUSUAL_TIMES = 10
"""A float this many times the last one needs confirmation, because 20000 was probably typed for 200.00."""


class Closed(msgspec.Struct, frozen=True):
    """The result of closing a shift, returned after the drawer was counted."""

    number: int
    expected_minor: int
    counted_minor: int
    difference_minor: int


class DrawerNow(msgspec.Struct, frozen=True):
    """A register's drawer as its user may see it. `shift` 0: no shift is open.

    `moved`: movements by kind, signed. `cash_minor`: the cash from sales. With a blind count both are empty, and
    `expected_minor` is None.
    """

    shift: int = 0
    opened_us: int = 0
    opened_date: str = ""
    opened_by: str = ""
    float_minor: int = 0
    moved: dict[MoveKind | str, int] = {}
    cash_minor: int | None = None
    expected_minor: int | None = None


class ShiftHandlers:
    """Handles the shift commands of a store."""

    def __init__(self, settings: ShiftSettings) -> None:
        self._settings = settings

    def open_shift(self, tx: Transaction, command: OpenShift) -> int:
        """Open a shift; returns its number."""
        register = tx.actor.register
        if number := open_number(tx.db, register):
            raise Refusal("shift_open", {"number": number})
        self._require_payable_amount(command.float_minor)
        last = last_shift(tx.db, register)
        if last and 0 < last.float_minor * UNUSUAL_TIMES < command.float_minor:
            tx.ask("confirm_float", {"float_minor": command.float_minor, "usual_minor": last.float_minor})
        opened = ShiftOpened(last.number + 1 if last else 1, self._settings.currency, command.float_minor)
        tx.append(opened)
        tx.do(OPEN_DRAWER)
        return opened.number

    def move_cash(self, tx: Transaction, command: MoveCash) -> None:
        of_others = command.kind in OF_OTHERS or not command.paper or command.tender != "cash"
        if not tx.is_child and of_others:
            raise Refusal("cash_of_deliveries")
        number = open_number(tx.db, tx.actor.register)
        if not number:
            raise Refusal("no_shift")
        if not tx.is_child:
            self._require_payable_amount(command.amount_minor)
        currency = currency_of(command.tender) if is_foreign(command.tender) else self._settings.currency
        moved = CashMoved(number, currency, command.kind, command.amount_minor, command.reason, command.tender)
        fact = tx.append(moved)
        if not command.paper:
            return
        tx.do(OPEN_DRAWER)
        tx.do(QueuePrint("cash", move_paper(moved, sealed_name(tx.db, fact.actor), fact, self._settings)))

    def give_refund(self, tx: Transaction, command: GiveRefundInCash) -> int:
        """Pay a card refund in cash; returns the amount, rounded to coins."""
        refund = find_refund(tx.db, command.payment, command.number)
        if refund is None:
            raise Refusal("no_such_payment")
        step = self._settings.cash_step_minor
        cash_minor = divide_half_up(refund.amount_minor, step) * step
        if not cash_minor:
            raise Refusal("no_such_coin", {"given_minor": refund.amount_minor, "coin_minor": step})
        tx.do(NoteRefundInCash(refund.payment, refund.number, cash_minor))
        if open_number(tx.db, tx.actor.register):
            tx.do(MoveCash("card_refund", cash_minor, command.reason))
        else:
            tx.do(OpenDrawer(command.reason))
        return cash_minor

    def open_drawer(self, tx: Transaction, command: OpenDrawer) -> None:
        if "open_drawer" in self._settings.pin_for and not tx.actor.may(OVERRIDE):
            raise Refusal("confirm_pin")
        tx.append(DrawerOpened(open_number(tx.db, tx.actor.register), command.reason))
        tx.do(OPEN_DRAWER)

    def close_shift(self, tx: Transaction, command: CloseShift) -> Closed:
        drawer = read_drawer(tx.db, tx.actor.register)
        if not drawer.shift:
            raise Refusal("no_shift")
        if paid := read_basket(tx.db, tx.actor.register).paid_minor:
            raise Refusal("already_paying", {"paid_minor": paid})
        known = denominations(self._settings.currency)
        counted = rules.count(command.counted_minor, command.pieces, known.values if known else ())
        others = {other.kind: other.counted_minor for other in command.others}
        if len(others) < len(command.others):
            raise Refusal("counted_twice")
        taken = {"card", *(own.id for own in read_tenders(tx.db)), *drawer.day.taken.tenders, *drawer.notes}
        for kind in others:
            if kind == "cash" or not (kind in taken or is_foreign(kind)):
                raise Refusal("tender_unknown", {"tender": kind})
        closed = rules.close_drawer(drawer, self._settings.currency, counted, command.pieces, command.note, others)
        self._far_off(tx, closed)
        fact = tx.append(closed)
        tx.do(QueuePrint("shift", self._paper(tx, closed, fact)))
        return Closed(closed.number, closed.expected_minor, counted, closed.difference_minor)

    def print_shift(self, tx: Transaction, command: PrintShift) -> None:
        register = command.of_register or tx.actor.register
        shift = read_shift(tx.db, register, command.number)
        if shift is None or shift.closed_seq is None:
            raise Refusal("no_such_shift", {"number": command.number, "register": register})
        fact = tx.read(shift.closed_seq)
        assert isinstance(fact.event, ShiftClosed)
        printed = ShiftPrinted(register, command.number, shift.copies + 1)
        tx.append(printed)
        paper = self._paper(tx, fact.event, fact)
        mark = Text(translate(paper.language, "receipt.copy", copy=printed.copy), align="centre", bold=True, size=2)
        tx.do(QueuePrint("shift", Document(paper.language, (mark, *paper.rows))))

    def drawer(self, db: Connection, register: str) -> DrawerNow:
        """A register's current drawer."""
        drawer, blind = read_drawer(db, register), self._settings.blind
        shift = read_shift(db, register, drawer.shift) if drawer.shift else None
        if shift is None:
            return DrawerNow()
        opened_by = name_of(db, shift.opened_by)
        now = DrawerNow(shift.number, shift.opened_us, shift.opened_date, opened_by, shift.float_minor)
        if blind:
            return now
        moved = {kind: signed_amount(kind, amount.minor) for kind, amount in drawer.moved.items()}
        expected = drawer.expected_minor
        cash = expected - drawer.float_minor - drawer.moved_minor
        return msgspec.structs.replace(now, moved=moved, cash_minor=cash, expected_minor=expected)

    def _far_off(self, tx: Transaction, closed: ShiftClosed) -> None:
        """Require a reason and a manager for a large difference.

        The refusal doesn't contain the difference, because the count may be blind.
        """
        most_minor = self._settings.difference_most_minor
        if not most_minor or abs(closed.difference_minor) <= most_minor:
            return
        if not closed.note.strip():
            raise Refusal("difference_why", {"most_minor": most_minor})
        if not tx.actor.may(OVERRIDE):
            raise Refusal("confirm_pin")

    def _require_payable_amount(self, minor: int) -> None:
        """Raise `Refusal` for a cash amount that can't be paid in coins."""
        step = self._settings.cash_step_minor
        if minor % step:
            raise Refusal("no_such_coin", {"given_minor": minor, "coin_minor": step})

    def _paper(self, tx: Transaction, closed: ShiftClosed, fact: RecordedEvent) -> Document:
        shift = read_shift(tx.db, fact.register, closed.number)
        assert shift is not None
        opened_by, closed_by = (sealed_name(tx.db, who) for who in (shift.opened_by, fact.actor))
        people = {person: sealed_name(tx.db, person) for person in closed.tips_to}
        return shift_paper(closed, shift.opened_us, (opened_by, closed_by), fact, self._settings, people)


def move_paper(moved: CashMoved, who: Named, fact: RecordedEvent, settings: ShiftSettings) -> Document:
    """The slip for cash taken out or added, to be signed and kept in the drawer."""
    data: dict[str, Any] = {
        "shop": {"header": settings.header, "zone": settings.zone, "currency": moved.currency},
        "moved": fact.event,
        "register": fact.register,
        "at_us": fact.at_us,
        "who": who,
    }
    return Document(settings.language, (TemplateBlock("shifts/move", data),))


def shift_paper(
    closed: ShiftClosed,
    opened_us: int,
    who: tuple[Named, Named],
    fact: RecordedEvent,
    settings: ShiftSettings,
    people: Mapping[str, Named],
) -> Document:
    """The report of a closed shift.

    `fact` gives the time and register of closing, `who` names the users who opened and closed it, and `people` are the
    tip recipients by id. Where receipts have a proof, the report ends with the address that explains its figures.
    """
    data: dict[str, Any] = {
        "shop": {"header": settings.header, "zone": settings.zone, "currency": settings.currency},
        "shift": fact.event,
        "cash_minor": closed.tenders["cash"].minor if "cash" in closed.tenders else 0,
        "moved": {kind: signed_amount(kind, amount.minor) for kind, amount in closed.moved.items()},
        "difference_minor": closed.difference_minor,
        "register": fact.register,
        "opened_us": opened_us,
        "opened_by": who[0],
        "at_us": fact.at_us,
        "closed_by": who[1],
        "people": dict(people),
    }
    rows: list[TemplateBlock] = [TemplateBlock("shifts/shift", data)]
    if settings.proof_at:
        path = "/manager/shift?" + urlencode({"of": fact.register, "number": closed.number})
        rows.append(opens_on_phone(settings.proof_at + path))
    return Document(settings.language, tuple(rows))
