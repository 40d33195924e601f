"""The rules of payments: from which state to which, on whose word; keys; providers; what a slip says."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from drivers.terminal_outcomes import Approved
from drivers.terminals.zvt_messages import CURRENCIES
from edge.core.messages import RecordedEvent, Refused
from edge.foundation.access.rights import anonymous_actor
from edge.money.payments import events, payment
from edge.money.payments.card import SLIP_LINES_MOST, CardApproval, approval_of
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import read_providers
from edge.money.payments.settings import OfflineLimits
from edge.money.payments.slip import slip_lines
from edge.money.payments.states import MOVES, REFUND_MOVES, RefundState, State, is_outdated, may_move
from tests.shop_fixture import SYSTEM, done, open_shop, run

STATES: tuple[State, ...] = get_args(State)
ID = "0123456789abcdef01234567"


def begun() -> payment.Payment:
    fact = RecordedEvent(
        1, 1, b"c" * 16, "1", "cashier", "cashier", "2026-11-01", 5, events.TerminalClosed("", "EUR", ())
    )
    return payment.payment_begun(fact, events.PaymentBegun(ID, "sim", "sim", "test", "pad", 1_200, "EUR"))


def moved(of: payment.Payment, event: events.PaymentMoved, seq: int = 2) -> payment.Payment:
    fact = RecordedEvent(1, seq, b"c" * 16, "1", "cashier", "cashier", "2026-11-01", 6, event)
    return payment.payment_moved(of, fact, event)


def test_every_state_has_its_moves_and_nothing_leads_out_of_the_ends() -> None:
    assert set(MOVES) == set(STATES) and set(REFUND_MOVES) == set(get_args(RefundState))
    for end in ("declined", "voided", "expired", "lost"):
        assert not MOVES[end]  # type: ignore[index]
    assert all(set(to) <= set(STATES) for to in MOVES.values())


def test_only_a_look_up_tells_of_a_capture_that_comes_late() -> None:
    for state in ("created", "declined"):
        assert may_move(state, "captured", "look_up")  # type: ignore[arg-type]
        assert not may_move(state, "captured", "terminal")  # type: ignore[arg-type]
    assert not may_move("voided", "captured", "look_up")


def test_older_news_never_sets_a_payment_back() -> None:
    for known, said in product(("captured", "refunded", "disputed"), ("sent", "unknown", "authorised", "created")):
        assert is_outdated(known, said)  # type: ignore[arg-type]
    for state in STATES:
        assert is_outdated(state, state)
    assert not is_outdated("captured", "declined") and not is_outdated("sent", "captured")


def test_the_same_key_is_used_again_only_where_a_look_up_found_nothing() -> None:
    of = begun()
    assert of.next_key == (f"{ID}p1", 1)
    sent = moved(of, events.PaymentMoved(ID, "sent", "till", key=f"{ID}p1", attempt=1))
    refused = moved(sent, events.PaymentMoved(ID, "created", "terminal", code="busy"))
    assert refused.next_key == (f"{ID}p2", 2)
    lost = moved(sent, events.PaymentMoved(ID, "unknown", "terminal", code="silent"))
    assert lost.is_open and lost.to_look_up
    absent = moved(lost, events.PaymentMoved(ID, "created", "look_up", code="broke_off"))
    assert absent.next_key == (f"{ID}p1", 1) and not absent.is_open


def test_what_is_kept_of_a_card_is_short_and_no_number() -> None:
    said = Approved(
        amount_minor=5,
        currency="EUR",
        reference="r\n" * 99,
        last4="4111111111111111",
        brand="V" * 99,
        slip=("x" * 99,) * 99,
    )
    kept = approval_of(said)
    assert kept.last4 == "1111" and (len(kept.reference), len(kept.brand)) == (64, 40)
    assert len(kept.slip) == SLIP_LINES_MOST and len(kept.slip[0]) == 48


@pytest.mark.parametrize("language", ("en", "fr", "he"))
def test_a_slip_is_the_terminals_or_ours_and_says_that_it_is_a_test(language: str) -> None:
    approval = CardApproval(amount_minor=5, last4="1111", entry="chip", aid="A000", cvm="pin_signature", offline=True)
    taken = moved(begun(), events.PaymentMoved(ID, "stored", "terminal", approval=approval))
    lines = slip_lines(taken, language)
    assert "**** 1111" in lines and any("A000" in line for line in lines)
    live = msgspec.structs.replace(taken, mode="live")
    assert slip_lines(live, language) == lines[1:]
    own = msgspec.structs.replace(live, approval=CardApproval(amount_minor=5, slip=("its own",)))
    assert slip_lines(own, language) == ("its own",)


def test_only_the_shops_slip_is_signed_and_on_one_line() -> None:
    approval = CardApproval(amount_minor=5, cvm="signature", merchant_slip=("shop", "x_______"))
    taken = moved(begun(), events.PaymentMoved(ID, "captured", "terminal", approval=approval))
    assert not any("X __" in line for line in slip_lines(taken, "en"))
    assert slip_lines(taken, "en", for_shop=True)[-1] == "x_______"
    own = msgspec.structs.replace(taken, approval=CardApproval(amount_minor=5, cvm="signature"))
    assert slip_lines(own, "en", for_shop=True)[-1].startswith("X __")
    compared = msgspec.structs.replace(own, signature="matches")
    assert slip_lines(compared, "en")[-1] == "Signature checked"


def test_offline_neither_less_nor_more_is_taken_than_was_asked_but_a_tip() -> None:
    limits, asked_minor = OfflineLimits(5000, 50_000, 5000, 50, 24), begun().amount_minor
    payment = msgspec.structs.replace(begun(), offline_most_minor=5000)
    for minor, tip_minor, takes in ((0, 0, True), (-1, 0, False), (50, 0, False), (50, 50, True)):
        approval = CardApproval(amount_minor=asked_minor + minor, tip_minor=tip_minor, entry="chip", offline=True)
        assert limits.takes(payment, approval, (), 1) is takes
        assert not limits.takes(begun(), approval, (), 1), "it was begun as one that is never taken so"


def test_a_provider_is_set_for_currencies_that_its_wire_can_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            crowns = await shop.do(SetProvider(Provider("z", "zvt", "live", ("EUR", "SEK", "CZK"))), SYSTEM)
            assert crowns == Refused("wrong_currency", {"driver": "zvt", "currency": "SEK, CZK"})
            assert read_providers(shop.reader) == ()
            yen = await shop.do(SetProvider(Provider("c", "stripe_terminal", "live", ("JPY",))), SYSTEM)
            assert isinstance(yen, Refused) and yen.code == "wrong_currency"
            await done(shop, SetProvider(Provider("z", "zvt", "live", tuple(CURRENCIES))), SYSTEM)
            await done(shop, SetProvider(Provider("s", "stripe_checkout", "live", ("SEK",))), SYSTEM)

    run(scenario())


def test_what_pays_out_by_files_alone_is_not_set_up_to_be_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for driver, merchant in (("zvt", "4711"), ("clover", "4711"), ("nexo", "")):
                provider = Provider("p", driver, "live", ("EUR",), merchant, payouts="api")  # type: ignore[arg-type]
                outcome = await shop.do(SetProvider(provider), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == "bad_options"
            await done(shop, SetProvider(Provider("p", "nexo", "live", ("EUR",), "ACorner", payouts="api")), SYSTEM)

    run(scenario())


def test_a_provider_has_a_mode_that_its_driver_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            live = await shop.do(SetProvider(Provider("s", "sim", "live", ("EUR",))), SYSTEM)
            assert isinstance(live, Refused) and live.code == "wrong_mode"
            denied = await shop.do(SetProvider(Provider("s", "sim", "test", ("EUR",))), anonymous_actor("1"))
            assert isinstance(denied, Refused) and denied.code == "right_denied"
            await done(shop, SetProvider(Provider("s", "sim", "test", ("EUR",))), SYSTEM)
            assert [one.id for one in read_providers(shop.reader)] == ["s"]

    run(scenario())
