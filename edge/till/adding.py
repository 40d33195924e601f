"""How things come into a basket: added, asked about, changed, voided. Pure."""

from __future__ import annotations

from typing import Protocol

import msgspec

from edge.core.shapes import Refused
from edge.till.basket import LINES_LIMIT, QUESTIONS_LIMIT, Basket, Line, Question
from edge.units.money import LIMIT_MINOR, amount_minor
from edge.units.quantity import LIMIT, ONE, THOUSANDTHS, Unit


class Sellable(Protocol):
    """What the till needs to know of a product (`catalog.queries.StockedProduct` is one)."""

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
    def min_age(self) -> int: ...


def add(
    basket: Basket, product: Sellable | None, code: str, quantity: int | None, price_minor: int | None = None
) -> Basket | Refused:
    """The basket with one more line, or with a question where only the cashier knows.

    `quantity` None: one piece, or a measure to ask for. `price_minor`: entered by hand,
    because the catalogue has none.
    """
    if product is None:
        return _ask(basket, "unknown", code, quantity)
    if len(basket.lines) >= LINES_LIMIT:
        return Refused("basket_full", {"limit": LINES_LIMIT})
    price = product.price_minor if product.price_minor is not None else price_minor
    if price is None:
        return _ask(basket, "price", code, quantity, product)
    if product.min_age > basket.age_checked:
        return _ask(basket, "age", code, quantity, product, price_minor)
    if product.unit == "piece":
        quantity = ONE if quantity is None else quantity
        if quantity % THOUSANDTHS:
            return Refused("whole_pieces_only", {"name": next(iter(product.names.values()), "")})
    elif quantity is None:
        return _ask(basket, "measure", code, None, product, price_minor)
    return _put(basket, product, code, quantity, price, entered=product.price_minor is None)


def answer(
    basket: Basket, question: Question, product: Sellable | None, quantity: int | None, price_minor: int | None
) -> Basket | Refused:
    """The basket with a question answered, which may lead to the next one."""
    without = basket.without_question(question.id)
    if question.kind == "unknown":
        return Refused("unknown_code", {"code": question.code})
    if question.kind == "price" and price_minor is None:
        return Refused("price_missing")
    if question.kind == "measure" and quantity is None:
        return Refused("quantity_missing")
    if question.kind == "age":
        without = without.changed(age_checked=max(without.age_checked, question.min_age))
    price = price_minor if price_minor is not None else question.price_minor
    return add(without, product, question.code, quantity or question.quantity or None, price)


def set_quantity(basket: Basket, id: int, quantity: int) -> Basket | Refused:
    """The basket with a line of another quantity."""
    line = basket.line(id)
    if line is None or line.voided:
        return Refused("no_such_line", {"line": id})
    if line.unit == "piece" and quantity % THOUSANDTHS:
        return Refused("whole_pieces_only", {"name": next(iter(line.names.values()), "")})
    if amount_minor(line.price_minor, quantity) > LIMIT_MINOR:
        return Refused("too_much", {})
    return basket.with_line(msgspec.structs.replace(line, quantity=quantity))


def void_line(basket: Basket, id: int) -> Basket | Refused:
    """The basket with a line that is there, and counts nothing."""
    line = basket.line(id)
    if line is None:
        return Refused("no_such_line", {"line": id})
    return basket.with_line(msgspec.structs.replace(line, voided=True))


def override_price(basket: Basket, id: int, price_minor: int, reason: str) -> Basket | Refused:
    """The basket with a line at another price; the line keeps what the catalogue says."""
    line = basket.line(id)
    if line is None or line.voided:
        return Refused("no_such_line", {"line": id})
    if amount_minor(price_minor, line.quantity) > LIMIT_MINOR:
        return Refused("too_much", {})
    listed = line.price_minor if line.listed_minor is None else line.listed_minor
    return basket.with_line(
        msgspec.structs.replace(line, price_minor=price_minor, listed_minor=listed, reason=reason or "override")
    )


def _put(
    basket: Basket, product: Sellable, code: str, quantity: int, price_minor: int, entered: bool
) -> Basket | Refused:
    last = basket.lines[-1] if basket.lines else None
    if last and _same(last, product, price_minor):
        return set_quantity(basket, last.id, min(last.quantity + quantity, LIMIT))
    if amount_minor(price_minor, quantity) > LIMIT_MINOR:
        return Refused("too_much", {})
    id = basket.last_id + 1
    line = Line(
        id,
        product.sku,
        code,
        product.names,
        _unit(product.unit),
        quantity,
        price_minor,
        product.tax_class,
        reason="entered" if entered else "",
    )
    return basket.changed(last_id=id, lines=(*basket.lines, line))


def _same(line: Line, product: Sellable, price_minor: int) -> bool:
    """Whether a further piece belongs to the line just made: the same thing scanned twice in a row."""
    whole = line.unit == product.unit == "piece" and not line.voided
    return whole and line.sku == product.sku and line.price_minor == price_minor and not line.reason


def _ask(
    basket: Basket,
    kind: str,
    code: str,
    quantity: int | None,
    product: Sellable | None = None,
    price_minor: int | None = None,
) -> Basket | Refused:
    if len(basket.questions) >= QUESTIONS_LIMIT:
        return Refused("answer_first", {"waiting": len(basket.questions)})
    id = basket.last_id + 1
    question = Question(id, kind, code, quantity or 0, price_minor=price_minor)  # type: ignore[arg-type]
    if product is not None:
        question = msgspec.structs.replace(
            question, sku=product.sku, names=product.names, unit=_unit(product.unit), min_age=product.min_age
        )
    return basket.changed(last_id=id, questions=(*basket.questions, question))


def _unit(unit: str) -> Unit:
    converted: Unit = msgspec.convert(unit, Unit)
    return converted
