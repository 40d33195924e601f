"""The second factor of managers: set up by its owner, requested after the PIN, and safe from guessing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyotp import TOTP

from edge.foundation.access.credentials.throttle import WRONG_BEFORE_WAITING, paired_source
from sync.identity.totp import PENDING_US, RECOVERY_CODES, STEP_S
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_pairing import cookie_of
from tests.contract.api.test_panel_users import add, sign_in
from tests.shop_fixture import FakeClock, run
from tests.signing_in import reached_by_mail, told

HERS = "730584"
DAY_S = 86_400


async def factor(caller: Caller, step: str = "", pin: str = HERS, **fields: Any) -> Answer:
    return await caller.call("POST", f"/api/v1/factor{step}", {"pin": pin, **fields})


async def manage(caller: Caller, code: str = "", pin: str = HERS) -> Answer:
    return await caller.call("POST", "/api/v1/grants", {"pin": pin, "code": code}, Surface="panel")


async def moshe(served: Served, caller: Caller) -> None:
    """Add a manager, who gets the id u1."""
    assert (await add(caller, "Moshe", "manager", HERS, Grant=served.site.door.token)).status == 200


async def own_by_pin(caller: Caller, code: str) -> Answer:
    """Sign in on his own device with the PIN, from the machine itself."""
    return await caller.call("POST", "/api/v1/auth/login", {"pin": HERS, "code": code})


def code_of(secret: str, clock: FakeClock, steps: int = 0) -> str:
    return TOTP(secret).at(clock.at_us // 1_000_000 + STEP_S * steps)


async def set_up(served: Served, caller: Caller, clock: FakeClock) -> tuple[str, list[str]]:
    """Set up Moshe's second factor; returns its secret and recovery codes. The first code's time step is over."""
    await moshe(served, caller)
    secret = (await factor(caller)).json["factor"]["secret"]
    confirmed = await factor(caller, "/confirm", code=code_of(secret, clock))
    assert confirmed.status == 200, confirmed.text
    clock.advance(STEP_S)
    return secret, confirmed.json["recovery_codes"]


def journal(served: Served, type: str) -> list[tuple[str, bytes]]:
    rows = served.shop.reader.execute("SELECT actor, body FROM journal WHERE type = ? ORDER BY seq", (type,))
    return list(rows.fetchall())


def test_a_factor_counts_after_its_first_right_code_and_a_step_opens_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await moshe(served, caller)
            begun = (await factor(caller)).json["factor"]
            secret = begun["secret"]
            assert begun["address"].startswith("otpauth://totp/corner:Moshe?secret=")
            assert (await manage(caller)).status == 200, "not yet"
            clock.advance(PENDING_US / 1e6)
            assert (await factor(caller, "/confirm", code=code_of(secret, clock))).code == "factor_not_begun"
            secret = (await factor(caller)).json["factor"]["secret"]
            assert (await factor(caller, "/confirm", code=code_of(secret, clock, 5))).code == "factor_wrong"
            first = code_of(secret, clock)
            codes = (await factor(caller, "/confirm", code=first)).json["recovery_codes"]
            assert len(set(codes)) == RECOVERY_CODES
            assert journal(served, "FactorSet") == [("u1", b'{"id":"u1"}')]
            assert (await manage(caller)).code == "factor_code"
            assert (await manage(caller, first)).code == "factor_wrong", "its step was used"
            clock.advance(STEP_S)
            now = code_of(secret, clock)
            assert (await manage(caller, now)).status == 200
            assert (await manage(caller, now)).code == "factor_wrong"
            assert (await manage(caller, code_of(secret, clock, 1))).status == 200, "a phone a little ahead"
            assert (await sign_in(caller, HERS)).status == 200, "at a till the PIN is enough"
            kept = str(served.shop.reader.execute("SELECT * FROM access_factor").fetchall())
            assert secret not in kept and not any(code in kept for code in codes)
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            for steps in (0, 1):
                again = await manage(caller, code_of(secret, clock, steps))
                assert again.code == "factor_wrong", "nor after a restart"

    run(scenario())


def test_recovery_codes_are_good_once_and_a_new_set_ends_the_old(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            secret, codes = await set_up(served, caller, clock)
            used = await manage(caller, codes[0].lower().replace("-", " "))
            assert used.json["grant"]["recovery_left"] == RECOVERY_CODES - 1
            assert journal(served, "RecoveryCodeUsed") == [("u1", b'{"id":"u1","left":9}')]
            assert (await manage(caller, codes[0])).code == "factor_wrong"
            assert (await factor(caller, "/recovery-codes")).code == "factor_code"
            others = await factor(caller, "/recovery-codes", code=code_of(secret, clock))
            assert (await manage(caller, codes[1])).code == "factor_wrong"
            assert (await manage(caller, others.json["recovery_codes"][0])).status == 200

    run(scenario())


def test_each_use_of_a_recovery_code_is_told_to_its_person_and_that_few_are_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            _, codes = await set_up(served, caller, clock)
            await reached_by_mail(served, "u1")
            opened = await manage(caller, codes[0])
            assert opened.status == 200
            assert [subject for subject, _ in told(served)] == ["One of your recovery codes was used. 9 left."]
            assert (await manage(caller, codes[0])).code == "factor_wrong"
            assert len(told(served)) == 1, "a wrong one is no use"
            for code in codes[1:7]:
                assert (await manage(caller, code)).status == 200
            subjects = [subject for subject, _ in told(served)]
            assert subjects[-2:] == [
                "One of your recovery codes was used. 4 left.",
                "One of your recovery codes was used. Only 3 left.",
            ]
            assert "Second factor" in told(served)[-1][1]
            own = {"Cookie": cookie_of(await own_by_pin(caller, codes[7]))}
            for language, few in (("en", "Only 2"), ("fr", "que 2"), ("he", "רק שני")):
                page = await caller.get(f"/fragments/account?lang={language}", **own)
                assert few in page.text

    run(scenario())


def test_at_a_till_a_pin_alone_approves_what_an_override_is_good_for_and_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            secret, _ = await set_up(served, caller, clock)
            approve = {"pin": HERS, "command": "OverridePrice"}
            assert (await caller.call("POST", "/api/v1/grants", approve)).status == 200
            for command in ("SetPrice", "SetProducts", "SetSetting", "MakeCoupons"):
                asked = await caller.call("POST", "/api/v1/grants", {"pin": HERS, "command": command})
                assert asked.code == "factor_code", command
            shown = {"pin": HERS, "command": "SetPrice", "code": code_of(secret, clock)}
            given = await caller.call("POST", "/api/v1/grants", shown)
            assert given.status == 200, given.text
            body, grant = {"sku": "milk", "price_minor": 130}, given.json["grant"]["token"]
            assert (await caller.do("SetPrice", body, Grant=grant)).status == 200

    run(scenario())


def test_only_its_owner_drops_or_changes_it_and_the_shell_of_the_box(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await caller.set_pin()
            secret, _ = await set_up(served, caller, clock)
            for step in ("", "/drop", "/recovery-codes"):
                assert (await factor(caller, step)).code == "factor_code", "a second needs the first"
                assert (await factor(caller, step, pin=PIN)).code == "factor_of_nobody"
            dropped = await caller.do("DropFactor", {"id": "u1"}, Grant=await caller.enter_pin())
            assert (dropped.status, dropped.code) == (404, "command_unknown"), "no manager's page may"
            changed = (await factor(caller, code=code_of(secret, clock))).json["factor"]["secret"]
            assert (await factor(caller, "/confirm", code=code_of(changed, clock))).status == 200
            clock.advance(STEP_S)
            assert (await manage(caller, code_of(secret, clock))).code == "factor_wrong"
            assert (await factor(caller, "/drop", code=code_of(changed, clock))).status == 200
            assert (await manage(caller)).status == 200
            again = (await factor(caller)).json["factor"]["secret"]
            assert (await factor(caller, "/confirm", code=code_of(again, clock))).status == 200
            assert (await caller.manage("DropFactor", {"id": "u1"})).status == 200, "`edge pin --drop-factor u1`"
            assert [who for who, _ in journal(served, "FactorDropped")] == ["u1", "system"]
            assert (await manage(caller)).status == 200

    run(scenario())


def test_a_role_that_needs_one_manages_nothing_without(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await moshe(served, caller)
            assert (await caller.manage("SetFactorPolicy", {"role": "manager", "factor": "totp"})).status == 200
            assert (await manage(caller)).code == "factor_missing"
            assert (await caller.get("/manager/factor")).status == 200, "and no PIN stands before that page"
            secret = (await factor(caller)).json["factor"]["secret"]
            assert (await factor(caller, "/confirm", code=code_of(secret, clock))).status == 200
            clock.advance(STEP_S)
            grant = (await manage(caller, code_of(secret, clock))).json["grant"]["token"]
            assert (await caller.get("/api/v1/queries/users", Grant=grant)).status == 200
            shown = (await caller.get("/fragments/users", Grant=served.site.door.token)).text
            assert '<option value="totp" selected>' in shown

    run(scenario())


def test_wrong_codes_make_one_wait_as_wrong_pins_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            secret, _ = await set_up(served, caller, clock)
            for _ in range(WRONG_BEFORE_WAITING):
                assert (await manage(caller, "000000")).code == "factor_wrong"
            assert (await manage(caller, code_of(secret, clock))).code == "pin_wait"

    run(scenario())


def test_a_right_pin_at_a_till_forgives_no_wrong_codes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            secret, _ = await set_up(served, caller, clock)
            for _ in range(WRONG_BEFORE_WAITING - 1):
                assert (await manage(caller, "000000")).code == "factor_wrong"
            assert (await sign_in(caller, HERS)).status == 200
            assert (await manage(caller, "000000")).code == "factor_wrong"
            with pytest.MonkeyPatch.context() as patch:  # from another place, which made no mistakes yet
                patch.setattr("edge.foundation.access.pages.pins_api.source_of", lambda request: paired_source("other"))
                assert (await manage(caller, code_of(secret, clock))).code == "pin_wait"

    run(scenario())


def test_while_the_clock_is_doubted_codes_of_phones_are_not_taken_and_those_on_paper_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            secret, codes = await set_up(served, caller, clock)
            clock.at_us -= 730 * DAY_S * 1_000_000
            await served.shop.heartbeat()
            assert (await manage(caller, code_of(secret, clock))).code == "clock_suspect"
            assert (await manage(caller, codes[0])).status == 200
            clock.at_us += 730 * DAY_S * 1_000_000
            await served.shop.heartbeat()
            assert (await manage(caller, code_of(secret, clock))).status == 200

    run(scenario())


def test_who_is_retired_leaves_no_factor(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await set_up(served, caller, clock)
            assert (await add(caller, "Noa", "manager", "604917", Grant=served.site.door.token)).status == 200
            assert (await caller.manage("RetireUser", {"id": "u1"})).status == 200
            for table in ("access_factor", "access_recovery"):
                assert served.shop.reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)

    run(scenario())
