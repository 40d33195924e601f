"""A kitchen's screen as cooks meet it: an order comes, is made, comes back; what ran out is dead at the till."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.kitchen_screens.commands import SetKitchenStation
from edge.counter.kitchen_screens.queries import read_stations
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.till.commands import AddLine, SendToKitchen, VoidLine
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.ordering import do
from tests.shop_fixture import CASHIER, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


async def menu(served: Served) -> None:
    """Soup, with or without onion, and toast; the till has keys of both."""
    await do(served.shop, SetCategories((Category("hot", {"en": "Hot", "fr": "Chaud", "he": "חם"}),)), SYSTEM)
    soup = Product("soup", {"en": "Soup", "fr": "Soupe", "he": "מרק"}, price_minor=600, category="hot")
    toast = Product("toast", {"en": "Toast"}, price_minor=500, category="hot")
    await do(served.shop, SetProducts((soup, toast)), SYSTEM)
    onion = ModifierGroup("onion", {"en": "Onion"}, (Modifier("none", {"en": "No onion"}),), products=("soup",))
    bowls = (Modifier("small", {"en": "Small bowl"}, preset=True), Modifier("large", {"en": "Large bowl"}))
    bowl = ModifierGroup("bowl", {"en": "Bowl"}, bowls, least=1, products=("soup",))
    for group in (onion, bowl):
        await do(served.shop, SetModifierGroup(group), SYSTEM)
    keys = (Key(0, "soup"), Key(1, "toast"))
    await do(served.shop, SetQuickKeys((KeyPage({"en": "Hot"}, keys, "brown"),)), SYSTEM)
    await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)


async def order(served: Served) -> None:
    """Two soups without onion and a toast, which is cancelled again."""
    await do(served.shop, AddLine(sku="soup", quantity=2000, modifiers=("onion/none", "bowl/small")), CASHIER)
    await do(served.shop, AddLine(sku="toast"), CASHIER)
    await do(served.shop, SendToKitchen("Table 7"), CASHIER)
    await do(served.shop, VoidLine(2), CASHIER)
    await do(served.shop, SendToKitchen(), CASHIER)


def test_an_order_is_made_at_a_station_and_what_ran_out_is_dead_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cook, till() as cashier:
            await menu(served)
            await cook.open(served, "register=1&lang=en", "/manager/kitchen/stations")
            await cook.page.fill('form.thing [name="names.en"]', "Grill")
            await cook.page.click('form.thing [type="submit"]')
            await cook.see('form[data-id="grill"]')
            assert [one.id for one in read_stations(served.shop.reader)] == ["grill"]
            await cook.open(served, "register=1&lang=en&station=grill", "/manager/kitchen")
            await cook.see("#kitchen .none", "No open tickets.")
            await cashier.open(served, "register=1&lang=en")
            await order(served)
            await cook.see(".ticket .note", "Table 7")
            await cook.see(".ticket .with", "No onion")
            assert "Small bowl" not in await cook.page.locator(".ticket").inner_text(), "as it always is"
            await cook.see(".ticket .struck", "Toast")
            await cook.see(".all-day", "Soup")
            await cook.page.click("[data-out='soup']")
            await cashier.see("[data-quick='soup'][disabled]")
            await cook.page.click("[data-there='soup']")
            await cashier.see("[data-quick='soup']:not([disabled])")
            await cook.page.click(".ticket [data-bump]")
            await cook.gone(".ticket")
            await cook.page.click(".made [data-recall]")
            await cook.see(".ticket .said", "1")
            assert cook.complaints == []
            assert cashier.complaints == []

    run(scenario())


@pytest.mark.parametrize(
    ("language", "done", "ran_out"),
    [("en", "Done", "Sold out"), ("fr", "Terminé", "Épuisé"), ("he", "מוכן", "אזל")],
)
def test_a_screen_reader_hears_which_ticket_and_dish_a_button_is_of(
    tmp_path: Path, language: str, done: str, ran_out: str
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cook:
            await menu(served)
            await do(served.shop, SetKitchenStation(KitchenStation("grill", {"en": "Grill"})), SYSTEM)
            await order(served)
            await cook.open(served, f"register=1&lang={language}&station=grill", "/manager/kitchen")
            await cook.see(".ticket .note", "Table 7")
            soup = {"en": "Soup", "fr": "Soupe", "he": "מרק"}[language]
            label = await cook.page.locator(".ticket").first.get_attribute("aria-label")
            for name in (f"{done}, {label}", f"{ran_out}, {soup}"):
                assert await cook.page.get_by_role("button", name=name, exact=True).count() == 1, name

    run(scenario())
