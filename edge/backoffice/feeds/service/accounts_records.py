"""Suppliers, prices and counts from accounting systems: QuickBooks Online and Xero.

QuickBooks Online: developer.intuit.com, "Query operations and syntax", "Item", "Vendor", "OAuth 2.0"; Xero:
developer.xero.com, "Contacts", "Items", "Organisation", "Requests and responses", "The standard authorization code
flow" (read November 2026). Both use OAuth 2: an access token for up to an hour, from a refresh token that changes with
each use. So the new one is stored before any other request. The secret is "client id:client secret:refresh token".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode, urlsplit

from edge.backoffice.feeds.service.vendor_wire import (
    FORM,
    PAGE,
    Cells,
    RecordsNotHad,
    RecordSource,
    TokenSession,
    VendorRow,
    rows_in,
    text_of,
)

CHANGED = "changed"
"""The field with the modification time in both systems, as `FORM` in UTC."""
QUICKBOOKS: Mapping[str, RecordSource] = {
    "Supplier": RecordSource("Vendor", ("Active IN (true, false)",), (), CHANGED),
    "SupplierPrice": RecordSource("Item", (), (), CHANGED),
    "Inventory": RecordSource("Item", ("Type = 'Inventory'",), (), CHANGED),
}
XERO: Mapping[str, RecordSource] = {
    "Supplier": RecordSource("Contacts", ("IsSupplier==true",), (), CHANGED),
    "SupplierPrice": RecordSource("Items", (), (), CHANGED),
    "Inventory": RecordSource("Items", (), (), CHANGED),
}
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_OWN_TOKENS = {
    "intuit.com": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "xero.com": "https://identity.xero.com/connect/token",
}
_TOKEN_PATHS = {"quickbooks": "/oauth2/v1/tokens/bearer", "xero": "/connect/token"}
_MILLISECONDS = re.compile(r"/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/")


class AccountsAsking(Protocol):
    """HTTP requests: `sign_in` with a form, `ask` for JSON. Both raise `RecordsNotHad`."""

    @property
    def address(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def keep_secret(self) -> Callable[[str], Awaitable[None]]: ...
    async def sign_in(self, url: str, headers: dict[str, str], form: dict[str, str]) -> Any: ...
    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None
    ) -> Any: ...


class _Accounts:
    """Common base: an access token for the run."""

    def __init__(self, asking: AccountsAsking, kind: Literal["quickbooks", "xero"]) -> None:
        self._asking, self._kind, self._secret = asking, kind, ""
        self._session = TokenSession(self._signed_in)

    async def signed_in(self) -> str:
        """The authorization header. Raises `RecordsNotHad`."""
        return f"Bearer {await self._session.token()}"

    async def _signed_in(self) -> str:
        """An access token. Raises `RecordsNotHad` if the refresh token is rejected or the secret lacks a part."""
        self._secret = self._secret or self._asking.secret
        client, _, rest = self._secret.partition(":")
        password, _, refresh = rest.partition(":")
        if not refresh:
            raise RecordsNotHad("client id:client secret:refresh token", "", "feeds.secret_parts")
        basic = base64.b64encode(f"{client}:{password}".encode()).decode()
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        url = token_url(self._kind, self._asking.address)
        answer = await self._asking.sign_in(url, {"Authorization": f"Basic {basic}"}, form)
        token, newer = (text_of(answer.get(key)) for key in ("access_token", "refresh_token"))
        if not token:
            raise RecordsNotHad("access_token", "", "feeds.page_not_understood")
        if newer and newer != refresh:
            self._secret = f"{client}:{password}:{newer}"
            await self._asking.keep_secret(self._secret)
        return token

    async def get(self, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """The response of a path. If the token has expired, retries with a new one. Raises `RecordsNotHad` if that is
        rejected too."""

        async def ask(token: str) -> Any:
            return await self._asking.ask("GET", path, {"Authorization": f"Bearer {token}", **headers})

        return await self._session.ask(ask)

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        return {}

    @property
    def units(self) -> dict[int, int]:
        return {}


class QuickBooks(_Accounts):
    """QuickBooks client: `GET /v3/company/REALM/query`; positions count from 1. The account is the company's
    realm id."""

    keys: tuple[str, ...] = ("Id",)
    whole_pages = False

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        after = (f"MetaData.LastUpdatedTime >= '{since.replace(' ', 'T')}Z'",) if since else ()
        where = " AND ".join((*wanted.only, *after))
        query = f"SELECT * FROM {wanted.model}{f' WHERE {where}' if where else ''}"  # nosec B608: of their own language
        query += f" ORDERBY MetaData.LastUpdatedTime STARTPOSITION {at + 1} MAXRESULTS {PAGE}"
        path = f"/v3/company/{quote(self._asking.account, safe='')}/query?{urlencode({'query': query})}"
        answer = await self.get(path)
        said = answer.get("QueryResponse") if isinstance(answer, dict) else None
        if not isinstance(said, dict):
            raise RecordsNotHad(str(answer)[:80], "", "feeds.page_not_understood")
        rows = rows_in(said.get(wanted.model, []))
        return [{**row, CHANGED: iso_moment(part_of(row, "MetaData", "LastUpdatedTime"))} for row in rows]

    async def home_currency(self) -> str:
        """The company's currency, in which its items are priced; "" if not stated. Raises `RecordsNotHad`."""
        rows = await self.page(RecordSource("Preferences", (), (), CHANGED), "", 0)
        return next((part_of(row, "CurrencyPrefs", "HomeCurrency", "value") for row in rows), "")


class Xero(_Accounts):
    """Xero client: `GET /api.xro/2.0/...`. The account is the tenant id. Items have no pages."""

    keys: tuple[str, ...] = ("InvoiceID", "CreditNoteID", "ContactID", "ItemID")
    whole_pages = True

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        paged = wanted.model != "Items"
        if at and not paged:
            return []
        query: dict[str, str | int] = {"page": at // PAGE + 1, "pageSize": PAGE} if paged else {}
        query |= {"where": " AND ".join(wanted.only)} if wanted.only else {}
        query |= {"order": "UpdatedDateUTC ASC"}
        query |= {"includeArchived": "true"} if wanted.model == "Contacts" else {}
        headers = {"Xero-Tenant-Id": self._asking.account}
        if since:
            headers["If-Modified-Since"] = since.replace(" ", "T")
        answer = await self.get(f"/api.xro/2.0/{wanted.model}?{urlencode(query)}", headers)
        rows = rows_in(answer.get(wanted.model) if isinstance(answer, dict) else None)
        return [{**row, CHANGED: iso_moment(text_of(row.get("UpdatedDateUTC")))} for row in rows]

    async def home_currency(self) -> str:
        """The organisation's base currency, in which its items are priced; "" if not stated. Raises `RecordsNotHad`."""
        answer = await self.get("/api.xro/2.0/Organisation", {"Xero-Tenant-Id": self._asking.account})
        rows = rows_in(answer.get("Organisations") if isinstance(answer, dict) else None)
        return next((part_of(row, "BaseCurrency") for row in rows), "")


def token_url(kind: Literal["quickbooks", "xero"], address: str) -> str:
    """The URL for tokens: the vendor's, or a path on a test server.

    >>> token_url("xero", "https://api.xero.com"), token_url("xero", "http://127.0.0.1:8080")
    ('https://identity.xero.com/connect/token', 'http://127.0.0.1:8080/connect/token')
    """
    host = (urlsplit(address).hostname or "").lower()
    for domain, url in _OWN_TOKENS.items():
        if host == domain or host.endswith(f".{domain}"):
            return url
    return address.rstrip("/") + _TOKEN_PATHS[kind]


def iso_moment(text: str) -> str:
    """Convert the vendor's time to UTC in format `FORM`; "" if it's empty or invalid."""
    try:
        if found := _MILLISECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]) / 1000, UTC).strftime(FORM)
        return datetime.fromisoformat(text).astimezone(UTC).strftime(FORM) if text else ""
    except (ValueError, OverflowError, OSError):
        return ""


def part_of(row: VendorRow, *path: str) -> str:
    """The value of a nested field.

    >>> part_of({"a": {"b": 1.5}}, "a", "b"), part_of({"a": None}, "a", "b")
    ('1.5', '')
    """
    found: Any = row
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return text_of(found)


def _quickbooks_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    retired = "yes" if row.get("Active") is False else ""
    return {
        "supplier_id": f"quickbooks-{part_of(row, 'Id')}",
        "name": part_of(row, "DisplayName"),
        "retired": retired,
    }


def _quickbooks_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    vendor = part_of(row, "PrefVendorRef", "value")
    return {
        "supplier_id": f"quickbooks-{vendor}" if vendor else "",
        "sku": part_of(row, "Sku"),
        "cost": part_of(row, "PurchaseCost"),
        "currency": part_of(row, "CurrencyRef", "value"),
    }


def _quickbooks_count(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    return {"sku": part_of(row, "Sku"), "quantity": part_of(row, "QtyOnHand")}


def _xero_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    retired = "yes" if row.get("ContactStatus") == "ARCHIVED" else ""
    return {
        "supplier_id": f"xero-{part_of(row, 'ContactID')[:8].lower()}",
        "name": part_of(row, "Name"),
        "retired": retired,
    }


def _xero_price(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    cost = part_of(row, "PurchaseDetails", "UnitPrice")
    return {"sku": part_of(row, "Code"), "cost": cost, "currency": part_of(row, "CurrencyCode")}


def _xero_count(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    tracked = row.get("IsTrackedAsInventory") is True
    return {"sku": part_of(row, "Code"), "quantity": part_of(row, "QuantityOnHand")} if tracked else {}


CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("quickbooks", "Supplier"): _quickbooks_supplier,
    ("quickbooks", "SupplierPrice"): _quickbooks_price,
    ("quickbooks", "Inventory"): _quickbooks_count,
    ("xero", "Supplier"): _xero_supplier,
    ("xero", "SupplierPrice"): _xero_price,
    ("xero", "Inventory"): _xero_count,
}
