"""An IMAP4rev1 mailbox (RFC 3501) for clients that poll for new mail.

It supports LOGIN, SELECT, UID SEARCH UNSEEN, UID FETCH of a mail's size and content, UID STORE of flags, and LOGOUT,
without TLS, on this machine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sim.http_service import HERE

_LINE = re.compile(r"(\S+) (?:(UID) )?(\w+)(?: (.*))?", re.IGNORECASE)


class SimMailbox:
    """A mailbox with mails by UID; `down`: it drops every connection."""

    def __init__(self, user: str = "invoices", password: str = "box") -> None:  # nosec B107: a played one
        self.user, self.password = user, password
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.down = False

    def put(self, content: bytes) -> int:
        """Deliver a mail; returns its UID."""
        uid = len(self.mails) + 1
        self.mails[uid] = content
        return uid

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """Serve it; yields its port."""
        server = await asyncio.start_server(self._talk, HERE, 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            await server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self.down:
                writer.write(b"* OK IMAP4rev1 ready\r\n")
                while line := (await reader.readline()).decode().strip():
                    writer.write(self._answer_line(line))
                    await writer.drain()
        finally:
            writer.close()

    def _answer_line(self, line: str) -> bytes:
        found = _LINE.fullmatch(line)
        if found is None:
            return b"* BAD\r\n"
        tag, _, word, rest = found.groups()
        said = self._of(word.upper(), rest or "")
        if said is None:
            return f"{tag} NO\r\n".encode()
        return said + f"{tag} OK {word} completed\r\n".encode()

    def _of(self, word: str, rest: str) -> bytes | None:
        match word:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n"
            case "LOGIN":
                return b"" if rest.replace('"', "").split() == [self.user, self.password] else None
            case "SELECT":
                return f"* {len(self.mails)} EXISTS\r\n".encode() if rest.strip('"') == "INBOX" else None
            case "SEARCH":
                unseen = (str(uid) for uid in self.mails if uid not in self.seen)
                return f"* SEARCH {' '.join(unseen)}".strip().encode() + b"\r\n"
            case "FETCH":
                return self._fetch_mail(rest)
            case "STORE":
                self.seen |= {int(uid) for uid in rest.split()[0].split(",")}
                return b""
            case _:
                return b""

    def _fetch_mail(self, rest: str) -> bytes:
        uid, _, what = rest.partition(" ")
        mail = self.mails[int(uid)]
        if "SIZE" in what:
            return f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})\r\n".encode()
        return f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
