"""A code that was made for a thing says of it, when it is read, what it was made with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.lib.codes.code import Code
from edge.lib.codes.encode import with_measure
from edge.lib.codes.gtin import check_digit
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.ranges import COUNTRIES, Range
from edge.lib.codes.rules import make_rules


def of(base: str) -> str:
    return f"{base}{check_digit(base)}"


@given(st.sampled_from(sorted(COUNTRIES)), st.integers(0, 999), st.integers(1, 99_999), st.integers(1, 999_999))
def test_what_is_made_is_read_as_it_was_meant(country: str, item: int, weight_g: int, price_minor: int) -> None:
    rules = make_rules(country)
    for layouts in rules.ranges.values():
        for ready in layouts:
            room = ready.item.stop - ready.item.start
            digits = [letter if letter.isdigit() else "0" for letter in ready.pattern[:-1]]
            digits[ready.item] = str(item % 10**room).zfill(room)
            made = with_measure(rules, of("".join(digits)), weight_g, price_minor)
            if made is None:
                continue
            code = parse_scan(made, None, rules, 2026)
            assert isinstance(code, Code)
            assert code.weight_g in (None, weight_g)
            assert code.price_minor in (None, price_minor)
            assert code.weight_g or code.price_minor or code.count


def test_a_code_of_no_ones_range_stays_alone() -> None:
    rules = make_rules("fr")
    assert with_measure(rules, "4006381333931", 756, 302) is None
    assert with_measure(rules, "cheese", 756, 302) is None
    assert with_measure(make_rules(), of("210001000000"), 756, 302) is None


def test_what_does_not_fit_exactly_is_not_said() -> None:
    rules = make_rules(own=(Range("28IIIIIWWWWWC", step=10),))
    item = of("280001000000")
    assert with_measure(rules, item, 750, 0) == of("280001000075")
    assert with_measure(rules, item, 756, 0) is None
    assert with_measure(rules, item, 10_000_000, 0) is None
    assert with_measure(rules, item.zfill(14), 750, 0) == of("280001000075")
