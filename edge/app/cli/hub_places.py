"""Addresses and credentials of the hub's database and broker, from arguments and environment.

TLS and a password are the default. `--no-tls` (or EDGE_HUB_TLS=off) is for servers on a private network.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from edge.app.head_office.hub_door import HubDoor
from edge.app.head_office.hub_feeds import HubFeed
from edge.app.head_office.hub_letters import OfficeMailServer
from edge.core.addresses import address_of
from edge.lib.errors import ConfigError
from edge.runtime.outgoing.mail import tls_context
from sync.directive_signing import Signer
from sync.enrolment import OTHERS_MOST
from sync.hub.access import HUB
from sync.hub.api.payment_webhooks import WebhookPlace
from sync.hub.api.till_webhooks import Hooks, TillPlace
from sync.hub.box_enrolment import BrokerPlace
from sync.mqtt import BrokerConfig, place_of

TLS_PORT, PLAIN_PORT = 8883, 1883
OFF = "off"
SIGNING_KEY_FILE = "EDGE_HUB_SIGNING_KEY_FILE"
SIGNING = "EDGE_HUB_SIGNING"
IN_THE_CLEAR = "Or use --no-tls (EDGE_HUB_TLS=off) on a private network."
PROVEN = "verify-full"
"""The only `sslmode` that verifies the server's identity (libpq, SSL Support)."""


def names_database(args: argparse.Namespace) -> bool:
    """Whether the hub's database is configured. Not every command needs it."""
    return bool(args.database or os.environ.get("EDGE_HUB_DATABASE"))


def dsn_of(args: argparse.Namespace) -> str:
    """Return the connection string of the hub's database, with its password if a file contains one."""
    dsn = args.database or os.environ.get("EDGE_HUB_DATABASE")
    if not dsn:
        raise ConfigError("The hub needs a database.", "Set it with --database or $EDGE_HUB_DATABASE.")
    if not _in_the_clear(args):
        _check_proof(str(dsn))
    return _with_password(str(dsn))


def broker_of(args: argparse.Namespace) -> BrokerConfig:
    """Configuration of the hub's brokers: one address, or several with commas between."""
    tls = not _in_the_clear(args)
    place = args.broker or os.environ.get("EDGE_HUB_BROKER") or f"127.0.0.1:{TLS_PORT if tls else PLAIN_PORT}"
    (host, port), *others = (_host_and_port(one.strip()) for one in place.split(","))
    password = _secret("EDGE_HUB_PASSWORD_FILE", "hub-password")
    if tls and password is None:
        raise ConfigError(
            "The hub has no password for the broker.",
            f"`edge hub enrol` writes it to a file. Set $EDGE_HUB_PASSWORD_FILE to that file. {IN_THE_CLEAR}",
        )
    ca = os.environ.get("EDGE_HUB_CA", "")
    return BrokerConfig(
        host=host,
        port=port,
        others=tuple(others),
        user=HUB if password else "",
        password_file=str(password or ""),
        tls=tls,
        ca_file="" if ca == "system" else ca,
    )


def _host_and_port(place: str) -> tuple[str, int]:
    try:
        return place_of(place)
    except ValueError as error:
        raise ConfigError(f"{error}.", "Write it as host:port.") from None


def door_of(args: argparse.Namespace) -> HubDoor:
    """Return how the API is exposed: with TLS beyond this machine, or through a named proxy."""
    proxy = os.environ.get("EDGE_HUB_API_PROXY", "")
    folder = os.environ.get("EDGE_HUB_API_FOLDER") or os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if proxy:
        try:
            address_of(proxy)
        except ValueError:
            raise ConfigError(
                f"$EDGE_HUB_API_PROXY can't be {proxy!r}.", "Enter an IP address, such as 192.0.2.7."
            ) from None
    own = _secret("EDGE_HUB_API_CERT_FILE", "api-cert"), _secret("EDGE_HUB_API_KEY_FILE", "api-key")
    if (own[0] is None) != (own[1] is None):
        lacks = "EDGE_HUB_API_KEY_FILE" if own[0] else "EDGE_HUB_API_CERT_FILE"
        raise ConfigError("The API's certificate is incomplete.", f"Set the other file in ${lacks}.")
    return HubDoor(
        args.host,
        args.port,
        name=os.environ.get("EDGE_HUB_API_NAME", "").lower(),
        own=(own[0], own[1]) if own[0] and own[1] else None,
        folder=Path(folder) if folder else None,
        proxy=proxy,
    )


def boxes_of(args: argparse.Namespace, signer: Signer | None) -> BrokerPlace | None:
    """Return the broker whose files this machine may write, so that the page can enrol boxes; None if not
    configured."""
    folder = os.environ.get("EDGE_HUB_BOXES_FOLDER", "")
    if not folder:
        return None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        advice = "It belongs to the broker; give this account write access: see systemd/README.md."
        raise ConfigError(f"$EDGE_HUB_BOXES_FOLDER is {folder!r}, which isn't writable.", advice)
    address, ca = os.environ.get("EDGE_HUB_BOXES_BROKER", ""), os.environ.get("EDGE_HUB_BOXES_CA", "")
    return broker_place(Path(folder), address, ca, not _in_the_clear(args), signer.public if signer else "")


def broker_place(folder: Path, address: str, ca_file: str, tls: bool, signing_key: str) -> BrokerPlace:
    """Return the broker's address as boxes reach it, or several separated by commas. Raises `ConfigError` for an
    invalid address or certificate."""
    (host, port), *others = (_host_and_port(one.strip()) for one in address.split(","))
    if len(others) > OTHERS_MOST:
        raise ConfigError(f"{address!r} has too many brokers.", f"Name at most {OTHERS_MOST + 1}.")
    try:
        ca = Path(ca_file).read_text() if ca_file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{ca_file} can't be read: {error}.", "Use the authority's certificate as PEM.") from None
    more = tuple(f"{other}:{at}" for other, at in others)
    return BrokerPlace(
        folder=folder.resolve(), host=host, port=port, others=more, tls=tls, ca=ca, signing_key=signing_key
    )


def signer_of() -> Signer | None:
    """Return the key that signs directives, from the environment or systemd; None if directives are unsigned."""
    path = _secret(SIGNING_KEY_FILE, "signing-key")
    return signer_in(path) if path else None


def is_unsigned() -> bool:
    """Whether head office is declared to have no signing key."""
    return os.environ.get(SIGNING, "").lower() == OFF


def signer_in(path: Path) -> Signer:
    """Load a key. Raises `ConfigError`."""
    try:
        return Signer.load(path)
    except (OSError, ValueError) as error:
        advice = "It must be an Ed25519 key as PEM: edge hub signing-key FILE creates one."
        raise ConfigError(f"{path} contains no signing key: {error}.", advice) from None


def mail_of() -> OfficeMailServer | None:
    """Return the mail server for boxes without their own, from the environment; None if not configured. Raises
    `ConfigError` if the settings are incomplete."""
    place, sender = os.environ.get("EDGE_HUB_MAIL", ""), os.environ.get("EDGE_HUB_MAIL_FROM", "")
    if not place:
        return None
    host, _, port = place.rpartition(":")
    security = os.environ.get("EDGE_HUB_MAIL_SECURITY", "starttls")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{place!r} isn't a mail server.", "Write $EDGE_HUB_MAIL as host:port.")
    if security not in ("starttls", "tls", "none"):
        raise ConfigError(f"$EDGE_HUB_MAIL_SECURITY is {security!r}.", "It must be starttls, tls or none.")
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", sender):
        raise ConfigError("The hub's sender address is missing.", "Set $EDGE_HUB_MAIL_FROM to an email address.")
    pages = os.environ.get("EDGE_HUB_PAGES", "").rstrip("/")
    if pages and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+", pages):
        advice = "Enter the page's public address for links in emails, such as https://office.example."
        raise ConfigError(f"$EDGE_HUB_PAGES is {pages!r}.", advice)
    user, file = os.environ.get("EDGE_HUB_MAIL_USER", ""), _secret("EDGE_HUB_MAIL_PASSWORD_FILE", "mail-password")
    password = file.read_text().strip() if file else ""  # systemd passes an empty file if there is no password
    if bool(user) != bool(password):
        raise ConfigError(
            "The hub's mail server needs a user and a password, or neither.",
            "Set $EDGE_HUB_MAIL_USER and $EDGE_HUB_MAIL_PASSWORD_FILE.",
        )
    ca_file = os.environ.get("EDGE_HUB_MAIL_CA", "")
    try:
        tls_context(ca_file)
    except OSError as error:
        advice = "Set $EDGE_HUB_MAIL_CA to the CA certificate (PEM) of the mail server."
        raise ConfigError(f"{ca_file} contains no certificate: {error}.", advice) from None
    return OfficeMailServer(
        host=host,
        port=int(port),
        security=security,  # type: ignore[arg-type]
        user=user,
        password=password,
        ca_file=ca_file,
        sender=sender,
        pages=pages,
    )


def verify_token_of() -> str:
    """Return Meta's verification token for webhooks at head office's API; "" if unused."""
    return os.environ.get("EDGE_HUB_VERIFY_TOKEN", "")


class _Webhooks(msgspec.Struct, forbid_unknown_fields=True):
    webhook: tuple[WebhookPlace, ...] = ()
    till: tuple[TillPlace, ...] = ()


def webhooks_of() -> Hooks:
    """Return the sources of payment and till webhooks. They are `[[webhook]]` and `[[till]]` in the file named by
    $EDGE_HUB_WEBHOOKS_FILE, or provided by systemd. Raises `ConfigError` if the file is unreadable or invalid."""
    path = _secret("EDGE_HUB_WEBHOOKS_FILE", "hub-webhooks")
    if path is None:
        return Hooks()
    try:
        said = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Webhooks)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        advice = (
            'It contains [[webhook]] tables (tenant, provider, scheme, secrets = ["..."], mode, url) and [[till]] '
            'tables (tenant, store, pos, kind, secrets = ["..."], and how it signs).'
        )
        raise ConfigError(f"{path} can't be used: {error}.", advice) from None
    for name, secrets in (
        *((f"{one.tenant}/{one.provider}", one.secrets) for one in said.webhook if not one.is_set_up_now),
        *((f"{one.store}/{one.pos}", one.secrets) for one in said.till),
    ):
        if not any(secrets) or len(secrets) > 2:
            raise ConfigError(f"{path}: {name} has no secret, or more than two.", "Set one or two.")
    tills = {(one.pos, one.store): one for one in said.till}
    if len(tills) < len(said.till):
        raise ConfigError(
            f"{path}: two tills in one store have the same name.", "Rename one of them, here and in the till."
        )
    providers = {(one.tenant, one.provider): one for one in said.webhook}
    if len(providers) < len(said.webhook):
        raise ConfigError(
            f"{path}: two payment providers of one tenant have the same name.",
            "Rename one of them, here and in its address at the provider.",
        )
    return Hooks(providers, tills)


class _Feeds(msgspec.Struct, forbid_unknown_fields=True):
    feed: tuple[HubFeed, ...] = ()


def feeds_of() -> dict[str, HubFeed]:
    """Return the feeds that head office fetches for stores, by name. They are `[[feed]]` in the file named by
    $EDGE_HUB_FEEDS_FILE, or provided by systemd. Raises `ConfigError` if the file is unreadable or invalid."""
    path = _secret("EDGE_HUB_FEEDS_FILE", "hub-feeds")
    if path is None:
        return {}
    try:
        said = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Feeds)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        advice = (
            "It contains [[feed]] tables (name, tenant, store, connector, kind, address, secret): "
            "edge/app/head_office/hub_feeds.py."
        )
        raise ConfigError(f"{path} can't be used: {error}.", advice) from None
    found = {one.name: one for one in said.feed}
    if len(found) < len(said.feed):
        raise ConfigError(f"{path}: two feeds have the same name.", "Rename one of them.")
    if wrong := next((f"{one.name} {one.fault}" for one in said.feed if one.fault), ""):
        raise ConfigError(f"{path}: {wrong}.", "See edge/app/head_office/hub_feeds.py.")
    return found


def _in_the_clear(args: argparse.Namespace) -> bool:
    return bool(args.no_tls) or os.environ.get("EDGE_HUB_TLS", "").lower() == OFF


def _secret(variable: str, credential: str) -> Path | None:
    """Return the file named in the environment or provided by systemd, if any. Raises `ConfigError` if it is
    unreadable."""
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY")
    named = os.environ.get(variable, "")
    path = Path(named) if named else Path(handed_over, credential) if handed_over else None
    if path is None or (not named and not path.exists()):
        return None
    if not os.access(path, os.R_OK):
        raise ConfigError(
            f"A secret of the hub can't be read from {path}.", f"Correct ${variable}, or the file's permissions."
        )
    return path


def _with_password(dsn: str) -> str:
    path = _secret("EDGE_HUB_DATABASE_PASSWORD_FILE", "database-password")
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    if path is None or not at or ":" in user:
        return dsn
    return parts._replace(netloc=f"{user}:{quote(path.read_text().strip(), safe='')}@{hosts}").geturl()


def _check_proof(dsn: str) -> None:
    """Require a remote database to prove its identity, because without `verify-full` any server could answer."""
    mode = parse_qs(urlsplit(dsn).query).get("sslmode", [os.environ.get("PGSSLMODE", "")])[-1]
    if mode == PROVEN:
        return
    for host in _hosts(dsn):
        if not _is_here(host):
            raise ConfigError(
                f"The connection to the database at {host} doesn't verify its identity.",
                (
                    f"Add ?sslmode={PROVEN}&sslrootcert=FILE to its address, where FILE is the authority's "
                    f"certificate as PEM. {IN_THE_CLEAR}"
                ),
            )


def _hosts(dsn: str) -> Iterator[str]:
    parts = urlsplit(dsn)
    for place in parts.netloc.rpartition("@")[2].split(","):
        yield place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]
    yield from parse_qs(parts.query).get("host", [])


def _is_here(host: str) -> bool:
    """Whether a host is this machine: a local socket or loopback address."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
