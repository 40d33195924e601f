"""A hundred thousand tries from fifty networks: how many of them are looked at, and who pays for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from edge.foundation.access.credentials.throttle import CONSOLE, LONGEST_WAIT_US, OFF_AFTER, network, paired_source
from edge.foundation.access.credentials.tries import COUNTERS_LIMIT, Tries
from tests.shop_fixture import open_shop, run

TRIES, ADDRESSES = 100_000, 50
DAY_US = 86_400_000_000


def test_a_hundred_thousand_tries_from_fifty_networks_open_nothing_and_shut_nobody_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            now = [0]
            tries = Tries(shop, lambda: now[0])
            strangers = [network(f"203.0.{number}.7") for number in range(ADDRESSES)]
            looked_at: Counter[str] = Counter()
            for number in range(TRIES):
                now[0] += DAY_US // TRIES
                source = strangers[number % ADDRESSES]
                dana = source.person("u1", "hash")
                if tries.wait_us(source, dana) or tries.is_off(dana):
                    continue
                looked_at[source.keys[0]] += 1
                tries.wrong(source, dana)
            assert sum(looked_at.values()) <= OFF_AFTER, "a day of all of them is no more than one may err in a row"
            assert tries.is_off(strangers[0].person("u1", "hash")), "from afar her secret opens nothing any more"
            for near in (CONSOLE, paired_source("till")):
                dana = near.person("u1", "hash")
                assert not tries.wait_us(near, dana) and not tries.is_off(dana), "in the shop nobody waits for it"
            assert len(tries._of) <= ADDRESSES + 1 < COUNTERS_LIMIT
            await tries.stop()

    run(scenario())


def test_addresses_that_no_one_has_fill_no_memory(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            now = [0]
            tries = Tries(shop, lambda: now[0])
            for number in range(2 * COUNTERS_LIMIT):
                now[0] += LONGEST_WAIT_US
                source = network(f"2001:db8:{number:x}::1")
                tries.wrong(source, source.person(f"?{number % 256}", ""))
            assert len(tries._of) == COUNTERS_LIMIT
            await tries.stop()

    run(scenario())


def test_who_waits_is_not_forgotten_for_others_who_err(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            tries = Tries(shop, lambda: 0)
            offender = network("2001:db8:ffff::1")
            while not tries.wait_us(offender):
                tries.wrong(offender)
            for number in range(COUNTERS_LIMIT):
                tries.wrong(network(f"2001:db8:{number:x}::1"))
            assert tries.wait_us(offender)
            await tries.stop()

    run(scenario())
