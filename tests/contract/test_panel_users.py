"""Users over HTTP: a PIN says who stands at a register, a manager's opens what the set-up PIN opens."""

from __future__ import annotations

from pathlib import Path

from edge.access.commands import SetUser
from edge.access.pin import hash_pin
from edge.core.shapes import Done
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.house import CONFIG, MILK, SYSTEM, run

WANTED = CONFIG + "[till]\nsign_in = true\n"


async def add(caller: Caller, name: str, role: str, pin: str, id: str = "", **headers: str) -> Answer:
    body = {"name": name, "role": role, "pin": pin, "id": id}
    return await caller.call("POST", "/api/v1/users", body, **headers)


async def sign_in(caller: Caller, pin: str) -> Answer:
    return await caller.call("POST", "/api/v1/sign-in", {"pin": pin})


def actors(served: Served) -> list[str]:
    return [row[0] for row in served.shop.reader.execute("SELECT actor FROM journal ORDER BY seq")]


def test_who_signs_in_sells_and_a_managers_pin_opens_overrides(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, WANTED) as served, calling(served) as caller:
            await caller.set_pin()
            assert (await add(caller, "Dana", "cashier", "1111")).code == "right_denied"
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "1111", Grant=grant)).status == 200
            assert (await add(caller, "Moshe", "manager", "2222", Grant=grant)).status == 200
            for taken in ("1111", "2222", PIN):
                assert (await add(caller, "Noa", "cashier", taken, Grant=grant)).code == "pin_taken"
            assert (await caller.call("POST", "/api/v1/pin", {"pin": "1111", "old_pin": PIN})).code == "pin_taken"
            assert (await add(caller, "Noa", "cashier", "12", Grant=grant)).code == "pin_form"
            for nobody in ("", "  ", "No\na"):
                assert (await add(caller, nobody, "cashier", "3333", Grant=grant)).status == 400
            said = await caller.call("POST", "/api/v1/texts", {"place": "cashier", "texts": {}}, Grant=grant)
            assert said.status == 400, "in no language"

            refused = await caller.do("AddLine", {"code": MILK})
            assert (refused.code, refused.message) == (
                "sign_in_first",
                "Nobody is signed in at this till. Sign in with your PIN, then go on.",
            )
            assert (await sign_in(caller, "9999")).code == "pin_wrong"
            assert (await sign_in(caller, "1111")).json["user"] == {"id": "u1", "name": "Dana"}
            for name, body in (("AddLine", {"code": MILK}), ("Pay", {"kind": "card"})):
                assert (await caller.do(name, body)).status == 200
            assert actors(served)[-1] == "u1"
            assert (await caller.do("AddLine", {"code": MILK}, Register="2")).code == "sign_in_first"

            may_not = await caller.call("POST", "/api/v1/grants", {"pin": "1111"})
            assert (may_not.code, "Dana" in may_not.message) == ("pin_may_not", True), "right, and no manager's"
            given = await caller.call("POST", "/api/v1/grants", {"pin": "2222"})
            token = given.json["grant"]["token"]
            assert (await caller.do("VoidLastSale", {}, Grant=token)).status == 200
            assert actors(served)[-1] == "u2", "whose PIN it was"
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
            for id in ("a", "b"):
                command = SetUser(id, id.upper(), "cashier", hash_pin("1111"), "head office")
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            assert (await sign_in(caller, "1111")).code == "pin_shared"
            token = served.site.token
            assert (await add(caller, "B", "cashier", "2222", "b", Grant=token)).status == 200
            assert (await sign_in(caller, "1111")).json["user"]["id"] == "a"

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
            assert (await add(caller, "Moshe", "manager", "2222", **here)).status == 200
            assert (await caller.get("/api/v1/queries/users", Cookie=cookie)).status == 403, "the till cannot use it"
            assert (await caller.get("/api/v1/queries/users", Surface="panel", Cookie="manager=1")).status == 403
            assert (await caller.get("/api/v1/queries/users", Register="2", **here)).status == 200
            assert (await caller.call("POST", "/api/v1/lock", {}, **here)).status == 200
            assert (await caller.get("/api/v1/queries/users", **here)).status == 403
            till = await caller.call("POST", "/api/v1/grants", {"pin": PIN})
            assert "Set-Cookie" not in till.headers

            given = await caller.call("POST", "/api/v1/grants", {"pin": "2222"}, Surface="panel")
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
