"""Rules of tax laws that no other test lives: odd tax years, clocks in doubt, a law that vanished from config.toml,
dealers without VAT, the means of payment, and totals that are those of the Z."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.commands import EndRegime
from edge.accounting.fiscal.events import FiscalFileMade, PeriodClosed
from edge.accounting.fiscal.law_check import unpack_lines
from edge.accounting.fiscal.queries import closings, read_register
from edge.accounting.fiscal.watches import watches
from edge.core.messages import Refusal
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.counter.till.commands import AddLine, AddLoad, Pay, PrintReport
from edge.counter.till.events import ReportPrinted
from edge.lib.fiscal.israel.uniform_file import documents_of, read_uniform
from edge.money.tenders.commands import SetTender
from edge.money.tenders.tender import ShopTender
from tests.fiscal_shop import DAY_S, FRANCE, ISRAEL, JUICE, authorities, begin, close, made, of_type, sell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, signing
from tests.flow.accounting.test_fiscal_quebec import in_quebec
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run

JUNE = FRANCE + 'year_ends = "06-30"\n'
PLAIN = ISRAEL.replace("books = true", "books = false")
STEADY_S = 3600


def test_a_tax_year_that_ends_in_june_is_named_by_its_end_and_has_empty_months(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # 2027-01-15
        async with open_shop(tmp_path, clock, text=JUNE) as shop:
            await begin(shop, "fr")
            await sell(shop, MILK)
            clock.advance(200 * DAY_S)  # into August
            await sell(shop, MILK, MILK)
            clock.advance(40 * DAY_S)
            await close(shop)
            found = {one.period: one for one in reversed(closings(shop.reader))}
            assert [period for period, one in found.items() if one.kind == "year"] == ["2027"]
            assert list(found) == [
                *("2027-01-15", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027", "2027-07"),
                *("2027-08-03", "2027-08"),
            ]
            assert [found[period].papers for period in ("2027-02", "2027-06", "2027", "2027-07")] == [0, 0, 1, 0]
            year, month = found["2027"], found["2027-08"]
            assert (year.total_minor, year.perpetual_minor, month.perpetual_minor) == (120, 120, 360)

    run(scenario())


def test_a_clock_in_doubt_closes_nothing_until_it_is_believed(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await sell(shop, MILK)
            clock.at_us += 3 * DAY_S * 1_000_000  # and the machine's own clock stood still
            assert await close(shop) == 0
            await sell(shop, MILK)
            assert of_type(shop, PeriodClosed) == []
            clock.advance(STEADY_S)
            await sell(shop, MILK)
            assert [one.period for one in of_type(shop, PeriodClosed)] == [DAY]
            assert of_type(shop, PeriodClosed)[0].papers == 2, "those of the doubt are of the day before it"

    run(scenario())


def test_a_law_that_was_taken_out_of_the_configuration_is_told_until_it_is_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await sell(shop)
        bare = FRANCE.replace('["fr"]', "[]")
        settings = settings_of(config(tmp_path, bare))
        keys = FiscalKeys(SecretStore(tmp_path / "data", secret_keys.of_secrets(tmp_path / "data")))
        (lost,) = [one for one in watches(settings, keys) if one.kind == "fiscal_regime_lost"]
        async with open_shop(tmp_path, clock, stocked=False, text=bare) as shop:
            assert lost.at_till == lost.severity, "every page says so"
            told = [one.subject for one in lost.read(shop.reader, clock.at_us, DAY)]
            assert told == ["fr"]
            signed = await sell(shop)
            assert signed is not None and signed.number == 2, "and it holds on"
            await done(shop, EndRegime("fr", "moved"), SYSTEM)
            assert list(lost.read(shop.reader, clock.at_us, DAY)) == []

    run(scenario())


def test_what_is_no_revenue_is_in_no_perpetual_total_and_closings_are_the_z(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            before = read_register(shop.reader, "fr", "1").perpetual_minor
            await agreed(shop, AddLoad("OTHER-CARD-1", 1_000), CASHIER)
            await agreed(shop, Pay("card"), CASHIER)
            assert read_register(shop.reader, "fr", "1").perpetual_minor == before
            await sell(shop)
            await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            await close(shop)
            first, second = of_type(shop, ReportPrinted)
            closed = [one.total_minor for one in of_type(shop, PeriodClosed) if one.kind == "day"]
            assert closed == [first.total_minor, second.total_minor - 1_000], "a load is in the money of the Z alone"

    run(scenario())


def test_quebecs_transactions_come_to_the_z(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, clock):
            await a_day(shop, clock)
            while await part.look():
                pass
            (z,) = of_type(shop, ReportPrinted)
            cents = sum(int(one["mont"]["mtdu"].replace(".", "")) for one in sim.taken.values())
            assert (cents, sim.wrong) == (z.total_minor, [])

    run(scenario())


def test_a_dealer_without_vat_gives_receipts_and_registers_have_letters(tmp_path: Path) -> None:
    text = PLAIN.replace("[fiscal.il]", "[fiscal.il]\nexempt_dealer = true").replace(
        'rates = [{ name = "VAT", percent = "20" }]', ""
    )

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, "il")
            await sell(shop, JUICE)
            second = msgspec.structs.replace(CASHIER, register="2")
            await agreed(shop, AddLine(JUICE), second)
            await agreed(shop, Pay("cash"), second)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            clock.advance(DAY_S)
            file = await made(shop, files, "il", DAY, DAY, NEXT)
            found = [one.header for one in documents_of(list(read_uniform(*unpack_lines(file))))]
            assert [(one.document_type, one.document_number) for one in found] == [
                (400, "A00000001"),
                (400, "B00000001"),
            ]
            assert [(one.vat_minor, one.total_minor) for one in found] == [(0, 250), (0, 250)]

    run(scenario())


def test_each_means_of_payment_has_its_code_in_israel(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=PLAIN) as shop:
            await begin(shop, "il")
            for kind in ("cheque", "transfer", "points"):
                await done(shop, SetTender(ShopTender(kind, {"en": kind})), SYSTEM)
            for by in ("cash", "cheque", "card", "transfer", "points"):
                await sell(shop, JUICE, by=by)
            files = authorities(shop, config(tmp_path, PLAIN), signing(tmp_path))
            clock.advance(DAY_S)
            file = await made(shop, files, "il", DAY, DAY, NEXT)
            found = list(documents_of(list(read_uniform(*unpack_lines(file)))))
            assert [[paid.means for paid in one.payments] for one in found] == [[1], [2], [3], [4], [9]]

    run(scenario())


def test_a_range_that_goes_back_or_is_not_over_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=PLAIN) as shop:
            await begin(shop, "il")
            await sell(shop, JUICE)
            await agreed(shop, PrintReport("z"), MANAGER)
            files = authorities(shop, config(tmp_path, PLAIN), signing(tmp_path))
            for since, until in ((NEXT, DAY), (DAY, DAY), ("2026-01-01", "2026-01-31")):
                with pytest.raises(Refusal):
                    await made(shop, files, "il", since, until, DAY)
            assert of_type(shop, FiscalFileMade) == []

    run(scenario())
