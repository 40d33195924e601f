"""Sends one email to one recipient by SMTP (RFC 5321), with a known outcome at every step."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from edge.core.secrets.store import SecretStore
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.secrets import secret_of

if TYPE_CHECKING:
    from aiosmtplib import SMTP

TIMEOUT_S = 15.0
LOOK_S = 0.02
_GO_ON, _TAKEN = 354, 250
_DOT = re.compile(rb"(?m)^\.")
"""A dot at the beginning of a line is doubled (RFC 5321, section 4.5.2)."""
Security = Literal["starttls", "tls", "none"]


class MailServer(msgspec.Struct, frozen=True):
    """Mail submission server. `none` (unencrypted) is permitted only within this machine or network."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str = ""


class MailAccount(Protocol):
    """A mail server as configured in config.toml. Its password is a stored secret or in a file."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def security(self) -> Security: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def password_file(self) -> str: ...
    @property
    def ca_file(self) -> str: ...


class OutgoingMail:
    """Submits mail to a server, through its breaker."""

    def __init__(
        self,
        server: MailServer,
        breakers: Breakers,
        timeout_s: float = TIMEOUT_S,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._breakers = breakers
        self._timeout_s = timeout_s
        self._mono_s = mono_s

    async def send(
        self,
        message: Message,
        sender: str,
        recipient: str,
        key: str = "",
        life_s: int = 0,
        ending: Callable[[], Awaitable[None]] | None = None,
    ) -> str:
        """Send a mail; return the server's reply. A failure before the final dot is `Undelivered`, after it
        `MaybeSent`; `ending` is awaited right before the dot. `key` and `life_s` are ignored, because SMTP has no
        idempotency and answers immediately."""
        try:
            whole = message.as_bytes(policy=message.policy.clone(linesep="\r\n")).removesuffix(b"\r\n") + b"\r\n"
        except ValueError as error:
            raise _wrong_address() from error
        host = f"smtp:{self._server.host}:{self._server.port}"
        if left_s := self._breakers[host].left_s(self._mono_s()):
            raise Undelivered("breaker_open", self._server.host, after_s=left_s, tried=False)
        self._breakers[host] = self._breakers[host].record_call()
        try:
            said = await self._hand_in(whole, sender, recipient, ending)
        except Undelivered as fault:
            worked = fault.permanent or fault.why == "told_to_wait"
            before = self._breakers[host]
            self._breakers[host] = before.record_success() if worked else before.record_failure(self._mono_s())
            raise
        except BaseException:
            self._breakers[host] = self._breakers[host].record_failure(self._mono_s())
            raise
        self._breakers[host] = self._breakers[host].record_success()
        return said

    async def _hand_in(
        self, whole: bytes, sender: str, recipient: str, ending: Callable[[], Awaitable[None]] | None
    ) -> str:
        import aiosmtplib as smtp  # 14 MB that a shop without email doesn't need

        server = self._server
        tls = _context(server.ca_file) if server.security != "none" else None
        client = smtp.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout_s,
            use_tls=server.security == "tls",
            start_tls=False,
            tls_context=tls,
        )
        try:
            try:
                await client.connect()
                await _let_in(client, server, tls)
                try:
                    await client.mail(sender)
                    await client.rcpt(recipient)
                except ValueError as error:
                    raise _wrong_address() from error
            except smtp.SMTPAuthenticationError as error:
                raise _not_let_in(error.code, error.message) from error
            except smtp.SMTPResponseException as error:
                raise _smtp_error(error.code, error.message) from error
            except ssl.SSLError as error:
                raise Undelivered("no_tls", str(error), permanent=True, credentials=True) from error
            except (smtp.SMTPException, OSError) as error:
                bad = isinstance(error.__cause__, ssl.SSLError)
                raise Undelivered(
                    "no_tls" if bad else "no_connection", str(error), permanent=bad, credentials=bad
                ) from error
            try:
                begun = await client.execute_command(b"DATA")
                if begun.code == _GO_ON:
                    await self._write_body(client.transport, _DOT.sub(b"..", whole))
                    if ending is not None:
                        await ending()
                        _still_there(client.transport)
            except smtp.SMTPResponseException as error:
                raise _smtp_error(error.code, error.message) from error
            except (smtp.SMTPException, OSError) as error:
                raise Undelivered("no_connection", str(error)) from error
            if begun.code != _GO_ON:
                raise _smtp_error(begun.code, begun.message)
            try:
                taken = await client.execute_command(b".")
            except (smtp.SMTPException, OSError) as error:
                raise MaybeSent(str(error)) from error
            if taken.code != _TAKEN:
                raise _smtp_error(taken.code, taken.message)
            return str(taken.message)
        finally:
            client.close()

    async def _write_body(self, transport: asyncio.BaseTransport | None, body: bytes) -> None:
        """Write the mail except its final dot. Raises `OSError` if the connection is lost or stalls."""
        if not isinstance(transport, asyncio.WriteTransport):
            raise OSError("the connection was lost")
        transport.write(body)
        left, until_s = len(body) + 1, self._mono_s()
        while now := transport.get_write_buffer_size():
            if now < left:
                left, until_s = now, self._mono_s() + self._timeout_s
            if self._mono_s() > until_s:
                raise OSError("the server no longer accepts the email")
            await asyncio.sleep(LOOK_S)
        _still_there(transport)


def _still_there(transport: asyncio.BaseTransport | None) -> None:
    """Raise `OSError` if the connection is lost before the final dot."""
    if transport is None or transport.is_closing():
        raise OSError("the connection was lost while sending the email")


def outgoing_mail(account: MailAccount, beside: Path, store: SecretStore, breakers: Breakers) -> OutgoingMail:
    """Return the shop's mail server. `beside`: the folder of config.toml. Raises `ConfigError` if its password can't be
    read."""
    password = secret_of(store, account.password, account.password_file, beside)
    ca_file = str(beside / account.ca_file) if account.ca_file else ""
    server = MailServer(account.host, account.port, account.security, account.user, password, ca_file)
    return OutgoingMail(server, breakers)


_WAYS = ("plain", "login", "cram-md5")
"""Sign-in methods for encrypted connections, in order of preference. `_CLEAR_WAYS` are those for unencrypted ones,
where only CRAM-MD5 doesn't reveal the password."""
_CLEAR_WAYS = ("cram-md5", "plain", "login")
_NOT_THIS_WAY = (504, 534, 538)


def _smtp_error(code: int, said: str) -> Undelivered:
    """Return the error for a reply: 4yz is temporary, 5yz permanent (RFC 5321, section 4.2.1)."""
    if 400 <= code < 500:
        return Undelivered("told_to_wait", f"{code} {said}")
    credentials = code in (530, 534, 535, 538)
    return Undelivered("refused", f"{code} {said}", permanent=True, credentials=credentials)


async def _let_in(client: SMTP, server: MailServer, tls: ssl.SSLContext | None) -> None:
    """Start TLS, if configured, and sign in."""
    if server.security == "starttls":
        await client.ehlo()
        if not client.supports_extension("starttls"):
            raise _not_offered("no_tls", "STARTTLS")
        await client.starttls(tls_context=tls)
    await client.ehlo()
    if server.user:
        await _sign_in(client, server)


async def _sign_in(client: SMTP, server: MailServer) -> None:
    """Send the password once, because repeated wrong attempts could lock the account. Another method is used only if
    the server rejects this one (RFC 4954, section 6: 504, 534, 538)."""
    from aiosmtplib import SMTPAuthenticationError

    ways = [one for one in (_CLEAR_WAYS if server.security == "none" else _WAYS) if one in client.server_auth_methods]
    if not ways:
        raise _not_offered("wrong_password", "AUTH")
    for last, way in zip([*[False] * (len(ways) - 1), True], ways, strict=True):
        try:
            await getattr(client, f"auth_{way.replace('-', '')}")(server.user, server.password)
        except SMTPAuthenticationError as error:
            if last or error.code not in _NOT_THIS_WAY:
                raise
        else:
            return


def _not_let_in(code: int, said: str) -> Undelivered:
    """Return the error for a rejected password. With 4yz, the server can't check the password now (RFC 4954, section
    6); otherwise it is wrong."""
    if 400 <= code < 500:
        return _smtp_error(code, said)
    return Undelivered("wrong_password", str(code), permanent=True, credentials=True)


def _not_offered(why: str, what: str) -> Undelivered:
    """Return the error for a server that lacks a configured feature. No mail is sent unencrypted or unauthenticated
    instead."""
    return Undelivered(why, f"the server doesn't offer {what}", permanent=True, credentials=True)


def _wrong_address() -> Undelivered:
    """Return the error for an address that must be ASCII, such as josé@example.com, unless both servers support RFC
    6531."""
    return Undelivered("wrong_address", permanent=True)


def _context(ca_file: str) -> ssl.SSLContext:
    try:
        return tls_context(ca_file)
    except OSError as error:
        detail = f"{ca_file}: {error}"
        raise Undelivered("no_tls", detail, permanent=True, credentials=True) from error


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return the TLS context for the server, trusting the file's authority or the system's. Raises `OSError` if the
    file has none."""
    return ssl.create_default_context(cafile=ca_file or None)
