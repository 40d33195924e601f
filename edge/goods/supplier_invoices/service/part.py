"""Background part that checks the mailbox for supplier invoices and receives them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.goods.supplier_invoices.commands import NoteMailboxAsked, NoteMailedFile, ReceiveInvoice
from edge.goods.supplier_invoices.mail_reader import MailFile, MailRead, read_mail
from edge.goods.supplier_invoices.queries import earlier_invoice, read_known_sellers
from edge.goods.supplier_invoices.reader_client import keep_pictures, read_apart
from edge.goods.supplier_invoices.service.mailbox import Mailbox, MailboxFailed, NewMail
from edge.goods.supplier_invoices.settings import MAIL_SECRET, SupplierInvoicesSection
from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)


class InvoiceMailPart:
    """Checks the mailbox periodically."""

    def __init__(self, config: Config, shop: CommandBus, secrets: SecretStore) -> None:
        self._section = config.of(SupplierInvoicesSection)
        self._currency, self._folder, self._beside = config.store.currency, config.folder, config.file.parent
        self._shop, self._secrets = shop, secrets

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> InvoiceMailPart:
        return cls(config, shop, secrets_of(config.folder))

    async def run(self, ready: Ready) -> None:
        """Import invoices from the mailbox until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, self._section.mail_every_min * 60.0)

    async def look(self) -> None:
        """Receive new mails. A mail is marked as seen after it's processed, so an interrupted one is fetched again."""
        try:
            box = Mailbox(self._section, await asyncio.to_thread(self._secrets.open, MAIL_SECRET), self._beside)
            with tempfile.TemporaryDirectory(prefix="edge-mail-") as folder:
                mails = await asyncio.to_thread(box.fetch, Path(folder))
                dealt = [mail.uid for mail in mails if await self._take(mail)]
            if dealt:
                await asyncio.to_thread(box.mark_seen, dealt)
        except MailboxFailed as error:
            _log.warning("the invoice mailbox couldn't be checked", why=error.key)
            await self._note_attempt(error.key, error.what)
        except EdgeError as error:
            await self._note_attempt("undelivered.no_secret", error.what)
        else:
            await self._note_attempt()

    async def _note_attempt(self, why: str = "", detail: str = "") -> None:
        await self._shop.do(NoteMailboxAsked(why, detail[:200]), system("job"))

    async def _take(self, mail: NewMail) -> bool:
        """Receive a mail's invoices; returns whether all of them were processed."""
        read = await asyncio.to_thread(read_mail, mail.path) if mail.path else MailRead(why="large")
        if read.why:
            await self._note("", f"supplier_invoices.{read.why}")
        for file in read.files:
            if not await self._take_file(file):
                return False
        return True

    async def _take_file(self, file: MailFile) -> bool:
        known = read_known_sellers(self._shop.reader)
        with tempfile.TemporaryDirectory(prefix="edge-invoice-") as folder:
            path = Path(folder) / "invoice"
            await asyncio.to_thread(path.write_bytes, file.content)
            found = await asyncio.to_thread(read_apart, path, known, self._currency)
        if found.paper is None:
            await self._note(file.name, f"supplier_invoices.{found.why}")
            return True
        before, is_file = earlier_invoice(self._shop.reader, found.paper, found.digest)
        if before:
            if not is_file:  # the very same file needs no note
                await self._note(file.name, "supplier_invoices.twice", before)
            return True
        outcome = await self._shop.do(ReceiveInvoice(found.paper, found.digest, file.name), system("job"))
        if not isinstance(outcome, Done):
            return False
        await asyncio.to_thread(keep_pictures, self._folder, found)
        await self._note(file.name, number=int(outcome.result))
        return True

    async def _note(self, file: str, why: str = "", number: int = 0) -> None:
        await self._shop.do(NoteMailedFile(file[-200:], why, number), system("job"))
