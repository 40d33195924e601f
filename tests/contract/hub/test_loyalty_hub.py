"""A member in two shops and head office: their points are one sum there.

While head office is away, points are spent within an allowance. They aren't given twice at once, and never go below 0.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import astuple

from edge.app.hub import tables
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Done, Refused
from edge.core.registry import Condition
from edge.counter.loyalty import hub
from edge.counter.loyalty.commands import SetEarnRule, SetReward, UseReward
from edge.counter.loyalty.head_office_messages import ROOM
from edge.counter.loyalty.hub import LoyaltyTables
from edge.counter.loyalty.queries import points_of
from edge.counter.loyalty.service.member_settlement import MemberSettling
from edge.counter.loyalty.shared_members import unsettled_members
from edge.counter.loyalty.watches import WATCHES
from edge.counter.till.commands import AbandonBasket, AddOpenAmount, Pay, UseCustomer
from edge.foundation.settings.commands import SetSetting
from edge.people.coupons.commands import TakeCouponKey
from edge.people.customers.commands import ForgetCustomer, GiveConsent, SetCustomer
from sync.hub.model import Key
from tests.flow.counter.test_loyalty import FIVE_OFF, PER_UNIT
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock, done, open_shop, run

SYNCED = CONFIG + '[sync]\nhost = "127.0.0.1"\n'
CODE = "4711471147"
TEN_MIN_S = 601


class Shop:
    """A shop's box. It reaches head office unless `away` is set; `send` transfers its rows."""

    def __init__(self, connection: asyncpg.Connection, key: Key, shop: CommandBus, dana: str) -> None:
        self.away, self.shop, self.dana = False, shop, dana
        self._connection, self._key = connection, key
        self._tables = LoyaltyTables(shop.registry)
        self._sent = 0
        self.members = MemberSettling(shop, self)

    @property
    def is_reachable(self) -> bool:
        return not self.away

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        assert room == ROOM
        if self.away:
            return None
        async with self._connection.transaction():
            return await hub.answer(self._connection, self._key, body)

    async def send(self) -> None:
        """Send all rows that weren't sent yet."""
        await self.shop.maintain(lambda db: None)
        rows = read_rows(self.shop.reader, self._sent + 1, 10_000)
        self._sent = max((row.seq for row in rows), default=self._sent)
        for row in rows:
            if row.type in self._tables.handlers:
                await self._tables.handlers[row.type](self._connection, self._key, [row])

    async def earn(self, points: int) -> None:
        await done(self.shop, AddOpenAmount("Soup", "standard", points * 100))
        await done(self.shop, UseCustomer(self.dana))
        await done(self.shop, Pay("cash"))

    async def spend(self) -> str:
        """Use ten points for five off, as the till's dialog does; returns the refusal's code, or ""."""
        await self.members.ask(self.dana)
        await done(self.shop, AddOpenAmount("Soup", "standard", 550))
        await done(self.shop, UseCustomer(self.dana))
        outcome = await self.shop.do(UseReward("five"), CASHIER)
        if isinstance(outcome, Refused):
            await done(self.shop, AbandonBasket(), MANAGER)
            return outcome.code
        paid = await self.shop.do(Pay("cash"), CASHIER)
        assert isinstance(paid, Done)
        await self.shop.maintain(lambda db: None)
        return ""

    @property
    def points(self) -> int:
        return points_of(self.shop.reader, self.dana, "points")


async def opened(shop: CommandBus, keyed: bool = True) -> str:
    if keyed:
        await done(shop, TakeCouponKey("ab" * 32), SYSTEM)
    await done(shop, SetEarnRule(PER_UNIT), SYSTEM)
    await done(shop, SetReward(FIVE_OFF), SYSTEM)
    dana = str((await done(shop, SetCustomer(name="Dana", member_code=CODE), SYSTEM)).result)
    await done(shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
    return dana


@asynccontextmanager
async def two_shops(folder: Path, database: str, keyed: bool = True) -> AsyncIterator[tuple[Shop, Shop, FakeClock]]:
    connection = await asyncpg.connect(database)
    await connection.execute(tables()["loyalty"])
    clock = FakeClock()
    for name in ("a", "b"):
        (folder / name).mkdir()
    async with open_shop(folder / "a", clock, text=SYNCED) as one, open_shop(folder / "b", clock, text=SYNCED) as two:
        yield (
            Shop(connection, Key("demo", "corner", "box1"), one, await opened(one, keyed)),
            Shop(connection, Key("demo", "plaza", "box1"), two, await opened(two, keyed)),
            clock,
        )
    await connection.close()


async def visited(database: str, key: Key, times: int) -> None:
    """Add this many earlier visits of a member, which leave no points."""
    connection = await asyncpg.connect(database)
    member = await connection.fetchval("SELECT member FROM loyalty_move WHERE member <> '' LIMIT 1")
    await connection.execute(
        "INSERT INTO loyalty_move (tenant, store, device, epoch, seq, business_date, at, customer, purse, points, why,"
        " reward, member) SELECT $1, $2, $3, 1, n, '2007-01-01', now() - interval '20 years', 'c', 'points',"
        " CASE WHEN n % 2 = 0 THEN -1 ELSE 1 END, 'earned', '', $4 FROM generate_series(1, $5::int) AS n",
        *(*astuple(key), member, times),
    )
    await connection.close()


async def later(database: str, clock: FakeClock) -> None:
    """Advance by ten minutes, so that nothing is reserved any more."""
    clock.advance(TEN_MIN_S)
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE loyalty_hold SET at = now() - interval '11 minutes'")
    await connection.close()


def test_what_is_earned_in_one_shop_is_spent_in_another(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there, clock):
            await here.earn(12)
            assert (here.points, there.points) == (12, 0)
            await here.send()
            await visited(database, Key("demo", "north", "box1"), 20_000)
            assert await there.spend() == ""
            assert there.points == 2
            await there.send()
            assert await here.spend() == "points_too_few"
            assert (here.points, there.points) == (2, 2)
            await later(database, clock)
            await there.earn(8)
            assert await there.spend() == ""
            assert there.points == 0

    run(scenario())


def test_two_that_are_reached_do_not_give_the_same_points(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there, _clock):
            await here.earn(12)
            await here.send()
            assert await there.spend() == ""
            assert await here.spend() == "points_kept_elsewhere", "its row is on its way still"
            await there.send()
            assert await here.spend() == "points_too_few"

    run(scenario())


def test_while_both_are_cut_off_the_allowance_holds_and_nobody_is_below_nothing(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there, clock):
            for shop in (here, there):
                await done(shop.shop, SetSetting("loyalty.offline_most", 10), SYSTEM)
            await here.earn(20)
            await here.send()
            for shop in (here, there):
                assert await shop.members.ask(shop.dana)
            await later(database, clock)
            here.away = there.away = True
            assert [await here.spend(), await there.spend()] == ["", ""]
            assert [await here.spend(), await there.spend()] == ["points_not_confirmed"] * 2
            assert (here.points, there.points) == (10, 10)
            for shop in (here, there):
                shop.away = False
                await shop.send()
            for shop in (here, there):
                await shop.members.ask(shop.dana)
                await later(database, clock)
            assert (here.points, there.points) == (0, 0)
            here.away = there.away = True
            await here.earn(20)
            assert await here.spend() == "points_not_confirmed", "ten a day"
            clock.advance(24 * 3_600)
            assert await here.spend() == ""

    run(scenario())


def test_what_both_gave_beyond_it_is_theirs_to_bear_and_no_later_point_is_taken(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there, clock):
            await here.earn(10)
            await here.send()
            await there.members.ask(there.dana)
            await later(database, clock)
            here.away = there.away = True
            assert [await here.spend(), await there.spend()] == ["", ""]
            for shop in (here, there):
                shop.away = False
                await shop.send()
            assert not told(there, clock)
            await there.members.settle()
            assert there.points == 0
            assert [one.values for one in told(there, clock)] == [{"name": "Dana", "points": 10}]
            assert unsettled_members(there.shop.reader, 10) == []
            clock.advance(60)
            await there.earn(3)
            assert there.points == 3
            await there.send()
            await later(database, clock)
            await here.members.ask(here.dana)
            assert here.points == 3
            clock.advance(8 * 24 * 3_600)
            assert not told(there, clock), "said for a week"

    run(scenario())


def told(one: Shop, clock: FakeClock) -> list[Condition]:
    """Return the alerts about points that were given twice."""
    (watch,) = WATCHES
    return list(watch.read(one.shop.reader, clock.at_us, ""))


def test_without_the_key_of_all_shops_a_member_is_this_shops_alone(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database, keyed=False) as (here, there, _clock):
            await here.earn(12)
            await here.send()
            here.away = there.away = True
            assert (await there.spend(), await here.spend()) == ("points_too_few", "")

    run(scenario())


def test_who_is_forgotten_in_one_shop_holds_in_the_others_what_these_gave(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there, clock):
            await here.earn(12)
            await there.earn(5)
            for shop in (here, there):
                await shop.send()
            await there.members.ask(there.dana)
            await later(database, clock)
            assert there.points == 17
            await done(here.shop, ForgetCustomer(here.dana), SYSTEM)
            await here.send()
            await there.members.ask(there.dana)
            assert (here.points, there.points) == (0, 5)
            rows = here.shop.reader.execute("SELECT count(*) FROM loyalty_elsewhere").fetchone()
            assert rows == (0,)

    run(scenario())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_two_shops_do_all_come_to_one_sum_that_is_never_below_nothing(
    seed: int, tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        luck = random.Random(seed)
        async with two_shops(tmp_path, database) as (here, there, clock):
            for _ in range(40):
                shop = luck.choice((here, there))
                match luck.randrange(5):
                    case 0:
                        await shop.earn(luck.randint(1, 15))
                    case 1 | 2:
                        await shop.spend()
                    case 3:
                        shop.away = not shop.away
                    case _:
                        if not shop.away:
                            await shop.send()
                clock.advance(luck.randint(1, 400))
                assert here.points >= 0 <= there.points
            for shop in (here, there):
                shop.away = False
                await shop.send()
            for shop in (here, there):
                await later(database, clock)
                assert await shop.members.ask(shop.dana)
            assert here.points == there.points >= 0

    run(scenario())
