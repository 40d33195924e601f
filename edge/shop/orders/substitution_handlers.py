"""Another product in the place of what is short, inside the transaction: at once where the customer wants it so or says
yes now, else proposed to them, and answered on the page of their order."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.catalog.listing.filter import Filter
from edge.shop.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.shop.orders.commands import AnswerSubstitute, ReplaceLine
from edge.shop.orders.events import SubstituteDeclined, SubstituteProposed
from edge.shop.orders.order import KeptOrder
from edge.shop.orders.order_handlers import CHANGED_IN, known_order, renewed
from edge.shop.orders.order_lines import summed
from edge.shop.orders.order_news import note_news
from edge.shop.orders.queries import order_by_secret, read_shop_order
from edge.shop.orders.substitutes import SUBSTITUTE, refusal, substituted
from edge.shop.search.queries import Search
from edge.shop.stock.queries import available_of
from edge.shop.till import item_entry
from edge.shop.till.settings import TillSettings

OFFERED = 8
"""Products that are named for the place of one."""
LOOKED_AT = 60
_replace = msgspec.structs.replace


class Replacing:
    """Orders of a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def replace_line(self, tx: Transaction, command: ReplaceLine) -> KeptOrder | Refused:
        order = known_order(tx, command.order)
        if isinstance(order, Refused):
            return order
        new = find_by_sku(tx.db, command.sku, tx.at_us, order.goods.price_list)
        new = new or find_by_code(tx.db, command.sku, tx.at_us, order.goods.price_list)
        if new is None:
            return Refused("unknown_sku", {"sku": command.sku})
        after = self._with(tx, order, command.line, new)
        if isinstance(after, Refused):
            return after
        no_dearer = after.goods.total_minor <= order.goods.total_minor  # it may be, by its deposit or its tax
        if command.agreed or (order.substitutes and no_dearer):
            return renewed(tx, order, after.goods, SUBSTITUTE, self._settings)
        if new.min_age:
            return Refused("substitute_ask_them", {"said": order.said})
        line, was = after.goods.lines[-1], next(one for one in order.goods.sold if one.id == command.line)
        known = find_by_sku(tx.db, was.sku)
        plain = {} if known is None or known.min_age else was.names
        asked = SubstituteProposed(order.id, order.number, command.line, new.sku, new.names, line.price_minor, plain)
        tx.append(asked)
        note_news(tx, order, "proposed")
        return _now(tx, order)

    def answer(self, tx: Transaction, command: AnswerSubstitute) -> Refused | None:
        order = order_by_secret(tx.db, command.secret, tx.at_us)
        if order is None:
            return Refused("no_such_order")
        proposed = next((one for one in order.proposals if one.line == command.line and not one.declined), None)
        if proposed is None:
            return Refused("substitute_not_asked", {"said": order.said})
        if not command.yes:
            tx.append(SubstituteDeclined(order.id, order.number, command.line))
            return None
        order_or_not = known_order(tx, order.id)
        if isinstance(order_or_not, Refused):
            return order_or_not
        new = find_by_sku(tx.db, proposed.sku, tx.at_us, order.goods.price_list)
        if new is None:
            return Refused("unknown_sku", {"sku": proposed.sku})
        after = self._with(tx, order, command.line, new, proposed.price_minor)
        if isinstance(after, Refused):
            return after
        done = renewed(tx, order, after.goods, SUBSTITUTE, self._settings)
        return done if isinstance(done, Refused) else None

    def _with(
        self, tx: Transaction, order: KeptOrder, id: int, new: CatalogProduct, most_minor: int | None = None
    ) -> KeptOrder | Refused:
        if order.state not in CHANGED_IN:
            return Refused("order_state", {"from": order.state, "to": "changed"})
        line = next((one for one in order.goods.sold if one.id == id), None)
        if line is None:
            return Refused("no_such_line", {"line": id})
        if refused := refusal(line, find_by_sku(tx.db, line.sku), new):
            return refused
        taxed = item_entry.sellable(new, self._settings)
        if isinstance(taxed, Refused):
            return taxed
        goods = substituted(order.goods, line, taxed, taxed.tax_class, most_minor)
        return _replace(order, goods=summed(goods, self._settings, order.held))


def substitutes_for(db: Connection, order: KeptOrder, line: int, currency: str, at_us: int) -> list[CatalogProduct]:
    """What may go in the place of a line, of its category and there, the nearest in price first."""
    wanted = next((one for one in order.goods.sold if one.id == line), None)
    was = find_by_sku(db, wanted.sku, at_us) if wanted else None
    if wanted is None or was is None or not was.category:
        return []
    listed = Search(currency).page(db, "", Filter(category=was.category), 0, LOOKED_AT, at_us).products
    left = available_of(db, [product.sku for product in listed])

    def fitting() -> Iterator[CatalogProduct]:
        for product in listed:
            enough = left.get(product.sku, wanted.quantity) >= wanted.quantity
            if enough and refusal(wanted, was, product) is None:
                yield product

    near = sorted(fitting(), key=lambda product: abs((product.price_minor or 0) - wanted.price_minor))
    return near[:OFFERED]


def _now(tx: Transaction, order: KeptOrder) -> KeptOrder:
    found = read_shop_order(tx.db, order.id)
    assert found is not None
    return found
