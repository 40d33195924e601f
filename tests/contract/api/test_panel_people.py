"""A manager's entries about a person over HTTP, and blocking someone at once."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.core.people.forgetting import ForgetPerson
from edge.foundation.access.commands import SetRole, SetUser, SuspendUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.credentials.throttle import CONSOLE, OFF_AFTER
from edge.foundation.access.queries import people_hashes, read_users
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import CONFIG, SYSTEM, run
from tests.signing_in import bearer, hire, log_in, own_device, program

DANA = {"name": "Dana", "role": "cashier", "pin": "7394"}


async def say(caller: Caller, grant: str, **said: str) -> Answer:
    return await caller.call("POST", "/api/v1/users", said, Grant=grant)


def known(served: Served, id: str = "u1") -> tuple[str, str, str]:
    found = next(one for one in read_users(served.shop.reader) if one.id == id)
    return found.email, found.phone, found.employee_number


def test_a_person_is_known_by_address_phone_and_number_in_one_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            of = {"email": " Dana@Example.org", "phone": "+33 6 12 34-56.78", "employee_number": " K-17 "}
            assert (await say(caller, grant, **DANA, **of)).status == 200
            assert known(served) == ("dana@example.org", "+33612345678", "K-17")
            stays = {"id": "u1", "name": "Dana L", "role": "cashier"}
            assert (await say(caller, grant, **stays)).status == 200, "what is left out stays"
            assert known(served) == ("dana@example.org", "+33612345678", "K-17")
            avi = {"name": "Avi", "role": "cashier", "pin": "5903"}
            for wrong, code in (
                ({"email": "dana"}, "email_invalid"),
                ({"email": "DANA@example.ORG"}, "user_email_taken"),
                ({"phone": "12"}, "phone_invalid"),
                ({"phone": "+33 6 12 34 56 78 ext. 5"}, "phone_invalid"),
                ({"employee_number": "k-17"}, "user_employee_number_taken"),
                ({"employee_number": "K 17"}, "employee_number_invalid"),
            ):
                for language in ("en", "fr", "he"):
                    refused = await caller.call("POST", f"/api/v1/users?lang={language}", avi | wrong, Grant=grant)
                    assert (refused.status, refused.code) == (422, code) and refused.message, wrong
            assert (await say(caller, grant, **avi, phone="+33612345678")).status == 200, "two may share a phone"
            assert (await say(caller, grant, **stays, email="", phone="", employee_number="")).status == 200
            assert known(served) == ("", "", "")
            journal = b"".join(row[0] for row in served.shop.reader.execute("SELECT body FROM journal"))
            assert b"example.org" not in journal and b"612345678" not in journal and b"K-17" not in journal

    run(scenario())


def test_a_pin_is_no_part_of_a_phone_that_comes_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            own = {"name": "Dana", "role": "cashier", "pin": "7826"}
            assert (await say(caller, grant, **own, phone="+33612347826")).code == "pin_refused"
            assert (await say(caller, grant, **own, employee_number="A7826")).code == "pin_refused"
            assert (await say(caller, grant, **own, phone="+33612345678")).status == 200

    run(scenario())


def test_an_address_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            assert (await log_in(caller, "DANA@Example.ORG")).json["me"]["id"] == "u1"

    run(scenario())


def test_whoever_is_suspended_is_out_at_once_and_is_let_in_by_another_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await caller.set_pin()
            cookie, tokens = {"Cookie": await own_device(caller), "Surface": "panel"}, await program(caller)
            dana = (await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel")).json["grant"]
            key = await key_of(served, caller, "stock", grant=dana["token"])
            assert (await caller.get("/api/v1/queries/stock?sku=milk", **key)).status == 200
            grant = await caller.enter_pin()
            assert (await caller.do("SuspendUser", {"id": "u1"}, Grant=dana["token"])).code == "suspend_self"
            assert (await caller.do("SuspendUser", {"id": "u7"}, Grant=grant)).code == "no_such_user"
            assert (await caller.do("SuspendUser", {"id": "u1"}, Grant=grant)).status == 200
            assert (await caller.get("/fragments/users", **cookie)).status == 403
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).status == 401
            assert (await caller.get("/api/v1/queries/stock?sku=milk", **key)).status in (401, 403)
            assert (await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel")).code == "pin_wrong"
            assert (await log_in(caller)).code == "login_wrong"
            facts = served.shop.reader.execute("SELECT body FROM journal WHERE type = 'UserSuspended'").fetchall()
            assert facts == [(b'{"id":"u1"}',)]
            shown = (await caller.get("/fragments/users?lang=en", Grant=grant)).text
            assert "No PIN" in shown and "Dana" in shown, "nothing else of them is forgotten"
            again = {"id": "u1", "name": "Dana", "role": "manager"}
            assert (await say(caller, grant, **again, phone="+33612345678")).status == 200, "they can be changed"
            assert (await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel")).code == "pin_wrong"
            assert (await say(caller, grant, **again, pin="917364")).status == 200
            assert (await caller.call("POST", "/api/v1/grants", {"pin": "917364"}, Surface="panel")).status == 200

    run(scenario())


def test_no_one_suspends_the_last_who_may_change_users(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            assert isinstance(await served.shop.do(SetUser("u1", "Dana", "manager", hash_pin("731946")), SYSTEM), Done)
            grant = await caller.enter_pin()
            assert (await caller.do("SuspendUser", {"id": "u1"}, Grant=grant)).code == "last_manager"
            assert isinstance(await served.shop.do(SetUser("u2", "Avi", "cashier", hash_pin("5903")), SYSTEM), Done)
            for _ in range(2):
                assert isinstance(await served.shop.do(SuspendUser("u2"), SYSTEM), Done)
            assert isinstance(await served.shop.do(ForgetPerson("u2"), SYSTEM), Done)

    run(scenario())


def test_who_may_sell_open_amounts_up_to_a_sum_sells_no_dearer_ones(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller:
            for command in (
                SetRole("r1", "Helper", ("sell",), {"open_amount": 500}),
                SetUser("u1", "Dana", "r1", hash_pin("7394")),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "7394"})).status == 200
            dear = {"name": "Lunch", "tax_class": "standard", "amount_minor": 501}
            assert (await caller.do("AddOpenAmount", dear)).code == "amount_over_right"
            assert (await caller.do("AddOpenAmount", dear | {"amount_minor": 500})).status == 200

    run(scenario())


def test_the_page_says_whose_pin_was_guessed_at_too_often(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert "PIN locked" not in (await caller.get("/fragments/users?lang=en", Grant=grant)).text
            tries = served.access.pins.tries
            hash = dict(people_hashes(served.shop.reader))["u2"]
            for _ in range(OFF_AFTER):
                tries.count(CONSOLE.person("u2", hash), CONSOLE)
            assert (await caller.get("/fragments/users?lang=en", Grant=grant)).text.count("PIN locked") == 1

    run(scenario())
