"""A mailbox by IMAP (RFC 3501): fetch unseen mails and mark them as seen. Blocks: call it in a thread."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from edge.goods.supplier_invoices.mail_reader import MAIL_BYTES
from edge.goods.supplier_invoices.settings import SupplierInvoicesSection
from edge.lib.errors import EdgeError

TIMEOUT_S = 30.0
MAILS_AT_ONCE = 20
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})")


class MailboxFailed(EdgeError):
    """The mailbox couldn't be checked; `key` is the text of the reason."""


class NewMail(msgspec.Struct, frozen=True):
    """A mail by its UID in the mailbox, and its file; None: the mail is too large."""

    uid: str
    path: Path | None


class Mailbox:
    """The configured mailbox; `password` is used to sign in."""

    def __init__(
        self, section: SupplierInvoicesSection, password: str, beside: Path, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._section, self._password, self._beside, self._timeout_s = section, password, beside, timeout_s

    def fetch(self, into: Path) -> list[NewMail]:
        """Fetch the oldest unseen mails as files in a folder; they stay unseen. Raises `MailboxFailed`."""
        with self._open() as box:
            _, found = box.uid("SEARCH", "UNSEEN")
            uids = [uid for uid in (found[0] or b"").decode("ascii", "replace").split() if uid.isdecimal()]
            return [self._fetch_mail(box, uid, into) for uid in uids[:MAILS_AT_ONCE]]

    def mark_seen(self, uids: Sequence[str]) -> None:
        """Mark mails as seen. Raises `MailboxFailed`."""
        with self._open() as box:
            box.uid("STORE", ",".join(uids), "+FLAGS", r"(\Seen)")

    def _fetch_mail(self, box: imaplib.IMAP4, uid: str, into: Path) -> NewMail:
        _, told = box.uid("FETCH", uid, "(RFC822.SIZE)")
        size = _SIZE.search(told[0] if told and isinstance(told[0], bytes) else b"")
        if size is None or int(size[1]) > MAIL_BYTES:
            return NewMail(uid, None)
        _, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
        content = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if content is None:
            return NewMail(uid, None)
        path = into / uid
        path.write_bytes(content)
        return NewMail(uid, path)

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        try:
            box = self._connect()
            try:
                self._signed_in(box)
                yield box
            finally:
                box.shutdown()
        except (OSError, ssl.SSLError) as error:
            raise MailboxFailed(str(error)[:200], "", "undelivered.no_connection") from error
        except imaplib.IMAP4.error as error:
            raise MailboxFailed(str(error)[:200], "", "supplier_invoices.mailbox_refuses") from error

    def _connect(self) -> imaplib.IMAP4:
        section = self._section
        tls = ssl.create_default_context(
            cafile=str(self._beside / section.mail_ca_file) if section.mail_ca_file else None
        )
        if section.mail_security == "tls":
            return imaplib.IMAP4_SSL(section.mail_host, section.mail_port, ssl_context=tls, timeout=self._timeout_s)
        box = imaplib.IMAP4(section.mail_host, section.mail_port, timeout=self._timeout_s)
        if section.mail_security == "starttls":
            box.starttls(tls)
        return box

    def _signed_in(self, box: imaplib.IMAP4) -> None:
        try:
            box.login(self._section.mail_user, self._password)
        except imaplib.IMAP4.error as error:
            raise MailboxFailed(str(error)[:200], "", "undelivered.wrong_password") from error
        state, _ = box.select(f'"{self._section.mail_folder}"')
        if state != "OK":
            raise MailboxFailed(self._section.mail_folder, "", "supplier_invoices.mailbox_no_folder")
