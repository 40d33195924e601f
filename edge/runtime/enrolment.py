"""Enrolment at head office: the broker's address, the password and the key that signs directives.

They come in the line of `edge hub enrol`, or in exchange for a one-time code from head office's page, after head office
has proven its identity.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import ssl
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec

from edge.core.endpoints import JSON
from edge.core.secrets.store import REFERENCE
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.runtime import directive_trust
from edge.runtime.config import Config, Sync
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import HttpAnswer, OutgoingHttp
from edge.runtime.secrets import secrets_of
from sync.enrolment import (
    AUTHORITY,
    CA_CHARS,
    MARK,
    TRADE,
    Enrolment,
    OfficeCode,
    Trade,
    authority_mark,
    from_line,
    read_office,
)
from sync.link_errors import X509
from sync.wire import WireError

SECRETS = "head-office"
"""The folder next to the ledger with the certificates, and with the password of boxes enrolled before passwords were
stored as secrets."""
BROKER = "broker"
"""The secret with the password."""


class _Refusal(msgspec.Struct, frozen=True):
    """Head office's error response (RFC 9457)."""

    code: str = ""
    detail: str = ""
    values: dict[str, str | int] = {}


def read_line(text: str) -> Enrolment | None:
    """Parse the line of `edge hub enrol`; None if the text isn't one. Raises `NeedsHuman` if the line is damaged."""
    if not "".join(text.split()).startswith(MARK):
        return None
    try:
        return from_line(text)
    except WireError as error:
        raise _refusal("damaged", why=str(error)) from error


async def trade(text: str, box: str = "") -> Enrolment:
    """Exchange a code for an enrolment. `box`: the box that presents it (tenant/store/device), "" for a new box. Raises
    `NeedsHuman`, with a key of section [enrol]."""
    try:
        office = read_office(text)
    except WireError as error:
        raise _refusal("unreadable") from error
    try:
        return _read_answer(await _ask(office, box))
    except (Undelivered, MaybeSent) as error:
        raise _explain_failure(error.__cause__, office.at) from error


def _explain_failure(cause: BaseException | None, at: str) -> NeedsHuman:
    """Return why head office wasn't reached. For a certificate outside its dates, the error names this box's date."""
    wrong = cause.certificate_error if isinstance(cause, aiohttp.ClientConnectorCertificateError) else cause
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    match wrong:
        case ssl.SSLCertVerificationError(verify_code=X509.NOT_YET_VALID):
            return _refusal("clock_behind", at=at, today=today)
        case ssl.SSLCertVerificationError(verify_code=X509.EXPIRED):
            return _refusal("expired", at=at, today=today)
        case ssl.SSLError():
            return _refusal("unproven", at=at)
        case _:
            return _refusal("away", at=at)


async def _ask(office: OfficeCode, box: str) -> HttpAnswer:
    base = f"https://{office.at}"
    tls = ssl.create_default_context(cadata=await _authority(office, base) if office.authority else None)
    body = msgspec.json.encode(Trade(office.secret, box))
    async with _calls(base, tls) as http:
        return await http.post(base + TRADE, body, {"Content-Type": JSON})


async def _authority(office: OfficeCode, base: str) -> str:
    """Return head office's own certificate, fetched without verification, because the code authenticates it."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    async with _calls(base, anybody) as http:
        answer = await http.ask("GET", base + AUTHORITY, {}, None, CA_CHARS)
    try:
        pem = answer.body.decode("ascii").strip()
        mark = authority_mark(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest())
    except ValueError:
        mark = ""
    if not hmac.compare_digest(mark, office.authority):
        raise _refusal("unproven", at=office.at)
    return pem


def _calls(base: str, tls: ssl.SSLContext) -> OutgoingHttp:
    """Return an HTTP client that may reach head office on this network, because the code's user names its address."""
    return OutgoingHttp(Breakers(), (urlsplit(base).hostname or "",), tls=tls)


def _read_answer(answer: HttpAnswer) -> Enrolment:
    try:
        if answer.status == 201:
            return msgspec.json.decode(answer.body, type=Enrolment)
        refusal = msgspec.json.decode(answer.body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        refusal = _Refusal()
    match refusal.code:
        case "code_over":
            raise _refusal("over")
        case "another_box":
            raise _refusal("another_box", **refusal.values)
        case "too_often" | "too_much_at_once" | "too_many_requests":
            raise _refusal("wait")
        case _:
            raise _refusal("refused", why=(refusal.detail or str(answer.status))[:300])


def _refusal(what: str, **values: str | int) -> NeedsHuman:
    return worded_error(NeedsHuman, f"enrol.{what}", **values)


def sync_of(enrolment: Enrolment, folder: Path) -> Sync:
    """Broker settings from an enrolment. `folder`: the ledger's."""
    return Sync(
        host=enrolment.host,
        port=enrolment.port,
        others=enrolment.others,
        tls=enrolment.tls,
        ca_file=str(folder / SECRETS / "ca.pem") if enrolment.ca else None,
        username=enrolment.user,
        password=f"{REFERENCE}{BROKER}",
    )


def take(file: Path, loaded: Config, enrolment: Enrolment) -> bool:
    """Store an enrolment in the folder and config.toml. Returns whether there was any change.

    Raises `ConfigError` if the enrolment belongs to another box, or the file has another broker.
    """
    require_own(loaded, enrolment)
    wanted = sync_of(enrolment, loaded.folder)
    folder = loaded.folder / SECRETS
    older = msgspec.structs.replace(wanted, password=None, password_file=str(folder / "password"))
    if loaded.sync not in (None, wanted, older):
        raise ConfigError(
            f"{file.name} has a different [sync] section.", f"Remove it, or replace it with:\n{section(wanted)}"
        )
    if loaded.sync == older:
        _keep(folder, "ca.pem", enrolment.ca)
        _keep(folder, "password", enrolment.password + "\n")
        if enrolment.signing_key:
            directive_trust.pin(loaded.folder, enrolment.signing_key)
    else:
        keep(loaded.folder, enrolment)
    if loaded.sync is None:
        _append(file, section(wanted))
    return loaded.sync is None


def keep(folder: Path, enrolment: Enrolment) -> None:
    """Store the parts outside the configuration: the certificate, the password (as a secret) and head office's key."""
    _keep(folder / SECRETS, "ca.pem", enrolment.ca)
    secrets_of(folder).set(BROKER, enrolment.password)
    if enrolment.signing_key:
        directive_trust.pin(folder, enrolment.signing_key)


def require_own(loaded: Config, enrolment: Enrolment) -> None:
    """Raise `ConfigError` if the enrolment is for another box."""
    store = loaded.store
    if (store.tenant, store.id, store.device) == (enrolment.tenant, enrolment.store, enrolment.device):
        return
    raise ConfigError(
        f"This enrolment is for {enrolment.user}, but this box is {store.tenant}/{store.id}/{store.device}.",
        (
            "Ask head office for this box's enrolment. Before the first sale, you can also "
            "correct [store] in the configuration."
        ),
    )


def _keep(folder: Path, name: str, text: str) -> None:
    """Write a file readable only by the data folder's owner, who runs the appliance."""
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


def section(sync: Sync) -> str:
    """`[sync]` as TOML."""
    lines = [f"host = {_string(sync.host)}", f"port = {sync.port}", f"tls = {str(sync.tls).lower()}"]
    if sync.others:
        lines.append(f"others = [{', '.join(map(_string, sync.others))}]")
    named = {"ca_file": sync.ca_file, "username": sync.username, "password": sync.password}
    lines += [f"{key} = {_string(value)}" for key, value in named.items() if value]
    return "\n".join(["[sync]", *lines, ""])


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _append(file: Path, text: str) -> None:
    """Append a section, leaving the rest of the file unchanged."""
    whole = file.read_text(encoding="utf-8")
    whole += ("" if whole.endswith("\n") else "\n") + "\n# Head office, by its enrolment.\n" + text
    tomllib.loads(whole)
    mode, new = file.stat(), file.with_name(f".{file.name}.new")
    new.write_text(whole, encoding="utf-8")
    new.chmod(mode.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(new, mode.st_uid, mode.st_gid)
    new.replace(file)
