"""Adds, finds, changes and voids lines of a basket. Pure."""

from __future__ import annotations

from datetime import date
from typing import Protocol, get_args

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket.basket import LINES_LIMIT, QUESTIONS_LIMIT, Basket, BasketLine, Question
from edge.counter.basket.event_structs import ScannedData, Weighed
from edge.goods.catalog.product import BundlePart
from edge.goods.modifiers.modifier import NOTHING, ModifierChoice
from edge.lib.i18n import name_values
from edge.lib.units.money import LIMIT_MINOR, amount_minor, divide_half_up
from edge.lib.units.quantity import LIMIT, ONE, THOUSANDTHS, WHOLE, Unit

_UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}


class Sellable(Protocol):
    """A product as the till sees it (`catalog.queries.CatalogProduct` is one)."""

    @property
    def sku(self) -> str: ...
    @property
    def names(self) -> dict[str, str]: ...
    @property
    def price_minor(self) -> int | None: ...
    @property
    def tax_class(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def deposit_minor(self) -> int: ...
    @property
    def leaves(self) -> tuple[BundlePart, ...]: ...


def add(
    basket: Basket,
    product: Sellable | None,
    least_age: int,
    code: str,
    quantity: int | None,
    price_minor: int | None = None,
    label: ScannedData | None = None,
    today: date = date.min,
    apart: bool = False,
    weighed: Weighed | None = None,
    choice: ModifierChoice = NOTHING,
) -> Basket:
    """Return the basket with one more line, or with a question to the cashier.

    `least_age`: the minimum age in years. `quantity` None: one piece, or a measure to ask for. `price_minor`: a price
    entered by hand, if the catalogue has none. `label`: other data in the barcode. `apart`: never merge with the last
    line. `weighed`: how a weight was measured. `choice`: the product's modifiers.
    """
    if product is None:
        return _ask(basket, "unknown", code, quantity)
    if len(basket.lines) >= LINES_LIMIT:
        raise Refusal("basket_full", {"limit": LINES_LIMIT})
    if label and label.serial and any(_is(line, product.sku, label.serial) for line in basket.sold_lines):
        raise Refusal("serial_twice", {**name_values(product.names), "serial": label.serial})
    price = product.price_minor if product.price_minor is not None else price_minor
    if label:
        quantity, price = _apply_label(product, label, quantity, price)
    if price is None:
        printed = label is not None and label.price_minor is not None
        return _ask(basket, "measure" if printed else "price", code, quantity, product, label=label)
    if least_age > basket.age_checked:
        return _ask(basket, "age", code, quantity, product, price_minor, label, least_age)
    if label and label.is_expired(today) and not label.sold_expired:
        return _ask(basket, "expired", code, quantity, product, price_minor, label)
    if label and product.price_minor is not None and is_price_off(product, label):
        return _ask(basket, "label_price", code, quantity, product, product.price_minor, label)
    if choice.asks:
        return _ask(basket, "modifiers", code, quantity, product, price_minor, label)
    if product.unit in WHOLE:
        quantity = ONE if quantity is None else quantity
        if quantity % THOUSANDTHS:
            raise Refusal("whole_pieces_only", name_values(product.names))
    elif quantity is None:
        return _ask(basket, "measure", code, None, product, price_minor, label)
    entered = product.price_minor is None and price == price_minor
    by = weighed if product.unit == "kg" and not (label and label.tells_quantity("kg")) else None
    return _put(basket, product, code, quantity, price, "entered" if entered else "", label, apart, by, choice)


def is_price_off(product: Sellable, label: ScannedData) -> bool:
    """Whether a scale's printed price differs from today's price for the weight.

    By more than a cent, and not confirmed yet.
    """
    if label.price_checked or label.weight_g is None or label.price_minor is None or product.unit != "kg":
        return False
    return abs(amount_minor(product.price_minor or 0, label.weight_g) - label.price_minor) > 1


def answer(
    basket: Basket,
    question: Question,
    product: Sellable | None,
    least_age: int,
    quantity: int | None,
    price_minor: int | None,
    today: date = date.min,
    weighed: Weighed | None = None,
    choice: ModifierChoice = NOTHING,
) -> Basket:
    """Return the basket with a question answered. The answer may raise the next question."""
    without, label = basket.without_question(question.id), question.label
    if question.kind == "unknown":
        raise Refusal("unknown_code", {"code": question.code})
    if question.kind == "price" and price_minor is None:
        raise Refusal("price_missing")
    if question.kind == "measure" and quantity is None:
        raise Refusal("quantity_missing")
    if question.kind == "age":
        without = without.with_changes(age_checked=max(without.age_checked, question.min_age))
    if question.kind == "expired" and label:
        label = msgspec.structs.replace(label, sold_expired=True)
    if question.kind == "label_price" and label:
        label = msgspec.structs.replace(label, price_checked=True)
    price = price_minor if price_minor is not None else question.price_minor
    amount = quantity or question.quantity or None
    return add(without, product, least_age, question.code, amount, price, label, today, weighed=weighed, choice=choice)


def keeping_modifiers(before: Basket, after: Basket, said: tuple[str, ...] | None) -> Basket:
    """Return the basket with the modifiers already chosen stored in its new questions.

    Those questions must be answered first.
    """
    if said is None or after.questions == before.questions:
        return after
    questions = tuple(
        question if before.question(question.id) else msgspec.structs.replace(question, modifiers=said)
        for question in after.questions
    )
    return msgspec.structs.replace(after, questions=questions)


def is_struck(before: Basket, after: Basket) -> bool:
    """Whether a line's quantity is lower than before. Tips don't count, because the customer decides them."""
    now = {line.id: line.quantity for line in after.sold_lines}
    return any(now.get(line.id, 0) < line.quantity for line in before.sold_lines if line.kind != "tip")


def set_quantity(basket: Basket, id: int, quantity: int) -> Basket:
    """Return the basket with a line's quantity changed."""
    line = basket.line(id)
    if line is None or line.voided:
        raise Refusal("no_such_line", {"line": id})
    if not line.is_revenue:
        raise Refusal("line_fixed", name_values(line.names))
    if line.label and line.label.tells_quantity(line.unit):
        raise Refusal("as_labelled", name_values(line.names))
    if line.unit in WHOLE and quantity % THOUSANDTHS:
        raise Refusal("whole_pieces_only", name_values(line.names))
    if _too_much(line.price_minor, quantity, line.units):
        raise Refusal("too_much", {})
    by = Weighed("hand") if line.unit == "kg" and line.weighed else line.weighed
    return basket.with_line(msgspec.structs.replace(line, quantity=quantity, weighed=by))


def void_line(basket: Basket, id: int) -> Basket:
    """Return the basket with a line voided. The line stays in the basket but counts nothing."""
    line = basket.line(id)
    if line is None:
        raise Refusal("no_such_line", {"line": id})
    return basket.with_line(
        msgspec.structs.replace(
            line, voided=True, discounts=(), discount=None, off_minor=0, share_minor=0, coupon_minor=0
        )
    )


def override_price(basket: Basket, id: int, price_minor: int, reason: str) -> Basket:
    """Return the basket with a line's price overridden. The line also keeps the catalogue's price."""
    line = basket.line(id)
    if line is None or line.voided:
        raise Refusal("no_such_line", {"line": id})
    if not line.is_revenue:
        raise Refusal("line_fixed", name_values(line.names))
    if _too_much(price_minor, line.quantity, line.units):
        raise Refusal("too_much", {})
    listed = line.price_minor if line.listed_minor is None else line.listed_minor
    if line.undiscounted and price_minor < listed and line.reason != "entered":
        raise Refusal("discount_never", name_values(line.names))
    return basket.with_line(
        msgspec.structs.replace(
            line, price_minor=price_minor, listed_minor=listed, reason=reason or "override", total_minor=None
        )
    )


def _apply_label(
    product: Sellable, label: ScannedData, quantity: int | None, price_minor: int | None
) -> tuple[int | None, int | None]:
    """The quantity and unit price that a label gives, unless they're given otherwise.

    For a product priced by its label, the weight follows from the price per kilogram.
    """
    if product.unit in WHOLE:
        return quantity, price_minor if label.price_minor is None else label.price_minor
    if quantity is None and product.unit == "kg":
        quantity = label.weight_g
    if label.price_minor is not None and quantity is None and price_minor:
        quantity = max(1, divide_half_up(label.price_minor * THOUSANDTHS, price_minor))
    if label.price_minor is not None and quantity and price_minor is None:
        price_minor = divide_half_up(label.price_minor * THOUSANDTHS, quantity)
    return quantity, price_minor


def _put(
    basket: Basket,
    product: Sellable,
    code: str,
    quantity: int,
    price_minor: int,
    reason: str,
    label: ScannedData | None,
    apart: bool,
    weighed: Weighed | None,
    choice: ModifierChoice,
) -> Basket:
    if choice.chosen:
        price_minor += choice.price_minor
    last = basket.lines[-1] if basket.lines and not apart else None
    here = last is not None and (last.course, last.seat) == (basket.course, basket.seat)
    if last and here and last.modifiers == choice.chosen and _same(last, product, price_minor, label):
        return set_quantity(basket, last.id, min(last.quantity + quantity, LIMIT))
    if _too_much(price_minor, quantity, product.units):
        raise Refusal("too_much", {})
    id = basket.last_id + 1
    line = BasketLine(
        id,
        product.sku,
        code,
        product.names,
        _UNITS[product.unit],
        quantity,
        price_minor,
        product.tax_class,
        reason=reason,
        label=label,
        total_minor=label.price_minor if label and product.unit != "piece" else None,
        units=product.units,
        deposit_minor=product.deposit_minor,
        parts=product.leaves,
        weighed=weighed,
        modifiers=choice.chosen,
        course=basket.course,
        seat=basket.seat,
    )
    return basket.with_changes(last_id=id, lines=(*basket.lines, line))


def _same(line: BasketLine, product: Sellable, price_minor: int, label: ScannedData | None) -> bool:
    """Whether another piece is merged into the last line, because the same product was scanned twice in a row."""
    whole = line.unit == product.unit == "piece" and not line.voided and line.label == label
    same = line.sku == product.sku and line.units == product.units and line.price_minor == price_minor
    return whole and same and not line.reason and not line.discount and line.kind == "goods"


def _too_much(price_minor: int, quantity: int, units: int) -> bool:
    return amount_minor(price_minor, quantity) > LIMIT_MINOR or quantity * units > LIMIT


def _is(line: BasketLine, sku: str, serial: str) -> bool:
    return line.sku == sku and line.label is not None and line.label.serial == serial


def _ask(
    basket: Basket,
    kind: str,
    code: str,
    quantity: int | None,
    product: Sellable | None = None,
    price_minor: int | None = None,
    label: ScannedData | None = None,
    least_age: int = 0,
) -> Basket:
    if len(basket.questions) >= QUESTIONS_LIMIT:
        raise Refusal("answer_first", {"waiting": len(basket.questions)})
    id = basket.last_id + 1
    question = Question(id, kind, code, quantity or 0, price_minor=price_minor, label=label)  # type: ignore[arg-type]
    if product is not None:
        question = msgspec.structs.replace(
            question, sku=product.sku, names=product.names, unit=_UNITS[product.unit], min_age=least_age
        )
    return basket.with_changes(last_id=id, questions=(*basket.questions, question))
