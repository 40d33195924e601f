"""What comes back of a sale, and how much money goes out for it. Pure.

What is refunded is what the sale came to, less what it would have come to without those goods. So taxes and
discounts go back in proportion, and whatever was rounded on the way goes back with the last piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.shapes import Refused
from edge.tax.rules import Taxed, TaxTable
from edge.till.events import Returned, SaleCompleted, SaleRefunded
from edge.till.rules.basket import Basket, Line, Tender, TenderKind, called
from edge.till.rules.paying import Worth, worth
from edge.till.settings import TillSettings
from edge.units.money import divide_half_up, round_to
from edge.units.quantity import THOUSANDTHS, show_quantity


class Before(msgspec.Struct, frozen=True):
    """What of a sale went back in earlier refunds: thousandths a line, and the money."""

    quantities: Mapping[int, int] = {}
    minor: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """What somebody brings back of a line: `quantity` thousandths, or all that is left of it."""

    line: int
    quantity: int | None = None
    damaged: bool = False


class Back(msgspec.Struct, frozen=True):
    """How the money goes back, and why."""

    kind: TenderKind
    reference: str = ""
    reason: str = ""


def left_of(sale: SaleCompleted, before: Before) -> dict[int, int]:
    """Thousandths that can still come back, a line; lines of which nothing is left are not there."""
    left = {line.id: line.quantity - before.quantities.get(line.id, 0) for line in sale.lines if not line.voided}
    return {id: quantity for id, quantity in left.items() if quantity > 0}


def refund(
    sale: SaleCompleted, wanted: Iterable[Wanted], before: Before, back: Back, settings: TillSettings
) -> SaleRefunded | Refused:
    """The refund of some of a sale, or (nothing `wanted`) of all that is left. Its `number` and register are not set.

    Never more goods, and never more money, than were sold and have not come back.
    """
    left = left_of(sale, before)
    if not left:
        return Refused("all_refunded", {"number": sale.number})
    asked = tuple(wanted) or tuple(Wanted(id) for id in left)
    returned = _returned(sale, asked, left)
    if isinstance(returned, Refused):
        return returned
    after = left.copy()
    for line in returned:
        after[line.id] -= line.quantity
    table = _table(sale, settings.tax)
    if table is None and (any(after.values()) or before.quantities):
        return Refused("taxes_changed", {"number": sale.number})
    goes = _less(_worth(sale, left, table), _worth(sale, after, table))
    minor = _money(goes.total_minor, _paid(sale) - before.minor, back.kind, not any(after.values()), settings)
    refunded = _refunded(sale.number, returned, goes, minor, back, sale.currency, sale.taxes_included)
    return msgspec.structs.replace(refunded, price_list=sale.price_list)


def without_receipt(basket: Basket, damaged: bool, back: Back, settings: TillSettings) -> SaleRefunded | Refused:
    """The refund of what lies in the basket, at the prices and taxes of today: nobody has a receipt for it."""
    if not basket.sold:
        return Refused("basket_empty")
    if basket.questions:
        return Refused("answer_first", {"waiting": len(basket.questions)})
    if basket.tenders:
        return Refused("already_paying", {"paid_minor": basket.paid_minor})
    try:
        goes = worth(basket.sold, settings.tax)
    except KeyError as missing:  # the table of taxes was changed since the line came into the basket
        return Refused("no_tax_class", {"tax_class": str(missing.args[0])})
    minor = goes.total_minor if back.kind == "card" else round_to(goes.total_minor, settings.cash_step_minor)
    lines = tuple(_part(line, line.quantity, line.amount_minor, damaged) for line in basket.sold)
    refunded = _refunded(0, lines, goes, minor, back, settings.currency, settings.tax.inclusive)
    return msgspec.structs.replace(refunded, price_list=basket.price_list)


def _returned(sale: SaleCompleted, asked: tuple[Wanted, ...], left: Mapping[int, int]) -> list[Returned] | Refused:
    """The lines that come back. One line may be asked for twice: some of it damaged, some not."""
    lines = {line.id: line for line in sale.lines if line.id in left}
    rest, returned = dict(left), []
    for want in asked:
        line = lines.get(want.line)
        if line is None:
            return Refused("no_such_line", {"line": want.line})
        quantity = rest[line.id] if want.quantity is None else want.quantity
        if quantity > rest[line.id]:
            return Refused("refund_too_much", {**called(line.names), "left": show_quantity(rest[line.id])})
        if line.unit == "piece" and quantity % THOUSANDTHS:
            return Refused("whole_pieces_only", called(line.names))
        minor = _kept(line, rest[line.id]).amount_minor - _kept(line, rest[line.id] - quantity).amount_minor
        rest[line.id] -= quantity
        if quantity:
            returned.append(_part(line, quantity, minor, want.damaged))
    return returned or Refused("refund_nothing")


def _kept(line: Line, quantity: int) -> Line:
    """The line as it would be, had only `quantity` of it been sold: what promotions took off is off each part of it."""
    total = line.total_minor
    if line.discounts:
        total = line.amount_minor
    if total is not None:
        total = divide_half_up(total * quantity, line.quantity)
    return msgspec.structs.replace(line, quantity=quantity, total_minor=total, discounts=())


def _part(line: Line, quantity: int, minor: int, damaged: bool) -> Returned:
    fields = msgspec.structs.asdict(line) | {"quantity": quantity, "total_minor": minor}
    return Returned(**fields | {"listed_minor": None, "reason": "", "discounts": ()}, damaged=damaged)


def _worth(sale: SaleCompleted, kept: Mapping[int, int], table: TaxTable | None) -> Worth:
    """What the sale comes to, had only this much of each line been sold."""
    if not any(kept.values()):
        return Worth(0, (), 0)
    if table is None:
        return Worth(sale.net_minor, sale.taxes, sale.total_minor, sale.deposit_minor)
    return worth((_kept(line, kept[line.id]) for line in sale.lines if kept.get(line.id)), table)


def _table(sale: SaleCompleted, today: TaxTable) -> TaxTable | None:
    """How the sale was taxed. None: it is too old to say so, and today's table makes other sums of it."""
    if sale.tax is not None:
        return sale.tax
    sold = (line for line in sale.lines if not line.voided)
    try:
        now = worth(sold, today)
    except KeyError:
        return None
    same = (now.net_minor, now.total_minor) == (sale.net_minor, sale.total_minor) and set(now.taxes) == set(sale.taxes)
    return today if same else None


def _less(one: Worth, other: Worth) -> Worth:
    gone = {(row.name, row.rate): row for row in other.taxes}
    none = Taxed("", 0, 0, 0)
    rows = []
    for row in one.taxes:
        kept = gone.get((row.name, row.rate), none)
        net, tax = row.net_minor - kept.net_minor, row.tax_minor - kept.tax_minor
        if net or tax:
            rows.append(Taxed(row.name, row.rate, net, tax))
    return Worth(
        one.net_minor - other.net_minor,
        tuple(rows),
        one.total_minor - other.total_minor,
        one.deposit_minor - other.deposit_minor,
    )


def _paid(sale: SaleCompleted) -> int:
    return sale.total_minor + sale.rounding_minor


def _money(worth_minor: int, left_minor: int, kind: TenderKind, last: bool, settings: TillSettings) -> int:
    """What is handed over: in coins that exist, and in all refunds together not more than was paid."""
    minor = left_minor if last else min(worth_minor, left_minor)
    if kind == "cash":
        step = settings.cash_step_minor
        minor = round_to(minor, step)
        minor -= step if minor > left_minor else 0
    return max(0, minor)


def _refunded(
    sale: int, lines: Iterable[Returned], goes: Worth, minor: int, back: Back, currency: str, included: bool
) -> SaleRefunded:
    return SaleRefunded(
        number=0,
        sale_register="",
        sale=sale,
        currency=currency,
        lines=tuple(lines),
        taxes=goes.taxes,
        taxes_included=included,
        net_minor=goes.net_minor,
        total_minor=goes.total_minor,
        rounding_minor=minor - goes.total_minor,
        tenders=(Tender(back.kind, minor, back.reference),) if minor else (),
        reason=back.reason,
        deposit_minor=goes.deposit_minor,
    )
