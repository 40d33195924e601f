"""Process that extracts files from a mail: `python -m edge.goods.supplier_invoices.mail_reader`.

It reads a path as JSON from standard input and answers with one `MailRead`: the mail's attachments (RFC 5322, MIME)
that may be invoices. The mail's text, sender and subject aren't stored.
"""

from __future__ import annotations

import email
import email.policy
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import msgspec

from edge.core.process import child

MODULE = "edge.goods.supplier_invoices.mail_reader"
MEMORY_BYTES = 1024**3
CPU_S = 20
WAIT_S = 120.0
MAIL_BYTES = 25 * 1024 * 1024
FILES_MOST = 10
NAME_CHARS = 120
SUFFIXES = (".xml", ".pdf", ".jpg", ".jpeg", ".png", ".webp")
KINDS = frozenset(
    {"application/pdf", "application/xml", "text/xml", "image/jpeg", "image/png", "image/webp", "application/x-pdf"}
)
PICTURE_BYTES_LEAST = 20 * 1024
"""Minimum size of a picture in bytes; smaller pictures are logos in a mail's signature."""


class MailFile(msgspec.Struct, frozen=True):
    """An attachment."""

    name: str
    content: bytes


class MailRead(msgspec.Struct, frozen=True):
    """The attachments of a mail; or `why` it can't be read or has too many."""

    files: tuple[MailFile, ...] = ()
    why: str = ""


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, lambda asked: (msgspec.json.decode(asked, type=str),))


def _answer(asked: bytes) -> bytes:
    content = Path(msgspec.json.decode(asked, type=str)).read_bytes()
    return msgspec.json.encode(files_of(content))


def read_mail(path: Path) -> MailRead:
    """Read a mail's attachments in a separate process. Blocks: call it in a thread."""
    try:
        return msgspec.json.decode(child.ask(MODULE, msgspec.json.encode(str(path)), WAIT_S), type=MailRead)
    except child.ChildFailed as error:
        return MailRead(why="slow" if error.slow else "damaged")


def files_of(content: bytes) -> MailRead:
    """The attachments that may be invoices."""
    if len(content) > MAIL_BYTES:
        return MailRead(why="large")
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    try:
        found = list(_files(message))
    except (LookupError, ValueError, AttributeError, RecursionError):  # headers that can't be parsed
        return MailRead(why="damaged")
    if not found:
        return MailRead(why="no_attachment")
    return MailRead(tuple(found[:FILES_MOST]), "too_many_files" if len(found) > FILES_MOST else "")


def _files(message: EmailMessage) -> Iterator[MailFile]:
    for part in message.walk():
        if part.is_multipart():
            continue
        name = " ".join((part.get_filename() or "").split())[-NAME_CHARS:]
        kind = part.get_content_type()
        if not name.lower().endswith(SUFFIXES) and kind not in KINDS:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or (kind.startswith("image/") and len(content) < PICTURE_BYTES_LEAST):
            continue
        yield MailFile(name or "invoice", content)


if __name__ == "__main__":
    sys.exit(main())
