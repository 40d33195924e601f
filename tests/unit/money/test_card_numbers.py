"""No card's number is written down; article numbers and amounts are none."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.terminals.card_data import mask_card_numbers
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import AddLine, Pay, RefundSale
from edge.counter.till.paying.card_payments import CancelPayment
from edge.foundation.access.commands import MakeKey, MakeRecoveryCodes
from edge.lib.units.card_numbers import field_with_card_number, holds_card_number
from edge.money.payments.commands import RetryCardRefund
from tests.card_texts import written

# The brands' published numbers for tests.
CARDS = (
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
    "6759649826438453",
    "2200000000000004",
)


@pytest.mark.parametrize("card", CARDS)
def test_cards_of_every_brand_are_known(card: str) -> None:
    groups = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
    for text in (card, groups, groups.replace(" ", "-"), f"card {groups} 12/27", f"no. 17 {card}, thanks"):
        assert holds_card_number(text.encode()), text


@given(st.integers(0, 2**32))
def test_however_a_cards_number_is_written_it_is_found_and_masked(seed: int) -> None:
    text, digits = written(random.Random(seed))
    assert holds_card_number(text.encode()), text
    masked = "".join(letter for letter in mask_card_numbers(text) if letter.isdecimal())
    assert digits not in masked and digits[:8] not in masked, masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "**** **** **** 1111",
        "approval 123456 RRN 012345678901",
        "4111111111111112",  # another check digit
        "356938035643809",  # an IMEI, with the same check digit as cards
        "1-000042",
        "2026-11-21 13:33:00",
        "9111111111111111",
    ],
)
def test_an_invalid_card_is_let_through(text: str) -> None:
    assert not holds_card_number(text.encode())


@given(st.integers(4 * 10**11, 5 * 10**11 - 1))
def test_article_numbers_are_no_cards(number: int) -> None:
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(str(number)))
    assert not holds_card_number(f"{number}{-total % 10}".encode())


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (Pay("card", 100, "4111 1111 1111 1111"), "reference"),
        (RefundSale(1, reason="5555555555554444"), "reason"),
        (AddLine(code="4111111111111111"), None),
        (Pay("card", 100, "8812"), None),
        (MakeKey("4111111111111111", "till 2", (), "0" * 64), None),  # sixteen hexadecimal digits by chance
        (CancelPayment("ab4222222222222abcdefabc"), None),  # a payment's id, of twenty-four
        (RetryCardRefund("ab4222222222222abcdefabc", 1), None),
        (MakeKey("0a", "4111111111111111", (), "0" * 64), "name"),
        (MakeKey("4111 1111 1111 1111", "till 2", (), "0" * 64), "id"),
        (ForgetPerson("mail-4111111111111111"), None),
        (ForgetPerson("0190a111-4111-4111-8111-411111111111"), None),
        (ForgetPerson("4111-1111-1111-1111"), "person"),
        (MakeRecoveryCodes("u1", "4111111111111111" * 2, ("4111111111111111" * 4,) * 10), None),
    ],
)
def test_free_text_is_looked_at_and_codes_are_not(command: msgspec.Struct, field: str | None) -> None:
    assert field_with_card_number(msgspec.json.encode(command), command) == field
