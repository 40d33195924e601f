"""Batches that are asked of a provider: each taken once, whole, beside what its terminal took."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import LINES_MOST, Batch, BatchLine
from edge.accounting.settlements.commands import TakeBatch, TakeCredits
from edge.accounting.settlements.queries import PayoutsAsked, read_batch_lines, read_batches, read_payout_fetch
from edge.accounting.settlements.service.part import PayoutsPart, apis_of
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.checkout.stripe_checkout import KEY
from sim.payouts.adyen_reports import MERCHANT, USER, SimAdyenReports
from sim.payouts.stripe_payouts import SimStripePayouts
from tests.card_shop import CardShop, card_shop
from tests.flow.accounting.test_settlements import accounts, paid, reference_of, whole
from tests.shop_fixture import SYSTEM, config, done, run

DAY_S = 86_400


class Payouts:
    """A shop with a terminal, whose provider's address for payouts is played."""

    def __init__(self, counter: CardShop, api: Any, provider: str, settings: Config, key: str) -> None:
        self.counter, self.shop, self.api, self.provider = counter, counter.shop, api, provider
        address = f"http://127.0.0.1:{api.port}"
        made = apis_of(settings.business_date, address, {"test": address}, "en")
        self._http = OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0)
        self._key_of: Callable[[str], str] = lambda name: key
        self._apis = made

    async def ask(self, key: str | None = None) -> PayoutsAsked:
        """Ask once; how that ended."""
        key_of = self._key_of if key is None else lambda name: key
        part = PayoutsPart(self.shop, OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0), key_of, self._apis, every_us=0)
        async with part._http:
            await part.look()
        found = read_payout_fetch(self.shop.reader, self.provider)
        assert found is not None
        return found

    @property
    def now_s(self) -> int:
        return self.shop.now_us() // 1_000_000


@asynccontextmanager
async def stripe_shop(folder: Path, rows: int = 100) -> AsyncIterator[Payouts]:
    api = SimStripePayouts(rows)
    await api.start()
    try:
        async with card_shop(folder, "stripe_terminal") as counter:
            provider = Provider("stripe", "stripe_terminal", "test", ("EUR",), payouts="api")
            await done(counter.shop, SetProvider(provider), SYSTEM)
            yield Payouts(counter, api, "stripe", config(folder), KEY)
    finally:
        await api.stop()


@asynccontextmanager
async def adyen_shop(folder: Path) -> AsyncIterator[Payouts]:
    api = SimAdyenReports()
    await api.start()
    try:
        async with card_shop(folder, "nexo") as counter:
            said: dict[str, Any] = {"payouts": "api", "payouts_from": 7, "merchant": MERCHANT}
            await done(counter.shop, SetProvider(Provider("adyen", "nexo", "test", ("EUR",), **said)), SYSTEM)
            yield Payouts(counter, api, "adyen", config(folder), USER)
    finally:
        await api.stop()


def charge(payment: Any, fee: int = 5) -> dict[str, Any]:
    source = {"id": "ch_1", "object": "charge", "payment_intent": reference_of(payment)}
    return {"type": "charge", "amount": payment.taken_minor, "fee": fee, "source": source}


def test_stripes_payouts_are_taken_once_with_all_their_lines(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path, rows=2) as made:
            payments = await paid(made.counter, 3)
            fee = {"type": "stripe_fee", "amount": -25, "fee": 0, "source": None}
            id = made.api.pay_out(made.now_s + DAY_S, [*(charge(one) for one in payments), fee])
            assert (await made.ask()).fault == ""
            (batch,) = read_batches(made.shop.reader)
            assert (batch.batch, batch.state, batch.fees_minor) == (id, "balanced", 3 * 5 + 25)
            assert batch.net_minor == 3 * payments[0].taken_minor - 40
            assert {one.state for one in made.counter.payments} == {"settled"}
            await made.ask()
            await made.ask()
            assert len(read_batches(made.shop.reader)) == 1
            assert "assets:cards" not in accounts(made.shop)
            whole(made.shop)

    run(scenario())


def test_a_weeks_payout_of_thousands_of_lines_is_taken_in_parts_and_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path) as made:
            first, second, third = await paid(made.counter, 3)
            nothing = {"type": "stripe_fee", "amount": 0, "fee": 0, "source": None}
            long = made.api.pay_out(made.now_s + DAY_S, [charge(first), *[nothing] * LINES_MOST, charge(second)])
            short = made.api.pay_out(made.now_s + 2 * DAY_S, [charge(third)])
            for _ in range(2):
                asked = await made.ask()
                assert (asked.fault, asked.cursor.split()[-1]) == ("", short)
                batches = {one.batch: one.state for one in read_batches(made.shop.reader)}
                assert batches == {f"{long}--1": "balanced", f"{long}--2": "balanced", short: "balanced"}
            assert {one.state for one in made.counter.payments} == {"settled"}
            net_minor = first.taken_minor + second.taken_minor - 10
            credit = BankCredit(day=read_batches(made.shop.reader)[-1].paid_on, currency="EUR", amount_minor=net_minor)
            assert (await done(made.shop, TakeCredits((credit,)), SYSTEM)).result.found == 1
            received = {one.batch for one in read_batches(made.shop.reader) if one.received_on}
            assert received == {f"{long}--1", f"{long}--2"}, "the bank knows one payout"
            assert accounts(made.shop)["assets:bank"] == net_minor
            whole(made.shop)

    run(scenario())


def test_what_stripe_does_not_know_all_of_yet_is_asked_for_next_time(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path) as made:
            first, second = await paid(made.counter, 2)
            early = made.api.pay_out(made.now_s + DAY_S, [charge(first)], complete=False)
            source = {"id": "dp_1", "object": "dispute", "payment_intent": reference_of(second)}
            taken = {"type": "adjustment", "amount": -second.taken_minor, "fee": 1500, "source": source}
            strange = {"type": "contribution", "amount": -7, "fee": 0, "source": None}
            late = made.api.pay_out(made.now_s + 2 * DAY_S, [charge(second), taken, strange])
            assert (await made.ask()).cursor == "" and read_batches(made.shop.reader) == ()
            made.api.complete(early)
            assert (await made.ask()).fault == ""
            assert {one.batch: one.state for one in read_batches(made.shop.reader)} == {
                early: "balanced",
                late: "differs",
            }
            lines = {line.kind: line.verdict for line in read_batch_lines(made.shop.reader, "stripe", late)}
            assert lines == {"payment": "matched", "chargeback": "matched", "refund": "missing_here"}
            assert [one.state for one in made.counter.payments if one.id == second.id] == ["disputed"]
            whole(made.shop)

    run(scenario())


@pytest.mark.parametrize(
    ("fault", "told"),
    [("down", "offline"), ("wrong_key", "key"), ("garbage", "bad_answer"), ("wrong_sum", "batch_unknown")],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_taken_in_part(fault: Any, told: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path) as made:
            payments = await paid(made.counter, 2)
            made.api.pay_out(made.now_s + DAY_S, [charge(one) for one in payments])
            made.api.fault = fault
            assert (await made.ask()).fault == told
            assert read_batches(made.shop.reader) == ()
            made.api.fault = ""
            assert (await made.ask()).fault == ""
            assert [one.state for one in read_batches(made.shop.reader)] == ["balanced"]

    run(scenario())


def test_what_was_brought_as_a_file_lets_the_next_payouts_through(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path) as made:
            payments = await paid(made.counter, 4)
            id = made.api.pay_out(made.now_s + DAY_S, [charge(one) for one in payments[:2]])
            made.api.fault = "wrong_sum"
            stopped = await made.ask()
            assert (stopped.fault, stopped.batch) == ("batch_unknown", id)
            lines = tuple(
                BatchLine(
                    kind="payment",
                    day=one.business_date,
                    amount_minor=one.taken_minor,
                    fee_minor=5,
                    reference=reference_of(one),
                )
                for one in payments[:2]
            )
            minor = sum(one.amount_minor for one in lines)
            sums = {"gross_minor": minor, "fees_minor": 10, "net_minor": minor - 10}
            batch = Batch(id=id, currency="EUR", paid_on=payments[0].business_date, lines=lines, **sums)
            await done(made.shop, TakeBatch("stripe", batch), SYSTEM)
            later = made.api.pay_out(made.now_s + 2 * DAY_S, [charge(one) for one in payments[2:]])
            assert (await made.ask()).batch == later, "the next one is looked at, and differs itself"
            made.api.fault = ""
            assert (await made.ask()).fault == ""
            assert {one.state for one in made.counter.payments} == {"settled"}

    run(scenario())


def test_two_providers_of_one_account_share_its_payouts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stripe_shop(tmp_path) as made:
            await done(
                made.shop, SetProvider(Provider("pages", "stripe_checkout", "test", ("EUR",), payouts="api")), SYSTEM
            )
            payments = await paid(made.counter, 1)
            made.api.pay_out(made.now_s + DAY_S, [charge(one) for one in payments])
            part = PayoutsPart(
                made.shop,
                OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0),
                lambda name: KEY,
                made._apis,
                every_us=0,
            )
            async with part._http:
                await part.look()
            (batch,) = read_batches(made.shop.reader)
            assert (batch.provider, batch.state) == ("pages", "balanced"), "the first by name, with what the other took"
            assert read_payout_fetch(made.shop.reader, "stripe") is None

    run(scenario())


def test_adyens_reports_are_taken_by_their_numbers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with adyen_shop(tmp_path) as made:
            payments = await paid(made.counter, 2)
            day = payments[0].business_date
            rows = [("Settled", reference_of(one).rpartition(".")[2], "1.20", "1.15", day) for one in payments]
            made.api.report(7, [*rows, ("Fee", "Transaction Fees", "", "-0.10", day)], "2.20")
            assert (await made.ask()).fault == ""
            (batch,) = read_batches(made.shop.reader)
            assert (batch.batch, batch.state, batch.gross_minor, batch.fees_minor) == ("7", "balanced", 240, 20)
            assert {one.state for one in made.counter.payments} == {"settled"}
            assert made.api.asked[-1].endswith("settlement_detail_report_batch_8.csv"), (
                "the next one, which is not there"
            )
            next_day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
            made.api.report(8, [("Chargeback", rows[0][1], "-1.20", "-8.70", next_day)], "")
            assert (await made.ask()).cursor == "8"
            assert {one.batch for one in read_batches(made.shop.reader)} == {"7", "8"}
            assert sorted(one.state for one in made.counter.payments) == ["disputed", "settled"]
            assert "assets:cards" not in accounts(made.shop)
            whole(made.shop)

    run(scenario())


def test_of_a_report_that_does_not_come_to_what_was_paid_nothing_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with adyen_shop(tmp_path) as made:
            (payment,) = await paid(made.counter, 1)
            rows = [("Settled", reference_of(payment).rpartition(".")[2], "1.20", "1.15", payment.business_date)]
            made.api.report(7, rows, "1.14")
            stopped = await made.ask()
            assert (stopped.fault, stopped.batch) == ("batch_unknown", "7")
            assert read_batches(made.shop.reader) == ()
            assert (await made.ask("wrong:key")).fault == "key"
            made.api.down = True
            assert (await made.ask()).fault == "offline"
            made.api.down = False
            made.api.report(7, rows, "1.15")
            assert (await made.ask()).cursor == "7"

    run(scenario())
