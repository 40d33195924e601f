"""`edge hub enrol`: a box's own name and password at the broker, and the line that gives them to the box."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from edge.cli.hub import box_of
from edge.cli.output import say
from edge.lib.errors import ConfigError
from sync.enrolment import Enrolment, to_line
from sync.hub.access import AccessFiles

RELOAD = "Have the broker read its files again (SIGHUP; with systemd: systemctl reload mosquitto)."


def run(args: argparse.Namespace) -> int:
    folder = Path(args.folder)
    if not folder.is_dir():
        raise ConfigError(
            f"There is no folder {folder} for the broker's files.",
            "Make it, owned by the account that the broker runs as.",
        )
    files = AccessFiles(folder.resolve())
    if args.revoke:
        return _revoke(files, args.device)
    if not args.address:
        raise ConfigError("The box must be told where the broker is.", "Name it with --address host:port.")
    new = not files.passwords.exists()
    enrolment = _enrolment(args)
    enrolment = msgspec.structs.replace(enrolment, password=files.give(enrolment.user))
    _hand_over(to_line(enrolment), args.output)
    note = sys.stderr  # standard output is the line alone
    if new:
        note.write(f"Put these lines into mosquitto.conf:\n{files.configuration}")
        note.write(f"The hub's password is in {files.hub_password}: EDGE_HUB_PASSWORD_FILE tells the workers.\n")
    if not enrolment.signing_key:
        note.write("The box takes any directive that the broker hands it, unless you name a --signing-key.\n")
    note.write(f"{enrolment.user}: a new password is set. {RELOAD} On the box: edge enrol FILE\n")
    return 0


def _enrolment(args: argparse.Namespace) -> Enrolment:
    host, colon, port = args.address.rpartition(":")
    if not colon or not port.isdigit():
        raise ConfigError(f"{args.address!r} is no address of a broker.", "Write it as host:port.")
    box = msgspec.to_builtins(box_of(args.device))
    try:
        ca = Path(args.ca).read_text() if args.ca else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{args.ca} cannot be read: {error}.", "Give the authority's certificate as PEM.") from None
    said = {**box, "host": host, "port": int(port), "ca": ca, "signing_key": args.signing_key or ""}
    try:
        return msgspec.convert({**said, "tls": not args.no_tls, "password": "-" * 16}, Enrolment)
    except msgspec.ValidationError as error:
        raise ConfigError(f"This is no enrolment: {error}.") from None


def _revoke(files: AccessFiles, user: str) -> int:
    if not files.take(user):
        raise ConfigError(f"Nobody is enrolled as {user}.", "Write it as tenant/store/device.")
    say(f"{user} is let in no more. {RELOAD}")
    return 0


def _hand_over(line: str, output: str | None) -> None:
    if output is None:
        say(line)
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error}.") from None
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)
        file.write(line + "\n")
