"""Users over HTTP: a PIN says who stands at a register, a manager's opens what the set-up PIN opens."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.messages import Done
from edge.shop.access.commands import SetUser
from edge.shop.access.pin import hash_pin
from edge.shop.access.session import ENTERED_LATELY_US
from edge.web.context import now_us
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, run

WANTED = CONFIG + "[till]\nsign_in = true\n"


async def add(caller: Caller, name: str, role: str, pin: str, id: str = "", **headers: str) -> Answer:
    body = {"name": name, "role": role, "pin": pin, "id": id}
    return await caller.call("POST", "/api/v1/users", body, **headers)


async def approve(caller: Caller, pin: str, command: str) -> Answer:
    return await caller.call("POST", "/api/v1/grants", {"pin": pin, "command": command})


async def sign_in(caller: Caller, pin: str) -> Answer:
    return await caller.call("POST", "/api/v1/sign-in", {"pin": pin})


def actors(served: Served) -> list[str]:
    return [row[0] for row in served.shop.reader.execute("SELECT actor FROM journal ORDER BY seq")]


def test_who_signs_in_sells_and_a_managers_pin_opens_overrides(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, WANTED) as served, calling(served) as caller:
            await caller.set_pin()
            assert (await add(caller, "Dana", "cashier", "7394")).code == "right_denied"
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).status == 200
            assert (await add(caller, "Moshe", "manager", "730584", Grant=grant)).status == 200
            for taken in ("7394", PIN):
                assert (await add(caller, "Noa", "cashier", taken, Grant=grant)).code == "pin_refused"
            assert (await add(caller, "Noa", "cashier", "12", Grant=grant)).code == "pin_form"
            for nobody in ("", "  ", "No\na"):
                assert (await add(caller, nobody, "cashier", "9047", Grant=grant)).status == 400
            said = await caller.call("POST", "/api/v1/texts", {"place": "cashier", "texts": {}}, Grant=grant)
            assert said.status == 400, "in no language"

            refused = await caller.do("AddLine", {"code": MILK})
            assert (refused.code, refused.message) == (
                "sign_in_first",
                "Nobody is signed in at this till. Sign in with your PIN, then go on.",
            )
            assert (await sign_in(caller, "9999")).code == "pin_wrong"
            assert (await sign_in(caller, "7394")).json["user"] == {"id": "u1", "name": "Dana"}
            for name, body in (("AddLine", {"code": MILK}), ("Pay", {"kind": "card"})):
                assert (await caller.do(name, body)).status == 200
            assert actors(served)[-1] == "u1"
            assert (await caller.do("AddLine", {"code": MILK}, Register="2")).code == "sign_in_first"

            assert (await approve(caller, "7394", "VoidLastSale")).code == "pin_may_not", "no manager"
            token = (await approve(caller, "730584", "VoidLastSale")).json["grant"]["token"]
            assert (await add(caller, "Mallory", "manager", "918273", Grant=token)).status == 403, "not what it is for"
            assert (await caller.do("VoidLastSale", {}, Grant=token)).status == 200
            assert actors(served)[-1] == "u2", "whose PIN it was"
            asked = "SELECT body FROM journal WHERE type = 'Approved'"
            assert served.shop.reader.execute(asked).fetchall() == [(b'{"command":"VoidLastSale","asker":"u1"}',)]
            assert (await caller.do("VoidLastSale", {}, Grant=token)).status == 403, "once"
            token = await caller.enter_pin()
            assert (await caller.call("POST", "/api/v1/sign-out", {})).status == 200
            assert (await caller.do("AddLine", {"code": MILK})).code == "sign_in_first"
            assert (await sign_in(caller, PIN)).json["user"]["id"] == "manager", "the set-up PIN always opens"
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            users = await caller.get("/api/v1/queries/users", Grant=token)
            assert [one["name"] for one in users.json["result"]] == ["Dana", "Moshe"]
            assert "argon" not in users.text
            assert (await caller.get("/api/v1/queries/users")).status == 403

    run(scenario())


def test_a_pin_that_two_have_by_head_offices_word_lets_in_neither(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            assert (await sign_in(caller, "1111")).code == "pin_missing"
            for id in ("ha", "hb"):
                command = SetUser(id, id.upper(), "cashier", hash_pin("1111"), "head office")
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            assert (await sign_in(caller, "1111")).code == "pin_wrong", "and nobody learns that it is somebody's"
            named = await caller.call("POST", "/api/v1/sign-in", {"pin": "1111", "person": "hb"})
            assert named.json["user"]["id"] == "hb", "who says who they are is known"
            token = served.site.token
            assert (await add(caller, "B", "cashier", "6158", "hb", Grant=token)).status == 200
            assert (await sign_in(caller, "1111")).json["user"]["id"] == "ha"

    run(scenario())


def test_that_pins_are_guessed_is_in_the_journal_and_whose_is_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            guesses = [await caller.call("POST", "/api/v1/sign-in", {"pin": f"111{n}"}, Register="2") for n in range(6)]
            assert [guess.code for guess in guesses] == ["pin_wrong"] * 5 + ["pin_wait"]
            rows = served.shop.reader.execute("SELECT register, actor, body FROM journal WHERE type = 'PinsWrong'")
            assert rows.fetchall() == [("2", "system", b'{"tries":5,"wait_s":10}')]

    run(scenario())


def test_a_managers_browser_is_asked_for_the_pin_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            cookie, *marks = given.headers["Set-Cookie"].split("; ")
            assert {"HttpOnly", "SameSite=Strict", "Path=/"} == set(marks), "it ends with the browser"
            here = {"Surface": "panel", "Cookie": cookie, "Origin": served.url}
            assert (await add(caller, "Moshe", "manager", "730584", **here)).status == 200
            assert (await caller.get("/api/v1/queries/users", Cookie=cookie)).status == 403, "the till cannot use it"
            assert (await caller.get("/api/v1/queries/users", Surface="panel", Cookie="manager=1")).status == 403
            assert (await caller.get("/api/v1/queries/users", Register="2", **here)).status == 200
            assert (await caller.call("POST", "/api/v1/lock", {}, **here)).status == 200
            assert (await caller.get("/api/v1/queries/users", **here)).status == 403
            till = await caller.call("POST", "/api/v1/grants", {"pin": PIN})
            assert (till.code, "Set-Cookie" in till.headers) == ("approve_what", False)

            given = await caller.call("POST", "/api/v1/grants", {"pin": "730584"}, Surface="panel")
            here["Cookie"] = given.headers["Set-Cookie"].split("; ")[0]
            assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 130}, **here)).status == 200
            assert actors(served)[-1] == "u1", "whose PIN it was"
            assert "data-managing" in (await caller.get("/manager", Cookie=here["Cookie"])).text
            assert (
                (await caller.get("/", Cookie=here["Cookie"]))
                .headers["Set-Cookie"]
                .startswith('edge-corner-local.manager=""')
            )
            assert (await caller.get("/api/v1/queries/users", **here)).status == 403, "who went to the till has left"

    run(scenario())


def test_the_set_up_pin_is_an_actor_of_its_own_and_whoever_is_retired_makes_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).status == 200
            assert (await add(caller, "Moshe", "manager", "730584", Grant=grant)).status == 200
            assert (await add(caller, "Noa", "manager", "604917", Grant=grant)).status == 200
            assert (await sign_in(caller, "7394")).status == 200
            grant = await caller.enter_pin()
            assert (await caller.do("RetireUser", {"id": "u3"}, Grant=grant)).status == 200
            assert actors(served)[-1] == "manager", "and not the cashier who stands there"
            given = await caller.call("POST", "/api/v1/grants", {"pin": "730584"}, Surface="panel")
            theirs = given.json["grant"]["token"]
            assert (await add(caller, "Avi", "manager", "285703", Grant=grant)).status == 200
            assert (await caller.do("RetireUser", {"id": "u2"}, Grant=grant)).status == 200
            assert (await add(caller, "Mallory", "manager", "918273", Grant=theirs)).status == 403
            again = await add(caller, "Another", "manager", "918273", "u2", Grant=grant)
            assert again.code == "no_such_user", "an id is never given twice"
            assert (await add(caller, "X", "cashier", PIN, "system", Grant=grant)).code == "no_such_user"
            raised = await add(caller, "Dana", "manager", "", "u1", Grant=grant)
            assert raised.code == "user_needs_pin", "four digits open no manager's page"

    run(scenario())


def test_what_is_approved_is_for_this_basket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            token = (await approve(caller, PIN, "OverridePrice")).json["grant"]["token"]
            assert (await caller.do("AbandonBasket")).status == 200
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            cheap = {"line": 1, "price_minor": 1, "reason": "dented", "confirmed": True}
            assert (await caller.do("OverridePrice", cheap, Grant=token)).status == 403
            token = (await approve(caller, PIN, "OverridePrice")).json["grant"]["token"]
            assert (await caller.do("OverridePrice", cheap, Grant=token)).status == 200

    run(scenario())


def test_what_changes_who_may_what_asks_for_the_pin_again_and_takes_no_hash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            body = {"id": "u1", "name": "Dana", "role": "manager", "pin_hash": hash_pin("918273"), "by": "head office"}
            assert (await caller.do("SetUser", body, Grant=grant)).code == "right_denied"
            assert (await caller.do("SetPin", {"pin_hash": hash_pin("1")}, Grant=grant)).code == "command_unknown"
            for session in list(served.site.sessions._of.values()):
                earlier = msgspec.structs.replace(session, entered_us=now_us() - ENTERED_LATELY_US)
                served.site.sessions._of[session.id] = earlier
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).code == "pin_again"
            assert (await caller.do("RetireUser", {"id": "u1"}, Grant=grant)).code == "pin_again"
            assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 130}, Grant=grant)).status == 200

    run(scenario())


def test_denied_reads_are_in_the_journal_and_strangers_do_not_fill_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            denied = "SELECT body FROM journal WHERE type = 'RightDenied'"
            assert (await caller.get("/api/v1/queries/users")).status == 403
            for register in ("1", "2"):
                for name in ("VoidLastSale", "RetireUser", "CancelJob"):
                    body = {"job": 1} if name == "CancelJob" else {"id": "u1"} if name == "RetireUser" else {}
                    assert (await caller.do(name, body, Register=register)).code == "right_denied"
            rows = served.shop.reader.execute(denied).fetchall()
            assert rows == [(b'{"command":"query users","right":"manage","count":1,"networks":["127.0.0.0/24"]}',)]

    run(scenario())
