"""Substitutes for short lines, inside the transaction: applied at once if the customer allowed or accepts them,
otherwise proposed on their order's page."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.lines import item_entry
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.allergens import allergens_of
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.ordering.orders.commands import AnswerSubstitute, ReplaceLine
from edge.ordering.orders.customers.named_order import find_order
from edge.ordering.orders.customers.order_news import note_news
from edge.ordering.orders.events import SubstituteDeclined, SubstituteProposed
from edge.ordering.orders.fulfilment.substitute_choice import ages_for
from edge.ordering.orders.fulfilment.substitutes import SUBSTITUTE, why_unfit, with_substitute
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_handlers import renew_lines
from edge.ordering.orders.order_lines import with_sum
from edge.ordering.orders.queries import order_by_secret, read_shop_order
from edge.ordering.orders.rules import CHANGED_IN

_replace = msgspec.structs.replace


class LineReplacement:
    """Handles substitutes in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def replace_line(self, tx: Transaction, command: ReplaceLine) -> KeptOrder:
        order = find_order(tx, command.order)
        new = find_by_sku(tx.db, command.sku, tx.at_us, order.goods.price_list)
        new = new or find_by_code(tx.db, command.sku, tx.at_us, order.goods.price_list)
        if new is None:
            raise Refusal("unknown_sku", {"sku": command.sku})
        after = self._with(tx, order, command.line, new)
        no_dearer = after.goods.total_minor <= order.goods.total_minor  # deposits and taxes count too
        if command.agreed or (order.substitutes and no_dearer):
            return renew_lines(tx, order, after.goods, SUBSTITUTE, self._settings)
        if self._ages(tx.db, order, [new])[new.sku]:
            raise Refusal("substitute_ask_them", {"said": order.said})
        line, was = after.goods.lines[-1], next(one for one in order.goods.sold_lines if one.id == command.line)
        known = find_by_sku(tx.db, was.sku)
        plain = {} if known is None or self._ages(tx.db, order, [known])[known.sku] else was.names
        asked = SubstituteProposed(order.id, order.number, command.line, new.sku, new.names, line.price_minor, plain)
        tx.append(asked)
        note_news(tx, order, "proposed")
        return _now(tx, order)

    def answer(self, tx: Transaction, command: AnswerSubstitute) -> None:
        order = order_by_secret(tx.db, command.secret, tx.at_us)
        if order is None:
            raise Refusal("no_such_order")
        proposed = next((one for one in order.proposals if one.line == command.line and not one.declined), None)
        if proposed is None:
            raise Refusal("substitute_not_asked", {"said": order.said})
        if not command.yes:
            tx.append(SubstituteDeclined(order.id, order.number, command.line))
            return
        find_order(tx, order.id)
        new = find_by_sku(tx.db, proposed.sku, tx.at_us, order.goods.price_list)
        if new is None:
            raise Refusal("unknown_sku", {"sku": proposed.sku})
        after = self._with(tx, order, command.line, new, proposed.price_minor)
        renew_lines(tx, order, after.goods, SUBSTITUTE, self._settings)

    def _with(
        self, tx: Transaction, order: KeptOrder, id: int, new: CatalogProduct, most_minor: int | None = None
    ) -> KeptOrder:
        if order.state not in CHANGED_IN:
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        line = next((one for one in order.goods.sold_lines if one.id == id), None)
        if line is None:
            raise Refusal("no_such_line", {"line": id})
        was = find_by_sku(tx.db, line.sku)
        both = [one for one in (new, was) if one]
        ages, allergens = self._ages(tx.db, order, both), allergens_of(tx.db, [one.sku for one in both])
        if refusal := why_unfit(line, was, new, ages, allergens):
            raise refusal
        taxed = item_entry.sellable(tx, new, self._settings)
        goods = with_substitute(order.goods, line, taxed, taxed.tax_class, most_minor)
        return _replace(order, goods=with_sum(goods, self._settings, order.held_advance))

    def _ages(self, db: Connection, order: KeptOrder, products: Sequence[CatalogProduct]) -> dict[str, int]:
        return ages_for(db, order, products, self._settings.place)


def _now(tx: Transaction, order: KeptOrder) -> KeptOrder:
    found = read_shop_order(tx.db, order.id)
    assert found is not None
    return found
