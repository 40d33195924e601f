"""`edge enrol`: enrol this box at head office, with the line of `edge hub enrol` or a code from its page."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from edge.runtime import config, enrolment
from sync.enrolment import LINE_CHARS


def run(args: argparse.Namespace) -> int:
    path = Path(args.config)
    loaded = config.load(path)
    store = loaded.store
    text, own = _read(args.file), f"{store.tenant}/{store.id}/{store.device}"
    made = enrolment.read_line(text) or asyncio.run(enrolment.trade(text, own))
    if enrolment.take(path, loaded, made):
        say(f"This box is enrolled as {made.user}; its [sync] section is in {path.name}. Restart the appliance.")
    else:
        say(f"The new password of {made.user} is saved. The appliance uses it at its next connection.")
    return 0


def _read(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.read(LINE_CHARS + 1)
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(LINE_CHARS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} can't be read: {error}.") from None
