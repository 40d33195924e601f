"""What a customer reads: the last line and the sum, in letters that the display has."""

from __future__ import annotations

import msgspec
import pytest

from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.event_structs import Discount, Tender
from edge.counter.till.rules import customer_display
from edge.counter.till.rules.customer_display import Screen
from tests.golden.papers import MIXED, line, refund, sale, settings

ASCII = Screen(20, str.isascii)
HEBREW = Screen(20, lambda text: not set(text) - {chr(code) for code in (*range(32, 127), *range(0x5D0, 0x5EB))})


def shown(
    *lines: BasketLine, before: tuple[BasketLine, ...] = (), language: str = "en", screen: Screen = ASCII
) -> tuple[str, str]:
    basket = Basket("1", lines=lines)
    return customer_display.of_basket(basket, Basket("1", lines=before), settings(language), screen)


def test_the_line_that_was_scanned_last_and_what_there_is_to_pay() -> None:
    assert shown(*MIXED[:2], before=MIXED[:1]) == ("Coffee, ground 10.98", "TOTAL          12.18")


def test_a_line_that_was_changed_is_the_last() -> None:
    less = (msgspec.structs.replace(MIXED[0], quantity=3000), MIXED[1])
    assert shown(*less, before=MIXED[:2]) == ("Milk 3% 1 l     3.60", "TOTAL          14.58")
    gone = (msgspec.structs.replace(MIXED[0], voided=True), MIXED[1])
    assert shown(*gone, before=MIXED[:2]) == ("Milk 3% 1 l   voided", "TOTAL          10.98")


def test_what_a_promotion_takes_off_is_off_and_leaves_the_last_line_the_last() -> None:
    off = msgspec.structs.replace(MIXED[0], discounts=(Discount("a", 20),))
    assert shown(off, MIXED[1], before=MIXED[:1]) == ("Coffee, ground 10.98", "TOTAL          11.98")
    assert shown(off, before=()) == ("Milk 3% 1 l     1.00", "TOTAL           1.00")


def test_letters_that_it_lacks_are_those_of_another_language() -> None:
    assert shown(MIXED[0], language="he") == ("Milk 3% 1 l     1.20", "TOTAL           1.20")
    assert shown(MIXED[0], language="he", screen=HEBREW) == ("רטיל 1 3% הבונת 1.20", 'כ"הס            1.20')


@pytest.mark.parametrize(
    ("tenders", "lower"),
    [
        ((Tender("cash", 5000),), "Change         22.90"),
        ((Tender("cash", 2710),), "Cash           27.10"),
        ((Tender("card", 2000), Tender("cash", 1000)), "Change          2.90"),
    ],
)
def test_behind_the_payment(tenders: tuple[Tender, ...], lower: str) -> None:
    event = sale(settings("en"), MIXED, *tenders)
    assert customer_display.of_sale(event, settings("en"), ASCII) == ("TOTAL          27.10", lower)


def test_behind_a_refund() -> None:
    event = refund(settings("en"), sale(settings("en"), MIXED, Tender("cash", 5000)), "")
    assert customer_display.of_refund(event, settings("en"), ASCII) == ("REFUND          8.51", "Cash            8.51")


def test_between_customers_it_says_whose_shop_it_is() -> None:
    assert customer_display.idle(settings("en"), ASCII) == ("    Corner Shop     ", "")
    assert customer_display.idle(settings("he"), ASCII) == ("", "")


def test_between_customers_it_says_what_the_shop_has_to_say_as_far_as_it_can_write_it() -> None:
    said = {"he": "מבצע", "en": "Sale today\nAll wines"}
    assert customer_display.idle(settings("en"), ASCII, said) == ("     Sale today     ", "     All wines      ")
    assert customer_display.idle(settings("he"), ASCII, said)[0].strip() == "Sale today", "it has no Hebrew letters"
    assert customer_display.idle(settings("en"), ASCII, {"he": "מבצע"}) == ("    Corner Shop     ", "")


def test_a_sum_is_never_cut() -> None:
    dear = line(1, "wine", 99_999_999_99)
    assert shown(dear) == ("Red wine 99999999.99", "TOTAL    99999999.99")
