"""Returned bottles, inside the transaction: pay their value, or undo that."""

from __future__ import annotations

import secrets

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.bottle_deposits.bottles import in_coins, worth_minor
from edge.counter.bottle_deposits.commands import ReturnedBottles, TakeBottles, UndoBottles
from edge.counter.bottle_deposits.events import BottleLine, BottlesTaken, BottlesUndone
from edge.counter.bottle_deposits.queries import find_bottles, find_goods
from edge.counter.bottle_deposits.settings import BottleSettings
from edge.counter.shifts.commands import MoveCash
from edge.counter.shifts.queries import open_number
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import OVERRIDE
from edge.foundation.printing.commands import OPEN_DRAWER, QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.money.gift_cards.card import CODE_LENGTH, card_id, encode_code, tail_of
from edge.money.gift_cards.commands import LoadCard, TakeLoadBack

_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM bottles_taken"


class GivenForBottles(msgspec.Struct, frozen=True):
    """A numbered payment for returned bottles. `tail`: the last characters of the voucher's code."""

    number: int
    paid_minor: int
    tail: str = ""


class BottleDeposits:
    """Handles bottle returns in a store with these settings."""

    def __init__(self, settings: BottleSettings, shop: TillSettings) -> None:
        self._settings, self._shop = settings, shop

    def take(self, tx: Transaction, command: TakeBottles) -> GivenForBottles:
        lines = _lines(tx, command.lines)
        worth = worth_minor(lines)
        if command.expected_minor not in (None, worth):
            raise Refusal("bottles_changed", {"sum_minor": worth})
        if worth > self._settings.most_minor and not tx.actor.may(OVERRIDE):
            raise Refusal("bottles_over", {"sum_minor": worth, "most_minor": self._settings.most_minor})
        paid = in_coins(worth, self._shop.cash_step_minor) if command.out == "cash" else worth
        number = int(tx.db.execute(_NEXT).fetchone()[0])
        code = encode_code(secrets.token_bytes(CODE_LENGTH)) if command.out == "paper" else ""
        card, tail = (card_id(code), tail_of(code)) if code else ("", "")
        what = (number, self._shop.currency, lines, paid, paid - worth, command.out, card, tail)
        fact = tx.append(BottlesTaken(*what))
        if code:
            tx.do(LoadCard(card, tail, paid, "credit"))
        elif paid:
            self._drawer(tx, "bottles", paid, number)
            tx.do(OPEN_DRAWER)
        said = {
            "lines": _paper_lines(tx, lines),
            "number": number,
            "paid_minor": paid,
            "code": code,
            "at_us": fact.at_us,
        }
        shop = {"header": self._shop.header, "zone": self._shop.zone, "currency": self._shop.currency}
        paper = TemplateBlock("bottle_deposits/bottles", {"shop": shop, **said})
        tx.do(QueuePrint("bottles", Document(self._shop.language, (paper,))))
        return GivenForBottles(number, paid, tail)

    def undo(self, tx: Transaction, command: UndoBottles) -> None:
        known = find_bottles(tx.db, command.number)
        if known is None:
            raise Refusal("no_bottles", {"number": command.number})
        if known.undone:
            raise Refusal("bottles_undone", {"number": command.number})
        if known.out == "paper":
            tx.do(TakeLoadBack(known.card, known.paid_minor))
        elif known.paid_minor:
            self._drawer(tx, "bottles_back", known.paid_minor, known.number)
        tx.append(
            BottlesUndone(known.number, known.currency, known.paid_minor, known.rounding_minor, known.out, known.card)
        )

    def _drawer(self, tx: Transaction, kind: str, minor: int, number: int) -> None:
        """Book cash from the drawer of a shift, if one is open."""
        if open_number(tx.db, tx.actor.register):
            tx.do(MoveCash(kind, minor, f"#{number}", paper=False))  # type: ignore[arg-type]


def _lines(tx: Transaction, wanted: tuple[ReturnedBottles, ...]) -> tuple[BottleLine, ...]:
    """The returned bottles by product. Raises `Refusal` if a code is unknown or its product has no deposit."""
    found: dict[str, BottleLine] = {}
    for one in wanted:
        goods = find_goods(tx.db, one.code)
        if goods is None:
            raise Refusal("unknown_sku", {"sku": one.code})
        if not goods.deposit_minor:
            raise Refusal("no_deposit", {"sku": goods.sku, **goods.name_values})
        before = found[goods.sku].pieces if goods.sku in found else 0
        found[goods.sku] = BottleLine(goods.sku, before + one.pieces * goods.units, goods.deposit_minor)
    return tuple(found.values())


def _paper_lines(tx: Transaction, lines: tuple[BottleLine, ...]) -> list[dict[str, object]]:
    """The lines as printed."""
    made: list[dict[str, object]] = []
    for line in lines:
        goods = find_goods(tx.db, line.sku)
        names = goods.names if goods else {}
        made.append({"names": names, "pieces": line.pieces, "minor": line.minor})
    return made
