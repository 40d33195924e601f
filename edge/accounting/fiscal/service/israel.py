"""Requests allocation numbers from Israel's tax authority, for each invoice until it's answered. Invoices are issued
before that, and say that the number is missing.

Follows the authority's public description of its invoice service ("Israel Invoice", Invoices/v1/Approval): one request
per invoice, with a token. The last nine digits of the confirmation are the number.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

import msgspec
import structlog

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.commands import RecordAllocation, RecordAllocationRefused
from edge.accounting.fiscal.israel.allocations import lacking
from edge.accounting.invoices.queries import buyer_on, read_document
from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.core.storage.database import Connection, open_reader
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.lib.regions.tax_numbers import check
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import HttpAnswer, OutgoingHttp
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
PATH = "/Invoices/v1/Approval"
TOKEN = "box.fiscal.il.token"
EVERY_S = 60.0
AT_ONCE = 20
NUMBER_DIGITS = 9
TAX_INVOICE = 305


class _Approval(msgspec.Struct, frozen=True):
    message: str = msgspec.field(default="", name="Message")
    confirmation: str = msgspec.field(default="", name="Confirmation_Number")


class IsraelPart:
    """Requests missing allocation numbers, and records the authority's answers."""

    def __init__(self, config: Config, shop: CommandBus) -> None:
        self._config = config
        self._shop = shop
        self._settings = settings_of(config)
        self._secrets = secrets_of(config.folder)

    @property
    def is_on(self) -> bool:
        """Whether Israeli law applies and a host is set; otherwise the part doesn't run."""
        return bool(self._settings.allocation_host) and "il" in self._settings.regimes

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, EVERY_S)

    async def look(self) -> int:
        """Request missing numbers. Returns the number of answers. Refused invoices aren't requested again."""
        wanted = await asyncio.to_thread(self._pending_requests)
        if not wanted:
            return 0
        answered = 0
        tls = ssl.create_default_context(cafile=self._settings.allocation_ca or None)
        try:
            above = {"Content-Type": "application/json", "Authorization": f"Bearer {self._secrets.open(TOKEN)}"}
            async with OutgoingHttp(Breakers(), self._config.notify.allow, connections=1, tls=tls) as http:
                for number, body in wanted:
                    answer = await http.post(f"{self._settings.allocation_host}{PATH}", body, above)
                    if (command := answer_of(number, answer)) is not None:
                        await self._shop.do(command, system())
                        answered += 1
        except (Undelivered, MaybeSent, EdgeError, OSError) as error:
            _log.warning("allocation numbers couldn't be requested", why=str(error))
        return answered

    def _pending_requests(self) -> list[tuple[str, bytes]]:
        db = open_reader(self._shop.path)
        try:
            found = [one.number for one in lacking(db) if not one.why][:AT_ONCE]
            return [(number, self._request(db, number)) for number in found]
        finally:
            db.close()

    def _request(self, db: Connection, number: str) -> bytes:
        invoice = read_document(db, number)
        buyer = buyer_on(db, invoice, held_too=True) if invoice else None
        assert invoice is not None and buyer is not None, "both are set when a number is missing"
        vat_minor = sum(row.tax_minor for row in invoice.taxes)
        return msgspec.json.encode(
            {
                "Invoice_ID": number,
                "Invoice_Type": TAX_INVOICE,
                "Vat_Number": int(check(self._settings.tax_number, "IL").number or 0),
                "Invoice_Reference_Number": number,
                "Customer_VAT_Number": int(check(buyer.tax_number, "IL").number or 0),
                "Invoice_Date": invoice.business_date,
                "Invoice_Issuance_Date": invoice.business_date,
                "Payment_Amount": _shekels(invoice.net_minor),
                "VAT_Amount": _shekels(vat_minor),
                "Payment_Amount_Including_VAT": _shekels(invoice.net_minor + vat_minor),
            }
        )


def answer_of(number: str, answer: HttpAnswer) -> Command | None:
    """The command to record an answer; None if it's invalid, so that the request is repeated."""
    try:
        found = msgspec.json.decode(answer.body, type=_Approval)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    digits = found.confirmation[-NUMBER_DIGITS:]
    if answer.status == 200 and len(digits) == NUMBER_DIGITS and digits.isascii() and digits.isdigit():
        return RecordAllocation(number, digits)
    if answer.status in (400, 406, 422):
        why = "".join(char if " " <= char <= "~" else "?" for char in found.message)[:80]
        return RecordAllocationRefused(number, why or f"status {answer.status}")
    return None


def _shekels(minor: int) -> float:
    return minor / 100
