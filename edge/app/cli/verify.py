"""`edge verify`: check that the ledger is complete and its tables match its journal."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.core.journal import highwater
from edge.core.journal.highwater import day
from edge.core.journal.integrity import WHAT_TO_DO
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.storage.database import Connection
from edge.core.storage.migrate import newest, require_known, version
from edge.counter.till.after_sale.receipt_numbers import SERIES, explained_gaps, unexplained_gaps
from edge.goods.stock.checks import whole_check
from edge.lib.units.quantity import show_quantity
from edge.operations import ledger
from edge.operations.maintenance.backups import heads
from edge.runtime import config

ADVICE = {
    "rebuild": "Contact support. This shouldn't happen.",
    "count": "Count it.",
    "release_or_receive": "Release a reservation, or receive more.",
    "add_product": "Add the product to the catalogue, or count it to zero.",
    "write_off": "Sell it again, or write it off.",
    "transfer": "Move it to another location.",
    "look_at_receipt": "Check its last receipt, and correct any typing error.",
    "ask_store": "Ask the other store. Then confirm what arrived, or cancel the transfer.",
    "say_size": "Set its content in the catalogue, because a recipe uses it by weight or volume.",
    "set_bom": "Edit the bill of materials.",
    "map_item": "Match it to a product on the Other tills page.",
    "ask_credit": "Ask the supplier for a credit note, or receive the missing items.",
    "return_or_waste": "Take it off the shelf; return it or write it off.",
}
"""Advice for a stock finding, by its proposal."""


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    mark = highwater.read(loaded.folder)
    with reading(loaded, cut_off=True) as db:
        require_known(db)
        registry = ledger.build_registry(loaded)
        report = verify(db, registry, args.deep)
        # The mark covers the rows that were durable before this check began; later sales come after it.
        gone = mark and not report.faults and highwater.missing(db, mark)
        others = [] if report.faults else list(heads.backups_of_other_heads(loaded, db))
        good = good_through(db, report.head.seq)
        schema, today = version(db), newest()
        looked = args.stock and schema == today and not report.faults
        issues = whole_check(db, registry.queries, time.time_ns() // 1000).issues if looked else []
        lost, explained = (
            (unexplained_gaps(db), explained_gaps(db)) if schema == today and not report.faults else ([], [])
        )
    receipts = [
        f"{SERIES[gap.series]} {gap.first} to {gap.last} of register {gap.register} are missing" for gap in lost
    ]
    faults = [*report.faults, *([gone] if gone else []), *others, *receipts]
    for fault in faults:
        say(f"FAULT  {fault}")
    if faults:
        say(f"{len(faults)} faults. {good}")
        say(WHAT_TO_DO)
        return 1
    for gap in explained:
        what = f"{SERIES[gap.series]} {gap.first} to {gap.last}"
        say(f"Register {gap.register}: {what} were skipped ({gap.why}); none are missing.")
    for issue in issues:
        place = f" at {issue.location}" if issue.location else ""
        amounts = f"{show_quantity(issue.found)} instead of {show_quantity(issue.expected)}"
        say(f"STOCK  {issue.sku}{place}: {issue.check.replace('_', ' ')}, {amounts}. {ADVICE[issue.proposal]}")
    holds = f"The chain is intact to #{report.head.seq} (epoch {report.head.epoch})"
    if schema == today:
        say(f"{holds}, and all tables match it.")
        return 0
    say(f"{holds}. Its tables are from an older version (schema {schema}, now {today}) and weren't compared.")
    say("Upgrade and verify again: edge upgrade")
    return 0


def good_through(db: Connection, seq: int) -> str:
    """Describe up to which event the journal is intact."""
    rows = read_rows(db, seq, 1) if seq else []
    return f"Intact: #1 to #{seq}, from {day(rows[0].at_us)}." if rows else "Nothing in the journal is intact."
