"""Bills of materials as master data."""

from __future__ import annotations

import msgspec

from edge.analytics.production.bom import BOMS_MOST, WHOLE_PERMILLE, Bom
from edge.analytics.production.commands import EndBom, SetBom
from edge.analytics.production.events import BomEnded, BomSet
from edge.analytics.production.products import MadeGoods, edges_with
from edge.analytics.production.rules import components, require_tree
from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE, PRODUCTION
from edge.goods.stock.rows import find_stocked
from edge.lib.units.dates import day_of

_SAME_DAY = """
    SELECT id FROM bom WHERE body ->> '$.sku' = ? AND id <> ? AND coalesce(body ->> '$.active', 1)
        AND coalesce(body ->> '$.from_date', '') = ? LIMIT 1
"""


def plausible(tx: Transaction, wanted: Bom, known: Bom | None) -> Bom:
    """Raise `Refusal` for implausible values."""
    if not wanted.lines:
        raise Refusal("no_lines")
    if not wanted.makes or not all(line.quantity for line in wanted.lines):
        raise Refusal("quantity_zero", {"sku": wanted.sku})
    if not 0 < wanted.yield_permille <= WHOLE_PERMILLE:
        raise Refusal("yield_range")
    if wanted.from_date and day_of(wanted.from_date) is None:
        raise Refusal("production_day_wrong", {"day": wanted.from_date})
    skus = [line.sku for line in wanted.lines]
    if twice := next((sku for sku in skus if skus.count(sku) > 1), ""):
        raise Refusal("duplicate_line", {"sku": twice})
    return wanted


def of_products(tx: Transaction, wanted: Bom, known: Bom | None) -> Bom:
    """Raise `Refusal` if a product is unknown, retired, a kit, of unknown size, or part of a circle, or if another bill
    of the product begins on the same day. An inactive bill only needs a known product that isn't a kit.
    """
    product = find_stocked(tx.db, wanted.sku)
    if product.parts:
        raise Refusal("bom_kit", {"sku": wanted.sku})
    if not wanted.active:
        return wanted
    if product.retired_us is not None:
        raise Refusal("bom_retired", {"sku": wanted.sku})
    for line in wanted.lines:
        find_stocked(tx.db, line.sku)
    if other := tx.db.execute(_SAME_DAY, (wanted.sku, wanted.id, wanted.from_date)).fetchone():
        raise Refusal("bom_same_day", {"bom": other[0]})
    components(wanted, MadeGoods(tx.db, tx.business_date))
    require_tree(wanted.sku, edges_with(tx.db, wanted))
    return wanted


def next_version(tx: Transaction, wanted: Bom, known: Bom | None) -> Bom:
    """The next version, if anything changed. A bill that was ended and is set again continues its version numbers."""
    found = tx.db.execute("SELECT max(version) FROM bom_version WHERE id = ?", (wanted.id,)).fetchone()[0] or 0
    if known is not None:
        wanted = msgspec.structs.replace(wanted, version=known.version)
        if wanted == known:
            return wanted
    return msgspec.structs.replace(wanted, version=found + 1)


BOMS = Entity(
    Bom,
    table="bom",
    set_by=SetBom,
    was_set=BomSet,
    end_by=EndBom,
    was_ended=BomEnded,
    right=MANAGE,
    also=PRODUCTION,
    limit=CountLimit(BOMS_MOST, "too_many_boms"),
    unknown=Unknown("no_bom_of_id", "bom"),
    checks=(plausible, of_products, next_version),
)
