"""Refunds: never more than was sold, in however many pieces; what was rounded goes back with the last."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.messages import Refused
from edge.counter.basket import money_back
from edge.counter.basket.basket import Basket, BasketLine, Question
from edge.counter.basket.event_structs import Discount, GivenBack, ScannedData, Tender
from edge.counter.basket.taxed_total import Taxation, worth
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.rules import refund as refunding
from edge.counter.till.rules.payment import pay
from edge.counter.till.rules.refund import AlreadyRefunded, RefundMethod, ReturnRequest, without_receipt
from edge.counter.till.settings import TillSettings
from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.lib.units.money import Coins
from tests.refusals import outcome_of

CLASSES = (
    TaxClass("standard", (Rate("VAT", 20_000),)),
    TaxClass("two", (Rate("QST", 9_975), Rate("GST", 5_000))),
    TaxClass("none"),
)
NOTHING = AlreadyRefunded()
DENIED = Refused("right_denied", {"command": "RefundSale", "right": "refund_cash"})
CASH, AS_PAID, INSTEAD = RefundMethod("cash"), RefundMethod(), RefundMethod("cash", "", "the card is lost")


def store(step: int = 1, inclusive: bool = True, rounding: Any = "total") -> TillSettings:
    return TillSettings("EUR", TaxTable(inclusive, rounding, CLASSES), "", (), (), "en", "UTC", step)


def line(
    id: int, price: int, quantity: int = 1000, tax_class: str = "standard", unit: Any = "piece", **more: Any
) -> BasketLine:
    return BasketLine(id, f"sku {id}", "", {"en": f"Thing {id}"}, unit, quantity, price, tax_class, **more)


def sold(
    settings: TillSettings, *lines: BasketLine, kind: Any = "cash", cards: tuple[Tender, ...] = ()
) -> SaleCompleted:
    sale = pay(Basket("1", lines=lines, tenders=cards), kind, None, "", settings)
    assert isinstance(sale, SaleCompleted), sale
    return msgspec.structs.replace(sale, number=7)


def refund(
    sale: SaleCompleted,
    *wanted: ReturnRequest,
    before: AlreadyRefunded = NOTHING,
    back: RefundMethod = CASH,
    **how: Any,
) -> SaleRefunded:
    made = refunding.refund(sale, wanted, before, back, store(**how))
    assert isinstance(made, SaleRefunded), made
    return made


def after(before: AlreadyRefunded, made: SaleRefunded) -> AlreadyRefunded:
    quantities = Counter(dict(before.quantities))
    for returned in made.lines:
        quantities[returned.id] += returned.quantity
    return AlreadyRefunded(quantities, before.minor + made.paid_minor, (*before.tenders, *made.tenders))


def test_all_of_a_sale_is_what_was_paid() -> None:
    sale = sold(store(5), line(1, 333, 3000), line(2, 199, tax_class="two"), line(3, 50, voided=True))
    made = refund(sale, step=5)
    assert (made.sale, made.paid_minor, made.net_minor, made.taxes) == (7, 1200, sale.net_minor, sale.taxes)
    assert made.tenders == (GivenBack("cash", 1200, of=1),)
    assert [(one.id, one.quantity, one.amount_minor) for one in made.lines] == [(1, 3000, 999), (2, 1000, 199)]


def test_some_of_it_now_and_the_rest_later() -> None:
    sale = sold(store(), line(1, 333, 3000), line(2, 1000), kind="card")
    first = refund(sale, ReturnRequest(1, 1000, damaged=True), back=RefundMethod("card", "A17", "torn"))
    assert (first.paid_minor, first.reason, first.tenders) == (333, "torn", (GivenBack("card", 333, "A17", 1),))
    assert [(one.quantity, one.damaged) for one in first.lines] == [(1000, True)]
    rest = refund(sale, before=after(NOTHING, first), back=AS_PAID)
    assert [(one.id, one.quantity) for one in rest.lines] == [(1, 2000), (2, 1000)]
    assert first.paid_minor + rest.paid_minor == sale.total_minor
    gone = outcome_of(refunding.refund, sale, (), after(after(NOTHING, first), rest), CASH, store())
    assert gone == Refused("all_refunded", {"number": 7})


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        ((ReturnRequest(1, 4000),), Refused("refund_too_much", {"name": "Thing 1", "left": "3"})),
        (
            (ReturnRequest(1, 2000), ReturnRequest(1, 2000)),
            Refused("refund_too_much", {"name": "Thing 1", "left": "1"}),
        ),
        ((ReturnRequest(1, 500),), Refused("whole_pieces_only", {"name": "Thing 1"})),
        ((ReturnRequest(2),), Refused("no_such_line", {"line": 2})),  # voided before it was paid
        ((ReturnRequest(9),), Refused("no_such_line", {"line": 9})),
        ((ReturnRequest(1, 0),), Refused("refund_nothing")),
    ],
)
def test_what_cannot_come_back(wanted: tuple[ReturnRequest, ...], refused: Refused) -> None:
    sale = sold(store(), line(1, 333, 3000), line(2, 50, voided=True))
    assert outcome_of(refunding.refund, sale, wanted, NOTHING, CASH, store()) == refused


def test_of_one_line_some_can_be_damaged_and_some_not() -> None:
    sale = sold(store(), line(1, 333, 3000))
    made = refund(sale, ReturnRequest(1, 1000, damaged=True), ReturnRequest(1, 1000))
    assert [(one.quantity, one.damaged, one.amount_minor) for one in made.lines] == [
        (1000, True, 333),
        (1000, False, 333),
    ]


def test_an_override_goes_back_at_what_was_paid_and_a_printed_price_as_printed() -> None:
    labelled = line(2, 1199, 417, unit="kg", label=ScannedData(price_minor=499), total_minor=499)
    sale = sold(store(), line(1, 200, 2000, listed_minor=250, reason="dented"), labelled)
    made = refund(sale, ReturnRequest(1, 1000), ReturnRequest(2))
    assert [(one.amount_minor, one.listed_minor) for one in made.lines] == [(200, None), (499, None)]


def test_a_sale_of_before_taxes_were_kept_goes_back_by_todays_table_where_that_says_the_same() -> None:
    old = msgspec.structs.replace(sold(store(), line(1, 1200, 2000)), tax=None)
    assert refund(old, ReturnRequest(1, 1000)).taxes[0].tax_minor == 200
    dearer = TaxTable(True, "total", (TaxClass("standard", (Rate("VAT", 21_000),)),))
    changed = msgspec.structs.replace(store(), tax=dearer)
    whole = refunding.refund(old, (), NOTHING, CASH, changed)
    assert isinstance(whole, SaleRefunded)
    assert whole.taxes == old.taxes
    assert outcome_of(refunding.refund, old, (ReturnRequest(1, 1000),), NOTHING, CASH, changed) == Refused(
        "taxes_changed", {"number": 7}
    )
    new = sold(store(), line(1, 1200, 2000))
    part = refunding.refund(new, (ReturnRequest(1, 1000),), NOTHING, CASH, changed)
    assert isinstance(part, SaleRefunded)
    assert (part.taxes[0].rate, part.taxes[0].tax_minor) == (20_000, 200)


def test_what_was_free_goes_back_for_nothing() -> None:
    made = refund(sold(store(), line(1, 0)))
    assert (made.paid_minor, made.tenders) == (0, ())


def test_without_a_receipt_it_costs_what_it_costs_today() -> None:
    basket = Basket("1", lines=(line(1, 333, 3000), line(2, 50, voided=True)))
    made = without_receipt(basket, True, INSTEAD, store(5))
    assert isinstance(made, SaleRefunded)
    assert (made.sale, made.sale_register, made.total_minor, made.paid_minor) == (0, "", 999, 1000)
    assert [(one.id, one.damaged) for one in made.lines] == [(1, True)]
    assert outcome_of(without_receipt, basket, True, CASH, store()) == Refused("cash_needs_reason")
    assert outcome_of(without_receipt, basket, True, RefundMethod("cash", "", "lost", DENIED), store()) == DENIED
    assert outcome_of(without_receipt, basket, True, RefundMethod("card"), store()) == Refused(
        "back_more_than_paid", {"left_minor": 0}
    )
    assert outcome_of(without_receipt, Basket("1"), False, CASH, store()) == Refused("basket_empty")
    asked = basket.with_changes(questions=(Question(9, "age", "c", 0),))
    assert outcome_of(without_receipt, asked, False, CASH, store()) == Refused("answer_first", {"waiting": 1})
    paying = basket.with_changes(tenders=(Tender("cash", 5),))
    assert outcome_of(without_receipt, paying, False, CASH, store()) == Refused("already_paying", {"paid_minor": 5})


@st.composite
def lines(draw: Any) -> list[BasketLine]:
    """Pieces and weights, cases of several, with and without deposits and promotions, in all tax classes."""
    made = []
    for id in range(1, draw(st.integers(1, 4)) + 1):
        price, tax_class = draw(st.integers(0, 2000)), draw(st.sampled_from(["standard", "two", "none"]))
        if draw(st.booleans()):
            made.append(line(id, price, draw(st.sampled_from([756, 1250])), tax_class, "kg"))
        else:
            units, deposit = draw(st.sampled_from([1, 6])), draw(st.sampled_from([0, 25]))
            pieces = draw(st.integers(1, 5)) * 1000
            made.append(line(id, price, pieces, tax_class, units=units, deposit_minor=deposit))
        if off := made[-1].gross_minor * draw(st.sampled_from([0, 0, 1, 33, 100])) // 100:
            made[-1] = msgspec.structs.replace(made[-1], discounts=(Discount("a", off),))
    return made


PIECES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.sampled_from([AS_PAID, INSTEAD])), max_size=8)


@given(
    lines(),
    PIECES,
    st.sampled_from(["cash", "card", "both"]),
    st.sampled_from([1, 5, 10]),
    st.booleans(),
    st.booleans(),
)
def test_in_any_pieces_it_adds_up_to_the_sale(
    goods: list[BasketLine], pieces: Any, kind: Any, step: int, inclusive: bool, by_line: bool
) -> None:
    settings = store(step, inclusive, "line" if by_line else "total")
    much = worth(goods, Taxation(settings.tax)).total_minor > 40
    cards = (Tender("card", 37, "A1"),) if kind == "both" and much else ()
    sale = sold(settings, *goods, kind="card" if kind == "card" else "cash", cards=cards)
    paid = sale.total_minor + sale.rounding_minor
    before, made = NOTHING, []
    for id, count, back in [*pieces, (0, 0, AS_PAID)]:
        left = refunding.returnable_by_line(sale, before)
        if id and id not in left:
            continue
        wanted = (ReturnRequest(id, min(left[id], count * 1000)),) if id else ()
        part = outcome_of(refunding.refund, sale, wanted, before, back, settings)
        if not left:
            assert part == Refused("all_refunded", {"number": 7})
            break
        assert isinstance(part, SaleRefunded), part
        made.append(part)
        before = after(before, part)
        assert part.paid_minor >= 0
        assert all(one.amount_minor >= 0 for one in part.lines)
        assert before.minor <= paid
        assert all(one.amount_minor % step == 0 for one in part.tenders if one.kind == "cash")
        assert all(one.kind == "cash" for one in part.tenders) or back is AS_PAID
        assert part.total_minor == part.net_minor + sum(row.tax_minor for row in part.taxes)
    assert refunding.returnable_by_line(sale, before) == {}
    assert sum(part.total_minor for part in made) == sale.total_minor
    assert sum(part.net_minor for part in made) == sale.net_minor
    assert sum(part.deposit_minor for part in made) == sale.deposit_minor
    for at, tender in enumerate(sale.tenders, 1):
        assert sum(one.amount_minor for one in before.tenders if one.of == at) <= tender.amount_minor
    assert paid - before.minor < step  # a last refund in coins can leave less than one coin behind
    taxes: Counter[tuple[str, int]] = Counter()
    for row in (row for part in made for row in part.taxes):
        taxes[row.name, row.rate] += row.tax_minor
    assert +taxes == +Counter({(row.name, row.rate): row.tax_minor for row in sale.taxes})
    amounts = Counter({one.id: 0 for one in sale.lines})
    for one in (one for part in made for one in part.lines):
        amounts[one.id] += one.amount_minor
    assert amounts == Counter({one.id: one.amount_minor for one in sale.lines})


SPLIT = (Tender("card", 100, "A1"), Tender("card", 150, "A2"))


def split() -> SaleCompleted:
    """Of 4.80, cards paid 1.00 and 1.50, and cash the rest, with 5.00 given."""
    sale = pay(Basket("1", lines=(line(1, 120, 4000),), tenders=SPLIT), "cash", 500, "", store())
    assert isinstance(sale, SaleCompleted)
    return msgspec.structs.replace(sale, number=7)


def test_it_goes_back_the_way_it_was_paid_cards_first_and_to_none_more_than_it_brought() -> None:
    first = refund(split(), ReturnRequest(1, 1000), back=AS_PAID)
    assert first.tenders == (GivenBack("card", 100, "A1", 1), GivenBack("card", 20, "A2", 2))
    then = after(NOTHING, first)
    second = refund(split(), ReturnRequest(1, 2000), before=then, back=AS_PAID)
    assert second.tenders == (GivenBack("card", 130, "A2", 2), GivenBack("cash", 110, of=3))
    last = refund(split(), before=after(then, second), back=AS_PAID)
    assert last.tenders == (GivenBack("cash", 120, of=3),)


def test_a_card_gets_no_more_than_cards_paid() -> None:
    made = refund(split(), ReturnRequest(1, 2000), back=RefundMethod("card", "T9"))
    assert made.tenders == (GivenBack("card", 100, "T9", 1), GivenBack("card", 140, "T9", 2))
    refused = Refused("back_more_than_paid", {"left_minor": 250})
    assert outcome_of(refunding.refund, split(), (), NOTHING, RefundMethod("card"), store()) == refused


def test_cash_in_the_place_of_a_card_needs_a_right_and_a_reason() -> None:
    assert outcome_of(refunding.refund, split(), (), NOTHING, CASH, store()) == Refused("cash_needs_reason")
    may_not = RefundMethod("cash", "", "lost", DENIED)
    assert outcome_of(refunding.refund, split(), (), NOTHING, may_not, store()) == DENIED
    made = refund(split(), back=INSTEAD)
    assert (made.tenders, made.paid_minor) == ((GivenBack("cash", 480),), 480)
    denied = RefundMethod("cash", cash_denied=DENIED)
    all_cash = sold(store(), line(1, 120))
    assert refund(all_cash, back=denied).tenders == (GivenBack("cash", 120, of=1),)


def test_what_went_back_before_it_was_written_down_to_whom_counts_by_its_kind() -> None:
    before = AlreadyRefunded({1: 1000}, 120, (GivenBack("card", 120),))
    made = refund(split(), before=before, back=AS_PAID)
    assert made.tenders == (GivenBack("card", 130, "A2", 2), GivenBack("cash", 230, of=3))


def test_a_sum_over_several_sales_is_never_more_than_one_of_them_brought_back() -> None:
    card, cash, gift = (
        GivenBack("card", 1_000, of=1),
        GivenBack("cash", 900, of=1),
        GivenBack("gift", 300, of=2, card="c"),
    )
    parts = money_back.spread_over(1_202, [(500, (card,)), (702, (gift, cash))], Coins(5))
    assert [[(one.kind, one.amount_minor) for one in part] for part in parts] == [
        [("card", 500)],
        [("gift", 300), ("cash", 400)],
    ]
    goods = GivenBack("credit", 500)  # what other goods had paid
    rest = money_back.spread_over(800, [(500, (goods,)), (300, (card,))], Coins())
    assert [[(one.kind, one.amount_minor) for one in part] for part in rest] == [[("credit", 500)], [("card", 300)]]
