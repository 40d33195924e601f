"""Suppliers and their prices, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Ciphertext, Refusal
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import Handler, Transaction
from edge.lib.units.dates import day_of
from edge.shop.purchasing.commands import RetireSupplier, SetSupplier, SetSupplierPrice
from edge.shop.purchasing.events import NOTHING, CheaperFrom, SupplierPriceSet, SupplierRetired, SupplierSet
from edge.shop.purchasing.rules import OPEN
from edge.shop.stock.rows import find_product

SUPPLIERS_LIMIT = 1_000
PRICES_LIMIT = 200
"""Prices kept of one supplier for one product."""
FIELDS = ("contact_name", "email", "phone")
_CONTACT = "SELECT contact, contact_name, email, phone FROM supplier WHERE id = ?"
_OPEN_ORDER = f"SELECT number FROM purchase_order WHERE supplier = ? AND state IN {OPEN!r} LIMIT 1"


def setting_suppliers(currency: str) -> Handler:
    """The handler of SetSupplier in a store with this currency."""

    def set_supplier(tx: Transaction, command: SetSupplier) -> None:
        known = tx.db.execute(_CONTACT, (command.id,)).fetchone()
        count = tx.db.execute("SELECT count(*) FROM supplier").fetchone()[0]
        if known is None and count >= SUPPLIERS_LIMIT:
            raise Refusal("too_many_suppliers", {"limit": SUPPLIERS_LIMIT})
        if not all(name.strip() for name in command.names.values()):
            raise Refusal("supplier_unnamed")
        if "?" in command.order_url or "#" in command.order_url:
            raise Refusal("supplier_url_open")
        contact, sealed = _contact(tx, command, known)
        foreign = "" if command.currency == currency else command.currency
        terms = (command.lead_time_days, command.rating, command.minimum_order_minor, command.fee_minor)
        days = tuple(sorted(set(command.delivery_days)))
        by_itself = (command.nightly, command.auto_approve_below_minor, command.order_url)
        tx.append(
            SupplierSet(
                command.id, command.names, *terms, days, foreign, contact, *sealed, *by_itself, command.province.strip()
            )
        )

    return set_supplier


def _contact(
    tx: Transaction, command: SetSupplier, known: tuple[str, ...] | None
) -> tuple[str, tuple[Ciphertext, Ciphertext, Ciphertext]]:
    """Who is asked there: their id, and what is said of them as only this ledger opens it."""
    texts = {field: getattr(command, field).strip() for field in FIELDS}
    if not any(texts.values()):
        return "", (NOTHING, NOTHING, NOTHING)
    contact = known[0] if known else ""
    if not contact or is_forgotten(tx.db, contact):
        contact = f"contact-{tx.command_id.hex()}"
    ring, sealed = Keyring(tx.db), list[Ciphertext]()
    for field, was in zip(FIELDS, known[1:] if known else ("",) * len(FIELDS), strict=True):
        same = bool(was) and ring.open(contact, SupplierSet, field, was) == texts[field]
        sealed.append(Ciphertext(was) if same else ring.seal(contact, SupplierSet, field, texts[field]))
    name, email, phone = sealed
    return contact, (name, email, phone)


def require_supplier(tx: Transaction, id: str) -> None:
    """`Refusal`: why nothing can be bought of a supplier."""
    found = tx.db.execute("SELECT retired FROM supplier WHERE id = ?", (id,)).fetchone()
    if found is None:
        raise Refusal("no_supplier", {"supplier": id})
    if found[0]:
        raise Refusal("supplier_retired", {"supplier": id})


def retire_supplier(tx: Transaction, command: RetireSupplier) -> None:
    require_supplier(tx, command.id)
    if found := tx.db.execute(_OPEN_ORDER, (command.id,)).fetchone():
        raise Refusal("supplier_has_orders", {"supplier": command.id, "order": found[0]})
    tx.append(SupplierRetired(command.id))


def set_supplier_price(tx: Transaction, command: SetSupplierPrice) -> None:
    require_supplier(tx, command.supplier)
    product = find_product(tx.db, command.sku)
    if product is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    for text in (command.from_date, command.until_date):
        if text and day_of(text) is None:
            raise Refusal("price_day_wrong", {"day": text})
    begins = command.from_date or tx.business_date
    if command.until_date and command.until_date < begins:
        raise Refusal("price_ends_first", {"until": command.until_date})
    count = "SELECT count(*) FROM supplier_price WHERE sku = ? AND supplier = ?"
    if tx.db.execute(count, (product.sku, command.supplier)).fetchone()[0] >= PRICES_LIMIT:
        raise Refusal("too_many_prices", {"limit": PRICES_LIMIT, "sku": product.sku})
    packs, cost = command.min_packs, command.cost_minor
    for one in command.breaks:
        if one.packs <= packs or one.cost_minor >= cost:
            raise Refusal("price_breaks_wrong", {"packs": one.packs, "before": packs})
        packs, cost = one.packs, one.cost_minor
    terms = (command.code, command.cost_minor, command.pack, command.min_packs, begins, command.until_date)
    breaks = tuple(CheaperFrom(one.packs, one.cost_minor) for one in command.breaks)
    tx.append(SupplierPriceSet(command.supplier, product.sku, *terms, breaks))
