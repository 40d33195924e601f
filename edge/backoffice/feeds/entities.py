"""Connectors as master data."""

from __future__ import annotations

from urllib.parse import urlsplit

from edge.backoffice.feeds.commands import EndConnector, SetConnector
from edge.backoffice.feeds.connector import (
    CONNECTORS_MOST,
    EVERY_LEAST_MIN,
    HTTP,
    HTTPS,
    PAGES_MOST,
    REPORTS,
    SUPPLIERS_ALONE,
    SYSTEMS,
    TAKES_COUNTS,
    Connector,
    is_asked_for,
)
from edge.backoffice.feeds.events import ConnectorEnded, ConnectorSet
from edge.backoffice.feeds.reading.layout import layout_of
from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE


def makes_sense(tx: Transaction, wanted: Connector, known: Connector | None) -> Connector:
    """Check a connector's settings. Raises `Refusal` if they contradict each other."""
    if wanted.every_min and wanted.at:
        raise Refusal("feed_two_schedules")
    if 0 < wanted.every_min < EVERY_LEAST_MIN:
        raise Refusal("feed_too_often", {"least": EVERY_LEAST_MIN})
    if (wanted.connector_type == "Rival") != (wanted.entity_type == "RivalPrice"):
        raise Refusal("feed_rival_prices_alone")
    if wanted.kind == "office" and wanted.entity_type == "SKU":
        raise Refusal("feed_office_no_products")
    if wanted.kind == "json_ld":
        _of_one_host(wanted)
    if wanted.kind in SYSTEMS and not is_asked_for(wanted.kind, wanted.entity_type):
        raise Refusal("feed_kind_has_none", {"kind": wanted.kind})
    if wanted.kind in SUPPLIERS_ALONE and wanted.entity_type != "Supplier":
        raise Refusal("feed_kind_suppliers_alone", {"kind": wanted.kind})
    if wanted.kind in ("http", *SYSTEMS) and not wanted.address.startswith((HTTPS, HTTP)):
        raise Refusal("feed_address_wrong", {"address": wanted.address[:80]})
    if wanted.kind == "folder" and not wanted.address.startswith("/"):
        raise Refusal("feed_folder_wrong", {"folder": wanted.address[:80]})
    if wanted.push_counts and (wanted.entity_type != "Inventory" or wanted.kind not in TAKES_COUNTS):
        raise Refusal("feed_push_counts_alone")
    if wanted.retire_missing and (wanted.entity_type != "SKU" or wanted.kind in SYSTEMS):
        raise Refusal("feed_retire_missing_alone")
    if wanted.push_counts and not (wanted.every_min or wanted.at):
        raise Refusal("feed_push_without_turns")
    if wanted.sign_in == "header" and not wanted.sign_in_header:
        raise Refusal("feed_header_unnamed")
    if wanted.entity_type == "SKU":
        if wanted.take == "all":
            raise Refusal("feed_catalogue_by_rows")
    else:
        layout = layout_of(wanted.mapping, wanted.entity_type)
        if (wanted.kind in REPORTS) != bool(layout.report) or (layout.report and not layout.columns):
            raise Refusal("feed_report_unsaid", {"kind": wanted.kind})
    return wanted


def _of_one_host(wanted: Connector) -> None:
    """Raise `Refusal` if the pages aren't all from one host."""
    pages = wanted.address.split()
    hosts = {urlsplit(page).netloc for page in pages}
    if wanted.entity_type != "RivalPrice" or len(hosts) != 1 or len(pages) > PAGES_MOST or wanted.sign_in != "none":
        raise Refusal("feed_pages_of_one_rival", {"limit": PAGES_MOST})
    if not all(page.startswith((HTTPS, HTTP)) for page in pages):
        raise Refusal("feed_address_wrong", {"address": wanted.address[:80]})


def not_at_work(tx: Transaction, id: str) -> None:
    """Raise `Refusal` `connector_busy` during a run."""
    running = tx.db.execute(
        "SELECT job FROM feed_run JOIN job ON job.id = feed_run.job"
        " WHERE connector = ? AND job.state IN ('queued', 'running')",
        (id,),
    ).fetchone()
    if running:
        raise Refusal("connector_busy", {"job": running[0]})


CONNECTORS = Entity(
    Connector,
    table="feed_connector",
    set_by=SetConnector,
    was_set=ConnectorSet,
    end_by=EndConnector,
    was_ended=ConnectorEnded,
    right=MANAGE,
    limit=CountLimit(CONNECTORS_MOST, "too_many_kinds"),
    unknown=Unknown("connector_unknown", "connector"),
    checks=(makes_sense,),
)
