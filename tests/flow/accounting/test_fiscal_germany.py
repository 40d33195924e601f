"""Germany's DSFinV-K out of a shop's journal: each closing is a register's Z, to the cent."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from edge.accounting.fiscal.authority_files import MadeFile, reproduction_params
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import fiscal_files
from edge.core.messages import Refusal, Refused
from edge.counter.till.commands import CorrectTender, PrintReport
from edge.counter.till.events import ReportPrinted
from tests.fiscal_shop import DAY_S, FRANCE, GERMANY, authorities, begin, made, of_type, sell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, signing
from tests.shop_fixture import MANAGER, FakeClock, agreed, config, open_shop, run


def table(file: MadeFile, name: str) -> list[dict[str, str]]:
    text = zipfile.ZipFile(io.BytesIO(file.data)).read(f"{name}.csv").decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def cents(rows: list[dict[str, str]], column: str) -> int:
    return sum(round(float(row[column].replace(",", ".")) * 100) for row in rows)


def test_a_closing_is_a_z_to_the_cent_and_can_be_made_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=GERMANY) as shop:
            await begin(shop, "de")
            await sell(shop)
            await agreed(shop, PrintReport("z"), MANAGER)
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, GERMANY), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            totals = [one.total_minor for one in of_type(shop, ReportPrinted)]
            for number, total_minor in enumerate(totals, 1):
                of_z = [row for row in table(file, "businesscases") if row["Z_NR"] == str(number)]
                assert cents(of_z, "Z_UMS_BRUTTO") == total_minor, "two Z in a day are two closings, each its own"
                paid = [row for row in table(file, "payment") if row["Z_NR"] == str(number)]
                assert cents(paid, "Z_ZAHLART_BETRAG") == total_minor
            void = [row for row in table(file, "transactions") if row["BON_STORNO"] == "1"]
            assert len(void) == 1
            assert len(table(file, "references")) == 2, "the refund and the void name their sales"
            assert {row["TSE_TA_FEHLER"] for row in table(file, "transactions_tse")} == {
                "Keine technische Sicherheitseinrichtung"
            }
            await sell(shop)
            await agreed(shop, PrintReport("z"), MANAGER)
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert again.data == file.data
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]

    run(scenario())


def test_a_rate_that_germany_does_not_know_is_named_with_its_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, text = FakeClock(), FRANCE.replace('"fr"', '"de"')
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, "de")
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            with pytest.raises(Refusal) as refused:
                await made(shop, files, "de", DAY, DAY, NEXT)
            assert refused.value.refused.values["place"] == "paper 1-1"

    run(scenario())


def test_a_tender_is_as_it_was_corrected_until_its_z(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=GERMANY) as shop:
            await begin(shop, "de")
            for _ in range(2):
                await sell(shop, by="cash")
            await agreed(shop, CorrectTender(2, "card"), MANAGER)
            await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, GERMANY), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            paid = {row["BON_ID"]: row["ZAHLART_NAME"] for row in table(file, "datapayment")}
            assert paid == {"1-1": "Bar", "1-2": "Karte"}
            late = await shop.do(CorrectTender(2, "cash"), MANAGER)
            assert isinstance(late, Refused) and late.code == "sale_in_z", "a closing stays as it was"

    run(scenario())
