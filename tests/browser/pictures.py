"""Pictures of the pages in their states, to be looked at: `python -m tests.browser.pictures FOLDER [LANGUAGE ...]`.

Those of a whole demo are taken by `tests.browser.views`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image

from edge.core.process.parts import Part
from edge.counter.till.commands import AbandonBasket, AddLine, OverridePrice, Pay, VoidLine
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.errors import DeviceLost
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Position, Served, fill_the_disk, make_room, serve
from tests.browser.shelves import stock_shelves
from tests.shop_fixture import BEER, CASHIER, CONFIG, MANAGER, MILK, SYSTEM, TOMATO


def product(sku: str, en: str, fr: str, he: str, code: str, price: int, **more: object) -> Product:
    return Product(sku, {"en": en, "fr": fr, "he": he}, (code,), price, **more)  # type: ignore[arg-type]


GOODS = (
    product("bread", "Sourdough bread", "Pain au levain", "לחם מחמצת", "7290000000015", 450, tax_class="reduced"),
    product("oil", "Olive oil 750 ml", "Huile d'olive 750 ml", 'שמן זית 750 מ"ל', "7290000000022", 1290),
    product("eggs", "Free-range eggs, 12", "Œufs plein air, 12", "ביצי חופש, 12 יח'", "7290000000039", 389),
    product("soap", "Dish soap Fairy 500 ml", "Liquide vaisselle Fairy", "סבון כלים Fairy", "7290000000046", 275),
    product("choc", "Dark chocolate 70%", "Chocolat noir 70 %", "שוקולד מריר 70%", "7290000000053", 199),
    product("beer", "Pale ale 6 × 330 ml", "Bière blonde 6 × 330 ml", 'בירה 6 × 330 מ"ל', BEER, 899, min_age=18),
    product("tomato", "Vine tomatoes", "Tomates grappe", "עגבניות אשכול", TOMATO, 399, unit="kg"),
)
BASKET = ((MILK, 2000), ("7290000000015", None), ("7290000000022", None), ("7290000000039", None))
MORE = ((TOMATO, 1240), ("7290000000046", None), ("7290000000053", 3000))


async def basket(served: Served) -> None:
    for code, quantity in (*BASKET, *MORE):
        await served.shop.do(AddLine(code, quantity=quantity), CASHIER)
    await served.shop.do(VoidLine(6), CASHIER)
    await served.shop.do(OverridePrice(4, 300, "dented"), MANAGER)


async def take(page: Till, served: Served, sync: Position, language: str, save: Callable[[str], Path]) -> None:
    async def picture(name: str) -> None:
        await page.page.evaluate("document.fonts.ready")
        await page.page.screenshot(path=save(f"{name}-{language}"))

    await page.open(served, f"lang={language}")
    await picture("ready")
    await basket(served)
    await page.see("#lines", "3")
    await page.see("li.voided")
    await picture("basket")
    await page.keys("?")
    await page.see("#keys-dialog[open]")
    await picture("keys")
    await page.keys("Escape", "F4")
    await page.see("#price-dialog[open]")
    await picture("price")
    await page.keys("Escape")
    await served.shop.do(AddLine(BEER), CASHIER)
    await page.see("dialog.age[open]")
    await picture("question")
    await page.keys("Enter")
    await page.gone("dialog.age")
    await page.keys("F8")
    await page.see("#cash-dialog[open]")
    await picture("cash")
    await page.keys("100", "Enter")
    await page.see("#change")
    await page.see("#paper .pair")
    await picture("change")
    await page.keys("F3")
    await page.see("#refundable .found")
    await page.keys("Enter")
    await page.see("#refund-sale li")
    await page.keys("+")
    await page.see("#refund-sums .huge")
    await picture("refund")
    await page.keys("Escape", "Escape")
    await page.gone("#refund-dialog")
    await trouble(page, served, sync, picture)
    await page.open(served, f"lang={language}", path="/manager")
    await picture("manager")
    await page.open(served, f"lang={language}", path="/manager/products")
    await picture("products")
    await page.open(served, f"lang={language}&sku=cola", path="/manager/product")
    await picture("product")


async def trouble(page: Till, served: Served, sync: Position, picture: Callable[[str], object]) -> None:
    async def no_paper(ready: object) -> None:
        raise DeviceLost("The receipt printer has no paper.", "Put in a roll and close the lid.")

    await served.shop.do(AddLine(MILK), CASHIER)
    await served.shop.do(AddLine(""), CASHIER)
    served.supervisor.start(Part("receipt printer", no_paper))
    sync.state, sync.head = "offline", sync.head + 14
    await page.see(".alert")
    await page.see("#status .warning >> nth=1")
    await picture("lost")
    await served.supervisor.stop_part("receipt printer")
    await fill_the_disk(served)
    await page.see(".alert.grave")
    await picture("read-only")
    make_room(served)
    await served.shop.do(AbandonBasket(), CASHIER)
    sync.state, sync.through = "flowing", sync.head


@asynccontextmanager
async def shop(folder: Path, sync: Position) -> AsyncIterator[Served]:
    async with serve(folder, CONFIG, sync=sync) as served:
        await served.shop.do(SetProducts(GOODS), SYSTEM)
        await stock_shelves(served.shop)
        for codes in (("7290000000015", MILK), ("7290000000022",), (MILK, "7290000000053", "7290000000046")):
            for code in codes:
                await served.shop.do(AddLine(code), CASHIER)
            await served.shop.do(Pay("card"), CASHIER)
        yield served


async def main(folder: Path, languages: list[str]) -> None:
    sync = Position("flowing", 1204, 1204)
    with tempfile.TemporaryDirectory() as data:
        async with shop(Path(data), sync) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            for language in languages:
                await take(page, served, sync, language, lambda name: folder / f"{name}.png")
            print(page.complaints or "no complaints")


def shrink(path: Path) -> None:
    """Fewer colours: a third of the size, and no one sees it."""
    Image.open(path).convert("RGB").quantize(192, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(folder, sys.argv[2:] or list(LANGUAGES)))
    for path in folder.glob("*.png"):
        shrink(path)
