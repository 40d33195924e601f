"""A command requested by name, in words, with the values of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from edge.conversation.assistant.errands.named_sale import sale_named
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import full_name, say, say_movement
from edge.conversation.assistant.turns.dialogue import OPENS, AnswerOption
from edge.conversation.understanding.errands.commands import AS_WRITTEN, CONSTANT, NamedCommand, named_commands
from edge.conversation.understanding.errands.model import Errand
from edge.core.messages import Command
from edge.core.registry import Transaction
from edge.counter.tables.queries import read_tables
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.purchasing.queries import read_suppliers
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.receipt_number import shown_number
from edge.ordering.orders.queries import read_shop_orders


class ShownErrand(msgspec.Struct, frozen=True):
    """An errand in words, with the command that carries it out. If something is missing, only a message, with choices
    or a page to open."""

    text: str
    command: Command | None = None
    choices: tuple[str, ...] = ()
    opens: tuple[AnswerOption, ...] = ()


def describe_command(
    tx: Transaction, facts: ShopFacts, errand: Errand, product: CatalogProduct | None, boxes: int, units: int
) -> ShownErrand:
    """A named command with its fields filled in, or the reason why one can't be; if it has a page, a link to that."""
    named, language = named_commands()[errand.name], facts.language
    if named.page:
        return _on_page(named, errand, language)
    command = tx.offered_command(named.command)
    assert command is not None
    filled: dict[str, object] = {"number": errand.number, "supplier": errand.supplier, "boxes": boxes, "units": units}
    filled |= dict.fromkeys(AS_WRITTEN, errand.text) | {"money": errand.price_minor}
    values: dict[str, object] = {"number": errand.number, "text": errand.text, "money": facts.money(errand.price_minor)}
    if product is not None:
        amount = boxes * (product.box or 0) * THOUSANDTHS + units
        filled |= {"product": product.sku, "products": [product.sku], "amount": amount}
        values |= {"name": full_name(product, language), "what": say_movement(product, boxes, units, language)}
    if "supplier" in named.slots:
        supplier = next((one for one in read_suppliers(tx.db) if one.id == errand.supplier), None)
        if supplier is None:
            return ShownErrand(say(language, "errand_no_supplier"))
        values["supplier"] = in_language(supplier.names, language)
    if "table" in named.slots:
        table = next((one for one in read_tables(tx.db) if _digits(one.name) == str(errand.number)), None)
        if table is None:
            return ShownErrand(say(language, "errand_no_table", number=errand.number))
        filled["table"], values["table"] = table.id, table.name
    if "sale" in named.slots:
        receipt = sale_named(tx, errand.number)
        if receipt is None:
            return ShownErrand(say(language, "errand_no_receipt"))
        filled["sale"], values["number"] = receipt.number, shown_number(receipt.register, receipt.number)
    if "order" in named.slots:
        orders = [one for one in read_shop_orders(tx.db) if _digits(one.said) == str(errand.number)]
        if len(orders) != 1:
            key = "which_order" if orders else "no_order"
            said = say(language, f"shop_{key}", number=errand.number, numbers=", ".join(x.said for x in orders))
            return ShownErrand(said)
        filled["order"], values["number"] = orders[0].id, orders[0].said
    fields = {
        name: one.removeprefix(CONSTANT) if one.startswith(CONSTANT) else filled[one]
        for name, one in named.fields.items()
    }
    shown = say(language, f"errand_{errand.name}", **values)
    if "remark" in named.slots and errand.text:
        shown = say(language, "errand_remark", what=shown, text=errand.text)
    return ShownErrand(shown, msgspec.convert(fields, command))


def _on_page(named: NamedCommand, errand: Errand, language: str) -> ShownErrand:
    """The page for a command, with values prefilled in the URL fragment, which no log records."""
    what = say(language, f"errand_{errand.name}")
    said = {name.replace("LANG", language): errand.text for name in named.fields if errand.text}
    address = f"{named.page}#{urlencode(said)}" if said else named.page
    if errand.text:
        what = say(language, "errand_remark", what=what, text=errand.text)
    return ShownErrand(say(language, "errand_on_page", what=what), opens=(AnswerOption(OPENS + address, what, "↗"),))


def in_language(names: Mapping[str, str], language: str) -> str:
    """A name in a language, else in the first available one."""
    return names.get(language) or next(iter(names.values()), "")


def _digits(said: str) -> str:
    return "".join(letter for letter in said if letter.isdigit()).lstrip("0")
