"""What is written on a coupon, and what coupons take off a basket."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from edge.core.messages import Refused
from edge.counter.basket.basket import Basket, BasketLine, SaleCoupon, TypedDiscount
from edge.counter.basket.discounts import apply_discounts, on_basket, with_coupon
from edge.people.coupons.code import KEY_BYTES, CouponTerms, code_of, is_signed, read_code
from tests.refusals import outcome_of

KEY = bytes(range(KEY_BYTES))
TERMS = CouponTerms(10_000, 0, date(2026, 11, 1), date(2026, 12, 31))


def line(id: int, minor: int, **more: object) -> BasketLine:
    return BasketLine(id, f"p{id}", "", {"en": f"P{id}"}, "piece", 1_000, minor, "standard", **more)  # type: ignore[arg-type]


def coupon(id: str, share: int = 0, sum_minor: int = 0) -> SaleCoupon:
    return SaleCoupon(id, id[-4:], 1, "Autumn", share, sum_minor)


@given(
    share=some.integers(1, 100_000),
    sum_minor=some.integers(1, 2**23 - 1),
    is_share=some.booleans(),
    series=some.integers(1, 2**16 - 1),
    number=some.integers(1, 200),
    days=some.tuples(
        some.dates(date(2020, 1, 1), date(2100, 12, 31)), some.dates(date(2020, 1, 1), date(2100, 12, 31))
    ),
)
def test_a_code_says_what_was_put_into_it_however_it_is_typed(
    share: int, sum_minor: int, is_share: bool, series: int, number: int, days: tuple[date, date]
) -> None:
    terms = CouponTerms(share if is_share else 0, 0 if is_share else sum_minor, *sorted(days))
    code = code_of(terms, series, number, KEY)
    typed = "-".join(code.text[at : at + 4] for at in range(0, len(code.text), 4)).lower().replace("0", "o")
    assert read_code(typed) == code
    assert is_signed(code, KEY)
    assert not is_signed(code, bytes(KEY_BYTES))


def test_an_amount_counts_in_the_currency_that_it_was_made_in_alone() -> None:
    """Shops that share a key: ten euros are no ten shekels. A percentage is good everywhere."""
    ten = CouponTerms(0, 1_000, TERMS.starts, TERMS.ends)
    euros, old = code_of(ten, 7, 1, KEY, "EUR"), code_of(ten, 7, 1, KEY)
    assert is_signed(euros, KEY, "EUR") and not is_signed(euros, KEY, "ILS") and not is_signed(euros, KEY)
    assert is_signed(old, KEY, "ILS"), "of before, which says no currency"
    assert code_of(TERMS, 7, 1, KEY, "EUR") == code_of(TERMS, 7, 1, KEY, "ILS")
    assert len(euros.text) == len(old.text)


@given(text=some.text(max_size=60))
def test_an_invalid_coupon_is_none(text: str) -> None:
    found = read_code(text)
    assert found is None or not is_signed(found, KEY)


def test_a_code_that_someone_changed_is_not_signed() -> None:
    """Whatever letter stands there instead: also in the last one, of which not every bit says something."""
    for number in range(1, 9):
        code = code_of(TERMS, 7, number, KEY)
        for at, was in enumerate(code.text[2:], 2):
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".replace(was, ""):
                changed = read_code(code.text[:at] + other + code.text[at + 1 :])
                assert changed is None or not is_signed(changed, KEY), (at, other)


def test_coupons_come_behind_the_baskets_discount_each_of_what_is_left() -> None:
    basket = Basket("1", lines=(line(1, 1_000), line(2, 3_000)), last_id=2)
    after = on_basket(basket, TypedDiscount("staff", "u1", share=50_000))
    assert isinstance(after, Basket)
    for one in (coupon("aaaa", share=10_000), coupon("bbbb", sum_minor=100)):
        found = with_coupon(after, one)
        assert isinstance(found, Basket)
        after = found
    assert [one.minor for one in after.coupons] == [200, 100]  # a tenth of 20.00, then 1.00
    assert after.total_minor == 1_700
    assert [one.coupon_minor for one in after.lines] == [75, 225]


def test_a_sum_is_cut_to_what_is_left_and_touches_no_deposits_tips_or_held_prices() -> None:
    lines = (line(1, 300, deposit_minor=25), line(2, 500, undiscounted=True), line(3, 100, kind="tip"))
    after = with_coupon(Basket("1", lines=lines, last_id=3), coupon("aaaa", sum_minor=1_000))
    assert isinstance(after, Basket)
    assert (after.coupons[0].minor, after.total_minor) == (300, 625)
    gone = apply_discounts(after.with_changes(coupons=()))
    assert gone.total_minor == 925


def test_one_coupon_is_not_put_in_twice() -> None:
    once = with_coupon(Basket("1", lines=(line(1, 300),)), coupon("aaaa", share=10_000))
    assert isinstance(once, Basket)
    assert outcome_of(with_coupon, once, coupon("aaaa", share=10_000)) == Refused("coupon_twice", {"tail": "aaaa"})
