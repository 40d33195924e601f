"""`edge export sqlite FILE`: export the shop to an SQLite file, running or not. `edge export square FOLDER` and `edge
export odoo FOLDER`: products, customers and sales in these systems' formats."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.backoffice.switching.settings import export_terms
from edge.backoffice.switching.way_out import System, write_for
from edge.core.clock import SystemClock
from edge.operations.shop_file.export import describe, export
from edge.runtime import config


def sqlite(args: argparse.Namespace) -> int:
    loaded, file = config.load(Path(args.config)), Path(args.file)
    with reading(loaded):  # fails unless there is a valid ledger
        done = export(loaded, file, args.people)
    beside = describe(file, args.people)
    news = f"{done.facts} documents and stock movements" if done.facts else "no new documents or stock movements"
    say(f"{news} in {file}, through row {done.seq} of the journal.")
    say(f"View it with: datasette {file} --metadata {beside}")
    return 0


def square(args: argparse.Namespace) -> int:
    return _for_system("square", args)


def odoo(args: argparse.Namespace) -> int:
    return _for_system("odoo", args)


def _for_system(system: System, args: argparse.Namespace) -> int:
    loaded, folder = config.load(Path(args.config)), Path(args.folder)
    with reading(loaded) as db:
        now_us = SystemClock().read().at_us
        done = write_for(system, db, folder, export_terms(loaded), now_us, args.people)
    people = f" and {done.customers} customers" if args.people else ""
    say(f"{done.products} products{people}, {done.lines} sold lines and {done.receipts} receipts in {folder}.")
    if done.past_receipts:
        past = f"{done.past_receipts} receipts and {done.past_lines} sold lines imported from another system"
        say(f"{past}, in {folder / 'past-receipts.csv'} and {folder / 'past-sales.csv'}.")
    if done.stocked:
        where = folder / ("stock.csv" if system == "odoo" else "products.csv")
        say(f"Stock of {done.stocked} products, counted once per location, in {where}.")
    if done.listed:
        say(f"{done.listed} prices of price lists in {folder / 'pricelists.csv'}.")
    if done.unlisted:
        say(f"{done.unlisted} prices of price lists aren't exported: {system.title()} has no price lists.")
    return 0
