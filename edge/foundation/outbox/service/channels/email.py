"""Email: text and HTML, one recipient per mail. Follow-ups on an alert reply to its first mail."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol

import structlog
from markupsafe import escape

from edge.foundation.outbox.service.channels.sender import Parcel, ParcelFile, nothing_to_mark
from edge.lib.errors import EdgeError
from edge.runtime.outgoing.faults import Undelivered

_log = structlog.get_logger(__name__)


class MailWay(Protocol):
    """Mail transport: the shop's server, or head office."""

    async def send(
        self,
        message: EmailMessage,
        sender: str,
        recipient: str,
        key: str = "",
        life_s: int = 0,
        ending: Callable[[], Awaitable[None]] = nothing_to_mark,
    ) -> str:
        """Deliver a mail within `life_s`; return the response. Mails with the same `key` are the same mail. `ending` is
        awaited before the byte after which the mail may be accepted."""


class EmailChannel:
    """Sends mail."""

    name = "email"
    marks_end = True

    def __init__(self, mail: MailWay, sender: str, repeats: bool = False) -> None:
        """Create the channel. `repeats`: whether the transport detects repeats by key."""
        self._mail = mail
        self._sender = sender
        self.repeats = repeats

    async def send(self, parcel: Parcel, to: str) -> str:
        try:
            mail = self.message(parcel, to)
        except ValueError as error:  # such as a line break in the address
            raise Undelivered("wrong_address", permanent=True) from error
        for file in parcel.files:
            await asyncio.to_thread(_attach, mail, file)
        return await self._mail.send(mail, self._sender, to, parcel.key, parcel.life_s, parcel.ending)

    def message(self, parcel: Parcel, to: str) -> EmailMessage:
        """Build the mail (RFC 5322), marked as automatic by RFC 3834."""
        mail = EmailMessage()
        domain = self._sender.rpartition("@")[2]
        mail["Subject"] = f"Re: {parcel.title}" if parcel.answers else parcel.title
        mail["From"], mail["To"], mail["Date"] = self._sender, to, formatdate(usegmt=True)
        mail["Message-ID"] = _id(parcel.thread if parcel.thread and not parcel.answers else parcel.key, to, domain)
        if parcel.answers:
            mail["In-Reply-To"] = mail["References"] = _id(parcel.answers, to, domain)
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        if parcel.stop:
            mail["List-Unsubscribe"] = f"<{parcel.stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail["Content-Language"] = parcel.language
        mail.set_content(parcel.text + "\n")
        mail.add_alternative(parcel.html or _html(parcel), subtype="html")
        return mail


def _attach(mail: EmailMessage, file: ParcelFile) -> None:
    """Attach a file. Raises `Undelivered` if a required file can't be created."""
    try:
        made = file.make()
    except EdgeError as error:
        if file.needed:
            raise Undelivered("file_not_made", str(error), permanent=True) from error
        _log.warning("an email was sent without its attachment", file=file.name, why=str(error))
        return
    maintype, _, subtype = file.media.partition("/")
    mail.add_attachment(made, maintype=maintype, subtype=subtype, filename=file.name)


def _id(about: str, to: str, domain: str) -> str:
    """Stable opaque Message-ID for a message and recipient."""
    return f"<{hashlib.sha256(f'{about} {to}'.encode()).hexdigest()[:32]}@{domain}>"


def _html(parcel: Parcel) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in parcel.paragraphs)
    link = f'<p><a href="{escape(parcel.link)}">{escape(parcel.link)}</a></p>' if parcel.link else ""
    where = f'lang="{parcel.language}" dir="{parcel.direction}"'
    return f"<!doctype html><html {where}><meta charset=utf-8><body>{lines}{link}</body></html>"
