"""Suppliers of Israeli systems: Priority and Rivhit.

Priority: prioritysoftware.github.io, "Priority REST API" (OData, Basic or a personal access token as user with the
password PAT); Rivhit: api.rivhit.co.il, "RivhitOnlineAPI.svc/help" (read November 2026).

[?] Priority's forms are the installation's own: SUPPLIERS with SUPNAME and SUPDES is the usual one. [?] Rivhit: under
which name `Customer.List` puts its list into `data`, so the one there is taken; that suppliers are of type 20.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from edge.services.feeds.vendor_wire import PAGE, Cells, RecordsNotHad, RecordSource, VendorRow, rows_in, slug, text_of

PRIORITY: Mapping[str, RecordSource] = {"Supplier": RecordSource("SUPPLIERS", (), ("SUPNAME", "SUPDES"), "")}
RIVHIT: Mapping[str, RecordSource] = {"Supplier": RecordSource("Customer.List", (), (), "")}
SUPPLIER_TYPE = 20


class IsraelAsking(Protocol):
    """What asks for us. `ask` raises `RecordsNotHad`."""

    @property
    def secret(self) -> str: ...
    async def ask(
        self, method: Literal["GET", "POST"], path: str, headers: dict[str, str], asked: Any = None
    ) -> Any: ...


class _WithoutChanges:
    """Systems that say no moment of change: all is asked for, and what is the same changes nothing."""

    def __init__(self, asking: IsraelAsking) -> None:
        self._asking = asking

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        return {}


class Priority(_WithoutChanges):
    """`GET ROOT/FORM`; the address is the root of a company, the secret "user:password" or "token:PAT"."""

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        first = wanted.fields[0]
        query = {"$select": ",".join(wanted.fields), "$orderby": first, "$top": PAGE, "$skip": at}
        lets_in = "Basic " + base64.b64encode(self._asking.secret.encode()).decode()
        answer = await self._asking.ask("GET", f"/{wanted.model}?{urlencode(query)}", {"Authorization": lets_in})
        return rows_in(answer.get("value") if isinstance(answer, dict) else None)


class Rivhit(_WithoutChanges):
    """`POST .../RivhitOnlineAPI.svc/METHOD`; the secret is the `api_token`. All come at once."""

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


def _priority_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    code = slug(text_of(row.get("SUPNAME")))
    return {"supplier_id": f"priority-{code}"[:40] if code else "", "name": text_of(row.get("SUPDES"))}


def _rivhit_supplier(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    names = (text_of(row.get(key)) for key in ("last_name", "first_name"))
    return {"supplier_id": f"rivhit-{text_of(row.get('customer_id'))}", "name": " ".join(filter(None, names))}


CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("priority", "Supplier"): _priority_supplier,
    ("rivhit", "Supplier"): _rivhit_supplier,
}
