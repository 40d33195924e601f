"""`edge support bundle`: what a box tells of itself, as whoever helps it would read it, without people or secrets."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.backoffice.support.service.support_bundle import answer_text, told_of
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.runtime import config
from edge.runtime.secrets import secrets_of


def bundle(args: argparse.Namespace) -> int:
    """Say it, or write it into a file that its owner alone may read. What runs now (states of parts, the log) is in
    the answer that head office asks for: this is what the ledger and the machine say."""
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        told = told_of(db, build_registry(loaded), loaded, "bundle", {})
    text = answer_text(told, secrets_of(loaded.folder))
    if args.file is None:
        say(text)
        return 0
    try:
        with os.fdopen(os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text + "\n")
    except FileExistsError as error:
        raise NeedsHuman(f"There is a file {args.file} already.", "Name another one.") from error
    except OSError as error:
        raise NeedsHuman(f"{args.file} can't be written: {error.strerror}.", "Name a file elsewhere.") from error
    say(f"Written: {args.file}. Read it before you hand it on: no names, sales or secrets are meant to be in it.")
    return 0
