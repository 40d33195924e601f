"""Sends order statuses to web shops, and the quantities that they may sell."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import structlog

from edge.core.command_bus import CommandBus
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_products
from edge.lib.errors import EdgeError
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.offers import (
    UNCOUNTED,
    OfferState,
    WebOffer,
    keep_offers,
    offer_state,
    offer_states,
    offered_skus,
    read_article_offers,
    read_offers,
    under_way,
)
from edge.ordering.web_orders.service.calls import (
    ChangesLeft,
    GoodsChange,
    OwnWireCalls,
    TheirGoods,
    WebShopAsking,
    WebShopCalls,
)
from edge.ordering.web_orders.service.shopify import ShopifyCalls
from edge.ordering.web_orders.service.woocommerce import WooCommerceCalls
from edge.ordering.web_orders.telling import Telling, keep_telling, keep_told, steps_due, tellings
from edge.ordering.web_orders.web_article import WebArticle
from edge.ordering.web_orders.web_order import WebChannel, access_name, secret_name
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.outgoing.retry import wait_s
from edge.runtime.secrets import secrets_of

T = TypeVar("T")
_log = structlog.get_logger(__name__)
LOOK_S = 5.0
LEAST_S = 0.01
AT_ONCE = 20
"""Maximum orders per channel and round."""
GOODS_US = 60_000_000
"""Minimum time between comparisons after stock or prices changed here (microseconds)."""
ANEW_US = 15 * 60_000_000
"""Time between comparisons if nothing changed (microseconds)."""
GOODS_REFUSED, OTHER_CURRENCY = "goods_refused", "other_currency"
"""Text keys: why some products aren't updated although the web shop answers.

The other products, and order statuses, are still sent.
"""
CHANGES_MOST = 500
"""Maximum products updated per round. The rest follow in later rounds."""
_CALLS: dict[str, Callable[[WebShopAsking, str], WebShopCalls]] = {
    "generic": OwnWireCalls,
    "shopify": ShopifyCalls,
    "woocommerce": WooCommerceCalls,
}


class WebShopsPart:
    """Runs the work described in the module."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        http: OutgoingHttp,
        secrets: SecretStore,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self._config, self._shop, self._http, self._secrets, self._luck = config, shop, http, secrets, luck
        self._seen: dict[str, int] = {}

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> WebShopsPart:
        return cls(config, shop, OutgoingHttp(Breakers(), config.notify.allow), secrets_of(config.folder))

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            while True:
                await self.look()
                await self._shop.till_first.rest(LEAST_S)
                await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Update each channel in turn. A failing channel doesn't block the others."""
        known, now_us = tellings(self._shop.reader), self._shop.now_us()
        for channel in CHANNELS.read(self._shop.reader):
            telling = known.get(channel.id, Telling(channel.id))
            if channel.address and telling.next_us <= now_us:
                await self._tell(channel, telling, now_us)

    async def _tell(self, channel: WebChannel, telling: Telling, now_us: int) -> None:
        head = self._shop.head.seq
        moved = head != self._seen.get(channel.id)
        due = now_us - telling.looked_us >= (GOODS_US if moved else ANEW_US)
        try:
            calls = self._calls_of(channel)
            told = await self._statuses(channel, calls, now_us)
            left_out = telling.why if telling.why in (GOODS_REFUSED, OTHER_CURRENCY) else ""
            if due:
                is_done, left_out = await self._goods(channel, calls, now_us)
                self._seen[channel.id] = head if is_done else -1
        except (Undelivered, MaybeSent, EdgeError) as fault:
            await self._note_failure(telling, fault, now_us)
            return
        if due or told or telling.failing_us:
            done = telling.record_success(now_us if due else telling.looked_us, left_out, now_us)
            await self._shop.maintain(lambda db: keep_telling(db, done))

    async def _statuses(self, channel: WebChannel, calls: WebShopCalls, now_us: int) -> int:
        """Send order statuses; returns their number.

        A status that the web shop rejects for good, because it no longer knows the order, isn't sent again.
        """
        steps = steps_due(self._shop.reader, channel.id, AT_ONCE, now_us)
        for step in steps:
            try:
                await calls.status(step)
            except Undelivered as fault:
                if not fault.permanent or fault.credentials:
                    raise
                _log.warning("a web shop rejected an order status", channel=channel.id, why=fault.why)
            await self._shop.maintain(partial(_keep_told, channel.id, step.reference, step.state))
        return len(steps)

    async def _goods(self, channel: WebChannel, calls: WebShopCalls, now_us: int) -> tuple[bool, str]:
        """Compare the web shop's products with our offers, and set the differences.

        Returns whether no difference remains, and why the web shop refuses some products ("": none refused).
        """
        there = await calls.goods()
        theirs = {one.sku: one for one in there.goods}
        is_foreign = there.currency not in ("", self._config.store.currency)
        today = self._config.business_date(now_us)

        def read(db: Connection) -> tuple[dict[str, WebOffer], dict[str, OfferState]]:
            states, place = offer_states(db, channel.id), self._config.store.place
            articles = _articles(db, channel.id, theirs)
            skus = sorted({*theirs, *(offered_skus(db) if calls.menu else ())} - articles.keys())
            offers = read_offers(db, skus, now_us, today, place)
            lacking = {name: under_way(states[name], theirs[name].pieces or 0) for name in articles if name in states}
            return offers | read_article_offers(db, articles, lacking, now_us, today, place), states

        offers, known = await asyncio.to_thread(self._at_one_moment, read)
        changes, states = list[GoodsChange](), list[tuple[OfferState, int]]()
        for sku, offer in offers.items():
            state = _state(offer, theirs.get(sku), known.get(sku), now_us)
            if change := _change_of(offer, theirs.get(sku), state, is_foreign):
                changes.append(change)
            if state is not None:
                states.append((state, known[sku].arrived if sku in known else 0))
        for gone in [one for sku, one in theirs.items() if sku not in offers and sku in known and one.pieces]:
            changes.append(_removal_of(gone))
            states.append((OfferState(gone.sku, 0), known[gone.sku].arrived))
        more, changes = len(changes) > CHANGES_MOST, changes[:CHANGES_MOST]
        left = await calls.change(changes) if changes else ChangesLeft()
        unset, asked = left.stale | left.refused, {one.offer.sku for one in changes}
        kept = [
            pair
            for pair in states
            if pair[0].sku not in unset and (pair[0].sku in asked or _has(theirs.get(pair[0].sku), pair[0].pieces))
        ]
        await self._shop.maintain(lambda db: keep_offers(db, channel.id, kept))
        if left.refused:
            _log.warning("a web shop refused products", channel=channel.id, skus=sorted(left.refused)[:20])
        refuses = GOODS_REFUSED if left.refused or there.unread else ""
        return not (left.stale or more), OTHER_CURRENCY if is_foreign else refuses

    def _at_one_moment(self, read: Callable[[Connection], T]) -> T:
        """Run a read of stock and arrived orders on a single snapshot, off the writer's thread."""
        db = self._shop.open_reader()
        try:
            db.execute("BEGIN")
            return read(db)
        finally:
            db.close()

    def _calls_of(self, channel: WebChannel) -> WebShopCalls:
        """Return the client of a channel. Calls raise `EdgeError` if its secret isn't set."""
        name = secret_name(channel.id) if channel.profile == "generic" else access_name(channel.id)
        asking = WebShopAsking(channel, self._http, lambda: self._secrets.resolve(f"secret:{name}"))
        return _CALLS[channel.profile](asking, self._config.store.currency)

    async def _note_failure(self, telling: Telling, fault: Exception, now_us: int) -> None:
        why, after_s = "no_answer", None
        if isinstance(fault, Undelivered):
            why, after_s = fault.why, fault.after_s
        elif isinstance(fault, EdgeError):
            why = "no_secret"
        again_s = after_s if after_s is not None else wait_s(telling.tries + 1, self._luck())
        _log.info("a web shop couldn't be notified", channel=telling.channel, why=why, again_s=round(again_s))
        failed = telling.record_failure(why, now_us, now_us + int(again_s * 1e6))
        await self._shop.maintain(lambda db: keep_telling(db, failed))


def _articles(db: Connection, channel: str, theirs: Mapping[str, TheirGoods]) -> dict[str, WebArticle]:
    """Articles of a web shop, by the shop's names for them.

    They are mapped by a person or, for products weighed here, by their weight in the web shop.
    """
    entered = {one.theirs: one for one in ARTICLES.read(db) if one.channel == channel}
    found = {name: entered.get(one.article) or entered.get(name) for name, one in theirs.items()}
    weighed = {name for name, one in theirs.items() if one.grams and not found[name]}
    units = {sku: one.unit for sku, (_, one, _) in read_products(db, sorted(weighed)).items()}
    by_weight = {
        name: WebArticle(channel, name, name, theirs[name].grams) for name in weighed if units.get(name) == "kg"
    }
    return {name: one for name, one in found.items() if one} | by_weight


def _keep_told(channel: str, reference: str, state: str, db: Connection) -> None:
    keep_told(db, channel, reference, state)


def _state(offer: WebOffer, theirs: TheirGoods | None, known: OfferState | None, now_us: int) -> OfferState | None:
    """The state to set in the web shop; None if it doesn't count the product.

    Products not counted here are either available or not.
    """
    if theirs is None:
        return None if offer.pieces is None else OfferState(offer.sku, offer.pieces)
    if theirs.pieces is None:
        return None
    if offer.pieces is None:
        return OfferState(offer.sku, theirs.pieces or UNCOUNTED)
    return offer_state(known or OfferState(offer.sku, theirs.pieces), theirs.pieces, offer.pieces, now_us)


def _has(theirs: TheirGoods | None, pieces: int) -> bool:
    """Whether a web shop already has a product with that many pieces."""
    return theirs is not None and theirs.pieces == pieces


def _change_of(
    offer: WebOffer, theirs: TheirGoods | None, state: OfferState | None, is_foreign: bool
) -> GoodsChange | None:
    """The change to make for a product; None if there is none.

    `is_foreign`: leave the price alone, because the web shop sells in another currency.
    """
    pieces = state.pieces if state is not None else None
    if theirs is None:
        return GoodsChange(offer, None, offer.price_minor, pieces)
    price_minor = None if is_foreign or theirs.price_minor == offer.price_minor else offer.price_minor
    pieces = None if pieces == theirs.pieces else pieces
    return None if price_minor is None and pieces is None else GoodsChange(offer, theirs, price_minor, pieces)


def _removal_of(theirs: TheirGoods) -> GoodsChange:
    """The change for a product that is no longer sold here."""
    return GoodsChange(WebOffer(theirs.sku, {}, 0, 0), theirs, None, 0)
