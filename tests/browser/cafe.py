"""A café for fingers: its goods, tables, people and kitchen; and what who serves does on the till, tap by tap."""

from __future__ import annotations

from playwright.async_api import Page

from edge.counter.kitchen_screens.commands import SetKitchenStation
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.loyalty.commands import AdjustPoints, SetEarnRule, SetReward
from edge.counter.loyalty.loyalty import EarnRule, Reward
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.tables.commands import SetTable
from edge.counter.tables.queries import table_states
from edge.counter.tables.table import FloorTable
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import PINS
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.people.customers.commands import GiveConsent, SetCustomer
from tests.browser.browsing import Till
from tests.browser.calling import PIN
from tests.browser.serving import Served
from tests.ordering import do
from tests.shop_fixture import SYSTEM

TABLES = 12
MENU = (("soup", "Soup", 600), ("steak", "Steak", 2_400), ("cake", "Cake", 700))
STAFF = (("noa", "7391"), ("lior", "8264"))
WELCOME = 10
REWARD = Reward("five", {"en": "Five off"}, WELCOME, off_minor=500)
CREAM = ModifierGroup(
    "cream",
    {"en": "Cream"},
    (Modifier("none", {"en": "No cream"}), Modifier("much", {"en": "Much cream"}, 50)),
    products=("cake",),
    least=1,
)
"""Asked of each cake: one tap on its key, and one on the answer."""


async def cafe(served: Served) -> str:
    """Twelve tables, a kitchen with a screen, two who work there, and a member, whose id it gives."""
    shop = served.shop
    await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
    await do(shop, SetCategories((Category("food", {"en": "Food"}),)), SYSTEM)
    goods = tuple(Product(sku, {"en": name}, price_minor=minor, category="food") for sku, name, minor in MENU)
    await do(shop, SetProducts(goods), SYSTEM)
    await do(shop, SetModifierGroup(CREAM), SYSTEM)
    keys = tuple(Key(place, sku) for place, (sku, *_) in enumerate(MENU))
    await do(shop, SetQuickKeys((KeyPage({"en": "Food"}, keys, "brown"),)), SYSTEM)
    await do(shop, SetKitchenStation(KitchenStation("grill", {"en": "Grill"}, ("food",))), SYSTEM)
    for number in range(1, TABLES + 1):
        place = ((number - 1) % 6 + 1, (number - 1) // 6 + 1)
        await do(shop, SetTable(FloorTable(f"t{number}", str(number), "", 4, *place)), SYSTEM)
    for id, pin in STAFF:
        await do(shop, SetUser(id, id.title(), "cashier", hash_pin(pin)), SYSTEM.with_rights(PINS))
    await do(shop, SetEarnRule(EarnRule("p", {"en": "Points"}, 1, spent_minor=100)), SYSTEM)
    await do(shop, SetReward(REWARD), SYSTEM)
    dana = str(await do(shop, SetCustomer(name="Dana"), SYSTEM))
    await do(shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
    await do(shop, AdjustPoints(dana, WELCOME, "welcome"), SYSTEM)
    return dana


async def more(page: Page, key: str) -> None:
    """One of the dialogs behind `+`."""
    await page.tap('[data-act="more"]')
    await page.tap(f'[data-go="{key}"]')
    await page.locator("#counter-dialog h2").wait_for()


async def yes(page: Page) -> None:
    await page.tap("#counter-yes")
    await page.locator("#counter-dialog[open]").wait_for(state="hidden")


async def stamps(waiter: Till, step: str, pin: str) -> None:
    await more(waiter.page, "clock")
    await waiter.page.tap(f'#counter-dialog label:has([value="{step}"])')
    await waiter.page.tap("#counter-yes")
    await waiter.page.fill('#pin-dialog [name="pin"]', pin)
    await waiter.page.press('#pin-dialog [name="pin"]', "Enter")
    await waiter.gone("#counter-dialog[open]")


async def sits(waiter: Till, table: str, guests: int = 0) -> None:
    """A table's bill comes onto the counter, whatever lay there of another."""
    await more(waiter.page, "tables")
    if guests:
        await waiter.page.fill('#counter-dialog [name="guests"]', str(guests))
    await waiter.page.tap(f'[data-table="{table}"]')
    await waiter.gone("#counter-dialog[open]")


async def chooses(waiter: Till, course: int, seat: int = 0) -> None:
    """What is ordered from now on is of this course, and of this guest (0: of no one in particular)."""
    await more(waiter.page, "courses")
    for what, chosen in (("course", course), *((("seat", seat),) if seat else ())):
        await waiter.page.tap(f'#counter-dialog [data-{what}="{chosen}"]')
        await waiter.see(f'#counter-dialog [data-{what}="{chosen}"][aria-pressed="true"]')
    await waiter.page.tap("#counter-dialog [data-close]")
    await waiter.gone("#counter-dialog[open]")


async def orders(waiter: Till, sku: str) -> None:
    """One of it, by its key; a cake without cream."""
    await waiter.page.tap(f'[data-quick="{sku}"]')
    if sku == "cake":
        await waiter.page.tap('#question [value="cream/none"]')
        await waiter.gone("#question dialog[open]")
    await waiter.see("#lines .line", sku.title())


async def fires(waiter: Till, course: int) -> None:
    await more(waiter.page, "courses")
    await waiter.page.tap(f'#counter-dialog [data-fire="{course}"]')
    await waiter.gone("#counter-dialog[open]")


async def parts(waiter: Till, how: str) -> None:
    """The bill is parted: by `seats`, or into `shares`."""
    await more(waiter.page, "split")
    await waiter.page.tap(f'#counter-dialog label:has([value="{how}"])')
    await yes(waiter.page)


async def pays(waiter: Till) -> None:
    """By card, all that is due."""
    await waiter.page.tap('[data-act="card"]')
    await waiter.page.tap("#card-dialog [type=submit]")
    await waiter.gone("#lines .line[data-line]")


async def of_table(served: Served, table: str) -> tuple[str, int]:
    """How a table stands, and what it owes."""
    found = next(one for one in table_states(served.shop.reader) if one.table.id == table)
    return found.state, found.total_minor
