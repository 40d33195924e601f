"""Protection against strangers before there are users, and what a PIN opens."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from edge.core.secrets import keys
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.browser.strangers import open_to_all, stranger
from tests.shop_fixture import CONFIG, MILK, run

ASIDE = CONFIG + 'aside = "http://127.0.0.1:9999/devices?x=1"\n'


def test_only_its_own_names_open_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            port = served.port
            for good in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST.:{port}"):
                assert (await caller.get("/static/base.css", Host=good)).status == 200, good
            for bad in (
                "evil.example",
                f"evil.example:{port}",
                f"127.0.0.1:{port + 1}",
                f"10.0.0.7:{port}",
                "[",
                "localhost",
                f"{socket.gethostname()}.local:{port}",  # anyone may answer to this name on the network
            ):
                for path in ("/", "/api/v1/queries/basket", "/metrics", "/static/base.css"):
                    answer = await caller.get(path, Host=bad)
                    assert answer.status == 403, (bad, path)
            answer = await caller.get("/", Host="evil.example")
            assert answer.text.startswith("This site can't be reached under the name evil.example.")

    run(scenario())


def test_pages_of_others_change_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for origin in (
                "http://evil.example",
                "null",
                f"http://127.0.0.1:{served.port + 1}",
                f"https://127.0.0.1:{served.port}",
            ):
                refused = await caller.do("AddLine", {"code": MILK}, Origin=origin)
                assert refused.status == 403, origin
                assert (await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Origin=origin)).status == 403
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await caller.socket("register=1", Origin=origin)
            assert "lines" not in (await caller.get("/api/v1/queries/basket")).json["result"]
            assert (await caller.do("AddLine", {"code": MILK}, Origin=served.url)).status == 200

    run(scenario())


def test_a_piece_of_a_page_is_shown_to_our_pages_alone(tmp_path: Path) -> None:
    """A link on any page could lead to a fragment with an address that controls its content."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            path = "/fragments/goods?register=1"
            assert (await caller.get(path, Sec_Fetch_Dest="empty", Grant=served.site.door.token)).status == 200
            for shown_as in ("document", "iframe", "object"):
                assert (await caller.get(path, Sec_Fetch_Dest=shown_as, Grant=served.site.door.token)).status == 403

    run(scenario())


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/commands/AddLine", b'{"code": "1"}'),
        ("/api/v1/commands/OpenDrawer", b"{}"),
        ("/api/v1/lock", b"{}"),
        ("/api/v1/imports/preview", b"{}"),
        ("/fragments/bulk-edit", b"{}"),
        ("/kiosk/leave", b"{}"),
        ("/api/v1/stock/sync", b"[]"),
    ],
)
def test_what_is_not_said_to_be_json_is_not_read_as_it(tmp_path: Path, path: str, body: bytes) -> None:
    """Other people's pages can make a browser send forms and text without asking first."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession() as session:
            headers = {"Grant": served.site.door.token, "Register": "1", "Origin": served.url, "Surface": "cashier"}

            async def status(kind: str | None, sent: bytes = body) -> int:
                said = headers if kind is None else {**headers, "Content-Type": kind}
                skip = ["Content-Type"] if kind is None else []
                url = served.url + path
                async with session.post(url, data=sent, headers=said, skip_auto_headers=skip) as answer:
                    text = await answer.text()
                    if answer.status == 415:
                        assert "Content-Type: application/json" in text
                    return answer.status

            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None):
                assert await status(kind) == 415, kind
            for kind in ("application/json", "application/json; charset=utf-8", "application/vnd.shop+json"):
                assert await status(kind) != 415, kind
            assert await status("text/plain", b"") != 415, "nothing is no body"

    run(scenario())


@pytest.mark.parametrize("path", ["/api/v1/products/milk", "/api/v1/grants", "/api/v1/commands/AddLine"])
def test_a_body_nested_without_end_is_no_fault_of_ours(tmp_path: Path, path: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            headers = {"Grant": served.site.door.token, "Register": "1", "Origin": served.url, **JSON}
            method = "PUT" if "products" in path else "POST"
            async with aiohttp.ClientSession(headers=headers) as session:
                answer = await session.request(method, served.url + path, data=b'{"pin":' + b"[" * 60_000)
                assert answer.status == 400, await answer.text()

    run(scenario())


def test_a_browser_is_told_what_a_page_may_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ASIDE) as served, calling(served) as caller:
            page = await caller.get("/")
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'self';" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert "frame-src http://127.0.0.1:9999;" in policy
            assert page.headers["Cache-Control"] == "no-store"
            assert 'src="http://127.0.0.1:9999/devices?x=1&amp;lang=en"' in page.text
            for path in ("/", "/static/base.css", "/api/v1/nothing", "/nothing"):
                assert (await caller.get(path)).headers["X-Content-Type-Options"] == "nosniff", path

    run(scenario())


PUBLIC = ("/manifest.webmanifest", "/service-worker.js")
"""Files that are the same for everyone. Browsers ask each time whether their copy is current."""


def test_no_answer_of_the_shops_own_is_kept_by_a_browser(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession() as session:
            headers = {"Register": "1", "Grant": served.site.door.token}
            kept, seen = {}, 0
            for one in served.site.declared.endpoints:
                if one.method != "GET" or "{" in one.path or one.path.startswith("/ws") or one.path in PUBLIC:
                    continue
                async with session.get(served.url + one.path, headers=headers) as answer:
                    seen += 1
                    said = answer.headers.get("Cache-Control")
                    if said != "no-store" and not answer.content_type.startswith(("image/", "font/")):
                        kept[one.path] = said
            assert seen > 100
            assert kept == {}

    run(scenario())


def test_answers_tell_nobody_which_version_they_are_of_and_everybody_what_they_are_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for path in ("/", "/static/base.css", "/api/v1/nothing", "/nothing", "/api/v1/exports/catalogue.csv"):
                answer = await caller.get(path, Grant=served.site.door.token)
                assert "Server" not in answer.headers, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", path
                assert "default-src 'self';" in answer.headers["Content-Security-Policy"], path
                assert "camera=(self), microphone=(self)" in answer.headers["Permissions-Policy"], path
                assert "Strict-Transport-Security" not in answer.headers, "there is no TLS to stay with"

    run(scenario())


@pytest.mark.parametrize("line", ["Origin: http://evil.example", "Register: 2", "Grant: x", "Host: evil.example"])
def test_what_is_said_twice_is_refused(tmp_path: Path, line: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            own = (f"Host: 127.0.0.1:{served.port}", f"Origin: {served.url}", "Register: 1", "Grant: y")
            assert (await post(served, *own)).startswith("HTTP/1.1 200")
            refused = await post(served, *own, line)
            assert " 400 Bad Request\r\n" in refused
            assert "aiohttp" not in refused and "Python" not in refused

    run(scenario())


def test_a_body_can_be_understood_in_one_way_only(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            own = (f"Host: 127.0.0.1:{served.port}", "Register: 1")
            for coding in ("identity, chunked", "gzip, chunked", "identity"):
                answer = await post(served, *own, f"Transfer-Encoding: {coding}", length="", body=b"0\r\n\r\n")
                assert " 400 Bad Request\r\n" in answer, coding
                assert "aiohttp" not in answer, coding

    run(scenario())


async def post(served: Served, *headers: str, length: str = "Content-Length: 2", body: bytes = b"{}") -> str:
    """Send a request exactly as written, with headers that no client would send; returns the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    lines = [
        "POST /api/v1/lock HTTP/1.1",
        "Content-Type: application/json",
        *headers,
        "Connection: close",
        *filter(None, [length]),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    answer = await reader.read()
    writer.close()
    return answer.decode()


def test_a_cookie_counts_for_pages_of_ours_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            cookie = given.headers["Set-Cookie"].split("; ")[0]
            value = cookie.partition("=")[2]
            here = {"Surface": "panel", "Cookie": cookie}
            price = {"sku": "milk", "price_minor": 130}
            assert (await caller.do("SetPrice", price, **here, Origin="")).status == 403, "nobody says whose page asks"
            assert (await caller.do("SetPrice", price, **here, Origin="", Sec_Fetch_Site="same-site")).status == 403
            assert (await caller.do("SetPrice", price, **here, Origin="", Sec_Fetch_Site="same-origin")).status == 200
            assert (await caller.do("SetPrice", price, Origin=served.url, **here)).status == 200
            for foreign in (f"__Host-edge-corner.manager={value}", f"manager={value}", f"{cookie}; {cookie}"):
                answer = await caller.do("SetPrice", price, Origin=served.url, Surface="panel", Cookie=foreign)
                assert answer.status == 403, foreign

    run(scenario())


async def override(caller: Caller, **headers: str) -> Answer:
    return await caller.do("OverridePrice", {"line": 1, "price_minor": 100}, **headers)


def test_a_pin_opens_overrides_at_its_register(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            missing = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            assert (missing.status, missing.code) == (422, "pin_missing")
            await caller.set_pin()
            for register in ("1", "2"):
                await caller.do("AddLine", {"code": MILK}, Register=register)
            entered = await caller.call("POST", "/api/v1/grants", {"pin": PIN, "command": "OverridePrice"})
            token = entered.json["grant"]["token"]
            assert (await override(caller, Grant=token, Register="2")).status == 403
            assert (await override(caller, Grant=token)).status == 200
            assert (await override(caller, Grant=token)).status == 403, "once"
            assert (await override(caller, Grant="0" * 32)).status == 403
            assert (await override(caller)).status == 403

    run(scenario())


def test_pins_cannot_be_guessed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            guess = {"command": "VoidLastSale"}
            codes = [(await caller.call("POST", "/api/v1/grants", {"pin": f"{n:04d}", **guess})).code for n in range(6)]
            assert codes == ["pin_wrong"] * 5 + ["pin_wait"]
            right = await caller.call("POST", "/api/v1/grants", {"pin": PIN, **guess}, Accept_Language="fr")
            assert right.code == "pin_wait"
            assert right.message.startswith("Trop de codes PIN incorrects. Réessayez")
            change = await caller.call("POST", "/api/v1/pin", {"pin": "1111", "old_pin": PIN})
            assert change.code == "pin_wait"

    run(scenario())


def test_changing_the_pin_needs_the_old_one_and_leaves_no_pin_in_the_journal(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            assert (await caller.call("POST", "/api/v1/pin", {"pin": "12"})).code == "pin_form"
            await caller.set_pin()
            assert (await caller.call("POST", "/api/v1/pin", {"pin": "975310"})).code == "pin_wrong"
            done = await caller.call("POST", "/api/v1/pin", {"pin": "975310", "old_pin": PIN})
            assert done.status == 200
            assert (await caller.call("POST", "/api/v1/grants", {"pin": "975310"}, Surface="panel")).status == 200
            assert no_trace(served, "975310")

    run(scenario())


def test_the_recovery_code_from_paper_sets_a_forgotten_pin(tmp_path: Path) -> None:
    """A box from the disk image has no command line for `edge pin`."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            code = keys.show(keys.stored_or_made(served.site.config.folder))
            for wrong in (keys.show(bytes(16)), code[:-1] + ("0" if code[-1] != "0" else "1"), "K7QM"):
                refused = await caller.call("POST", "/api/v1/pin", {"pin": "975310", "recovery_code": wrong})
                assert (refused.status, refused.code) == (422, "recovery_code_other")
            weak = await caller.call("POST", "/api/v1/pin", {"pin": "111111", "recovery_code": code})
            assert weak.code.startswith("pin_")
            typed = code.lower().replace("-", " ")
            assert (await caller.call("POST", "/api/v1/pin", {"pin": "975310", "recovery_code": typed})).status == 200
            assert (await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")).code == "pin_wrong"
            assert (await caller.call("POST", "/api/v1/grants", {"pin": "975310"}, Surface="panel")).status == 200
            assert no_trace(served, "975310") and no_trace(served, code)

    run(scenario())


def test_no_other_machine_sets_a_pin_by_the_recovery_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as caller, stranger(served) as guest:
            await caller.set_pin()
            await guest.let_in("manager")
            code = keys.show(keys.stored_or_made(served.site.config.folder))
            refused = await guest.call("POST", "/api/v1/pin", {"pin": "975310", "recovery_code": code})
            assert refused.code == "pin_by_code_elsewhere"
            assert 'id="forgot"' not in (await guest.get("/manager?lang=en", Accept="text/html")).text
            assert 'id="forgot"' in (await caller.get("/manager?lang=en", Accept="text/html")).text

    run(scenario())


def no_trace(served: Served, pin: str) -> bool:
    return not any(pin in row[0].decode() for row in served.shop.reader.execute("SELECT body FROM journal"))
