"""`bench payments`: cards at a terminal on a real wire, through random faults, cuts and kills from a seed.

At a terminal of each kind (`--driver`: of one) each of `--count` payments meets a card and a line that behave or do
not, and the appliance's part is killed in the middle of some. Behind each its end is waited for. `charged_twice`:
customers who lost more than they bought; `unpaid_sales`: sales with a card's tender for which no customer lost that
much; `untold`: money that a customer lost and that is in no sale and was not given back. All three have to be 0.

With `--every-byte` the line besides breaks off behind each byte of a payment, once in each place, and the driver that
looks it up is another one, as behind a kill: `cuts` are the places, `cut_wrong` those where the driver and the
customer's account say something else (0).

`match_s`: a million lines of providers' batches put beside as many payments, reckoned from `--lines` of them; a third
by reference, a third by authorisation, the others by amount, day and brand alone. `take_ms`: a batch of a day through
the door, for so long the till waits at most; `mismatched`: lines that were matched with a payment of another sum (0).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

import msgspec

from drivers.terminal_outcomes import Approved, OutcomeUnknown, StillRunning, TerminalOutcome
from edge.accounting.settlements.batch import LINES_MOST, Batch, BatchLine
from edge.accounting.settlements.commands import TakeBatch
from edge.accounting.settlements.match import LedgerItem, judge
from edge.core.journal.rows import read_head
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.paying.card_payments import BeginPayment
from edge.money.payments.card import CardApproval
from edge.money.payments.commands import MovePayment, OpenPayment
from sim.terminal.server import Fault
from tests.bench.measure import result
from tests.bench.payments_shown import ratio, shown
from tests.card_shop import CardShop, card_shop
from tests.shop_fixture import CASHIER, MILK, SYSTEM, done
from tests.terminals import RIGS, Watched, request_of

FAULTS: tuple[Fault, ...] = (
    *("", "", "", "decline", "less", "silent_before", "silent_after", "cut_before", "cut_after"),
    *("twice", "late", "pieces", "busy", "garbage", "reboot_before", "reboot_after"),
)
TILL = msgspec.structs.replace(SYSTEM, register="1")
PRICE_MINOR = 120
MILLION = 1_000_000
BATCH_LINES = 500


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench payments")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--driver", choices=tuple(RIGS))
    parser.add_argument("--every-byte", action="store_true")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--shown", type=int, default=40, help="payments in a browser")
    parser.add_argument("--scans", type=int, default=400, help="at each moment")
    args = parser.parse_args(argv)
    figures: dict[str, float] = {}
    for driver in (args.driver,) if args.driver else RIGS:
        told = asyncio.run(_faulty_day(driver, args.count, random.Random(args.seed)))
        told |= asyncio.run(_every_byte(driver)) if args.every_byte else {}
        print(f"{driver}:", ", ".join(f"{name}: {figure}" for name, figure in told.items()))
        figures = {name: figures.get(name, 0) + figure for name, figure in told.items()}
    figures |= _matched(args.lines, random.Random(args.seed)) | asyncio.run(_taken())
    figures |= shown(args.shown) | ratio(args.scans)
    print(", ".join(f"{name}: {figure}" for name, figure in figures.items()))
    result(**figures)
    wrong = ("charged_twice", "unpaid_sales", "untold", "faults", "mismatched", "cut_wrong")
    return int(any(figures.get(name) for name in wrong))


async def _every_byte(driver: str) -> dict[str, int]:
    rig = RIGS[driver]()
    device, wrong = rig.device, 0
    await device.start()
    try:
        request = await request_of(terminal := rig.terminal(), "measured")
        sent_before = device.sent_bytes
        await terminal.pay(request, Watched())
        for size in range(1, cuts := device.sent_bytes - sent_before):
            request, moved_minor = await request_of(terminal := rig.terminal(), f"cut{size}"), device.moved_minor
            device.cut_at = size
            outcome: TerminalOutcome = await terminal.pay(request, Watched())
            device.cut_at = None
            if isinstance(outcome, OutcomeUnknown | StillRunning):
                outcome = await rig.terminal().look_up(request)
            taken_minor = outcome.amount_minor if isinstance(outcome, Approved) else 0
            lost_minor = device.moved_minor - moved_minor
            wrong += lost_minor != taken_minor or isinstance(outcome, OutcomeUnknown | StillRunning)
    finally:
        await device.stop()
    return {"cuts": cuts - 1, "cut_wrong": wrong}


async def _faulty_day(driver: str, count: int, chance: random.Random) -> dict[str, int]:
    figures = {"payments": count, "charged_twice": 0, "unpaid_sales": 0, "untold": 0, "kills": 0}
    with tempfile.TemporaryDirectory(prefix="bench-payments-") as name:
        async with card_shop(Path(name), driver) as counter:
            await counter.begin()
            await counter.ends("captured")
            cut_within = counter.device.sent_bytes
            for _ in range(count):
                moved_minor, since_seq = counter.device.moved_minor, read_head(counter.shop.reader).seq + 1
                figures["kills"] += await _one(counter, chance, cut_within)
                lost_minor = counter.device.moved_minor - moved_minor
                sold = counter.sales(since_seq)
                by_card = sum(one.amount_minor for sale in sold for one in sale.tenders if one.payment)
                figures["charged_twice"] += lost_minor > PRICE_MINOR
                figures["unpaid_sales"] += by_card > lost_minor
                figures["untold"] += lost_minor > by_card
            figures["faults"] = len(verify(counter.shop.reader, counter.shop.registry).faults)
    return figures


def _matched(count: int, chance: random.Random) -> dict[str, float]:
    """Batches of a day each, as large as the door takes them."""
    spent_s, wrong = 0.0, 0
    for first in range(0, count, LINES_MOST):
        lines, ours = _batch(min(LINES_MOST, count - first), chance)
        began = time.perf_counter()
        judged = judge(lines, ours)
        spent_s += time.perf_counter() - began
        sums = {one.payment: one.amount_minor for one in ours}
        wrong += sum(bool(one.payment) and sums[one.payment] != one.amount_minor for one in judged)
    return {"match_s": round(spent_s * MILLION / count, 1), "mismatched": wrong}


def _batch(count: int, chance: random.Random) -> tuple[list[BatchLine], list[LedgerItem]]:
    """Lines in an order by chance, and the payments of ours that they are."""
    lines, ours = [], []
    for number in range(count):
        minor, day = chance.randrange(100, 20_000), f"2026-11-{chance.randrange(2, 4):02}"
        brand = chance.choice(("VISA", "MASTERCARD"))
        reference, authorisation = f"r{number}", f"{chance.randrange(10**6):06}"
        ours.append(LedgerItem(f"p{number}", 0, minor, day, brand, authorisation, (reference,)))
        told = ({"reference": reference}, {"authorisation": authorisation}, {})[number % 3]
        lines.append(BatchLine(kind="payment", day=day, amount_minor=minor, fee_minor=3, brand=brand, **told))
    chance.shuffle(lines)
    return lines, ours


async def _taken() -> dict[str, float]:
    """A batch of a day's payments, through the door."""
    with tempfile.TemporaryDirectory(prefix="bench-payments-") as name:
        async with card_shop(Path(name)) as counter:
            await counter.kill()  # nobody looks up what no terminal had
            lines = []
            for number in range(BATCH_LINES):
                id = (await done(counter.shop, OpenPayment(PRICE_MINOR), TILL)).result
                approval = CardApproval(amount_minor=PRICE_MINOR, reference=f"n{number}", brand="VISA")
                for to in ("sent", "captured"):
                    await done(counter.shop, MovePayment(id, to, "terminal", approval=approval), TILL)
                lines.append(approval.reference)
            day = counter.payments[0].business_date
            made = [BatchLine(kind="payment", day=day, amount_minor=PRICE_MINOR, reference=one) for one in lines]
            sums = {"gross_minor": PRICE_MINOR * BATCH_LINES, "fees_minor": 0, "net_minor": PRICE_MINOR * BATCH_LINES}
            batch = Batch(id="1", currency="EUR", paid_on=day, lines=tuple(made), **sums)
            began = time.perf_counter()
            taken = await done(counter.shop, TakeBatch("sim", batch), SYSTEM)
            spent_s = time.perf_counter() - began
            assert taken.result.state == "balanced", taken.result
    return {"take_ms": round(spent_s * 1000)}


async def _one(counter: CardShop, chance: random.Random, cut_within: int) -> int:
    """A sale that a card is to pay, until it is paid, by whatever; whether it was killed meanwhile. `cut_within`: as
    many bytes a payment has."""
    device = counter.device
    device.fault = chance.choice(FAULTS)
    device.cut_at = chance.randrange(1, cut_within) if chance.random() < 0.2 else None
    await done(counter.shop, AddLine(MILK))
    await done(counter.shop, BeginPayment())
    killed = chance.random() < 0.3
    if killed:
        for _ in range(chance.randrange(200)):
            await asyncio.sleep(0)
        await counter.kill()
        if device.running is not None and chance.random() < 0.5:
            device.fault = ""
            device.finish()  # the customer presents the card all the same
    elif device.fault == "late":
        await counter.until(lambda one: device.running is not None or not one.runs, "the terminal has it")
        device.finish()
    if killed:
        device.hang_up()
        if device.running is not None:
            device.settle(device.running, "declined")
        device.fault, device.cut_at = "", None
        await counter.start()
    await counter.until(lambda one: not one.runs, "it is answered")
    await device.start()  # it is back, where it restarted
    device.fault, device.cut_at = "", None
    device.finish()  # a request that came once more, while the card was still waited for
    await counter.until(lambda one: not one.is_open, "it is known")
    if not counter.basket.empty:  # declined, in part, or nothing began
        outcome = await counter.shop.do(Pay("cash"), CASHIER)
        assert not isinstance(outcome, Refused), outcome
    return int(killed)
