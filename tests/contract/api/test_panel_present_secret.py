"""Knowing someone's PIN isn't enough to change their password, second factor or the address for codes."""

from __future__ import annotations

from pathlib import Path

import msgspec
from pyotp import TOTP

from edge.foundation.access.credentials.throttle import WRONG_BEFORE_WAITING
from edge.web.context import now_us
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import FakeClock, run
from tests.signing_in import PASSWORD, hire, log_in, own_device

OTHER = "giraffe buttons thunder"
DANAS_PIN, NOAS_PIN = "731946", "840317"


async def managing(caller: Caller, pin: str, person: str) -> dict[str, str]:
    """Return headers that open the manager's pages to someone by their PIN alone."""
    given = await caller.call("POST", "/api/v1/grants", {"pin": pin, "person": person}, Surface="panel")
    return {"Grant": given.json["grant"]["token"], "Surface": "panel"}


async def leave_alone(served: Served) -> None:
    """Move the last entry of all PINs and passwords back further than counts as recent."""
    for session in list(served.access.sessions._of.values()):
        earlier = msgspec.structs.replace(session, entered_us=now_us() - 301_000_000)
        served.access.sessions._of[session.id] = earlier


def test_a_password_is_changed_by_the_present_one_and_signs_out_everywhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            dana = {"Cookie": await own_device(caller), "Surface": "panel"}
            path = "/api/v1/auth/password"
            asked = {"present": "not that one at all", "password": OTHER}
            assert (await caller.call("POST", path, asked)).status == 401, "nobody is signed in"
            assert (await caller.call("POST", path, asked, **dana)).code == "password_wrong"
            asked["present"] = PASSWORD
            assert (await caller.call("POST", path, asked | {"password": "short"}, **dana)).code == "password_short"
            assert 'id="new-password"' in (await caller.get("/fragments/account", **dana)).text
            assert (await caller.call("POST", path, asked, **dana)).status == 200
            assert (await caller.get("/api/v1/auth/me", **dana)).status == 401
            assert (await log_in(caller)).code == "login_wrong"
            assert (await log_in(caller, password=OTHER)).status == 200
            [row] = served.shop.reader.execute(
                "SELECT actor FROM journal WHERE type = 'PasswordSet' ORDER BY seq DESC LIMIT 1"
            ).fetchall()
            assert row == ("u1",)
            noa = await managing(caller, NOAS_PIN, "u9")
            assert (await caller.call("POST", path, asked, **noa)).status in (401, 422), "who has none sets none so"

    run(scenario())


def test_guessing_the_present_password_waits_as_signing_in_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            dana = {"Cookie": await own_device(caller), "Surface": "panel"}
            asked = {"present": "not that one at all", "password": OTHER}
            codes = [
                (await caller.call("POST", "/api/v1/auth/password", asked, **dana)).code
                for _ in range(WRONG_BEFORE_WAITING + 1)
            ]
            assert codes == ["password_wrong"] * WRONG_BEFORE_WAITING + ["pin_wait"]

    run(scenario())


def test_a_manager_gives_themselves_no_code_in_place_of_what_they_have(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            dana, noa = await managing(caller, DANAS_PIN, "u1"), await managing(caller, NOAS_PIN, "u9")
            assert (await caller.call("POST", "/api/v1/auth/codes", {"user": "u1"}, **dana)).code == "code_own"
            assert (await caller.call("POST", "/api/v1/auth/codes", {"user": "u9"}, **noa)).status == 200, (
                "has none yet"
            )
            assert (await caller.call("POST", "/api/v1/auth/codes", {"user": "u1"}, **noa)).status == 200
            given = "SELECT actor, json_extract(body, '$.id') FROM journal WHERE type = 'SetupCodeGiven' ORDER BY seq"
            assert served.shop.reader.execute(given).fetchall() == [("u9", "u9"), ("u9", "u1")], (
                "and it is written down"
            )

    run(scenario())


def test_a_pin_alone_sets_up_no_second_factor_for_who_has_a_password(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await hire(served)
            body = {"pin": DANAS_PIN, "person": "u1"}
            assert (await caller.call("POST", "/api/v1/factor", body)).code == "factor_password"
            wrong = await caller.call("POST", "/api/v1/factor", body | {"password": OTHER})
            assert wrong.code == "password_wrong"
            begun = await caller.call("POST", "/api/v1/factor", body | {"password": PASSWORD})
            code = TOTP(begun.json["factor"]["secret"]).at(clock.at_us // 1_000_000)
            assert (await caller.call("POST", "/api/v1/factor/confirm", body | {"code": code})).status == 200
            noas = {"pin": NOAS_PIN, "person": "u9"}
            assert (await caller.call("POST", "/api/v1/factor", noas)).status == 200, "who has a PIN alone"

    run(scenario())


def test_where_codes_are_sent_is_changed_by_who_showed_themselves_lately(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            avi = {"Cookie": await own_device(caller, "avi@example.org"), "Surface": "panel"}
            path, mine = "/api/v1/notify/preferences", {"email": "avi@example.org"}
            assert (await caller.call("PUT", path, mine, **avi)).status == 200
            await leave_alone(served)
            elsewhere = await caller.call("PUT", path, {"email": "mallory@example.org"}, **avi)
            assert (elsewhere.status, elsewhere.code) == (403, "pin_again")
            command = {"user": "u2", "preferences": {"phone": "+33612345678"}}
            assert (await caller.do("SetPreferences", command, **avi)).code == "pin_again"
            quiet = await caller.call("PUT", path, mine | {"quiet_hours_enabled": True}, **avi)
            assert quiet.status == 200, "what is no address asks for nothing"
            assert (await caller.get(path, **avi)).json["email"] == "avi@example.org"

    run(scenario())
