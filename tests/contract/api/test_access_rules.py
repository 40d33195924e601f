"""Access rules that no other test covers (`docs/access.md`)."""

from __future__ import annotations

from pathlib import Path

from edge.foundation.access.browsers.pairing import PAIRING_WAIT_US
from edge.foundation.access.credentials.recovery_codes import new_recovery_codes
from edge.foundation.access.logs.row_log import KEPT_US
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_pairing import ALWAYS, cookie_of, pair
from tests.shop_fixture import MILK, FakeClock, run
from tests.signing_in import hire, noted

DONE = "SELECT max(seq) FROM journal WHERE type != 'RightDenied'"


async def lines(caller: Caller, cookie: str) -> int:
    found = await caller.get("/api/v1/queries/basket?register=2", Register="2", Cookie=cookie)
    assert found.status == 200, found.text
    return len(found.json["result"]["lines"])


async def end(served: Served, caller: Caller) -> None:
    found = (await caller.get("/api/v1/queries/pairings", Grant=served.site.door.token)).json["result"]
    assert (await caller.manage("EndPairing", {"id": found[0]["id"], "why": "lost"})).status == 200


def test_who_is_revoked_in_a_sale_does_nothing_more_and_another_paired_browser_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            till = {"Cookie": await pair(caller), "Register": "2"}
            assert (await caller.do("AddLine", {"code": MILK}, **till)).status == 200
            await end(served, caller)
            before = served.shop.reader.execute(DONE).fetchone()
            for name, body in (("AddLine", {"code": MILK}), ("Pay", {"kind": "cash", "amount_minor": 1000})):
                refused = await caller.do(name, body, **till)  # as a till repeats its stored commands, one by one
                assert (refused.status, refused.code) == (401, "not_paired") and refused.message
            after = served.shop.reader.execute(DONE).fetchone()
            other = await pair(caller)
            assert await lines(caller, other) == 1, "the basket stays, as it was"
            assert before == after
            sold = await caller.do("Pay", {"kind": "cash", "amount_minor": 1000}, Register="2", Cookie=other)
            assert sold.status == 200, sold.text

    run(scenario())


def test_digits_are_good_for_ten_minutes_and_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, ALWAYS, clock=clock) as served, calling(served) as caller:
            asked = await caller.call("POST", "/api/v1/pairings", {})
            digits = asked.json["asks"]["digits"]
            assert len(digits) == 4 and digits.isdigit()
            clock.advance(PAIRING_WAIT_US / 1e6 + 1)
            say_yes = {"digits": digits, "kind": "till", "register": "2"}
            assert (await caller.manage("ConfirmPairing", say_yes)).code == "no_such_pairing"
            again = await caller.call("POST", "/api/v1/pairings", {})
            say_yes["digits"] = again.json["asks"]["digits"]
            assert (await caller.manage("ConfirmPairing", say_yes)).status == 200
            assert (await caller.manage("ConfirmPairing", say_yes)).code == "no_such_pairing", "once"
            old = {"Cookie": cookie_of(asked), "Register": "2"}
            assert (await caller.get("/api/v1/queries/basket", **old)).status == 401, "whoever asked first is not in"

    run(scenario())


def test_somebody_is_at_one_till_at_a_time_and_the_older_one_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            pin = {"pin": "5903", "person": "u2"}
            assert (await caller.call("POST", "/api/v1/sign-in", pin, Register="1")).status == 200
            async with caller.socket("page=cashier&register=1") as socket:
                while "Avi" not in (await socket.receive_str()):
                    pass
                assert (await caller.call("POST", "/api/v1/sign-in", pin, Register="2")).status == 200
                while 'id="signed_in"' not in (told := await socket.receive_str()):
                    pass
                assert "Avi" not in told
            assert (served.access.sessions.user("1"), served.access.sessions.user("2")) == (None, "u2")

    run(scenario())


def test_who_signed_in_is_known_for_ninety_days_and_not_at_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await hire(served)
            pin = {"pin": "5903", "person": "u2"}
            assert (await caller.call("POST", "/api/v1/sign-in", pin)).status == 200
            first = await noted(served)
            assert [(one.user, one.how, one.result) for one in first] == [("u2", "pin", "right")]
            rows = served.shop.reader.execute("SELECT DISTINCT type FROM journal").fetchall()
            assert not {"SignedIn", "Login"} & {type for (type,) in rows}
            clock.advance(KEPT_US / 1e6 + 1)
            assert (await caller.call("POST", "/api/v1/sign-in", pin)).status == 200
            kept = await noted(served)
            assert [one.id for one in kept if one.id == first[0].id] == [] and len(kept) == 1

    run(scenario())


def test_recovery_codes_are_ten_of_64_bits() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 13 for code in codes), "64 bits in letters of five"
