"""The part that sends receipts by e-mail, each once, as far as that can be known."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

import msgspec
import structlog

from edge.config import Config
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.rows import fact_of, read_rows
from edge.core.messages import Refused
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.lib.errors import ConfigError
from edge.lib.units.receipt_number import shown_number
from edge.services.outgoing.breaker import Breakers
from edge.services.outgoing.faults import MaybeSent, Undelivered
from edge.services.outgoing.mail import OutgoingMail, outgoing_mail
from edge.services.outgoing.retry import wait_s
from edge.services.receipt_mails.receipt_mail import ComposedMail, compose
from edge.services.secrets import secrets_of
from edge.shop.receipt_mail import outbox
from edge.shop.receipt_mail.outbox import MailState, ReceiptMail
from edge.shop.till.events import SaleCompleted
from edge.shop.till.live_settings import live
from edge.shop.till.receipts import of_sale

_log = structlog.get_logger(__name__)
LOOK_S = 5.0
KEEP_AGAIN_S = 1.0
TIDY_S = 3600.0


class ReceiptMailing:
    """See the module. Without a server for mail it only sees to it that nothing is left from before."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        mail: OutgoingMail | None = None,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._shop = shop
        self._settings = live(config.till_settings())
        self._mail = mail
        self._luck = luck

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        entry = self._config.notify.email
        if entry and self._mail is None:
            secrets = secrets_of(self._config.folder)
            self._mail = outgoing_mail(entry, self._config.file.parent, secrets, Breakers())
        await self.begin()
        ready()
        subscription = self._shop.bus.subscribe(COMMITTED)
        loop = asyncio.get_running_loop()
        tidied_s = -TIDY_S
        try:
            while True:
                await self.send_due()
                if loop.time() - tidied_s >= TIDY_S:
                    tidied_s = loop.time()
                    await self._shop.maintain(lambda db: outbox.forget_old(db, self._shop.now_us()))
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await subscription.next()
                await self._shop.till_first.rest(0.01)
        finally:
            self._shop.bus.unsubscribe(subscription)

    async def begin(self) -> None:
        """What was cut off is not known to have arrived."""
        await self._keep(lambda db: outbox.cut_off(db, self._shop.now_us()))

    async def send_due(self) -> int:
        """Send what is due; how many were tried."""
        rows = outbox.due(self._shop.reader, self._shop.now_us())
        for row in rows:
            await self._send(row)
        return len(rows)

    async def _send(self, row: ReceiptMail) -> None:
        now_us = self._shop.now_us()
        address = outbox.address_of(self._shop.reader, row)
        if address is None or self._mail is None or now_us - row.made_us > outbox.LIFE_US:
            why = "gone" if address is None else "life_over"
            return await self._end(row, "failed", why)
        composed = self._composed(row)
        if composed is None:
            return await self._end(row, "failed", "refused")
        begun = await self._shop.maintain(lambda db: outbox.begin(db, row.id, now_us))
        if isinstance(begun, Refused) or not begun:
            return None
        sender = self._config.notify.email.sender if self._config.notify.email else address
        try:
            await self._mail.send(_message(composed, row, sender, address), sender, address)
        except MaybeSent:
            await self._end(row, "unknown", "no_answer")
        except Undelivered as fault:
            await self._failed(row, fault)
        else:
            await self._end(row, "sent", "")

    async def _failed(self, row: ReceiptMail, fault: Undelivered) -> None:
        """The address is refused for ever; anything else is tried again while it is worth it."""
        _log.info("a receipt was not mailed", receipt=shown_number(row.register, row.number), why=fault.why)
        if fault.permanent and not fault.credentials:
            return await self._end(row, "failed", fault.why)
        now_us = self._shop.now_us()
        after_s = fault.after_s or wait_s(row.tries + 1, self._luck())
        await self._keep(lambda db: outbox.again(db, row, fault.why, now_us + int(after_s * 1e6), now_us))

    async def _end(self, row: ReceiptMail, state: MailState, why: str) -> None:
        await self._keep(lambda db: outbox.end(db, row, state, why, self._shop.now_us()))

    def _composed(self, row: ReceiptMail) -> ComposedMail | None:
        db = self._shop.reader
        found = read_rows(db, row.seq, 1)
        fact = fact_of(self._shop.registry, found[0]) if found else None
        if fact is None or not isinstance(fact.event, SaleCompleted):
            return None
        settings = msgspec.structs.replace(self._settings.at(db), language=row.language)
        shop = settings.header[0] if settings.header else self._config.store.id
        try:
            return compose(of_sale(fact.event, fact, settings), shown_number(row.register, row.number), shop)
        except ConfigError as error:
            _log.error("a receipt cannot be mailed", why=error.what)
            return None

    async def _keep(self, change: Callable[[Connection], object]) -> None:
        """Until it is written: what went out must be known, however long the disk is full."""
        while True:
            if not isinstance(await self._shop.maintain(change), Refused):
                return
            await asyncio.sleep(KEEP_AGAIN_S)


def _message(composed: ComposedMail, row: ReceiptMail, sender: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = composed.subject, sender, to
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{row.person}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = row.language
    mail.set_content(composed.text + "\n")
    mail.add_alternative(composed.html, subtype="html")
    return mail
