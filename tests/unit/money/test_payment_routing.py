"""Who takes which payment, who is left alone for a while, and what of the money is whose."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from drivers.terminal_outcomes import Declined, NotStarted, OutcomeUnknown, TerminalOutcome, is_silence
from edge.core.messages import Refused
from edge.money.payments.commands import NoteCall, SetPaymentRoute, SetProvider
from edge.money.payments.providers.breaker import FIRST_US, LONGEST_US, ProviderBreaker
from edge.money.payments.providers.fees import returned_minor, split_of
from edge.money.payments.providers.provider import Provider
from edge.money.payments.providers.routing import PaymentRoute, PaymentWanted, choose_provider, fits
from edge.money.payments.queries import resting
from tests.http_client import when
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

WANTED = PaymentWanted("stripe_checkout", "card_online", "EUR", 500, "s1")
FIRST, SECOND, THIRD = (
    Provider(id, "stripe_checkout", "test", ("EUR",), priority=at) for at, id in enumerate(("a", "b", "c"))
)
ALL = (THIRD, SECOND, FIRST)
S = 1_000_000


def test_without_a_rule_the_priority_holds_and_who_rests_is_passed_over() -> None:
    assert choose_provider((), (), WANTED) == Provider("stripe_checkout", "stripe_checkout", "live", ("EUR",))
    assert choose_provider(ALL, (), WANTED) is FIRST
    assert choose_provider(ALL, (), WANTED, {"a"}) is SECOND
    assert choose_provider(ALL, (), WANTED, {"a", "b", "c"}) is None
    assert choose_provider((msgspec.structs.replace(FIRST, active=False), SECOND), (), WANTED) is SECOND
    assert choose_provider((FIRST,), (), msgspec.structs.replace(WANTED, currency="USD")) is None


def test_the_first_rule_that_fits_names_them_in_its_order() -> None:
    rules = (PaymentRoute("z", ("c",)), PaymentRoute("large", ("b", "a"), rank=1, from_minor=500, to_minor=900))
    assert choose_provider(ALL, rules, WANTED) is THIRD, "the lowest rank"
    rules = (msgspec.structs.replace(rules[0], rank=2), rules[1])
    assert choose_provider(ALL, rules, WANTED) is SECOND
    assert choose_provider(ALL, rules, WANTED, {"b"}) is FIRST
    assert choose_provider(ALL, rules, WANTED, {"a", "b"}) is None, "a rule that fits is the whole answer"


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ({}, True),
        ({"from_minor": 500}, True),
        ({"from_minor": 501}, False),
        ({"to_minor": 500}, True),
        ({"to_minor": 499}, False),
        ({"store": "s1", "currency": "EUR", "method": "card_online"}, True),
        ({"store": "s2"}, False),
        ({"currency": "USD"}, False),
        ({"method": "card_present"}, False),
    ],
)
def test_both_ends_of_a_rule_are_within(said: dict[str, object], good: bool) -> None:
    assert fits(PaymentRoute("r", ("a",), **said), WANTED) is good  # type: ignore[arg-type]


def test_five_in_a_row_open_it_and_a_trial_that_fails_doubles_the_pause() -> None:
    one = ProviderBreaker()
    for at in range(5):
        assert one.left_us(at * S) == 0
        one = one.record_failure(at * S)
    assert one.left_us(4 * S) == FIRST_US and one.left_us(4 * S + FIRST_US) == 0
    now_us, wait_us = 4 * S + FIRST_US, FIRST_US
    for _ in range(5):
        tried = one.record_call(now_us)
        assert tried.left_us(now_us) == wait_us, "one trial alone"
        wait_us = min(LONGEST_US, wait_us * 2)
        one = tried.record_failure(now_us)
        assert one.left_us(now_us) == wait_us
        now_us += wait_us
    assert wait_us == LONGEST_US
    assert one.record_call(now_us).record_success(now_us) == ProviderBreaker(), "closed, and forgotten"


def test_five_in_a_row_open_it_however_slowly_they_come() -> None:
    """A till asks a terminal that is off once with each customer, minutes apart."""
    one = ProviderBreaker()
    for at in range(4):
        one = one.record_failure(at * 200 * S)
    assert not one.left_us(600 * S)
    answered = one.record_success(700 * S)
    assert not answered.record_failure(900 * S).left_us(900 * S), "an answer between them"
    assert one.record_failure(800 * S).left_us(800 * S) == FIRST_US


def test_a_clock_set_back_leaves_nobody_alone_for_longer() -> None:
    one = ProviderBreaker()
    for _ in range(5):
        one = one.record_failure(10**15)
    assert one.left_us(0) == FIRST_US


def test_half_of_the_last_twenty_within_a_minute_open_it_and_slow_ones_do_not() -> None:
    quick = slow = ProviderBreaker()
    for at in range(19):
        quick = (quick.record_failure if at % 2 == 0 else quick.record_success)(at * S)
        slow = (slow.record_failure if at % 2 == 0 else slow.record_success)(at * 7 * S)
    assert quick.until_us and not slow.until_us
    assert ProviderBreaker().record_success(1).is_new and not slow.is_new


@pytest.mark.parametrize(
    ("outcome", "silent"),
    [
        (Declined("insufficient"), False),
        (NotStarted("busy"), False),
        (NotStarted("terminal_fault"), False),
        (NotStarted("offline"), True),
        (OutcomeUnknown("silent"), True),
        (OutcomeUnknown("terminal_fault"), True),
        (OutcomeUnknown("bad_answer"), False),
    ],
)
def test_only_who_does_not_answer_counts(outcome: TerminalOutcome, silent: bool) -> None:
    assert is_silence(outcome) is silent


def test_a_pause_is_kept_beside_the_journal_and_ends_with_an_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            head = shop.head.seq
            for _ in range(5):
                await done(shop, NoteCall("a", "pad", False), SYSTEM)

            async def places() -> list[tuple[str, str]]:
                return [(one.provider, one.place) for one in resting(shop.reader, shop.now_us())]

            async def kept() -> int:
                return int(shop.reader.execute("SELECT count(*) FROM payment_breaker").fetchone()[0])

            await when(places, lambda found: found == [("a", "pad")], "it is left alone")
            clock.advance(31)
            assert await places() == []
            await done(shop, NoteCall("a", "pad", True), SYSTEM)
            await when(kept, lambda count: count == 0, "it is forgotten")
            assert shop.head.seq == head

    run(scenario())


def test_the_three_parts_come_to_the_amount_and_the_last_refund_takes_the_rounding() -> None:
    provider = msgspec.structs.replace(FIRST, fee_rate=1_400, fee_fixed_minor=25, platform_rate=990)
    split = split_of(provider, 1_999)
    assert split is not None and (split.provider_minor, split.platform_minor, split.store_minor) == (53, 20, 1_926)
    assert split_of(FIRST, 1_999) is None, "nobody said what anybody takes"
    small = split_of(msgspec.structs.replace(provider, platform_fixed_minor=10), 5)
    assert small is not None and (small.platform_minor, small.store_minor) == (5, -25)
    assert [returned_minor(20, 1_999, refunded) for refunded in (333, 666, 999, 1_999)] == [3, 7, 10, 20]


def test_a_rule_names_providers_that_there_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            nobody = await shop.do(SetPaymentRoute(PaymentRoute("r", ("a",))), SYSTEM)
            assert nobody == Refused("no_such_provider", {"provider": "a"})
            await done(shop, SetProvider(FIRST), SYSTEM)
            upside = await shop.do(SetPaymentRoute(PaymentRoute("r", ("a",), from_minor=9, to_minor=8)), SYSTEM)
            assert upside == Refused("bad_route", {"route": "r"})
            await done(shop, SetPaymentRoute(PaymentRoute("r", ("a",))), SYSTEM)

    run(scenario())
