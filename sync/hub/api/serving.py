"""Server process of the API; any number may run, beside the workers or elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from types import MappingProxyType

from aiohttp import web

from sync.directive_signing import Signer
from sync.hub.api import fleet, limits
from sync.hub.api.admission import Door
from sync.hub.api.app import Api
from sync.hub.api.checking import Check
from sync.hub.api.mailed_links import LinkLetter
from sync.hub.api.product_choice_api import ReadPrices
from sync.hub.api.questions_api import AnswerQuestion
from sync.hub.api.reads import Read
from sync.hub.api.till_webhooks import NO_HOOKS, Hooks
from sync.hub.api.usage import Usage
from sync.hub.box_enrolment import BrokerPlace
from sync.hub.primary import is_passing
from sync.hub.publishing import give_hint
from sync.hub.store import Store, open_pool
from sync.hub.text_files import TextExchange
from sync.mqtt import BrokerConfig

log = logging.getLogger(__name__)

Listen = Callable[[web.Application], AbstractAsyncContextManager[int]]
"""Makes an application reachable while open; yields its port."""


@asynccontextmanager
async def serve(
    dsn: str,
    broker: BrokerConfig,
    rooms: Sequence[Read],
    check: Check,
    guarded: Collection[str],
    listen: Listen,
    signer: Signer | None = None,
    sealed: Collection[str] = (),
    verify_token: str = "",
    page_parts: Mapping[str, bytes] = MappingProxyType({}),
    webhooks: Hooks = NO_HOOKS,
    staged: Collection[str] = (),
    letter: LinkLetter | None = None,
    boxes: BrokerPlace | None = None,
    texts: TextExchange | None = None,
    prices: ReadPrices | None = None,
    answer: AnswerQuestion | None = None,
    internal: Collection[str] = (),
) -> AsyncIterator[int]:
    """Run the API on sockets opened by `listen`; yields its port. The database must be up to date.

    `guarded`: kinds of directives with their own right. `signer` signs publications; kinds in `sealed` are encrypted to
    a store's boxes, those in `staged` are published as rollouts only, and those in
    `internal` by head office's own processes. `verify_token`: see `delivery_reports`;
    `page_parts`: see `page`; `webhooks`: permitted senders for payments and third-party tills. `letter`: see
    `mailed_links`; without it no link is mailed. `boxes`: see `enrolment_api`; `texts`: see `text_files_api`; `prices`:
    see `product_choice_api`; `answer`: see `questions_api`.
    """
    async with (
        open_pool(dsn, "edge_hub_reader", limits.FINDING_CONNECTIONS) as finder,
        open_pool(dsn, "edge_hub_reader", limits.CONNECTIONS) as reader,
        open_pool(dsn, "edge_hub_reader", limits.PEOPLE_CONNECTIONS) as people,
        open_pool(dsn, "edge_hub_reader", limits.ASKING_CONNECTIONS) as phones,
        open_pool(dsn, "edge_hub_publisher", limits.PUBLISHING_CONNECTIONS) as publisher,
    ):
        store = Store(publisher, signer, sealed)
        hints: set[asyncio.Task[None]] = set()  # bounded by the requests in progress; each task ends by itself

        async def publish(tenant: str, shop: str, kind: str, body: bytes, request: str) -> int:
            version = await store.publish(tenant, shop, kind, body, request)
            hint = asyncio.create_task(_hint(store, broker, tenant, shop, version))  # don't delay the answer
            hints.add(hint)
            hint.add_done_callback(hints.discard)
            return version

        usage = Usage(people, lambda: datetime.now(UTC))
        door = Door(finder, reader, people, phones, publisher, usage)
        reads, beside = (
            (*fleet.READS, *rooms),
            (verify_token, page_parts, sealed, webhooks, staged, letter, boxes, texts, prices, answer, internal),
        )
        api = Api(door, reads, check, guarded, publish, *beside)
        keeping = asyncio.create_task(usage.keep())
        try:
            async with listen(api.app()) as port:
                yield port
        finally:
            for task in (*hints, keeping):
                task.cancel()
            await asyncio.gather(*hints, keeping, return_exceptions=True)  # devices also ask without a hint
            await usage.flush()


async def _hint(store: Store, broker: BrokerConfig, tenant: str, shop: str, version: int) -> None:
    try:
        await give_hint(store, broker, tenant, shop, version)
    except Exception as error:
        if not is_passing(error):
            log.exception("hub: a hint failed")
            return
        log.warning("hub: directive %d of %s/%s without a hint: %s", version, tenant, shop, error)
