"""QuickBooks Online's query, bills and journals, and Xero's Contacts, Items, Invoices and ManualJournals, both with
OAuth 2 and a refresh token that is replaced at each use. QuickBooks: developer.intuit.com, "Query operations and
syntax", "Vendor", "Item", "Bill", "VendorCredit", "JournalEntry", "OAuth 2.0", "Webhooks"; Xero: developer.xero.com,
"Contacts", "Items", "Invoices", "Credit Notes", "Manual Journals", "Idempotent requests", "Webhooks", "Requests and
responses" (read November 2026).

[?] Only the part of QuickBooks' query language used here is implemented; not every page shows an item's
`PrefVendorRef`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from sim.http_service import serving
from sim.vendors.faults import Faults

Row = dict[str, Any]
_QUERY = re.compile(
    r"SELECT \* FROM (?P<kind>\w+)(?: WHERE (?P<where>.*?))?"
    r" ORDERBY MetaData\.LastUpdatedTime STARTPOSITION (?P<start>\d+) MAXRESULTS (?P<most>\d+)"
)
_IN = re.compile(r"(\w+) IN \((.*)\)")
_WHERE_NUMBER = re.compile(r'Type=="(\w+)" AND InvoiceNumber=="(.*)"')
_WHERE_TYPE = re.compile(r'Type=="(\w+)"')
_WHERE_DATE = re.compile(r"Date==DateTime\((\d{4}), (\d\d), (\d\d)\)")


class _SimOAuth:
    """A company with token-based access. `swallow`: the number of answers to writes that get lost."""

    def __init__(self, token_path: str) -> None:
        self.client, self.password, self.refresh, self.uses = "app", "app-secret", "refresh-0", 0
        self.kinds: dict[str, list[Row]] = {}
        self.made: dict[str, tuple[int, Row]] = {}
        self.writes, self.swallow = 0, 0
        self.signs_with = "verifier"
        self.faults = Faults()
        self._token_path = token_path

    @property
    def secret(self) -> str:
        """The secret as a user enters it."""
        return f"{self.client}:{self.password}:{self.refresh}"

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve it; yields its address."""
        app = web.Application()
        app.router.add_post(self._token_path, self._token)
        app.router.add_get("/{path:.*}", self._serve_list)
        app.router.add_post("/{path:.*}", self._serve_write)
        async with serving(app) as url:
            yield url

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        basic = base64.b64encode(f"{self.client}:{self.password}".encode()).decode()
        right = {"grant_type": "refresh_token", "refresh_token": self.refresh}
        if dict(form) != right or request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.uses += 1
        self.refresh = f"refresh-{self.uses}"
        token = {"access_token": f"access-{self.uses}", "refresh_token": self.refresh, "token_type": "bearer"}
        return web.json_response({**token, "expires_in": 3600})

    async def _serve_list(self, request: web.Request) -> web.StreamResponse:
        if fault := await self.faults.stand_in(request):
            return fault
        if request.headers.get("Authorization") != f"Bearer access-{self.uses}":
            return web.json_response({}, status=401)
        return self.answer_query(request)

    async def _serve_write(self, request: web.Request) -> web.StreamResponse:
        """Handle a write; a repeated request id gets the first answer."""
        if request.headers.get("Authorization") != f"Bearer access-{self.uses}":
            return web.json_response({}, status=401)
        self.writes += 1
        id, asked = self.request_id(request), await request.json()
        if id not in self.made:
            self.made[id] = self.answer_write(request, asked)
        if self.swallow:  # it's created, but the answer is lost
            self.swallow -= 1
            assert request.transport is not None
            request.transport.abort()
        elif fault := await self.faults.stand_in(request):
            return fault
        status, body = self.made[id]
        return web.json_response(body, status=status)

    def request_id(self, request: web.Request) -> str:
        raise NotImplementedError

    def answer_write(self, request: web.Request, asked: Row) -> tuple[int, Row]:
        raise NotImplementedError

    def answer_query(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError


class SimQuickBooks(_SimOAuth):
    """A company at QuickBooks Online; `put` takes moments as ISO 8601 with an offset."""

    realm = "4620816365"

    def __init__(self) -> None:
        super().__init__("/oauth2/v1/tokens/bearer")

    def put(self, kind: str, id: str, changed: str, **fields: Any) -> None:
        """Add a record, as of a moment."""
        rows = [row for row in self.kinds.get(kind, []) if row["Id"] != id]
        self.kinds[kind] = [*rows, {"Id": id, "MetaData": {"LastUpdatedTime": changed}, **fields}]

    def hook(self, kind: str, id: str, at: str) -> tuple[dict[str, str], bytes]:
        """A notification of a changed record, as QuickBooks sends it since 2026 (an array of CloudEvents with ids
        only): its headers, signed with the verifier token, and its body."""
        event = {
            "specversion": "1.0",
            "id": f"event-{kind}-{id}-{at}",
            "source": "intuit.com",
            "type": f"qbo.{kind.lower()}.updated.v1",
            "datacontenttype": "application/json",
            "time": at,
            "intuitentityid": id,
            "intuitaccountid": self.realm,
            "data": {},
        }
        return sign_webhook("intuit-signature", self.signs_with, json.dumps([event]).encode())

    def request_id(self, request: web.Request) -> str:
        return request.query["requestid"]

    def answer_write(self, request: web.Request, asked: Row) -> tuple[int, Row]:
        """Accept a bill of a known vendor, or a balanced journal entry."""
        kind = {"bill": "Bill", "journalentry": "JournalEntry"}[request.path.rpartition("/")[2]]
        lines = asked["Line"]
        if kind == "Bill" and asked["VendorRef"]["value"] not in {row["Id"] for row in self.kinds.get("Vendor", [])}:
            return _fault("Invalid Reference Id", "Names element id not found")
        if kind == "JournalEntry" and sum(map(_signed_amount, lines)) != 0:
            return _fault("Business Validation Error", "debits do not equal credits")
        id, at = str(100 + len(self.made)), "2026-11-24T10:00:00+00:00"
        self.put(kind, id, at, TotalAmt=float(sum(Decimal(str(line["Amount"])) for line in lines)), **asked)
        return 200, {kind: self.kinds[kind][-1], "time": at}

    def answer_query(self, request: web.Request) -> web.StreamResponse:
        found = _QUERY.fullmatch(request.query.get("query", ""))
        if request.path != f"/v3/company/{self.realm}/query" or found is None:
            return web.json_response({"Fault": {"Error": [{"Message": "QueryParserError"}]}}, status=400)
        rows = sorted(self.kinds.get(found["kind"], []), key=_changed_at)
        if "Active" not in (found["where"] or ""):  # inactive rows are returned only on request
            rows = [row for row in rows if row.get("Active", True)]
        for term in (found["where"] or "").split(" AND ") if found["where"] else ():
            if of_these := _IN.fullmatch(term):
                these = [one.strip("'") for one in of_these[2].split(", ")]
                rows = [row for row in rows if _plain(row.get(of_these[1], True)) in these]
                continue
            field, how, wanted = re.fullmatch(r"(\S+) (=|>=) '(.*)'", term).groups()  # type: ignore[union-attr]
            if how == ">=":
                rows = [
                    row for row in rows if _changed_at(row) >= datetime.fromisoformat(wanted.replace("Z", "+00:00"))
                ]
            else:
                rows = [row for row in rows if row.get(field) == wanted]
        start, most = int(found["start"]), min(int(found["most"]), 1000)
        some = rows[start - 1 : start - 1 + most]
        said = {found["kind"]: some, "startPosition": start, "maxResults": len(some)} if some else {}
        return web.json_response({"QueryResponse": said, "time": "2026-11-24T10:00:00.000Z"})


class SimXero(_SimOAuth):
    """An organisation at Xero; `put` takes moments as ISO 8601 in UTC."""

    tenant = "0a1b2c3d-0000-4000-8000-000000000001"

    def __init__(self) -> None:
        super().__init__("/connect/token")

    def put(self, kind: str, changed: str, **fields: Any) -> None:
        """Add a record, as of a moment."""
        at = datetime.fromisoformat(changed).replace(tzinfo=UTC)
        told = f"/Date({int(at.timestamp() * 1000)}+0000)/"
        self.kinds.setdefault(kind, []).append({"UpdatedDateUTC": told, "_at": at, **fields})

    def hook(self, kind: str, id: str, at: str) -> tuple[dict[str, str], bytes]:
        """A notification of a changed record, as Xero sends it: its headers, signed with the webhook's key, and its
        body."""
        event = {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{kind}/{id}",
            "resourceId": id,
            "eventDateUtc": at,
            "eventType": "UPDATE",
            "eventCategory": kind.upper().rstrip("S"),
            "tenantId": self.tenant,
            "tenantType": "ORGANISATION",
        }
        return self._sign([event])

    def intent(self, good: bool) -> tuple[dict[str, str], bytes]:
        """Xero's "intent to receive" request: no events, with a valid or an invalid signature."""
        headers, body = self._sign([])
        return (headers if good else dict.fromkeys(headers, "bm90IHNpZ25lZA==")), body

    def _sign(self, events: list[Row]) -> tuple[dict[str, str], bytes]:
        said = {
            "events": events,
            "firstEventSequence": len(events),
            "lastEventSequence": len(events),
            "entropy": "S0m3r4Nd0mt3xt",
        }
        return sign_webhook("x-xero-signature", self.signs_with, json.dumps(said).encode())

    def request_id(self, request: web.Request) -> str:
        return request.headers["Idempotency-Key"]

    def answer_write(self, request: web.Request, asked: Row) -> tuple[int, Row]:
        """Return the answer to a write: an error for an unbalanced journal, else the stored record."""
        kind = request.path.rpartition("/")[2]
        (one,) = asked[kind]
        if kind == "ManualJournals" and sum(_amounts(one["JournalLines"])) != 0:
            wrong = {"ValidationErrors": [{"Message": "The total debits must equal total credits"}]}
            return 400, {"ErrorNumber": 10, "Message": "A validation exception occurred", "Elements": [wrong]}
        name = "ManualJournalID" if kind == "ManualJournals" else "InvoiceID"
        id = f"00000000-0000-4000-8000-{len(self.made):012d}"
        self.put(kind, "2026-11-24T10:00:00", **{name: id}, **one)
        return 200, {"Status": "OK", kind: [{name: id, **one}]}

    def answer_query(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Xero-Tenant-Id") != self.tenant:
            return web.json_response({"Title": "Forbidden"}, status=403)
        kind, query = request.path.rpartition("/")[2], request.query
        rows = self.kinds.get(kind, [])
        if since := request.headers.get("If-Modified-Since"):
            rows = [row for row in rows if row["_at"] > datetime.fromisoformat(since).replace(tzinfo=UTC)]
        if query.get("includeArchived") != "true":
            rows = [row for row in rows if row.get("ContactStatus") != "ARCHIVED"]
        if query.get("where") == "IsSupplier==true":
            rows = [row for row in rows if row.get("IsSupplier")]
        if where := _WHERE_NUMBER.fullmatch(query.get("where", "")):
            rows = [row for row in rows if (row["Type"], row["InvoiceNumber"]) == where.groups()]
        if where := _WHERE_TYPE.fullmatch(query.get("where", "")):
            rows = [row for row in rows if row["Type"] == where[1]]
        if where := _WHERE_DATE.fullmatch(query.get("where", "")):
            rows = [row for row in rows if row["Date"] == "-".join(where.groups())]
        if kind in ("Contacts", "Invoices", "CreditNotes"):
            size = int(query.get("pageSize", 100))
            first = (int(query.get("page", 1)) - 1) * size
            rows = rows[first : first + size]
        plain = [{key: value for key, value in row.items() if key != "_at"} for row in rows]
        key = "Organisations" if kind == "Organisation" else kind
        return web.json_response({"Status": "OK", key: plain})


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def sign_webhook(header: str, key: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """A webhook's headers and body, with base64 of HMAC-SHA256 over the body."""
    made = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return {header: base64.b64encode(made).decode()}, body


def _changed_at(row: Row) -> datetime:
    return datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"])


def _signed_amount(line: Row) -> Decimal:
    amount = Decimal(str(line["Amount"]))
    return amount if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -amount


def _amounts(lines: list[Row]) -> list[Decimal]:
    return [Decimal(str(line["LineAmount"])) for line in lines]


def _fault(message: str, detail: str) -> tuple[int, Row]:
    error = {"Message": message, "Detail": detail, "code": "2500"}
    return 400, {"Fault": {"Error": [error], "type": "ValidationFault"}}
