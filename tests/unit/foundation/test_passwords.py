"""Passwords and codes for once: which may be chosen, how long one is good, and how many are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.core.messages import Done, Refused
from edge.foundation.access.commands import GiveCode, SetFactorPolicy, SetSecrets, SetUser
from edge.foundation.access.credentials.one_time_codes import (
    AGAIN_US,
    MANY,
    PAPER_US,
    PAPER_WRONG_MOST,
    SENT_US,
    WRONG_MOST,
    OneTimeCodes,
    count_sent,
    new_paper,
    plain,
)
from edge.foundation.access.credentials.password import normalize_password, why_not
from edge.foundation.access.credentials.pin import hash_pin, matches
from edge.foundation.access.credentials.pin_check import PinCheck
from edge.foundation.access.credentials.throttle import OFF_AFTER, AttemptSource, network
from edge.foundation.access.events import PasswordSet, UserSet
from edge.foundation.access.queries import hash_of, stored_password
from edge.foundation.access.watches import WATCHES
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

COMMON = (
    *("password1234", "123456789012", "qwertyuiop[]", "aaaaaaaaaaaa", "passwordpassword", "iloveyou1234"),
    *("monkeymonkey", "letmein12345", "01/01/1990 01", "dana@example.org", "Dana Levy 2027"),
)


@pytest.mark.parametrize("password", COMMON)
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    assert why_not(password, ("Dana Levy", "dana@example.org", "+33612345678")) == "password_common"


def test_length_is_what_counts_and_any_script_is_one() -> None:
    assert why_not("kZ8#vq2!pLw") == "password_short" and why_not("n" * 129) == "password_long"
    for good in (
        "correct horse battery staple",
        "kolibri tondeuse nuage",
        "שמיכה תנור אופניים גשר",
        "🦔🦔 Tante Erna läuft",
    ):
        assert why_not(good) is None, good
    assert normalize_password("ﬁnch ２") == "finch 2", "however a keyboard writes it"


@asynccontextmanager
async def checking(folder: Path) -> AsyncIterator[tuple[FakeClock, PinCheck]]:
    clock = FakeClock()
    async with open_shop(folder, clock, stocked=False) as shop:
        for id in ("u1", "u9"):
            user = SetUser(id, "Dana", "manager", hash_pin("864209" + id[1]), email=f"{id}@example.org")
            assert isinstance(await shop.do(user, SYSTEM), Done)
        pins = PinCheck(shop, lambda: clock.mono_us)
        yield clock, pins
        await pins.tries.stop()
        await pins.log.stop()


async def given(pins: PinCheck, user: str = "u1") -> str:
    code = new_paper()
    assert isinstance(await pins._shop.do(GiveCode(user, hash_pin(plain(code))), SYSTEM), Done)
    return code


def test_a_code_on_paper_is_good_once_for_ten_minutes_and_for_its_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with checking(tmp_path) as (clock, pins):
            codes, shop = pins.factors.codes, pins._shop
            code = await given(pins)
            assert not await codes.is_right("u9", code) and await codes.is_right("u1", code.lower().replace("-", " "))
            hashed = hash_pin("correct horse battery staple")
            done = await shop.do(SetSecrets("u1", hash_pin("975310"), hashed), SYSTEM)
            assert isinstance(done, Done) and [type(event) for event in done.events] == [UserSet, PasswordSet]
            assert matches(hash_of(shop.reader, "u1") or "", "975310")
            assert matches(stored_password(shop.reader, "u1"), "correct horse battery staple")
            assert await shop.do(SetSecrets("u1", "", hashed), SYSTEM) == Refused("setup_wrong"), "once"
            code = await given(pins)
            clock.advance(PAPER_US / 1e6)
            assert not await codes.is_right("u1", code)
            code = await given(pins)
            for _ in range(PAPER_WRONG_MOST):
                assert await codes.is_right("u1", code), "a few tries of a stranger do not spoil it"
                assert not await codes.is_right("u1", "AAAA-BBBB")
            assert not await codes.is_right("u1", code), "somebody guessed at it"
            before = await given(pins)
            assert await codes.take("u1", await given(pins)) is None
            assert await codes.take("u1", before) == Refused("factor_wrong"), "the newer one ended it"

    run(scenario())


def test_who_lost_their_second_factor_goes_on_by_a_code_on_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with checking(tmp_path) as (_, pins):
            assert isinstance(await pins._shop.do(SetFactorPolicy("manager", "totp"), SYSTEM), Done)
            secret = await pins.factors.begin("u1")
            assert isinstance(secret, str)
            from pyotp import TOTP

            assert isinstance(await pins.factors.confirm("u1", TOTP(secret).at(pins._shop.now_us() // 1_000_000)), list)
            assert await pins.factors.ask("u1", "") == Refused("factor_code")
            code = await given(pins)
            assert await pins.factors.ask("u1", code) is None
            assert await pins.factors.ask("u1", code) == Refused("factor_wrong"), "once"

    run(scenario())


class Outbox:
    def __init__(self, works: bool = True) -> None:
        self.sent: list[str] = []
        self.works = works

    async def send(self, user: str, code: str) -> bool:
        if self.works:
            self.sent.append(code)
        return self.works


def test_a_sent_code_is_good_once_for_five_minutes_and_five_tries(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with checking(tmp_path) as (clock, pins):
            outbox, codes = Outbox(), pins.factors.codes
            pins.factors.send = outbox.send
            assert isinstance(await pins._shop.do(SetFactorPolicy("manager", "otp"), SYSTEM), Done)

            async def sent() -> str:
                clock.advance(900)
                assert await pins.factors.ask("u1", "", caller="here") == Refused("factor_sent")
                return outbox.sent[-1]

            code = await sent()
            assert len(code) == 6 and code.isdigit()
            assert await codes.check("u9", code) == Refused("factor_wrong"), "another's"
            assert await pins.factors.ask("u1", code) is None
            assert await pins.factors.ask("u1", code) == Refused("factor_wrong"), "once"
            code = await sent()
            clock.advance(SENT_US / 1e6)
            assert await codes.check("u1", code) == Refused("factor_wrong")
            code = await sent()
            for _ in range(WRONG_MOST):
                assert await codes.check("u1", "x") == Refused("factor_wrong")
            assert await codes.check("u1", code) == Refused("factor_wrong"), "it was guessed at"
            code = await sent()
            assert await OneTimeCodes(pins._shop).check("u1", code) == Refused("factor_wrong"), "a restart makes others"
            stored = pins._shop.reader.execute("SELECT hash FROM access_sent_code").fetchall()
            assert not any(code.encode() in bytes(hash) for (hash,) in stored)

    run(scenario())


def test_codes_are_sent_as_often_as_they_may_cost_and_then_stand_on_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with checking(tmp_path) as (clock, pins):
            outbox, codes = Outbox(), pins.factors.codes

            async def code(user: str, caller: str, after_s: float = AGAIN_US / 1e6) -> str:
                clock.advance(after_s)
                return (await codes.send(user, caller, outbox.send)).code

            assert [await code("u1", "here") for _ in range(4)] == [*["factor_sent"] * 3, "factor_on_paper"]
            clock.advance(900)
            assert await code("u1", "here") == "factor_sent" and len(outbox.sent) == 4
            assert await code("u1", "here", 1) == "factor_sent" and len(outbox.sent) == 4, (
                "the one before is on its way"
            )
            others = [await code(f"x{number}", "there") for number in range(11)]
            assert others == [*["factor_sent"] * 10, "factor_on_paper"], "a caller in an hour"
            many = next(watch for watch in WATCHES if watch.kind == "codes_many")
            for number in range(250):
                said = await code(f"y{number}", f"c{number}", 1)
                told = bool(list(many.read(pins._shop.reader, clock.at_us, "")))
                assert told == (count_sent(pins._shop.reader, clock.at_us) >= MANY)
            assert said == "factor_on_paper" and len(outbox.sent) == 200, "the shop in a day"
            outbox.works = False
            clock.advance(86_400)
            assert await code("u1", "here") == "factor_on_paper" and len(outbox.sent) == 200, "no way to them"

    run(scenario())


async def never(user: str) -> Refused | None:
    return None


def test_pin_and_password_share_the_tries_of_their_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with checking(tmp_path) as (clock, pins):
            shop, stranger = pins._shop, network("203.0.113.9")
            hash = hash_pin("correct horse battery staple")
            pin = hash_of(shop.reader, "u1") or ""
            counted = stranger.person("u1", pin)

            async def enter(source: AttemptSource, password: str) -> str:
                said = await pins.password(source, "u1", hash, password, counted, never)
                return said.code if isinstance(said, Refused) else said

            for _ in range(4):
                assert await enter(stranger, "wrong") == "login_wrong"
            refused = await pins.who(stranger, "", "000000", [("u1", pin)], "u1")
            assert refused == Refused("pin_wrong")
            assert await enter(network("198.51.100.7"), "correct horse battery staple") == "pin_wait", "from anywhere"
            clock.mono_us += 3_600_000_000
            assert await enter(stranger, "correct horse battery staple") == "u1"
            for _ in range(OFF_AFTER):
                pins.tries.count(counted, stranger)
            clock.mono_us += 3_600_000_000
            assert await enter(stranger, "correct horse battery staple") == "login_wrong", "off, and nobody is told"

    run(scenario())
