"""A receipt's QR opens the receipt and its proof on a phone of the shop's network: it is in the journal, unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.counter.till.commands import AddLine, Pay, VoidLastSale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.pages.receipt import path_of
from edge.web.rate_limit import RATES
from tests.browser.strangers import open_to_all, stranger
from tests.shop_fixture import MANAGER, MILK, done, run

PHONES = "[orders]\nphones = true\n"


async def paid(shop: CommandBus) -> str:
    """The address of a receipt that was just paid."""
    await done(shop, AddLine(MILK), MANAGER)
    (sale,) = [one for one in (await done(shop, Pay("cash"), MANAGER)).events if isinstance(one, SaleCompleted)]
    return path_of(shop.reader, "1", sale.number)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "in the shop&#39;s journal, unchanged"), ("fr", "inchangé"), ("he", "ולא שונתה")],
)
def test_a_phone_sees_that_the_receipt_is_in_the_journal_unchanged(tmp_path: Path, language: str, said: str) -> None:
    async def check() -> None:
        async with open_to_all(tmp_path, PHONES) as served, stranger(served) as phone:
            path = await paid(served.shop)
            for _ in range(3):
                await paid(served.shop)
            answer = await phone.call("GET", f"{path}?lang={language}", Register="")
            assert answer.status == 200 and said in answer.text and 'class="proof"' in answer.text
            wrong = await phone.call("GET", path[:-1] + ("0" if path[-1] != "0" else "1"), Register="")
            assert wrong.status == 404

    run(check())


def test_a_receipt_that_was_changed_or_voided_says_so(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_to_all(tmp_path, PHONES) as served, stranger(served) as phone:
            path, other = await paid(served.shop), await paid(served.shop)
            await done(served.shop, VoidLastSale("a mistake"), MANAGER)
            assert 'id="voided"' in (await phone.call("GET", other, Register="")).text
            await served.shop.maintain(_forge)
            changed = (await phone.call("GET", path, Register="")).text
            assert 'class="proof error"' in changed and "match the shop&#39;s journal" in changed

    run(check())


def _forge(db: Connection) -> None:
    triggers = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall()
    for (name,) in triggers:
        db.execute(f"DROP TRIGGER {name}")
    spoil = "CAST(replace(CAST(body AS TEXT), '\"total_minor\":120', '\"total_minor\":920') AS BLOB)"
    db.execute(f"UPDATE journal SET body = {spoil} WHERE type = 'SaleCompleted'")


def test_whoever_tries_many_addresses_is_told_to_wait(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_to_all(tmp_path, PHONES) as served, stranger(served) as phone:
            path = await paid(served.shop)
            tried = [(await phone.call("GET", f"/receipt/1-1/{n:020x}", Register="")).status for n in range(40)]
            assert tried[0] == 404 and tried[-1] == 429
            assert tried.count(404) <= RATES["people"].burst + 5
            assert (await phone.call("GET", path, Register="")).status == 429

    run(check())
