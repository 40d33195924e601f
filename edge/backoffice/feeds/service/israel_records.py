"""Suppliers from Israeli systems (Priority, Rivhit, iCount, Morning), and rows of WizCloud reports.

Priority: prioritysoftware.github.io, "Priority REST API" (OData, Basic or a personal access token as user with the
password PAT); Rivhit: api.rivhit.co.il, "RivhitOnlineAPI.svc/help"; Morning (Green Invoice):
greeninvoice.docs.apiary.io, "Search Suppliers", "HTTP response codes"; WizCloud (Hashavshevet): docs.wizcloud.co.il,
"Getting Started", "Export Data"; iCount: icount.co.il/icount-api, apiv3.icount.co.il (read November 2026).

Not confirmed by documentation: [?] Priority's forms depend on the installation; SUPPLIERS with SUPNAME and SUPDES is
the usual one. [?] Rivhit: the name of the list in `data` of `Customer.List` (whichever is there is used), and type 20
for suppliers. [?] Morning: the reference describes the search and its answer, but no longer how to get a token; it used
to be `account/token`. [?] iCount: the pages show company, user and password, `status` and `reason`; `supplier/get_list`
and its `suppliers` are known from others. [?] WizCloud: the place of `repdata` in an answer, and the wrapping of a
session's token.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

from edge.backoffice.feeds.service.vendor_wire import (
    PAGE,
    REFUSED,
    Cells,
    RecordsNotHad,
    RecordSource,
    TokenSession,
    VendorRow,
    rows_in,
    slug,
    text_of,
)

PRIORITY: Mapping[str, RecordSource] = {"Supplier": RecordSource("SUPPLIERS", (), ("SUPNAME", "SUPDES"), "")}
RIVHIT: Mapping[str, RecordSource] = {"Supplier": RecordSource("Customer.List", (), (), "")}
MORNING: Mapping[str, RecordSource] = {"Supplier": RecordSource("suppliers/search", (), (), "")}
ICOUNT: Mapping[str, RecordSource] = {"Supplier": RecordSource("supplier/get_list", (), (), "")}
_REPORT = RecordSource("ExportDataApi/exportData", (), (), "")
WIZCLOUD: Mapping[str, RecordSource] = {"Supplier": _REPORT, "SupplierPrice": _REPORT, "Inventory": _REPORT}
SUPPLIER_TYPE = 20
MORNING_PAGE = 100
MORNING_PAGES_MOST = 200
"""Maximum pages: 20,000 suppliers."""


class IsraelAsking(Protocol):
    """HTTP requests to these systems. `ask` raises `RecordsNotHad`."""

    @property
    def secret(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def report(self) -> str: ...
    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None
    ) -> Any: ...


class _WithoutChanges:
    """Systems without modification times: everything is fetched, and unchanged records have no effect."""

    keys: tuple[str, ...] = ()
    whole_pages = True

    def __init__(self, asking: IsraelAsking) -> None:
        self._asking = asking

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        return {}

    @property
    def units(self) -> dict[int, int]:
        return {}


class Priority(_WithoutChanges):
    """Priority client: `GET ROOT/FORM`. The address is a company's root, the secret "user:password" or "token:PAT"."""

    keys: tuple[str, ...] = ("SUPNAME",)
    whole_pages = False

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        first = wanted.fields[0]
        query = {"$select": ",".join(wanted.fields), "$orderby": first, "$top": PAGE, "$skip": at}
        lets_in = "Basic " + base64.b64encode(self._asking.secret.encode()).decode()
        answer = await self._asking.ask("GET", f"/{wanted.model}?{urlencode(query)}", {"Authorization": lets_in})
        return rows_in(answer.get("value") if isinstance(answer, dict) else None)


class Rivhit(_WithoutChanges):
    """Rivhit client: `POST .../RivhitOnlineAPI.svc/METHOD`. The secret is the `api_token`. Responses aren't paged."""

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        if at:
            return []
        asked = {"api_token": self._asking.secret, "customer_type": SUPPLIER_TYPE}
        answer = await self._asking.ask("POST", f"/{wanted.model}", {}, asked)
        if not isinstance(answer, dict) or answer.get("error_code") != 0:
            said = text_of(answer.get("client_message")) if isinstance(answer, dict) else ""
            raise RecordsNotHad(said[:200] or "error_code", "", "undelivered.refused")
        data = answer.get("data")
        lists = [part for part in data.values() if isinstance(part, list)] if isinstance(data, dict) else []
        if len(lists) != 1:
            raise RecordsNotHad("data", "", "feeds.page_not_understood")
        return [row for row in rows_in(lists[0]) if row.get("customer_type", SUPPLIER_TYPE) == SUPPLIER_TYPE]


class Morning(_WithoutChanges):
    """Morning client: `POST /account/token`, then `POST /suppliers/search`, page by page. The secret is "id:secret" of
    an API key."""

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        if at:
            return []
        session, rows = TokenSession(self._signed_in), list[VendorRow]()
        for number in range(1, MORNING_PAGES_MOST + 1):
            answer = await session.ask(partial(self._search_page, wanted.model, number))
            page = rows_in(answer.get("items") if isinstance(answer, dict) else None)
            if page and rows and page[0].get("id") == rows[-len(page)].get("id"):
                raise RecordsNotHad(wanted.model, "", "feeds.page_repeats")
            rows += page
            pages = answer.get("pages")
            if not isinstance(pages, int) or number >= pages:
                return [row for row in rows if row.get("active") is not False]
        raise RecordsNotHad(str(len(rows)), "", "feeds.too_many_records")

    async def _signed_in(self) -> str:
        id, _, secret = self._asking.secret.partition(":")
        answer = await self._asking.ask("POST", "/account/token", {}, {"id": id, "secret": secret})
        token = text_of(answer.get("token")) if isinstance(answer, dict) else ""
        if not token:
            raise RecordsNotHad("token", "", "feeds.page_not_understood")
        return token

    async def _search_page(self, model: str, number: int, token: str) -> Any:
        asked = {"page": number, "pageSize": MORNING_PAGE}
        return await self._asking.ask("POST", f"/{model}", {"Authorization": f"Bearer {token}"}, asked)


class ICount(_WithoutChanges):
    """iCount client: `POST /supplier/get_list`. The account is the company's id, the secret "user:password"
    or a token."""

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        if at:
            return []
        user, colon, password = self._asking.secret.partition(":")
        asked = {"cid": self._asking.account, **({"user": user, "pass": password} if colon else {})}
        headers = {} if colon else {"Authorization": f"Bearer {self._asking.secret}"}
        answer = await self._asking.ask("POST", f"/{wanted.model}", headers, asked)
        if not isinstance(answer, dict) or answer.get("status") is not True:
            said = text_of(answer.get("reason")) if isinstance(answer, dict) else ""
            raise RecordsNotHad(said[:200] or "status", "", REFUSED if said == "bad_login" else "undelivered.refused")
        found = answer.get("suppliers")
        if isinstance(found, dict):  # keyed by id
            found = [{"supplier_id": id, **row} for id, row in found.items() if isinstance(row, dict)]
        return rows_in(found)


class WizCloud(_WithoutChanges):
    """WizCloud client: `GET /createSession/KEY/DATABASE`, then `POST /ExportDataApi/exportData`.

    Returns the rows of a custom report; the mapping names its columns (for counts also "counted_at", the time of the
    request). The account is the database, the secret the API key, and the mapping's `report` WizCloud's id of the
    report.
    """

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        if at:
            return []
        answer = await TokenSession(self._signed_in).ask(partial(self._export_report, wanted.model))
        said = answer.get("status") if isinstance(answer, dict) else None
        found = said if isinstance(said, dict) else answer
        if not isinstance(found, dict) or "repdata" not in found:
            why = found.get("message") or found.get("errors") if isinstance(found, dict) else ""
            raise RecordsNotHad(text_of(why)[:200] or "repdata", "", "undelivered.refused")
        return rows_in(found["repdata"])

    async def _signed_in(self) -> str:
        key, base = quote(self._asking.secret, safe=""), quote(self._asking.account, safe="")
        session = await self._asking.ask("GET", f"/createSession/{key}/{base}", {})
        token = text_of(session.get("wizAuthToken") if isinstance(session, dict) else session)
        if not token:
            raise RecordsNotHad("wizAuthToken", "", REFUSED)
        return token

    async def _export_report(self, model: str, token: str) -> Any:
        asked = {"datafile": self._asking.report, "parameters": []}
        return await self._asking.ask("POST", f"/{model}", {"Authorization": token}, asked)


def _priority_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    code = slug(text_of(row.get("SUPNAME")))
    return {"supplier_id": f"priority-{code}"[:40] if code else "", "name": text_of(row.get("SUPDES"))}


def _rivhit_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    names = (text_of(row.get(key)) for key in ("last_name", "first_name"))
    return {"supplier_id": f"rivhit-{text_of(row.get('customer_id'))}", "name": " ".join(filter(None, names))}


def _morning_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    id = slug(text_of(row.get("id")))  # a UUID with hyphens would be too long for our ids
    return {"supplier_id": f"morning-{id.replace('-', '')[:32]}" if id else "", "name": text_of(row.get("name"))}


def _icount_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    names = (text_of(row.get(key)) for key in ("supplier_name", "company_name"))
    return {"supplier_id": f"icount-{text_of(row.get('supplier_id'))}", "name": next(filter(None, names), "")}


def _raw_row(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    """A report's row by column name. The mapping assigns columns to fields."""
    return {str(column): text_of(said) for column, said in row.items()}


CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("priority", "Supplier"): _priority_supplier,
    ("rivhit", "Supplier"): _rivhit_supplier,
    ("morning", "Supplier"): _morning_supplier,
    ("icount", "Supplier"): _icount_supplier,
    **{("wizcloud", entity): _raw_row for entity in WIZCLOUD},
}
