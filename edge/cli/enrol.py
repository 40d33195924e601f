"""`edge enrol`: take what head office gave this box: where the broker is, its password there, and the key that signs
directives."""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from pathlib import Path

import msgspec

from edge import config
from edge.cli.output import say
from edge.config import Config, Sync
from edge.core.secrets.store import REFERENCE
from edge.lib.errors import ConfigError
from edge.services import directive_trust
from edge.services.secrets import secrets_of
from sync.enrolment import LINE_CHARS, Enrolment, from_line
from sync.wire import WireError

SECRETS = "head-office"
"""The folder beside the ledger that holds the certificates; and the password of boxes that were enrolled before it
stood among the secrets."""
BROKER = "broker"
"""The secret with the password."""


def run(args: argparse.Namespace) -> int:
    path = Path(args.config)
    loaded = config.load(path)
    enrolment = _read(args.file)
    _is_this_box(loaded, enrolment)
    folder = loaded.folder / SECRETS
    wanted = Sync(
        host=enrolment.host,
        port=enrolment.port,
        tls=enrolment.tls,
        ca_file=str(folder / "ca.pem") if enrolment.ca else None,
        username=enrolment.user,
        password=f"{REFERENCE}{BROKER}",
    )
    older = msgspec.structs.replace(wanted, password=None, password_file=str(folder / "password"))
    if loaded.sync not in (None, wanted, older):
        raise ConfigError(f"{path.name} has another [sync].", f"Take it out, or put this there:\n{_toml(wanted)}")
    _keep(folder, "ca.pem", enrolment.ca)
    if loaded.sync == older:
        _keep(folder, "password", enrolment.password + "\n")
    else:
        secrets_of(loaded.folder).set(BROKER, enrolment.password)
    if enrolment.signing_key:
        directive_trust.pin(loaded.folder, enrolment.signing_key)
    if loaded.sync is None:
        _append(path, _toml(wanted))
        say(f"This box is enrolled as {enrolment.user}; {path.name} has its [sync]. Restart the appliance.")
    else:
        say(f"The new password of {enrolment.user} is in place. The appliance takes it when it connects next.")
    return 0


def _read(file: str) -> Enrolment:
    try:
        if file == "-":
            text = sys.stdin.read(LINE_CHARS + 1)
        else:
            with Path(file).open(encoding="utf-8") as opened:
                text = opened.read(LINE_CHARS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from None
    try:
        return from_line(text)
    except WireError as error:
        advice = "Take the whole line that `edge hub enrol` has printed."
        raise ConfigError(f"This is no enrolment: {error}.", advice) from None


def _is_this_box(loaded: Config, enrolment: Enrolment) -> None:
    store = loaded.store
    if (store.tenant, store.id, store.device) == (enrolment.tenant, enrolment.store, enrolment.device):
        return
    raise ConfigError(
        f"This enrolment is for {enrolment.user}, and this box is {store.tenant}/{store.id}/{store.device}.",
        "Ask head office for this box's own; or, before its first sale, correct [store] in the configuration.",
    )


def _keep(folder: Path, name: str, text: str) -> None:
    """A file that only its owner may read; it is the data folder's owner who runs the appliance."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.parent.stat()
    new = folder / f".{name}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        if os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.chown(folder, owner.st_uid, owner.st_gid)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / name)


def _toml(sync: Sync) -> str:
    lines = [f'host = "{sync.host}"', f"port = {sync.port}", f"tls = {str(sync.tls).lower()}"]
    named = {"ca_file": sync.ca_file, "username": sync.username, "password": sync.password}
    lines += [f"{key} = {_string(value)}" for key, value in named.items() if value]
    return "\n".join(["[sync]", *lines, ""])


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _append(file: Path, section: str) -> None:
    """Add a section at the end; what was written there stays as it was."""
    text = file.read_text(encoding="utf-8")
    text += ("" if text.endswith("\n") else "\n") + "\n# Head office, by `edge enrol`.\n" + section
    tomllib.loads(text)
    mode, new = file.stat(), file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(mode.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(new, mode.st_uid, mode.st_gid)
    new.replace(file)
