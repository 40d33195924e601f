"""Every figure of Card payments opens to the facts behind it, and adds up to the cent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from drivers import registry
from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.paying.card_payments import BeginPayment
from edge.money.payments.commands import BrandTotal, NoteSettled, NoteTerminalClose, RequestCardRefund, SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import ListedPayment, read_payments
from sim.terminal.json_lines import SECRET, SimJsonTerminal
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.card_shop import DEVICE
from tests.flow.analytics.test_page_figures import ADDS_UP, CHAIN_HOLDS, explain
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, SYSTEM, done, run

OWN = Provider(
    *("own", "sim", "test", ("EUR",)), fee_rate=1_400, fee_fixed_minor=5, platform_rate=10_000, refund_platform_fee=True
)


async def newest(served: Served) -> ListedPayment:
    return read_payments(served.shop.reader)[0]


async def pay(served: Served) -> ListedPayment:
    """Milk paid by a card."""
    await done(served.shop, AddLine(MILK))
    await done(served.shop, BeginPayment(None))
    return await when(partial(newest, served), lambda one: one.state == "captured", "the card paid")


@asynccontextmanager
async def at_a_terminal(folder: Path) -> AsyncIterator[tuple[Served, Caller]]:
    """A shop whose terminal approves at once, with fees to its provider."""
    terminal = SimJsonTerminal()
    await terminal.start()
    try:
        text = CONFIG + DEVICE.format(driver="sim")
        async with serve(folder, text=text) as served, calling(served) as caller:
            options = {"host": "127.0.0.1", "port": terminal.port, "secret": SECRET}
            part = TerminalPart(served.shop, registry.create("payment_terminal", "sim", options), "1")
            served.tills.terminals["1"] = part
            served.supervisor.start(Part("pad", part.run))
            await done(served.shop, SetProvider(OWN), SYSTEM)
            yield served, caller
    finally:
        await terminal.stop()


async def open_all(caller: Caller) -> set[str]:
    """Open each figure of the page; their names."""
    page = (await caller.get("/manager/payments")).text
    links = {unescape(link) for link in re.findall(r'href="(/manager/figure\?[^"]*)', page)}
    for link in links:
        opened = await caller.get(f"{link}&lang=he")
        assert opened.status == 200, (link, opened.text[-400:])
        assert ADDS_UP in opened.text and CHAIN_HOLDS in opened.text, link
    return {parse_qs(urlsplit(link).query)["name"][0] for link in links}


def test_every_figure_of_card_payments_opens_and_adds_up(tmp_path: Path) -> None:
    async def check() -> None:
        async with at_a_terminal(tmp_path) as (served, caller):
            shop, settled = served.shop, partial(newest, served)
            payment = await pay(served)
            await done(shop, RequestCardRefund(payment.id, 50), SYSTEM)
            await when(settled, lambda one: one.state == "partly_refunded", "half is refunded")
            names = await open_all(caller)
            theirs = (BrandTotal("Visa", 2, 71),)
            await done(shop, NoteTerminalClose("1", theirs), SYSTEM)
            (close,) = shop.reader.execute("SELECT seq FROM terminal_close").fetchone()
            assert explain(shop, "payments.close_their", "pad", str(close), "Visa").parts[0].type == "TerminalClosed"
            ours = explain(shop, "payments.close_our", "pad", str(close), "Visa")
            assert [(one.type, one.numerator) for one in ours.parts] == [
                ("PaymentMoved", 120),
                ("CardRefundMoved", -50),
            ]
            await pay(served)
            again = explain(shop, "payments.close_our", "pad", str(close), "Visa")
            assert again == ours, "a later payment is of the next close"
            names |= await open_all(caller)
            assert names == {one for one in shop.registry.figures if one.startswith("payments.")}

    run(check())


def test_what_a_store_keeps_of_a_payment_is_made_of_it_and_of_each_change_of_its_fees(tmp_path: Path) -> None:
    async def check() -> None:
        async with at_a_terminal(tmp_path) as (served, caller):
            shop = served.shop
            payment = await pay(served)
            await pay(served)
            await done(shop, RequestCardRefund(payment.id, 50), SYSTEM)
            await done(shop, NoteSettled("2026-11-03", (payment.id,), (9,)), SYSTEM)
            share = explain(shop, "payments.store_share", payment.id)
            assert [(one.type, one.numerator) for one in share.parts if one.type != "PlatformFeeReturned"] == [
                ("PaymentMoved", 120),
                ("CardFeesSplit", -19),
                ("PaymentsSettled", -2),
            ]
            assert share.shown[0] == sum(one.numerator for one in share.parts)
            for nobodys in ("nothing", "9" * 40):
                assert (await caller.get(f"/manager/figure?name=payments.one&key={nobodys}")).status == 404
                odd = f"/manager/figure?name=payments.one_refund&key={payment.id}%0A{nobodys}"
                assert (await caller.get(odd)).status == 404

    run(check())
