"""Returns of a sale, and their refund. Pure.

The refund is the sale's total less the total without the returned goods. Taxes and discounts are therefore refunded in
proportion, and rounding differences with the last piece. The money goes back to the sale's tenders (`money_back.py`); a
refund in cash instead needs its own right and a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from edge.core.messages import Refusal, Refused
from edge.counter.basket import money_back
from edge.counter.basket.basket import Basket, BasketLine, recorded_lines
from edge.counter.basket.event_structs import GivenBack, RecordedLine, Returned, ReturnedGoods, TenderKind
from edge.counter.basket.taxed_total import Taxation, TaxedTotal, less, worth
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import name_values
from edge.lib.tax.rules import TaxTable
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import THOUSANDTHS, WHOLE, show_quantity
from edge.money.tenders.tender import ADVANCE

_UNDISCOUNTED: dict[str, Any] = {"discounts": (), "discount": None, "off_minor": 0, "share_minor": 0, "coupon_minor": 0}


class AlreadyRefunded(msgspec.Struct, frozen=True):
    """Earlier refunds of a sale: thousandths by line, the total, and amounts by tender."""

    quantities: Mapping[int, int] = {}
    minor: int = 0
    tenders: tuple[GivenBack, ...] = ()


class ReturnRequest(msgspec.Struct, frozen=True):
    """A requested return of a line: `quantity` in thousandths, or everything still returnable."""

    line: int
    quantity: int | None = None
    damaged: bool = False


class RefundMethod(msgspec.Struct, frozen=True):
    """The tender and reason of a refund.

    `kind` None: the sale's own tenders. `cash_denied`: why the actor may not refund other payments in cash.
    """

    kind: TenderKind | None = None
    reference: str = ""
    reason: str = ""
    cash_denied: Refused | None = None


@contextmanager
def naming_receipt(number: str) -> Iterator[None]:
    """Add the receipt's displayed number to refusals raised inside the context."""
    try:
        yield
    except Refusal as refusal:
        if "number" not in refusal.refused.values:
            raise
        raise refusal.beside(number=number) from None


def returnable_by_line(sale: SaleCompleted, before: AlreadyRefunded) -> dict[int, int]:
    """Thousandths still returnable, by line. Fully returned lines are omitted."""
    left = {line.id: line.quantity - before.quantities.get(line.id, 0) for line in sale.lines if not line.voided}
    return {id: quantity for id, quantity in left.items() if quantity > 0}


def refund(
    sale: SaleCompleted,
    wanted: Iterable[ReturnRequest],
    before: AlreadyRefunded,
    back: RefundMethod,
    settings: TillSettings,
) -> SaleRefunded:
    """Refund part of a sale, or everything left if `wanted` is empty.

    Never refunds more goods or money than were sold and not returned yet. The result's `number` and register aren't
    set.
    """
    ahead = next((line for line in sale.lines if line.kind == "advance"), None)
    if ahead is not None:
        raise Refusal("advance_back_first", name_values(ahead.names))
    left = returnable_by_line(sale, before)
    if not left:
        raise Refusal("all_refunded", {"number": sale.number})
    asked = tuple(wanted) or tuple(ReturnRequest(id) for id in left)
    returned = _returned_lines(sale, asked, left)
    after = left.copy()
    for line in returned:
        after[line.id] -= line.quantity
    table = _table(sale, settings.tax)
    if table is None and (any(after.values()) or before.quantities):
        raise Refusal("taxes_changed", {"number": sale.number})
    goes = less(_worth(sale, left, table), _worth(sale, after, table))
    left_minor = sale.bought_minor - before.minor
    if before.minor and [line.kind for line in sale.lines] == ["tip"]:
        return part_back(sale, left_minor, before, back, settings)
    minor = max(0, min(goes.total_minor, left_minor) if any(after.values()) else left_minor)
    tenders = _tenders(sale, before, minor, back, settings)
    refunded = _build_refund(sale.number, returned, goes, tenders, back.reason, sale.currency, sale.taxes_included)
    return msgspec.structs.replace(refunded, price_list=sale.price_list, customer=sale.customer)


def exchange_goods(
    sale: SaleCompleted, register: str, wanted: Iterable[ReturnRequest], before: AlreadyRefunded, settings: TillSettings
) -> ReturnedGoods:
    """Goods of a sale returned in an exchange, at their original price."""
    found = refund(sale, wanted, before, RefundMethod(), settings)
    sums = (found.net_minor, found.total_minor, found.deposit_minor)
    return ReturnedGoods(register, sale.number, found.lines, found.taxes, *sums, _refundable_tenders(sale, before))


def refund_as_gift(goods: ReturnedGoods) -> ReturnedGoods:
    """Return the goods as returned by gift receipt: refunded as store credit, never to the buyer's tenders."""
    credit = (GivenBack("credit", goods.paid_minor),) if goods.paid_minor else ()
    return msgspec.structs.replace(goods, left=credit)


def part_back(
    sale: SaleCompleted, minor: int, before: AlreadyRefunded, back: RefundMethod, settings: TillSettings
) -> SaleRefunded:
    """Refund part of a sale's advance or tip to its tenders.

    The line isn't goods: an advance's line remains until everything is refunded, and a tip's is returned with the last
    part. The result's `number` and register aren't set.
    """
    (line,) = (line for line in sale.lines if line.kind in ("advance", "tip"))
    tenders = _tenders(sale, before, minor, back, settings)
    last = line.kind == "tip" and before.minor + minor >= sale.bought_minor
    returned = _part(line, line.quantity, minor, damaged=False)
    returned = returned if last else msgspec.structs.replace(returned, quantity=0)
    refunded = _build_refund(
        sale.number,
        (returned,),
        TaxedTotal(minor, (), minor),
        tenders,
        back.reason,
        sale.currency,
        sale.taxes_included,
    )
    return msgspec.structs.replace(refunded, customer=sale.customer)


def without_receipt(basket: Basket, damaged: bool, back: RefundMethod, settings: TillSettings) -> SaleRefunded:
    """Refund the basket's goods without a receipt, at current prices and taxes.

    Only catalogue goods are possible, because the price of an open amount, tip or load is known only from its receipt.
    """
    if not basket.sold_lines:
        raise Refusal("basket_empty")
    if basket.questions:
        raise Refusal("answer_first", {"waiting": len(basket.questions)})
    if basket.tenders:
        raise Refusal("already_paying", {"paid_minor": basket.paid_minor})
    if basket.returns:
        raise Refusal("basket_not_empty")
    if other := next((line for line in basket.sold_lines if line.kind != "goods"), None):
        raise Refusal("receipt_for_that", name_values(other.names))
    sold = [_without_manual_prices(line) for line in basket.sold_lines]
    try:
        goes = worth(sold, Taxation(settings.tax))
    except KeyError as missing:  # the tax table changed after the line was added
        raise Refusal("no_tax_class", {"tax_class": str(missing.args[0])}) from None
    if back.kind not in ("cash", "credit"):
        raise Refusal("back_more_than_paid", {"left_minor": 0})
    if back.kind == "cash":
        _require_cash_refund_right(back)
    minor = settings.coins.nearest(goes.total_minor) if back.kind == "cash" else goes.total_minor
    tenders = (GivenBack(back.kind, minor),) if minor else ()
    lines = tuple(_part(line, line.quantity, line.amount_minor, damaged) for line in recorded_lines(sold))
    refunded = _build_refund(0, lines, goes, tenders, back.reason, settings.currency, settings.tax.inclusive)
    return msgspec.structs.replace(refunded, price_list=basket.price_list, customer=basket.customer)


def _without_manual_prices(line: BasketLine) -> BasketLine:
    """Return the line without manual prices, discounts and coupons. Today's promotions apply."""
    price_minor = line.price_minor if line.listed_minor is None else line.listed_minor
    off = {"discount": None, "off_minor": 0, "share_minor": 0, "coupon_minor": 0}
    return msgspec.structs.replace(line, price_minor=price_minor, listed_minor=None, **off)


def _returned_lines(sale: SaleCompleted, asked: tuple[ReturnRequest, ...], left: Mapping[int, int]) -> list[Returned]:
    """Return the requested lines as returned ones.

    A line may be requested twice, once for damaged goods and once for the rest.
    """
    lines = {line.id: line for line in sale.lines if not line.voided}
    rest, returned = {**dict.fromkeys(lines, 0), **left}, []
    for want in asked:
        line = lines.get(want.line)
        if line is None:
            raise Refusal("no_such_line", {"line": want.line})
        quantity = rest[line.id] if want.quantity is None else want.quantity
        if line.id not in left or quantity > rest[line.id]:
            raise Refusal("refund_too_much", {**name_values(line.names), "left": show_quantity(rest[line.id])})
        if line.unit in WHOLE and quantity % THOUSANDTHS:
            raise Refusal("whole_pieces_only", name_values(line.names))
        minor = (
            _prorate_line(line, rest[line.id]).amount_minor - _prorate_line(line, rest[line.id] - quantity).amount_minor
        )
        rest[line.id] -= quantity
        if quantity:
            returned.append(_part(line, quantity, minor, want.damaged))
    if not returned:
        raise Refusal("refund_nothing")
    return returned


def _prorate_line(line: RecordedLine, quantity: int) -> RecordedLine:
    """Return the line as if only `quantity` had been sold, with promotions' discounts in proportion."""
    total = line.total_minor
    if line.discount_minor:
        total = line.amount_minor
    if total is not None:
        total = divide_half_up(total * quantity, line.quantity)
    return msgspec.structs.replace(line, quantity=quantity, total_minor=total, **_UNDISCOUNTED)


def _part(line: RecordedLine, quantity: int, minor: int, damaged: bool) -> Returned:
    fields = msgspec.structs.asdict(line) | {"quantity": quantity, "total_minor": minor}
    return Returned(**fields | {"listed_minor": None, "reason": "", **_UNDISCOUNTED}, damaged=damaged)


def _worth(sale: SaleCompleted, kept: Mapping[int, int], table: TaxTable | None) -> TaxedTotal:
    """The sale's total as if only these quantities had been sold."""
    if not any(kept.values()):
        return TaxedTotal(0, (), 0)
    all_of_it = all(kept.get(line.id, 0) == line.quantity for line in sale.lines if not line.voided)
    if table is None or (all_of_it and not sale.returns):  # the recorded total applies, also for a part of an order
        return TaxedTotal(sale.net_minor, sale.taxes, sale.total_minor, sale.deposit_minor)
    kept_lines = (_prorate_line(line, kept[line.id]) for line in sale.lines if kept.get(line.id))
    return worth(kept_lines, Taxation(table, sale.tax_ahead))


def _table(sale: SaleCompleted, today: TaxTable) -> TaxTable | None:
    """The tax table of the sale. None if the sale is too old to contain one and today's table gives other sums."""
    if sale.tax is not None:
        return sale.tax
    sold = (line for line in sale.lines if not line.voided)
    try:
        now = worth(sold, Taxation(today))
    except KeyError:
        return None
    same = (now.net_minor, now.total_minor) == (sale.net_minor, sale.total_minor) and set(now.taxes) == set(sale.taxes)
    return today if same else None


def _refundable_tenders(sale: SaleCompleted, before: AlreadyRefunded) -> tuple[GivenBack, ...]:
    """Amounts of a sale that can still be refunded, by tender in refund order.

    Their total is at most the part of the payment that isn't refunded yet.
    """
    left = money_back.remaining_by_tender(money_back.brought_by_tender(sale.tenders, sale.change_minor), before.tenders)
    return money_back.within(left, sale.bought_minor - before.minor, bool(sale.returns))


def _tenders(
    sale: SaleCompleted, before: AlreadyRefunded, minor: int, back: RefundMethod, settings: TillSettings
) -> tuple[GivenBack, ...]:
    """The tenders of a refund. Raises `Refusal` if the requested tender isn't possible."""
    coins = settings.coins
    left = _refundable_tenders(sale, before)
    as_paid = money_back.spread(minor, left, coins, back.reference)
    if back.kind == "credit":
        return (GivenBack("credit", minor),) if minor else ()
    as_paid = tuple(_to_store_credit(one, settings) for one in as_paid)
    if back.kind is None or all(one.kind == back.kind for one in as_paid):
        return as_paid
    if any(one.kind == ADVANCE for one in as_paid):  # an advance is refunded only to its own tenders
        raise Refusal("advance_back_only")
    if back.kind == "cash":
        cash = money_back.in_coins(minor, minor, coins)
        brought = money_back.brought_by_tender(sale.tenders, sale.change_minor)
        instead_minor = money_back.cash_instead(brought, before.tenders)
        _card_not_cash(as_paid, left, instead_minor, settings)
        _require_cash_refund_right(back)
        return (GivenBack("cash", cash),) if cash else ()
    same = tuple(one for one in left if one.kind == back.kind)
    left_minor = sum(one.amount_minor for one in same)
    if left_minor < minor:
        raise Refusal("back_more_than_paid", {"left_minor": left_minor})
    return money_back.spread(minor, same, coins, back.reference)


def _to_store_credit(back: GivenBack, settings: TillSettings) -> GivenBack:
    """Return store credit in place of a tender that the shop doesn't refund."""
    own = next((one for one in settings.tenders if one.id == back.kind), None)
    return msgspec.structs.replace(back, kind="credit") if own and not own.back else back


def _card_not_cash(
    as_paid: tuple[GivenBack, ...], left: tuple[GivenBack, ...], instead_minor: int, settings: TillSettings
) -> None:
    """Raise `Refusal` for cash in place of the shop's own cards.

    It's never allowed for store credit; for gift cards only below the limit, counting earlier cash refunds.
    """
    cards = [one for one in as_paid if one.card]
    minor = min(
        instead_minor + sum(one.amount_minor for one in cards), sum(one.amount_minor for one in left if one.card)
    )
    below_minor = settings.cash_below_minor
    if cards and not (minor < below_minor and all(one.kind == "gift" for one in cards)):
        raise Refusal("card_not_cash", {"below_minor": below_minor})


def _require_cash_refund_right(back: RefundMethod) -> None:
    """Raise `Refusal` for cash in place of other payments without the right or a reason."""
    if back.cash_denied:
        raise Refusal.of(back.cash_denied)
    if not back.reason.strip():
        raise Refusal("cash_needs_reason")


def _build_refund(
    sale: int,
    lines: Iterable[Returned],
    goes: TaxedTotal,
    tenders: tuple[GivenBack, ...],
    reason: str,
    currency: str,
    included: bool,
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
        rounding_minor=sum(tender.amount_minor for tender in tenders) - goes.total_minor,
        tenders=tenders,
        reason=reason,
        deposit_minor=goes.deposit_minor,
    )
