"""`edge hub enrol`: create a box's broker account, and print the enrolment line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from edge.app.cli.hub import box_of
from edge.app.cli.hub_api import as_owner
from edge.app.cli.hub_places import broker_place, names_database
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.enrolment import to_line
from sync.hub.access import AccessFiles
from sync.hub.model import Key
from sync.hub.tenants import NotTaken, require_box

RELOAD = "Reload the broker's files (SIGHUP; with systemd: systemctl reload mosquitto)."


def run(args: argparse.Namespace) -> int:
    folder = Path(args.folder)
    if not folder.is_dir():
        raise ConfigError(
            f"The folder {folder} for the broker's files doesn't exist.",
            "Create it, owned by the broker's account.",
        )
    files = AccessFiles(folder.resolve())
    if args.revoke:
        return _revoke(files, args.device)
    if not args.address:
        raise ConfigError("The broker's address is missing.", "Set it with --address host:port.")
    new = not files.passwords.exists()
    box = box_of(args.device)
    place = broker_place(folder, args.address, args.ca or "", not args.no_tls, args.signing_key or "")
    try:
        enrolment = place.enrol(box, lambda enrolled: _require_room(args, box, enrolled))
    except msgspec.ValidationError as error:
        raise ConfigError(f"This enrolment isn't valid: {error}.") from None
    _hand_over(to_line(enrolment), args.output)
    note = sys.stderr  # standard output gets only the enrolment line
    if new:
        note.write(f"Put these lines into mosquitto.conf:\n{files.configuration}")
        note.write(
            f"The hub's password is in {files.hub_password}. Set EDGE_HUB_PASSWORD_FILE to it for the workers.\n"
        )
    if not enrolment.signing_key:
        note.write("Without --signing-key, the box accepts any directive from the broker.\n")
    note.write(f"{enrolment.user}: new password set. {RELOAD} On the box: edge enrol FILE\n")
    return 0


def _require_room(args: argparse.Namespace, box: Key, enrolled: Collection[Key]) -> None:
    """Raise `ConfigError` if the tenant's box limit is reached. Without a database, the check is skipped."""
    if not names_database(args):
        sys.stderr.write("The tenant's box limit wasn't checked. Set head office's --database.\n")
        return

    async def ask(owner: Any) -> None:
        try:
            await require_box(owner, box, enrolled)
        except NotTaken as error:
            raise ConfigError(
                (
                    f"{box} wasn't enrolled: {error}, and there are already {error.values['used']}. "
                    "Existing boxes keep selling."
                ),
                "Block an unused one (edge hub fence), or raise the limit (edge hub tenant set --limit boxes=N).",
            ) from None

    as_owner(args, ask)


def _revoke(files: AccessFiles, user: str) -> int:
    if not files.take(user):
        raise ConfigError(f"No box is enrolled as {user}.", "Write it as tenant/store/device.")
    say(f"{user} can no longer connect. {RELOAD}")
    return 0


def _hand_over(line: str, output: str | None) -> None:
    if output is None:
        say(line)
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise ConfigError(f"{output} can't be written: {error}.") from None
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)
        file.write(line + "\n")
