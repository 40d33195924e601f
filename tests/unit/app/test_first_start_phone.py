"""A new box is set up from a phone by whoever sees its screen or holds what its printer printed, and by no one else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from drivers.discovery.match import Proposal
from edge.app.first_start_page import SCREEN, FirstStart
from edge.app.first_start_phone import COOKIE, PATH, WRONG_MOST, PhoneAccess, shown_code
from edge.runtime.config import Config
from sim.printer.server import SimPrinter
from tests.shop_fixture import run
from tests.unit.app.test_first_start import told

HERE, PHONE, OTHER = "127.0.0.1", "127.0.0.2", "127.0.0.3"
LAN = "192.0.2.7"
JSON = {"Content-Type": "application/json"}


class Box:
    """A new box whose set-up page is open; every address but 127.0.0.1 is another machine's."""

    def __init__(self, folder: Path, printer: Proposal | None = None, addresses: tuple[str, ...] = (HERE, LAN)) -> None:
        self.addresses = list(addresses)
        self.phones = PhoneAccess(lambda: tuple(self.addresses))
        self.first = FirstStart(folder / "c.toml", "data", 0, self.phones, lambda one: one == HERE, lambda: printer)
        self.port = 0
        self.asking: asyncio.Task[tuple[Config, Any]]

    async def open(self) -> None:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.asking = asyncio.create_task(self.first.ask(ready.set_result))
        self.port = await ready

    @asynccontextmanager
    async def machine(self, source: str, tls: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
        """A browser at `source`, which takes the certificate that nobody knows yet."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connector = aiohttp.TCPConnector(local_addr=(source, 0), ssl=trusting)
        base = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(base, connector=connector, cookie_jar=jar) as session:
            yield session


@asynccontextmanager
async def new_box(folder: Path, **options: Any) -> AsyncIterator[Box]:
    box = Box(folder, **options)
    await box.open()
    try:
        yield box
    finally:
        box.asking.cancel()
        await asyncio.gather(box.asking, return_exceptions=True)


async def enter(phone: aiohttp.ClientSession, code: str) -> int:
    async with phone.post(PATH, json={"code": code}) as answer:
        return answer.status


async def screen_of(box: Box, method: str = "GET") -> dict[str, Any]:
    """What the box's own screen shows; POST: after a press on "New code"."""
    asked = {"data": b"{}", "headers": JSON}
    async with box.machine(HERE, tls=False) as screen, screen.request(method, SCREEN, **asked) as answer:  # type: ignore[arg-type]
        assert answer.status == 200
        shown: dict[str, Any] = await answer.json()
        return shown


def test_a_phone_with_the_code_opens_the_shop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with new_box(tmp_path) as box, box.machine(PHONE) as phone:
            shown = await screen_of(box)
            assert shown["address"] == f"https://{LAN}:{box.port}" and shown["picture"].startswith("data:image/svg")
            assert await enter(phone, shown["code"].lower().replace("-", " ")) == 200, "as people type it"
            assert (await screen_of(box))["connected"]
            async with phone.get("/") as page:
                assert page.status == 200 and "data-phone" in await page.text()
            async with phone.post("/first", data=msgspec.json.encode(told()), headers=JSON) as answer:
                assert answer.status == 200
            config, answers = await box.asking
            assert config.store.header == ("Corner",) and answers.manager == "Dana"

    run(scenario())


def test_without_the_code_other_machines_get_and_change_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with new_box(tmp_path) as box, box.machine(OTHER) as other:
            routes = [one for one in box.first.app().router.routes() if one.resource and one.method != "HEAD"]
            assert len(routes) > 12
            for route in routes:
                path = str(route.resource and route.resource.canonical)
                if path in (PATH, "/static/{name}"):
                    continue
                async with other.request(route.method, path, data=b"{}", headers=JSON, allow_redirects=False) as answer:
                    said = await answer.text()
                    assert answer.status in (303, 401), path
                    assert answer.status == 401 or answer.headers["Location"] == PATH
                    assert box.phones.code not in said and shown_code(box.phones.code) not in said
            async with other.get(PATH) as page:
                assert page.status == 200 and box.phones.code not in await page.text()
            assert not (tmp_path / "c.toml").exists()

    run(scenario())


def test_nothing_is_said_without_tls_or_under_another_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with new_box(tmp_path) as box:
            async with box.machine(OTHER, tls=False) as plain:
                async with plain.get("/?lang=fr", allow_redirects=False) as answer:
                    assert answer.status == 307
                    assert answer.headers["Location"] == f"https://127.0.0.1:{box.port}/?lang=fr"
                assert await enter(plain, box.phones.code) == 403, "its code was readable on the way"
                async with plain.get(SCREEN, headers={"Host": "localhost"}, allow_redirects=False) as answer:
                    assert answer.status == 307, "a name doesn't make it the box"
            async with box.machine(OTHER) as other:
                for headers in ({"Host": f"localhost.evil.example:{box.port}"}, {"Origin": "https://evil.example"}):
                    async with other.post(PATH, json={"code": box.phones.code}, headers=headers) as answer:
                        assert answer.status == 403, headers
                assert await enter(other, box.phones.code) == 200

    run(scenario())


def test_each_code_works_once_and_the_newest_phone_is_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with new_box(tmp_path) as box, box.machine(PHONE) as phone, box.machine(OTHER) as other:
            first = box.phones.code
            assert await enter(phone, first) == 200
            assert await enter(other, first) == 422
            assert await enter(other, box.phones.code) == 200
            async with phone.get("/first/backups") as answer:
                assert answer.status == 401
            async with other.get("/first/backups") as answer:
                assert answer.status == 200
            async with other.get(SCREEN) as answer:
                assert answer.status == 403, "the next code is on the screen alone"
            (cookie,) = [one for one in other.cookie_jar if one.key == COOKIE]
            assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Strict"

    run(scenario())


def test_guessing_ends_until_somebody_at_the_screen_makes_a_new_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with new_box(tmp_path) as box, box.machine(OTHER) as other:
            wrong = "0" * 8 if box.phones.code != "0" * 8 else "1" * 8
            assert [await enter(other, wrong) for _ in range(WRONG_MOST)] == [422] * WRONG_MOST
            assert await enter(other, box.phones.code) == 422, "also the right one"
            shown = await screen_of(box)
            assert shown["refused"] and not shown["picture"]
            shown = await screen_of(box, method="POST")
            assert not shown["refused"]
            assert await enter(other, shown["code"]) == 200

    run(scenario())


def test_a_box_without_a_network_names_no_address_until_it_has_joined_one(tmp_path: Path) -> None:
    phones = PhoneAccess(lambda: tuple(addresses))
    addresses = ["127.0.0.1", "::1", "169.254.3.4", "fd00::2"]
    phones.look()
    assert phones.screen(8080, over=False).address == ""
    addresses.append("192.168.1.20")
    phones.look()
    assert phones.link(8080) == f"https://192.168.1.20:8080{PATH}#{phones.code}"
    assert "192.168.1.20" in phones.names


def test_an_attached_printer_prints_the_way_in_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            options: dict[str, str | int | bool] = {"host": "127.0.0.1", "port": printer.port}
            attached = Proposal("receipt_printer", "network", "Epson TM-T20", options, certain=True)
            async with new_box(tmp_path, printer=attached) as box, box.machine(PHONE) as phone:
                paper = await printer.next_receipt()
                assert f"https://{LAN}:{box.port}" in paper.text and "réseau" in paper.text
                assert shown_code(box.phones.code) in paper.text
                assert await enter(phone, shown_code(box.phones.code)) == 200
            assert len(printer.receipts) == 1

    run(scenario())


@pytest.mark.parametrize("certain", [True, False])
def test_only_a_known_printer_gets_the_code(certain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office printer would print pages of control characters."""
    from drivers.discovery.udev import Node, Plugged
    from drivers.known_models import models
    from edge.app import first_start_page

    known = next(one for one in models() if one.role == "receipt_printer" and one.product)
    usb = f"{known.vendor}:{known.product}" if certain else "03f0:0c17"
    found = [Plugged(usb, "Maker", "Printer", "", (Node("printer", "/dev/usb/lp0"),))]
    monkeypatch.setattr(first_start_page, "find_plugged", lambda: found)
    attached = first_start_page.attached_printer()
    assert (attached is not None) == certain
