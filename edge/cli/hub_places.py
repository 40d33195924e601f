"""Where the hub's database and broker are, and by what it is known there: from the command line and the environment.

TLS and a password are the rule. `--no-tls` (or EDGE_HUB_TLS=off) is for servers on a network of one's own.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from edge.lib.errors import ConfigError
from sync.directive_signing import Signer
from sync.hub.access import HUB
from sync.mqtt import BrokerConfig

TLS_PORT, PLAIN_PORT = 8883, 1883
OFF = "off"
SIGNING_KEY_FILE = "EDGE_HUB_SIGNING_KEY_FILE"
SIGNING = "EDGE_HUB_SIGNING"
IN_THE_CLEAR = "Or say --no-tls (EDGE_HUB_TLS=off), where nobody else is on the network."
PROVEN = "verify-full"
"""The only `sslmode` that looks whether the server is the one that is meant (libpq, SSL Support)."""


def dsn_of(args: argparse.Namespace) -> str:
    """The hub's database, as asked for, with its password where that is in a file."""
    dsn = args.database or os.environ.get("EDGE_HUB_DATABASE")
    if not dsn:
        raise ConfigError("The hub needs a database.", "Name it with --database or $EDGE_HUB_DATABASE.")
    if not _in_the_clear(args):
        _check_proof(str(dsn))
    return _with_password(str(dsn))


def broker_of(args: argparse.Namespace) -> BrokerConfig:
    """The hub's broker, as asked for."""
    tls = not _in_the_clear(args)
    place = args.broker or os.environ.get("EDGE_HUB_BROKER") or f"127.0.0.1:{TLS_PORT if tls else PLAIN_PORT}"
    host, _, port = place.rpartition(":")
    if not port.isdigit():
        raise ConfigError(f"{place!r} is no broker.", "Write it as host:port.")
    password = _secret("EDGE_HUB_PASSWORD_FILE", "hub-password")
    if tls and password is None:
        raise ConfigError(
            "The hub has no password for the broker.",
            f"`edge hub enrol` writes it into a file: name that in $EDGE_HUB_PASSWORD_FILE. {IN_THE_CLEAR}",
        )
    ca = os.environ.get("EDGE_HUB_CA", "")
    return BrokerConfig(
        host=host,
        port=int(port),
        user=HUB if password else "",
        password_file=str(password or ""),
        tls=tls,
        ca_file="" if ca == "system" else ca,
    )


def signer_of() -> Signer | None:
    """The key that signs directives, as the environment or systemd names its file; None: they are not signed."""
    path = _secret(SIGNING_KEY_FILE, "signing-key")
    return signer_in(path) if path else None


def is_unsigned() -> bool:
    """Whether head office says that it has no key, and no box knows one."""
    return os.environ.get(SIGNING, "").lower() == OFF


def signer_in(path: Path) -> Signer:
    """The key in a file. `ConfigError`: there is none."""
    try:
        return Signer.load(path)
    except (OSError, ValueError) as error:
        advice = "It is an Ed25519 key as PEM: edge hub signing-key FILE makes one."
        raise ConfigError(f"{path} holds no key to sign with: {error}.", advice) from None


def _in_the_clear(args: argparse.Namespace) -> bool:
    return bool(args.no_tls) or os.environ.get("EDGE_HUB_TLS", "").lower() == OFF


def _secret(variable: str, credential: str) -> Path | None:
    """The file that the environment names, or that systemd has handed over, if any. `ConfigError`: it is unreadable."""
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY")
    named = os.environ.get(variable, "")
    path = Path(named) if named else Path(handed_over, credential) if handed_over else None
    if path is None or (not named and not path.exists()):
        return None
    if not os.access(path, os.R_OK):
        raise ConfigError(f"A secret of the hub cannot be read from {path}.", f"Correct ${variable}, or its rights.")
    return path


def _with_password(dsn: str) -> str:
    path = _secret("EDGE_HUB_DATABASE_PASSWORD_FILE", "database-password")
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    if path is None or not at or ":" in user:
        return dsn
    return parts._replace(netloc=f"{user}:{quote(path.read_text().strip(), safe='')}@{hosts}").geturl()


def _check_proof(dsn: str) -> None:
    """Elsewhere than on this machine the database has to prove who it is: without `verify-full` any may answer."""
    mode = parse_qs(urlsplit(dsn).query).get("sslmode", [os.environ.get("PGSSLMODE", "")])[-1]
    if mode == PROVEN:
        return
    for host in _hosts(dsn):
        if not _is_here(host):
            raise ConfigError(
                f"The database at {host} need not prove who it is.",
                f"Put ?sslmode={PROVEN}&sslrootcert=FILE behind its address: FILE has the authority's certificate as "
                f"PEM. {IN_THE_CLEAR}",
            )


def _hosts(dsn: str) -> Iterator[str]:
    parts = urlsplit(dsn)
    for place in parts.netloc.rpartition("@")[2].split(","):
        yield place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]
    yield from parse_qs(parts.query).get("host", [])


def _is_here(host: str) -> bool:
    """A socket of this machine, or its loopback address."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
