"""`edge export sqlite FILE`: the shop as one SQLite file, whether it sells or not."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.operations.shop_file.export import describe, export
from edge.runtime import config


def sqlite(args: argparse.Namespace) -> int:
    loaded, file = config.load(Path(args.config)), Path(args.file)
    with reading(loaded):  # that there is a ledger, and that it is one
        done = export(loaded, file, args.people)
    beside = describe(file, args.people)
    news = f"{done.facts} papers and movements" if done.facts else "nothing new of papers and movements"
    say(f"{news} in {file}, through row {done.seq} of the journal.")
    say(f"To look at it: datasette {file} --metadata {beside}")
    return 0
