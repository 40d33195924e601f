"""Receipts and stock movements in the file, each written once from the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from edge.core.journal.rows import fact_of, read_rows_of
from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine, Tender
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.goods.stock.events import StockMoved
from edge.lib.tax.rules import Taxed
from edge.operations.shop_file.layout import (
    AT,
    BUSINESS_DATE,
    CURRENCY,
    REGISTER,
    SEQ,
    SKU,
    ExportSource,
    ShopColumn,
    ShopTable,
    column,
    number,
)

SPAN_ROWS = 20_000
PAGE_ROWS = 1_000
"""Rows of the journal scanned at a time, and of the selected rows read at a time."""

_SALE = number("sale_seq", "Journal row of the sale.", "sale.seq")
_REFUND = number("refund_seq", "Journal row of the refund.", "refund.seq")
_NAME = column("name", "Name at the time of sale, in the store's language.")
_KIND = column("kind", "goods, open (not in the catalogue), tip, load (gift card), surplus, advance or fee.")
_GOODS = column("quantity_milli", "Quantity; for a case, the number of units in it.")
_TAX = (
    number("n", "Position on the receipt."),
    column("name", "Name of the tax."),
    column("rate_percent_milli", "Tax rate."),
    column("net_minor", "Taxable net amount."),
    column("tax_minor", "Tax amount."),
    CURRENCY,
)
_MONEY = (
    number("n", "Position on the receipt."),
    column("tender", "Payment method: cash, card, gift, credit, advance, or one of the shop's own."),
    column("amount_minor", "Amount paid, including change."),
    CURRENCY,
)
_BACK = (
    number("n", "Position on the receipt."),
    SKU,
    _NAME,
    _GOODS,
    column("amount_minor", "Amount refunded for it."),
    CURRENCY,
    number("is_damaged", "1: damaged, not returned to stock."),
)
_PAPER = (SEQ, REGISTER, number("number", "Receipt number of the register, without gaps."), BUSINESS_DATE, AT, CURRENCY)
_SUMS = (
    column("total_minor", "Total including taxes."),
    column("net_minor", "Total without taxes."),
    column("rounding_minor", "Cash rounding."),
    column("paid_minor", "Amount paid or refunded after cash rounding."),
    column("deposit_minor", "Deposits included."),
)
SALE = ShopTable(
    "sale",
    "Sales as paid, including those voided later (see the table void).",
    (
        *_PAPER,
        *_SUMS,
        column("change_minor", "Change given."),
        column("list", "Price list used: store, member and so on."),
        number("is_exchange", "1: an exchange with goods returned from earlier sales."),
    ),
    key=("seq",),
    indexes=(("register", "number"), ("business_date",)),
)
SALE_LINE = ShopTable(
    "sale_line",
    "Lines of sales.",
    (
        _SALE,
        number("n", "Position on the receipt."),
        SKU,
        _NAME,
        _KIND,
        _GOODS,
        column("price_minor", "Price per unit or case."),
        column("gross_minor", "Line total before discounts."),
        column("discount_minor", "Discounts from promotions, staff and coupons."),
        column("amount_minor", "Line total after discounts, without deposits."),
        CURRENCY,
        column("tax_class", "Tax class."),
        number("is_struck", "1: the line was removed before payment and doesn't count."),
        column("lot", "Lot in the scanned code."),
    ),
    key=("sale_seq", "n"),
    indexes=(("sku",),),
)
SALE_TAX = ShopTable("sale_tax", "Taxes of sales.", (_SALE, *_TAX), key=("sale_seq", "n"))
PAYMENT = ShopTable(
    "payment",
    "Payments of sales, after corrections.",
    (_SALE, *_MONEY),
    key=("sale_seq", "n"),
)
SALE_RETURN = ShopTable("sale_return_line", "Goods returned in an exchange.", (_SALE, *_BACK), key=("sale_seq", "n"))
REFUND = ShopTable(
    "refund",
    "Refunds; amounts are positive.",
    (
        *_PAPER,
        number("sale_seq", "Journal row of the original sale; empty: unknown.", "sale.seq"),
        *_SUMS,
    ),
    key=("seq",),
    indexes=(("register", "number"), ("business_date",), ("sale_seq",)),
)
REFUND_LINE = ShopTable(
    "refund_line", "Lines of refunds.", (_REFUND, *_BACK), key=("refund_seq", "n"), indexes=(("sku",),)
)
REFUND_PAYMENT = ShopTable("refund_payment", "Payments of refunds.", (_REFUND, *_MONEY), key=("refund_seq", "n"))
REFUND_TAX = ShopTable("refund_tax", "Taxes of refunds.", (_REFUND, *_TAX), key=("refund_seq", "n"))
VOID = ShopTable(
    "void",
    "Voids of whole sales or refunds.",
    (
        *_PAPER,
        number("sale_seq", "Journal row of the sale; empty: a refund was voided.", "sale.seq"),
        number("refund_seq", "Journal row of the refund; empty: a sale was voided.", "refund.seq"),
        column("total_minor", "Amount refunded; negative: taken back in."),
    ),
    key=("seq",),
    indexes=(("sale_seq",), ("refund_seq",), ("business_date",)),
)
MOVEMENT = ShopTable(
    "movement",
    "Stock movements.",
    (
        SEQ,
        number("n", "Position within the same movement."),
        BUSINESS_DATE,
        AT,
        SKU,
        column("place", "Stock location.", "place.id"),
        column("lot", "Lot."),
        column("expiry_date", "Expiry date."),
        column("delta_milli", "Change in quantity; negative: goods left."),
        column("reason", "Reason: sale, received, waste, counted and so on."),
        column("cause", "More specific reason."),
        column("document", "Delivery note, count or receipt."),
        column("unit_cost_minor", "Unit cost; empty: unknown."),
        CURRENCY,
    ),
    key=("seq", "n"),
    indexes=(("sku", "seq"), ("business_date",)),
)
TABLES = (
    *(SALE, SALE_LINE, SALE_TAX, PAYMENT, SALE_RETURN, REFUND, REFUND_LINE, REFUND_PAYMENT, REFUND_TAX, VOID, MOVEMENT),
)


def with_people(table: ShopTable) -> tuple[ShopColumn, ...]:
    """Additional columns of a table in a file with people."""
    if table.name not in ("sale", "refund", "void"):
        return ()
    return (
        column("cashier", "Cashier.", "cashier.id"),
        column("customer", "Customer; empty: unknown.", "customer.id"),
    )


class PaperWriter:
    """Writes events to the file `out`. `people`: with the people concerned."""

    def __init__(self, out: Connection, ledger: ExportSource, people: bool) -> None:
        self._out = out
        self._ledger = ledger
        self._people = people
        self._on: Mapping[type[Event], Callable[[RecordedEvent], None]] = {
            SaleCompleted: self._write_sale,
            SaleRefunded: self._write_refund,
            SaleVoided: self._write_void,
            TenderCorrected: self._correct_tenders,
            StockMoved: self._write_movements,
        }

    def write(self, registry: Registry, from_seq: int, through: int) -> int:
        """Write the journal's events from `from_seq` through `through`; return how many."""
        count = 0
        types = [kind.__name__ for kind in self._on]
        while from_seq <= through:
            rows, last = read_rows_of(self._ledger.db, types, from_seq, SPAN_ROWS, PAGE_ROWS)
            for row in rows:
                if row.seq <= through:
                    fact = fact_of(registry, row)
                    self._on[type(fact.event)](fact)
                    count += 1
            from_seq = last + 1
        return count

    def _put(self, table: ShopTable, rows: Iterable[Sequence[object]]) -> None:
        self._out.executemany(table.insert, rows)

    def _paper(self, table: ShopTable, fact: RecordedEvent, about: tuple[object, ...], customer: str) -> None:
        whose = (fact.actor or None, customer or None) if self._people else ()
        more = with_people(table) if self._people else ()
        names = [column.name for column in (*table.columns, *more)]
        gaps = ", ".join("?" * len(names))
        self._out.execute(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({gaps})", (*about, *whose))

    def _write_sale(self, fact: RecordedEvent) -> None:
        event = fact.event
        assert isinstance(event, SaleCompleted)
        of = (fact.seq, fact.register, event.number, fact.business_date, fact.at_us, event.currency)
        paid_minor = event.total_minor + event.rounding_minor
        sums = (event.total_minor, event.net_minor, event.rounding_minor, paid_minor, event.deposit_minor)
        about = (*of, *sums, event.change_minor, event.price_list, int(bool(event.returns)))
        self._paper(SALE, fact, about, event.customer)
        self._put(SALE_LINE, self._lines(fact.seq, event))
        self._put(SALE_TAX, _taxes(fact.seq, event.taxes, event.currency))
        self._put(PAYMENT, _money(fact.seq, event.tenders, event.currency))
        self._put(SALE_RETURN, self._back(fact.seq, event.returned_lines, event.currency))

    def _lines(self, seq: int, event: SaleCompleted) -> Iterator[tuple[object, ...]]:
        for n, line in enumerate(event.lines, 1):
            sums = (line.price_minor, line.gross_minor, line.discount_minor, line.amount_minor, event.currency)
            lot = line.label.lot if line.label else ""
            yield *self._line_cells(seq, n, line), line.kind, line.goods, *sums, line.tax_class, int(line.voided), lot

    def _line_cells(self, seq: int, n: int, line: RecordedLine) -> tuple[object, ...]:
        return seq, n, line.sku or None, self._ledger.name(line.names, line.sku or line.code)

    def _back(self, seq: int, lines: Iterable[RecordedLine], currency: str) -> Iterator[tuple[object, ...]]:
        for n, line in enumerate(lines, 1):
            damaged = int(getattr(line, "damaged", False))
            yield *self._line_cells(seq, n, line), line.goods, line.amount_minor, currency, damaged

    def _write_refund(self, fact: RecordedEvent) -> None:
        event = fact.event
        assert isinstance(event, SaleRefunded)
        of = (fact.seq, fact.register, event.number, fact.business_date, fact.at_us, event.currency)
        sale = self._seq_of(SALE, event.sale_register, event.sale)
        sums = (event.total_minor, event.net_minor, event.rounding_minor, event.paid_minor, event.deposit_minor)
        self._paper(REFUND, fact, (*of, sale, *sums), event.customer)
        self._put(REFUND_LINE, self._back(fact.seq, event.lines, event.currency))
        self._put(REFUND_PAYMENT, _money(fact.seq, event.tenders, event.currency))
        self._put(REFUND_TAX, _taxes(fact.seq, event.taxes, event.currency))

    def _write_void(self, fact: RecordedEvent) -> None:
        event = fact.event
        assert isinstance(event, SaleVoided)
        of = (fact.seq, fact.register, event.number, fact.business_date, fact.at_us, event.currency)
        undone = [
            self._seq_of(table, fact.register, event.sale) if event.undoes == table.name else None
            for table in (SALE, REFUND)
        ]
        self._paper(VOID, fact, (*of, *undone, event.total_minor), event.customer)

    def _correct_tenders(self, fact: RecordedEvent) -> None:
        event = fact.event
        assert isinstance(event, TenderCorrected)
        sale = self._seq_of(SALE, fact.register, event.sale)
        self._out.execute("DELETE FROM payment WHERE sale_seq = ?", (sale,))
        self._put(PAYMENT, _money(sale or 0, event.tenders, event.currency))
        self._out.execute(
            "UPDATE sale SET rounding_minor = ?, paid_minor = paid_minor + ? WHERE seq = ?",
            (event.rounding_minor, event.more_minor, sale),
        )

    def _write_movements(self, fact: RecordedEvent) -> None:
        event = fact.event
        assert isinstance(event, StockMoved)
        when = (fact.business_date, fact.at_us)
        why = (event.reason, event.cause, event.document, event.unit_cost_minor, self._ledger.currency)
        self._put(
            MOVEMENT,
            (
                (fact.seq, n, *when, one.sku, one.location, one.lot, one.expiry, one.delta, *why)
                for n, one in enumerate(event.moves, 1)
            ),
        )

    def _seq_of(self, table: ShopTable, register: str, number: int) -> int | None:
        """Return the journal row of a receipt by number; None if it isn't in the file."""
        asked = f"SELECT seq FROM {table.name} WHERE register = ? AND number = ?"
        found = self._out.execute(asked, (register, number)).fetchone()
        return found[0] if found else None


def _taxes(seq: int, taxes: Iterable[Taxed], currency: str) -> Iterator[tuple[object, ...]]:
    for n, one in enumerate(taxes, 1):
        yield seq, n, one.name, one.rate, one.net_minor, one.tax_minor, currency


def _money(seq: int, tenders: Iterable[Tender], currency: str) -> Iterator[tuple[object, ...]]:
    for n, one in enumerate(tenders, 1):
        yield seq, n, one.kind, one.amount_minor, currency
