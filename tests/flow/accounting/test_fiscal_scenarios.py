"""Austria's official scenarios, lived by a till: each step on its day, with what a till does by itself between them.

A step of zero is left to the law: this till makes those that it wants, at the start, each month and behind an outage. A
void is of the sale before it, and what a step has below zero comes back without a receipt.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.accounting.fiscal import FiscalKeys
from edge.accounting.fiscal.commands import StartRegime
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.law_check import check_laws
from edge.core.command_bus import CommandBus
from edge.core.secrets.store import SecretMissing
from edge.counter.till.commands import (
    AddLine,
    LineSold,
    PrintReport,
    RefundWithoutReceipt,
    SellBasket,
    SetQuantity,
    TenderGiven,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.fiscal.austria.export import verify_export
from edge.lib.fiscal.austria.receipt import read_text, split_jws
from tests.fiscal_shop import authorities, close, made, of_type
from tests.flow.accounting.test_fiscal_files import signing
from tests.flow.accounting.test_fiscal_practice import practise
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run
from tests.unit.accounting.test_fiscal_austria import SCENARIOS

RATES = {"standard": "20", "reduced": "10", "second": "13", "zero": "0", "special": "19"}
TEXT = (
    CONFIG[: CONFIG.index("[[tax.class]]")]
    + "".join(
        f'[[tax.class]]\nid = "{id}"\nrates = [{{ name = "VAT", percent = "{percent}" }}]\n'
        for id, percent in RATES.items()
    )
    + '[panel]\nport = 0\n[till]\nrefunds_without_receipt = true\n[fiscal]\nregimes = ["at"]\n'
)
ZONE = ZoneInfo("Europe/Vienna")
CARD = (TenderGiven("card"),)
CENTS = tuple(Product(id, {"en": id}, (id,), 1, id) for id in RATES)
"""One of each rate, at a cent: so many pieces are any sum."""


class SigningCard:
    """The signature card of the till, which can be out."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.is_out = False
        key = FiscalKeys.key

        def used(keys: FiscalKeys, regime: Any) -> Any:
            if self.is_out:
                raise SecretMissing("box.fiscal.at")
            return key(keys, regime)

        patch.setattr(FiscalKeys, "key", used)


def moment(step: dict[str, Any]) -> float:
    """When a step is, in seconds."""
    return datetime.fromisoformat(step["dateToUse"]).replace(tzinfo=ZONE).timestamp()


async def sold(shop: CommandBus, sums: dict[str, int]) -> None:
    lines = tuple(LineSold(sku=id, quantity=minor * 1000) for id, minor in sums.items() if minor > 0)
    await agreed(shop, SellBasket(lines, CARD), MANAGER)


async def came_back(shop: CommandBus, sums: dict[str, int]) -> None:
    for id, minor in sums.items():
        if minor < 0:
            await agreed(shop, AddLine(id), MANAGER)
            await agreed(shop, SetQuantity(1, -minor * 1000), MANAGER)
            await agreed(shop, RefundWithoutReceipt("cash", reason="scenario"), MANAGER)


async def play(shop: CommandBus, clock: FakeClock, card: SigningCard, step: dict[str, Any]) -> int:
    """What a step leaves in the revenue."""
    clock.advance(moment(step) - clock.at_us / 1e6)
    sums = {id: round(value * 100) for id, value in zip(RATES, step["simplifiedReceipt"].values(), strict=True)}
    card.is_out = False
    await close(shop)
    card.is_out = step["signatureDeviceDamaged"]
    match step["typeOfReceipt"]:
        case "STANDARD_BELEG":
            await sold(shop, sums)
            await came_back(shop, sums)
            return sum(sums.values())
        case "STORNO_BELEG":
            await sold(shop, sums)
            await agreed(shop, VoidLastSale(reason="scenario"), MANAGER)
        case "TRAINING_BELEG":
            await practise(shop)
    return 0


@pytest.mark.parametrize("number", [1, 3])
def test_a_till_that_lives_an_official_scenario_gives_an_export_that_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = SCENARIOS / f"scenario_{number}.json"
    if not path.exists():
        pytest.skip("missing: ../shared/data/fiscal")
    start, *steps = json.loads(path.read_text())["cashBoxInstructionList"]
    card = SigningCard(monkeypatch)

    async def scenario() -> None:
        clock = FakeClock(int(moment(start) * 1e6))
        async with open_shop(tmp_path, clock, stocked=False, text=TEXT) as shop:
            await done(shop, SetProducts(CENTS), SYSTEM)
            await done(shop, StartRegime("at"), SYSTEM)
            turnover = sum([await play(shop, clock, card, step) for step in steps])
            card.is_out = False
            await sold(shop, {"standard": 1})
            await agreed(shop, PrintReport("z"), MANAGER)
            files = authorities(shop, config(tmp_path, TEXT), signing(tmp_path))
            clock.advance(24 * 3600)
            last, today = steps[-1]["dateToUse"][:10], "2016-06-30"
            file = await made(shop, files, "at", "2016-03-01", last, today, "1")
            keys = {"EDGE-1": (signing(tmp_path).key("at").public_key(),)}
            state = verify_export(file.data, files.austrian_register("1"), keys)
            (z,) = of_type(shop, ReportPrinted)
            assert state.counter_minor == turnover + 1 == z.total_minor
            assert [one.fault for one in check_laws(shop.reader, files, today)] == [""]
            signed = of_type(shop, PaperSigned)
            kinds = Counter(read_text(split_jws(one.signature)[1]).kind for one in signed)
            wanted = Counter(step["typeOfReceipt"] for step in steps)
            assert (kinds["training"], kinds["void"]) == (wanted["TRAINING_BELEG"], wanted["STORNO_BELEG"])
            zeros = Counter(one.kind for one in signed if one.kind in ("START", "OUTAGE", "MONTH", "YEAR"))
            ends = [now.kind for was, now in pairwise(signed) if was.out and not now.out]
            assert len(ends) > 5 and {*ends} <= {"OUTAGE", "MONTH"}, "behind each outage comes a receipt of zero"
            assert zeros == {"START": 1, "MONTH": 3, "OUTAGE": ends.count("OUTAGE")}

    run(scenario())
