"""Change the modifiers of a line in the open basket, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.kitchen.queries import sent_lines
from edge.counter.till.lines import item_entry
from edge.counter.till.lines.basket_changes import load, price_and_save
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.queries import find_by_sku
from edge.goods.modifiers.modifier import ModifierChoice, ModifierRefs
from edge.lib.i18n import name_values


class SetModifiers(Command, frozen=True):
    """Replace a basket line's modifiers (`milk/oat`)."""

    line: Number
    modifiers: ModifierRefs


class LineModifiers:
    """Handles modifiers of lines in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def set_modifiers(self, tx: Transaction, command: SetModifiers) -> Basket:
        """Replace a line's modifiers; returns the basket.

        Raises `Refusal` also if they add goods with a minimum age that isn't checked yet.
        """
        basket = load(tx)
        line = basket.line(command.line)
        if line is None or line.voided:
            raise Refusal("no_such_line", {"line": command.line})
        if sent_lines(tx.db, tx.actor.register).get(line.id):
            raise Refusal("modifiers_sent", name_values(line.names))
        product = find_by_sku(tx.db, line.sku) if line.kind == "goods" and line.units == 1 else None
        if product is None:
            raise Refusal("line_fixed", name_values(line.names))
        choice = item_entry.choose_modifiers(tx, product, line.label, command.modifiers)
        if (age := item_entry.minimum_age_with_modifiers(tx, 0, choice, self._settings)) > basket.age_checked:
            raise Refusal("age_not_checked", {**name_values(line.names), "age": age})
        return price_and_save(tx, self._settings, basket, basket.with_line(_with(line, choice)))


def _with(line: BasketLine, choice: ModifierChoice) -> BasketLine:
    """Return the line with the chosen modifiers and its new price. A typed price is kept."""
    more_minor = choice.price_minor - line.modifiers_minor
    if line.listed_minor is None:
        return msgspec.structs.replace(line, modifiers=choice.chosen, price_minor=line.price_minor + more_minor)
    return msgspec.structs.replace(line, modifiers=choice.chosen, listed_minor=line.listed_minor + more_minor)
