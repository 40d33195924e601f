"""Québec's user report: what a till did in a year, shown in French, signed and sent to its service, played."""

from __future__ import annotations

from pathlib import Path

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.quebec.quebec_report import UserReports
from edge.accounting.fiscal.service.quebec_report import send_report
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.command_bus import CommandBus
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AbandonBasket, AddLine, RefundedLine, RefundSale, ReprintReceipt
from edge.counter.till.from_config import till_settings
from edge.counter.till.lines.bill_splits import PrintBill
from edge.lib.fiscal.quebec.user_report import UserReport, report_sheet
from sim.fiscal.quebec import SimQuebec
from tests.fiscal_shop import JUICE, QUEBEC, sell
from tests.flow.accounting.test_fiscal_files import signing
from tests.flow.accounting.test_fiscal_quebec import in_quebec
from tests.shop_fixture import CASHIER, MANAGER, MILK, agreed, config, done, run


def settings_for(folder: Path, sim: SimQuebec) -> FiscalSettings:
    return settings_of(config(folder, QUEBEC + f'host = "{sim.host}"\nca = "{sim.authority.ca}"\n'))


def reported(shop: CommandBus, folder: Path, settings: FiscalSettings, year: int = 2027) -> UserReport:
    reports = UserReports(shop.registry, till_settings(config(folder, QUEBEC)), settings, signing(folder))
    return reports.report(shop.reader, "1", "Ann", year, shop.now_us())


def test_a_report_sums_what_was_sold_and_given_back_and_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, clock):
            settings = settings_for(tmp_path, sim)
            await agreed(shop, OpenShift(0), CASHIER)
            clock.advance(60)
            await sell(shop, MILK, JUICE)
            await agreed(shop, RefundSale(1, lines=(RefundedLine(2, 1000),)), MANAGER)
            await agreed(shop, AddLine(JUICE), CASHIER)
            await agreed(shop, PrintBill(), CASHIER)
            await agreed(shop, AbandonBasket(), MANAGER)
            await done(shop, ReprintReceipt(1))
            report = reported(shop, tmp_path, settings)
            assert (report.documents, report.paid) == (5, 2), "a bill, one that left and a copy are no sales"
            assert (report.net_minor, report.gst_minor, report.qst_minor) == (120, 6, 0), "milk is left, at 5 %"
            assert report.total_minor == report.due_minor == 126
            assert report.last is not None and report.last.service_at == ""
            assert "Traité : PROBLÈME DE COMMUNICATION" in list(report_sheet(device_of(settings, "1"), report))
            assert await part.look() == 5
            clock.advance(60)
            report = reported(shop, tmp_path, settings)
            lines = list(report_sheet(device_of(settings, "1"), report))
            assert lines[0] == "RAPPORT DE L'UTILISATEUR"
            assert "Total : 1,26 $" in lines and "Numéro du MEV-WEB : RQ00000005" in lines
            assert (report.made - report.began).total_seconds() >= 120, "since the shift was opened"
            sent = await send_report(signing(tmp_path), settings, "1", report, ["127.0.0.1"])
            assert (sent.taken, sent.why, sim.wrong) == (True, "", [])
            (found,) = sim.reports
            assert (found["AN"], found["SN"], found["SV"]) == ("2027", "5", "2")
            assert (found["ST"], found["SA"], found["UT"]) == ("+000000001.26", "+000000000.00", "Ann")

    run(scenario())


def test_a_year_without_sales_is_a_report_too_and_a_service_that_is_away_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, _, sim, _):
            settings = settings_for(tmp_path, sim)
            await sell(shop, MILK)
            report = reported(shop, tmp_path, settings, 2026)
            assert (report.documents, report.total_minor, report.last) == (0, 0, None)
            sim.fault = "away"
            assert not (await send_report(signing(tmp_path), settings, "1", report, ["127.0.0.1"])).taken
            sim.fault = "refuse"
            refused = await send_report(signing(tmp_path), settings, "1", report, ["127.0.0.1"])
            assert (refused.taken, refused.why) == (False, "0402")
            nowhere = settings_of(config(tmp_path, QUEBEC))
            assert "host" in (await send_report(signing(tmp_path), nowhere, "1", report, [])).why

    run(scenario())
