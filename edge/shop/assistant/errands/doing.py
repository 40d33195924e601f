"""An errand shown in words, and done by the command of whose it is, under the right of whoever speaks."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.core.messages import Command, Right
from edge.core.registry import Transaction
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.access.rights import CATALOG, MANAGE, REPORTS
from edge.shop.alerts.alert_texts import title
from edge.shop.alerts.commands import AcknowledgeAlert
from edge.shop.alerts.queries import Alert, open_alerts
from edge.shop.assistant.phrasing import full_name, moved, say
from edge.shop.assistant.shopping_facts import ShopFacts
from edge.shop.catalog.commands import ChangePrice
from edge.shop.catalog.queries import CatalogProduct
from edge.shop.printing.commands import LabelOrder, PrintLabels
from edge.shop.purchasing.commands import CreatePurchaseOrder, OrderLine
from edge.shop.purchasing.prices import read_supplier_skus
from edge.shop.purchasing.queries import read_suppliers
from edge.shop.till.queries import read_receipt, read_receipts
from edge.shop.understanding.errands.model import Errand

RIGHTS: dict[str, tuple[Right, ...]] = {
    "price": (MANAGE, CATALOG),
    "order": (MANAGE,),
    "label": (MANAGE,),
    "acknowledge": (MANAGE, REPORTS),
    "receipt": (MANAGE, REPORTS),
    "where": (),  # told, never done: to whoever talks about the stock
}
"""Who may have it done: whoever has one of these, as by the command itself."""
SUPPLIERS = 6


class ShownErrand(msgspec.Struct, frozen=True):
    """An errand in words: what would be done, and the command; or only what is to be said, with what may be tapped."""

    text: str
    command: Command | None = None
    choices: tuple[str, ...] = ()


def may_ask(tx: Transaction, errand: Errand) -> bool:
    """Whether whoever speaks may have it done."""
    return any(tx.actor.may(one) for one in RIGHTS[errand.kind])


def shown_errand(
    tx: Transaction, facts: ShopFacts, errand: Errand, product: CatalogProduct | None, boxes: int = 0, units: int = 0
) -> ShownErrand:
    """What a yes would do, with all of its figures."""
    language = facts.language
    if errand.kind == "receipt":
        return ShownErrand(_receipt(tx, facts, errand.number))
    if errand.kind == "acknowledge":
        alert = _alert(tx, errand.number)
        if alert is None:
            return ShownErrand(say(language, "errand_no_alert"))
        what = say(language, "errand_acknowledge", what=title(language, alert.kind, alert.values, facts.currency))
        return ShownErrand(what, AcknowledgeAlert(alert.id))
    assert product is not None
    name = full_name(product, language)
    if errand.kind == "label":
        return ShownErrand(say(language, "errand_label", name=name), PrintLabels((LabelOrder(product.sku),)))
    if errand.kind == "price":
        was = "–" if product.price_minor is None else facts.money(product.price_minor)
        now = facts.money(errand.price_minor)
        return ShownErrand(
            say(language, "errand_price", name=name, was=was, now=now), ChangePrice(product.sku, errand.price_minor)
        )
    return _ordered(tx, facts, errand, product, boxes, units)


def _ordered(
    tx: Transaction, facts: ShopFacts, errand: Errand, product: CatalogProduct, boxes: int, units: int
) -> ShownErrand:
    suppliers = read_suppliers(tx.db)
    meant = [one for one in suppliers if one.id == errand.supplier]
    if not errand.supplier:
        meant = [one for one in suppliers if product.sku in read_supplier_skus(tx.db, one.id)]
    if len(meant) != 1:
        key = "errand_which_supplier" if meant else "errand_no_supplier"
        return ShownErrand(
            say(facts.language, key), choices=tuple(_name(one.names, facts.language) for one in meant[:SUPPLIERS])
        )
    quantity = boxes * (product.box or 0) * THOUSANDTHS + units
    what = moved(product, boxes, units, facts.language)
    text = say(facts.language, "errand_order", what=what, supplier=_name(meant[0].names, facts.language))
    return ShownErrand(text, CreatePurchaseOrder(meant[0].id, (OrderLine(product.sku, quantity),)))


def _name(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")


def _alert(tx: Transaction, number: int) -> Alert | None:
    """The one that is meant: of this number, else the newest that nobody minds."""
    waiting = [one for one in open_alerts(tx.db) if one.state == "raised" and number in (0, one.id)]
    return max(waiting, key=lambda one: one.last_us, default=None)


def _receipt(tx: Transaction, facts: ShopFacts, number: int) -> str:
    register = tx.actor.register
    newest = None if number else next(iter(read_receipts(tx.db, register, limit=1)), None)
    found = read_receipt(tx.db, register, number) if number else newest
    if found is None:
        return say(facts.language, "errand_no_receipt")
    total = facts.money(found.total_minor)
    return say(facts.language, "errand_receipt", number=found.number, day=found.business_date, total=total)
