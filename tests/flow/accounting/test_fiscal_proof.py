"""What France wants signed is compared with what is kept; a replaced key is part of the proof of a chain, and archives
are checked before they are handed out."""

from __future__ import annotations

from pathlib import Path

import pysqlite3
import pytest

from edge.accounting.fiscal.commands import ReplaceSigningKey
from edge.accounting.fiscal.law_check import check_laws
from edge.core.messages import Refusal
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.lib.fiscal.france.verification import verify_archive
from tests.fiscal_shop import AUSTRIA, DAY_S, FRANCE, JUICE, authorities, begin, close, made, sell, tell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, csv_rows, signing
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

HOUR_US = 3600 * 1_000_000


def changed(path: Path, sql: str) -> None:
    """Someone with a database program changes the journal."""
    writer = pysqlite3.connect(path)
    with writer:
        writer.execute("DROP TRIGGER journal_is_append_only_u")
        assert writer.execute(sql).rowcount == 1
    writer.close()


SECOND = "seq = (SELECT seq FROM receipt WHERE number = 2)"
LATER = f"UPDATE journal SET at_us = at_us + {HOUR_US} WHERE {SECOND}"
BY_CARD = f"UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '\"cash\"', '\"card\"') AS BLOB) WHERE {SECOND}"

RENAMED = f"UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '\"Juice\"', '\"Wine\"') AS BLOB) WHERE {SECOND}"


@pytest.mark.parametrize(
    ("regime", "text", "sql"),
    [("fr", FRANCE, LATER), ("fr", FRANCE, BY_CARD), ("fr", FRANCE, RENAMED), ("at", AUSTRIA, LATER)],
)
def test_a_paper_whose_time_payment_or_goods_were_changed_is_named(
    tmp_path: Path, regime: str, text: str, sql: str
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, regime)  # type: ignore[arg-type]
            await a_day(shop, clock)
            await close(shop)
            await tell(shop)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            changed(config(tmp_path, text).ledger, sql)
            (check,) = check_laws(shop.reader, files, NEXT)
            assert "1-2" in check.fault
            with pytest.raises(Refusal, match="1-2"):
                await made(shop, files, regime, DAY, DAY, NEXT, "1" if regime == "at" else "")  # type: ignore[arg-type]

    run(scenario())


def test_goods_are_archived_as_they_were_signed_after_the_shop_changes_its_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
        hebrew = FRANCE.replace('language = "en"', 'language = "he"')
        async with open_shop(tmp_path, clock, stocked=False, text=hebrew) as shop:
            await sell(shop, JUICE)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            files = authorities(shop, config(tmp_path, hebrew), signing(tmp_path))
            archive = await made(shop, files, "fr", DAY, NEXT, "2027-01-17")
            labels = [row["label"] for row in csv_rows(archive.data, "lines") if row["article"] == "juice"]
            assert (labels[0], labels[-1]) == ("Juice", "מיץ")

    run(scenario())


def test_a_paper_whose_row_is_gone_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)
            writer = pysqlite3.connect(shop.path)
            with writer:
                writer.execute("DROP TRIGGER journal_is_append_only_d")
                writer.execute(f"DELETE FROM journal WHERE {SECOND}")
            writer.close()
            files = authorities(shop, config(tmp_path, FRANCE), signing(tmp_path))
            (check,) = check_laws(shop.reader, files, NEXT)
            assert check.fault.startswith("paper 1-2: row ") and check.fault.count("row ") == 1

    run(scenario())


@pytest.mark.parametrize(("regime", "text"), [("fr", FRANCE), ("at", AUSTRIA)])
def test_the_only_paper_of_a_day_that_is_in_no_list_any_more_is_named(tmp_path: Path, regime: str, text: str) -> None:
    """Not its day's closing: whoever looks has to know which paper."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, regime)  # type: ignore[arg-type]
            await sell(shop)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            writer = pysqlite3.connect(shop.path)
            with writer:
                assert writer.execute("DELETE FROM receipt WHERE number = 1").rowcount == 1
            writer.close()
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            (check,) = check_laws(shop.reader, files, NEXT)
            assert check.fault.startswith("paper 1-1: "), check.fault

    run(scenario())


@pytest.mark.parametrize(("regime", "text"), [("fr", FRANCE), ("at", AUSTRIA)])
def test_a_chain_is_proved_over_a_key_that_was_lost_and_replaced(tmp_path: Path, regime: str, text: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, regime)  # type: ignore[arg-type]
            await sell(shop)
            await sell(shop)
            await tell(shop)
        folder = config(tmp_path, text).folder
        assert SecretStore(folder, secret_keys.of_secrets(folder)).remove(f"box.fiscal.{regime}")
        async with open_shop(tmp_path, clock, stocked=False, text=text) as shop:
            await done(shop, ReplaceSigningKey(regime), SYSTEM)  # type: ignore[arg-type]
            await sell(shop)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, text), keys)
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            if regime == "at":
                return
            archive = await made(shop, files, "fr", DAY, DAY, NEXT)
            manifest = verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert len(manifest.keys) == 2 and manifest.rows["papers"] == 3
            told = [row["note"] for row in csv_rows(archive.data, "events") if row["code"] == "KEY"]
            assert told[-1] == " > ".join(manifest.keys), "an event names both"

    run(scenario())
