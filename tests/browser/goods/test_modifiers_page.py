"""Modifiers as people meet them: a tap at the till, a sheet at the kiosk, the manager's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup, SizePrice
from edge.goods.modifiers.queries import read_groups
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.ordering.test_kiosk import PHONES, touch
from tests.browser.serving import Served, serve
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SIZE = ModifierGroup(
    "size",
    {"en": "Size", "fr": "Taille", "he": "גודל"},
    (Modifier("small", {"en": "Small", "fr": "Petit"}), Modifier("large", {"en": "Large", "fr": "Grand"}, 100)),
    products=("latte",),
    least=1,
)
_EXTRAS = (("shot", "Extra shot", 80), ("syrup", "Syrup", 50), ("ice", "Ice", 0))
EXTRAS = ModifierGroup(
    "extra",
    {"en": "Extras"},
    (
        Modifier("shot", {"en": "Extra shot"}, 80),
        Modifier("syrup", {"en": "Syrup"}, 50),
        Modifier("ice", {"en": "Ice"}),
    ),
    products=("toast",),
    most=2,
)


MILK = ModifierGroup(
    "white",
    {"en": "Froth"},
    (
        Modifier("whole", {"en": "Whole"}, preset=True),
        Modifier("oat", {"en": "Oat"}, 200, sizes=(SizePrice("cup/large", 300),)),
    ),
    products=("cappuccino",),
    least=1,
    place=2,
)
CUP = ModifierGroup(
    "cup",
    {"en": "Cup"},
    (Modifier("regular", {"en": "Regular"}, preset=True), Modifier("large", {"en": "Large"}, 300)),
    products=("cappuccino",),
    least=1,
    ask=True,
    place=1,
)
"""A cappuccino costs 14.00, in a large cup 17.00, and with oat 16.00 or, large, 20.00."""


async def cafe(served: Served) -> None:
    latte = Product("latte", {"en": "Latte", "fr": "Café latte", "he": "לאטה"}, price_minor=300)
    toast = Product("toast", {"en": "Toast"}, price_minor=500)
    cappuccino = Product("cappuccino", {"en": "Cappuccino"}, price_minor=1_400)
    await do(served.shop, SetProducts((latte, toast, cappuccino)), SYSTEM)
    for group in (SIZE, EXTRAS, MILK, CUP):
        await do(served.shop, SetModifierGroup(group), SYSTEM)
    keys = (Key(0, "latte"), Key(1, "toast"), Key(2, "cappuccino"))
    await do(served.shop, SetQuickKeys((KeyPage({"en": "Coffee"}, keys, "brown"),)), SYSTEM)
    await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)


def test_two_taps_at_the_till_and_another_choice_for_a_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cashier:
            await cafe(served)
            await cashier.open(served, "register=1&lang=fr")
            await cashier.page.click('[data-quick="latte"]')
            await cashier.see("#question dialog[open] legend", "Taille")
            await cashier.page.click('#question [value="size/large"]')
            await cashier.see('#lines [data-line="2"] .tag', "Grand")
            await cashier.see('#lines [data-line="2"] .amount', "4,00")
            await cashier.gone("#question dialog")
            await cashier.page.click('[data-quick="toast"]')  # nothing of it has to be said
            await cashier.see('#lines [data-line="3"] .amount', "5,00")
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="modifiers"]')
            for ref in ("extra/shot", "extra/syrup"):
                await cashier.page.click(f'#counter-dialog [value="{ref}"]')
            assert await cashier.page.is_disabled('#counter-dialog [value="extra/ice"]')
            await cashier.page.click("#counter-yes")
            await cashier.see('#lines [data-line="3"] .amount', "6,30")
            assert cashier.complaints == []

    run(scenario())


def test_a_kiosk_asks_beside_the_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await cafe(served)
            await page.tap('[data-start="en"]')
            await page.wait_for_selector('html[lang="en"] body[data-ready]')
            await page.fill("#search", "latte")
            await page.tap('#goods [data-sku="latte"]')
            await page.tap("#put")
            await page.wait_for_selector('#toast:has-text("choose Size (Small, Large)")')
            await page.tap('#sheet [value="size/large"]')
            await page.tap("#put")
            await page.wait_for_selector('#cart .with:has-text("Large")')
            await page.wait_for_selector('#checkout[data-total="400"]')

    run(scenario())


def test_the_till_shows_what_it_charges_for_a_size(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cashier:
            await cafe(served)
            await cashier.open(served, "register=1&lang=en")
            await cashier.page.click('[data-quick="cappuccino"]')
            await cashier.see("#question .worth", "14.00")
            await cashier.page.click('#question [value="white/oat"]')
            await cashier.see("#question .worth", "16.00")
            await cashier.page.click('#question [value="cup/large"]')
            await cashier.see('#question label:has([value="white/oat"])', "+€3.00")
            await cashier.see("#question .worth", "20.00")
            await cashier.page.press("#question", "Enter")
            await cashier.see('#lines [data-line="2"] .amount', "20.00")
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="modifiers"]')
            await cashier.see("#counter-dialog .worth", "20.00")
            await cashier.page.click('#counter-dialog [value="white/whole"]')
            await cashier.see("#counter-dialog .worth", "17.00")
            await cashier.page.click("#counter-yes")
            await cashier.see('#lines [data-line="2"] .amount', "17.00")
            assert cashier.complaints == []

    run(scenario())


@pytest.mark.parametrize(("path", "screen"), [("/kiosk?register=2", (1080, 1920)), ("/shop?lang=en", (390, 664))])
def test_a_kiosk_and_a_phone_show_what_they_charge(tmp_path: Path, path: str, screen: tuple[int, int]) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, screen, path) as page:
            await cafe(served)
            tenth = Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000), Goods(("cappuccino",)))
            if path.startswith("/kiosk"):
                await page.tap('[data-start="en"]')
                await page.wait_for_selector('html[lang="en"] body[data-ready]')
            await page.fill("#search", "cappuccino")
            await page.tap('#goods [data-sku="cappuccino"]')
            await page.wait_for_selector('#price:has-text("14.00")')
            await page.tap('#sheet label:has([value="cup/large"])')
            await page.wait_for_selector('#price:has-text("17.00")')
            await page.wait_for_selector('#sheet label:has([value="white/oat"]):has-text("+€3.00")')
            await page.tap('#sheet label:has([value="white/oat"])')
            await page.wait_for_selector('#price:has-text("20.00")')
            await do(served.shop, SetPromotion(tenth), SYSTEM)
            await page.tap('#sheet label:has([value="white/whole"])')
            await page.tap('#sheet label:has([value="white/oat"])')
            await page.wait_for_selector('#price:has(del:has-text("20.00")):has-text("18.00")')
            await page.tap("#put")
            await page.wait_for_selector('#checkout[data-total="1800"]')

    run(scenario())


def test_a_manager_makes_a_group_and_ends_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await cafe(served)
            await manager.open(served, "register=1&lang=en", "/manager/modifiers")
            new = manager.page.locator("form.thing:not([data-id])")
            await new.locator('[name="names.en"]').fill("Milk")
            await new.locator('[data-control="modifiers"] [lang="en"] >> nth=0').fill("Oat")
            await new.locator('[data-column="price"] >> nth=0').fill("0.50")
            await new.locator(".choice >> nth=0").locator("summary").click()
            await new.locator('[data-column="sizes"] >> nth=0').fill("size LARGE 0.70")
            await new.locator('[data-column="adds"] >> nth=0').fill("milk 0.2")
            await new.locator('[type="submit"]').click()
            await manager.see("summary", "Milk")
            (milk,) = [group for group in read_groups(served.shop.reader) if group.id == "milk"]
            (oat,) = milk.modifiers
            assert (oat.id, oat.price_minor, oat.sizes[0].price_minor, oat.adds[0].quantity) == ("oat", 50, 70, 200)
            await manager.page.click("details:has(form[data-id='milk']) summary")
            await manager.page.click('[data-end="modifier-groups/milk"]')
            await manager.gone("summary:has-text('Milk')")
            assert [group.id for group in read_groups(served.shop.reader)] == ["cup", "extra", "size", "white"]
            assert manager.complaints == []

    run(scenario())
