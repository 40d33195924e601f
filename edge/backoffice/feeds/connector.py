"""A connector: the source of records, their type, and its schedule. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

CONNECTORS_MOST = 50
MAPPING_CHARS = 16 * 1024
STALE_MOST_H = 8760
EVERY_LEAST_MIN, EVERY_MOST_MIN = 5, 1440
SLUG_CHARS = 20
HTTPS, HTTP = "https://", "http://"

ConnectorId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
ConnectorType = Literal["ERP", "Accounting", "Inventory", "POS", "Catalogue", "Rival"]
Kind = Literal[
    "upload",
    "folder",
    "http",
    "odoo",
    "odoo_rpc",
    "erpnext",
    "quickbooks",
    "xero",
    "priority",
    "rivhit",
    "wizcloud",
    "icount",
    "morning",
    "json_ld",
    "office",
]
SUPPLIERS_ALONE: frozenset[Kind] = frozenset({"priority", "rivhit", "icount", "morning"})
"""Systems from which only suppliers are fetched, as the rest isn't publicly documented."""
REPORTS: frozenset[Kind] = frozenset({"wizcloud"})
"""Systems from which a custom report is fetched. The mapping names the report and its columns."""
_WHOLE: frozenset[Kind] = frozenset({"odoo", "odoo_rpc", "erpnext", "quickbooks", "xero"})
SYSTEMS: frozenset[Kind] = _WHOLE | SUPPLIERS_ALONE | REPORTS
"""Systems from which records are fetched with a secret, instead of files."""
UNCONFIRMED: frozenset[Kind] = SUPPLIERS_ALONE | REPORTS
"""Systems whose protocol isn't fully confirmed by public documentation. The text `unconfirmed_KIND` names the
unconfirmed part."""
UPLOAD_ONLY: frozenset[Kind] = frozenset({"upload", "office"})
"""Connectors that this box never contacts: their records are uploaded by a user or sent by head office."""
COMPANY_WIDE: frozenset[Kind] = frozenset({"quickbooks", "xero"})
"""Systems for which all connectors of a company share one secret, which is replaced at each use."""
HookedKind = Literal["quickbooks", "xero"]
"""Systems that report changes to head office by webhook."""
TAKES_COUNTS: frozenset[Kind] = frozenset({"odoo", "odoo_rpc", "erpnext"})
"""Systems to which our stock counts can be written."""
EntityType = Literal[
    "SKU",
    "Inventory",
    "Supplier",
    "SupplierPrice",
    "BOM",
    "WorkOrder",
    "SalesOrder",
    "SalesHistory",
    "RivalPrice",
    "Strain",
    "EffectWeight",
    "Recall",
    "Licence",
    "Invoice",
    "PosSale",
]
ASKED_FOR: frozenset[EntityType] = frozenset({"Inventory", "Supplier", "SupplierPrice"})
"""Record types fetched from all systems. Other types come in files, except for those below."""
ORDERS_ASKED_FOR: frozenset[EntityType] = frozenset({"BOM", "WorkOrder", "SalesOrder", "SalesHistory"})
"""Further record types fetched from the systems in `TAKES_COUNTS`."""
PRODUCTS_ASKED_OF: frozenset[Kind] = TAKES_COUNTS
"""Systems from which products are fetched."""
INVOICES_ASKED_OF: frozenset[Kind] = _WHOLE
"""Systems from which supplier invoices (`Invoice`) are fetched."""
PAGES_MOST = 10
"""Maximum pages of a competitor's site per connector."""
PRODUCT_COLUMNS = "[columns]\n" + "".join(
    f'{column} = "{column}"\n' for column in ("sku", "code", "name", "brand", "category", "cost", "retired")
)
Take = Literal["valid", "all"]
SignIn = Literal["none", "bearer", "basic", "header"]


class Connector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source of records of one type. It runs only if `is_active`.

    `kind`: an uploaded file (`upload`), files in a `folder` of the appliance (`address`, one of `[ingest] folders`), a
    file at an `http` address, structured data of a competitor's pages (`json_ld`: addresses of one host, separated by
    spaces), or records from head office (`office`). For a business system (`SYSTEMS`), `account` is its database
    (`odoo_rpc`: with the user after a slash), company id (`quickbooks`, `icount`) or tenant id (`xero`).

    `mapping`: TOML of columns and fields (README.md). `take`: apply the valid records, or all or none of a file.
    `sign_in`: how to authenticate with the secret named by `secret_name`; `header` sends it in `sign_in_header`.
    `push_counts`: write stock counts there instead of fetching (`TAKES_COUNTS`).

    It runs every `every_min` minutes or at a local time ("06:30"); without either, on demand only. Its data is stale
    after `stale_h` hours without a successful check. `retire_missing`: retire products that only this catalogue has
    when they're missing from it, unless they are more than 20 % of it. Not for business systems, which send changes
    only.
    """

    id: ConnectorId
    connector_type: ConnectorType = "ERP"
    kind: Kind = "upload"
    entity_type: EntityType = "Supplier"
    address: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    account: Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    sign_in: SignIn = "none"
    sign_in_header: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{0,60}$(?!\n)")] = ""
    mapping: Annotated[str, msgspec.Meta(max_length=MAPPING_CHARS)] = ""
    take: Take = "valid"
    every_min: Annotated[int, msgspec.Meta(ge=0, le=EVERY_MOST_MIN)] = 0
    stale_h: Annotated[int, msgspec.Meta(ge=1, le=STALE_MOST_H)] = 24
    at: Annotated[
        str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)", extra={"example": "06:30"})
    ] = ""
    is_active: bool = True
    push_counts: bool = False
    retire_missing: bool = False


def is_asked_for(kind: Kind, entity: EntityType) -> bool:
    """Whether records of this type can be fetched from a system.

    >>> is_asked_for("xero", "Invoice"), is_asked_for("xero", "BOM"), is_asked_for("erpnext", "BOM")
    (True, False, True)
    """
    if entity == "Invoice":
        return kind in INVOICES_ASKED_OF
    if entity == "SKU":
        return kind in PRODUCTS_ASKED_OF
    return entity in ASKED_FOR or (entity in ORDERS_ASKED_FOR and kind in TAKES_COUNTS)


def mapping_of(connector: Connector) -> str:
    """A connector's mapping. By default, business systems write decimals with a point, and their products have a column
    mapping (service/erp_products.py).

    >>> mapping_of(Connector("erp", kind="odoo"))
    'decimal = "point"\\n'
    """
    if connector.entity_type == "SKU" and connector.kind in SYSTEMS:
        columns = "" if "[columns]" in connector.mapping else PRODUCT_COLUMNS
        connector = msgspec.structs.replace(connector, mapping=f"{connector.mapping}\n{columns}")
    says = re.search(r"^\s*decimal\s*=", connector.mapping, re.MULTILINE)
    return (
        connector.mapping
        if connector.kind not in (*SYSTEMS, "json_ld") or says
        else 'decimal = "point"\n' + connector.mapping
    )


def secret_name(connector: Connector) -> str:
    """The name of a connector's secret. It depends on the server, so that a new address can't receive the old server's
    secret.

    >>> secret_name(Connector("erp", kind="http", address="https://erp.example/stock.csv"))
    'feed-erp-94bdb8703c5d'
    """
    parts = urlsplit(connector.address)
    named = connector.id
    if connector.kind in COMPANY_WIDE:
        named = f"{connector.kind}-{connector.account.casefold()}"
    about = f"{named} {parts.scheme} {parts.netloc.lower()}"
    slug = re.sub(r"[^a-z0-9]+", "-", named)[:SLUG_CHARS].strip("-")
    return f"feed-{slug}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
