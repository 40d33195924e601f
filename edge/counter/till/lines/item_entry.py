"""Resolve a code or SKU at the till and add it to a basket, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

import msgspec

from edge.core.memo import Memo
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket import basket_lines, totals
from edge.counter.basket.basket import Basket, Question
from edge.counter.basket.event_structs import ScannedData, Weighed
from edge.counter.kitchen_screens.queries import OUT
from edge.counter.till.rules.scanned_code import code_text, label_of, misread, not_sold
from edge.counter.till.sale_effects import today
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.least_age import least_age, least_age_added, least_ages, unclassified_in
from edge.goods.catalog.prices import unsettled_prices
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku, find_by_skus
from edge.goods.modifiers.modifier import NOTHING, ModifierChoice, added_skus
from edge.goods.modifiers.queries import ANY_GROUP, choice_of
from edge.goods.stock.queries import is_recalled
from edge.lib.codes.code import ScanError
from edge.lib.codes.parse import parse_scan
from edge.lib.i18n import name_values
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import THOUSANDTHS, WHOLE
from edge.people.coupons.code import CouponCode, read_code

FIRST_YEAR = 2026
"""A clock before this year is wrong. Years in barcodes, which have no century, are read relative to this year."""


class Wanted(Protocol):
    """A product requested by scanned or typed code, or by `sku`.

    `quantity` in thousandths. `quantity` and `modifiers` are None if not given.
    """

    @property
    def code(self) -> str: ...
    @property
    def symbology(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> int | None: ...
    @property
    def modifiers(self) -> tuple[str, ...] | None: ...


class MemberCode(msgspec.Struct, frozen=True):
    """Result of `find`: the code is a customer's card."""

    number: str


class CouponRead(msgspec.Struct, frozen=True):
    """Result of `find`: the code is a coupon that isn't checked yet."""

    code: CouponCode


class ResolvedLine(msgspec.Struct, frozen=True):
    """A resolved code: its product (None: unknown), minimum age, displayed code, label data and chosen modifiers."""

    product: CatalogProduct | None
    least_age: int
    code: str = ""
    quantity: int | None = None
    label: ScannedData | None = None
    choice: ModifierChoice = NOTHING


class KnownProducts(msgspec.Struct, frozen=True):
    """Products read in one query, by SKU, with their minimum ages."""

    products: dict[str, CatalogProduct]
    ages: dict[str, int]


PRODUCTS_KNOWN = 2_048
"""Maximum number of products in the cache of `find_together`. Above it, the cache is cleared."""
_SOLD: Memo[dict[tuple[str, str, Jurisdiction], tuple[CatalogProduct, int, int]]] = Memo(
    lambda db: {}, "product", "price", "category"
)
"""Cached products by SKU, price list and place, with their minimum ages and the time they were read.

Products with a price that starts or ends later aren't cached. Changed products, prices or categories clear the cache.
"""


def find_together(tx: Transaction, skus: Iterable[str], price_list: str, settings: TillSettings) -> KnownProducts:
    """Look up several products by SKU at once, for `find`."""
    known, place, now_us = _SOLD.of(tx), settings.place, tx.at_us
    products, ages, missing = dict[str, CatalogProduct](), dict[str, int](), set[str]()
    for sku in skus:
        entry = known.get((sku, price_list, place))
        if entry is not None and entry[2] <= now_us:
            products[sku], ages[sku], _ = entry
        else:
            missing.add(sku)
    if missing:
        found = find_by_skus(tx.db, missing, now_us, price_list)
        ages_found = least_ages(tx.db, list(found.values()), place)
        products |= found
        ages |= ages_found
        if len(known) > PRODUCTS_KNOWN:
            known.clear()
        for sku in found.keys() - unsettled_prices(tx.db, found, now_us):
            known[sku, price_list, place] = (found[sku], ages_found[sku], now_us)
    return KnownProducts(products, ages)


def find(
    tx: Transaction, wanted: Wanted, price_list: str, settings: TillSettings, known: KnownProducts | None = None
) -> ResolvedLine | MemberCode | CouponRead:
    """Resolve a request to a product with its tax class, a member's card or a coupon.

    `known`: products already read, by SKU. Raises `Refusal` if the store doesn't sell the product.
    """
    found: ResolvedLine | MemberCode | CouponRead
    if wanted.sku:
        found = _by_known(wanted, known) if known else _by_sku(tx, wanted, price_list, settings)
    else:
        found = _by_code(tx, wanted, price_list, settings)
    if not isinstance(found, ResolvedLine) or found.product is None:
        return found
    product = sellable(tx, found.product, settings)
    if (product.sku, tx.business_date) in OUT.of(tx):
        ran_out(tx, product)
    if found.label and found.label.lot and is_recalled(tx.db, product.sku, found.label.lot):
        raise Refusal("lot_recalled", {**name_values(product.names), "lot": found.label.lot})
    if found.label and found.label.is_expired(today(tx)) and settings.expired == "refuse":
        raise Refusal("expired", {**name_values(product.names), "date": str(found.label.expiry)})
    asked = wanted.modifiers or ANY_GROUP.of(tx)
    choice = choose_modifiers(tx, product, found.label, wanted.modifiers) if asked else NOTHING
    age = minimum_age_with_modifiers(tx, found.least_age, choice, settings) if choice.chosen else found.least_age
    return msgspec.structs.replace(found, product=product, choice=choice, least_age=age)


def minimum_age_with_modifiers(tx: Transaction, age: int, choice: ModifierChoice, settings: TillSettings) -> int:
    """Return the product's minimum age, raised to that of its modifiers' components.

    Raises `Refusal` if a component can't be sold.
    """
    added = added_skus(choice.chosen)
    for one in find_by_skus(tx.db, set(added), tx.at_us).values() if added else ():
        if one.attributes or one.parts:
            require_classified(tx, one)
    return max(age, least_age_added(tx.db, added, settings.place))


def require_classified(tx: Transaction, product: CatalogProduct) -> None:
    """Raise `Refusal` for cannabis without a category."""
    if unclassified := unclassified_in(tx.db, product):
        raise Refusal("category_missing", {**name_values(unclassified.names or {}), "sku": unclassified.sku})


def choose_modifiers(
    tx: Transaction, product: CatalogProduct | None, label: ScannedData | None, wanted: tuple[str, ...] | None
) -> ModifierChoice:
    """Return the product's chosen modifiers; none for a product with a printed price."""
    if product is None or (label is not None and label.price_minor is not None and not wanted):
        return NOTHING
    return choice_of(tx.db, product, wanted)


def add(
    tx: Transaction,
    basket: Basket,
    found: ResolvedLine,
    price_minor: int | None = None,
    apart: bool = False,
    weighed: Weighed | None = None,
) -> Basket:
    """Return the basket with the resolved product added as a line or a question (`basket_lines.add`)."""
    return basket_lines.add(
        basket,
        found.product,
        found.least_age,
        found.code,
        found.quantity,
        price_minor,
        found.label,
        today(tx) if found.label else date.min,
        apart,
        weighed,
        found.choice,
    )


def settle_modifiers(tx: Transaction, found: ResolvedLine) -> ResolvedLine:
    """Return the resolved line with preset modifiers, for requests without a cashier to ask.

    Raises `Refusal` if a required choice is missing.
    """
    if not found.choice.asks or found.product is None:
        return found
    preset = tuple(one.ref for one in found.choice.chosen)
    return msgspec.structs.replace(found, choice=choose_modifiers(tx, found.product, found.label, preset))


def require_unrecalled(tx: Transaction, basket: Basket) -> None:
    """Raise `Refusal` for a basket with a lot that was recalled after it was scanned.

    The rest can be sold without those lines.
    """
    for line in basket.sold_lines:
        if line.label and line.label.lot and is_recalled(tx.db, line.sku, line.label.lot):
            raise Refusal("lot_recalled", {**name_values(line.names), "lot": line.label.lot})


def answer_question(tx: Transaction, found: ResolvedLine, question: Question) -> ResolvedLine:
    """Return the resolved line after a warning was confirmed.

    Raises `Refusal` if the warning wasn't or can't be confirmed.
    """
    label, no = found.label, unanswered_refusal(question)
    if label and question.kind == "expired":
        tx.ask(no.code, no.refused.values)
        return msgspec.structs.replace(found, label=msgspec.structs.replace(label, sold_expired=True))
    if label and question.kind == "label_price":
        tx.ask(no.code, no.refused.values, [label.price_minor, label.weight_g, question.price_minor])
        return msgspec.structs.replace(found, label=msgspec.structs.replace(label, price_checked=True))
    raise no


def unanswered_refusal(question: Question) -> Refusal:
    """The refusal for a question that a cashier could answer but that this request leaves open."""
    match question.kind:
        case "unknown":
            return Refusal("unknown_code", {"code": question.code})
        case "price":
            return Refusal("price_missing")
        case "measure":
            return Refusal("quantity_missing")
        case "age":
            return Refusal("age_not_checked", {**name_values(question.names), "age": question.min_age})
        case "expired":
            expiry = question.label.expiry if question.label else None
            return Refusal("confirm_expired", {**name_values(question.names), "date": str(expiry)})
        case "label_price":
            return Refusal("confirm_label_price", name_values(question.names))
        case "modifiers":
            return Refusal("modifiers_missing", name_values(question.names))
        case "tax_changed":
            return Refusal("answer_first", {"waiting": 1})


def sellable(tx: Transaction, product: CatalogProduct, settings: TillSettings) -> CatalogProduct:
    """Return the product with its tax class. Raises `Refusal` if the store doesn't sell it."""
    if product.retired_us is not None and settings.retired == "refuse":
        raise Refusal("retired", name_values(product.names))
    if product.attributes or product.parts:
        require_classified(tx, product)
    if not product.tax_class:
        product = msgspec.structs.replace(product, tax_class=settings.tax_class)
    totals.require_tax_class(product.tax_class, settings)
    return product


def ran_out(tx: Transaction, product: CatalogProduct) -> None:
    """Raise `Refusal` for a product that a kitchen marked as sold out today."""
    if (product.sku, tx.business_date) in OUT.of(tx):
        raise Refusal("run_out", {**name_values(product.names), "sku": product.sku})


def is_code_of_goods(tx: Transaction, text: str, settings: TillSettings) -> bool:
    """Whether a product has this code."""
    code = parse_scan(text, "", settings.codes, max(today(tx).year, FIRST_YEAR))
    return not isinstance(code, ScanError) and any(find_by_code(tx.db, key, tx.at_us) for key in code.keys)


def _by_sku(tx: Transaction, wanted: Wanted, price_list: str, settings: TillSettings) -> ResolvedLine:
    product = find_by_sku(tx.db, wanted.sku, tx.at_us, price_list)
    if not product:
        raise Refusal("unknown_sku", {"sku": wanted.sku})
    return ResolvedLine(product, least_age(tx.db, product, settings.place), "", wanted.quantity)


def _by_known(wanted: Wanted, known: KnownProducts) -> ResolvedLine:
    product = known.products.get(wanted.sku)
    if not product:
        raise Refusal("unknown_sku", {"sku": wanted.sku})
    return ResolvedLine(product, known.ages[product.sku], "", wanted.quantity)


def _by_code(
    tx: Transaction, wanted: Wanted, price_list: str, settings: TillSettings
) -> ResolvedLine | MemberCode | CouponRead:
    if coupon := read_code(wanted.code):
        return CouponRead(coupon)
    code = parse_scan(wanted.code, wanted.symbology, settings.codes, max(int(tx.business_date[:4]), FIRST_YEAR))
    if isinstance(code, ScanError):
        raise misread(code, wanted.code)
    if code.kind == "member":
        return MemberCode(code.number)
    label = label_of(code) if code.kind != "product" or code.elements else None
    product = None
    for key in code.keys:
        if product := find_by_code(tx.db, key, tx.at_us, price_list):
            break
    if product is None and not wanted.symbology:  # a code typed by hand may be a SKU
        product = find_by_sku(tx.db, wanted.code.strip(), tx.at_us, price_list)
    if product is None:
        not_sold(code)
    if product and label and wanted.quantity is not None and label.tells_quantity(product.unit):
        raise Refusal("as_labelled", name_values(product.names))
    quantity = wanted.quantity
    if quantity is None and code.count and (product is None or product.unit in WHOLE):
        quantity = code.count * THOUSANDTHS  # for weighed products, a count doesn't give the weight
    age = least_age(tx.db, product, settings.place) if product else 0
    return ResolvedLine(product, age, code_text(code), quantity, label)
