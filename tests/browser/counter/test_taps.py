"""What a cashier's tasks cost in taps, beside the best of other tills, as docs/beside-others.md says.

What a scanner reads or someone types by letters is not counted, nor the PIN of who approves.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import registry
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Part
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.till.commands import AddLine, AddOpenAmount, Pay
from edge.counter.till.devices.scale_part import ScalePart
from sim.scale import SimScale
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.money.test_card_payments import at_a_terminal
from tests.browser.serving import Served, serve
from tests.browser.web.test_layout import Finger, filled, pin
from tests.customers import known
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
MOST = {"exchange": 6, "known customer": 3}
"""The best of others, of what has no row in docs/beside-others.md."""
WRITTEN = {
    "A tile, exact cash": "exact cash",
    "A tile, cash with a banknote": "banknote",
    "A tile, card": "card",
    "10% off a line": "discount",
    "Quantity of 3": "three",
    "Void the line added last": "void",
    "Park a basket": "park",
    "Resume a basket": "resume",
    "The product on the scale": "weighed",
    "Part by card, the rest in cash": "split",
    "Refund one of ten": "refund",
    "Sell a gift card": "gift card sold",
    "Pay by gift card": "gift card taken",
    "Price check": "price check",
    "New customer": "new customer",
    "X report on the screen": "X",
}
"""What a row of docs/beside-others.md is called here."""


def written() -> dict[str, tuple[int, int]]:
    """By task: the taps that docs/beside-others.md says it takes, and the fewest of the others'."""
    text = (Path(__file__).parents[3] / "docs" / "beside-others.md").read_text()
    _, _, table = text.partition("## Taps")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    return {
        WRITTEN[task]: (int(here), min(int(one) for one in others if one.isdecimal())) for task, here, *others in rows
    }


async def split_and_price_check(finger: Finger, shop: CommandBus, spent: dict[str, int]) -> None:
    page = finger.page
    await done(shop, AddOpenAmount("Vase", "standard", 1_250))
    await page.see("#sums .due", "12.50")
    await finger.tap('[data-act="card"]')
    await finger.tap('#card-dialog [data-key="5"]')
    await finger.tap('#card-dialog [type="submit"]')
    await page.see("#sums .due", "7.50")
    await finger.tap('[data-act="cash"]')
    await finger.tap('#cash-dialog [type="submit"]')
    await page.see("#lines .ended")
    spent["split"] = finger.spent()

    await finger.tap('[data-act="price_check"]')
    await page.see('[data-counter="price"]')
    await page.scan(MILK)
    await page.see("#price-found", "1.20")
    spent["price check"] = finger.spent()
    await page.keys("Escape")
    await page.gone("#counter-dialog[open]")


async def customers(finger: Finger, shop: CommandBus, spent: dict[str, int]) -> None:
    page = finger.page
    await done(shop, AddLine(MILK))
    await page.see("#sums .due", "1.20")
    for task, typed, found in (
        ("known customer", "Noa", "#customers-found [data-customer]"),
        ("new customer", "Zohar Neumann", "[data-customer-new]"),
    ):
        await finger.tap('[data-act="member"]')
        await page.page.locator('#customer-dialog [name="text"]').fill(typed)
        await page.see(found)
        await finger.tap(found)
        approved = await pin(finger) if task == "new customer" else 0
        await page.gone("#customer-dialog[open]")
        spent[task] = finger.spent() - approved
    await done(shop, Pay("card"))
    await page.see("#lines .ended")


async def gift_cards(finger: Finger, shop: CommandBus, spent: dict[str, int]) -> None:
    page = finger.page
    await finger.tap('[data-act="more"]')
    await finger.tap('[data-go="gift_card"]')
    await page.see('[data-counter="gift"]')
    await page.scan("GIFT123456")
    await page.see("#gift-found", "New card.")
    await finger.tap("#counter-dialog [data-sum]")
    await page.gone("#counter-dialog[open]")
    await finger.tap('[data-act="cash"]')
    await finger.tap('#cash-dialog [type="submit"]')
    await page.see("#lines .ended")
    spent["gift card sold"] = finger.spent()
    await done(shop, AddLine(MILK))
    await page.see("#sums .due", "1.20")
    await finger.tap('[data-act="other"]')
    await finger.tap('[data-go="gift_card"]')
    await page.see('[data-counter="gift"]')
    await page.scan("GIFT123456")
    await finger.tap("#counter-yes")
    await page.see("#lines .ended")
    spent["gift card taken"] = finger.spent()


async def refund_and_x(finger: Finger, _: CommandBus, spent: dict[str, int]) -> None:
    page = finger.page
    await finger.tap('[data-desk="sales"]')
    await page.see('#till[data-showing="sales"]')
    await page.keys("Escape")
    await page.see('#till[data-showing="basket"]')
    finger.spent()  # looked at and put away by a key
    await finger.tap('[data-desk="sales"]')
    await finger.tap('#sales [data-refund$="-000001"]')
    await finger.tap("#refund-sale .take")
    await page.see("#refund-sums", "2.50")
    await finger.tap("#refund-dialog [data-says]")
    await finger.tap('#refund-dialog [data-give=""]')
    approved = await pin(finger)
    await page.gone("#refund-dialog[open]")
    spent["refund"] = finger.spent() - approved

    await finger.tap('[data-act="more"]')
    await finger.tap('[data-go="reports"]')
    await finger.tap('#reports [data-report="x"]')
    approved = await pin(finger)
    await page.see("#reports [data-sums]")
    spent["X"] = finger.spent() - approved


async def exchange(finger: Finger, served: Served, spent: dict[str, int]) -> None:
    """One of four comes back, and the milk is taken instead: more comes back than it costs."""
    page = finger.page
    await page.open(served)  # with what stood there before put away
    await finger.tap('[data-desk="sales"]')
    await finger.tap('#sales [data-refund$="-000001"]')
    await finger.tap("#refund-sale .take")
    await page.see("#refund-sums", "2.50")
    await finger.tap("#refund-dialog [data-exchange]")
    approved = await pin(finger)
    await page.see(".line.goes-back", "2.50")
    await done(served.shop, AddLine(MILK))  # by the scanner
    await page.see("#sums .due", "1.30")
    await finger.tap('[data-act="cash"]')
    await finger.tap('#give-dialog [type="submit"]')
    await page.see("#lines .ended")
    spent["exchange"] = finger.spent() - approved


async def weighed(finger: Finger, served: Served, folder: Path, spent: dict[str, int]) -> None:
    """What lies on the scale, by its tile."""
    page = finger.page
    await done(served.shop, SetQuickKeys((KeyPage({"en": "Fruit"}, (Key(0, "tomato"),)),)), SYSTEM)
    sim = SimScale("sics", folder / "scale")
    part = ScalePart(served.shop, registry.create("scale", "sics", {"path": sim.path}), "1")
    served.tills.scales["1"] = part
    served.supervisor.start(Part("scale", part.run))
    try:
        await page.open(served)
        await page.see("#scale output", "0.000 kg")
        sim.put(640)
        await page.see("#scale[data-ready] output", "0.640 kg")
        await finger.tap('[data-quick="tomato"]')
        await page.see("#lines .line .amount", "2.55")
        spent["weighed"] = finger.spent()
    finally:
        sim.close()


async def all_day(finger: Finger, spent: dict[str, int]) -> None:
    """What is done all day, each with the tile or line that it begins with."""
    page = finger.page

    async def tile() -> None:
        await finger.tap('[data-quick="milk"]')
        await page.see("#lines .line[data-line]")

    await tile()
    await finger.tap('[data-act="cash"]')
    await page.see("#cash-dialog[open]")
    await finger.tap('#cash-dialog [type="submit"]')
    await page.see("#lines .ended")
    spent["exact cash"] = finger.spent()
    await tile()
    await finger.tap('[data-act="cash"]')
    await finger.tap("#cash-dialog [data-minor]")
    await page.see("#change")
    spent["banknote"] = finger.spent()
    await tile()
    finger.spent()
    await finger.tap('[data-pieces="3"]')
    await page.see("#sums .due", "3.60")
    spent["three"] = finger.spent()
    await finger.tap('[data-act="discount"]')
    await finger.tap('[data-fill-in="10"]')
    await finger.tap('#counter-dialog .pick:has([value="damaged"]) label')
    await finger.tap("#counter-yes")
    approved = await pin(finger)
    await page.see("#sums .due", "3.24")
    spent["discount"] = finger.spent() - approved
    await finger.tap('[data-act="park"]')
    await page.see("#held", "1")
    spent["park"] = finger.spent()
    await finger.tap("#held")
    await finger.tap("[data-parked]")
    await page.see("#sums .due", "3.24")
    await page.gone("#held")
    spent["resume"] = finger.spent()
    await finger.tap('[data-act="void"]')
    await page.see("#lines .voided")
    spent["void"] = finger.spent()


def test_each_task_takes_at_most_the_taps_of_the_best(tmp_path: Path) -> None:
    spent: dict[str, int] = {}

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768), touched=True) as page:
            await caller.set_pin()
            await filled(served)
            await known(served.shop, name="Noa Levi")
            for _ in range(4):
                await done(served.shop, AddOpenAmount("Vase", "standard", 250))
            await done(served.shop, Pay("card"))
            await page.open(served)
            for tasks in (split_and_price_check, customers, gift_cards, refund_and_x):
                await tasks(Finger(page), served.shop, spent)
            await exchange(Finger(page), served, spent)
            await page.open(served)
            await all_day(Finger(page), spent)
            await weighed(Finger(page), served, tmp_path, spent)
            assert page.complaints == []

    run(scenario())
    rows = written()
    rows.pop("card")  # below, where a terminal is connected
    assert {task: taps for task, taps in spent.items() if task in rows} == {
        task: here for task, (here, _) in rows.items()
    }
    most = MOST | {task: best for task, (_, best) in rows.items()}
    assert {task: taps for task, taps in spent.items() if taps > most[task]} == {}
    assert set(spent) == set(most)


def test_a_tile_is_paid_by_card_in_two_taps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with at_a_terminal(tmp_path, touched=True) as (served, terminal, page):
            await filled(served)
            await page.open(served)
            finger = Finger(page)
            await finger.tap('[data-quick="milk"]')
            await page.see("#lines .line[data-line]")
            await finger.tap('[data-act="card"]')
            await page.see("#card_payment .says", "Present the card")
            terminal.press("")
            await page.see("#lines .ended")
            here, best = written()["card"]
            assert finger.spent() == here <= best

    run(scenario())
