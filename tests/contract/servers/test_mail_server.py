"""A mail server that is slow or disconnects: which mails may be repeated, and whether mails arrive as written."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.mail import MailServer, OutgoingMail, Security
from tests.contract.servers.test_channels import PARCEL, fault, mail
from tests.outgoing import HERE, smtp_server
from tests.shop_fixture import run


def test_a_mail_server_that_says_nothing_is_waited_for_so_long_and_no_longer() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(lambda reader, writer: asyncio.Event().wait(), HERE, 0)
        port = server.sockets[0].getsockname()[1]
        channel = EmailChannel(OutgoingMail(MailServer(HERE, port, "none"), Breakers(), 0.2), "shop@corner.example")
        slow = await fault(channel.send(PARCEL, "dana@example.com"))
        assert (slow.why, slow.permanent) == ("no_connection", False), "nothing was handed in: it may go again"
        server.close()

    run(scenario())


@pytest.mark.parametrize("at", ["DATA", "body", "stuck"])
def test_a_mail_that_is_cut_off_before_its_final_dot_may_go_again(at: str) -> None:
    async def scenario() -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example\r\n")
            while not (line := await reader.readline()).startswith(b"DATA"):
                writer.write(b"250 mail.example\r\n" if line else b"")
            if at != "DATA":
                writer.write(b"354 go on\r\n")
                await reader.readexactly(1_000)
            if at == "stuck":
                await asyncio.Event().wait()
            writer.transport.abort()

        server = await asyncio.start_server(talk, HERE, 0)
        port = server.sockets[0].getsockname()[1]
        channel = EmailChannel(OutgoingMail(MailServer(HERE, port, "none"), Breakers(), 1), "shop@corner.example")
        long = msgspec.structs.replace(PARCEL, paragraphs=("x" * 1_000_000,) * 16)
        cut = await fault(channel.send(long, "dana@example.com"))
        assert (cut.why, cut.permanent) == ("no_connection", False)
        server.close()

    run(scenario())


def test_a_line_that_begins_with_a_dot_arrives_as_it_was_written() -> None:
    async def scenario() -> None:
        async with smtp_server() as box:
            await mail(box).send(msgspec.structs.replace(PARCEL, paragraphs=("a", ".", ".b", "..")), "dana@example.com")
            body = box.mails[0].get_body(("plain",))
            assert body and body.get_content().splitlines()[:4] == ["a", ".", ".b", ".."]

    run(scenario())


async def talking(says: dict[bytes, bytes], port_of: list[int], heard: list[bytes]) -> asyncio.Server:
    """A mail server that answers commands with `says`, and others with `250`. `heard`: the lines it received."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            heard.append(line)
            writer.write(says.get(line.split()[0].upper(), b"250 mail.example\r\n") if line.strip() else b"")
        writer.close()

    server = await asyncio.start_server(talk, HERE, 0)
    port_of.append(server.sockets[0].getsockname()[1])
    return server


@pytest.mark.parametrize(
    ("security", "says", "why", "at_fault"),
    [
        ("starttls", {}, "no_tls", True),
        ("none", {}, "wrong_password", True),
        ("none", {b"EHLO": b"250-mail.example\r\n250 AUTH PLAIN\r\n", b"AUTH": b"454 4.7.0 later\r\n"}, "", False),
        ("none", {b"EHLO": b"250-mail.example\r\n250 AUTH PLAIN\r\n", b"AUTH": b"535 no\r\n"}, "wrong_password", True),
        (
            "none",
            {b"EHLO": b"250-a.example\r\n250 AUTH LOGIN PLAIN\r\n", b"AUTH": b"535 no\r\n"},
            "wrong_password",
            True,
        ),
    ],
    ids=["no encryption there", "no password there", "cannot look it up now", "wrong password", "two ways to say it"],
)
def test_a_server_that_is_not_as_configured_is_told_from_one_that_cannot_just_now(
    security: Security, says: dict[bytes, bytes], why: str, at_fault: bool
) -> None:
    async def scenario() -> None:
        ports: list[int] = []
        heard: list[bytes] = []
        async with await talking(says, ports, heard) as server:
            way = OutgoingMail(MailServer(HERE, ports[0], security, "shop", "right"), Breakers(), 5)
            failed = await fault(EmailChannel(way, "shop@corner.example").send(PARCEL, "dana@example.com"))
            assert (failed.why, failed.credentials) == (why or "told_to_wait", at_fault)
            assert not any(line.startswith((b"MAIL", b"DATA")) for line in heard), "nothing went out in clear"
            assert sum(line.startswith(b"AUTH") for line in heard) <= 1, "a password is said once"
            server.close()

    run(scenario())
