"""Delivery through head office: mail from a box without its own mail server, and delivery reports."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from itertools import islice

import msgspec
import structlog

from edge.analytics.notify.commands import ReportDelivery, TakeWritten
from edge.analytics.notify.delivery_reports import (
    REPORTS_AT_ONCE,
    DeliveryReport,
    is_signed,
    is_signed_by_twilio,
    of_sms,
    of_whatsapp,
)
from edge.analytics.notify.head_office_messages import (
    KEYS,
    MAIL_BYTES,
    ROOM,
    AskLetters,
    HandLetter,
    OfficeLetterState,
    OfficeReport,
    TakeReports,
    encode,
    handed_of,
    reports_of,
    states_of,
)
from edge.analytics.notify.links import read_reported
from edge.analytics.notify.written_messages import AT_ONCE, written_in
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.service.channels.sender import nothing_to_mark
from edge.lib.errors import EdgeError, NeedsHuman
from edge.ordering.web_orders.arrival import deliver, signed_order
from edge.runtime.head_office import HeadOffice
from edge.runtime.outgoing.faults import MaybeSent, Undelivered, codes_of

_log = structlog.get_logger(__name__)
HAND_S, ASK_S = 10.0, 5.0
LIFE_S = 24 * 3600
"""Maximum time in seconds for which head office tries to deliver."""
EVERY_S, CHAT_S, MORE_S = 15.0, 3.0, 1.0
"""Seconds between requests to head office: normally, while people wait for an answer, and after a full batch of
reports. A flood of messages from strangers doesn't shorten these.
"""
OURS = "office:"
"""Prefix of the provider id of a message that head office accepted but hasn't sent yet."""
_OPEN = """
    SELECT min(id), provider FROM notify_message
    WHERE provider >= 'office:' AND provider < 'office;' AND state = 'sent'
    GROUP BY provider HAVING min(id) > ? ORDER BY 1 LIMIT ?
"""


class OfficeMail:
    """Passes mail to head office, which sends it. Accepted mail counts as sent until head office reports the result.

    A repeated request refers to the same letter, so requests without an answer are repeated.
    """

    def __init__(self, shop: CommandBus, office: HeadOffice) -> None:
        self._shop = shop
        self._office = office

    async def send(
        self,
        message: EmailMessage,
        sender: str,
        recipient: str,
        key: str = "",
        life_s: int = LIFE_S,
        ending: Callable[[], Awaitable[None]] = nothing_to_mark,
    ) -> str:
        """Pass a message to head office, which replaces `sender`; returns the provider id of the accepted message.

        Raises `Undelivered` if head office didn't accept it, `MaybeSent` if its answer is missing or unreadable.
        """
        try:
            whole = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        except ValueError as error:
            raise Undelivered("wrong_address", permanent=True) from error
        if len(whole) > MAIL_BYTES:
            raise Undelivered("mail_too_long", f"{len(whole)} > {MAIL_BYTES}", permanent=True)
        named = hashlib.sha256(f"{self._shop.head.epoch} {key}".encode()).hexdigest()[:32]
        try:
            question = encode(msgspec.convert(HandLetter(named, recipient, whole, min(life_s, LIFE_S)), HandLetter))
        except msgspec.ValidationError as error:
            raise Undelivered("wrong_address", permanent=True) from error
        if not self._office.is_reachable:
            raise Undelivered("no_connection", "head office")
        await ending()
        body = await self._office.ask(ROOM, question, HAND_S)
        if not body:  # head office may have it; a repeat counts as the same email
            raise MaybeSent("head office")
        try:
            why = handed_of(body).why
        except msgspec.DecodeError as error:
            raise MaybeSent("head office's response can't be read by this version") from error
        match why:
            case "":
                return OURS + named
            case "told_to_wait":
                raise Undelivered("told_to_wait", "head office")
            case "wrong_mail":
                raise Undelivered("refused", "head office", permanent=True)
        raise Undelivered("no_office_mail", permanent=True, credentials=True)


class OfficeNews:
    """Asks head office for the state of letters, and for delivery reports."""

    def __init__(
        self,
        shop: CommandBus,
        office: HeadOffice,
        reports: str,
        app_secret: Callable[[], str],
        sms_token: Callable[[], str],
        channel_secret: Callable[[str], str] = lambda channel: "",
        decimals: int = 2,
        chats: bool = False,
    ) -> None:
        """Take the addresses and secrets of the services.

        `reports`: the address that services report to, "" if none; `app_secret` and `sms_token`: return the secrets of
        Meta and Twilio, "" if unused; `channel_secret`: returns an order channel's secret; `decimals`: of the shop's
        currency; `chats`: people write to the shop's number and expect quick answers.
        """
        self._shop = shop
        self._office = office
        self._reports = reports
        self._app_secret = app_secret
        self._sms_token = sms_token
        self._channel_secret = channel_secret
        self._decimals = decimals
        self._chats = chats
        self._through = self._seen = 0
        self._waits = set[tuple[str, str]]()
        """Channels and tokens with a postponed report since the last full pass; their later reports are
        postponed too.
        """
        self._beyond = set[int]()
        """Reports handled although an earlier one is still waiting.

        Head office repeats them until the earlier one is handled.
        """
        self._asked = 0

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            more = await self.look()
            await asyncio.sleep(MORE_S if more else CHAT_S if self._chats else EVERY_S)

    async def look(self) -> bool:
        """Fetch the state of some letters, and reports; returns whether there may be more reports."""
        await self._letters()
        return bool(self._reports) and await self._take()

    async def _letters(self) -> None:
        """Ask about all letters in turn, so that a long-waiting one doesn't block the others."""
        found = self._shop.reader.execute(_OPEN, (self._asked, KEYS)).fetchall()
        self._asked = found[-1][0] if len(found) == KEYS else 0
        waiting = {provider.removeprefix(OURS): id for id, provider in found}
        if not waiting:
            return
        body = await self._office.ask(ROOM, encode(AskLetters(tuple(waiting))), ASK_S)
        if not body:
            return
        try:
            states = states_of(body).letters
        except msgspec.DecodeError:
            _log.warning("head office's message about letters can't be read by this version")
            return
        for one in states:
            if one.key in waiting and one.state not in ("queued", "sending"):
                await self._settle_message(waiting[one.key], one)

    async def _settle_message(self, message: int, state: OfficeLetterState) -> None:
        codes = codes_of(state.detail)
        if state.state == "failed":
            await self._shop.do(ReportDelivery(message, "failed", codes.partition(" ")[0] or state.why[:20]), system())
        said = state.detail[:80] if state.state == "sent" else codes
        unknown = state.state in ("unknown", "gone")
        changes = {"state": "unknown", "why": "no_answer"} if unknown else {}

        def write(db: Connection) -> None:
            of = [one.id for one in outbox.messages_sent_with(db, message)]
            outbox.settle(db, of, self._shop.now_us(), provider=said, **changes)

        await self._shop.maintain(write)

    async def _take(self) -> bool:
        """Fetch reports; returns whether there may be more. Postponed reports are fetched again after a full pass."""
        body = await self._office.ask(ROOM, encode(TakeReports(self._through, self._seen)), ASK_S)
        if not body:
            return False
        try:
            reports = reports_of(body).reports
        except msgspec.DecodeError:
            _log.warning("head office's reports can't be read by this version")
            return False
        if not reports or reports[0].id <= self._seen:  # an older head office begins with the waiting ones each time
            self._seen, self._waits = self._through, set()
            return False
        for report in reports:
            sender = (report.channel, report.token)
            if sender in self._waits or report.id in self._beyond:
                continue
            if not await self._take_report(report):
                self._waits.add(sender)
            elif self._waits:
                self._beyond.add(report.id)
            else:
                self._through = max(self._through, report.id)
        self._seen = reports[-1].id
        if not self._waits:
            self._through, self._beyond = self._seen, set()
        return True

    async def _take_report(self, report: OfficeReport) -> bool:
        """Handle a report. False: it can't be verified or stored now, so keep it for later."""
        if report.channel == "orders" and not await self._take_order(report):
            return False
        if self._chats and report.channel == "whatsapp" and not await self._take_messages(report):
            return False
        for said in islice(self._trusted_reports(report), REPORTS_AT_ONCE):
            message = read_reported(self._shop.reader, said.token, self._shop.now_us())
            if message is not None:
                await self._shop.do(ReportDelivery(message, said.state, said.code), system())
        return True

    async def _take_messages(self, report: OfficeReport) -> bool:
        """Store messages to the shop's number if signed by Meta. False: keep them for later."""
        messages = tuple(islice(written_in(report.body), AT_ONCE))
        if not messages:
            return True
        try:
            signed = is_signed(report.body, self._app_secret(), report.signature)
        except EdgeError as error:
            _log.error("a written message waits: the secret can't be read", error=str(error))
            return False
        return not signed or isinstance(await self._shop.do(TakeWritten(messages), system()), Done)

    async def _take_order(self, report: OfficeReport) -> bool:
        """Handle a web shop's order: accept it, hold it, or discard it if unsigned or unreadable.

        False: it can't be checked or held now, so keep it for later.
        """
        try:
            secret = self._channel_secret(report.token)
            order = signed_order(self._shop.reader, report.token, report.body, report.signature, secret, self._decimals)
        except NeedsHuman as error:
            _log.error("a web shop's order waits: its secret can't be read", channel=report.token, error=str(error))
            return False
        except (EdgeError, ValueError, PermissionError) as error:
            _log.warning("a web shop sent an invalid order", channel=report.token, error=str(error)[:200])
            return True
        return isinstance(await deliver(self._shop, report.token, order, system()), Done)

    def _trusted_reports(self, report: OfficeReport) -> list[DeliveryReport]:
        """The delivery reports in a message, if properly signed; empty if its signature can't be verified."""
        try:
            return self._signed_reports(report)
        except EdgeError as error:
            _log.error("a report can't be read and is skipped", channel=report.channel, error=str(error))
            return []

    def _signed_reports(self, report: OfficeReport) -> list[DeliveryReport]:
        if report.channel == "sms":
            key, address = self._sms_token(), f"{self._reports}/sms/{report.token}"
            if key and not is_signed_by_twilio(address, report.body, key, report.signature):
                return []
            return list(of_sms(report.token, report.body))
        secret = self._app_secret()
        if report.channel != "whatsapp" or (secret and not is_signed(report.body, secret, report.signature)):
            return []
        return list(of_whatsapp(report.body))
