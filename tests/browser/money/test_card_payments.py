"""Cards at the till's page: one press asks the terminal, and what it says is in the cashier's words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from drivers import registry
from edge.accounting.settlements.commands import EndDispute, OpenDispute
from edge.core.process.parts import Part
from edge.counter.till.commands import VoidLastSale
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.money.payments.queries import read_payments
from sim.terminal.json_lines import SECRET, SimJsonTerminal
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.card_shop import DEVICE
from tests.http_client import when
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")


@asynccontextmanager
async def at_a_terminal(
    folder: Path, config: str = "", touched: bool = False
) -> AsyncIterator[tuple[Served, SimJsonTerminal, Till]]:
    """A till whose terminal waits for a card."""
    terminal = SimJsonTerminal()
    terminal.fault = "late"
    await terminal.start()
    try:
        async with (
            serve(folder, text=CONFIG + config + DEVICE.format(driver="sim")) as served,
            calling(served) as caller,
            till(touched=touched) as page,
        ):
            await caller.set_pin()
            options = {"host": "127.0.0.1", "port": terminal.port, "secret": SECRET}
            part = TerminalPart(served.shop, registry.create("payment_terminal", "sim", options), "1")
            served.tills.terminals["1"] = part
            served.supervisor.start(Part("pad", part.run))
            await page.open(served)
            yield served, terminal, page
            assert page.complaints == []
    finally:
        await terminal.stop()


def test_a_card_is_cancelled_declined_and_pays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (_, terminal, page):
            await page.scan(MILK)
            await page.see("#lines .line .amount", "1.20")
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            await page.page.locator('[data-card="cancel"]').click()
            await page.see("#card_payment .says", "The payment was cancelled.")
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            terminal.press("decline")
            await page.see("#card_payment .says", "Insufficient funds.")
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            await page.see("#card_payment .pill.warning", "test")
            terminal.signs, terminal.dcc = True, "GBP"
            terminal.press("")
            await page.see("#card_payment .says", "Does the signature match the card?")
            await page.page.locator('[data-card="signed"]').click()
            await page.see("#sales li.sale", "1.20")
            await page.see(".ended .tag", "TEST - NO MONEY WAS MOVED")
            await page.see(".ended .converted", "1.02 GBP")
            await page.gone("#card_payment:not([hidden])")
            assert terminal.moved_minor == 120

    run(scenario())


def test_where_the_terminal_is_off_a_card_is_entered_by_hand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (served, terminal, page):
            await terminal.stop()
            await page.scan(MILK)
            await page.see("#lines .line .amount", "1.20")
            await page.page.keyboard.press("F9")
            await page.see('#card_payment [data-card="by_hand"]')
            await page.page.locator('[data-card="by_hand"]').click()
            await page.see("#card-dialog[open]")
            await page.page.locator("#card-dialog [type=submit]").click()
            await page.see("#sales li.sale", "1.20")
            await page.gone("#card_payment:not([hidden])")
            (payment,) = read_payments(served.shop.reader)
            assert (payment.state, payment.taken_minor, terminal.requests) == ("voided", 0, 0)
            assert await page.page.locator(".ended .tag").count() == 0, "that money is no test"

    run(scenario())


async def refund_of(served: Served) -> str:
    """How the refund of the newest payment stands; "": there is none."""
    refunds = read_payments(served.shop.reader)[0].refunds
    return refunds[0].state if refunds else ""


def test_managers_see_what_cards_paid_and_try_a_terminal(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (served, terminal, page):
            await page.scan(MILK)
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            terminal.press("")
            await page.see("#sales li.sale", "1.20")
            await page.open(served, "register=1&lang=en", "/manager/payments")
            await page.see("tr[data-state=captured]", "VISA 1111")
            await page.see("tr[data-state=captured] .pill.warning", "test")
            await page.see(".terminal .sums", "VISA (1)")
            await page.see(".terminal .sums bdi", "1.20")
            await page.page.locator('[data-terminal="check"]').click()
            await page.see(".terminal .told", "The terminal is ready.")
            await page.page.locator('[data-terminal="close"]').click()
            await page.see(".terminal .told", "Closed: totals match.")
            terminal.fault = "decline"
            await done(served.shop, VoidLastSale(), MANAGER)
            await when(partial(refund_of, served), lambda state: state == "failed", "the refund failed")
            await page.open(served, "register=1&lang=en", "/manager/payments")
            await page.gone(".terminal .sums")
            await page.page.locator("[data-give] input").fill("the card was blocked")
            await page.page.locator("[data-give] button").click()
            await page.see("tr[data-payment] .refund", "paid in cash")

    run(scenario())


def test_managers_see_what_of_a_payment_the_bank_took_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path) as (served, terminal, page):
            await page.scan(MILK)
            await page.page.keyboard.press("F9")
            await page.see("#card_payment .says", "Present the card")
            terminal.press("")
            await page.see("#sales li.sale", "1.20")
            (payment,) = read_payments(served.shop.reader)
            dispute = (await done(served.shop, OpenDispute(payment.id, "fraud", 50), SYSTEM)).result
            await done(served.shop, EndDispute(dispute, "lost"), SYSTEM)
            for language, said in (
                ("en", "Charged back: €0.50"),
                ("fr", "Rejeté par la banque"),
                ("he", "הוחזר על ידי"),
            ):
                await page.open(served, f"register=1&lang={language}", "/manager/payments")
                await page.see("tr[data-state=captured] .pill.warning >> nth=0", said)
            assert page.complaints == []

    run(scenario())


async def tip_of(served: Served) -> int:
    """What tips on its slip came to for the first payment."""
    return read_payments(served.shop.reader)[-1].added_minor


def test_cash_back_is_handed_out_and_a_tip_on_the_slip_added_and_lowered(tmp_path: Path) -> None:
    async def scenario() -> None:
        said = '[payments]\ncash_back_most = 50\ntips = "after"\n'
        async with at_a_terminal(tmp_path, said) as (served, terminal, page):
            await page.scan(MILK)
            await page.see("#lines .line .amount", "1.20")
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="cash_back"]').click()
            await page.page.locator('[data-counter="cash_back"] [name="amount"]').fill("20")
            await page.page.locator("#counter-yes").click()
            await page.see("#card_payment .says", "Present the card")
            terminal.press("")
            await page.see(".ended .label", "Cash back")
            await page.see("#change", "20.00")
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="card_tip"]').click()
            await page.page.locator('[data-counter="card_tip"] [name="amount"]').fill("0.20")
            await page.page.locator("#counter-yes").click()
            await page.see(".ended dd", "0.20")
            assert terminal.moved_minor == 120 + 20_00 + 20
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="card_tip"]').click()
            await page.see('[data-counter="card_tip"] .hint', "replaces the earlier tip")
            await page.page.locator('[data-counter="card_tip"] [name="amount"]').fill("0.10")
            await page.page.locator("#counter-yes").click()
            await when(partial(tip_of, served), lambda minor: minor == 10, "the tip is less")
            assert terminal.moved_minor == 120 + 20_00 + 10
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="card_tip"]').click()
            await page.see('[data-counter="card_tip"] .pick', "0.10")

    run(scenario())


def test_where_a_shop_takes_no_tips_the_till_offers_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        for folder, said, offered in (("none", 'tips = "none"', 0), ("till", 'tips = "till"', 1)):
            (tmp_path / folder).mkdir()
            async with at_a_terminal(tmp_path / folder, f"[payments]\n{said}\n") as (_, _, page):
                await page.scan(MILK)
                await page.page.locator('[data-act="more"]').click()
                await page.see('[data-go="park_named"]')
                assert await page.page.locator('[data-go="tip"]').count() == offered

    run(scenario())
