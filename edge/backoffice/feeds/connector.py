"""What a connector is: a place that records come from, what they are, and when they are fetched. Pure."""

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
"""Of these no public page says how anything else would be asked for."""
REPORTS: frozenset[Kind] = frozenset({"wizcloud"})
"""Kinds that are asked for a report of the shop's own: which, and what its columns are, the mapping says."""
_WHOLE: frozenset[Kind] = frozenset({"odoo", "odoo_rpc", "erpnext", "quickbooks", "xero"})
SYSTEMS: frozenset[Kind] = _WHOLE | SUPPLIERS_ALONE | REPORTS
"""Kinds that are asked for records, and not for a file; a secret lets us in."""
UNCONFIRMED: frozenset[Kind] = SUPPLIERS_ALONE | REPORTS
"""Kinds of whose wire something is confirmed by no public page: their connectors say what (`unconfirmed_KIND`)."""
ASKED_BY_NOBODY: frozenset[Kind] = frozenset({"upload", "office"})
"""Kinds that this box never asks: somebody brings what they have."""
COMPANY_WIDE: frozenset[Kind] = frozenset({"quickbooks", "xero"})
"""Of these all connectors of a company are let in by one secret, which is replaced at each use."""
HookedKind = Literal["quickbooks", "xero"]
"""Kinds that tell head office by a webhook that something changed there."""
TAKES_COUNTS: frozenset[Kind] = frozenset({"odoo", "odoo_rpc", "erpnext"})
"""Kinds that our counts can be given to."""
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
    "Invoice",
    "PosSale",
]
ASKED_FOR: frozenset[EntityType] = frozenset({"Inventory", "Supplier", "SupplierPrice"})
"""What systems are asked for; all else comes in files ..."""
ORDERS_ASKED_FOR: frozenset[EntityType] = frozenset({"BOM", "WorkOrder", "SalesOrder", "SalesHistory"})
"""... but for these, of which those of `TAKES_COUNTS` are asked, too, ..."""
PRODUCTS_ASKED_OF: frozenset[Kind] = TAKES_COUNTS
"""... for products, these, ..."""
INVOICES_ASKED_OF: frozenset[Kind] = _WHOLE
"""... and for suppliers' invoices (`Invoice`), which stand in these."""
PAGES_MOST = 10
"""Pages of a rival that one connector looks at."""
PRODUCT_COLUMNS = "[columns]\n" + "".join(
    f'{column} = "{column}"\n' for column in ("sku", "code", "name", "brand", "category", "cost", "retired")
)
Take = Literal["valid", "all"]
SignIn = Literal["none", "bearer", "basic", "header"]


class Connector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where records of one kind come from. Only one that `is_active` runs.

    `kind`: a file that somebody brings (`upload`), files that appear in a `folder` of the appliance (`address`, one of
    `[ingest] folders`), a file behind an `http` address, what pages of a rival's shop say to machines (`json_ld`:
    addresses of one host, blanks between them), or what head office fetches for the shop and hands down (`office`).
    `mapping`: TOML, which column is what (README.md). `take`: the good records, or all of a file or none. It is looked
    every so many minutes, or at a time of the shop's clock ("06:30"); with neither only when somebody asks. What it has
    is old once nothing was known of it for `stale_h`
    hours. `sign_in`: how an address lets in, by the
    secret that `secret_name` says: in `sign_in_header` where it is `header`. Of a system that is asked for records
    (`SYSTEMS`) `account` is its database, of `odoo_rpc` with the user behind a slash; of `quickbooks` and `icount` the
    company's number or id, of `xero` the tenant's id. `push_counts`: nothing is fetched, but what is on hand here is
    written there, as counts (`TAKES_COUNTS`). `retire_missing`: of a catalogue, what only it spoke of and has no more
    is given up, unless that is more than 20 % of it; of systems only what changed comes, so not of theirs.
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
    """Whether a system is asked for records of that kind.

    >>> is_asked_for("xero", "Invoice"), is_asked_for("xero", "BOM"), is_asked_for("erpnext", "BOM")
    (True, False, True)
    """
    if entity == "Invoice":
        return kind in INVOICES_ASKED_OF
    if entity == "SKU":
        return kind in PRODUCTS_ASKED_OF
    return entity in ASKED_FOR or (entity in ORDERS_ASKED_FOR and kind in TAKES_COUNTS)


def mapping_of(connector: Connector) -> str:
    """A connector's mapping; systems write decimals with a point, unless it says otherwise. Of their products it says
    which columns are taken (service/erp_products.py), where nobody says others.

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
    """Under which name the secret lies by which a connector is let in: another one for another server, so that nobody
    has it sent elsewhere by a new address.

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
