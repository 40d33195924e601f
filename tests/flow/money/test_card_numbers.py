"""A card's number that someone types is nowhere afterwards: not in the ledger, not in the answer, not in the log."""

from __future__ import annotations

from pathlib import Path

import structlog

from edge.core.messages import Refused
from edge.counter.shifts.commands import OpenDrawer
from edge.counter.till.commands import AddLine, OverridePrice, Pay, RefundSale
from tests.shop_fixture import MANAGER, MILK, done, open_shop, run

CARD = "4111 1111 1111 1111"


def test_a_cards_number_is_refused_and_stays_nowhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK))
            for command, field in (
                (Pay("card", None, CARD), "reference"),
                (OverridePrice(1, 50, f"paid with {CARD}"), "reason"),
                (RefundSale(1, reason=CARD.replace(" ", "")), "reason"),
                (OpenDrawer(CARD), "reason"),
            ):
                refused = await shop.do(command, MANAGER)
                assert refused == Refused("card_number", {"field": field})
            await done(shop, Pay("card", None, "**** 1111"))

    with structlog.testing.capture_logs() as said:
        run(scenario())
    assert CARD not in str(said)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert CARD.encode() not in content
            assert CARD.replace(" ", "").encode() not in content
