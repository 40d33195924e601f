"""Part that plans notifications and sends each channel's messages."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import structlog

from edge.analytics.notify.links import make_key
from edge.analytics.notify.message_text import About
from edge.analytics.notify.preferences import CHANNELS
from edge.analytics.notify.push_subscriptions import keep_push_key
from edge.analytics.notify.service import breaker_store, dispatch, outcomes
from edge.analytics.notify.service.by_office import OfficeNews
from edge.analytics.notify.service.dispatch import ReadyMessage
from edge.analytics.notify.service.office_letters import office_letters
from edge.analytics.notify.service.planner import bring_to_now, follow_clock, needed_messages
from edge.analytics.notify.service.senders import senders
from edge.analytics.notify.service.unwritten_alerts import UnwrittenAlerts
from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Refused
from edge.core.process.parts import PartState, Ready, first_completed
from edge.core.secrets.store import SECRETS
from edge.core.storage.database import Connection
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.service.channels.sender import Sender
from edge.foundation.outbox.service.clock_steps import ClockSteps, ages
from edge.foundation.outbox.service.letters.post import Post
from edge.foundation.outbox.service.pauses import Pauses
from edge.lib import webpush
from edge.lib.units.money import exponent
from edge.ordering.web_orders.web_order import secret_name
from edge.runtime.config import Config
from edge.runtime.head_office import HeadOffice
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secret_of, secrets_of

_log = structlog.get_logger(__name__)
T = TypeVar("T")
TICK_S = 1.0
PLAN_S = 5.0
"""Seconds between plans if no event occurs: escalation and digests depend on time."""
TIDY_S = 3600.0
UNWRITTEN_S = 5.0
"""Seconds between checks for alerts to send while the ledger can't be written."""
KEEP_AGAIN_S = 1.0
PASSING = ("busy", "read_only")
"""Temporary refusals, which are retried later."""
_BEGIN = """
    INSERT INTO notify_channel (name, configured, fault) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET configured = excluded.configured, fault = excluded.fault, detail = ''
"""


class NotificationsPart:
    """Plans and sends notifications. Messages are stored on disk before their first byte is sent. Interrupted ones have
    an unknown outcome, unless the receiver recognises repeats. `own`: channels of the shop's devices; `office`: head
    office, for mail and reports.
    """

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        made: Mapping[str, Sender] | None = None,
        luck: Callable[[], float] = random.random,
        own: Sequence[Sender] = (),
        office: HeadOffice | None = None,
    ) -> None:
        self._config = config
        self._own = own
        self._office = office
        self._news = self._office_news(config, office)
        self._shop = shop
        self._pacing = {kind: one.pacing for kind, one in shop.registry.watches.items() if one.pacing}
        self._given = made
        self._senders: dict[str, Sender] = {}
        self._luck = luck
        self._zone = ZoneInfo(config.store.zone)
        self._thread: ThreadPoolExecutor | None = None
        self._db: Connection | None = None
        self._wake: dict[str, asyncio.Event] = {}
        self._faults: dict[str, str] = {}
        self._breakers = Breakers()
        self._steps = ClockSteps(shop.clock)
        self._turn = asyncio.Lock()
        self._pauses = Pauses()
        self._unwritten = UnwrittenAlerts(self._about)
        self._post = Post(config, shop, {"office": office_letters(config.notify.office, self._about)})

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        breakers = self._kept_breakers()
        secrets = self._shop.bus.subscribe(SECRETS)
        try:
            async with OutgoingHttp(breakers, self._config.notify.allow) as http:
                while True:
                    await self.begin(http, breakers)
                    ready(self._state())
                    try:
                        sending = (self._sending(name) for name in self._senders)
                        news = [self._news.run()] if self._news else []
                        await first_completed(
                            self._planning(), self._from_memory(), *sending, *news, _ignore_outcome(secrets)
                        )
                    finally:
                        self.close()
        finally:
            self._shop.bus.unsubscribe(secrets)

    async def begin(self, http: OutgoingHttp, breakers: Breakers) -> None:
        """Create the channels, and handle interrupted messages."""
        self._breakers = breakers
        store = secrets_of(self._config.folder)
        made, self._faults = senders(self._config, store, self._shop, http, breakers, self._own, self._office)
        self._senders = dict(self._given) if self._given is not None else made
        self._wake = {name: asyncio.Event() for name in self._senders}
        self._db = self._shop.open_reader()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="notify-reader")
        faulty, push_secret = self._faults, webpush.secret_bytes(webpush.new_key())

        def write(db: Connection) -> None:
            for name in CHANNELS:
                db.execute(_BEGIN, (name, name in self._senders, "no_secret" if name in faulty else ""))
                outbox.let_out(db, name, self._shop.now_us())
            bring_to_now(db, self._shop.now_us())
            again = [name for name, sender in self._senders.items() if sender.repeats]
            outbox.cut_off(db, again, self._shop.now_us())
            outbox.recompute_held(db, self._shop.now_us())  # the shop's time zone may have changed
            make_key(db)
            keep_push_key(db, push_secret)

        await self._follow_clock()
        await self._write(write)

    def close(self) -> None:
        if self._thread and self._db:
            self._thread.shutdown(wait=True, cancel_futures=True)
            self._db.close()
        self._thread = self._db = None

    async def plan(self) -> bool:
        """Queue messages that are due; returns whether any were queued. False also if the ledger can't be written."""
        async with self._turn:
            await self._follow_clock()
            now_us, office = self._shop.now_us(), bool(self._config.notify.office)
            found = await self._read(
                lambda db: needed_messages(db, now_us, self._config.business_date, self._zone, office)
            )
            choice = await self._read(lambda db: self._post.choose(db, tuple(self._senders)))
            if not found and not choice:
                return False

            def write(db: Connection) -> None:
                found.write(db, now_us)
                choice.write(db, now_us)

            written = await self._shop.maintain(write)
        for event in self._wake.values():
            event.set()
        return not isinstance(written, Refused)

    async def dispatch(self, channel: str) -> int:
        """Send a channel's due messages; returns how many were ready, even if sending stopped early."""
        zone, about, post = self._zone, self._about, self._post
        async with self._turn:
            await self._follow_clock()
            now_us = self._shop.now_us()
            day = self._config.business_date(now_us)
            of, aging = (zone, about, post, self._pacing), ages(self._shop)
            free = partial(self._pauses.free, now_s=self._mono_s())
            turn = await self._read(lambda db: dispatch.look(db, channel, now_us, day, *of, aging, free))
            if turn.has_records:
                await self._shop.maintain(lambda db: outcomes.keep_turn(db, turn, now_us, day, aging))
        for one in turn.ready:
            if not await self._send(self._senders[channel], one):
                break
        return len(turn.ready)

    async def _follow_clock(self) -> None:
        """Adjust to a changed clock, so that waits don't grow by a year and messages don't expire.

        Code that decides by the clock acquires `_turn`, so that it never sees half-adjusted rows.
        """
        if step := self._steps.take():
            _log.warning("the clock was changed; waiting messages were rescheduled", by_s=step.by_us // 1_000_000)
            now_us = self._shop.now_us()
            await self._write(lambda db: follow_clock(db, step, now_us))

    async def _send(self, sender: Sender, one: ReadyMessage) -> bool:
        """Send a message; returns whether more can be sent: the ledger is writable, and the channel isn't
        misconfigured.
        """
        marked = await self._shop.maintain(
            lambda db: outcomes.mark_sending(db, one, self._shop.now_us(), sender.marks_end)
        )
        if isinstance(marked, Refused):
            return False
        if not marked:
            return True
        provider = await self._handed_over(sender, one)
        async with self._turn:
            await self._follow_clock()  # the network may have come up during the sending and set the clock
        if not isinstance(provider, str):
            fault, luck, retry = provider, self._luck(), self._config.notify.retry
            why = fault.why if isinstance(fault, Undelivered) else "no_answer"
            if why == "told_to_wait" and isinstance(fault, Undelivered) and fault.after_s:
                self._pauses.add(one.rows[0], self._mono_s() + fault.after_s)
            _log.info("a message wasn't delivered", channel=sender.name, why=why)

            def keep(db: Connection) -> None:
                now_us = self._shop.now_us()
                day = self._config.business_date(now_us)
                outcomes.keep_unsent(db, one, fault, sender.repeats, retry, luck, now_us, day, ages(self._shop))

            await self._write(keep)
        else:
            taken = provider
            await self._follow(one)
            await self._write(lambda db: outcomes.keep_sent(db, one, taken, self._shop.now_us()))
        if self._breakers.changed:
            saved, now_us = self._breakers.breakers_to_save(time.monotonic()), self._shop.now_us()
            await self._write(lambda db: breaker_store.keep(db, saved, now_us))
        return not (isinstance(provider, Undelivered) and provider.credentials)

    async def _handed_over(self, sender: Sender, one: ReadyMessage) -> str | Undelivered | MaybeSent:
        """Hand a message to the channel; returns its answer or the failure."""
        nothing_there = sender.marks_end

        async def ending() -> None:
            nonlocal nothing_there
            marked = await self._shop.maintain(lambda db: outcomes.mark_ending(db, one, self._shop.now_us()))
            if isinstance(marked, Refused):  # without the mark, a crash now would send it twice
                raise Undelivered("not_kept", marked.code, tried=False)
            nothing_there = False

        try:
            left_s = max(1, (one.rows[0].until_us - self._shop.now_us()) // 1_000_000)
            return await sender.send(msgspec.structs.replace(one.parcel, life_s=left_s, ending=ending), one.to)
        except (Undelivered, MaybeSent) as error:
            return error
        except Exception as error:  # noqa: BLE001 - one message's fault holds up no other; it is said, and in the log
            what = type(error).__name__
            _log.error("a message couldn't be sent", channel=sender.name, error=what)
            return Undelivered("not_made", what) if nothing_there else MaybeSent(what)

    async def _follow(self, one: ReadyMessage) -> None:
        """Run the follow-up commands of an accepted letter."""
        while follows := self._post.follows(one.rows[0]):
            outcome = await self._shop.do(*follows)
            if isinstance(outcome, Refused) and outcome.code in PASSING:
                await asyncio.sleep(KEEP_AGAIN_S)
                continue
            if isinstance(outcome, Refused):
                _log.info("an email was sent without a recorded result", what=one.rows[0].what, why=outcome.code)
            return

    def _mono_s(self) -> float:
        return self._shop.clock.read().mono_us / 1e6

    def _kept_breakers(self) -> Breakers:
        return Breakers(breaker_store.load(self._shop.reader, self._shop.now_us()), time.monotonic())

    async def _planning(self) -> None:
        subscription = self._shop.bus.subscribe(COMMITTED)
        loop = asyncio.get_running_loop()
        tidied_s = loop.time()  # not at once: until the network sets it, the clock may be months ahead
        try:
            while True:
                await self.plan()
                if loop.time() - tidied_s >= TIDY_S:
                    tidied_s = loop.time()
                    await self._shop.maintain(lambda db: outbox.forget_old(db, self._shop.now_us()))
                head, until = self._shop.head.seq, loop.time() + PLAN_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        while self._shop.head.seq == head:  # most commits are baskets, which add no event
                            await self._shop.news(subscription)
                            self._nudge()
                await self._shop.till_first.rest(0.02)
        finally:
            self._shop.bus.unsubscribe(subscription)

    async def tell_unwritten(self) -> None:
        """Send alerts from memory while the ledger can't be written."""
        why, now_us = self._shop.why_read_only, self._shop.now_us()
        day = self._config.business_date(now_us)
        due = await self._read(lambda db: self._unwritten.due(db, why, now_us, day))
        sends = (self._unwritten.send(self._senders, told, now_us) for told in due if told.channel in self._senders)
        await asyncio.gather(*sends)  # all at once: a printer that is off must not delay mail

    async def _from_memory(self) -> None:
        while True:
            await self.tell_unwritten()
            await asyncio.sleep(UNWRITTEN_S)

    def _nudge(self) -> None:
        for event in self._wake.values():
            event.set()

    async def _sending(self, channel: str) -> None:
        """Serve one channel, so that a slow or broken channel doesn't delay the others."""
        wake = self._wake[channel]
        while True:
            wake.clear()
            sent = await self.dispatch(channel)
            if not sent:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await wake.wait()
            await self._shop.till_first.rest(0.01)

    def _office_news(self, config: Config, office: HeadOffice | None) -> OfficeNews | None:
        section = config.notify
        if office is None or not (section.by_office or section.reports):
            return None

        def app_secret() -> str:
            entry = section.whatsapp
            return secrets_of(config.folder).resolve(entry.app_secret) if entry and entry.app_secret else ""

        def sms_token() -> str:
            entry = section.sms
            if entry is None or entry.unsigned:
                return ""
            return secret_of(secrets_of(config.folder), entry.token, entry.token_file, config.file.parent)

        def channel_secret(channel: str) -> str:
            return secrets_of(config.folder).resolve(f"secret:{secret_name(channel)}")

        reports, decimals = section.reports.rstrip("/"), exponent(config.store.currency)
        chats = bool(section.whatsapp and section.whatsapp.chat)
        return OfficeNews(self._shop, office, reports, app_secret, sms_token, channel_secret, decimals, chats)

    def _state(self) -> PartState:
        if not self._faults:
            return PartState("", "ok")
        name, what = next(iter(self._faults.items()))
        return PartState("", "lost", what, "Correct it and restart.", "notify.channel_fault", {"channel": name})

    def _about(self, language: str) -> About:
        store, link = self._config.store, self._config.notify.link.rstrip("/")
        shop = store.name(store.header)
        page = f"{link}/manager/alerts" if link else ""
        reports = self._config.notify.reports.rstrip("/") or (f"{link}/api/v1/notify/reports" if link else "")
        return About(shop, language or store.language, self._zone, store.currency, page, link, reports)

    async def _read(self, read: Callable[[Connection], T]) -> T:
        assert self._db is not None, "it was begun"
        return await asyncio.get_running_loop().run_in_executor(self._thread, read, self._db)

    async def _write(self, change: Callable[[Connection], Any]) -> None:
        """Repeat a write until it succeeds, however long the disk is full: sent messages must be recorded."""
        while True:
            if not isinstance(await self._shop.maintain(change), Refused):
                return
            await asyncio.sleep(KEEP_AGAIN_S)


async def _ignore_outcome(subscription: Subscription) -> None:
    await subscription.next()
