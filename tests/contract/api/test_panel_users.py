"""Users over HTTP: a PIN identifies the person at a register, and a manager's opens the same as the set-up PIN."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.denials import Denials
from edge.core.limits import DENIALS_EVERY_US
from edge.core.messages import Done
from edge.foundation.access.browsers.session import ENTERED_LATELY_US
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import at_till
from edge.foundation.access.rights import CASHIER, without_approvals
from edge.web.context import now_us
from edge.web.denied import note_sums
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
                "Sign in with your PIN first.",
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


def test_what_a_persons_pin_approves_wants_no_second_one_while_they_are_signed_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).status == 200
            assert (await add(caller, "Moshe", "manager", "730584", Grant=grant)).status == 200
            for pin, void in (("7394", 403), ("730584", 200)):
                assert (await sign_in(caller, pin)).status == 200
                for name, body in (("AddLine", {"code": MILK}), ("Pay", {"kind": "card"})):
                    assert (await caller.do(name, body)).status == 200
                assert (await caller.do("VoidLastSale", {})).status == void
            assert actors(served)[-1] == "u2"
            approved = "SELECT count(*) FROM journal WHERE type = 'Approved'"
            assert served.shop.reader.execute(approved).fetchone() == (0,), "nobody approved it for them"
            assert (await add(caller, "Noa", "cashier", "9047")).status == 403, "a till is no manager's page"
            assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 130})).status == 403
            assert (await caller.do("VoidLastSale", {}, Register="2")).status == 403, "nor is any other till theirs"
            spoken = without_approvals(at_till(served.shop.reader, "u2", "cashier", "1"))
            assert spoken.rights == CASHIER, "and their voice approves nothing"
            assert (await caller.call("POST", "/api/v1/sign-out", {})).status == 200
            assert (await caller.do("VoidLastSale", {})).status == 403

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
            token = served.site.door.token
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
            ahead = await caller.get("/", Cookie=here["Cookie"], **{"Sec-Purpose": "prefetch"})
            assert "data-leaves" in ahead.text, "the page says so itself, once somebody sees it"
            assert (await caller.get("/api/v1/queries/users", **here)).status == 200, "fetched ahead is not gone there"
            left = await caller.call("POST", "/api/v1/lock", {}, Cookie=here["Cookie"])
            assert left.headers["Set-Cookie"].startswith('edge-corner-local.manager=""')
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
            cheap = {"line": 1, "price_minor": 1, "reason": "dented"}
            assert (await caller.do("OverridePrice", cheap, Grant=token)).status == 403
            token = (await approve(caller, PIN, "OverridePrice")).json["grant"]["token"]
            asked = await caller.do("OverridePrice", cheap, Grant=token)
            cheap["answers"] = [asked.json["refused"]["answer"]]
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
            for session in list(served.access.sessions._of.values()):
                earlier = msgspec.structs.replace(session, entered_us=now_us() - ENTERED_LATELY_US)
                served.access.sessions._of[session.id] = earlier
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).code == "pin_again"
            assert (await caller.do("RetireUser", {"id": "u1"}, Grant=grant)).code == "pin_again"
            assert (await caller.do("ForgetPerson", {"person": "u1"}, Grant=grant)).code == "pin_again"
            assert (await caller.call("POST", "/fragments/recovery-code", {}, Grant=grant)).code == "pin_again"
            kept = await caller.call("POST", "/api/v1/recovery-code", {"end": "ABCD"}, Grant=grant)
            assert kept.code == "pin_again", "it opens the backups"
            exported = await caller.call("POST", "/api/v1/customers/c1/export", {"why": "x"}, Grant=grant)
            assert exported.code == "pin_again", "all that is kept of a person leaves the house"
            assert (await caller.do("ExportCustomer", {"id": "c1", "why": "x"}, Grant=grant)).code == "pin_again"
            assert (await caller.do("ForgetCustomer", {"id": "c1"}, Grant=grant)).code == "pin_again"
            forgotten = await caller.call("DELETE", "/api/v1/customers/c1", Grant=grant)
            assert forgotten.code == "pin_again", "nothing brings them back"
            for again in (kept, exported, forgotten):
                assert again.message.startswith("Enter your PIN or password again"), "whatever was asked"
                assert "who may do what" not in again.message
            assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 130}, Grant=grant)).status == 200

    run(scenario())


def test_a_pin_is_no_part_of_ones_own_phone_or_employee_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            dana = SetUser("u1", "Dana", "cashier", hash_pin("7394"), phone="+972507341826", employee_number="E-905283")
            assert isinstance(await served.shop.do(dana, SYSTEM), Done)
            for own in ("1826", "905283"):
                assert (await add(caller, "Dana", "cashier", own, "u1", Grant=grant)).code == "pin_refused", own
            assert (await add(caller, "Avi", "cashier", "1826", Grant=grant)).status == 200, "another's says nothing"

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
            await served.shop.maintain(lambda _: None)
            rows = served.shop.reader.execute(denied).fetchall()
            assert rows == [(b'{"command":"query users","right":"manage","count":1,"networks":["127.0.0.0/24"]}',)]

    run(scenario())


async def denials(served: Served) -> list[tuple[str, str, str]]:
    """Return each denial's user, request and missing right. Denials are answered before their row is on the disk."""
    await served.shop.maintain(lambda _: None)
    rows = "SELECT actor, body ->> 'command', body ->> 'right' FROM journal WHERE type = 'RightDenied' ORDER BY seq"
    found: list[tuple[str, str, str]] = served.shop.reader.execute(rows).fetchall()
    return found


def test_every_way_of_being_denied_is_in_the_journal(tmp_path: Path) -> None:
    """A known user gets one row per missing right, wherever they asked. It names the first request."""

    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, WANTED, clock=clock) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).status == 200
            assert (await sign_in(caller, "7394")).status == 200

            async def denied(method: str, path: str, body: object = None, **headers: str) -> list[tuple[str, str, str]]:
                """Make a request that must be denied, with no recent denials; returns the new rows."""
                before = len(await denials(served))
                served.site.door.denials, served.shop._writer._denials = Denials(), Denials()
                clock.advance(60)
                assert (await caller.call(method, path, body, **headers)).status == 403, path
                return (await denials(served))[before:]

            assert await denied("GET", "/api/v1/products/milk/history") == [
                ("u1", "GET /api/v1/products/{sku}/history", "manage")
            ], "the address as it is declared, not as it was asked"
            assert await denied("POST", "/api/v1/users", {"name": "Avi"}) == [("u1", "POST /api/v1/users", "manage")]
            assert await denied("GET", "/api/v1/sales/2/1") == [
                ("u1", "GET /api/v1/sales/{register}/{number}", "reports")
            ]
            assert await denied("GET", "/api/v1/auth/sessions?all=yes") == [
                ("u1", "GET /api/v1/auth/sessions", "users")
            ]
            assert await denied("GET", "/api/v1/products?stock=1") == [("u1", "GET /api/v1/products", "stock")]
            assert await denied("GET", "/manager") == [("u1", "GET /manager", "manage")]
            assert await denied("GET", "/fragments/settings") == [("u1", "GET /fragments/settings", "manage")]
            upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": caller.url}
            assert await denied("GET", "/ws?page=manager&register=1", **upgrade) == [
                ("u1", "GET /ws?page=manager", "manage")
            ]

    run(scenario())


def test_a_flood_of_denials_comes_neither_to_the_journal_nor_to_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, WANTED, clock=clock) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert (await add(caller, "Dana", "cashier", "7394", Grant=grant)).status == 200
            assert (await sign_in(caller, "7394")).status == 200
            asked: list[str] = []
            served.shop.listen(lambda command, _actor, _outcome: asked.append(type(command).__name__))
            for number in range(40):
                for path in (f"/api/v1/products/milk{number}/history", f"/api/v1/jobs/{number}/report.csv"):
                    assert (await caller.get(path)).status == 403
            assert await denials(served) == [("u1", "GET /api/v1/products/{sku}/history", "manage")]
            assert asked == ["NoteDenied"], "the others were only counted, and nothing waited for them"
            clock.advance(10)
            await note_sums(served.site, now_us() + DENIALS_EVERY_US)
            assert len(await denials(served)) == 2
            count = "SELECT body ->> 'count' FROM journal WHERE type = 'RightDenied' ORDER BY seq"
            assert served.shop.reader.execute(count).fetchall() == [(1,), (79,)], "and then their sum"
            for _ in range(3):
                assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 1})).code == "right_denied"
            clock.advance(10)
            await note_sums(served.site, now_us() + DENIALS_EVERY_US)
            await served.shop.maintain(lambda _: None)
            assert served.shop.reader.execute(count).fetchall()[2:] == [(1,), (2,)], "of commands as well"

    run(scenario())


def test_whoever_is_let_in_nowhere_is_one_row_a_minute(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path, CONFIG.replace("port = 0", 'port = 0\npairing = "always"'), clock=FakeClock()) as served,
            calling(served) as caller,
        ):
            for path in ("/api/v1/queries/basket", "/api/v1/search?text=milk", "/ws?page=manager", "/fragments/goods"):
                assert (await caller.get(path)).status == 401, path
            assert (await caller.get("/api/v1/feed", Authorization="Bearer edge_nobodys")).status == 401
            assert await denials(served) == [("stranger", "GET /api/v1/queries/{name}", "")]

    run(scenario())
