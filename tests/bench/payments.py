"""`bench payments`: cards at a terminal on a real wire, through random faults, cuts and kills from a seed.

Each of `--count` payments meets a card and a line that behave or do not, and the appliance's part is killed in the
middle of some. Behind each its end is waited for. `charged_twice`: customers who lost more than they bought;
`unpaid_sales`: sales with a card's tender for which no customer lost that much; `untold`: money that a customer lost
and that is in no sale and was not given back. All three have to be 0.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from pathlib import Path

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.shop.till.card_payments import BeginPayment
from edge.shop.till.commands import AddLine, Pay
from sim.terminal.server import Fault
from tests.bench.measure import result
from tests.card_shop import CardShop, card_shop
from tests.shop_fixture import CASHIER, MILK, done

FAULTS: tuple[Fault, ...] = (
    *("", "", "", "decline", "less", "silent_before", "silent_after", "cut_before", "cut_after"),
    *("twice", "late", "pieces", "busy", "garbage"),
)
CUT_WITHIN_BYTES = 400
PRICE_MINOR = 120


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench payments")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    figures = asyncio.run(_faulty_day(args.count, random.Random(args.seed)))
    print(", ".join(f"{name}: {figure}" for name, figure in figures.items()))
    result(**figures)
    return int(any(figures[name] for name in ("charged_twice", "unpaid_sales", "untold", "faults")))


async def _faulty_day(count: int, chance: random.Random) -> dict[str, int]:
    figures = {"payments": count, "charged_twice": 0, "unpaid_sales": 0, "untold": 0, "kills": 0}
    with tempfile.TemporaryDirectory(prefix="bench-payments-") as name:
        async with card_shop(Path(name)) as counter:
            for _ in range(count):
                moved_minor, sales = counter.device.moved_minor, len(counter.sales())
                figures["kills"] += await _one(counter, chance)
                lost_minor = counter.device.moved_minor - moved_minor
                sold = counter.sales()[sales:]
                by_card = sum(one.amount_minor for sale in sold for one in sale.tenders if one.payment)
                figures["charged_twice"] += lost_minor > PRICE_MINOR
                figures["unpaid_sales"] += by_card > lost_minor
                figures["untold"] += lost_minor > by_card
            figures["faults"] = len(verify(counter.shop.reader, counter.shop.registry).faults)
    return figures


async def _one(counter: CardShop, chance: random.Random) -> int:
    """A sale that a card is to pay, until it is paid, by whatever; whether it was killed meanwhile."""
    device = counter.device
    device.fault = chance.choice(FAULTS)
    device.cut_at = chance.randrange(CUT_WITHIN_BYTES) if chance.random() < 0.2 else None
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
    device.fault, device.cut_at = "", None
    await counter.until(lambda one: not one.is_open, "it is known")
    if not counter.basket.empty:  # declined, in part, or nothing began
        outcome = await counter.shop.do(Pay("cash"), CASHIER)
        assert not isinstance(outcome, Refused), outcome
    return int(killed)
