"""Orders on account, inside the transaction: open within the credit limit, deliver in parts, close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.accounting.accounts.account import SALES_OPEN, TENDER, SalesLine
from edge.accounting.accounts.commands import (
    CloseSalesOrder,
    DeliveredLine,
    DeliverSalesOrder,
    OpenSalesOrder,
    OrderedLine,
    ReplaceDelivered,
)
from edge.accounting.accounts.events import SalesOrderDelivered, SalesOrderEnded, SalesOrderOpened, WentOut
from edge.accounting.accounts.limits import on_hold, require_account, require_credit
from edge.accounting.accounts.queries import SalesOrder, SalesOrderLine, read_sales_order, standing
from edge.accounting.accounts.shortages import SalesShortage, shortage_values
from edge.accounting.invoices.commands import IssueInvoice
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.event_structs import RecordedLine, ScannedData
from edge.counter.basket.taxed_total import Taxation, worth
from edge.counter.till.commands import SellPriced, TenderGiven
from edge.counter.till.queries import last_receipt
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.stock.commands import FulfilReservation, ReleaseStock, ReserveLine, ReserveStock
from edge.goods.stock.reserving.promised import reserved_by
from edge.goods.stock.rows import available_at, breaks_pieces, called_by, require_location, rows_at
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import show_quantity
from edge.people.customers.queries import price_list_of

ORDERS_OPEN_MOST = 5_000
"""Maximum open orders on account."""
_NEXT = "SELECT coalesce(max(number), 0) + 1, count(*) FILTER (WHERE state IN ('open', 'partial')) FROM sales_order"


class OpenedSalesOrder(msgspec.Struct, frozen=True):
    """An opened order, its total, and the goods that couldn't be reserved."""

    number: int
    total_minor: int
    missing: tuple[SalesShortage, ...] = ()


class DeliveredSalesOrder(msgspec.Struct, frozen=True):
    """A delivery: the receipt of a register, its invoice, and the order's new state."""

    number: int
    register: str
    receipt: int
    invoice: str
    total_minor: int
    state: str


def require_order(tx: Transaction, number: int) -> SalesOrder:
    """Return an order. Raises `Refusal` if there is none."""
    order = read_sales_order(tx.db, number)
    if order is None:
        raise Refusal("no_sales_order", {"number": number})
    return order


class SalesOrders:
    """Orders on account of a store with these till settings."""

    def __init__(self, shop: TillSettings) -> None:
        self._shop = shop

    def open(self, tx: Transaction, command: OpenSalesOrder) -> OpenedSalesOrder:
        account = require_account(tx, command.customer)
        require_location(tx.db, command.location)
        if command.due_on and day_of(command.due_on) is None:
            raise Refusal("production_day_wrong", {"day": command.due_on})
        known = require_order(tx, command.number) if command.number else None
        if known is not None:
            _changeable(known, account.customer)
        lines = self.price_lines(tx, command.customer, command.lines, known)
        total = self.total_minor(tx, lines)
        gone = {one.sku: one.delivered for one in known.lines} if known else {}
        left = self.total_minor(tx, _undelivered_lines(lines, gone))
        more = left - (known.left_minor if known else 0)
        why = require_credit(tx, account, more, command.override, self._shop.currency)
        number = known.number if known else _number(tx)
        what = (number, account.customer, command.location, self._shop.currency, lines, total, command.due_on, why)
        tx.append(SalesOrderOpened(*what))
        missing = reserve(tx, number, command.partial_ok)
        if known is not None and not any(line.open for line in require_order(tx, number).lines):
            _end(tx, known.number, "complete")
        return OpenedSalesOrder(number, total, missing)

    def price_lines(
        self, tx: Transaction, customer: str, wanted_lines: Sequence[OrderedLine], known: SalesOrder | None = None
    ) -> tuple[SalesLine, ...]:
        """The lines with their prices. Goods already delivered stay in the order."""
        prices = price_list_of(tx.db, customer)
        before = {one.sku: one for one in known.lines} if known else {}
        found: dict[str, SalesLine] = {}
        for line in wanted_lines:
            product = self._sellable(tx, line.sku, prices)
            if product.sku in found:
                raise Refusal("duplicate_line", {"sku": product.sku})
            if breaks_pieces(tx.db, product, line.quantity):
                raise Refusal("pieces_moved_whole", {"sku": product.sku})
            price = line.price_minor
            if price is None:
                price = before[product.sku].price_minor if product.sku in before else product.price_minor
            if price is None:
                raise Refusal("sales_price_missing", {"sku": product.sku})
            found[product.sku] = SalesLine(product.sku, line.quantity, price)
        for one in before.values():
            wanted = found.get(one.sku)
            if one.delivered > (wanted.quantity if wanted else 0):
                raise Refusal("below_delivered", {"sku": one.sku, "delivered": show_quantity(one.delivered)})
        return tuple(found.values())

    def _sellable(self, tx: Transaction, sku: str, prices: str = "store") -> CatalogProduct:
        product = find_by_sku(tx.db, sku, tx.at_us, prices)
        if product is None:
            raise Refusal("unknown_sku", {"sku": sku})
        if product.retired_us is not None and self._shop.retired == "refuse":
            raise Refusal("bom_retired", {"sku": product.sku})
        return product

    def total_minor(self, tx: Transaction, lines: Iterable[SalesLine]) -> int:
        """The lines' total with taxes. Raises `Refusal` for an unknown tax class."""
        sold = [self._line(tx, n, line.sku, line.quantity, line.price_minor) for n, line in enumerate(lines, 1)]
        try:
            return worth(sold, Taxation(self._shop.tax)).total_minor
        except KeyError as missing:
            raise Refusal("no_tax_class", {"tax_class": str(missing.args[0])}) from None

    def _line(self, tx: Transaction, n: int, sku: str, quantity: int, price_minor: int, lot: str = "") -> RecordedLine:
        product = find_by_sku(tx.db, sku, tx.at_us)
        if product is None:
            raise Refusal("unknown_sku", {"sku": sku})
        tax_class = product.tax_class or self._shop.tax_class
        return RecordedLine(
            *(n, product.sku, "", product.names or {ENGLISH: sku}, product.unit, quantity, price_minor, tax_class),
            label=ScannedData(lot) if lot else None,
            deposit_minor=product.deposit_minor or 0,
            parts=product.leaves,
        )

    def deliver(self, tx: Transaction, command: DeliverSalesOrder) -> DeliveredSalesOrder:
        order = require_order(tx, command.number)
        _deliverable(tx, order, command)
        lines = self._going(tx, order, command.lines)
        left = {one.sku: one.delivered for one in order.lines}
        for line in lines:
            left[line.sku] += line.quantity
        rest = _undelivered_lines((SalesLine(one.sku, one.quantity, one.price_minor) for one in order.lines), left)
        last = last_receipt(tx.db, tx.actor.register)
        receipt, held = (last.number if last else 0) + 1, reserved_by(tx.db, order.holder)
        went = _went_out(lines)
        what = (order.number, order.customer, went, receipt, self.total_minor(tx, rest))
        tx.append(SalesOrderDelivered(*what, command.delivery_note, command.override))
        given = {sku: min(held.get(sku, 0), quantity) for sku, quantity in _sums(lines).items()}
        tx.do(FulfilReservation(order.holder, tuple(ReserveLine(s, q) for s, q in given.items() if q)))
        sold = tx.do(
            SellPriced(
                tuple(lines),
                (TenderGiven(TENDER),),
                age_checked=command.age_checked,
                note=f"{order.number}",
                print=command.print,
                customer=order.customer,
                slips=False,
            )
        ).result
        assert sold.number == receipt
        issued = tx.do(IssueInvoice(receipt, customer=order.customer, print=command.print)).result
        if command.close or not rest:
            _end(tx, order.number, "complete")
        state = require_order(tx, order.number).state
        return DeliveredSalesOrder(order.number, tx.actor.register, receipt, issued.number, sold.total_minor, state)

    def _going(self, tx: Transaction, order: SalesOrder, said: tuple[DeliveredLine, ...]) -> list[RecordedLine]:
        """The lines to deliver now, at the agreed prices. Raises `Refusal` if a quantity is more than is open or in
        stock."""
        known = {one.sku: one for one in order.lines}
        wanted = said or tuple(DeliveredLine(one.sku, one.open) for one in order.lines if one.open)
        if not wanted:
            raise Refusal("quantity_zero", {"sku": order.lines[0].sku if order.lines else ""})
        sums: dict[str, int] = {}
        for line in wanted:
            if line.sku not in known:
                raise Refusal("sku_not_ordered", {"sku": line.sku, "number": order.number})
            sums[line.sku] = sums.get(line.sku, 0) + line.quantity
        _within(tx, order, known, sums)
        return [
            self._line(tx, n, line.sku, line.quantity, known[line.sku].price_minor, line.lot)
            for n, line in enumerate(wanted, 1)
        ]

    def replace(self, tx: Transaction, command: ReplaceDelivered) -> int:
        """Reopen returned goods for delivery. Returns the order's open amount in minor units."""
        order = require_order(tx, command.number)
        known = {one.sku: one for one in order.lines}
        back: dict[str, int] = {}
        for line in command.lines:
            back[line.sku] = back.get(line.sku, 0) + line.quantity
        for sku, quantity in back.items():
            there = known[sku].delivered if sku in known else 0
            if quantity > there:
                values = {"delivered": show_quantity(there), **called_by(tx.db, sku)}
                raise Refusal("more_than_delivered", values)
        gone = {one.sku: one.delivered - back.get(one.sku, 0) for one in order.lines}
        rest = _undelivered_lines((SalesLine(one.sku, one.quantity, one.price_minor) for one in order.lines), gone)
        lines, left = tuple(WentOut(sku, -quantity) for sku, quantity in back.items()), self.total_minor(tx, rest)
        tx.append(SalesOrderDelivered(order.number, order.customer, lines, 0, left, "", ""))
        reserve(tx, order.number, partial_ok=True)
        return left


def close(tx: Transaction, command: CloseSalesOrder) -> str:
    """Close an order; returns its state."""
    order = require_order(tx, command.number)
    if order.state not in SALES_OPEN:
        raise Refusal("sales_order_ended", {"number": order.number})
    return _end(tx, order.number, "complete" if order.delivered_quantity else "cancelled")


def _end(tx: Transaction, number: int, state: str) -> str:
    tx.append(SalesOrderEnded(number, state))  # type: ignore[arg-type]
    tx.do(ReleaseStock(f"sales-{number}"))
    return state


def reserve(tx: Transaction, number: int, partial_ok: bool) -> tuple[SalesShortage, ...]:
    """Reserve an order's open quantities and return the shortages. Raises `Refusal` if there are any and `partial_ok`
    is False."""
    order = require_order(tx, number)
    own = reserved_by(tx.db, order.holder)
    wanted, lacking = dict[str, int](), dict[str, int]()
    for one in order.lines:
        product = find_by_sku(tx.db, one.sku)
        if not one.open or product is None or product.parts or product.unit == "service":
            continue
        free = _there(tx, product, order.location, own.get(one.sku, 0))
        wanted[one.sku] = take = min(one.open, _whole(tx, product, free))
        if take < one.open:
            lacking[one.sku] = one.open - take
    if lacking and not partial_ok:
        raise Refusal("not_enough_for_order", shortage_values(tx.db, lacking))
    wanted = {sku: quantity for sku, quantity in wanted.items() if quantity}
    if wanted != own:
        lines = tuple(ReserveLine(sku, quantity) for sku, quantity in wanted.items())
        tx.do(ReserveStock(order.holder, lines, order.location, said=f"S{order.number}"))
    return tuple(SalesShortage(sku, quantity) for sku, quantity in sorted(lacking.items()))


def _there(tx: Transaction, product: CatalogProduct, location: str, own: int) -> int:
    """Stock of a product available to the order: neither expired nor recalled."""
    rows = rows_at(tx.db, product.sku, location, tx.business_date, product.box or 0)
    sound = sum(row.quantity for row in rows if row.quantity > 0 and not row.barred)
    return min(sound, max(0, available_at(tx.db, product.sku, location)) + own)


def _whole(tx: Transaction, product: CatalogProduct, quantity: int) -> int:
    return quantity // 1_000 * 1_000 if breaks_pieces(tx.db, product, quantity) else quantity


def _number(tx: Transaction) -> int:
    number, open = tx.db.execute(_NEXT).fetchone()
    if open >= ORDERS_OPEN_MOST:
        raise Refusal("too_many_sales_orders", {"limit": ORDERS_OPEN_MOST})
    return int(number)


def _changeable(known: SalesOrder, customer: str) -> None:
    if known.state not in SALES_OPEN:
        raise Refusal("sales_order_ended", {"number": known.number})
    if known.customer != customer:
        raise Refusal("sales_order_of_other", {"number": known.number})


def _undelivered_lines(lines: Iterable[SalesLine], gone: dict[str, int]) -> tuple[SalesLine, ...]:
    """Undelivered quantities of lines."""
    rest = ((line, line.quantity - gone.get(line.sku, 0)) for line in lines)
    return tuple(SalesLine(line.sku, quantity, line.price_minor) for line, quantity in rest if quantity > 0)


def _sums(lines: Iterable[RecordedLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    return sums


def _went_out(lines: Iterable[RecordedLine]) -> tuple[WentOut, ...]:
    """The lines combined by product and lot."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        of = (line.sku, line.label.lot if line.label else "")
        sums[of] = sums.get(of, 0) + line.quantity
    return tuple(WentOut(sku, quantity, lot) for (sku, lot), quantity in sums.items())


def _deliverable(tx: Transaction, order: SalesOrder, command: DeliverSalesOrder) -> None:
    """Refuse to deliver an order that has ended, that was delivered in the meantime, or whose customer is on hold."""
    if order.state not in SALES_OPEN:
        raise Refusal("sales_order_ended", {"number": order.number})
    if command.delivered_before is not None and command.delivered_before != order.delivered_quantity:
        raise Refusal(
            "delivered_meanwhile", {"number": order.number, "delivered": show_quantity(order.delivered_quantity)}
        )
    require_account(tx, order.customer)
    now = standing(tx.db, order.customer, tx.business_date)
    held = on_hold(now, tx.business_date) if now else None
    if held is not None and not command.override.strip():
        raise held
    if held is not None and now is not None:
        require_credit(tx, now.account, 0, command.override, order.currency)


def _within(tx: Transaction, order: SalesOrder, known: dict[str, SalesOrderLine], sums: dict[str, int]) -> None:
    own, lacking = reserved_by(tx.db, order.holder), dict[str, int]()
    for sku, quantity in sums.items():
        if quantity > known[sku].open:
            values = {"open": show_quantity(known[sku].open), **called_by(tx.db, sku)}
            raise Refusal("more_than_open", values)
        product = find_by_sku(tx.db, sku)
        if product is None or product.parts or product.unit == "service":
            continue
        there = _there(tx, product, order.location, own.get(sku, 0))
        if quantity > there:
            lacking[sku] = quantity - there
    if lacking:
        raise Refusal("not_enough_for_order", shortage_values(tx.db, lacking))
