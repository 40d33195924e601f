"""Adyen's report server, from https://docs.adyen.com/reporting/automatically-get-reports, with settlement details as
described at https://docs.adyen.com/reporting/settlement-detail-report."""

from __future__ import annotations

import base64
import csv
import io

from aiohttp import web

from sim.http_service import HttpService

MERCHANT, USER = "CornerShopECOM", "report@Company.Corner:pass word"
COLUMNS = (
    *("Company Account", "Merchant Account", "Psp Reference", "Merchant Reference", "Payment Method", "Creation Date"),
    *("TimeZone", "Type", "Modification Reference", "Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)"),
    *("Exchange Rate", "Net Currency", "Net Debit (NC)", "Net Credit (NC)", "Commission (NC)", "Markup (NC)"),
    *("Scheme Fees (NC)", "Interchange (NC)", "Payment Method Variant", "Modification Merchant Reference"),
    *("Batch Number",),
)


class SimAdyenReports(HttpService):
    """Adyen's Customer Area at http://127.0.0.1:`port`. `reports`: CSV reports by number."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[int, str] = {}
        self.asked: list[str] = []
        self.down = False

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/reports/download/MerchantAccount/{merchant}/{name}", self._download)
        return app

    def report(self, number: int, rows: list[tuple[str, str, str, str, str]], paid: str) -> None:
        """Add a batch of rows, and the amount `paid` out for them ("": none).

        Each row has its type, PSP reference, gross and net ("12.00", negative for deductions), and day.
        """
        out = io.StringIO()
        sheet = csv.DictWriter(out, COLUMNS, restval="")
        sheet.writeheader()
        payout = [("MerchantPayout", "", "", f"-{paid}", rows[-1][4])] if paid else []
        for kind, reference, gross, net, day in (*rows, *payout):
            sides = {}
            for name, minor in (("Gross {} (GC)", gross), ("Net {} (NC)", net)):
                side = "Debit" if minor.startswith("-") else "Credit"
                sides[name.format(side)] = minor.lstrip("-")
            sheet.writerow(
                {
                    **{"Company Account": "Corner", "Merchant Account": MERCHANT, "Psp Reference": reference},
                    **{"Creation Date": f"{day} 10:00:00", "TimeZone": "CET", "Type": kind, "Payment Method": "visa"},
                    **{"Gross Currency": "EUR" if gross else "", "Net Currency": "EUR", "Batch Number": str(number)},
                    **sides,
                }
            )
        self.reports[number] = out.getvalue()

    async def _download(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        basic = base64.b64encode(USER.encode()).decode()
        if self.down:
            raise web.HTTPServiceUnavailable
        if request.headers.get("Authorization") != f"Basic {basic}" or request.match_info["merchant"] != MERCHANT:
            raise web.HTTPUnauthorized
        name = request.match_info["name"]
        number = int(name.removeprefix("settlement_detail_report_batch_").removesuffix(".csv"))
        if number not in self.reports:
            raise web.HTTPNotFound
        return web.Response(text=self.reports[number], content_type="text/csv")
