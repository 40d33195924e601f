"""A receipt by its QR code: whoever was shown it reads it on a phone, and no one else does."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.pages.receipt import path_of
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, CONFIG, MILK, done, run


def test_a_receipt_is_read_by_its_secret_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + "[orders]\nphones = true\n") as served, aiohttp.ClientSession() as phone:
            await done(served.shop, AddLine(MILK), CASHIER)
            await done(served.shop, Pay("cash"), CASHIER)
            path = path_of(served.shop.reader, "1", 1)
            async with phone.get(served.url + path) as answer:
                text = await answer.text()
                assert (answer.status, "Milk" in text) == (200, True)
            for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.replace("1-1/", "1-2/")):
                async with phone.get(served.url + wrong) as answer:
                    assert answer.status == 404
            async with phone.get(f"{served.url}/display?register=1") as answer:
                assert "/display/code?path=" in await answer.text()
            async with phone.get(f"{served.url}/display/code", params={"path": path}) as answer:
                assert (answer.status, answer.content_type) == (200, "image/svg+xml")

    run(scenario())
