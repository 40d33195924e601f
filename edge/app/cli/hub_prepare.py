"""`edge hub prepare`: create the initial files of a head office: passwords, certificates, signing key.

Running it again creates missing files, renews expiring certificates, and leaves everything else unchanged.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from edge.app.cli.hub_places import TLS_PORT, signer_in
from edge.app.cli.output import say
from edge.core.storage.atomic_write import write_whole
from edge.core.tls.authority import KeyPair, make_authority, may, names_of, vouch
from edge.lib.errors import ConfigError
from sync.directive_signing import new_key
from sync.hub.access import HUB, PASSWORD_BYTES, AccessFiles

HERE = "localhost"
BROKER, SECOND_BROKER, DATABASE = "broker", "two.broker", "database"
"""The servers' names among the containers, as in deploy/compose.yaml and second.yaml. The second broker's name ends in
the first one's, so that an authority created before the second broker may vouch for it."""
ROUNDS = 4096
"""Hash iterations, as in PostgreSQL (SCRAM_SHA_256_DEFAULT_ITERATIONS)."""
PUBLIC, OF_A_GROUP = 0o644, 0o640
_LOGIN = f"""\
CREATE ROLE edge_hub_worker NOLOGIN BYPASSRLS;
CREATE ROLE edge_hub_reader NOLOGIN;
CREATE ROLE edge_hub_publisher NOLOGIN;
CREATE ROLE {HUB} LOGIN PASSWORD '{{verifier}}'
    IN ROLE edge_hub_worker, edge_hub_reader, edge_hub_publisher;
"""


def run(args: argparse.Namespace) -> int:
    folder = Path(args.folder).absolute()
    try:
        _prepare(folder, args.name.lower(), datetime.now(UTC))
        _hand_over(folder, args.owner, args.database_group)
    except OSError as error:
        raise ConfigError(f"{folder} can't be prepared: {error}.", "Use a folder that this account owns.") from None
    say(f"{folder} is ready. Keep a copy of {folder / 'signing-key.pem'} in a safe place: boxes trust only that key.")
    return 0


def _prepare(folder: Path, name: str, now: datetime) -> None:
    broker, database, start = folder / "broker", folder / "database", folder / "database-start"
    for made in (folder, broker, database, start, folder / "api"):
        made.mkdir(parents=True, exist_ok=True)
    authority = _authority(folder, (name, BROKER, DATABASE, HERE), now)
    _write(folder / "ca.pem", authority.certificate_pem, PUBLIC)
    _certificate(broker, authority, (name, BROKER, SECOND_BROKER, HERE), now)
    _certificate(database, authority, (DATABASE, HERE), now)
    access = AccessFiles(broker)
    access.begin()
    _write(broker / "mosquitto.conf", _broker_settings(broker, access).encode(), PUBLIC)
    _once(folder / "signing-key.pem", new_key)
    signer_in(folder / "signing-key.pem")
    _once(folder / "database-owner-password", _password)
    password = _once(folder / "database-password", _password)
    _once(start / "logins.sql", lambda: _LOGIN.format(verifier=scram_verifier(password.decode())).encode(), PUBLIC)


def _authority(folder: Path, names: Sequence[str], now: datetime) -> KeyPair:
    pem = _once(folder / "authority.pem", lambda: make_authority("edge-store head office", names, now).pem)
    authority = KeyPair.read(pem)
    if lacking := [name for name in names if not may(authority, name)]:
        raise ConfigError(
            f"The certificates in {folder} were created for a name other than {lacking[0]!r}.",
            "Keep the name that boxes know. For a new name, use a new folder and enrol every box again.",
        )
    return authority


def _certificate(folder: Path, authority: KeyPair, names: Sequence[str], now: datetime) -> None:
    """Create the server's certificate and key, or renew them after two thirds of their validity."""
    certificate, key = folder / "server.pem", folder / "server.key"
    if certificate.exists() and key.exists():
        known = KeyPair.read(key.read_bytes() + certificate.read_bytes())
        if not known.due(now) and set(names_of(known.certificate)) == set(names):
            return
    made = vouch(authority, names, now)
    write_whole(key, made.key_pem)
    _write(certificate, made.certificate_pem, PUBLIC)


def _broker_settings(folder: Path, access: AccessFiles) -> str:
    return (
        "# Written by `edge hub prepare` at each start.\n"
        f"listener {TLS_PORT}\n"
        f"certfile {folder / 'server.pem'}\n"
        f"keyfile {folder / 'server.key'}\n"
        "persistence false\n"
        "log_dest stderr\n"
        f"{access.configuration}"
    )


def scram_verifier(password: str, salt: bytes = b"") -> str:
    """Return PostgreSQL's verifier of a password (RFC 5803), so that start files don't contain the password.

    >>> scram_verifier("pencil", b"0123456789abcdef")[:52]
    'SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$nQpbZ77W'
    """
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    client, server = (hmac.digest(salted, what, "sha256") for what in (b"Client Key", b"Server Key"))
    parts = (base64.b64encode(one).decode() for one in (salt, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ROUNDS, *parts)


def _password() -> bytes:
    return secrets.token_urlsafe(PASSWORD_BYTES).encode() + b"\n"


def _once(path: Path, make: Callable[[], bytes], mode: int = 0o600) -> bytes:
    """Return the contents of the file, creating it if it is missing."""
    if not path.exists():
        _write(path, make(), mode)
    return path.read_bytes().strip()


def _write(path: Path, body: bytes, mode: int) -> None:
    write_whole(path, body)
    path.chmod(mode)


def _hand_over(folder: Path, owner: int | None, database_group: int | None) -> None:
    """Give the files to the containers' accounts, if run as root. Postgres accepts a key owned by root."""
    if owner is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)
    if database_group is not None:
        key = folder / DATABASE / "server.key"
        os.chown(key, 0, database_group)
        key.chmod(OF_A_GROUP)
