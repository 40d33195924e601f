"""A receipt's QR opens the receipt and its proof on a phone of the shop's network: it is in the journal, unchanged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.counter.till.commands import AddLine, Pay, ReprintReceipt, VoidLastSale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.pages.receipt import path_of
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.web.rate_limit import RATES
from tests.browser.strangers import open_to_all, stranger
from tests.fiscal_shop import AUSTRIA, JUICE, begin, sell
from tests.shop_fixture import MANAGER, MILK, FakeClock, done, open_shop, run

PHONES = "[orders]\nphones = true\n"


async def paid(shop: CommandBus) -> str:
    """The address of a receipt that was just paid."""
    await done(shop, AddLine(MILK), MANAGER)
    (sale,) = [one for one in (await done(shop, Pay("cash"), MANAGER)).events if isinstance(one, SaleCompleted)]
    return path_of(shop.reader, "1", sale.number)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "in the shop&#39;s journal, unchanged"), ("fr", "sans modification"), ("he", "ולא שונתה")],
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


PROOF = "[till]\nreceipt_proof = true\n"
CODE = re.compile(r"\[QR https?://corner\.local:\d+(/receipt/[^\]]+)\]")


def code_on(shop: CommandBus, kind: str = "receipt") -> str:
    """The address in the QR code on the newest paper; empty where it has none."""
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    found = CODE.search(plain_text(job.document))
    return found[1] if found else ""


def test_the_code_on_the_paper_opens_the_receipt_on_a_phone_and_so_does_that_of_a_copy(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_to_all(tmp_path, PROOF) as served, stranger(served) as phone:
            path = await paid(served.shop)
            assert code_on(served.shop) == path
            answer = await phone.call("GET", path, Register="")
            assert answer.status == 200 and 'class="proof"' in answer.text
            await done(served.shop, ReprintReceipt(1), MANAGER)
            assert code_on(served.shop) == path
            assert (await phone.call("GET", "/shop/", Register="")).status != 200, "nothing else is open to it"

    run(check())


def test_a_receipt_has_no_code_unless_the_shop_wants_it_and_none_beside_that_of_the_law(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_shop(tmp_path / "plain") as shop:
            await paid(shop)
            assert code_on(shop) == ""
        async with open_shop(tmp_path / "law", FakeClock(), text=AUSTRIA + PROOF) as shop:
            await begin(shop, "at")
            await sell(shop, JUICE)
            assert code_on(shop) == ""
            job = last_print_job(shop.reader, "1", "receipt")
            assert job is not None and plain_text(job.document).count("[QR ") == 1

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
