"""Empty bottles come back to a till: out of the drawer, as a paper that pays, beyond what one gives alone, undone."""

from __future__ import annotations

from pathlib import Path

from edge.accounting import books
from edge.accounting.books.entries import DEPOSITS, GIFT_CARDS
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Command
from edge.counter.bottle_deposits.commands import ReturnedBottles, TakeBottles, UndoBottles
from edge.counter.bottle_deposits.queries import read_bottles
from edge.counter.shifts.commands import MoveCash, OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import AddLine, Pay, SetQuantity
from edge.foundation.printing.queries import last_print_job
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.money.gift_cards.queries import read_card
from tests.accounts import OWNER, refused
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, done, open_shop, run

LIMONADE = Product("limo", {"en": "Lemonade"}, ("2000000000046",), 200, "standard", deposit_minor=25)
PLAIN = Product("plain", {"en": "Plain"}, ("2000000000053",), 100, "standard")
TEXT = CONFIG + "\n[bottle_deposits]\nmost_minor = 500\n"


def booked(shop: CommandBus) -> dict[object, int]:
    sums: dict[object, int] = {}
    for entry in books.entries(facts(shop.reader, shop.registry, 1)):
        assert sum(one.minor for one in entry.postings) == 0
        for one in entry.postings:
            sums[one.account] = sums.get(one.account, 0) + one.minor
    return sums


def test_bottles_come_back_as_money_and_as_a_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=TEXT) as shop:

            async def no(command: Command) -> str:
                return await refused(shop, command, CASHIER)

            await done(shop, SetProducts((LIMONADE, PLAIN)), SYSTEM)
            await done(shop, OpenShift(10_000), CASHIER)
            await done(shop, AddLine(LIMONADE.codes[0]))  # type: ignore[index]
            await done(shop, SetQuantity(1, 10_000))
            await done(shop, Pay("cash"))
            assert booked(shop)[DEPOSITS] == -250
            six = (ReturnedBottles("2000000000046", 4), ReturnedBottles("limo", 2))
            assert await no(TakeBottles((ReturnedBottles("plain"),))) == "no_deposit"
            assert await no(TakeBottles((ReturnedBottles("nothing"),))) == "unknown_sku"
            assert await no(TakeBottles(six, expected_minor=120)) == "bottles_changed"
            assert await no(TakeBottles((ReturnedBottles("limo", 21),))) == "bottles_over"
            assert await refused(shop, MoveCash("bottles", 150)) == "cash_of_deliveries"
            given = (await done(shop, TakeBottles(six, expected_minor=150), CASHIER)).result
            assert (given.number, given.paid_minor, given.tail) == (1, 150, "")
            assert read_drawer(shop.reader, "1").moved["bottles"].minor == 150
            paper = (await done(shop, TakeBottles((ReturnedBottles("limo", 3),), "paper"), CASHIER)).result
            (taken, first) = read_bottles(shop.reader)
            card = read_card(shop.reader, taken.card)
            assert card is not None and (card.kind, card.balance_minor, card.tail) == ("credit", 75, paper.tail)
            assert [tuple(line) for line in [(one.sku, one.pieces) for one in first.lines]] == [("limo", 6)]
            sums = booked(shop)
            assert (sums[DEPOSITS], sums[GIFT_CARDS]) == (-25, -75)
            await done(shop, TakeBottles((ReturnedBottles("limo", 21),)), OWNER)
            await done(shop, UndoBottles(3), OWNER)
            await done(shop, UndoBottles(2), OWNER)
            assert await refused(shop, UndoBottles(2)) == "bottles_undone"
            assert read_card(shop.reader, taken.card).balance_minor == 0  # type: ignore[union-attr]
            sums = booked(shop)
            assert (sums[DEPOSITS], sums[GIFT_CARDS]) == (-100, 0)
            printed = last_print_job(shop.reader, "1", "bottles")
            assert printed is not None and "Lemonade" in str(printed.document)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
