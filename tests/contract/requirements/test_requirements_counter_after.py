"""Rules of the counter from 23 on for programs: by commands, queries and receipts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shop_fixture import MILK, TOMATO
from tests.stranger import Stranger, stranger
from tests.till_stranger import CASE, COMMANDS, GIFT, LAMP, PEN, TEXT, Till, fresh_till, money


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("counter"), TEXT, COMMANDS) as made:
        yield made


@pytest.fixture
def till(shop: Stranger) -> Till:
    return fresh_till(shop)


def test_23_cash_that_no_coin_can_make(till: Till) -> None:
    till.add(PEN)
    till.refused("no_such_coin", "Pay", kind="cash", amount_minor=1_001)
    till.basket("OverridePrice", line=1, price_minor=998)
    sale = till.pay("cash")
    assert (sale["total_minor"], sale["rounding_minor"]) == (998, 2)


def test_24_a_basket_set_aside_keeps_its_prices_and_asks_on_the_day_after_next(till: Till) -> None:
    till.add(PEN)
    till.do("SetBasketAside", name="Table 4")
    (parked,) = till.ask("parked")
    assert parked["name"] == "Table 4"
    till.do("ChangePrice", sku="pen", price_minor=1_100)
    report = till.z()
    assert "10.00" in till.paper("report") and report["number"]
    other = Till(till.shop, "2")
    assert other.basket("TakeBasketUp", id=parked["number"])["lines"][0]["price_minor"] == 1_000
    other.do("SetBasketAside", name="Table 4")
    (parked,) = till.ask("parked")
    till.shop.clock.advance(2 * 86_400)
    till.refused("parked_old", "TakeBasketUp", id=parked["number"])
    till.do("TakeBasketUp", id=parked["number"], prices="today")
    assert till.pay("card")["total_minor"] == 1_100
    till.do("ChangePrice", sku="pen", price_minor=1_000)


def test_25_training_is_by_name(till: Till) -> None:
    till.refused("training_by_name", "StartTraining")


def test_27_below_what_it_cost_is_asked_about_and_noted(till: Till) -> None:
    till.do("RecordMovement", sku="lamp", type="in", units=5_000, unit_cost_minor=800)
    till.shop.catch_up()
    till.add(LAMP)
    till.refused("confirm_below_cost", "OverridePrice", line=1, price_minor=700)
    till.do("OverridePrice", line=1, price_minor=700)
    assert till.pay()["lines"][0]["below_cost"]


def test_28_a_tender_is_corrected_until_a_z_and_its_rounding_with_it(till: Till) -> None:
    till.add(PEN)
    till.basket("OverridePrice", line=1, price_minor=998)
    sale = till.pay("cash")
    corrected = till.do("CorrectTender", number=sale["number"], kind="card")["events"]
    assert corrected
    assert till.x()["total_minor"] == 998, "a card is not rounded"
    till.z()
    till.refused("sale_in_z", "CorrectTender", number=sale["number"], kind="cash")


def test_29_a_refund_is_undone_while_it_is_the_newest(till: Till) -> None:
    number = till.sold(PEN)["number"]
    till.do("RefundSale", number=number)
    void = till.event("SaleVoided", "VoidLastSale")
    assert (void["undoes"], void["total_minor"]) == ("refund", -1_000)
    assert till.event("SaleRefunded", "RefundSale", number=number)["total_minor"] == 1_000


def test_30_each_tender_is_counted_with_its_own_difference(till: Till) -> None:
    till.do("OpenShift", float_minor=10_000)
    till.sold(PEN)
    till.sold(PEN, kind="card")
    closed = till.event(
        "ShiftClosed", "CloseShift", counted_minor=10_900, others=[{"kind": "card", "counted_minor": 1_020}]
    )
    assert (closed["counted_minor"], closed["expected_minor"]) == (10_900, 11_000)
    assert [(one["kind"], one["counted_minor"], one["expected_minor"]) for one in closed["others"]] == [
        ("card", 1_020, 1_000)
    ]


def test_31_a_sale_of_nothing_has_a_number_and_no_tender(till: Till) -> None:
    last = till.sold(PEN)["number"]
    till.add(PEN)
    till.do("DiscountLine", line=1, share=100_000, reason="staff")
    sale = till.pay()
    assert (sale["number"], sale["total_minor"], sale["tenders"]) == (last + 1, 0, [])


def test_32_a_weight_typed_by_hand_says_so(till: Till) -> None:
    (question,) = till.basket("AddLine", code=TOMATO)["questions"]
    assert question["kind"] == "measure"
    till.do("AnswerQuestion", question=question["id"], quantity=500)
    assert till.pay("card")["lines"][0]["weighed"]["by"] == "hand"
    assert "entered manually" in till.paper().lower()


def test_34_an_open_amount_has_a_limit_and_is_counted(till: Till) -> None:
    till.refused("open_amount_most", "AddOpenAmount", name="Vase", tax_class="standard", amount_minor=5_001)
    till.do("AddOpenAmount", name="Vase", tax_class="standard", amount_minor=5_000)
    assert till.pay("card")["lines"][0]["kind"] == "open"
    assert till.z()["sums"]["open"] == {"count": 1, "minor": 5_000}


def test_35_by_a_gift_receipt_it_is_store_credit(till: Till) -> None:
    number = till.sold(PEN, kind="card")["number"]
    till.do("PrintGiftReceipt", number=number)
    assert "10.00" not in till.paper(), "no prices"
    back = till.event("SaleRefunded", "RefundSale", number=number, kind="cash", reason="please", gift=True)
    assert money(back["tenders"]) == [("credit", 1_000)]


def test_36_a_copy_says_so_and_is_counted(till: Till) -> None:
    number = till.sold(PEN)["number"]
    for copy in (1, 2):
        till.do("ReprintReceipt", number=number)
        assert f"COPY {copy}" in till.paper()
    closed = till.z()
    assert (closed["total_minor"], closed["sums"]["copies"]) == (1_000, 2)
    till.do("ReprintReport")
    assert "COPY" in till.paper("report")


def test_37_and_39_no_z_while_a_basket_is_part_paid_and_clearing_gives_it_back(till: Till) -> None:
    till.add(PEN)
    till.do("Pay", kind="card", amount_minor=300)
    till.do("Pay", kind="cash", amount_minor=200)
    assert till.refused("already_paying", "PrintReport", kind="z") == {"paid_minor": 500}
    gone = till.event("BasketAbandoned", "AbandonBasket")
    assert money(gone["tenders"]) == [("card", 300), ("cash", 200)]
    sums = till.z()["sums"]
    assert (sums["cleared"], sums["total_minor"]) == ({"count": 1, "minor": 1_000}, 0)


def test_38_papers_share_a_row_of_numbers(till: Till) -> None:
    first = till.sold(PEN)["number"]
    till.x()
    till.z()
    refund = till.event("SaleRefunded", "RefundSale", number=first)["number"]
    till.add(PEN)
    till.do("SetBasketAside")
    (parked,) = till.ask("parked")
    till.do("TakeBasketUp", id=parked["number"])
    till.do("AbandonBasket")
    void = till.sold(PEN)["number"]
    assert [refund, void, till.event("SaleVoided", "VoidLastSale")["number"]] == [first + 1, first + 2, first + 3]


def test_40_to_42_cards_that_are_empty_known_or_read_twice(till: Till) -> None:
    code = till.card()
    till.refused("card_known", "AddLoad", code=code, amount_minor=100, fresh=True)
    till.add(PEN, 2)
    till.do("Pay", kind="gift", reference=code)
    till.refused("card_twice", "Pay", kind="gift", reference=code)
    till.pay("cash")
    till.add(PEN)
    till.refused("card_empty", "Pay", kind="gift", reference=code)
    till.do("AbandonBasket")
    till.do("AddLoad", code=code, amount_minor=500)
    till.refused("card_twice", "AddLoad", code=code, amount_minor=500)
    assert till.pay()["lines"][0]["quantity"] == 1_000
    assert till.held(code) == 500
    till.do("CloseCard", card=till.ask("gift_card", code=code)["id"])
    till.refused("card_closed", "AddLoad", code=code, amount_minor=500)
    assert till.ask("gift_card", code=code), "never deleted"


def test_43_and_48_a_percent_is_of_the_amount_and_a_sum_is_the_lines(till: Till) -> None:
    till.basket("AddLine", code=TOMATO, quantity=333)
    (line,) = till.basket("DiscountLine", line=1, share=50_000, reason="staff")["lines"]
    assert line["off_minor"] == 67, "of 1.33"
    till.do("AbandonBasket")
    till.add(PEN, 3)
    till.do("DiscountLine", line=1, sum_minor=1_500, reason="staff")
    for pieces, off in ((2, 1_500), (1, 1_000), (3, 1_500)):
        (line,) = till.basket("SetQuantity", line=1, quantity=pieces * 1_000)["lines"]
        assert line["off_minor"] == off, pieces


def test_44_without_a_receipt_it_is_todays_price_as_store_credit(till: Till) -> None:
    till.add(PEN)
    till.do("DiscountLine", line=1, share=50_000, reason="staff")
    back = till.event("SaleRefunded", "RefundWithoutReceipt")
    assert money(back["tenders"]) == [("credit", 1_000)]
    till.add(PEN)
    till.refused("cash_needs_reason", "RefundWithoutReceipt", kind="cash")
    till.refused("back_more_than_paid", "RefundWithoutReceipt", kind="card")


def test_45_who_gave_what_off_for_which_reason(till: Till) -> None:
    till.add(PEN)
    till.refused("discount_reason", "DiscountLine", line=1, share=10_000, reason="just so")
    till.do("DiscountLine", line=1, share=10_000, reason="damaged")
    line = till.pay()["lines"][0]
    assert (line["discount"]["reason"], line["off_minor"]) == ("damaged", 100) and "by" in line["discount"]
    assert till.z()["sums"]["given"] == {"damaged": {"count": 1, "minor": 100}}


def test_46_the_drawer_stays_shut_where_money_goes_back_to_a_card_alone(till: Till) -> None:
    number = till.sold(PEN, kind="card")["number"]
    before = (till.ask("last_print_job", kind="drawer") or {}).get("id")
    till.do("RefundSale", number=number)
    assert (till.ask("last_print_job", kind="drawer") or {}).get("id") == before
    till.do("RefundSale", number=till.sold(PEN)["number"])
    assert till.ask("last_print_job", kind="drawer")["id"] != before


def test_47_a_scan_widens_no_discount(till: Till) -> None:
    till.add(PEN)
    till.do("DiscountLine", line=1, share=10_000, reason="staff")
    assert [line["quantity"] for line in till.basket("AddLine", code=PEN)["lines"]] == [1_000, 1_000]


@pytest.mark.parametrize("code", [GIFT, CASE])
def test_49_only_whole_ones_come_back(till: Till, code: str) -> None:
    number = till.sold(code)["number"]
    till.refused("whole_pieces_only", "RefundSale", number=number, lines=[{"line": 1, "quantity": 500}])
    assert till.event("SaleRefunded", "RefundSale", number=number)["total_minor"] in (900, 1_200)


def test_a_refund_in_pieces_gives_back_what_was_paid_and_no_cent_more(till: Till) -> None:
    till.add(MILK, 3)
    till.add(PEN)
    till.do("DiscountBasket", sum_minor=100, reason="staff")
    sale = till.pay("card")
    back = [
        till.event("SaleRefunded", "RefundSale", number=sale["number"], lines=lines)
        for lines in ([{"line": 1, "quantity": 1_000}], [{"line": 1, "quantity": 1_000}], [{"line": 1}], [{"line": 2}])
    ]
    assert sum(one["total_minor"] for one in back) == sale["total_minor"] == 1_260
    assert sum(tax["tax_minor"] for one in back for tax in one["taxes"]) == sum(
        tax["tax_minor"] for tax in sale["taxes"]
    )
    till.refused("all_refunded", "RefundSale", number=sale["number"])
