"""Fetches payouts from providers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from edge.accounting.settlements.batch import Batch
from edge.accounting.settlements.commands import HearDispute, NotePayoutsAsked, TakeBatch
from edge.accounting.settlements.queries import find_batch, overdue_disputes, read_payout_fetch
from edge.accounting.settlements.reader_client import read_apart
from edge.accounting.settlements.service.adyen_reports import LIVE, PROFILE, TEST, AdyenReports
from edge.accounting.settlements.service.fetched import FetchedPayout, PayoutApi, PayoutFault, PayoutsStopped
from edge.accounting.settlements.service.stripe_payouts import StripePayouts
from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Done, Refusal
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.lib.errors import ConfigError, NeedsHuman
from edge.money.payments import PaymentsSection
from edge.money.payments.providers.provider import PAYS_BY_API, Provider
from edge.money.payments.queries import read_providers
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secret_of, secrets_of

LOOK_S = 60.0
EVERY_US = 3600 * 1_000_000


def utc_day(now_us: int) -> str:
    """The UTC day of a time, used if no shop defines business days."""
    return datetime.fromtimestamp(now_us / 1_000_000, UTC).date().isoformat()


class PayoutsPart:
    """Fetches payouts from each provider, and ends disputes unanswered past their deadline.

    `apis` makes a provider's client from its key. `key_of` returns a key by name, and raises `ConfigError` or
    `NeedsHuman` if there is none. `day_of` returns the business date of a time.
    """

    def __init__(
        self,
        shop: CommandBus,
        http: OutgoingHttp,
        key_of: Callable[[str], str],
        apis: Callable[[OutgoingHttp, Provider, str], PayoutApi],
        look_s: float = LOOK_S,
        every_us: int = EVERY_US,
        day_of: Callable[[int], str] = utc_day,
    ) -> None:
        self._shop, self._http, self._key_of, self._apis = shop, http, key_of, apis
        self._look_s, self._every_us, self._day_of = look_s, every_us, day_of

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> PayoutsPart:
        """Create the part from a configuration."""
        secrets, api = secrets_of(config.folder), config.of(PaymentsSection).page_api
        made = apis_of(config.business_date, api, {"live": LIVE, "test": TEST}, config.store.language)
        http = OutgoingHttp(Breakers(), config.notify.allow)
        return cls(shop, http, _keys(config, secrets), made, day_of=config.business_date)

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            await self._shop.till_first.repeat(self.look, self._look_s)

    async def look(self) -> None:
        """Fetch from each provider in turn; a failing one doesn't block others. Disputes unanswered past their deadline
        are ended."""
        for dispute in overdue_disputes(self._shop.reader, self._day_of(self._shop.now_us())):
            of = (dispute.payment, dispute.reason, dispute.amount_minor)
            await self._do(HearDispute(*of, end="expired"))
        asked: set[tuple[str, str]] = set()
        for provider in read_providers(self._shop.reader):
            if provider.payouts != "api" or not provider.active or provider.driver not in PAYS_BY_API:
                continue
            account = (provider.credential, PAYS_BY_API[provider.driver])
            if account in asked:
                continue  # another provider with the same account gets its batches
            asked.add(account)
            known = read_payout_fetch(self._shop.reader, provider.id)
            if known is None or self._shop.now_us() - known.asked_us >= self._every_us:
                await self._ask(provider, known.cursor if known else "")

    async def _ask(self, provider: Provider, cursor: str) -> None:
        fault: PayoutFault = ""
        batch = ""
        try:
            api = self._apis(self._http, provider, self._key_of(provider.credential))
            async for fetched in api.since(cursor, partial(self._is_known, provider.id)):
                await self._take(provider, fetched)
                cursor = fetched.cursor
        except PayoutsStopped as error:
            fault, batch = error.fault, error.batch
        except (ConfigError, NeedsHuman):
            fault = "key"
        await self._do(NotePayoutsAsked(provider.id, cursor[:80], fault, batch[:40]))

    def _is_known(self, provider: str, batch: str) -> bool:
        """Whether a batch was already imported: from a file, or before an interruption."""
        return find_batch(self._shop.reader, provider, batch) is not None

    async def _take(self, provider: Provider, fetched: FetchedPayout) -> None:
        """Import a batch. Raises `PayoutsStopped` if the ledger refuses it."""
        if fetched.batch is None or self._is_known(provider.id, fetched.batch.id):
            return
        outcome = await self._do(TakeBatch(provider.id, fetched.batch))
        if not isinstance(outcome, Done):
            raise PayoutsStopped("refused", fetched.batch.id)

    async def _do(self, command: Command) -> object:
        return await self._shop.do(command, system("job"))


def apis_of(
    day_of: Callable[[int], str], stripe: str, adyen: Mapping[str, str], language: str
) -> Callable[[OutgoingHttp, Provider, str], PayoutApi]:
    """Return a function that makes clients: Stripe at one address, Adyen at one per mode."""

    async def read(data: bytes) -> tuple[Batch, ...]:
        try:
            return await asyncio.to_thread(read_apart, data, PROFILE, language)
        except (Refusal, NeedsHuman) as error:
            raise PayoutsStopped("batch_unknown") from error

    def make_api(http: OutgoingHttp, provider: Provider, key: str) -> PayoutApi:
        if PAYS_BY_API[provider.driver] == "stripe":
            return StripePayouts(http, stripe, key, day_of)
        return AdyenReports(http, adyen[provider.mode], key, provider.merchant, provider.payouts_from, read)

    return make_api


def _keys(config: Config, secrets: SecretStore) -> Callable[[str], str]:
    def key_of(name: str) -> str:
        return secret_of(secrets, name or config.of(PaymentsSection).page_key, "", config.folder)

    return key_of
