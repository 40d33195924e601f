"""A manager pairs another machine's browser once; it belongs to its own till, and is out from the next request on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType

from edge.foundation.access.browsers.pairing import BEFORE_US, ROTATED_US
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import CONFIG, MILK, FakeClock, run

ALWAYS = CONFIG.replace("port = 0", 'port = 0\npairing = "always"')
"""A configuration that treats this machine like any other: its browsers must be paired too."""


def cookie_of(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].split("; ")[0]


async def pair(caller: Caller, kind: str = "till", register: str = "2") -> str:
    """Return a paired browser's cookie."""
    asked = await caller.call("POST", "/api/v1/pairings", {})
    digits = asked.json["asks"]["digits"]
    assert (await caller.manage("ConfirmPairing", {"digits": digits, "kind": kind, "register": register})).status == 200
    return cookie_of(asked)


def ended(served: Served) -> list[Any]:
    return served.shop.reader.execute("SELECT body FROM journal WHERE type = 'PairingEnded'").fetchall()


def test_a_stranger_is_let_in_nowhere_and_asks_with_digits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            for path in ("/api/v1/queries/basket", "/api/v1/search?text=milk", "/fragments/goods", "/ws"):
                assert (await caller.get(path)).status == 401, path
            for path, body in (("commands/OpenDrawer", {}), ("sign-in", {"pin": PIN}), ("grants", {"pin": PIN})):
                assert (await caller.call("POST", f"/api/v1/{path}", body)).code == "not_paired", path
            asked = await caller.call("POST", "/api/v1/pairings", {})
            digits, cookie = asked.json["asks"]["digits"], cookie_of(asked)
            again = await caller.call("POST", "/api/v1/pairings", {}, Cookie=cookie)
            assert again.json["asks"]["digits"] == digits, "both screens go on showing the same"
            assert digits in (await caller.get("/pair", Cookie=cookie)).text
            assert (await caller.get("/api/v1/queries/basket", Cookie=cookie)).status == 401, "nobody said yes"
            wrong = await caller.manage("ConfirmPairing", {"digits": "0000", "kind": "till", "register": "2"})
            assert wrong.code == "no_such_pairing" or digits == "0000"
            confirmed = await caller.manage("ConfirmPairing", {"digits": digits, "kind": "till", "register": "2"})
            assert confirmed.status == 200
            known = await caller.call("POST", "/api/v1/pairings", {}, Cookie=cookie)
            assert known.json == {"paired": {"kind": "till", "register": "2"}}
            assert (await caller.get("/healthz")).status == 200

    run(scenario())


def test_a_paired_till_is_no_other_and_a_kiosk_opens_no_drawer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            till = await pair(caller)
            assert (await caller.do("AddLine", {"code": MILK}, Register="", Cookie=till)).status == 200
            assert (await caller.do("AddLine", {"code": MILK}, Register="1", Cookie=till)).code == "register_not_paired"
            kiosk = {"Cookie": await pair(caller, "kiosk"), "Register": "2", "Surface": "kiosk"}
            for name in ("AddLine", "AbandonBasket", "OpenDrawer", "OpenShift", "Pay", "ReprintReceipt"):
                body = (
                    {"code": MILK}
                    if name == "AddLine"
                    else {"kind": "card"}
                    if name == "Pay"
                    else {"number": 1}
                    if name == "ReprintReceipt"
                    else {}
                )
                assert (await caller.do(name, body, **kiosk)).code == "right_denied", name
            assert (await caller.get("/api/v1/queries/basket?register=2", **kiosk)).code == "right_denied"
            assert (await caller.get("/api/v1/queries/receipts", **kiosk)).code == "right_denied"
            claims = {**kiosk, "Surface": "cashier"}
            assert (await caller.do("OpenDrawer", {}, **claims)).code == "surface_not_paired"

    run(scenario())


def test_who_signs_in_is_so_in_that_browser_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            added = {"name": "Dana", "role": "cashier", "pin": "7394"}
            assert (await caller.call("POST", "/api/v1/users", added, Grant=served.site.door.token)).status == 200
            hers, other = [{"Cookie": await pair(caller), "Register": "2"} for _ in range(2)]
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "7394"}, **hers)).status == 200
            actor = "SELECT actor FROM journal ORDER BY seq DESC LIMIT 1"
            for browser, name in ((hers, "u1"), (other, "cashier")):
                await caller.call("POST", "/api/v1/sign-out", {}, **other)
                assert (await caller.do("OpenDrawer", {"reason": "change"}, **browser)).status == 200
                assert served.shop.reader.execute(actor).fetchone() == (name,)

    run(scenario())


def test_a_revoked_browser_is_out_at_once_and_its_socket_closes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            cookie = await pair(caller)
            async with caller.socket("page=cashier&register=2", Cookie=cookie) as socket:
                assert (await socket.receive()).type == WSMsgType.TEXT
                found = (await caller.get("/api/v1/queries/pairings", Grant=served.site.door.token)).json["result"]
                assert (await caller.manage("EndPairing", {"id": found[0]["id"], "why": "copied"})).status == 200
                assert not served.site.live.pages, "nothing is pushed to it any more, before the next tick either"
                while (message := await socket.receive()).type == WSMsgType.TEXT:
                    pass
                assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)
            assert (await caller.get("/api/v1/queries/basket", Register="2", Cookie=cookie)).status == 401

    run(scenario())


def test_a_copied_cookie_ends_the_pairing(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, ALWAYS, clock=clock) as served, calling(served) as caller:
            old = await pair(caller)
            clock.advance(ROTATED_US / 1e6)
            asked = [await caller.get("/api/v1/queries/basket", Register="2", Cookie=old) for _ in range(2)]
            new = cookie_of(asked[0])
            assert new != old and new == cookie_of(asked[1]), "answers may overtake each other"
            for cookie in (new, old, new):
                assert (await caller.get("/api/v1/queries/basket", Register="2", Cookie=cookie)).status == 200
            clock.advance(BEFORE_US / 1e6)
            assert (await caller.get("/api/v1/queries/basket", Register="2", Cookie=old)).status == 401
            assert (await caller.get("/api/v1/queries/basket", Register="2", Cookie=new)).status == 401
            assert b'"why":"copied"' in ended(served)[0][0]

    run(scenario())


def test_the_managers_pages_show_browsers_sessions_and_roles(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            role = {"id": "lead", "name": "Shift lead", "rights": ["sell", "refund"], "limits": {"refund": 5000}}
            assert (await caller.manage("SetRole", role)).status == 200
            digits = (await caller.call("POST", "/api/v1/pairings", {})).json["asks"]["digits"]
            await pair(caller)
            await caller.set_pin()
            for path in ("/manager/access", "/fragments/access", "/manager/users", "/fragments/users"):
                assert (await caller.get(path)).status == 403, path
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            for language in ("en", "fr", "he"):
                of = {"Grant": served.site.door.token}
                assert digits in (await caller.get(f"/fragments/access?lang={language}", **of)).text
                shown = (await caller.get(f"/fragments/users?lang={language}", **of)).text
                assert "Shift lead" in shown and 'value="50.00"' in shown
                assert 'data-right="open_amount"' in shown, "each right that gives money away may have a limit"
            grant = await caller.enter_pin()
            for body, code in (({"register": "1"}, "None"), ({"register": "1"}, "no_such_session")):
                assert (await caller.call("POST", "/api/v1/sessions/end", body, Grant=grant)).code == code
            assert [one.kind for one in served.access.sessions.all()] == ["manager"]

    run(scenario())


def test_a_header_that_says_who_asks_and_comes_twice_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served):
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            lines = (
                "GET /api/v1/queries/basket HTTP/1.1",
                f"Host: 127.0.0.1:{served.port}",
                "Register: 1",
                "Register: 2",
            )
            writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 400") and b"The header register was sent twice" in answer
            writer.close()

    run(scenario())
