"""Sales by customer: their purchases and returns, and erasing a forgotten customer from open and parked baskets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.core.messages import Number, RecordedEvent
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import LINES_LIMIT, Basket
from edge.counter.basket.event_structs import RecordedLine, Returned
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.lines.basket_names import basket_of, kept_basket
from edge.goods.catalog.queries import json_text
from edge.people.customers.queries import all_ids

PAGE_MOST = 100
_PAPER = """
    INSERT INTO customer_paper (customer, seq, kind, register, number, business_date, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LINE = "INSERT INTO customer_goods (customer, sku, seq, line, quantity) VALUES (?, ?, ?, ?, ?)"
_FIELDS = "customer, seq, kind, register, number, business_date, at_us, currency, total_minor, voided_by"
_HISTORY = f"""
    SELECT {_FIELDS} FROM customer_paper WHERE customer IN (SELECT value FROM json_each(?1)) AND seq < ?2
    ORDER BY seq DESC LIMIT ?3
"""
_BOUGHT = """
    SELECT coalesce(sum(quantity), 0) FROM customer_goods
    WHERE customer IN (SELECT value FROM json_each(?)) AND sku = ?
"""
_OF_DAY = """
    SELECT g.sku, sum(g.quantity) FROM customer_paper p JOIN customer_goods g ON g.seq = p.seq
    WHERE p.customer IN (SELECT value FROM json_each(?)) AND p.business_date = ? AND g.sku <> ''
    GROUP BY g.sku HAVING sum(g.quantity) > 0
"""
_CUSTOMERS_OF = """
    SELECT count(DISTINCT customer) FROM json_each(?) asked JOIN customer_paper
    ON register = asked.value ->> 0 AND number = asked.value ->> 1 AND voided_by IS NULL
"""
_decode = msgspec.json.Decoder(Basket).decode
_encode = msgspec.json.Encoder().encode


class CustomerPaper(msgspec.Struct, frozen=True):
    """A customer's sale or refund; its full event is in the journal at `seq`.

    `customer`: the customer's id at that time, perhaps an alias now. `total_minor` is negative for a refund.
    """

    customer: str
    seq: int
    kind: str
    register: str
    number: int
    business_date: str
    at_us: int
    currency: str
    total_minor: int
    voided_by: int | None


def read_customer_history(
    db: Connection, customer: str, before: Number | None = None, limit: Number = 20
) -> list[CustomerPaper]:
    """A customer's sales and refunds, the newest first, below row `before` (for the next page)."""
    rows = db.execute(_HISTORY, (_ids(db, customer), before or 2**62, min(limit, PAGE_MOST)))
    return [CustomerPaper(*row) for row in rows]


def has_bought(db: Connection, customer: str, sku: str) -> bool:
    """Whether a customer has bought a product here and not returned all of it."""
    return int(db.execute(_BOUGHT, (_ids(db, customer), sku)).fetchone()[0]) > 0


def bought_skus(db: Connection, customer: str, limit: Number) -> list[str]:
    """Products that a customer bought here and didn't return completely, the newest first."""
    wanted = """SELECT sku FROM customer_goods WHERE customer IN (SELECT value FROM json_each(?)) AND sku <> ''
        GROUP BY sku HAVING sum(quantity) > 0 ORDER BY max(seq) DESC LIMIT ?"""
    return [sku for (sku,) in db.execute(wanted, (_ids(db, customer), limit))]


def read_purchases_on(db: Connection, customer: str, business_date: str) -> dict[str, int]:
    """A customer's purchases on a business day, less that day's returns: thousandths by SKU."""
    return dict(db.execute(_OF_DAY, (_ids(db, customer), business_date)).fetchall())


def is_kept(db: Connection, register: str, number: int, lines: Sequence[int], sold: int) -> bool:
    """Whether some of the `sold` thousandths on these lines was neither returned nor voided."""
    paper = "SELECT voided_by FROM receipt WHERE register = ? AND number = ? AND kind = 'sale'"
    found = db.execute(paper, (register, number)).fetchone()
    back = "SELECT line, quantity FROM refunded_line WHERE register = ? AND number = ?"
    returned = sum(quantity for line, quantity in db.execute(back, (register, number)) if line in lines)
    return found is not None and found[0] is None and returned < sold


def part_paid_by(db: Connection, customer: str) -> str:
    """The reason why a customer can't be forgotten now: one of their baskets is part-paid. "" if there is none."""
    return "basket_part_paid" if any(one.customer == customer and one.tenders for one in _baskets(db)) else ""


def forget_in_baskets(tx: Transaction, person: str) -> bool:
    """Remove a forgotten person from open and parked baskets (`people.forgetting.Forgetter`)."""
    for basket in _baskets(tx.db):
        if basket.customer == person:
            after = basket.with_changes(customer="", name="")
            values = (after.revision, kept_basket(tx, after), after.register)
            tx.db.execute("UPDATE open_basket SET revision = ?, body = ? WHERE register = ?", values)
    for id, body in tx.db.execute("SELECT id, body FROM parked_basket WHERE taken_us = 0").fetchall():
        parked = basket_of(tx.db, body)
        if parked.customer == person:
            tx.db.execute(
                "UPDATE parked_basket SET body = ? WHERE id = ?",
                (kept_basket(tx, parked.with_changes(customer="", name="")), id),
            )
            tx.db.execute("UPDATE parked_basket SET name = '' WHERE id = ?", (id,))
    return False


def _baskets(db: Connection) -> list[Basket]:
    return [basket_of(db, body) for (body,) in db.execute("SELECT body FROM open_basket").fetchall()]


def _ids(db: Connection, customer: str) -> str:
    return msgspec.json.encode(all_ids(db, customer)).decode()


def _record_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    if event.customer:
        _paper(db, fact, event, "sale", event.total_minor + event.rounding_minor)
        _goods(db, fact, event.customer, event.lines, 1)
        _goods(db, fact, event.customer, event.returned_lines, -1, first=LINES_LIMIT + 1)


def count_customers_of(db: Connection, receipts: Iterable[tuple[str, int]]) -> int:
    """The number of known customers on these receipts, given by register and number."""
    return int(db.execute(_CUSTOMERS_OF, (json_text(list(receipts)),)).fetchone()[0])


def _record_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    if event.customer:
        _paper(db, fact, event, "refund", -event.paid_minor)
        _goods(db, fact, event.customer, event.lines, -1)


def _record_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    where = (fact.register, event.sale)
    found = db.execute("SELECT seq FROM customer_paper WHERE register = ? AND number = ?", where).fetchone()
    if found:
        db.execute("UPDATE customer_paper SET voided_by = ? WHERE seq = ?", (event.number, found[0]))
        db.execute("DELETE FROM customer_goods WHERE seq = ?", found)


def _paper(
    db: Connection, fact: RecordedEvent, event: SaleCompleted | SaleRefunded, kind: str, total_minor: int
) -> None:
    paper = (event.customer, fact.seq, kind, fact.register, event.number)
    db.execute(_PAPER, (*paper, fact.business_date, fact.at_us, event.currency, total_minor))


def _goods(
    db: Connection,
    fact: RecordedEvent,
    customer: str,
    lines: tuple[RecordedLine, ...] | tuple[Returned, ...],
    sign: int,
    first: int = 1,
) -> None:
    rows = [
        (customer, line.sku, fact.seq, place, sign * line.goods)
        for place, line in enumerate(lines, first)
        if not line.voided
    ]
    db.executemany(_LINE, rows)


projector = Projector(
    name="customer_sales",
    version=1,
    tables=("customer_paper", "customer_goods"),
    on={SaleCompleted: _record_sale, SaleRefunded: _record_refund, SaleVoided: _record_void},
)
