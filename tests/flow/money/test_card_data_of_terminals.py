"""What a terminal sends of a card that no till has any use for (numbers, tracks, PIN blocks) is nowhere afterwards:
not in the ledger, not beside it, not in the log, whatever becomes of the payment and wherever the line breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from edge.counter.till.commands import Pay
from sim.terminal.nexo import PIN_BLOCK, TRACK
from sim.terminal.server import CARD, Fault
from tests.card_shop import CardShop, card_shop
from tests.shop_fixture import done, run
from tests.terminals import RIGS

SECRETS = (CARD, TRACK, PIN_BLOCK, CARD[:6] + CARD[6:12], bytes.fromhex(CARD).decode("latin-1"))
FAULTS: tuple[Fault, ...] = ("", "whole_number", "decline", "silent_after", "garbage")
CUTS = (0.3, 0.6, 0.9)
"""Where, of all that a payment says, its line breaks off: a frame that is damaged."""


async def pays(counter: CardShop, fault: Fault, cut_at: int | None = None) -> None:
    """A sale that a card is to pay, until it is paid, by whatever."""
    counter.device.fault, counter.device.cut_at = fault, cut_at
    id = await counter.begin()
    await counter.until(lambda one: not one.runs, "it is answered", id)
    counter.device.fault, counter.device.cut_at = "", None
    await counter.until(lambda one: not one.is_open, "it is known", id)
    if not counter.basket.empty:
        await done(counter.shop, Pay("cash"))


@pytest.mark.parametrize("driver", RIGS)
def test_nothing_secret_of_a_card_is_kept_or_logged(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            before = counter.device.sent_bytes
            await pays(counter, "")
            whole = counter.device.sent_bytes - before
            for fault in FAULTS[1:]:
                await pays(counter, fault)
            for part in CUTS:
                await pays(counter, "", int(whole * part))
            assert any(one.approval and one.approval.last4 == CARD[-4:] for one in counter.payments)

    with structlog.testing.capture_logs() as said:
        run(scenario())
    for secret in SECRETS:
        assert secret not in str(said)
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert secret.encode("latin-1") not in path.read_bytes(), (path.name, secret)
