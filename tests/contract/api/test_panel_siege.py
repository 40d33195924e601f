"""Strangers who send requests without end: they get their share, and the till continues to sell."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog
from aiohttp import WSMsgType, web

from edge.web import connection, listener
from edge.web.limits import CONNECTIONS_OF_ONE, CONNECTIONS_OF_OTHERS, PAGES_OF_ONE
from edge.web.rate_limit import Rates
from tests.browser.calling import PIN, Caller, calling
from tests.browser.serving import Served
from tests.browser.strangers import STRANGER, connect, is_here, open_to_all, stranger
from tests.contract.api.test_panel_pairing import cookie_of
from tests.http_client import when
from tests.shop_fixture import MILK, run
from tests.signing_in import hire, log_in

pytestmark = pytest.mark.slow

FILES = 16_384
ADDRESSES = [f"127.0.1.{number}" for number in range(1, 201)]
SALE_S = 5.0
"""Maximum seconds of a sale besides thousands of connections, on any machine. Normally it takes milliseconds."""


@pytest.fixture
def many_files() -> Iterator[None]:
    """Allow thousands of open files, as both ends of all connections are in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"missing: {FILES} open files (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def sell(till: Caller) -> float:
    """Make a sale; returns its duration in seconds."""
    began = time.monotonic()
    assert (await till.do("AddLine", {"code": MILK})).status == 200
    assert (await till.do("Pay", {"kind": "cash"})).status == 200
    return time.monotonic() - began


class Wire:
    """A stranger's raw connection, which is only read to see whether it is still open."""

    def __init__(self, port: int, source: str = STRANGER) -> None:
        self.socket = socket.socket()
        self.socket.bind((source, 0))
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))

    def say(self, words: bytes) -> None:
        with suppress(OSError):  # the server closed it at once
            self.socket.send(words)

    def is_open(self) -> bool:
        try:
            while self.socket.recv(65_536):
                pass
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


async def open_ones(wires: list[Wire]) -> int:
    return sum(wire.is_open() for wire in wires)


async def besiege(served: Served, count: int, says: bytes) -> list[Wire]:
    """Open `count` connections from many addresses, and send `says` on each."""
    wires = []
    for number in range(count):
        wires.append(Wire(served.port, ADDRESSES[number % len(ADDRESSES)]))
        await asyncio.sleep(0)  # lets the server run, which is in the same event loop
        wires[-1].say(says)
    return wires


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (5000, b"GET / HTTP/1.1\r\nHost: "),  # half a request
        (1500, b"\x16\x03\x01"),  # half a handshake
        (1500, b"GET /trust HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),  # answered, then idle
    ],
    ids=["half-open", "half a handshake", "idle"],
)
def test_thousands_of_connections_leave_room_for_the_till(
    tmp_path: Path, many_files: None, count: int, says: bytes
) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as till, stranger(served) as register:
            wires = await besiege(served, count, says)
            took_s = [await sell(till) for _ in range(10)]
            assert max(took_s) < SALE_S
            await register.let_in("till", "2")
            assert (await register.do("AddLine", {"code": MILK}, Register="2")).status == 200, "and for who asks"
            await when(lambda: open_ones(wires), lambda seen: seen <= CONNECTIONS_OF_OTHERS, "closed", poll_s=0.1)
            for wire in wires:
                wire.socket.close()

    run(scenario(), 120)


def test_one_address_has_few_connections(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served:
            wires = [Wire(served.port) for _ in range(CONNECTIONS_OF_ONE + 20)]
            await when(lambda: open_ones(wires), lambda seen: seen <= CONNECTIONS_OF_ONE, "the others are closed")
            assert wires[-1].is_open() and not wires[0].is_open(), "the newest is served, the oldest went"
            for wire in wires:
                wire.socket.close()

    run(scenario())


def test_a_trusted_proxy_brings_many(tmp_path: Path) -> None:
    proxy = 'trusted_proxy = "127.0.0.3"\npublic_origin = "https://till.example"\n'

    async def scenario() -> None:
        async with open_to_all(tmp_path, proxy) as served, calling(served) as till:
            wires = [Wire(served.port, "127.0.0.3") for _ in range(3 * CONNECTIONS_OF_ONE)]
            await sell(till)
            assert await open_ones(wires) == len(wires)
            for wire in wires:
                wire.socket.close()

    run(scenario())


@pytest.mark.parametrize(
    ("late", "says"),
    [
        ("HEAD_S", b""),
        ("HEAD_S", b"GET / HTTP/1.1\r\n"),
        ("HEAD_S", b"\x16\x03\x01"),
        ("IDLE_S", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        ("BODY_S", b"POST /api/v1/lock HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9\r\n\r\n{{"),
    ],
)
def test_what_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str, says: bytes
) -> None:
    for module in (connection, listener):
        monkeypatch.setattr(module, late, 0.1, raising=False)

    async def scenario() -> None:
        async with open_to_all(tmp_path) as served:
            reader, writer = await connect(served, "127.0.0.1")
            writer.write(says.decode().format(port=served.port).encode() if b"{" in says else says)
            async with asyncio.timeout(30):
                await reader.read()
            writer.close()

    run(scenario())


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as till, stranger(served) as guest:
            await guest.let_in("kiosk")
            answered = 0
            while (await guest.get("/api/v1/queries/product_count")).status == 200:
                answered += 1
                assert answered < 600, "nobody is asked to wait"
            assert answered >= 100
            refused = await when(
                lambda: guest.get("/api/v1/queries/product_count"), lambda seen: seen.status == 429, "too often"
            )
            assert int(refused.headers["Retry-After"]) >= 1 and refused.code == "too_often"
            page = await when(lambda: guest.get("/login"), lambda seen: seen.status == 429, "pages as well")
            assert int(page.headers["Retry-After"]) >= 1
            guesses = [(await guest.call("POST", "/api/v1/sign-in", {"pin": f"{n:04d}"})).status for n in range(8)]
            assert guesses[-3:] == [429] * 3
            assert {(await till.get("/api/v1/queries/basket")).status for _ in range(130)} == {200}

    run(scenario())


def test_a_stranger_takes_no_ones_place_on_the_pages(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as till, stranger(served) as guest:
            await till.set_pin()
            await guest.let_in("manager")
            given = await guest.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel", Origin=guest.url)
            guest.cookie += f"; {cookie_of(given)}"
            pages = [await guest.socket("page=manager&register=1") for _ in range(PAGES_OF_ONE + 1)]
            first = [await page.receive() for page in pages]
            assert [message.type for message in first[:-1]] == [WSMsgType.TEXT] * PAGES_OF_ONE
            assert (first[-1].type, first[-1].data) == (WSMsgType.CLOSE, 1013)
            async with till.socket("register=1") as page:
                assert (await page.receive()).type == WSMsgType.TEXT
            for page in pages:
                await page.close()

    run(scenario())


class OutOfFiles(socket.socket):
    """The listening socket of a process that temporarily can't open more files."""

    refusals = 5

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_out_of_files_is_said_once_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "ACCEPT_AGAIN_S", 0.01)

    async def hello(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="hello")

    async def scenario() -> None:
        server = web.Server(hello)
        taking = listener.Listener(server, server, is_here, lambda: None, Rates(time.monotonic))
        waiting = socket.create_server(("127.0.0.1", 0))
        port = waiting.getsockname()[1]
        with structlog.testing.capture_logs() as said:
            taking.open([OutOfFiles(fileno=waiting.detach())])
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(STRANGER, 0))
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert b"hello" in await reader.read()
            writer.close()
            await taking.close()
        assert [line["event"] for line in said] == ["a connection couldn't be accepted"]

    run(scenario())


GUESSERS, GUESSES = 50, 20


def test_guesses_from_fifty_addresses_open_nothing_and_the_till_sells_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as till:
            await hire(served)
            sold = asyncio.Event()
            codes: Counter[str] = Counter()

            async def guess(source: str) -> None:
                async with stranger(served, source=source) as phone:
                    for number in range(GUESSES):
                        answer = await log_in(phone, password=f"giraffe buttons {number}")
                        codes[answer.code] += 1
                        if sold.is_set():
                            return

            async with asyncio.TaskGroup() as group:
                for address in ADDRESSES[:GUESSERS]:
                    group.create_task(guess(address))
                took_s = [await sell(till) for _ in range(5)]
                sold.set()
            assert max(took_s) < SALE_S
            assert codes.keys() <= {"login_wrong", "pin_wait", "too_often", "busy"}, codes
            assert codes["login_wrong"] < 10, "nearly all of them were not even looked at"
            assert [one.kind for one in served.access.sessions.all()] == []

    run(scenario(), 120)
