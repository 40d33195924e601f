"""Québec's user report, sent to its service on request."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import msgspec

from edge.accounting.fiscal import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.service.quebec import TIMEOUT_S, client_tls
from edge.accounting.fiscal.settings import FiscalSettings
from edge.lib.errors import EdgeError
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.quebec.transactions import headers
from edge.lib.fiscal.quebec.user_report import UserReport, read_report_answer, report_request, sign_report
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

PATH = "/document"


class ReportSent(msgspec.Struct, frozen=True):
    """Whether the service accepted a report. `why`: the service's or the connection's error if not."""

    taken: bool
    why: str = ""


async def send_report(
    keys: FiscalKeys, settings: FiscalSettings, register: str, report: UserReport, allowed: Collection[str]
) -> ReportSent:
    """Sign a report and send it once. Users repeat it if needed."""
    if not settings.quebec.host:
        return ReportSent(False, "No host in [fiscal.ca-qc].")
    device = device_of(settings, register)
    try:
        key = keys.key("ca-qc")
        signature = sign_report(key, device, report)
        body = report_request(device, report, signature, keys.fingerprint)
        tls = await asyncio.to_thread(client_tls, settings.quebec.ca, key, keys.certificate())
        async with OutgoingHttp(Breakers(), allowed, TIMEOUT_S, connections=1, tls=tls) as http:
            above = headers(key, device, keys.fingerprint, [signature])
            answer = require_success(await http.post(f"{settings.quebec.host}{PATH}", body, above))
        codes = read_report_answer(answer.body)
    except (Undelivered, MaybeSent, EdgeError, FiscalFault, OSError) as error:
        return ReportSent(False, str(error))
    return ReportSent(not codes, " ".join(codes))
