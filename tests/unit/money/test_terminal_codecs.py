"""What payment terminals send, taken apart: real messages, and any damage to them."""

from __future__ import annotations

import asyncio
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.terminal_outcomes import Approved, TerminalFault
from drivers.terminals import sim_wire, zvt_messages
from drivers.terminals.card_data import mask_card_numbers
from drivers.terminals.faults import WORDS
from drivers.terminals.link import BadMessage, LinkLost, TerminalLink
from drivers.terminals.zvt_frames import Apdu, apdu, fields_of, from_bcd, take, to_bcd
from edge.lib.i18n import translate

APPROVED = bytes.fromhex(
    "040F6C270004000000002040 0C210916 0D1101 0E9999 22F0F8EEEEEEEEEEEE4771 A001 2900000006 870005 0B000000 8A06"
    "8BF1F14D41535445524341524400 062E2F081F1201011F100103601B4307A0000000041010441044656269742"
    "04D6173746572636172641F2B0410016005"
)
"""A status that a terminal sent (Portalum.Zvt, StatusInformationParserTest; Copyright 2021 Portalum, MIT)."""
REJECTED = bytes.fromhex("040F25270529290002743CF0F0F941 6267656C65686E748A06060D240B07094162 67656C65686E74")
"""Another (Portalum.Zvt, ZvtClientTest)."""
NUMBER = "4111111111111111"


def apdu_of(data: bytes) -> Apdu:
    taken = take(data)
    assert taken is not None
    assert taken[1] == len(data)
    return taken[0]


def test_a_real_approval_says_what_it_says() -> None:
    status = apdu_of(APPROVED)
    assert zvt_messages.result_of(status) == 0
    assert zvt_messages.approved_of(status, "EUR") == Approved(
        amount_minor=2_040,
        currency="EUR",
        reference="0005",
        brand="MASTERCARD",
        last4="4771",
        entry="chip",
        cvm="pin",
        aid="A0000000041010",
        application="Debit Mastercard",
        terminal="00000006",
        trace="10016005",
        at="11-01 21:09:16",
    )


def test_an_approval_in_another_currency_is_none() -> None:
    francs = Apdu(0x040F, APPROVED[3:] + b"\x49\x07\x56")
    assert zvt_messages.approved_of(francs, "CHF").currency == "CHF"
    with pytest.raises(BadMessage):
        zvt_messages.approved_of(francs, "EUR")


def test_a_real_refusal_says_why() -> None:
    status = apdu_of(REJECTED)
    assert zvt_messages.fault_of(zvt_messages.result_of(status)) == "declined"
    assert zvt_messages.own_text(status) == "Abgelehnt"


def test_what_we_send_is_what_terminals_were_sent() -> None:
    registration = "06 00 10 00 00 00 BE 09 78 03 01 06 06 26 04 0A 02 06 D3"
    assert zvt_messages.register("000000", "EUR") == bytes.fromhex(registration)


def test_a_version_and_its_status_byte_are_read() -> None:
    ended = apdu_of(bytes.fromhex("060F0AF0F0F6322E31342E3100"))
    assert zvt_messages.version_of(ended) == ("2.14.1", 0)


@given(st.binary(max_size=600))
def test_whatever_comes_is_read_waited_for_or_said_to_be_no_message(data: bytes) -> None:
    for wire in (take, sim_wire.take):
        try:
            taken = wire(data)
        except BadMessage:
            continue
        assert taken is None or 0 < taken[1] <= len(data)


@given(st.data())
def test_a_damaged_status_raises_nothing_but_that_it_is_none(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from((APPROVED, REJECTED)))[3:])
    for _ in range(data.draw(st.integers(0, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    status = Apdu(0x040F, bytes(body[: data.draw(st.integers(0, len(body)))]))
    for read in (
        zvt_messages.result_of,
        lambda one: zvt_messages.approved_of(one, "EUR"),
        zvt_messages.totals_of,
        zvt_messages.version_of,
        zvt_messages.receipt_number,
        zvt_messages.own_text,
        zvt_messages.slip_lines,
        zvt_messages.step_of,
    ):
        try:
            read(status)
        except BadMessage as none:
            assert not none.args


@given(st.binary(max_size=70_000 // 100), st.integers(1, 60))
def test_messages_come_out_as_they_went_in_however_they_are_cut(body: bytes, cut: int) -> None:
    whole = apdu(0x06D3, body) + apdu(0x8000)
    assert take(whole[: min(cut, len(apdu(0x06D3, body)) - 1)]) is None
    message, size = take(whole) or pytest.fail("not whole")
    assert (message.command, message.data) == (0x06D3, body)
    assert take(whole[size:]) == (Apdu(0x8000), 3)


@pytest.mark.parametrize("data", [b"{" * 70_000, b'{"says":"ok"}\n' * 1_100])
def test_one_that_never_ends_is_broken_off(data: bytes) -> None:
    async def main() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        link = TerminalLink(reader, cast(asyncio.StreamWriter, None), sim_wire.take)
        with pytest.raises(LinkLost):
            for _ in range(2_000):
                await link.receive(60)

    asyncio.run(main())


@given(st.integers(0, 999_999_999_999))
def test_an_amount_is_what_it_was(amount_minor: int) -> None:
    assert from_bcd(to_bcd(amount_minor, 6)) == amount_minor


def test_no_card_number_is_in_what_is_kept_of_a_status() -> None:
    number = bytes.fromhex(NUMBER)
    tracks = (
        b"\x23\xf0\xf8" + number + b"\x24\xf0\xf0\xf8" + number + b"\x2d\xf0\xf8" + number + b"\x2e\xf0\xf8" + number
    )
    others = b"\x3a\x09\x99\xa7\xf0\xf8" + number + b"\xaf\xf0\xf0\xf8" + number + b"\xd1\xf0\xf8" + number
    text = b"\x3c\xf0\xf1\xf6" + NUMBER.encode() + b"\x06\x12\x07\x10" + NUMBER.encode()
    whole = APPROVED[3:] + b"\x22\xf0\xf8" + number + tracks + others + text
    for size in range(len(APPROVED) - 3, len(whole) + 1):
        status = Apdu(0x040F, whole[:size])
        fields = fields_of(status.data)
        kept = b"".join((*fields.values.values(), *fields.tags.values())).replace(NUMBER.encode(), b"")
        assert number not in kept, size
        said = repr((zvt_messages.approved_of(status, "EUR"), zvt_messages.own_text(status), status))
        assert NUMBER[:12] not in said, size


@given(st.integers(13, 19), st.integers(0, 10**18), st.sampled_from(("", " ", "-", " - ")))
def test_every_number_of_a_card_is_masked_but_for_its_last_four(size: int, chance: int, gap: str) -> None:
    digits = "4" + f"{chance:018d}"[: size - 2]
    check = next(last for last in "0123456789" if _luhn(digits + last))
    number = digits + check
    shown = mask_card_numbers(f"CARD {gap.join(number)} OK")
    assert "".join(letter for letter in shown if letter.isdigit() or letter == "*") == "*" * (size - 4) + number[-4:]


def _luhn(digits: str) -> bool:
    sums = [sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(reversed(digits))]
    return sum(sums) % 10 == 0


def test_an_invalid_card_stays_as_it_is() -> None:
    for text in ("AID A0000000041010", "TERMINAL 00000006 TRACE 10016005", "2026-11-01 21:09:16", ""):
        assert mask_card_numbers(text) == text


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_every_fault_is_said_in_the_cashiers_words(language: str) -> None:
    assert set(WORDS) == set(get_args(TerminalFault)) - {"offline_limit", "cash_back_debit"}, (
        "those are ours, not a terminal's"
    )
    for fault, (what, advice) in WORDS.items():
        keys = (f"device.terminal_{fault}", f"device.terminal_{fault}_do")
        said = [translate(language, key) for key in keys]
        assert said != list(keys), fault
        assert language != "en" or said == [f"{what}.", advice]
