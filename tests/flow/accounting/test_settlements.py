"""What providers pay out beside what cards paid: every cent is named, nothing counts twice, and the books agree."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from edge.accounting import books
from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import Batch, BatchLine, LineKind
from edge.accounting.settlements.commands import (
    AnswerDispute,
    AssignPayout,
    CloseBatch,
    EndDispute,
    HearDispute,
    JudgeAgain,
    LoseStored,
    OpenDispute,
    TakeBatch,
    TakeCredits,
)
from edge.accounting.settlements.evidence import read_evidence
from edge.accounting.settlements.gauges import GAUGES
from edge.accounting.settlements.handlers import TakenCredits
from edge.accounting.settlements.queries import (
    asked_credits,
    days_before,
    find_batch,
    read_batch_lines,
    read_batches,
    read_disputes,
    read_unsettled,
)
from edge.accounting.settlements.service.part import PayoutsPart, apis_of
from edge.accounting.settlements.watches import WATCHES
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Command, Refused
from edge.counter.till.commands import VoidLastSale
from edge.money.payments.commands import AgreeOffline, SetProvider
from edge.money.payments.day_sums import card_sums_since, stored_since
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import ListedPayment
from edge.money.payments.watches import WATCHES as PAYMENT_WATCHES
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.card_shop import CardShop, card_shop
from tests.shop_fixture import MANAGER, SYSTEM, done, run

PRICE_MINOR, FEE_MINOR = 120, 3


def reference_of(payment: ListedPayment) -> str:
    assert payment.approval is not None
    return payment.approval.reference


def batch_of(*payments: ListedPayment, id: str = "77", more: tuple[BatchLine, ...] = ()) -> Batch:
    """What a provider says of these payments, and of other lines."""
    day = payments[0].business_date if payments else more[0].day
    lines = tuple(
        BatchLine(
            kind="payment",
            day=one.business_date,
            amount_minor=one.taken_minor,
            fee_minor=FEE_MINOR,
            reference=reference_of(one),
        )
        for one in payments
    )
    lines += more
    gross, fees = sum(one.amount_minor for one in lines), sum(one.fee_minor for one in lines)
    sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": gross - fees}
    return Batch(id=id, currency="EUR", paid_on=days_before(day, -1), lines=lines, **sums)


def other(kind: LineKind, payment: ListedPayment, minor: int, reference: str | None = None) -> BatchLine:
    known = reference_of(payment) if reference is None else reference
    return BatchLine(kind=kind, day=payment.business_date, amount_minor=minor, reference=known)


async def paid(counter: CardShop, times: int = 1) -> list[ListedPayment]:
    """So many sales that a card paid."""
    made = []
    for _ in range(times):
        id = await counter.begin()
        made.append(await counter.ends("captured", id))
    return made


async def refused(shop: CommandBus, command: Command) -> str:
    outcome = await shop.do(command, SYSTEM)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def accounts(shop: CommandBus) -> dict[str, int]:
    """What stands on each account of the books."""
    sums: dict[str, int] = defaultdict(int)
    for entry in books.entries(facts(shop.reader, shop.registry, 1)):
        for posting in entry.postings:
            sums[":".join(posting.account)] += posting.minor
    return {name: minor for name, minor in sums.items() if minor}


def alerts(shop: CommandBus, day: str) -> set[str]:
    return {watch.kind for watch in WATCHES if tuple(watch.read(shop.reader, 0, day))}


def whole(shop: CommandBus) -> None:
    assert verify(shop.reader, shop.registry).faults == ()


def test_a_settled_day_leaves_nothing_in_the_books_but_fees_and_money_at_the_bank(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            payments = await paid(counter, 3)
            batch = batch_of(*payments)
            taken = (await done(shop, TakeBatch("sim", batch), SYSTEM)).result
            assert (taken.state, taken.differing, taken.gross_minor) == ("balanced", 0, 3 * PRICE_MINOR)
            assert {one.state for one in counter.payments} == {"settled"}
            assert {one.settled_on for one in counter.payments} == {batch.paid_on}
            credit = BankCredit(day=batch.paid_on, currency="EUR", amount_minor=batch.net_minor, reference="R1")
            strange = BankCredit(day=batch.paid_on, currency="EUR", amount_minor=5, reference="R2")
            told = (await done(shop, TakeCredits((credit, strange)), SYSTEM)).result
            assert told == TakenCredits(found=1, asked=0, unknown=1, known=0)
            told = (await done(shop, TakeCredits((credit,)), SYSTEM)).result
            assert told == TakenCredits(found=0, asked=0, unknown=0, known=1)
            books_now = accounts(shop)
            assert books_now["assets:bank"] == 3 * (PRICE_MINOR - FEE_MINOR)
            assert books_now["expenses:card fees"] == 3 * FEE_MINOR
            assert not {"assets:cards", "assets:card payouts due"} & set(books_now)
            assert alerts(shop, days_before(batch.paid_on, -30)) == set()
            whole(shop)

    run(scenario())


def test_fees_above_the_contract_are_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            provider = Provider("ours", "sim", "test", ("EUR",), fee_rate=1_250, fee_fixed_minor=1)
            await done(shop, SetProvider(provider), SYSTEM)
            first, second = await paid(counter, 2)
            taken = (await done(shop, TakeBatch("ours", batch_of(first)), SYSTEM)).result
            assert (taken.agreed_fees_minor, taken.fees_over_minor) == (3, 0), "1.25 % of 1.20, and a cent: 2.5"
            assert alerts(shop, first.business_date) == set()
            more = BatchLine(kind="fee", day=first.business_date, fee_minor=40)
            taken = (await done(shop, TakeBatch("ours", batch_of(second, id="78", more=(more,))), SYSTEM)).result
            assert (taken.state, taken.fees_over_minor) == ("balanced", 40)
            assert alerts(shop, first.business_date) == {"fees_over"}
            whole(shop)

    run(scenario())


@pytest.mark.needs("bean-check")
def test_beancount_takes_what_was_paid_out(tmp_path: Path) -> None:
    async def scenario() -> list[str]:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, second = await paid(counter, 2)
            more = (other("payment", second, 999, "strange"), other("chargeback", second, -PRICE_MINOR))
            batch = batch_of(first, second, more=more)
            await done(shop, TakeBatch("sim", batch), SYSTEM)
            await done(shop, CloseBatch("sim", "77", "accepted"), SYSTEM)
            credit = BankCredit(day=batch.paid_on, currency="EUR", amount_minor=batch.net_minor)
            await done(shop, TakeCredits((credit,)), SYSTEM)
            await done(shop, EndDispute(read_disputes(shop.reader)[0].id, "accepted"), SYSTEM)
            return list(books.FORMATS["beancount"](books.entries(facts(shop.reader, shop.registry, 1))))

    path = tmp_path / "books.beancount"
    path.write_text("\n".join(run(scenario())) + "\n")
    program = Path(sys.executable).with_name("bean-check")
    checked = subprocess.run([program, path], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    text = path.read_text()
    assert all(name in text for name in ("Assets:Bank", "Expenses:Card-fees", "Expenses:Chargebacks"))


def test_a_batch_counts_once_and_is_never_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            payments = await paid(counter)
            batch = batch_of(*payments)
            await done(shop, TakeBatch("sim", batch), SYSTEM)
            assert await refused(shop, TakeBatch("sim", batch)) == "batch_seen"
            more = batch_of(*payments, more=(other("payment", payments[0], 5, "x"),))
            assert await refused(shop, TakeBatch("sim", more)) == "batch_changed"
            assert await refused(shop, TakeBatch("nobody", batch)) == "no_such_provider"
            foreign = msgspec.structs.replace(batch, id="80", currency="USD")
            assert await refused(shop, TakeBatch("sim", foreign)) == "batch_currency"
            numbered = batch_of(id="79", more=(other("payment", payments[0], 5, "4111111111111111"),))
            assert await refused(shop, TakeBatch("sim", numbered)) == "card_number"
            again = (await done(shop, TakeBatch("sim", batch_of(*payments, id="78")), SYSTEM)).result
            assert (again.state, again.difference_minor) == ("differs", PRICE_MINOR)
            assert len(read_batches(shop.reader)) == 2
            whole(shop)

    run(scenario())


def test_what_differs_is_named_until_somebody_lets_it_be_and_goes_to_the_books(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, second, left = await paid(counter, 3)
            less = other("payment", second, PRICE_MINOR - 20)
            strange = other("payment", second, 999, "nobody-knows")
            taken = (await done(shop, TakeBatch("sim", batch_of(first, more=(less, strange))), SYSTEM)).result
            assert (taken.state, taken.differing, taken.difference_minor) == ("differs", 2, 999 - 20)
            named = [(one.verdict, one.payment) for one in read_batch_lines(shop.reader, "sim", "77")]
            assert named == [("amount_differs", second.id), ("missing_here", ""), ("matched", first.id)]
            day = first.business_date
            assert [one.id for one in read_unsettled(shop.reader, days_before(day, -3))] == [left.id]
            assert read_unsettled(shop.reader, days_before(day, -2)) == ()
            assert alerts(shop, days_before(day, -3)) == {"batch_differs", "payment_unsettled"}
            assert GAUGES[0].read(shop.reader, ("1",)) == {"sim": 1}
            assert accounts(shop)["assets:cards"] == 3 * PRICE_MINOR - (PRICE_MINOR + PRICE_MINOR - 20 + 999)
            await done(shop, CloseBatch("sim", "77", "written_off"), SYSTEM)
            assert accounts(shop)["assets:cards"] == PRICE_MINOR, "of the payment that no batch has"
            assert accounts(shop)["expenses:card losses"] == 20 - 999
            assert await refused(shop, CloseBatch("sim", "77", "accepted")) == "batch_state"
            assert alerts(shop, days_before(day, -3)) == {"payment_unsettled"}
            whole(shop)

    run(scenario())


def test_a_batch_differs_once_the_next_one_lacks_its_payment_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, left, third = await paid(counter, 3)
            taken = (await done(shop, TakeBatch("sim", batch_of(first)), SYSTEM)).result
            assert (taken.state, taken.missing) == ("balanced", 0), "the last ones of a day may be in the next"
            assert await refused(shop, CloseBatch("sim", "77", "accepted")) == "batch_state"
            await done(shop, TakeBatch("sim", batch_of(third, id="78")), SYSTEM)
            newest, older = read_batches(shop.reader)
            assert (newest.state, older.state, older.missing) == ("balanced", "differs", 1)
            await done(shop, CloseBatch("sim", "77", "accepted"), SYSTEM)
            assert read_batches(shop.reader)[1].state == "closed"
            assert accounts(shop)["assets:cards"] == PRICE_MINOR, "what no batch has is still owed"
            assert [one.id for one in read_unsettled(shop.reader, days_before(left.business_date, -3))] == [left.id]
            whole(shop)

    run(scenario())


def test_what_becomes_known_later_is_found_when_someone_looks_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (first,) = await paid(counter)
            later = BatchLine(kind="payment", day=first.business_date, amount_minor=PRICE_MINOR, reference="0002")
            await done(shop, TakeBatch("sim", batch_of(first, more=(later,))), SYSTEM)
            again = (await done(shop, JudgeAgain("sim", "77"), SYSTEM)).result
            assert (again.state, again.differing) == ("differs", 1)
            (second,) = await paid(counter)
            assert reference_of(second) == "0002"
            again = (await done(shop, JudgeAgain("sim", "77"), SYSTEM)).result
            assert (again.state, again.difference_minor) == ("balanced", 0)
            assert {one.state for one in counter.payments} == {"settled"}
            assert "assets:cards" not in accounts(shop)
            assert sum(minor for _, minor in card_sums_since(shop.reader, "1", 0).values()) == again.gross_minor, (
                "as X says"
            )
            assert await refused(shop, JudgeAgain("sim", "77")) == "batch_state"
            whole(shop)

    run(scenario())


def test_a_provider_that_writes_a_later_day_is_believed_by_its_reference(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            (payment,) = await paid(counter)
            later = days_before(payment.business_date, -4)
            line = msgspec.structs.replace(other("payment", payment, PRICE_MINOR), day=later)
            await done(counter.shop, TakeBatch("sim", batch_of(more=(line,))), SYSTEM)
            assert [one.state for one in read_batches(counter.shop.reader)] == ["balanced"]
            assert [one.state for one in counter.payments] == ["settled"]

    run(scenario())


def test_a_refund_is_paid_out_as_well_and_leaves_its_payment_refunded(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            await done(shop, VoidLastSale(), MANAGER)
            await counter.ends("refunded")
            lines = (other("refund", payment, -PRICE_MINOR),)
            taken = (await done(shop, TakeBatch("sim", batch_of(payment, more=lines)), SYSTEM)).result
            assert (taken.state, taken.gross_minor) == ("balanced", 0)
            assert [(one.state, bool(one.settled_on)) for one in counter.payments] == [("refunded", True)]
            assert accounts(shop) == {"expenses:card fees": FEE_MINOR, "assets:card payouts due": -FEE_MINOR}
            whole(shop)

    run(scenario())


def test_a_credit_that_two_batches_fit_is_asked_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, second = await paid(counter, 2)
            for id, one in (("1", first), ("2", second)):
                await done(shop, TakeBatch("sim", batch_of(one, id=id)), SYSTEM)
            day = days_before(first.business_date, -2)
            credit = BankCredit(day=day, currency="EUR", amount_minor=PRICE_MINOR - FEE_MINOR)
            told = (await done(shop, TakeCredits((credit,)), SYSTEM)).result
            assert told == TakenCredits(found=0, asked=1, unknown=0, known=0)
            assert [one.batches for one in asked_credits(shop.reader)] == [(("sim", "1"), ("sim", "2"))]
            await done(shop, AssignPayout(credit.digest, "sim", "2"), SYSTEM)
            assert asked_credits(shop.reader) == ()
            assert await refused(shop, AssignPayout(credit.digest, "sim", "1")) == "payout_other"
            second_batch = find_batch(shop.reader, "sim", "2")
            assert second_batch is not None and second_batch.received_on == day
            assert alerts(shop, days_before(day, -30)) == {"payout_late"}
            whole(shop)

    run(scenario())


def test_what_was_taken_offline_is_confirmed_by_a_batch_or_lost_and_its_sale_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, config="[payments]\noffline_most = 5\n") as counter:
            shop = counter.shop
            contract = Provider("sim", "sim", "test", ("EUR",), platform_rate=5000)
            await done(shop, SetProvider(contract), SYSTEM)
            await done(shop, AgreeOffline(), SYSTEM)
            made = []
            for _ in range(2):
                counter.device.fault = "stored"
                made.append(await counter.ends("stored", await counter.begin()))
            confirmed, refused_later = made
            assert stored_since(shop.reader, "1", 0) == (2, 2 * PRICE_MINOR)
            await done(shop, TakeBatch("sim", batch_of(confirmed)), SYSTEM)
            assert stored_since(shop.reader, "1", 0) == (1, PRICE_MINOR)
            assert [one.platform_fee_minor for one in counter.payments] == [0, 6], "what is confirmed is split"
            late = days_before(confirmed.business_date, -3)
            assert [one.id for one in read_unsettled(shop.reader, late)] == [refused_later.id]
            await done(shop, LoseStored(refused_later.id), SYSTEM)
            assert {one.state for one in counter.payments} == {"settled", "lost"}
            assert read_unsettled(shop.reader, late) == () and len(counter.sales()) == 2
            told = next(one for one in PAYMENT_WATCHES if one.kind == "offline_declined")
            assert len(tuple(told.read(shop.reader, 0, late))) == 1
            assert accounts(shop)["expenses:card losses"] == PRICE_MINOR
            assert "assets:cards" not in accounts(shop)
            assert await refused(shop, LoseStored(confirmed.id)) == "payment_state"
            whole(shop)

    run(scenario())


def test_a_chargeback_opens_a_dispute_with_its_evidence_and_its_money_leaves_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            await done(shop, TakeBatch("sim", batch_of(payment)), SYSTEM)
            back = batch_of(id="78", more=(other("chargeback", payment, -PRICE_MINOR),))
            await done(shop, TakeBatch("sim", back), SYSTEM)
            (dispute,) = read_disputes(shop.reader)
            assert (dispute.state, dispute.amount_minor, dispute.reason) == ("opened", PRICE_MINOR, "other")
            assert [one.state for one in counter.payments] == ["disputed"]
            last = days_before(payment.business_date, -10)
            await done(shop, OpenDispute(payment.id, "fraud", PRICE_MINOR, last), SYSTEM)
            assert [one.reason for one in read_disputes(shop.reader)] == ["fraud"]
            assert "dispute_due" not in alerts(shop, days_before(last, 4))
            assert {"dispute", "dispute_due"} <= alerts(shop, days_before(last, 3))
            evidence = read_evidence(shop.reader, dispute.id)
            assert evidence is not None and evidence.approval is not None
            assert (evidence.receipt, evidence.approval.last4, evidence.refunded_minor) == (1, "1111", 0)
            await done(shop, AnswerDispute(dispute.id), SYSTEM)
            assert GAUGES[1].read(shop.reader, ("1",)) == {"opened": 0, "answered": 1}
            assert alerts(shop, last) == set()
            assert accounts(shop)["assets:cards in dispute"] == PRICE_MINOR
            await done(shop, EndDispute(dispute.id, "lost"), SYSTEM)
            books_now = accounts(shop)
            assert books_now["expenses:chargebacks"] == PRICE_MINOR and "assets:cards in dispute" not in books_now
            assert [one.state for one in counter.payments] == ["lost"]
            assert await refused(shop, EndDispute(dispute.id, "won")) == "dispute_state"
            whole(shop)

    run(scenario())


def test_a_dispute_that_is_won_leaves_the_payment_where_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            assert await refused(shop, OpenDispute(payment.id, "twice", PRICE_MINOR + 1)) == "over_captured"
            await done(shop, OpenDispute(payment.id, "twice", PRICE_MINOR), SYSTEM)
            await done(shop, TakeBatch("sim", batch_of(payment)), SYSTEM)
            assert [(one.state, bool(one.settled_on)) for one in counter.payments] == [("disputed", True)]
            kept = batch_of(id="78", more=(other("chargeback", payment, -PRICE_MINOR),))
            await done(shop, TakeBatch("sim", kept), SYSTEM)
            given = batch_of(id="79", more=(other("chargeback", payment, PRICE_MINOR),))
            await done(shop, TakeBatch("sim", given), SYSTEM)
            assert [one.state for one in read_disputes(shop.reader)] == ["won"]
            assert [one.state for one in counter.payments] == ["settled"]
            assert not {"assets:cards in dispute", "expenses:chargebacks"} & set(accounts(shop))
            whole(shop)

    run(scenario())


def test_a_dispute_that_no_one_answers_in_time_is_over_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            await counter.begin()
            payment = await counter.ends("captured")
            last_day = days_before(payment.business_date, -5)
            opened = OpenDispute(payment.id, "fraud", PRICE_MINOR, last_day)
            id = (await done(shop, opened, SYSTEM)).result
            part = PayoutsPart(shop, OutgoingHttp(Breakers()), str, apis_of(str, "", {}, "en"))
            counter.clock.advance(5 * 24 * 3600)
            await part.look()
            assert [one.state for one in read_disputes(shop.reader)] == ["opened"], "it is the last day"
            counter.clock.advance(24 * 3600)
            assert await refused(shop, AnswerDispute(id)) == "dispute_over"
            await part.look()
            assert [one.state for one in read_disputes(shop.reader)] == ["expired"]
            assert counter.payments[0].state == "lost" and accounts(shop)["expenses:chargebacks"] == PRICE_MINOR
            await done(shop, HearDispute(payment.id, "fraud", PRICE_MINOR, end="won"), SYSTEM)
            assert counter.payments[0].contradicted, "somebody compares that with the provider"
            whole(shop)

    run(scenario())


def test_a_provider_that_never_paid_out_is_told_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            for _ in range(2):
                await counter.ends("captured", await counter.begin())
            late = days_before(counter.payments[0].business_date, -3)
            assert len(read_unsettled(shop.reader, late)) == 2
            watch = next(one for one in WATCHES if one.kind == "payment_unsettled")
            assert len(tuple(watch.read(shop.reader, 0, late))) == 1

    run(scenario())
