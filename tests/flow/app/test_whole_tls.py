"""A whole box on a network: what it says of its encryption, and that it stays the one that devices trust."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.flow.foundation.test_cli_check import found
from tests.shop_fixture import run
from tests.stack import CONFIG, MILK, PRODUCTS, store

OPEN = CONFIG.replace("[panel]", '[panel]\nhost = "0.0.0.0"')
FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}")


@pytest.mark.slow
def test_a_box_on_a_network_is_the_same_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            alone = await shop.edge("check")
            assert "only this machine" in found(alone, "encryption")
            shop.configure(OPEN, None)
            assert "first start" in found(await shop.edge("check"), "encryption")
            await shop.start(PRODUCTS)
            await shop.part("certificates", "ok")
            assert f"https://0.0.0.0:{shop.port}/" in shop.log
            shop.scanner.type(MILK)
            await shop.basket(lines=1)
            first = FINGERPRINT.search(found(await shop.edge("check"), "encryption"))
            await shop.stop()
            shop.spawn()
            await shop.ready()
            again = FINGERPRINT.search(found(await shop.edge("check"), "encryption"))
            assert first is not None and again is not None and first[0] == again[0]

    run(scenario())


def test_a_broken_certificate_of_ones_own_is_said_and_nothing_stops(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            (shop.folder / "own.pem").write_text("no certificate")
            own = 'tls_cert = "own.pem"\ntls_key = "own.key"'
            shop.configure(OPEN.replace("[panel]", f"[panel]\n{own}"), None)
            await shop.start(PRODUCTS)
            said = await shop.part("certificates", "lost")
            assert "own.pem" in said["what"] and "no restart is needed" in said["advice"]
            assert found(await shop.edge("check"), "certificates").startswith("WRONG")
            shop.scanner.type(MILK)
            await shop.basket(lines=1)

    run(scenario())


def test_another_programs_page_has_another_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            for aside, well in (("http://localhost:9/", False), ("http://devices.example/", True)):
                shop.configure(OPEN.replace("[panel]", f'[panel]\naside = "{aside}"'), None)
                assert ("  aside:" not in (await shop.edge("check")).out) is well

    run(scenario())
