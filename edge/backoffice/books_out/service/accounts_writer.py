"""Sends bills and journals to QuickBooks Online and Xero, after searching for existing ones.

QuickBooks Online: developer.intuit.com, "Bill", "JournalEntry", "Query operations and syntax", "Basic field
definitions" (`requestid`); Xero: developer.xero.com, "Invoices", "Manual Journals", "Idempotent requests" (read
November 2026). A request repeated with the same id returns the first result.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from edge.backoffice.books_out.document import BooksDocument, BooksLine
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.feeds.service.accounts_records import QuickBooks, Xero
from edge.backoffice.feeds.service.vendor_records import ANSWER_BYTES, VendorRecords
from edge.backoffice.feeds.service.vendor_wire import VendorRow, rows_in, text_of
from edge.lib.units.money import show_minor
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import HttpAnswer, OutgoingHttp

MINOR_VERSION = 75
NUMBER_CHARS = 21
"""Maximum length of a document number at QuickBooks. Of longer ones, the end is kept."""
LOOKED_AT = 100
_GUID_CHARS = 36
_OK = (200, 201)


class BooksNotTaken(Exception):
    """The system rejected a document. `why`: a text key; `detail`: the system's message."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail[:200]


class BooksUnknown(Exception):
    """It's unknown whether a document arrived, or it can't be sent now. `why`: a text key."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail[:200]


class BooksWriter(Protocol):
    """Client of an accounting system. Both methods raise `RecordsNotHad` if it can't be reached."""

    async def find(self, one: BooksDocument) -> str:
        """Find an existing document; returns its external id, or "". Raises `BooksNotTaken` if it can never be
        accepted."""
        ...

    async def send(self, one: BooksDocument, request: str) -> str:
        """Send a document once and return its external id. Raises `BooksNotTaken` or `BooksUnknown`."""
        ...


class _Writing:
    """Common base: one request and its response."""

    def __init__(self, asking: VendorRecords, http: OutgoingHttp) -> None:
        self._asking, self._http = asking, http

    async def _post(self, path: str, headers: dict[str, str], asked: Any) -> Any:
        said = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        url = self._asking.address.rstrip("/") + path
        try:
            answer = await self._http.ask("POST", url, said, msgspec.json.encode(asked), ANSWER_BYTES)
        except Undelivered as error:
            raise BooksUnknown(f"undelivered.{error.why}", error.detail) from error
        except MaybeSent as error:
            raise BooksUnknown("undelivered.no_answer") from error
        if answer.status in (401, 408, 425, 429):
            raise BooksUnknown("undelivered.wrong_password" if answer.status == 401 else "undelivered.busy")
        if answer.status not in _OK:
            raise BooksNotTaken("books_out.refused_there", _why(answer))
        told = answer.json()
        if not isinstance(told, dict):
            raise BooksUnknown("feeds.page_not_understood")
        return told


class QuickBooksWriter(_Writing):
    """QuickBooks client: `POST /v3/company/REALM/bill`, `journalentry`."""

    def __init__(self, target: BooksTarget, asking: VendorRecords, http: OutgoingHttp) -> None:
        super().__init__(asking, http)
        self._signed = QuickBooks(asking, "quickbooks")
        self._company = f"/v3/company/{quote(target.account, safe='')}"

    async def find(self, one: BooksDocument) -> str:
        number = one.number[-NUMBER_CHARS:]
        if one.kind == "journal":
            rows = await self._rows("JournalEntry", f"DocNumber = '{_escape_quotes(number)}'")
            return next((text_of(row.get("Id")) for row in rows), "")
        vendor = await self._vendor(one.theirs)
        rows = await self._rows("Bill", f"DocNumber = '{_escape_quotes(number)}'")
        ours = (row for row in rows if _part(row, "VendorRef") == vendor)
        return next((text_of(row.get("Id")) for row in ours), "")

    async def send(self, one: BooksDocument, request: str) -> str:
        asked = _quickbooks_journal(one) if one.kind == "journal" else _quickbooks_bill(one)
        if one.kind == "bill":
            asked["VendorRef"] = {"value": await self._vendor(one.theirs)}
        what = "JournalEntry" if one.kind == "journal" else "Bill"
        query = urlencode({"requestid": request, "minorversion": MINOR_VERSION})
        headers = {"Authorization": await self._signed.signed_in()}
        told = await self._post(f"{self._company}/{what.lower()}?{query}", headers, asked)
        made = told.get(what)
        id = text_of(made.get("Id")) if isinstance(made, dict) else ""
        if not id:
            raise BooksUnknown("feeds.page_not_understood")
        return id

    async def _vendor(self, theirs: str) -> str:
        """Find a supplier by id or name; returns its external id. Raises `BooksNotTaken` if it is unknown there."""
        if theirs.isdecimal():
            return theirs
        rows = await self._rows("Vendor", f"DisplayName = '{_escape_quotes(theirs)}'")
        if not rows:
            raise BooksNotTaken("books_out.supplier_unknown", theirs)
        return text_of(rows[0].get("Id"))

    async def _rows(self, kind: str, where: str) -> list[VendorRow]:
        query = f"SELECT * FROM {kind} WHERE {where}"  # nosec B608: QuickBooks's query language, not SQL
        query += f" ORDERBY MetaData.LastUpdatedTime STARTPOSITION 1 MAXRESULTS {LOOKED_AT}"
        headers = {"Authorization": await self._signed.signed_in()}
        told = await self._asking.ask("GET", f"{self._company}/query?{urlencode({'query': query})}", headers)
        said = told.get("QueryResponse") if isinstance(told, dict) else None
        return rows_in(said.get(kind, []) if isinstance(said, dict) else None)


class XeroWriter(_Writing):
    """Xero client: `POST /api.xro/2.0/Invoices`, `ManualJournals`."""

    def __init__(self, target: BooksTarget, asking: VendorRecords, http: OutgoingHttp) -> None:
        super().__init__(asking, http)
        self._target, self._signed = target, Xero(asking, "xero")

    async def find(self, one: BooksDocument) -> str:
        if one.kind == "journal":
            year, month, day = (int(part) for part in one.day.split("-"))
            rows = await self._rows("ManualJournals", f"Date==DateTime({year}, {month:02d}, {day:02d})")
            said = (row for row in rows if text_of(row.get("Narration")) == one.number)
            return next((text_of(row.get("ManualJournalID")) for row in said if _stands(row)), "")
        number = one.number.replace('"', "")
        rows = await self._rows("Invoices", f'Type=="ACCPAY" AND InvoiceNumber=="{number}"')
        ours = (row for row in rows if _is_contact(row, one.theirs) and _stands(row))
        return next((text_of(row.get("InvoiceID")) for row in ours), "")

    async def send(self, one: BooksDocument, request: str) -> str:
        journal = one.kind == "journal"
        kind, id = ("ManualJournals", "ManualJournalID") if journal else ("Invoices", "InvoiceID")
        asked = _xero_journal(one) if journal else _xero_bill(one)
        asked["Status"] = ("POSTED" if journal else "AUTHORISED") if self._target.final else "DRAFT"
        headers = {**await self._headers(), "Idempotency-Key": request}
        told = await self._post(f"/api.xro/2.0/{kind}", headers, {kind: [asked]})
        made = told.get(kind)
        row = made[0] if isinstance(made, list) and made and isinstance(made[0], dict) else {}
        if wrong := row.get("ValidationErrors"):
            raise BooksNotTaken("books_out.refused_there", _messages(wrong))
        if not text_of(row.get(id)):
            raise BooksUnknown("feeds.page_not_understood")
        return text_of(row[id])

    async def _headers(self) -> dict[str, str]:
        return {"Authorization": await self._signed.signed_in(), "Xero-Tenant-Id": self._target.account}

    async def _rows(self, kind: str, where: str) -> list[VendorRow]:
        query = urlencode({"where": where, "page": 1})
        told = await self._asking.ask("GET", f"/api.xro/2.0/{kind}?{query}", await self._headers())
        return rows_in(told.get(kind) if isinstance(told, dict) else None)


def writer_of(target: BooksTarget, asking: VendorRecords, http: OutgoingHttp) -> BooksWriter:
    """The writer for a system."""
    return (QuickBooksWriter if target.kind == "quickbooks" else XeroWriter)(target, asking, http)


def _quickbooks_bill(one: BooksDocument) -> dict[str, Any]:
    lines = [
        {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": _sum(line.amount_minor, one.currency),
            "Description": line.text,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": line.theirs}},
        }
        for line in one.lines
    ]
    due = {"DueDate": one.due} if one.due else {}
    about = {"DocNumber": one.number[-NUMBER_CHARS:], "TxnDate": one.day, "PrivateNote": one.number}
    return {**about, **due, "CurrencyRef": {"value": one.currency}, "Line": lines}


def _quickbooks_journal(one: BooksDocument) -> dict[str, Any]:
    def line(of: BooksLine) -> dict[str, Any]:
        side = "Debit" if of.amount_minor > 0 else "Credit"
        return {
            "DetailType": "JournalEntryLineDetail",
            "Amount": _sum(abs(of.amount_minor), one.currency),
            "Description": of.account,
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": of.theirs}},
        }

    return {"DocNumber": one.number[-NUMBER_CHARS:], "TxnDate": one.day, "Line": [line(of) for of in one.lines]}


def _xero_bill(one: BooksDocument) -> dict[str, Any]:
    lines = [
        {
            "Description": line.text or line.account,
            "Quantity": 1,
            "UnitAmount": _sum(line.amount_minor, one.currency),
            "AccountCode": line.theirs,
        }
        for line in one.lines
    ]
    due = {"DueDate": one.due} if one.due else {}
    whose = {"ContactID": one.theirs} if _is_guid(one.theirs) else {"Name": one.theirs}
    about = {"Type": "ACCPAY", "Contact": whose, "InvoiceNumber": one.number, "Date": one.day}
    return {**about, **due, "CurrencyCode": one.currency, "LineAmountTypes": "NoTax", "LineItems": lines}


def _xero_journal(one: BooksDocument) -> dict[str, Any]:
    lines = [
        {
            "LineAmount": _sum(line.amount_minor, one.currency),
            "AccountCode": line.theirs,
            "Description": line.account,
        }
        for line in one.lines
    ]
    return {"Narration": one.number, "Date": one.day, "LineAmountTypes": "NoTax", "JournalLines": lines}


def _sum(minor: int, currency: str) -> msgspec.Raw:
    """An amount as a JSON number with exact decimals."""
    return msgspec.Raw(show_minor(minor, currency).encode())


def _is_guid(text: str) -> bool:
    return len(text) == _GUID_CHARS and text.count("-") == 4


def _is_contact(row: VendorRow, theirs: str) -> bool:
    contact = row.get("Contact")
    said = [text_of(contact.get(key)).casefold() for key in ("ContactID", "Name")] if isinstance(contact, dict) else []
    return theirs.casefold() in said


def _stands(row: VendorRow) -> bool:
    """Whether a document counts as existing: neither voided nor deleted."""
    return text_of(row.get("Status")) not in ("VOIDED", "DELETED")


def _part(row: VendorRow, key: str) -> str:
    found = row.get(key)
    return text_of(found.get("value")) if isinstance(found, dict) else ""


def _escape_quotes(text: str) -> str:
    return text.replace("\\", "").replace("'", "\\'")


def _why(answer: HttpAnswer) -> str:
    """The message of a rejection, in either system's format."""
    told = answer.json()
    if not isinstance(told, dict):
        return str(answer.status)
    fault = told.get("Fault")
    errors = fault.get("Error") if isinstance(fault, dict) else None
    if isinstance(errors, list):
        return _messages(errors) or str(answer.status)
    elements = told.get("Elements")
    first = elements[0] if isinstance(elements, list) and elements and isinstance(elements[0], dict) else {}
    return _messages(first.get("ValidationErrors")) or text_of(told.get("Message")) or str(answer.status)


def _messages(errors: Any) -> str:
    rows = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    said = (" ".join(filter(None, (text_of(one.get("Message")), text_of(one.get("Detail"))))) for one in rows)
    return "; ".join(filter(None, said))
