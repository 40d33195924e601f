"""`edge secret`: enter, list and remove credentials; and rotate their key."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.core.secrets.store import NAME_PATTERN, VALUE_CHARS
from edge.foundation.secrets.commands import NoteSecret
from edge.lib.errors import ConfigError
from edge.runtime import config
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of


def set_(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if not re.fullmatch(NAME_PATTERN, args.name):
        raise ConfigError(
            f"{args.name!r} isn't a valid secret name.", "Use lowercase letters, digits and hyphens, at most 40."
        )
    secrets_of(loaded.folder).set(args.name, _ask_secret(args.name))
    asyncio.run(_note(loaded, NoteSecret(args.name, "set")))
    say(f'{args.name} was saved. In config.toml: "secret:{args.name}". Devices use it after a restart.')
    return 0


def list_(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    for one in secrets_of(loaded.folder).list_secrets():
        day = datetime.fromtimestamp(one.set_us / 1e6, UTC).date().isoformat()
        state = "its key is lost: enter it again" if one.lost else f"...{one.ends}" if one.ends else ""
        say(f"{one.name:40}  {day}  {state}".rstrip())
    return 0


def remove(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if not re.fullmatch(NAME_PATTERN, args.name) or not secrets_of(loaded.folder).remove(args.name):
        raise ConfigError(f"Secret {args.name!r} not found.", "List secrets: edge secret list")
    asyncio.run(_note(loaded, NoteSecret(args.name, "removed")))
    say(f"{args.name} is destroyed.")
    return 0


def rotate(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    count = secrets_of(loaded.folder).rotate()
    asyncio.run(_note(loaded, NoteSecret("", "rotated")))
    say(f"{count} secrets were encrypted with a new key. The old one was destroyed.")
    return 0


def _ask_secret(name: str) -> str:
    """Ask for a secret, or read the first line of standard input. It never appears in process lists or shell
    history."""
    if sys.stdin.isatty():
        return getpass.getpass(f"The secret {name}: ").strip()
    return sys.stdin.readline(VALUE_CHARS + 2).strip()


async def _note(loaded: Config, command: NoteSecret) -> None:
    async with reach(loaded) as shop:
        await shop.do(command)
