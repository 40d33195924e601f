"""What holds of every payment by card at a counter, whatever its terminal says: the rules that no other test has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.terminal_outcomes import BrandTotal, NotStarted, OutcomeUnknown, is_silence
from drivers.terminals import clover_messages, stripe_messages
from edge.core.journal.rows import facts
from edge.core.messages import Command, Refused
from edge.core.surfaces import MACHINE
from edge.counter.till.commands import AddLine, DiscountBasket, Pay, PrintReport
from edge.counter.till.paying.card_payments import BeginPayment
from edge.money import payments
from edge.money.payments.card import CardApproval
from edge.money.payments.commands import (
    EndProvider,
    HearNews,
    MovePayment,
    NoteTerminalClose,
    RequestCardRefund,
    SetProvider,
)
from edge.money.payments.providers.gauges import GAUGES
from edge.money.payments.providers.provider import Provider
from edge.money.payments.settings import OfflineLimits, PaymentSettings
from edge.money.payments.states import REFUNDABLE
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import paper
from tests.flow.money.test_card_payments import _running, lost, told, whole
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, done, run
from tests.unit.money.test_payments import begun

OTHER_TILL = msgspec.structs.replace(CASHIER, register="2")


async def why_not(counter: CardShop, command: Command, actor: Any = CASHIER) -> str:
    outcome = await counter.shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def journal(counter: CardShop) -> int:
    return sum(1 for _ in facts(counter.shop.reader, counter.shop.registry, 1))


def test_while_a_card_pays_its_basket_stays_and_other_registers_sell(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            await counter.begin()
            await when(_running(counter), bool, "the terminal has it")
            for command in (AddLine(MILK), DiscountBasket(share=10_000), Pay("cash", 20), Pay("card", 20)):
                assert await why_not(counter, command, MANAGER) == "payment_open", command
            await done(counter.shop, AddLine(MILK), OTHER_TILL)
            await done(counter.shop, Pay("cash"), OTHER_TILL)
            assert len(counter.sales()) == 1
            counter.device.finish()
            await counter.ends("captured")
            assert len(counter.sales()) == 2
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("minor", [0, -1, 10**13])
def test_a_sum_of_nothing_or_less_is_no_command(minor: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"amount_minor": minor}, BeginPayment)


def test_no_card_is_asked_for_more_than_is_due(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await done(counter.shop, AddLine(MILK))
            assert await why_not(counter, BeginPayment(121)) == "card_too_much"
            assert not counter.payments and not counter.device.payments

    run(scenario())


def test_another_sum_voids_what_waits_and_the_same_takes_it_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.device.stop()
            first = await counter.begin()
            await counter.until(lambda one: one.code == "offline", "it is off", first)
            same = (await done(counter.shop, BeginPayment())).result.payment
            assert same == first, "of the same sum it is the same payment"
            await counter.until(lambda one: one.code == "offline", "it is off again", first)
            other = (await done(counter.shop, BeginPayment(100))).result.payment
            assert other != first
            assert (await counter.ends("voided", first)).taken_minor == 0
            whole(counter)

    run(scenario())


def test_a_provider_that_changes_leaves_payments_that_are_open_as_they_were(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            await done(counter.shop, SetProvider(Provider("own", "sim", "test", ("EUR",))), SYSTEM)
            id = await counter.begin()
            await when(_running(counter), bool, "the terminal has it")
            await done(counter.shop, EndProvider("own"), SYSTEM)
            await done(counter.shop, SetProvider(Provider("next", "sim", "test", ("EUR",))), SYSTEM)
            counter.device.finish()
            paid = await counter.ends("captured", id)
            assert (paid.provider, paid.taken_minor) == ("own", 120)

    run(scenario())


def test_where_nobody_takes_the_currency_cash_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await done(counter.shop, SetProvider(Provider("own", "sim", "test", ("USD",))), SYSTEM)
            await done(counter.shop, AddLine(MILK))
            assert await why_not(counter, BeginPayment()) == "no_provider"
            await done(counter.shop, Pay("cash"))
            assert len(counter.sales()) == 1 and not counter.payments

    run(scenario())


def test_the_same_answer_again_changes_nothing_and_another_sum_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            before = journal(counter)
            again = MovePayment(paid.id, "captured", "terminal", approval=paid.approval)
            await done(counter.shop, again, SYSTEM)
            assert journal(counter) == before and told(counter, "payment_contradicted") == []
            assert paid.approval is not None
            other = msgspec.structs.replace(paid.approval, amount_minor=119)
            await done(counter.shop, MovePayment(paid.id, "captured", "terminal", approval=other), SYSTEM)
            (now,) = counter.payments
            assert (now.taken_minor, now.state) == (120, "captured"), "Nothing is corrected automatically"
            assert told(counter, "payment_contradicted") == [paid.id]
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("driver", ["sim", "zvt"])
def test_a_terminal_that_contradicts_itself_is_told_and_its_look_up_decides(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, "contradicts") as counter:
            await counter.begin()
            paid = await counter.ends("captured")

            async def alerts() -> list[str]:
                return told(counter, "payment_contradicted")

            assert await when(alerts, bool, "a person is told") == [paid.id]
            (now,) = counter.payments
            assert (now.state, now.taken_minor, counter.device.moved_minor) == ("captured", 120, 120)
            whole(counter)

    run(scenario())


def test_what_brought_no_money_or_is_not_known_to_gives_none_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after") as counter:
            unknown = await lost(counter)
            assert await why_not(counter, RequestCardRefund(unknown, 10), SYSTEM) == "payment_state"
            for state in ("declined", "voided"):
                await done(counter.shop, MovePayment(unknown, state, "look_up"), SYSTEM)
                assert await why_not(counter, RequestCardRefund(unknown, 10), SYSTEM) == "payment_state"
                assert await why_not(counter, RequestCardRefund("0" * 24, 10), SYSTEM) == "no_such_payment"
            assert frozenset({"captured", "settled", "partly_refunded"}) == REFUNDABLE

    run(scenario())


@pytest.mark.parametrize(
    ("approval", "takes"),
    [
        (CardApproval(amount_minor=1_200, brand="VISA", entry="chip"), True),
        (CardApproval(amount_minor=1_200, brand="VISA", entry="stripe"), False),
        (CardApproval(amount_minor=1_200, brand="girocard", entry="chip"), False),
        (CardApproval(amount_minor=1_200, brand="Interac", entry="contactless"), False),
        (CardApproval(amount_minor=1_200, aid="A0000002771010", entry="chip"), False),
    ],
)
def test_no_debit_network_and_no_stripe_pays_offline(approval: CardApproval, takes: bool) -> None:
    limits = OfflineLimits(5000, 50_000, 5000, 50, 24)
    payment = msgspec.structs.replace(begun(), offline_most_minor=5000)
    assert limits.takes(payment, approval, (), 1) is takes


def test_a_terminal_that_counted_otherwise_is_told_and_one_that_was_not_closed_is_on_the_z(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, PrintReport("x"), MANAGER)
            assert any("Terminal not closed" in line for line in paper(counter.shop, "report"))
            await done(counter.shop, NoteTerminalClose("1", (BrandTotal("VISA", 2, 240),)), SYSTEM)
            assert told(counter, "terminal_differs") == ["pad"]
            assert [one.state for one in counter.payments] == ["captured"], "Nothing is corrected automatically"
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert any("totals differ" in line for line in paper(counter.shop, "report"))

    run(scenario())


def test_of_a_terminal_that_closes_its_day_by_itself_the_z_says_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = '[payments]\nclose_terminal = "by_itself"\n'
        async with card_shop(tmp_path, config=text) as counter:
            await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert not any("Terminal not closed" in line for line in paper(counter.shop, "report"))

    run(scenario())


@pytest.mark.parametrize(
    ("status", "end"),
    [
        *((status, OutcomeUnknown) for status in (408, 500, 502, 504)),
        *((status, NotStarted) for status in (400, 401, 404, 409, 429)),
    ],
)
def test_a_status_says_whether_anything_began(status: int, end: type) -> None:
    assert isinstance(clover_messages.meaning_of_status(status, b"{}"), end)
    if status != 409:  # a conflict at Stripe may be of our own request
        found = stripe_messages.meaning_of_status(status, b"{}")
        assert isinstance(found, end) and found is not None
        silent = status in (408, 429) or status >= 500
        assert is_silence(found) is silent, "these count towards the breaker"


def test_no_command_of_people_moves_a_payment() -> None:
    """What says where a payment is, only code of ours asks: no page, no program, no one at a till."""
    inside = {"MovePayment", "MoveCardRefund", "NoteSettled", "TellOutcome", "UsePayment", "OpenStoredCharge"}
    specs = {spec.command.__name__: spec for spec in payments.capability(PaymentSettings("EUR", {})).commands}
    assert inside <= set(specs)
    for name in inside:
        assert specs[name].surfaces is MACHINE, name
    assert not {name for name in specs if "Correct" in name or "Edit" in name or "MarkPaid" in name}


def test_prometheus_counts_payments_by_where_they_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            await done(shop, SetProvider(Provider("own", "sim", "test", ("EUR",))), SYSTEM)
            counter.device.fault = "late"
            await counter.begin()
            await counter.until(lambda one: counter.device.running is not None, "the terminal has it")
            counter.clock.advance(3)
            counter.device.press("")
            first = await counter.ends("captured")
            await done(shop, HearNews(first.id), SYSTEM)
            await done(shop, EndProvider("own"), SYSTEM)
            counter.device.fault = "decline"
            await counter.begin()
            await counter.ends("declined")
            read = {gauge.name: gauge.read(shop.reader, ("1",)) for gauge in GAUGES}
            assert read["edge_card_payments"] == {("other", "captured"): 1.0, ("sim", "declined"): 1.0}
            assert read["edge_card_seconds"] == {("other", "0.50"): 3.0, ("other", "0.95"): 3.0}
            assert read["edge_card_news"] == {"other": 1.0}
            assert read["edge_card_payments_open"] == read["edge_card_payments_unknown"] == {}
            assert read["edge_card_providers_resting"] == {}

    run(scenario())
