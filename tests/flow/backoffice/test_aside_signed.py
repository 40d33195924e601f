"""Under a law that signs papers: what another box sold while a person let this one lead is signed as it comes in, in
this box's chain, where that law lets it, and what an authority is given holds; else it does not come in."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge.accounting.fiscal.events import LogSigned, PaperSigned
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.regimes import Regime
from edge.backoffice.office import quarantine
from edge.backoffice.office.commands import BringInAside
from edge.backoffice.office.quarantine import QuarantinedFacts
from edge.core.command_bus import CommandBus
from edge.core.journal.epochs import begin_led_epoch
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.core.storage.database import open_reader
from edge.foundation.access.rights import MANAGE
from edge.operations.ledger import Ledger
from edge.operations.maintenance.restoring.promoted_numbers import leave_out_numbers
from edge.runtime.secrets import secrets_of
from tests.fiscal_shop import AUSTRIA, DAY_S, FRANCE, QUEBEC, authorities, begin, close, of_type, sell, tell
from tests.shop_fixture import CASHIER, FakeClock, agreed, config, open_shop, run

OWNER = CASHIER.with_rights(MANAGE)
TEXTS: dict[Regime, str] = {"fr": FRANCE, "at": AUSTRIA, "ca-qc": QUEBEC}


async def _sold_at_both(tmp_path: Path, regime: Regime, clock: FakeClock) -> list[QuarantinedFacts]:
    """Both boxes have one paper; the first makes two more, and the second is let lead meanwhile: those two."""
    text = TEXTS[regime]
    async with open_shop(tmp_path / "a", clock, text=text) as shop:
        await begin(shop, regime)
        await sell(shop)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    clock.advance(3600)
    async with open_shop(tmp_path / "a", clock, stocked=False, text=text) as shop:
        first = shop.head.seq + 1
        for _ in range(2):
            await sell(shop)
            clock.advance(1)
        with closing(open_reader(tmp_path / "a" / "data" / "ledger.db")) as db:
            rows = list(read_rows(db, first, 1_000))
        found = quarantine.group_by_command(rows, shop.registry.decode)
    ledger = Ledger(config(tmp_path / "b", text), clock)
    begin_led_epoch(ledger.writer, clock.at_us, 7, "b", 1002, is_promoted=True)
    leave_out_numbers(ledger.db, ledger.writer, ledger.registry, ("1",), clock.at_us)
    ledger.close()
    return [one for one in found if one.kind]


async def _bring(shop: CommandBus, one: QuarantinedFacts) -> object:
    command = BringInAside(tuple(msgspec.json.encode(row) for row in one.rows))
    return await shop.do(command, OWNER)


def test_a_paper_that_comes_in_is_signed_in_this_boxs_chain(tmp_path: Path) -> None:
    async def scenario() -> None:
        regime: Regime = "at"
        clock = FakeClock()
        papers = await _sold_at_both(tmp_path, regime, clock)
        async with open_shop(tmp_path / "b", clock, stocked=False, text=TEXTS[regime]) as shop:
            own = await sell(shop)
            assert own is not None and own.number > 1000
            for one in papers:
                await agreed(shop, BringInAside(tuple(msgspec.json.encode(row) for row in one.rows)), OWNER)
            await sell(shop)
            signed = [one for one in of_type(shop, PaperSigned) if one.kind != "START"]
            assert [one.number for one in signed] == [1, own.number, 2, 3, own.number + 1]
            elsewhere = {row.body for one in papers for row in one.rows if row.type == "PaperSigned"}
            assert not {msgspec.json.encode(one) for one in signed} & elsewhere, "each is signed anew"
            assert isinstance(await _bring(shop, papers[0]), Refused), "once"
            clock.advance(DAY_S)
            await sell(shop)
            await close(shop)
            loaded = config(tmp_path / "b", TEXTS[regime])
            files = authorities(shop, loaded, FiscalKeys(secrets_of(loaded.folder)))
            (looked,) = check_laws(shop.reader, files, loaded.business_date(clock.at_us))
            assert looked.fault == "" and looked.records >= 5, looked
            assert verify(shop.reader, shop.registry, deep=True).faults == ()

    run(scenario())


def test_the_log_says_that_another_box_leads(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        await _sold_at_both(tmp_path, "fr", clock)
        async with open_shop(tmp_path / "b", clock, stocked=False, text=FRANCE) as shop:
            await tell(shop)
            told = [(one.code, one.note) for log in of_type(shop, LogSigned) for one in log.entries]
            assert ("TAKEOVER", "promoted") in told

    run(scenario())


def test_a_key_that_cannot_be_used_lets_no_paper_in_unsigned(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        papers = await _sold_at_both(tmp_path, "at", clock)
        (tmp_path / "b" / "data" / "secrets.json").unlink()
        async with open_shop(tmp_path / "b", clock, stocked=False, text=AUSTRIA) as shop:
            assert await _bring(shop, papers[0]) == Refused("aside_not_signed")
            assert [one.number for one in of_type(shop, PaperSigned) if one.kind != "START"] == [1], "nothing came in"

    run(scenario())


@pytest.mark.parametrize("regime", ["fr", "ca-qc"])
def test_where_the_law_has_papers_one_behind_the_other_none_comes_in(tmp_path: Path, regime: Regime) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        papers = await _sold_at_both(tmp_path, regime, clock)
        async with open_shop(tmp_path / "b", clock, stocked=False, text=TEXTS[regime]) as shop:
            assert papers and not any(one.may_come_in for one in papers) and all(one.is_held_by_law for one in papers)
            assert await _bring(shop, papers[0]) == Refused("aside_only_left")
            own = await sell(shop)
            assert own is not None and own.number > 1000, "it is sold again where it has to be in the totals"

    run(scenario())
