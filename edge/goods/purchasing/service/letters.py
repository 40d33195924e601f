"""An order as sent: PDF and table by mail, or an API document."""

from __future__ import annotations

from functools import partial
from typing import Literal

import msgspec

from edge.core.messages import Actor, Command
from edge.core.process.pdf_sheet import make_pdf
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import SEVERITY_OF_LETTERS, LetterKind, Message
from edge.foundation.outbox.service.channels.sender import Parcel, ParcelFile
from edge.foundation.outbox.service.channels.supplier import SupplierAddress
from edge.foundation.outbox.service.letters.letter import LetterSource, LetterWriter, WrittenLetter
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.commands import SendPurchaseOrder
from edge.goods.purchasing.order_dispatch import MAILABLE, SUPPLIER, PurchaseLetter
from edge.goods.purchasing.order_paper import as_csv, as_sheet
from edge.goods.purchasing.queries import KeptPurchase, KeptSupplier, read_purchase, read_supplier
from edge.goods.purchasing.supply.supplier_api import ApiOrder, as_api_order, key_name, version_key
from edge.lib.i18n import direction, name_in, translate
from edge.lib.units.money import show_minor
from edge.lib.units.written_money import written_money
from edge.runtime.config import Config


class _OrderFacts(msgspec.Struct, frozen=True):
    """Store data on an order; `header` is current."""

    currency: str
    country: str
    header: tuple[str, ...]


def purchases(config: Config) -> LetterWriter:
    """Order letters of this shop."""
    store = config.store
    settings_of = LiveSettings(_OrderFacts(store.currency, store.country, store.header), "store.header")

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: PurchaseLetter = about_of(row, PurchaseLetter)
        order, settings = read_purchase(db, about.number), settings_of.at(db)
        supplier = read_supplier(db, order.supplier) if order else None
        if order is None or order.state not in MAILABLE:
            return "over"
        if supplier is None or not (supplier.order_url if row.channel == SUPPLIER else supplier.email):
            return "no_address"
        say, name = partial(translate, about.language), partial(name_in, language=about.language)
        currency = order.currency or settings.currency
        money = partial(show_minor, currency=currency)
        if row.channel == SUPPLIER:
            products = read_products(db, [line.sku for line in order.lines])
            codes = {sku: product.codes or () for sku, (_, product, _) in products.items()}
            document = as_api_order(order, config.store.id, settings.header, codes, name, money, currency)
            return _document(row, order, supplier, version_key(config.store.id, order), document)
        contact = (supplier.contact_name, supplier.phone, supplier.email)
        written = partial(
            written_money, currency=currency, language=about.language, home=settings.currency, country=settings.country
        )
        sheet = as_sheet(order, settings.header, contact, direction(about.language) == "rtl", say, name, written)
        table = as_csv(order, say, name, money).encode("utf-8-sig")
        parcel = Parcel(
            key=row.key,
            title=" – ".join((say("purchasing.order_number", number=order.number), *settings.header[:1])),
            paragraphs=(say("purchasing.mail_text", number=order.number),),
            severity=SEVERITY_OF_LETTERS,
            what=row.what,
            language=about.language,
            files=(
                ParcelFile(f"order-{order.number}.pdf", "application/pdf", partial(make_pdf, sheet), needed=True),
                ParcelFile(f"order-{order.number}.csv", "text/csv", lambda: table, needed=True),
            ),
        )
        return WrittenLetter(supplier.email, parcel)

    return LetterWriter(write, taken=_sent_command)


def _document(row: Message, order: KeptPurchase, supplier: KeptSupplier, key: str, document: ApiOrder) -> WrittenLetter:
    address = SupplierAddress(supplier.order_url, key_name(supplier.id, supplier.order_url))
    parcel = Parcel(
        key=key,
        title=str(order.number),
        paragraphs=(),
        severity=SEVERITY_OF_LETTERS,
        what=row.what,
        language="",
        data=msgspec.to_builtins(document),
    )
    return WrittenLetter(msgspec.json.encode(address).decode(), parcel)


def _sent_command(row: Message) -> tuple[Command, Actor]:
    """Return the command that marks the order as sent, and the actor who sent it."""
    about: PurchaseLetter = about_of(row, PurchaseLetter)
    how: Literal["api", "email"] = "api" if row.channel == SUPPLIER else "email"
    return SendPurchaseOrder(about.number, how), msgspec.structs.replace(system(), name=about.by)


LETTERS: dict[LetterKind, LetterSource] = {"purchase": lambda config, shop: purchases(config)}
