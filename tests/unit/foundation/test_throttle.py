"""Guessing takes longer and longer where it is done, and no one pays for what others do."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from edge.core.messages import Refused
from edge.foundation.access.credentials.pin_check import PinCheck
from edge.foundation.access.credentials.throttle import (
    CONSOLE,
    FIRST_WAIT_US,
    FORGIVEN_US,
    LONGEST_WAIT_US,
    OFF_AFTER,
    UNNAMED_MOST,
    WRONG_BEFORE_WAITING,
    Count,
    after_wrong,
    network,
    paired_source,
)
from edge.foundation.access.credentials.tries import Tries
from tests.shop_fixture import open_shop, run

STRANGER = network("192.0.2.7")
TILL = paired_source("p1")
hash_pin = PasswordHasher(time_cost=1, memory_cost=7_168, parallelism=1).hash
"""Cheap, as hundreds are compared."""
DANA, MOSHE = hash_pin("7394"), hash_pin("864209")
PEOPLE = [("u1", DANA), ("u2", MOSHE)]


def test_five_wrong_then_ten_seconds_doubling_to_ten_minutes() -> None:
    count, now, waits = Count(), 0, []
    for _ in range(WRONG_BEFORE_WAITING + 8):
        count = after_wrong(count, now, LONGEST_WAIT_US)
        waits.append(count.wait_us(now))
        now += waits[-1]
    assert waits[: WRONG_BEFORE_WAITING - 1] == [0] * (WRONG_BEFORE_WAITING - 1)
    assert waits[WRONG_BEFORE_WAITING - 1 : WRONG_BEFORE_WAITING + 2] == [FIRST_WAIT_US * 2**n for n in range(3)]
    assert waits[-1] == LONGEST_WAIT_US


def test_a_place_is_forgiven_slowly_and_a_person_is_not() -> None:
    count = Count(4, 4, 0)
    assert after_wrong(count, 3 * FORGIVEN_US, LONGEST_WAIT_US, FORGIVEN_US).wrong == 2
    assert after_wrong(count, 3 * FORGIVEN_US, LONGEST_WAIT_US).wrong == 5


def test_neighbours_are_counted_together() -> None:
    assert network("192.0.2.200") == STRANGER != network("192.0.3.7")
    assert network("::ffff:192.0.2.9") == STRANGER
    assert network("2001:db8:1:2::9").keys == ("network:2001:db8:1:2::/64", "network:2001:db8:1::/48")
    assert network("fe80::1%eth0").keys[0] == "network:fe80::/64"
    assert network("nonsense").keys == ("network:?",)


class Guesser:
    """PINs typed into one shop, with a clock that a test moves."""

    def __init__(self, check: PinCheck, now: list[int]) -> None:
        self.check = check
        self.now = now

    async def code(self, pin: str, source: object = STRANGER, person: str = "") -> str:
        found = await self.check.who(source, "1", pin, PEOPLE, person)  # type: ignore[arg-type]
        return found.code if isinstance(found, Refused) else found


def guessing(tmp_path: Path, scenario: object, text: str = "") -> None:
    async def inside() -> None:
        async with open_shop(tmp_path) as shop:
            now = [1_000_000]
            check = PinCheck(shop, lambda: now[0])
            await scenario(shop, Guesser(check, now))  # type: ignore[operator]
            await check.tries.stop()

    run(inside())


def test_ones_own_right_pin_does_not_buy_further_guesses(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(4):
            assert await guesser.code("9999", TILL) == "pin_wrong"
        assert await guesser.code("7394", TILL) == "u1"
        assert await guesser.code("9998", TILL) == "pin_wrong"
        assert await guesser.code("864209", TILL) == "pin_wait", "a right PIN in between forgave nothing"

    guessing(tmp_path, scenario)


def test_every_fifth_wrong_one_is_in_the_journal_whatever_came_between(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(3):
            for _ in range(4):
                await guesser.code("9999", TILL)
                guesser.now[0] += 10_000_000
            assert await guesser.code("7394", TILL) == "u1"
        rows = shop.reader.execute("SELECT body FROM journal WHERE type = 'PinsWrong'").fetchall()  # type: ignore[attr-defined]
        assert rows == [(b'{"tries":5,"wait_s":10}',), (b'{"tries":10,"wait_s":10}',)]

    guessing(tmp_path, scenario)


def test_a_stranger_shuts_nobody_out(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(OFF_AFTER + 5):
            assert await guesser.code("0000", STRANGER, "u2") == "pin_wrong"
            guesser.now[0] += LONGEST_WAIT_US
        assert await guesser.code("864209", STRANGER, "u2") == "pin_wrong", "there it is off"
        for place in (TILL, CONSOLE):
            assert await guesser.code("864209", place) == "u2"

    guessing(tmp_path, scenario)


def test_in_the_shop_one_waits_seconds_and_a_hundred_wrong_in_a_row_end_a_pin(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(OFF_AFTER):
            assert await guesser.code("0000", TILL, "u1") == "pin_wrong"
            guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("7394", TILL, "u1") == "pin_wrong"
        guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("864209", TILL, "u2") == "u2", "the others sell on"
        fresh = [("u1", hash_pin("7394"))]
        assert await guesser.check.who(TILL, "1", "7394", fresh, "u1") == "u1", "until they have another one"

    guessing(tmp_path, scenario)


def test_a_try_during_a_wait_and_an_empty_one_count_as_nothing(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(9):
            assert await guesser.code("") == "pin_wrong"
        for _ in range(WRONG_BEFORE_WAITING):
            await guesser.code("9999")
        for _ in range(9):
            assert await guesser.code("7394") == "pin_wait"
        guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("7394") == "u1"

    guessing(tmp_path, scenario)


def test_where_so_much_was_guessed_one_says_who_one_is(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(UNNAMED_MOST - 1):
            assert await guesser.code("0000", TILL) == "pin_wrong"
            guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("7394", TILL) == "u1", "a right one between begins anew"
        for _ in range(UNNAMED_MOST):
            assert await guesser.code("0000", TILL) == "pin_wrong"
            guesser.now[0] += FIRST_WAIT_US
        assert guesser.check.tries.asks_name(TILL)
        assert await guesser.code("7394", TILL) == "pin_person_first", "also a right one"
        assert await guesser.code("7394", CONSOLE) == "u1", "each place for itself"
        assert await guesser.code("0000", TILL, "u2") == "pin_wrong"
        assert guesser.check.tries.asks_name(TILL)
        guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("864209", TILL, "u2") == "u2"
        guesser.now[0] += FIRST_WAIT_US
        assert await guesser.code("7394", TILL) == "u1"

    guessing(tmp_path, scenario)


def test_a_person_who_is_named_counts_from_the_first_day(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        for _ in range(OFF_AFTER):
            assert await guesser.code("0000", CONSOLE, "u1") == "pin_wrong"
            guesser.now[0] += FIRST_WAIT_US
        assert not guesser.check.tries.asks_name(CONSOLE), "whoever says a name is counted by it"
        assert await guesser.code("7394", CONSOLE) == "pin_wrong", "theirs is off"

    guessing(tmp_path, scenario)


def test_nobody_learns_that_a_pin_exists(tmp_path: Path) -> None:
    async def scenario(shop: object, guesser: Guesser) -> None:
        taken = await guesser.check.hash_pin(STRANGER, "", "7394", PEOPLE, manages=False)
        common = await guesser.check.hash_pin(STRANGER, "", "1234", PEOPLE, manages=False)
        assert taken == common == Refused("pin_refused")
        for _ in range(3):
            await guesser.check.hash_pin(STRANGER, "", "7394", PEOPLE, manages=False)
        assert (await guesser.code("7394")) == "pin_wait", "to try that is to guess"

    guessing(tmp_path, scenario)


def test_a_restart_forgets_neither_counts_nor_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            tries = Tries(shop, lambda: 5_000_000)
            for _ in range(7):
                tries.wrong(STRANGER, STRANGER.person("u1", DANA))
            await tries.stop()
        async with open_shop(tmp_path, stocked=False) as shop:
            again = Tries(shop, lambda: 900)
            assert again.wait_us(STRANGER) == 4 * FIRST_WAIT_US
            assert again.wait_us(network("192.0.3.1"), STRANGER.person("u1", DANA)) == 4 * FIRST_WAIT_US
            assert again.wait_us(TILL) == 0
            assert again.wrong(STRANGER) == 8

    run(scenario())
