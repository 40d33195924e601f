"""The counter's rules as programs meet them: each rule of shops that sell, by commands, queries and papers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.commands import SetCategories, SetProducts
from edge.shop.catalog.product import BundlePart, Pack, Product
from edge.shop.printing.document import Document
from edge.shop.printing.layout import plain_text
from tests.shop_fixture import CONFIG, MILK, TOMATO
from tests.stranger import Stranger, stranger

PEN, CRATE, GIFT, CASE, BOOK, LAMP = (
    *("4006381333948", "4006381333955", "4006381333962", "4006381333979"),
    *("4006381333986", "4006381333993"),
)
GOODS = (
    Product("pen", {"en": "Pen"}, (PEN,), 1_000),
    Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", packs=(Pack(CASE, 12, 1_200),)),
    Product("crate", {"en": "Water"}, (CRATE,), 100, deposit_minor=25),
    Product("set", {"en": "Gift set"}, (GIFT,), 900, parts=(BundlePart("milk", 2_000),)),
    Product("book", {"en": "Book"}, (BOOK,), 1_500, category="books"),
    Product("lamp", {"en": "Lamp"}, (LAMP,), 1_000, cost_minor=800),
)
TEXT = (
    CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')
    + '[till]\nrefunds_without_receipt = true\nundiscounted = ["books"]\nopen_amount_most = 50\n'
)
COMMANDS = (SetCategories((Category("books", {"en": "Books"}),)), SetProducts(GOODS))
codes = itertools.count(1)


@dataclass
class Till:
    """A register of the shop, asked as its page or a program asks; it stands at a Z."""

    shop: Stranger
    register: str = "1"

    def do(self, name: str, /, **fields: Any) -> Any:
        return self.shop.post(f"commands/{name}", fields, Register=self.register)["done"]

    def basket(self, name: str, /, **fields: Any) -> Any:
        """The basket behind it."""
        return self.do(name, **fields)["result"]

    def event(self, type: str, name: str, /, **fields: Any) -> Any:
        return next(one for one in self.do(name, **fields)["events"] if one["type"] == type)

    def refused(self, code: str, name: str, /, **fields: Any) -> Any:
        """The values of the refusal."""
        answer = self.shop.ask("POST", f"commands/{name}", fields, Register=self.register)
        assert (answer.status, answer.code) == (422, code), (name, fields, answer.text)
        assert answer.json["refused"]["message"], "in words"
        return answer.json["refused"]["values"]

    def ask(self, query: str, /, **arguments: Any) -> Any:
        words = "&".join(f"{name}={value}" for name, value in arguments.items())
        return self.shop.get(f"queries/{query}?{words}", Register=self.register)["result"]

    def add(self, code: str, pieces: float = 1) -> Any:
        return self.basket("AddLine", code=code, quantity=round(pieces * 1_000))

    def pay(self, kind: str = "cash", minor: int | None = None, reference: str = "") -> Any:
        return self.event("SaleCompleted", "Pay", kind=kind, amount_minor=minor, reference=reference)

    def sold(self, code: str, pieces: float = 1, kind: str = "cash") -> Any:
        self.add(code, pieces)
        return self.pay(kind)

    def paper(self, kind: str = "receipt") -> str:
        """The text of the newest paper of a kind."""
        document = self.ask("last_print_job", kind=kind)["document"]
        return plain_text(msgspec.convert(document, Document))

    def x(self) -> Any:
        """What the register came to since its last Z, by its X."""
        return self.event("ReportPrinted", "PrintReport", kind="x")

    def z(self) -> Any:
        return self.event("ReportPrinted", "PrintReport", kind="z")

    def card(self, minor: int = 1_000) -> str:
        """A gift card that was sold."""
        code = f"GIFT-0000-{next(codes):04}"
        self.basket("AddLoad", code=code, amount_minor=minor)
        self.pay()
        return code

    def held(self, code: str) -> int:
        return int(self.ask("gift_card", code=code)["balance_minor"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("counter"), TEXT, COMMANDS) as made:
        yield made


@pytest.fixture
def till(shop: Stranger) -> Till:
    made = Till(shop)
    made.do("AbandonBasket")
    made.z()
    return made


def money(tenders: Any) -> list[tuple[str, int]]:
    return [(one["kind"], one["amount_minor"]) for one in tenders]


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


def test_2_a_z_covers_what_lies_between_and_begins_anew(till: Till) -> None:
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
    """Codes of 10 % each."""
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


def test_18_what_nobody_discounts(till: Till) -> None:
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
    till.do("OverridePrice", line=1, price_minor=700, confirmed=True)
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
    assert "by hand" in till.paper().lower()


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
