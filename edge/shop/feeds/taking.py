"""What a record says, as the command that makes it so."""

from __future__ import annotations

import msgspec

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.feeds.judging import digest_of, entity_of
from edge.shop.feeds.records import CountRow, PriceRow, Reason, Row, SupplierRow, Terms
from edge.shop.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.shop.purchasing.queries import KeptSupplier, read_supplier
from edge.shop.stock.bulk_counts import CountedStock, SyncLines

_KEEP = "INSERT OR REPLACE INTO feed_applied (entity_type, key, digest, moment_us) VALUES (?, ?, ?, ?)"


def take(tx: Transaction, row: Row, terms: Terms) -> Reason | None:
    """Do what a record says, and keep that it was done; else why the shop does not take it."""
    try:
        outcome = tx.do(command_of(tx.db, row, terms), asks=False)
    except Refusal as refusal:  # nothing was changed yet: each of these commands looks before it writes
        return Reason("", f"refused.{refusal.code}", dict(refusal.refused.values))
    if isinstance(row, CountRow) and outcome.result:
        (issue,) = outcome.result
        return Reason(issue.field, f"reason.{issue.reason}", dict(issue.values))
    moment_us = row.counted_us if isinstance(row, CountRow) else 0
    tx.db.execute(_KEEP, (entity_of(row), row.key, digest_of(row), moment_us))
    return None


def command_of(db: Connection, row: Row, terms: Terms) -> Command:
    """What a record asks for."""
    match row:
        case SupplierRow():
            return _supplier(read_supplier(db, row.supplier), row, terms)
        case PriceRow():
            return _bounded(
                SetSupplierPrice(
                    row.supplier,
                    row.sku,
                    row.cost_minor,
                    row.code,
                    row.pack,
                    row.min_packs,
                    row.from_date,
                    row.until_date,
                )
            )
        case CountRow():
            line = CountedStock(row.sku, units=row.quantity, location=row.location, counted_us=row.counted_us)
            return SyncLines((line,))


def _supplier(known: KeptSupplier | None, row: SupplierRow, terms: Terms) -> Command:
    """All of a supplier as they shall be: what the record does not say stays as it is."""
    asked = SetSupplier(row.supplier, {terms.language: row.name or row.supplier})
    if known is not None:
        names = {**known.names, terms.language: row.name} if row.name else known.names
        kept = {
            field: getattr(known, field)
            for field in SetSupplier.__struct_fields__
            if field not in ("names",) and hasattr(known, field)
        }
        asked = SetSupplier(**{**kept, "names": names})
    said = {
        "lead_time_days": row.lead_time_days,
        "rating": row.rating,
        "minimum_order_minor": row.minimum_order_minor,
        "fee_minor": row.fee_minor,
        "currency": row.currency,
    }
    return _bounded(
        msgspec.structs.replace(asked, **{name: value for name, value in said.items() if value is not None})
    )


def _bounded(command: Command) -> Command:
    """The command, within its bounds. `Refusal`: what a record says is beyond them."""
    try:
        return msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as error:
        raise Refusal("feed_value_wrong", {"why": str(error)[:200]}) from error
