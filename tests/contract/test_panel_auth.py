"""Signing in on a device of one's own and in programs, where one is signed in, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import WSMsgType

from edge.core.messages import Done
from edge.shop.access.commands import RetireUser, SetFactorPolicy, SetSecrets, SetUser
from edge.shop.access.login_log import Login, read_logins
from edge.shop.access.pin import hash_pin
from edge.shop.access.session import DEVICES, LASTING
from edge.shop.access.watches import WATCHES
from edge.shop.notify.commands import SetPreferences
from edge.shop.notify.preferences import NotificationPreferences
from edge.web.context import now_us
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.browser.strangers import open_to_all, stranger
from tests.contract.test_panel_pairing import ALWAYS, cookie_of, pair
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, run

PASSWORD = "kolibri tondeuse nuage"
HASH = hash_pin(PASSWORD)
PINS = {"u1": hash_pin("731946"), "u2": hash_pin("5903")}
WATCHED = {watch.kind: watch for watch in WATCHES}


async def hire(served: Served) -> None:
    """Dana manages (u1), Avi sells (u2); both have a password. Noa (u9) manages, too."""
    noa = SetUser("u9", "Noa", "manager", hash_pin("840317"))
    assert isinstance(await served.shop.do(noa, SYSTEM), Done)
    for id, name, role in (("u1", "Dana", "manager"), ("u2", "Avi", "cashier")):
        email = f"{name.lower()}@example.org"
        assert isinstance(await served.shop.do(SetUser(id, name, role, PINS[id], email=email), SYSTEM), Done)
        await served.shop.maintain(lambda db, id=id: db.execute(_CODE, (id,)))  # type: ignore[misc]
        assert isinstance(await served.shop.do(SetSecrets(id, "", HASH), SYSTEM), Done)


_CODE = "INSERT INTO access_paper_code (user_id, hash, made_us, wrong) VALUES (?, '', 0, 0)"


async def log_in(caller: Caller, email: str = "dana@example.org", password: str = PASSWORD, **more: Any) -> Answer:
    body = {"email": email, "password": password} | {
        key: more.pop(key) for key in ("code", "app", "label") if key in more
    }
    return await caller.call("POST", "/api/v1/auth/login", body, **{"Origin": caller.url, "Register": "", **more})


async def own_device(caller: Caller, email: str = "dana@example.org") -> str:
    """Its cookie."""
    answer = await log_in(caller, email)
    assert answer.status == 200, answer.text
    return cookie_of(answer)


async def program(caller: Caller, email: str = "dana@example.org") -> dict[str, str]:
    """Its tokens."""
    answer = await log_in(caller, email, app=True, label="a program")
    assert answer.status == 200, answer.text
    found: dict[str, str] = answer.json["tokens"]
    return found


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}", "Register": "1"}


async def noted(served: Served) -> list[Login]:
    await served.site.pins.log.stop()
    return read_logins(served.shop.reader)


def test_a_strangers_phone_is_opened_by_a_password_over_tls_and_by_no_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            await hire(served)
            assert (await phone.get("/login", Register="")).status == 200
            by_pin = {"pin": "731946"}
            assert (await phone.call("POST", "/api/v1/auth/login", by_pin, Origin=phone.url)).code == "not_paired"
            assert (await phone.get("/api/v1/auth/me")).code == "not_paired"
            answer = await log_in(phone)
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith("__Host-edge-") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
            assert answer.json["me"]["name"] == "Dana" and "users" in answer.json["me"]["rights"]
            own = {"Cookie": cookie_of(answer)}
            me = await phone.get("/api/v1/auth/me", **own)
            assert (me.json["id"], me.json["role"], me.json["kind"]) == ("u1", "manager", "own")
            assert (await phone.get("/manager/settings", Accept="text/html", **own)).status == 200
            assert (await phone.get("/fragments/access", **own)).status == 200
            price = {"sku": "milk", "price_minor": 130}
            assert (await phone.do("SetPrice", price, **own)).status == 200
            actor = served.shop.reader.execute("SELECT actor FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            assert actor == ("u1",)
            till = {**own, "Surface": "cashier"}
            assert (await phone.do("AddLine", {"code": MILK}, **till)).code == "surface_not_paired", "it is no till"
            theirs = {"Cookie": await own_device(phone, "avi@example.org")}
            assert (await phone.do("SetPrice", price, **theirs)).code == "right_denied"
            assert (await phone.get("/manager/settings", Accept="text/html", **theirs)).status == 403
            assert (await phone.get("/account", Accept="text/html", **theirs)).status == 200
            out = await phone.call("POST", "/api/v1/auth/logout", {}, **own)
            assert out.status == 200 and (await phone.get("/api/v1/auth/me", **own)).code == "not_paired"

    run(scenario())


def test_nobody_learns_whose_an_address_is_and_guessing_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            await hire(served)
            wrong = [await log_in(phone, email, "wrong password") for email in ("dana@example.org", "x@example.org")]
            assert {(one.status, one.code, one.message) for one in wrong} == {(422, "login_wrong", wrong[0].message)}
            for _ in range(3):
                assert (await log_in(phone, "", "wrong password")).code == "login_wrong"
            assert (await log_in(phone)).code in ("pin_wait", "too_often")
            assert [(one.user, one.how, one.result) for one in await noted(served)][-2:] == [
                ("", "password", "wrong"),
                ("u1", "password", "wrong"),
            ]
            everything = await phone.get("/metrics")
            assert "dana@example.org" not in everything.text

    run(scenario())


def test_a_pin_opens_ones_own_device_where_a_manager_let_it_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            await hire(served)
            cookie = await pair(caller, "manager")
            kiosk = await pair(caller, "kiosk")
            body = {"pin": "731946"}
            assert (await caller.call("POST", "/api/v1/auth/login", body, Cookie=kiosk)).code == "not_paired"
            answer = await caller.call("POST", "/api/v1/auth/login", body, Cookie=cookie)
            assert answer.json["me"]["id"] == "u1"
            both = {"Cookie": f"{cookie}; {cookie_of(answer)}"}
            assert (await caller.get("/api/v1/auth/me", **both)).json["kind"] == "own"
            # on the machine that stands in the shop nobody is left signed in behind
            assert (await caller.get("/manager/access", Accept="text/html", **both)).status == 200
            assert (await caller.get("/", Accept="text/html", **both)).status == 200
            assert (await caller.get("/api/v1/auth/me", **both)).code == "not_signed_in"

    run(scenario())


def test_a_restart_asks_nobody_and_ends_what_was_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5903", "person": "u2"})).status == 200
            kept, ended = [{"Cookie": await own_device(caller), "Surface": "panel"} for _ in range(2)]
            tokens = await program(caller)
            managing = cookie_of(await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel"))
            await caller.call("POST", "/api/v1/auth/logout", {}, **ended)
        async with serve(tmp_path) as served, calling(served) as caller:
            assert served.site.sessions.user("1") == "u2", "who stood at the till still does"
            assert (await caller.get("/api/v1/auth/me", **kept)).json["id"] == "u1"
            assert (await caller.get("/api/v1/auth/me", Cookie=managing)).json["kind"] == "manager"
            assert (await caller.get("/fragments/access", **ended)).status == 403
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).code == "token_wrong", (
                "keys are of a process"
            )
            more = await caller.call("POST", "/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
            assert (await caller.get("/api/v1/auth/me", **bearer(more.json["tokens"]))).json["kind"] == "app"

    run(scenario())


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
            assert served.site.sessions.get(own[1]["id"]) is None
            assert (await caller.call("DELETE", "/api/v1/auth/sessions", **avis[0])).status == 200
            assert [one.kind for one in served.site.sessions.all("u2")] == ["own"]
            assert served.site.sessions.user("1") is None
            assert len((await caller.get("/api/v1/auth/sessions?all=yes", **dana)).json["sessions"]) == 2
            shown = await caller.get("/fragments/account", **avis[0])
            assert "Avi" in shown.text and "Dana" not in shown.text
            end = await caller.call("POST", "/api/v1/sessions/end", {"user": "u2"}, **dana)
            assert end.status == 200 and served.site.sessions.all("u2") == []
            for session in list(served.site.sessions._of.values()):
                earlier = msgspec.structs.replace(session, entered_us=now_us() - 301_000_000)
                served.site.sessions._of[session.id] = earlier
            again = await caller.call("POST", "/api/v1/sessions/end", {"user": "u2"}, **dana)
            assert again.code == "pin_again", "others' only with the PIN entered lately"

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


def test_a_program_asks_by_tokens_and_changes_nobodys_rights(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as app:
            await hire(served)
            tokens = await program(app)
            assert (await app.get("/api/v1/auth/me", **bearer(tokens))).json["id"] == "u1"
            assert (await app.do("SetPrice", {"sku": "milk", "price_minor": 130}, **bearer(tokens))).status == 200
            for path in ("/manager/settings", "/fragments/access"):
                assert (await app.get(path, **bearer(tokens))).status == 403, "it is no browser"
            cannot = await app.call("POST", "/api/v1/auth/codes", {"user": "u2"}, **bearer(tokens))
            assert cannot.code == "key_cannot"
            spent = {"refresh_token": tokens["refresh_token"]}
            more = (await app.call("POST", "/api/v1/auth/refresh", spent)).json["tokens"]
            once = (await app.call("POST", "/api/v1/auth/refresh", spent)).json["tokens"]
            assert once["refresh_token"] == more["refresh_token"], "the answer was lost"
            copied = await app.call("POST", "/api/v1/auth/refresh", spent)
            assert (copied.status, copied.code) == (401, "token_copied")
            assert (await app.get("/api/v1/auth/me", **bearer(more))).code == "token_wrong"
            await noted(served)
            told = list(WATCHED["token_copied"].read(served.shop.reader, served.shop.now_us(), ""))
            assert [one.values for one in told] == [{"user": "u1"}], "its person and a manager are told"

    run(scenario())


def test_no_other_token_opens_anything(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path / "one") as served,
            calling(served) as caller,
            serve(tmp_path / "two", CONFIG.replace('id = "s1"', 'id = "s2"')) as other,
            calling(other) as elsewhere,
        ):
            await hire(served)
            await hire(other)
            mine, theirs = await program(caller), await program(elsewhere)
            head, body, signature = mine["access_token"].split(".")
            none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
            for token in (theirs["access_token"], f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}."):
                answer = await caller.get("/api/v1/auth/me", Authorization=f"Bearer {token}")
                assert (answer.status, answer.code) == (401, "token_wrong"), token
                assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
            refreshed = await caller.call("POST", "/api/v1/auth/refresh", {"refresh_token": theirs["refresh_token"]})
            assert refreshed.code == "token_wrong"

    run(scenario())


def test_a_clock_two_years_back_stops_tokens_and_no_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await hire(served)
            tokens, cookie = await program(caller), await own_device(caller)
            clock.at_us -= 2 * 365 * 86_400_000_000
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.do("Pay", {"kind": "cash"})).status == 200, "selling goes on"
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).code == "clock_suspect"
            body = {"refresh_token": tokens["refresh_token"]}
            assert (await caller.call("POST", "/api/v1/auth/refresh", body)).code == "clock_suspect"
            assert (await log_in(caller, app=True)).code == "clock_suspect"
            assert (await caller.get("/api/v1/auth/me", Cookie=cookie)).status == 200, "cookies have their own age"
            assert (await log_in(caller)).status == 200

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
            await served.site.sessions.stop()
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


def test_a_role_may_need_a_code_that_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            assert isinstance(await served.shop.do(SetFactorPolicy("manager", "otp"), SYSTEM), Done)
            assert (await log_in(caller)).code == "factor_on_paper", "there is no way to her"
            chosen = SetPreferences("u1", NotificationPreferences(email="dana@example.org"))
            assert isinstance(await served.shop.do(chosen, SYSTEM), Done)
            switch = "INSERT INTO notify_channel (name, configured) VALUES ('email', 1)"
            await served.shop.maintain(lambda db: db.execute(switch))
            assert (await log_in(caller)).code == "factor_sent"
            queued = served.shop.reader.execute("SELECT person, channel, what, body FROM notify_message").fetchall()
            assert [row[:3] for row in queued] == [("u1", "email", "said")] and queued[0][3].startswith("1.")
            from edge.core.people.sealing import open_
            from edge.shop.notify.people import TEXT_PLACE

            text = open_(served.shop.reader, "u1", *TEXT_PLACE, queued[0][3]) or ""
            code = next(word.strip(".") for word in text.split() if word.strip(".").isdigit())
            assert (await log_in(caller, code="000000" if code != "000000" else "111111")).code == "factor_wrong"
            assert (await log_in(caller, code=code)).status == 200
            assert (await log_in(caller, code=code)).code == "factor_wrong", "once"

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
                shown = (await caller.get(f"/fragments/access?lang={language}", Grant=grant)).text
                assert "Avi" in shown and "731946" not in shown and "auth." not in shown
            kinds = "SELECT count(*) FROM journal WHERE type LIKE '%Login%' OR type LIKE '%SignedIn%'"
            assert served.shop.reader.execute(kinds).fetchone() == (0,), "the journal has none of it"

    run(scenario())


def test_a_copied_cookie_and_a_second_address_are_told_to_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, ALWAYS, clock=clock) as served, calling(served) as caller:
            till = await pair(caller)
            pairings = served.site.pairings

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
    """A file whose second half comes once somebody says so."""

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
            task = asyncio.create_task(_slowly(session, caller.url + path, rest, headers))
            await when(lambda: touched(served), bool, "the head of it was looked at")
            assert isinstance(await served.shop.do(RetireUser("u1"), SYSTEM), Done)
            rest.set()
            assert await task in (400, 403)
            assert not list(_files(tmp_path, "goods.csv"))

    run(scenario())


async def touched(served: Served) -> bool:
    return any(one.touched_us > one.began_us for one in served.site.sessions.all("u1"))


def _files(folder: Path, name: str) -> list[Path]:
    return [path for path in folder.rglob("*") if name in path.name]


def test_an_own_device_left_alone_is_asked_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            cookie = {"Cookie": await own_device(caller), "Surface": "panel"}
            async with caller.socket("page=access&register=1", **cookie) as page:
                assert (await page.receive()).type == WSMsgType.TEXT
                [found] = served.site.sessions.all("u1")
                earlier = found.touched_us - LASTING["own"].idle_us
                served.site.sessions._of[found.id] = msgspec.structs.replace(found, touched_us=earlier)
                async with asyncio.timeout(DEADLINE_S):
                    while (message := await page.receive()).type == WSMsgType.TEXT:
                        pass
                assert message.data == 1008, "what is pushed is no use of it"
            await caller.set_pin()
            assert (await caller.get("/fragments/access", **cookie)).status == 403
            assert PIN not in (await caller.get("/login")).text

    run(scenario())
