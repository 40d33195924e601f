"""Rules 1 to 22 of the counter for programs: by commands, queries and receipts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shop_fixture import MILK
from tests.stranger import Stranger, stranger
from tests.till_stranger import BOOK, COMMANDS, CRATE, PEN, TEXT, Till, fresh_till, money


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("counter"), TEXT, COMMANDS) as made:
        yield made


@pytest.fixture
def till(shop: Stranger) -> Till:
    return fresh_till(shop)


def test_1_money_goes_back_the_way_it_was_paid(till: Till) -> None:
    till.add(PEN)
    till.do("Pay", kind="card", amount_minor=300)
    number = till.pay("cash")["number"]
    assert till.refused("back_more_than_paid", "RefundSale", number=number, kind="card") == {"left_minor": 300}
    first = till.event("SaleRefunded", "RefundSale", number=number, lines=[{"line": 1}])
    assert money(first["tenders"]) == [("card", 300), ("cash", 700)]
    till.refused("all_refunded", "RefundSale", number=number)
    card = till.sold(PEN, kind="card")["number"]
    till.refused("cash_needs_reason", "RefundSale", number=card, kind="cash")
    cash = till.event("SaleRefunded", "RefundSale", number=card, kind="cash", reason="the card is blocked")
    assert money(cash["tenders"]) == [("cash", 1_000)]


def test_2_a_z_covers_what_lies_between_and_begins_again(till: Till) -> None:
    before = till.z()
    till.sold(PEN)
    assert till.x()["total_minor"] == till.x()["total_minor"] == 1_000, "an X has no effect"
    till.shop.clock.advance(2 * 86_400)
    till.sold(PEN)
    closed, empty = till.z(), till.z()
    assert (closed["total_minor"], closed["number"]) == (2_000, before["number"] + 1)
    assert (empty["total_minor"], empty["number"]) == (0, before["number"] + 2)
    assert empty["grand_total_minor"] == closed["grand_total_minor"] == before["grand_total_minor"] + 2_000


def test_3_a_sale_is_voided_until_a_z_covers_it_and_while_it_is_the_newest(till: Till) -> None:
    old = till.sold(PEN)["number"]
    new = till.sold(PEN)["number"]
    till.refused("not_the_last_sale", "VoidLastSale", number=old)
    assert till.event("SaleVoided", "VoidLastSale", number=new)["sale"] == new
    till.sold(PEN)
    till.z()
    till.refused("sale_in_z", "VoidLastSale")


def test_4_counts_only_grow(till: Till) -> None:
    till.add(PEN, 2)
    till.add(MILK)
    till.do("OverridePrice", line=1, price_minor=900)
    till.do("VoidLine", line=2)
    till.pay()
    till.do("VoidLastSale")
    sums = till.z()["sums"]
    assert (sums["overridden"], sums["voided_lines"], sums["voids"]["count"], sums["sales"]["count"]) == (1, 1, 1, 1)
    assert sums["total_minor"] == 0


def test_5_a_load_is_no_revenue_untaxed_and_never_discounted(till: Till) -> None:
    till.basket("AddLoad", code="GIFT-LOAD-0001", amount_minor=2_000)
    till.refused("discount_never", "DiscountLine", line=1, share=10_000, reason="staff")
    sale = till.pay("card")
    assert (sale["total_minor"], sale["taxes"]) == (2_000, [])
    assert till.z()["sums"]["apart"]["load"] == 2_000


def test_6_a_sale_that_loaded_a_card_is_undone_unless_that_was_spent(till: Till) -> None:
    code = till.card()
    till.do("VoidLastSale")
    assert till.held(code) == 0
    code, other = till.card(), Till(till.shop, "2")
    other.add(MILK)
    other.pay("gift", reference=code)
    till.refused("card_spent", "VoidLastSale")
    assert till.held(code) == 880


def test_7_no_card_pays_for_a_card(till: Till) -> None:
    code = till.card()
    till.basket("AddLoad", code="GIFT-OTHER-77", amount_minor=500)
    till.add(PEN)
    till.refused("card_for_card", "Pay", kind="gift", reference=code, amount_minor=100)


def test_8_who_reads_a_card_second_sees_what_is_left(till: Till) -> None:
    code, other = till.card(1_500), Till(till.shop, "2")
    till.add(PEN, 2)
    other.add(PEN, 2)
    till.do("Pay", kind="gift", reference=code, amount_minor=1_000)
    assert [one["amount_minor"] for one in other.basket("Pay", kind="gift", reference=code)["tenders"]] == [500]
    till.do("AbandonBasket")
    other.do("AbandonBasket")
    assert till.held(code) == 1_500


def test_8_what_a_card_holds_comes_back_after_half_an_hour(till: Till) -> None:
    code, other = till.card(), Till(till.shop, "2")
    till.add(PEN, 2)
    till.do("Pay", kind="gift", reference=code)
    other.add(PEN)
    other.refused("card_empty", "Pay", kind="gift", reference=code)
    till.shop.clock.advance(30 * 60 + 1)
    other.pay("gift", reference=code)
    till.do("AbandonBasket")
    assert till.held(code) == 0


def test_10_and_26_what_a_card_paid_is_on_it_again_and_credit_is_never_cash(till: Till) -> None:
    code = till.card()
    till.add(PEN)
    number = till.pay("gift", reference=code)["number"]
    till.refused("card_not_cash", "RefundSale", number=number, kind="cash", reason="please")
    back = till.event("SaleRefunded", "RefundSale", number=number)
    assert (money(back["tenders"]), till.held(code)) == ([("gift", 1_000)], 1_000)
    number = till.sold(PEN)["number"]
    back = till.event("SaleRefunded", "RefundSale", number=number, kind="credit")
    assert money(back["tenders"]) == [("credit", 1_000)]
    assert "STORE CREDIT" in till.paper().upper()


def test_11_a_card_that_is_over_keeps_what_is_on_it(shop: Stranger, till: Till) -> None:
    code = till.card()
    known = till.ask("gift_card", code=code)
    assert {"balance_minor", "kind"} <= set(known)
    answer = shop.ask("POST", "gift-cards/book-expired", {"card": known["id"]}, Register="1")
    assert answer.status == 422, "what is not over is not booked"
    assert till.held(code) == 1_000


@pytest.fixture(scope="module")
def coupons(shop: Stranger) -> Iterator[Iterator[str]]:
    """Yield codes for 10 % each."""
    till = Till(shop)
    till.do("MakeCoupons", name="Winter", starts="2027-01-01", ends="2027-12-31", count=8, share=10_000)
    series = till.ask("coupon_series")[0]["series"]
    answer = shop.ask("GET", f"coupons/{series}.csv")
    assert answer.status == 200
    rows = answer.text.removeprefix("\ufeff").split("\r\n")
    assert rows[0] == "code,name,share,sum_minor,starts,ends"
    yield (row.split(",")[0] for row in rows[1:] if row)


def test_12_a_coupon_is_used_when_its_sale_is_complete_and_free_by_a_void_alone(
    till: Till, coupons: Iterator[str]
) -> None:
    code = next(coupons)
    till.add(PEN)
    assert till.basket("AddLine", code=code)["lines"][0]["coupon_minor"] == 100
    till.refused("coupon_twice", "AddLine", code=code)
    till.do("AbandonBasket")
    for voided in (True, False):
        till.add(PEN)
        till.basket("AddLine", code=code)
        number = till.pay()["number"]
        if voided:
            till.do("VoidLastSale", number=number)
    back = till.event("SaleRefunded", "RefundSale", number=number)
    assert back["total_minor"] == 900, "what was paid"
    till.add(PEN)
    till.refused("coupon_used", "AddLine", code=code)


def test_13_a_code_that_the_shop_never_signed_is_no_coupon(till: Till, coupons: Iterator[str]) -> None:
    code = next(coupons)
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    till.add(PEN)
    answer = till.shop.ask("POST", "commands/AddLine", {"code": forged}, Register="1")
    found = till.ask("basket")
    assert answer.status == 422 or found["questions"], answer.text
    assert not found.get("coupons") and len(found["lines"]) == 1


def test_14_a_basket_discount_is_spread_by_running_rounding_before_tax(till: Till) -> None:
    till.add(MILK)
    till.add(PEN)
    basket = till.basket("DiscountBasket", sum_minor=100, reason="staff")
    assert [line["share_minor"] for line in basket["lines"]] == [11, 89], "of 1.20 and 10.00"
    basket = till.basket("DiscountBasket", share=10_000, reason="staff")
    assert [line["share_minor"] for line in basket["lines"]] == [12, 100], "the second takes the place of the first"
    assert [one["tax_minor"] for one in till.pay("card")["taxes"]] == [150, 6], "of 9.00 at 20 %, of 1.08 at 5.5 %"


def test_15_promotion_then_line_then_basket_then_coupon_each_of_what_is_left(
    shop: Stranger, till: Till, coupons: Iterator[str]
) -> None:
    deal = {"kind": "percent_off", "share": 10_000}
    promotion = {"names": {"en": "Pens"}, "deal": deal, "goods": {"skus": ["pen"]}}
    put = shop.ask("PUT", "promotions/pens", promotion)
    assert put.status == 200, put.text
    till.add(PEN, 10)
    till.do("DiscountBasket", share=10_000, reason="staff")
    till.do("DiscountLine", line=1, sum_minor=1_000, reason="damaged")
    (line,) = till.basket("AddLine", code=next(coupons))["lines"]
    assert [sum(one["minor"] for one in line["discounts"]), line["off_minor"]] == [1_000, 1_000]
    assert [line["share_minor"], line["coupon_minor"]] == [800, 720]
    (line,) = till.basket("OverridePrice", line=1, price_minor=900)["lines"]
    assert not line.get("discounts"), "a typed price ends promotions"
    till.do("AbandonBasket")
    till.do("EndPromotion", id="pens")


WRONG = [{"share": 0}, {"share": -5_000}, {"share": 101_000}, {"sum_minor": 0}, {"sum_minor": -1}, {"sum_minor": 1_001}]


@pytest.mark.parametrize("off", WRONG, ids=str)
def test_17_nothing_below_nothing_and_more_than_all_is_refused(till: Till, off: dict[str, int]) -> None:
    till.add(PEN)
    assert till.refused("discount_range", "DiscountLine", line=1, reason="staff", **off) == {"left_minor": 1_000}
    assert till.refused("discount_range", "DiscountBasket", reason="staff", **off) == {"left_minor": 1_000}
    (line,) = till.ask("basket")["lines"]
    assert not line.get("off_minor") and not line.get("share_minor")


def test_18_what_no_one_discounts(till: Till) -> None:
    till.add(BOOK)
    till.refused("discount_never", "DiscountLine", line=1, share=10_000, reason="staff")
    till.basket("AddTip", amount_minor=100)
    till.refused("discount_never", "DiscountLine", line=2, share=10_000, reason="staff")
    till.add(CRATE)
    till.do("DiscountBasket", share=50_000, reason="staff")
    assert till.pay("card")["total_minor"] == 1_500 + 100 + 50 + 25, "of the water alone, not of its deposit"


def test_19_an_exchange_is_one_paper_and_its_void_undoes_both(till: Till) -> None:
    first, second = till.sold(PEN)["number"], till.sold(MILK, 2, "card")["number"]
    till.add(BOOK)
    till.basket("AddReturn", number=first)
    till.basket("AddReturn", number=second, lines=[{"line": 1, "quantity": 1_000}])
    sale = till.pay()
    assert (sale["number"], sale["total_minor"]) == (second + 1, 380)
    assert [one["total_minor"] for one in sale["returns"]] == [1_000, 120]
    sums = till.x()
    assert (sums["sales"], sums["refunds"]) == (3, 1)
    void = till.event("SaleVoided", "VoidLastSale")
    assert void["total_minor"] == 380
    assert till.event("SaleRefunded", "RefundSale", number=first)["total_minor"] == 1_000, "it is there again"


def test_19_what_is_left_over_goes_back_the_way_it_was_paid(till: Till) -> None:
    number = till.sold(PEN, kind="card")["number"]
    till.add(MILK)
    till.basket("AddReturn", number=number)
    sale = till.pay("cash")
    assert (sale["total_minor"], money(sale["back"])) == (-880, [("card", 880)])


def test_20_a_tip_is_untaxed_told_by_tender_and_comes_back_when_named(till: Till) -> None:
    till.add(PEN)
    till.basket("AddTip", share=10_000)
    sale = till.pay("card")
    assert sale["total_minor"] == 1_100, "of what is paid without it"
    assert sum(one["tax_minor"] for one in sale["taxes"]) == 167
    assert till.x()["type"] == "ReportPrinted"
    back = till.event("SaleRefunded", "RefundSale", number=sale["number"], lines=[{"line": 1}])
    assert back["total_minor"] == 1_000
    sums = till.z()["sums"]
    assert (sums["apart"]["tip"], sums["tips"]) == (100, {"card": 100})


def test_21_each_tender_says_what_becomes_of_the_rest(till: Till) -> None:
    for id, surplus, back in (("bank", "refused", True), ("meal", "change", True), ("voucher", "kept", False)):
        till.do("SetTender", tender={"id": id, "names": {"en": id}, "surplus": surplus, "back": back})
    till.add(PEN)
    assert till.refused("tender_too_much", "Pay", kind="bank", amount_minor=1_500) == {"due_minor": 1_000}
    assert till.pay("meal", 1_500)["change_minor"] == 500
    till.add(PEN)
    sale = till.pay("voucher", 1_500)
    assert (sale["total_minor"], sale["change_minor"]) == (1_500, 0)
    assert sum(one["tax_minor"] for one in sale["taxes"]) == 167
    back = till.event("SaleRefunded", "RefundSale", number=sale["number"], lines=[{"line": 1}])
    assert money(back["tenders"]) == [("credit", 1_000)]
    assert till.z()["sums"]["apart"]["surplus"] == 500


def test_22_foreign_cash_counts_at_the_rate_of_today_alone(till: Till) -> None:
    till.add(PEN)
    till.refused("no_rate_today", "Pay", kind="cash_usd", amount_minor=2_000)
    till.do("SetRate", currency="USD", rate=915_000)
    sale = till.pay("cash_usd", 1_333)
    assert money(sale["tenders"]) == [("cash_usd", 1_220)], "halves up: 12.19695"
    assert (sale["change_minor"], sale["tenders"][0]["foreign_minor"]) == (220, 1_333)
    assert till.z()["sums"]["foreign"] == {"cash_usd": 1_333}
    till.shop.clock.advance(86_400)
    till.add(PEN)
    till.refused("no_rate_today", "Pay", kind="cash_usd", amount_minor=2_000)
