"""Adyen's settlement details reports, one per batch, from https://docs.adyen.com/reporting/automatically-get-reports.
They are numbered without gaps."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

from edge.accounting.settlements.batch import Batch
from edge.accounting.settlements.service.fetched import FetchedPayout, PayoutsStopped
from edge.accounting.settlements.table_files import FILE_BYTES
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp

LIVE, TEST = "https://ca-live.adyen.com", "https://ca-test.adyen.com"
PROFILE = "adyen_settlement"
AT_ONCE_MOST = 50
"""Maximum reports per run; the rest follow next time."""
Reader = Callable[[bytes], Awaitable[tuple[Batch, ...]]]
"""Reads a report in a separate process. Raises `PayoutsStopped`."""


class AdyenReports:
    """Client for the reports of a `merchant` account at `api`, from number `first` on. `key`: a report user's
    "user:password", or an API key."""

    def __init__(self, http: OutgoingHttp, api: str, key: str, merchant: str, first: int, read: Reader) -> None:
        self._http, self._api, self._merchant, self._first, self._read = http, api, merchant, first, read
        basic = base64.b64encode(key.encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}"} if ":" in key else {"X-API-Key": key}

    async def since(self, cursor: str, is_known: Callable[[str], bool]) -> AsyncIterator[FetchedPayout]:
        """See `PayoutApi`; the cursor is the last report's number."""
        number = int(cursor) + 1 if cursor else self._first
        for at in range(number, number + AT_ONCE_MOST):
            if is_known(str(at)):
                cursor = str(at)
                yield FetchedPayout(cursor, None)
                continue
            report = await self._report(at)
            if report is None:
                return
            try:
                batches = await self._read(report)
            except PayoutsStopped as error:
                raise PayoutsStopped(error.fault, error.batch or str(at)) from error
            for batch in batches[:-1]:
                yield FetchedPayout(cursor, batch)  # an interrupted report is read again, and known parts are skipped
            cursor = str(at)
            yield FetchedPayout(cursor, batches[-1])

    async def _report(self, number: int) -> bytes | None:
        """A report; None if its number doesn't exist yet. Raises `PayoutsStopped`."""
        name = f"settlement_detail_report_batch_{number}.csv"
        url = f"{self._api}/reports/download/MerchantAccount/{quote(self._merchant, safe='')}/{name}"
        try:
            got = await self._http.ask("GET", url, self._headers, None, FILE_BYTES)
        except (Undelivered, MaybeSent) as error:
            raise PayoutsStopped("offline") from error
        if got.status == 404:
            return None
        if got.status != 200:
            raise PayoutsStopped("key" if got.status in (401, 403) else "bad_answer", str(number))
        return got.body
