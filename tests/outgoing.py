"""Servers of other people's that channels speak to, played on this machine: they answer as each service documents."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtpd.smtp
from aiohttp import web

HERE = "127.0.0.1"


@dataclass
class Asked:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answers:
    """A server that keeps what came and answers with what a test says: status, headers, body; None: it hangs up."""

    asked: list[Asked] = field(default_factory=list)
    next: list[tuple[int, dict[str, str], str] | None] = field(default_factory=list)
    usual: tuple[int, dict[str, str], str] = (200, {}, "ok")
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path, dict(request.headers), await request.read()))
        answer = self.next.pop(0) if self.next else self.usual
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, headers, body = answer
        return web.Response(status=status, headers=headers, text=body)


@asynccontextmanager
async def http_server() -> AsyncIterator[Answers]:
    answers = Answers()
    runner = web.ServerRunner(web.Server(answers.serve))  # type: ignore[arg-type]
    await runner.setup()
    site = web.TCPSite(runner, HERE, 0)
    await site.start()
    answers.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    try:
        yield answers
    finally:
        await runner.cleanup()


@dataclass
class Mailbox:
    """What an SMTP server took; `refuse` says what it answers to which command instead."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, list[str]] = field(default_factory=dict)
    drop_after_data: bool = False
    port: int = 0

    def _said(self, at: str, usual: str) -> str:
        left = self.refuse.get(at)
        return left.pop(0) if left else usual

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        said = self._said("rcpt", "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self._said("data", "250 2.0.0 taken as 17")
        if self.drop_after_data:
            server.transport.abort()
        if said.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
        return said


@asynccontextmanager
async def smtp_server(
    context: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: Callable[[str, str], bool] | None = None,
) -> AsyncIterator[Mailbox]:
    """A real SMTP server: with STARTTLS where there is a `context`, or TLS from the first byte (`implicit`)."""
    box = Mailbox()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        good = login is not None and login(data.login.decode(), data.password.decode())
        return aiosmtpd.smtp.AuthResult(success=good, handled=good)

    def made() -> aiosmtpd.smtp.SMTP:
        return aiosmtpd.smtp.SMTP(
            box,
            hostname="mail.example",
            tls_context=None if implicit else context,
            authenticator=authenticate if login else None,
            auth_require_tls=context is not None and not implicit,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(made, HERE, 0, ssl=context if implicit else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
