"""`edge support bundle`: diagnostics for support staff, without personal data or secrets."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from edge import __version__
from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.backoffice.support.service.support_bundle import answer_text, assemble_answer, of_machine
from edge.core.storage.database import DatabaseError
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.runtime import config
from edge.runtime.secrets import secrets_of


def diagnose(args: argparse.Namespace) -> int:
    """Write the bundle to a file. Also works without a readable ledger, with less content."""
    if not args.file:
        args.file = f"edge-diagnosis-{time.strftime('%Y%m%d-%H%M%S')}.json"
    if Path(args.file).exists():
        raise NeedsHuman(f"File {args.file} already exists.", "Use another name.")
    try:
        return bundle(args)
    except (DatabaseError, NeedsHuman) as error:
        loaded = config.load(Path(args.config))
        told = {"question": "bundle", "version": __version__, "fault": str(error), **of_machine(loaded)}
        _write(args.file, answer_text(told, secrets_of(loaded.folder)))
        return 0


def bundle(args: argparse.Namespace) -> int:
    """Print the bundle, or write it to a file readable only by its owner. It covers ledger and machine. The current
    state (parts, log) is in the answer to head office's request."""
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        told = assemble_answer(db, build_registry(loaded), loaded, "bundle", {})
    text = answer_text(told, secrets_of(loaded.folder))
    if args.file is None:
        say(text)
        return 0
    _write(args.file, text)
    return 0


def _write(file: str, text: str) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text + "\n")
    except FileExistsError as error:
        raise NeedsHuman(f"File {file} already exists.", "Use another name.") from error
    except OSError as error:
        raise NeedsHuman(f"{file} can't be written: {error.strerror}.", "Use another folder.") from error
    say(f"Written: {file}. Check it before you share it. It shouldn't contain names, sales or secrets.")
