"""The pictures of docs/owner: `python -m tests.browser.owner_pictures`."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Error, Page

from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.lib.errors import DeviceLost
from edge.lib.i18n import LANGUAGES
from edge.web.trust import picture
from sim.child import Child
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.pictures import GOODS, basket
from tests.browser.serving import Served, serve
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM

OWNER = Path(__file__).parents[2] / "docs" / "owner"
SIZE = (1024, 768)
SHOWN = (640, 480)
PRINTER = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "Epson TM-m30"
register = "1"
host = "192.0.2.7"
"""

INSTALLED = """
folder => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "/etc/edge");
}
"""
"""Where a page names the folder of these pictures, it stands as on a box that was installed (`systemd/README.md`)."""

ADDRESS, CODE = "https://192.168.1.20:8080", "7K3M-9QXD"
AT_HOME = """
([address, code, picture]) => {
  document.getElementById("phone-address").textContent = address;
  document.getElementById("phone-code").textContent = code;
  document.getElementById("phone-picture").src = picture;
}
"""
"""As in a shop's network, and with the port of a box that was installed."""


async def save(page: Page, language: str, name: str) -> None:
    """Small enough for a repository."""
    await page.evaluate("document.fonts.ready")
    picture = Image.open(io.BytesIO(await page.screenshot()))
    picture.resize(SHOWN, Image.Resampling.LANCZOS).save(OWNER / language / f"{name}.webp", quality=70, method=6)


async def first_page(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "edge", "--config", str(folder / "config.toml"), "run", "--first-port", str(port)]
    child = Child("appliance", folder / "log")
    child.spawn(words, dict(os.environ))
    try:
        async with till(SIZE) as opened, asyncio.timeout(120):
            for language in LANGUAGES:
                while True:
                    try:
                        await opened.page.goto(f"http://127.0.0.1:{port}/?lang={language}")
                        break
                    except Error:
                        await asyncio.sleep(0.2)  # it starts
                await opened.see("#phone-picture")  # this machine has a network
                link = f"{ADDRESS}/first/phone#{CODE.replace('-', '')}"
                await opened.page.evaluate(AT_HOME, [ADDRESS, CODE, picture(link)])
                await save(opened.page, language, "first")
    finally:
        await asyncio.to_thread(child.stop, signal.SIGTERM)


async def pages(folder: Path) -> None:
    text = CONFIG + PRINTER
    (folder / "config.toml").write_text(text)
    async with serve(folder, text) as served, till(SIZE) as opened:
        await served.shop.do(SetProducts(GOODS), SYSTEM)
        await served.shop.do(SetPin(await asyncio.to_thread(hash_pin, PIN)), SYSTEM)
        for _ in range(6):
            await served.shop.do(AddLine(MILK), CASHIER)
            await served.shop.do(Pay("card"), CASHIER)
        await basket(served)
        for language in LANGUAGES:
            for name, path, shown in (
                ("till", "/", "#lines li"),
                ("today", "/manager", "table"),
                ("setup", "/manager/setup", ".devices li"),
            ):
                await opened.open(served, f"lang={language}", path)
                await opened.see(shown)
                await opened.page.evaluate(INSTALLED, str(folder))
                await save(opened.page, language, name)
        await trouble(served, opened)


async def no_paper(ready: object) -> None:
    raise DeviceLost("The receipt printer has no paper.", "Insert a new roll and close the cover.", "printer.paper_out")


async def trouble(served: Served, opened: Till) -> None:
    """The till of a box whose printer has no paper, and which sells on."""
    served.supervisor.start(Part("receipt printer", no_paper))
    for language in LANGUAGES:
        await opened.open(served, f"lang={language}")
        await opened.see(".alert")
        await save(opened.page, language, "trouble")


async def main() -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        await first_page(Path(one))
        await pages(Path(other))


if __name__ == "__main__":
    asyncio.run(main())
