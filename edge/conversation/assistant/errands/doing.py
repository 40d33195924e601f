"""Errands described in words, and carried out with the permissions of the person who asks."""

from __future__ import annotations

from collections.abc import Mapping

from edge.conversation.assistant.errands.command_shown import ShownErrand, describe_command, in_language
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import full_name, say, say_amount, say_movement, unit_of
from edge.conversation.understanding.errands.commands import OF_AMOUNT, OF_GOODS, OPTIONAL_FIELDS, named_commands
from edge.conversation.understanding.errands.model import Errand
from edge.core.registry import Transaction
from edge.counter.kitchen_screens.commands import MarkBack, MarkRunOut
from edge.counter.till.queries import read_receipt, read_receipts
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.alerts.alert_texts import title
from edge.foundation.alerts.commands import AcknowledgeAlert
from edge.foundation.alerts.queries import Alert, open_alerts
from edge.foundation.printing.commands import LabelOrder, PrintLabels
from edge.goods.catalog.commands import ChangePrice
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.purchasing.commands import CreatePurchaseOrder, OrderLine
from edge.goods.purchasing.queries import read_suppliers
from edge.goods.purchasing.supply.prices import read_supplier_skus
from edge.goods.stock.commands import SetLevels
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import read_item
from edge.lib.i18n.dates import locale_of, written_day
from edge.lib.units.quantity import THOUSANDTHS

COMMANDS: Mapping[str, str] = {
    "price": "ChangePrice",
    "order": "CreatePurchaseOrder",
    "label": "PrintLabels",
    "acknowledge": "AcknowledgeAlert",
    "minimum": "SetLevels",
    "sold_out": "MarkRunOut",
    "back": "MarkBack",
}
"""The command of each errand, whose permission is required. Receipts and places are only shown."""
SUPPLIERS = 6


def may_ask(tx: Transaction, errand: Errand) -> bool:
    """Whether the person may request the errand, because they could issue its command directly."""
    if errand.kind == "receipt":
        return tx.actor.may(MANAGE) or tx.actor.may(REPORTS)
    if errand.kind == "command":
        named = named_commands()[errand.name]
        return tx.offered_command(named.command, on_page=bool(named.page)) is not None
    name = COMMANDS.get(errand.kind)
    return name is None or tx.offered_command(name) is not None


def is_of_goods(errand: Errand, named: str) -> bool:
    """Whether the errand concerns a product; `named`: the product words used."""
    if errand.kind == "command":
        return bool(named_commands()[errand.name].slots & (OF_GOODS if named else OF_GOODS - OPTIONAL_FIELDS))
    return errand.kind not in ("acknowledge", "receipt")


def is_counted(errand: Errand) -> bool:
    """Whether the errand takes an amount."""
    if errand.kind == "command":
        return bool(named_commands()[errand.name].slots & (OF_AMOUNT - OPTIONAL_FIELDS))
    return errand.kind == "order"


def describe_errand(
    tx: Transaction, facts: ShopFacts, errand: Errand, product: CatalogProduct | None, boxes: int = 0, units: int = 0
) -> ShownErrand:
    """Return the effect of confirming an errand, with all its figures."""
    language = facts.language
    if errand.kind == "receipt":
        return ShownErrand(_receipt(tx, facts, errand.number))
    if errand.kind == "acknowledge":
        alert = _alert(tx, errand.number)
        if alert is None:
            return ShownErrand(say(language, "errand_no_alert"))
        what = say(language, "errand_acknowledge", what=title(language, alert.kind, alert.values, facts.currency))
        return ShownErrand(what, AcknowledgeAlert(alert.id))
    if errand.kind == "command":
        return describe_command(tx, facts, errand, product, boxes, units)
    assert product is not None
    name = full_name(product, language)
    if errand.kind == "label":
        return ShownErrand(say(language, "errand_label", name=name), PrintLabels((LabelOrder(product.sku),)))
    if errand.kind == "sold_out":
        return ShownErrand(say(language, "errand_sold_out", name=name), MarkRunOut(product.sku))
    if errand.kind == "back":
        return ShownErrand(say(language, "errand_back", name=name), MarkBack(product.sku))
    if errand.kind == "minimum":
        return _minimum(tx, errand, product, language)
    if errand.kind == "price":
        was = "–" if product.price_minor is None else facts.money(product.price_minor)
        now = facts.money(errand.price_minor)
        return ShownErrand(
            say(language, "errand_price", name=name, was=was, now=now), ChangePrice(product.sku, errand.price_minor)
        )
    return _order_errand(tx, facts, errand, product, boxes, units)


def _minimum(tx: Transaction, errand: Errand, product: CatalogProduct, language: str) -> ShownErrand:
    """Set the reorder point at the shop's main location. The target level stays, or rises with it."""
    item = read_item(tx.db, product.sku)
    own = next((one for one in item.levels if one.location == MAIN), None) if item else None
    par = max(own.par if own else 0, errand.level)
    kept = (own.quantity, own.maximum) if own else (0, 0)
    level = say_amount(errand.level, unit_of(product), language)
    text = say(language, "errand_minimum", name=full_name(product, language), level=level)
    return ShownErrand(text, SetLevels(product.sku, MAIN, par, errand.level, *kept))


def _order_errand(
    tx: Transaction, facts: ShopFacts, errand: Errand, product: CatalogProduct, boxes: int, units: int
) -> ShownErrand:
    suppliers = read_suppliers(tx.db)
    meant = [one for one in suppliers if one.id == errand.supplier]
    if not errand.supplier:
        selling = [one for one in suppliers if product.sku in read_supplier_skus(tx.db, one.id)]
        meant = selling or suppliers  # no supplier named, so it may be any current one
    if len(meant) != 1:
        unknown = "errand_no_supplier" if errand.supplier else "errand_no_suppliers"
        key = "errand_which_supplier" if meant else unknown
        return ShownErrand(
            say(facts.language, key), choices=tuple(in_language(one.names, facts.language) for one in meant[:SUPPLIERS])
        )
    quantity = boxes * (product.box or 0) * THOUSANDTHS + units
    what = say_movement(product, boxes, units, facts.language)
    text = say(facts.language, "errand_order", what=what, supplier=in_language(meant[0].names, facts.language))
    return ShownErrand(text, CreatePurchaseOrder(meant[0].id, (OrderLine(product.sku, quantity),)))


def _alert(tx: Transaction, number: int) -> Alert | None:
    """The alert with this number; 0: the newest unacknowledged one."""
    waiting = [one for one in open_alerts(tx.db) if one.state == "raised" and number in (0, one.id)]
    return max(waiting, key=lambda one: one.last_us, default=None)


def _receipt(tx: Transaction, facts: ShopFacts, number: int) -> str:
    register = tx.actor.register
    newest = None if number else next(iter(read_receipts(tx.db, register, limit=1)), None)
    found = read_receipt(tx.db, register, number) if number else newest
    if found is None:
        return say(facts.language, "errand_no_receipt")
    total = facts.money(found.total_minor)
    day = written_day(found.business_date, locale_of(facts.language, facts.here.country))
    return say(facts.language, "errand_receipt", number=found.number, day=day, total=total)
