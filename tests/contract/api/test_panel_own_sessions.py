"""People's sessions: where they are signed in, who ends a session, and what a manager learns about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import WSMsgType

from edge.app.demo_shop import demo_access
from edge.core.messages import Command, Done
from edge.core.people.personal_export import export
from edge.foundation.access.browsers.session import DEVICES, LASTING
from edge.foundation.access.commands import RetireUser
from edge.web.context import now_us
from tests.browser.calling import PIN, Answer, calling
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.contract.api.test_panel_pairing import ALWAYS, pair
from tests.http_client import when
from tests.shop_fixture import SYSTEM, FakeClock, run
from tests.signing_in import WATCHED, bearer, hire, log_in, noted, own_device, program


def test_one_sees_and_ends_ones_own_and_a_manager_everybodys(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            dana = {"Cookie": await own_device(caller), "Surface": "panel"}
            avis = [{"Cookie": await own_device(caller, "avi@example.org"), "Surface": "panel"} for _ in range(3)]
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5903", "person": "u2"})).status == 200
            own = (await caller.get("/api/v1/auth/sessions", **avis[0])).json["sessions"]
            assert [(one["kind"], one["here"]) for one in own] == [
                ("own", True),
                ("own", False),
                ("own", False),
                ("till", False),
            ]
            assert (await caller.get("/api/v1/auth/sessions?all=yes", **avis[0])).code == "right_denied"
            hers = (await caller.get("/api/v1/auth/sessions", **dana)).json["sessions"][0]["id"]
            gone = await caller.call("DELETE", f"/api/v1/auth/sessions/{hers}", **avis[0])
            assert gone.code == "no_such_session", "another's is none of one's own"
            assert (await caller.call("DELETE", f"/api/v1/auth/sessions/{own[1]['id']}", **avis[0])).status == 200
            assert served.access.sessions.get(own[1]["id"]) is None
            assert (await caller.call("DELETE", "/api/v1/auth/sessions", **avis[0])).status == 200
            assert [one.kind for one in served.access.sessions.all("u2")] == ["own"]
            assert served.access.sessions.user("1") is None
            assert len((await caller.get("/api/v1/auth/sessions?all=yes", **dana)).json["sessions"]) == 2
            shown = await caller.get("/fragments/account", **avis[0])
            assert "Avi" in shown.text and "Dana" not in shown.text
            end = await caller.call("POST", "/api/v1/sessions/end", {"user": "u2"}, **dana)
            assert end.status == 200 and served.access.sessions.all("u2") == []
            for session in list(served.access.sessions._of.values()):
                earlier = msgspec.structs.replace(session, entered_us=now_us() - 301_000_000)
                served.access.sessions._of[session.id] = earlier
            again = await caller.call("POST", "/api/v1/sessions/end", {"user": "u2"}, **dana)
            assert again.code == "pin_again", "others' only with the PIN entered lately"

    run(scenario())


def test_what_is_kept_of_someone_says_where_they_are_signed_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await own_device(caller, "avi@example.org")
            await program(caller)
            await served.access.sessions.stop()
            await noted(served)
            found = export(served.shop.reader, served.shop.registry, "u2")["kept"]
            assert [one["kind"] for one in found["sessions"]] == ["own"]
            assert [(one["how"], one["result"]) for one in found["logins"]] == [("password", "right")]
            assert found["signs_in_by"] == ["pin", "password"]
            assert "sessions" not in export(served.shop.reader, served.shop.registry, "u9")["kept"]

    run(scenario())


def test_the_demos_pages_of_keys_and_secrets_show_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:

            async def do(command: Command) -> None:
                assert isinstance(await served.shop.do(command, SYSTEM), Done)

            await demo_access.seed(do, served.config.folder)
            shell = {"Grant": served.site.door.token, "Surface": "panel"}
            assert demo_access.KEY in (await caller.get("/fragments/access", **shell)).text
            names = [one["name"] for one in (await caller.get("/api/v1/secrets", **shell)).json["secrets"]]
            assert demo_access.SECRET in names

    run(scenario())


def test_the_sixth_device_takes_the_place_of_one_and_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            for number in range(DEVICES):
                assert (await log_in(caller, label=f"phone {number}", app=bool(number % 2))).status == 200
            answer = await log_in(caller, label="a new one")
            assert answer.json["ended"] == ["phone 0"]
            assert ("u1", "cookie", "phone 0", "ended") in [
                (one.user, one.how, one.place, one.result) for one in await noted(served)
            ]

    run(scenario())


def test_retiring_somebody_ends_devices_programs_and_sockets_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await caller.set_pin()
            cookie, tokens = {"Cookie": await own_device(caller), "Surface": "panel"}, await program(caller)
            async with caller.socket("page=access&register=1", **cookie) as page:
                assert (await page.receive()).type == WSMsgType.TEXT
                assert isinstance(await served.shop.do(RetireUser("u1"), SYSTEM), Done)
                async with asyncio.timeout(DEADLINE_S):
                    while (message := await page.receive()).type == WSMsgType.TEXT:
                        pass
                assert (message.type, message.data) == (WSMsgType.CLOSE, 1008)
            assert (await caller.get("/fragments/access", **cookie)).status == 403
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).status == 401
            await served.access.sessions.stop()
            for table in ("session", "password", "login", "paper_code", "sent_code"):
                left = served.shop.reader.execute(
                    f"SELECT count(*) FROM access_{table} WHERE user_id = 'u1'"
                ).fetchone()
                assert left == (0,), table
            assert served.shop.reader.execute("SELECT count(*) FROM access_refresh").fetchone() == (0,)

    run(scenario())


def test_a_code_on_paper_lets_a_person_set_what_only_they_know(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await caller.set_pin()
            avi, grant = (
                {"Cookie": await own_device(caller, "avi@example.org"), "Surface": "panel"},
                await caller.enter_pin(),
            )
            assert (await caller.call("POST", "/api/v1/auth/codes", {"user": "u2"}, **avi)).code == "right_denied"
            given = await caller.call("POST", "/api/v1/auth/codes", {"user": "u2"}, Grant=grant)
            code = given.json["code"]["code"]
            assert (given.json["code"]["called"], given.json["code"]["seconds"]) == ("Avi", 600)

            async def set_up(**said: str) -> Answer:
                return await caller.call(
                    "POST", "/api/v1/auth/setup", {"email": "avi@example.org", "code": code, **said}
                )

            assert (await set_up()).code == "setup_nothing"
            assert (await set_up(password="short")).code == "password_short"
            assert (await set_up(password="avi@example.org")).code == "password_common"
            assert (await set_up(email="nobody@example.org", pin="4823")).code == "setup_wrong"
            assert (await set_up(code="AAAA-AAAA", pin="4823")).code == "setup_wrong"
            assert (await set_up(pin="1234")).code == "pin_refused", "and the code is still good"
            assert (await set_up(pin="4823", password="giraffe buttons thunder")).status == 200
            assert (await set_up(pin="4824")).code == "setup_wrong", "once"
            assert (await caller.get("/fragments/account", **avi)).text.count("data-end") == 0, "signed out everywhere"
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "4823", "person": "u2"})).status == 200
            assert (await log_in(caller, "avi@example.org", "giraffe buttons thunder")).status == 200
            assert b"giraffe" not in b"".join(row[0] for row in served.shop.reader.execute("SELECT body FROM journal"))

    run(scenario())


def test_managers_see_who_signed_in_where_and_nobody_else_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await caller.set_pin()
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5903", "person": "u2"})).status == 200
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5904", "person": "u2"})).code == "pin_wrong"
            grant = await caller.enter_pin()
            await noted(served)
            assert (await caller.get("/api/v1/auth/logins")).code == "right_denied"
            found = (await caller.get("/api/v1/auth/logins", Grant=grant)).json["logins"]
            assert [(one["user"], one["how"], one["place"], one["result"]) for one in found] == [
                ("manager", "pin", "console", "right"),
                ("u2", "pin", "console", "wrong"),
                ("u2", "pin", "console", "right"),
            ]
            older = (await caller.get(f"/api/v1/auth/logins?user=u2&before={found[1]['id']}", Grant=grant)).json
            assert [one["id"] for one in older["logins"]] == [found[2]["id"]]
            for language in ("en", "fr", "he"):
                shown = (await caller.get(f"/fragments/users?lang={language}", Grant=grant)).text
                assert "Avi" in shown and "731946" not in shown and "auth." not in shown
            kinds = "SELECT count(*) FROM journal WHERE type LIKE '%Login%' OR type LIKE '%SignedIn%'"
            assert served.shop.reader.execute(kinds).fetchone() == (0,), "the journal has none of it"

    run(scenario())


def test_a_copied_cookie_and_a_second_address_are_told_to_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, ALWAYS, clock=clock) as served, calling(served) as caller:
            till = await pair(caller)
            pairings = served.access.pairings

            def told(kind: str) -> list[Any]:
                return [one.values for one in WATCHED[kind].read(served.shop.reader, clock.at_us, "")]

            value = till.partition("=")[2]
            for address in ("192.168.1.5", "192.168.1.5"):
                assert (await pairings.enter(value, address))[0] is not None
            await noted(served)
            assert told("cookie_moved") == []
            assert (await pairings.enter(value, "192.168.1.77"))[0] is not None, "a shop's network hands out others"
            await noted(served)
            assert told("cookie_moved") == [{"till": "2"}]
            clock.advance(2 * 86_400)
            assert told("cookie_moved") == []
            new = (await pairings.enter(value, "192.168.1.77"))[1]
            assert new is not None and (await pairings.enter(new, "192.168.1.77"))[0] is not None
            clock.advance(61)
            assert await pairings.enter(value, "192.168.1.99") == (None, None), "another machine has it"
            await noted(served)
            assert told("cookie_copied") == [{"till": "2"}]
            assert (await caller.get("/api/v1/queries/basket", Register="2", Cookie=till)).status == 401

    run(scenario())


async def _slowly(session: aiohttp.ClientSession, url: str, sent: asyncio.Event, headers: dict[str, str]) -> int:
    """Upload a file whose second half is only sent once `sent` is set; returns the status."""

    async def halves() -> AsyncIterator[bytes]:
        yield b"sku,name,price\n"
        await sent.wait()
        yield b"pear,Pear,1.20\n"

    async with session.post(url, data=halves(), headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("path", ["/api/v1/imports?name=goods.csv", "/api/v1/imports/preview"])
def test_who_loses_the_right_while_a_body_comes_leaves_nothing(tmp_path: Path, path: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, aiohttp.ClientSession() as session:
            await hire(served)
            cookie, rest = await own_device(caller), asyncio.Event()
            headers = {"Cookie": cookie, "Origin": caller.url, "Surface": "panel", "Register": "1"}
            headers["Content-Type"] = "application/json"
            task = asyncio.create_task(_slowly(session, caller.url + path, rest, headers))
            await when(lambda: touched(served), bool, "the head of it was looked at")
            assert isinstance(await served.shop.do(RetireUser("u1"), SYSTEM), Done)
            rest.set()
            assert await task in (400, 403)
            assert not list(_files(tmp_path, "goods.csv"))

    run(scenario())


async def touched(served: Served) -> bool:
    return any(one.touched_us > one.began_us for one in served.access.sessions.all("u1"))


def _files(folder: Path, name: str) -> list[Path]:
    return [path for path in folder.rglob("*") if name in path.name]


def test_an_own_device_left_alone_is_asked_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            cookie = {"Cookie": await own_device(caller), "Surface": "panel"}
            async with caller.socket("page=access&register=1", **cookie) as page:
                assert (await page.receive()).type == WSMsgType.TEXT
                [found] = served.access.sessions.all("u1")
                earlier = found.touched_us - LASTING["own"].idle_us
                served.access.sessions._of[found.id] = msgspec.structs.replace(found, touched_us=earlier)
                async with asyncio.timeout(DEADLINE_S):
                    while (message := await page.receive()).type == WSMsgType.TEXT:
                        pass
                assert message.data == 1008, "what is pushed is no use of it"
            await caller.set_pin()
            assert (await caller.get("/fragments/access", **cookie)).status == 403
            assert PIN not in (await caller.get("/login")).text

    run(scenario())


def test_a_kiosk_lives_on_one_device_and_a_second_is_refused_and_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            kiosk = {"Cookie": await pair(caller, "kiosk"), "Register": "2", "User-Agent": "Chromium 140"}
            copy = kiosk | {"User-Agent": "Chromium 141"}
            assert (await caller.get("/kiosk/cart", **kiosk)).status == 200
            assert (await caller.get("/kiosk/cart", **copy)).status == 401
            assert (await caller.call("POST", "/kiosk/add", {"sku": "milk"}, **copy)).status == 401
            assert (await caller.get("/kiosk/cart", **kiosk)).status == 200, "the first goes on"
            rows = served.shop.reader.execute("SELECT body FROM journal WHERE type = 'PairingEnded'").fetchall()
            assert rows == [], "and stays paired"
            assert [(one.how, one.result) for one in await noted(served)] == [("cookie", "twice")]
            found = list(WATCHED["kiosk_twice"].read(served.shop.reader, served.shop.now_us(), ""))
            assert [one.values for one in found] == [{"till": "2"}]

    run(scenario())
