"""Gift cards in two shops and head office: settled by it, within an allowance without it, and never below 0."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec

from edge.app.hub import tables
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Refused
from edge.counter.till.commands import AbandonBasket, AddLine, AddLoad, AddOpenAmount, Pay, VoidLastSale
from edge.counter.till.service.gift_card_settlement import CardSettling
from edge.foundation.settings.commands import SetSetting
from edge.money.gift_cards import hub
from edge.money.gift_cards.card import card_id
from edge.money.gift_cards.commands import BookExpiredCard, NoteCardLoss
from edge.money.gift_cards.head_office_messages import ROOM
from edge.money.gift_cards.hub import GiftCardTables
from edge.money.gift_cards.queries import GiftCard, find_card, read_lost_cards
from sync.hub.model import Key
from tests.counter_shop import books_of, paid, paper
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock, done, open_shop, run

CODE = "GIFT-0001-2345"
CARD = card_id("GIFT00012345")
OTHER = "GIFT00023456"
SYNCED = CONFIG + '[sync]\nhost = "127.0.0.1"\n'


class Office:
    """Head office as a box reaches it: by `ask`, unless `away` is set. `send` fills its tables."""

    def __init__(self, connection: asyncpg.Connection, key: Key, shop: CommandBus) -> None:
        self.away = False
        self._connection = connection
        self._key = key
        self._shop = shop
        self._sent = 0
        self._tables = GiftCardTables(shop.registry)

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
        """Send all rows of the box, some of them for the second time."""
        rows = [row for row in read_rows(self._shop.reader, 1, 10_000) if row.type in self._tables.handlers]
        handler = self._tables.handlers["CardLoaded"]
        await handler(self._connection, self._key, rows)


class Box:
    """A shop's box."""

    def __init__(self, shop: CommandBus, office: Office, clock: FakeClock, currency: str = "EUR") -> None:
        self.shop = shop
        self.office = office
        self.clock = clock
        self.cards = CardSettling(shop, office, currency)

    def card(self) -> GiftCard:
        found = find_card(self.shop.reader, CODE)
        assert found is not None
        return found

    async def load(self, minor: int, code: str = CODE) -> None:
        await self.cards.keep(card_id(code.replace("-", "")), "1", 0)
        await done(self.shop, AddLoad(code, minor))
        await paid(self.shop)
        await self.office.send()

    async def book(self) -> str:
        """Book an expired card as the card's page does; returns the refusal's code, or ""."""
        await self.cards.keep_all(CARD)
        return await self.book_unasked()

    async def book_unasked(self) -> str:
        """Book it by the command alone, as a program may do."""
        outcome = await self.shop.do(BookExpiredCard(CARD), SYSTEM)
        return outcome.code if isinstance(outcome, Refused) else ""

    async def spend(self, minor: int, ask: bool = True, code: str = CODE) -> object:
        """Sell something for that sum, and pay with the card."""
        await done(self.shop, AddOpenAmount("Things", "standard", minor))
        if ask:
            await self.cards.keep(card_id(code.replace("-", "")), "1", minor)
        outcome = await self.shop.do(Pay("gift", reference=code), CASHIER)
        if isinstance(outcome, Refused):
            await done(self.shop, AbandonBasket(), MANAGER)
        await self.shop.maintain(lambda db: None)  # now its commit is done
        return outcome


@asynccontextmanager
async def two_shops(folder: Path, database: str, text: str = SYNCED) -> AsyncIterator[tuple[Box, Box]]:
    connection = await asyncpg.connect(database)
    await connection.execute(tables()["gift_cards"])
    clock = FakeClock()
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    async with open_shop(folder / "a", clock, text=text) as one, open_shop(folder / "b", clock, text=text) as two:
        yield (
            Box(one, Office(connection, Key("demo", "corner", "box1"), one), clock),
            Box(two, Office(connection, Key("demo", "plaza", "box1"), two), clock),
        )
    await connection.close()


def test_a_card_of_one_shop_pays_in_another(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(5000)
            assert await there.spend(2000, ask=False) == Refused("card_unknown")
            assert not isinstance(await there.spend(2000), Refused)
            assert there.card().balance_minor == 3000
            assert "not confirmed by head office" not in paper(there.shop)
            await there.office.send()
            await here.cards.keep(CARD, "1", 0)
            assert here.card().balance_minor == 3000
            await done(there.shop, VoidLastSale(), MANAGER)
            await there.office.send()
            assert not isinstance(await here.spend(5000), Refused), "what was put back is there again"

    run(scenario())


_MANY = """
    INSERT INTO gift_card_move (tenant, store, device, epoch, seq, card, why, minor, expires_on, at)
    SELECT 'demo', 'north', 'box1', 1, n, $1, 'loaded', CASE WHEN n % 2 = 0 THEN -1 ELSE 1 END, '',
           now() - interval '20 years' FROM generate_series(1, 20001) AS n
"""


def test_a_card_that_moved_more_often_than_anybody_thought_is_not_spent_for_ever(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(5000)
            connection = await asyncpg.connect(database)
            await connection.execute(_MANY, CARD)
            await connection.close()
            assert not isinstance(await here.spend(4901), Refused)
            await here.office.send()
            assert await there.spend(5000) != Refused("card_unknown")
            await there.cards.keep(CARD, "1", 0)
            assert there.card().balance_minor == 100, "the newest movement counts, too"

    run(scenario())


def test_a_card_of_another_currency_is_none_here(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(5000)
            abroad = Box(there.shop, there.office, there.clock, "USD")
            assert await abroad.spend(100) == Refused("card_unknown")
            assert not isinstance(await there.spend(100), Refused)

    run(scenario())


def test_two_tills_at_once_share_what_is_on_it(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(5000)
            await done(here.shop, AddOpenAmount("Things", "standard", 6000))
            await here.cards.keep(CARD, "1", 4000)
            await done(there.shop, AddOpenAmount("Things", "standard", 6000))
            await there.cards.keep(CARD, "1", 6000)
            got = await done(there.shop, Pay("gift", reference=CODE))
            assert got.result.paid_minor == 1000
            await here.cards.keep(CARD, "1", 0)  # as when its basket is cleared
            await done(there.shop, AbandonBasket(), MANAGER)
            await there.cards.keep(CARD, "1", 5000)
            await done(there.shop, AddOpenAmount("Things", "standard", 6000))
            got = await done(there.shop, Pay("gift", reference=CODE))
            assert got.result.paid_minor == 5000

    run(scenario())


def test_what_this_box_did_meanwhile_counts_before_its_rows_have_arrived(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, _):
            await here.load(5000)
            assert not isinstance(await here.spend(3000), Refused)
            await here.cards.keep(CARD, "1", 0)
            assert here.card().balance_minor == 2000
            await here.office.send()
            await here.office.send()
            await here.cards.keep(CARD, "1", 0)
            assert here.card().balance_minor == 2000

    run(scenario())


def test_without_head_office_a_card_pays_up_to_the_allowance_and_what_is_lost_is_told(
    tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(8000)
            await there.cards.keep(CARD, "1", 0)
            here.clock.advance(3600)
            here.office.away = there.office.away = True
            sale = await there.spend(4000)
            assert not isinstance(sale, Refused)
            assert "not confirmed by head office" in paper(there.shop)
            assert not isinstance(await there.spend(1000), Refused)
            assert await there.spend(100) == Refused("card_not_confirmed", {"tail": "2345", "most_minor": 5000})
            await done(there.shop, SetSetting("gift_cards.offline_most", 0), SYSTEM)
            assert not isinstance(await here.spend(5000), Refused)

            here.office.away = there.office.away = False
            await here.office.send()
            await there.office.send()
            for box in (here, there):
                await box.cards._settle(CARD)
            assert (here.card().balance_minor, there.card().balance_minor) == (0, 0)
            (lost,) = read_lost_cards(there.shop.reader)
            assert lost.lost_minor == 2000
            assert not lost.unsettled
            await done(there.shop, NoteCardLoss(CARD), SYSTEM)
            assert read_lost_cards(there.shop.reader) == []

    run(scenario())


def test_a_card_that_is_over_pays_nothing_and_keeps_what_is_on_it(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await done(here.shop, SetSetting("gift_cards.valid_months", 1), SYSTEM)
            await here.load(5000)
            assert here.card().expires_on == "2027-02-15"
            await there.cards.keep(CARD, "1", 0)
            assert there.card().expires_on == "2027-02-15"
            here.clock.advance(31 * 86_400)
            assert not isinstance(await there.spend(100), Refused)
            here.clock.advance(86_400)
            assert await there.spend(100) == Refused("card_expired", {"tail": "2345", "date": "2027-02-15"})
            assert there.card().balance_minor == 4900

    run(scenario())


def test_money_loaded_without_an_end_stays_good_when_another_shop_loads_more(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await here.load(5000)
            await done(there.shop, SetSetting("gift_cards.valid_months", 1), SYSTEM)
            there.office.away = True  # so it doesn't know of other money on this card
            await there.load(1000)
            there.office.away = False
            assert there.card().expires_on == "2027-02-15"
            for box in (here, there):
                await box.cards.keep(CARD, "1", 0)
                assert (box.card().balance_minor, box.card().expires_on) == (6000, "")
            await there.load(1000)
            assert there.card().expires_on == ""
            there.clock.advance(40 * 86_400)
            assert not isinstance(await there.spend(480), Refused)
            assert await there.book() == "card_not_over"

    run(scenario())


def test_a_box_without_a_head_office_believes_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLoad(CODE, 10_000))
            await paid(shop)
            await done(shop, AddLine("4006381333931"))
            sale = await paid(shop, "gift", reference=CODE)
            assert not sale.tenders[0].unconfirmed

    run(scenario())


def test_what_expired_is_booked_as_head_office_knows_it_and_once(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            for box in (here, there):
                await done(box.shop, SetSetting("gift_cards.valid_months", 1), SYSTEM)
            await here.load(5000)
            await there.load(1000)  # both shops load money onto it
            assert not isinstance(await there.spend(480), Refused)
            await there.office.send()
            here.clock.advance(32 * 86_400)
            assert here.card().balance_minor == 5000, "nobody told it"
            here.office.away = True
            assert await here.book() == "card_not_asked"
            here.office.away = False
            for box in (here, there):  # a till that reads a card asks about it, but reserves nothing
                await box.cards.keep(CARD, "1", 0)
                assert await box.book_unasked() == "card_not_asked"
            assert await here.book() == ""
            assert await there.book() == "card_kept_elsewhere", "before the row of the first one has arrived"
            assert books_of(here.shop)["income", "gift cards expired"] == -5520
            await here.office.send()
            assert await there.book() == ""
            assert ("income", "gift cards expired") not in books_of(there.shop)
            assert (here.card().balance_minor, there.card().balance_minor) == (0, 0)

    run(scenario())


def test_a_card_that_got_money_back_elsewhere_is_not_over(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, there):
            await done(here.shop, SetSetting("gift_cards.valid_months", 1), SYSTEM)
            await here.load(5000)
            here.clock.advance(20 * 86_400)
            assert not isinstance(await there.spend(480), Refused)
            await done(there.shop, VoidLastSale(), MANAGER)
            await there.office.send()
            here.clock.advance(15 * 86_400)
            assert here.card().expires_on == "2027-02-15", "by what it last knew, it is over"
            assert await here.book() == "card_not_over"
            assert here.card().balance_minor == 5000

    run(scenario())


def test_a_card_let_go_leaves_what_is_kept_of_another(tmp_path: Path, database: str) -> None:
    """Two managers book two expired cards. Releasing one card doesn't release the other."""

    async def scenario() -> None:
        async with two_shops(tmp_path, database) as (here, _):
            await done(here.shop, SetSetting("gift_cards.valid_months", 1), SYSTEM)
            await here.load(5000)
            here.clock.advance(32 * 86_400)
            await here.load(2000, OTHER)
            assert await here.cards.keep_all(CARD)
            assert await here.cards.keep_all(card_id(OTHER))
            await here.cards.let_go_all(card_id(OTHER))
            assert not isinstance(await here.spend(2000, code=OTHER), Refused), "nobody keeps it any more"
            assert await here.book_unasked() == ""

    run(scenario())


def test_a_register_of_any_name_is_not_taken_for_the_office(tmp_path: Path, database: str) -> None:
    """A register called `office` has the card in its basket while a manager asks whether the card can be booked."""

    async def scenario() -> None:
        counter = msgspec.structs.replace(CASHIER, register="office")
        registers = SYNCED.replace('["1", "2"]', '["1", "office"]')
        async with two_shops(tmp_path, database, registers) as (here, _):
            await here.load(5000)
            await done(here.shop, AddOpenAmount("Things", "standard", 6000), counter)
            await here.cards.keep(CARD, "office", 5000)
            await done(here.shop, Pay("gift", 5000, CODE), counter)
            await here.cards.keep_all(CARD)
            assert await here.book_unasked() == "card_not_over"
            await here.cards.let_go_all(CARD)
            assert isinstance(await here.spend(1000, ask=False), Refused), "the other counter's basket has all of it"
            await done(here.shop, Pay("cash"), counter)

    run(scenario())
