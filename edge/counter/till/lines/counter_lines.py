"""Commands for non-catalogue lines and manual discounts, inside the transaction."""

from __future__ import annotations

import secrets

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket import discounts, totals
from edge.counter.basket.basket import LINES_LIMIT, Basket, BasketLine
from edge.counter.basket.event_structs import LineKind, TypedDiscount
from edge.counter.basket.tips import with_asked_tip
from edge.counter.till.commands import AddLoad, AddOpenAmount, AddTip, DiscountBasket, DiscountLine, PrintCardCode
from edge.counter.till.lines.basket_changes import load, over_open, price_and_save
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.i18n import in_all_languages
from edge.lib.units.quantity import ONE
from edge.money.gift_cards.card import CODE_LENGTH, NEW_CODE_CHARS, card_id, code_of, encode_code, tail_of
from edge.money.gift_cards.queries import read_card


class CounterLines:
    """Handles manual entries in the basket."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def discount_line(self, tx: Transaction, command: DiscountLine) -> Basket:
        wanted = self._discount(tx, command)
        basket = load(tx)
        decided = discounts.on_line(basket, command.line, wanted)
        return price_and_save(tx, self._settings, basket, decided, priced_by_hand=True)

    def discount_basket(self, tx: Transaction, command: DiscountBasket) -> Basket:
        wanted = self._discount(tx, command)
        basket = load(tx)
        decided = discounts.on_basket(basket, wanted)
        return price_and_save(tx, self._settings, basket, decided, priced_by_hand=True)

    def add_open_amount(self, tx: Transaction, command: AddOpenAmount) -> Basket:
        over_open(tx.actor, command.amount_minor, self._settings)
        totals.require_tax_class(command.tax_class, self._settings)
        names = {self._settings.language: command.name.strip() or "-"}
        line = BasketLine(0, "", "", names, "piece", ONE, command.amount_minor, command.tax_class, kind="open")
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, _with(basket, line))

    def add_tip(self, tx: Transaction, command: AddTip) -> Basket:
        basket = load(tx)
        decided = with_asked_tip(basket, command.amount_minor or 0, command.share or 0, self._settings)
        return price_and_save(tx, self._settings, basket, decided)

    def add_load(self, tx: Transaction, command: AddLoad) -> Basket:
        code = code_of(command.code)
        if code is None:
            raise Refusal("card_code_wrong")
        id = card_id(code)
        known = read_card(tx.db, id)
        if known and (command.fresh or known.closed or known.kind == "credit"):
            why = "card_known" if command.fresh else "card_closed" if known.closed else "card_is_credit"
            raise Refusal(why, {"tail": known.tail})
        if known is None and len(code) < NEW_CODE_CHARS:
            raise Refusal("card_code_short", {"least": NEW_CODE_CHARS})
        basket = load(tx)
        if any(line.card == id for line in basket.sold_lines):
            raise Refusal("card_twice", {"tail": tail_of(code)})
        line = _beside("load", command.amount_minor, tail=tail_of(code))
        decided = _with(basket, msgspec.structs.replace(line, card=id, code=tail_of(code)))
        return price_and_save(tx, self._settings, basket, decided)

    def print_card_code(self, tx: Transaction, command: PrintCardCode) -> str:
        code = encode_code(secrets.token_bytes(CODE_LENGTH))
        card = TemplateBlock("till/card", {"shop": {"header": self._settings.header}, "code": code})
        tx.do(QueuePrint("receipt", Document(self._settings.language, (card,))))
        return code

    def _discount(self, tx: Transaction, command: DiscountLine | DiscountBasket) -> TypedDiscount | None:
        """The requested discount; None to remove it."""
        if command.share is None and command.sum_minor is None:
            return None
        if command.reason not in self._settings.discount_reasons:
            raise Refusal("discount_reason")
        return TypedDiscount(command.reason, tx.actor.name, command.share or 0, command.sum_minor or 0)


def _beside(kind: LineKind, minor: int, **values: str) -> BasketLine:
    """Make a line that isn't goods."""
    return BasketLine(0, "", "", in_all_languages(f"counter.line_{kind}", **values), "piece", ONE, minor, "", kind=kind)


def _with(basket: Basket, line: BasketLine) -> Basket:
    if len(basket.lines) >= LINES_LIMIT:
        raise Refusal("basket_full", {"limit": LINES_LIMIT})
    id = basket.last_id + 1
    return basket.with_changes(last_id=id, lines=(*basket.lines, msgspec.structs.replace(line, id=id)))
