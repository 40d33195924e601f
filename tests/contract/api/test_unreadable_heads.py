"""Headers that aren't valid text, at any address of three servers: 400, and nothing in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from edge.backoffice.twin.follower_door import FollowerDoor
from edge.backoffice.twin.status import TwinStatus
from edge.web.headers import ONCE
from sync.hook_signatures import HEADERS as SIGNED_AS
from sync.hub.api.delivery_reports import SIGNED_BY
from tests.browser.serving import serve
from tests.contract.hub.test_hub_api import an_api
from tests.shop_fixture import run

HEADS = (
    *sorted(ONCE - {b"content-length", b"transfer-encoding", b"content-encoding", b"upgrade"}),
    *(b"accept", b"user-agent", b"x-clover-auth", b"edge-leader", b"referer", b"x-api-key", b"clover-signature"),
)
FORMS = {
    b"authorization": (b"\xff", b"Bearer \xff", b"Bearer edgec_\xff", b"Bearer edges_\xff\xfe"),
    b"cookie": (b"a=\xff",),
    b"content-type": (b"application/json; charset=\xff",),
}
AT_ONCE = 16


async def asked(port: int, method: str, path: str, head: bytes, value: bytes) -> bytes:
    """Return the first line of the answer."""
    host = b"" if head == b"host" else b"Host: 127.0.0.1:%d\r\n" % port
    line = f"{method} {path} HTTP/1.1\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(line + host + b"Connection: close\r\nContent-Length: 0\r\n" + head + b": " + value + b"\r\n\r\n")
        return await reader.readline()
    finally:
        writer.close()


async def refused_everywhere(port: int, routes: Sequence[tuple[str, str]]) -> None:
    """Check every address with some header, and every header in each form at some address."""
    forms = [(head, value) for head in HEADS for value in FORMS.get(head, (b"\xff", b"ok\xc3"))]
    many = max(len(forms), len(routes))
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(place: int) -> None:
        (method, path), (head, value) = routes[place % len(routes)], forms[place % len(forms)]
        async with turns:
            line = await asked(port, method, path, head, value)
        assert line.startswith(b"HTTP/1.1 400"), (method, path, head, value, line)

    await asyncio.gather(*(one(place) for place in range(many)))


def routes_of(app: web.Application) -> list[tuple[str, str]]:
    """Return every method and address, with each field filled in."""
    found = {
        (route.method if route.method != "*" else "GET", route.resource.canonical.replace("{", "").replace("}", ""))
        for route in app.router.routes()
        if route.resource is not None
    }
    assert found
    return sorted((method, path.replace(":.*", "")) for method, path in found)


def test_the_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    apps: list[web.Application] = []
    monkeypatch.setattr(web.AppRunner, "__init__", _noting(apps))

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await refused_everywhere(served.port, routes_of(max(apps, key=lambda one: len(one.router.routes()))))
            assert (await asked(served.port, "GET", "/api/v1/me%00", b"accept", b"*/*")).startswith(b"HTTP/1.1 400")

    run(scenario())
    assert "Traceback" not in "".join(capsys.readouterr())


def test_a_head_that_signs_something_comes_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            signs = {*SIGNED_AS.values(), *(head.lower() for heads in SIGNED_BY.values() for head in heads)}
            for head in sorted({*signs, "stripe-signature", "x-clover-auth"}):
                name = head.encode()
                line = await asked(served.port, "POST", "/api/v1/webhooks/x", name, b"a\r\n" + name.title() + b": b")
                assert line.startswith(b"HTTP/1.1 400"), head

    run(scenario())


def test_head_office(database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    apps: list[web.Application] = []
    monkeypatch.setattr(web.AppRunner, "__init__", _noting(apps))

    async def scenario() -> None:
        async with an_api(database) as house:
            port = int(house.base.rpartition(":")[2])
            await refused_everywhere(port, routes_of(max(apps, key=lambda one: len(one.router.routes()))))
            for path in ("/v1/publications/a%00", "/v1/texts/file?store=%00"):
                assert (await asked(port, "GET", path, b"accept", b"*/*")).startswith(b"HTTP/1.1 400")

    asyncio.run(scenario())
    assert "couldn't be answered" not in caplog.text


def test_the_second_box() -> None:
    async def nobody(pin: str) -> bool:
        return False

    async def scenario() -> None:
        door = FollowerDoor(lambda: "", lambda: TwinStatus("b", "", "follows"), nobody, nobody, dict)
        async with TestServer(app := door.make_app()) as server:
            assert server.port is not None
            await refused_everywhere(server.port, routes_of(app))

    run(scenario())


def _noting(apps: list[web.Application]) -> object:
    begin = web.AppRunner.__init__

    def noted(self: web.AppRunner, app: web.Application, *args: object, **kwargs: object) -> None:
        apps.append(app)
        begin(self, app, *args, **kwargs)  # type: ignore[arg-type]

    return noted
