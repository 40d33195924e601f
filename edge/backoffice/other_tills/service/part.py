"""Part that processes other tills' webhooks, fetches changes from them, and compares each day."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import structlog

from edge.backoffice.other_tills.commands import (
    DIFFERENCES_MOST,
    NoteHook,
    NotePosAsked,
    NotePosDay,
    SettlePosSales,
    TakePosSale,
)
from edge.backoffice.other_tills.entities import TILLS
from edge.backoffice.other_tills.other_till import OtherTill, secret_name
from edge.backoffice.other_tills.queries import read_progress
from edge.backoffice.other_tills.sale import PosDifference, PosSale
from edge.backoffice.other_tills.service.hook_files import HookFiles
from edge.backoffice.other_tills.service.hook_reader import KNOWN, HookReader
from edge.backoffice.other_tills.service.reconcile import (
    count_differences,
    counted_here,
    day_us,
    differences,
    transactions_of_day,
)
from edge.backoffice.other_tills.service.vendor_calls import (
    AskFailed,
    OddOrder,
    SalePage,
    TillAsking,
    VendorCalls,
    calls_of,
)
from edge.backoffice.other_tills.settings import live_bounds
from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refused
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
NOT_NOW = ("busy", "queue_full", "read_only", "right_denied", "pos_till_unknown")
"""Refusals unrelated to the sale, which is tried again later."""
LOOK_S = 2.0
MINUTE_US = 60 * 1_000_000
CLOSED_US = 60 * MINUTE_US
"""How long after its end a day is compared, in microseconds."""
ANEW_US = 6 * 60 * MINUTE_US
"""Interval at which a day with differences is compared again."""
ODD_ORDERS_MOST = 200
"""Maximum undecided unreadable orders of a till. Above it, other orders are still imported, but the cursor stays. So a
vendor that changed its format doesn't fill the page, and none of its orders is skipped."""
_ODD = "SELECT count(*) FROM pos_hook WHERE pos = ? AND state = 'dead' AND file = ''"
EXPIRE_EVERY_US = 60 * MINUTE_US
"""How often old webhooks are deleted."""


class OtherTillsPart:
    """Processes other tills' webhooks, fetches changes from them, and compares each day.

    `business_date` returns the business day of a time.
    """

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        http: OutgoingHttp,
        secrets: SecretStore,
        files: HookFiles,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._shop, self._http, self._secrets = config, shop, http, secrets
        self._pause, self._luck, self._bounds = pause, luck, live_bounds(config)
        self._files, self._expired_us = files, 0
        self._reader = HookReader(shop, files, config.store.currency, mono_s)
        self._calls: dict[OtherTill, VendorCalls] = {}
        self._unnoted = 0
        """Unreadable orders beyond the limit, for the till being processed."""

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> OtherTillsPart:
        http = OutgoingHttp(Breakers(), config.notify.allow)
        secrets = secrets_of(config.folder)
        return cls(config, shop, http, secrets, HookFiles(Path(config.folder), secrets))

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            await self._shop.till_first.repeat(self.look, LOOK_S)

    async def look(self) -> None:
        """Process each till in turn; a failing one doesn't delay others."""
        if abs(self._shop.now_us() - self._expired_us) > EXPIRE_EVERY_US:
            self._expired_us = self._shop.now_us()
            await asyncio.to_thread(self._files.expire, self._expired_us)
        for till in TILLS.read(self._shop.reader):
            if not till.is_active:
                continue
            await self._reader.read(till, lambda till=till: self._calls_of(till))  # type: ignore[misc]
            await self._settle(till)
            if till.address and till.every_min:
                await self._ask(till)

    async def _settle(self, till: OtherTill) -> None:
        after = 0
        while True:
            outcome = await self._shop.do(SettlePosSales(till.id, after), system("job"))
            if not isinstance(outcome, Done) or not outcome.result:
                return
            after = int(outcome.result)

    async def _ask(self, till: OtherTill) -> None:
        progress, now_us = read_progress(self._shop.reader, till.id), self._shop.now_us()
        if progress.asked_us and now_us - progress.asked_us < till.every_min * MINUTE_US:
            return
        since_us, self._unnoted = int(progress.cursor or now_us), 0
        try:
            calls, until_us = await self._calls_of(till), since_us
            overlap_us = self._bounds.at(self._shop.reader).overlap_min * MINUTE_US  # include orders written meanwhile
            async for page in calls.fetch_changes(since_us - overlap_us, now_us):
                await self._take(till, page)
                until_us = max(until_us, min(page.until_us, now_us))  # never go back, nor ahead of our clock
            if not self._unnoted:
                await self._shop.do(NotePosAsked(till.id, str(until_us)), system("job"))
            await self._compare(till, calls, progress.began_us or now_us, now_us)
            if self._unnoted:
                raise AskFailed(f"{self._unnoted} more orders", "", "other_tills.too_many_odd")
        except AskFailed as error:
            _log.warning("another till couldn't be queried", till=till.id, why=error.key)
            await self._shop.do(NotePosAsked(till.id, "", error.key, error.what[:200]), system("job"))

    async def _take(self, till: OtherTill, page: SalePage) -> int:
        """Apply a page of sales and return how many were new. Unreadable or refused ones become dead letters. Raises
        `AskFailed` if nothing can be applied now, so that the cursor stays."""
        news, odd = 0, list(page.odd)
        for sale in page.sales:
            outcome = await self._shop.do(TakePosSale(sale), system("job"))
            match outcome:
                case Done(result=result):
                    news += result not in ("same", "stale")
                case Refused(code=code) if code not in NOT_NOW:
                    digest = hashlib.sha256(msgspec.json.encode(sale)).hexdigest()
                    odd.append(OddOrder(sale.transaction_id, digest, code))
                case _:
                    raise AskFailed(str(outcome)[:80], "", "other_tills.not_taken")
        for one in odd:
            await self._note_odd(till, one)
        return news

    async def _note_odd(self, till: OtherTill, odd: OddOrder) -> None:
        """Report an unreadable order once per version, up to the limit, even if a user has decided about it."""
        id = f"{odd.id} {odd.digest[:12]}"
        if self._shop.reader.execute(KNOWN, (till.id, id)).fetchone() is not None:
            return
        if self._shop.reader.execute(_ODD, (till.id,)).fetchone()[0] >= ODD_ORDERS_MOST:
            self._unnoted += 1
        else:
            _log.warning("an order from another till was skipped", till=till.id, order=odd.id, why=odd.why[:80])
            await self._shop.do(NoteHook(till.id, id, odd.digest, "dead", "order_not_understood"), system("job"))

    async def _compare(self, till: OtherTill, calls: VendorCalls, began_us: int, now_us: int) -> None:
        """Compare yesterday at each location once, and again while it differs. Skip days that began before the till was
        set up, as the first stock count covers them."""
        today = date.fromisoformat(self._config.business_date(now_us - CLOSED_US))
        day = (today - timedelta(days=1)).isoformat()
        if day_us(day, self._config.store.zone, self._config.day_turns_at_min)[0] < began_us:
            return
        for place in till.our_places:
            row = self._shop.reader.execute(
                "SELECT differences, at_us FROM pos_day WHERE pos = ? AND location = ? AND day = ?",
                (till.id, place, day),
            ).fetchone()
            if row is None or (row[0] != "[]" and now_us - row[1] > ANEW_US):
                await self.compare_day(till, calls, place, day)

    async def compare_day(self, till: OtherTill, calls: VendorCalls, place: str, day: str) -> None:
        """Apply all sales of a day, and store the remaining differences. Raises `AskFailed`."""
        span = day_us(day, self._config.store.zone, self._config.day_turns_at_min)
        theirs: list[PosSale] = []
        taken = 0
        async for page in calls.day(place, day, *span):
            theirs += page.sales
            taken += await self._take(till, page)
        await self._settle(till)
        ours = transactions_of_day(self._shop.reader, till, place, *span)
        left = (*differences(theirs, ours), *await self._counts(till, calls, place))[:DIFFERENCES_MOST]
        await self._shop.do(NotePosDay(till.id, place, day, len(theirs), taken, left), system("job"))

    async def _counts(self, till: OtherTill, calls: VendorCalls, place: str) -> tuple[PosDifference, ...]:
        """Differences in stock on hand after applying all sales. Counts that we push are first set to ours. Raises
        `AskFailed`."""
        if not till.counts:
            return ()
        ours, at_us = counted_here(self._shop.reader, till, place), self._shop.now_us()
        left = count_differences(await calls.counts(place, tuple(ours)), ours)
        if till.counts == "push" and (given := {row.what: row.ours for row in left if row.ours >= 0}):
            await calls.give_counts(place, given, at_us)
            left = count_differences(await calls.counts(place, tuple(ours)), ours)
        return left

    async def _calls_of(self, till: OtherTill) -> VendorCalls:
        """The client for a till with its current settings. Raises `AskFailed` if it has no address or secret."""
        if not till.address:
            raise AskFailed("no address", "", "other_tills.no_address")
        if till not in self._calls:
            self._calls = {one: calls for one, calls in self._calls.items() if one.id != till.id}

            def secret() -> str:
                try:
                    return self._secrets.open(secret_name(till, "access"))
                except EdgeError as error:
                    raise AskFailed(error.what, error.advice, "undelivered.no_secret") from error

            asking = TillAsking(till, self._http, secret, self._pause, self._luck)
            self._calls[till] = calls_of(asking, self._config.store.currency)
        return self._calls[till]
