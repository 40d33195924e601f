"""What a shop notices of payments."""

from __future__ import annotations

from pathlib import Path

from edge.shop.payments.rules import VALUE_LIMIT

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.shop.payments.commands import SetPaymentsEntry
from edge.shop.payments.events import PaymentsEntrySet
from edge.shop.payments.queries import PaymentsEntry, payments_entries, payments_entry
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_an_entry_is_as_it_was_set_last(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetPaymentsEntry("a", 1), SYSTEM)
            set_again = await done(shop, SetPaymentsEntry("a", 2), SYSTEM)
            assert set_again.events == (PaymentsEntrySet("a", 2),)
            assert payments_entry(shop.reader, "a") == PaymentsEntry("a", 2)
            assert payments_entries(shop.reader) == [PaymentsEntry("a", 2)]
            assert (await done(shop, SetPaymentsEntry("a", 2), SYSTEM)).events == ()
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_value_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            outcome = await shop.do(SetPaymentsEntry("a", VALUE_LIMIT + 1), SYSTEM)
            assert outcome == Refused("payments_beyond", {"limit": VALUE_LIMIT})
            assert payments_entry(shop.reader, "a") is None

    run(scenario())
