"""Relays information between stores as directives: transfers, their results, and used coupons.

Runs in the workers (`edge hub`) and the API, one process at a time. Only processes with head office's signing key
relay, because boxes that know the key trust no other. Processes without a key relay only if head office is declared
unsigned.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

import msgspec
import structlog

from edge.app.head_office.hub_employees import EmployeeRelay
from edge.app.head_office.hub_payment_news import PaymentNewsRelay
from edge.app.head_office.hub_pos_news import PosNewsRelay
from edge.app.head_office.hub_publications import PublicationRelay
from edge.app.head_office.hub_telling import Teller
from edge.backoffice.directives.kinds.coupon_uses import COUPON_USES, CouponUses
from edge.backoffice.directives.kinds.shipments import SHIPMENTS, Shipment, Shipments
from edge.goods.transfers.commands import AnnounceTransfer, SentGoods, SettleTransfer
from edge.goods.transfers.hub import TOLD as TRANSFER_TOLD
from edge.people.coupons.commands import NoteCouponUse
from edge.people.coupons.hub import TOLD as COUPON_TOLD
from edge.people.coupons.project import receipt_of
from sync.hub.office_alerts import OfficeAlerts
from sync.hub.recurring import repeat
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

_log = structlog.get_logger(__name__)

EVERY_S = 5.0
AT_ONCE = 50
"""Transfers to send per turn. The others wait for the next turn."""
_TURN = 7_265_611_079
"""Advisory lock, so that one process at a time takes a turn."""
_MINE = "SELECT pg_try_advisory_xact_lock($1)"
_SIGNED = """
    SELECT EXISTS (
        SELECT 1 FROM directive_head JOIN directive USING (tenant, store, version) WHERE signature IS NOT NULL)
"""
"""Query whether the latest directive to any store is signed."""
ADVICE = "Set the key file in $EDGE_HUB_SIGNING_KEY_FILE, or EDGE_HUB_SIGNING=off if no box has head office's key."
UNKNOWN_STORE = "head office knows no store of this name"
_UNTOLD = """
    SELECT s.tenant, s.id, s.store, s.to_store, s.note,
           EXISTS (SELECT 1 FROM device d WHERE d.tenant = s.tenant AND d.store = s.to_store) AS known
    FROM transfer_sent s WHERE s.n = 0 AND NOT s.announced ORDER BY s.at LIMIT $1
"""
"""Query for transfers to send. Like `_UNSETTLED`, it uses an index to read only open transfers, because the table goes
back years."""
_LINES = """
    SELECT sku, quantity, boxes, lot, expiry, CASE WHEN $4 THEN value_milli END FROM transfer_sent
    WHERE tenant = $1 AND id = $2 AND store = $3 ORDER BY n
"""
_ONE_CURRENCY = """
    SELECT count(DISTINCT currency) < 2 FROM store_record
    WHERE tenant = $1 AND store = ANY ($2::text[]) AND currency <> ''
"""
"""Query whether the stores have the same currency, if head office knows it. A value in another currency isn't passed
on."""
_UNSETTLED = """
    SELECT s.tenant, s.id, s.store, s.to_store, c.store AS at_store, c.device, c.refused, c.note
    FROM transfer_sent s
    JOIN transfer_came c ON c.tenant = s.tenant AND c.id = s.id AND c.n = s.n AND c.at = s.ended_at
    WHERE s.n = 0 AND s.ended_at IS NOT NULL AND NOT s.settled ORDER BY s.ended_at LIMIT $1
"""
_MARK = "UPDATE transfer_sent SET {what} = true WHERE tenant = $1 AND store = $2 AND id = $3 AND n = 0"
_GOT = "SELECT got FROM transfer_came WHERE tenant = $1 AND id = $2 AND store = $3 AND device = $4 ORDER BY n"


USES_AT_ONCE = 200
"""Coupon uses per directive."""
_USE = "tenant, store, device, coupon, register, number"
_USES_UNTOLD = f"""
    SELECT {_USE}, tail, used_at, freed_at FROM coupon_use WHERE untold
    ORDER BY tenant, used_at, {_USE} LIMIT {USES_AT_ONCE}
"""
_USES_ALL = f"""
    SELECT {_USE}, tail, used_at, freed_at FROM coupon_use
    WHERE tenant = $1 AND freed_at IS NULL AND (store, device, coupon, register, number) > ($2, $3, $4, $5, $6)
    ORDER BY store, device, coupon, register, number LIMIT {USES_AT_ONCE}
"""
_USE_TOLD = f"""
    UPDATE coupon_use SET untold = false
    WHERE ({_USE}) = ($1, $2, $3, $4, $5, $6) AND freed_at IS NOT DISTINCT FROM $7
"""
_STORES = "SELECT DISTINCT store FROM device WHERE tenant = $1 ORDER BY store"
_NEW_STORES = f"""
    SELECT DISTINCT tenant, store FROM device AS d
    WHERE NOT EXISTS (SELECT FROM coupon_told AS t WHERE t.tenant = d.tenant AND t.store = d.store) LIMIT {AT_ONCE}
"""


class Relay(Protocol):
    """Sends some pending information per turn."""

    async def turn(self) -> int: ...


async def relay(store: Store, broker: BrokerConfig, unsigned: bool = False, every_s: float = EVERY_S) -> None:
    """Run until cancelled, resuming after Postgres was unavailable. `unsigned`: see `may_tell`."""
    relays = (
        TransferRelay(store, broker),
        CouponRelay(store, broker),
        PublicationRelay(store, broker),
        PaymentNewsRelay(store, broker),
        PosNewsRelay(store, broker),
        EmployeeRelay(store, broker),
    )
    alerts = OfficeAlerts(store.pool)
    warned = False

    async def turn() -> None:
        nonlocal warned
        await alerts.turn()
        if not await turns(store, relays, unsigned) and not warned:
            warned = await _warn(store, unsigned)

    await repeat("updates for stores", turn, every_s)


async def may_tell(store: Store, unsigned: bool) -> bool:
    """Whether boxes would trust this process: it has head office's key, or is `unsigned` and no directive was ever
    signed. A box with the key ignores unsigned directives, and reports that only once."""
    return store.signs or (unsigned and not await store.pool.fetchval(_SIGNED))


async def _warn(store: Store, unsigned: bool) -> bool:
    """Warn if work is waiting for a process with the key. Returns whether it did."""
    if await may_tell(store, unsigned):
        return False
    if not (await store.pool.fetch(_UNTOLD, 1) or await store.pool.fetch(_UNSETTLED, 1) or await _uses_wait(store)):
        return False
    _log.warning("updates on products or coupons wait for a signing key", advice=ADVICE)
    return True


async def _uses_wait(store: Store) -> bool:
    return bool(await store.pool.fetchval("SELECT EXISTS (SELECT 1 FROM coupon_use WHERE untold)"))


async def turns(store: Store, relays: Sequence[Relay], unsigned: bool = False) -> int:
    """Run a turn of each relay; return the number of directives. Returns 0 if another process is active or this one may
    not send."""
    async with store.pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_MINE, _TURN):
            return 0
        if not await may_tell(store, unsigned):
            return 0
        return sum([await one.turn() for one in relays])


class CouponRelay:
    """Sends each store the used coupons, and the uses that were reversed. A new store receives all existing uses. A
    store's own uses are for its other boxes, including replacements, which read its whole history. Repeating one has no
    effect."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Send pending coupon uses; return the number of directives."""
        told = 0
        for tenant, shop in await self._store.pool.fetch(_NEW_STORES):
            told += await self._tell_all(tenant, shop)
        uses = await self._store.pool.fetch(_USES_UNTOLD)
        for tenant, group in groupby(uses, itemgetter("tenant")):
            found = list(group)
            for (shop,) in await self._store.pool.fetch(_STORES, tenant):
                told += await self._tell(tenant, shop, found)
        await self._store.pool.executemany(_USE_TOLD, [(*tuple(use)[:6], use["freed_at"]) for use in uses])
        return told

    async def _tell_all(self, tenant: str, shop: str) -> int:
        told, behind = 0, ("", "", "", "", 0)
        while uses := await self._store.pool.fetch(_USES_ALL, tenant, *behind):
            told += await self._tell(tenant, shop, list(uses))
            behind = tuple(uses[-1])[1:6]
        await self._store.pool.execute(COUPON_TOLD.insert_once(), tenant, shop)
        return told

    async def _tell(self, tenant: str, shop: str, uses: list[Any]) -> int:
        body = msgspec.json.encode(CouponUses(tuple(_coupon_note(use) for use in uses)))
        request = "coupons-" + sha256(body).hexdigest()[:32]
        return await self._teller.tell(tenant, shop, COUPON_USES.name, body, request)


def _coupon_note(use: Any) -> NoteCouponUse:
    receipt, at_us = receipt_of(use["register"], use["number"]), int(use["used_at"].timestamp() * 1_000_000)
    return NoteCouponUse(use["coupon"], use["tail"], use["store"], receipt, at_us, use["freed_at"] is not None)


class TransferRelay:
    """Relays transfers between stores, sending each step once."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._teller = Teller(store, broker)

    async def turn(self) -> int:
        """Send pending transfers; return the number of directives."""
        told = 0
        for row in await self._store.pool.fetch(_UNTOLD, AT_ONCE):
            tenant, id, sender, receiver, note, known = row
            if known:
                same = await self._store.pool.fetchval(_ONE_CURRENCY, tenant, [sender, receiver])
                lines = await self._store.pool.fetch(_LINES, tenant, id, sender, same)
                goods = tuple(SentGoods(*line) for line in lines)
                announced = Shipment(announced=AnnounceTransfer(id, sender, goods, note))
                told += await self._tell(tenant, receiver, announced, f"transfer-{id}-announced")
            else:
                settled = Shipment(settled=SettleTransfer(id, refused=True, note=UNKNOWN_STORE))
                told += await self._tell(tenant, sender, settled, f"transfer-{id}-settled")
            await self._note(tenant, sender, id, "announced")
        for row in await self._store.pool.fetch(_UNSETTLED, AT_ONCE):
            told += await self._settle(*row)
        return told

    async def _settle(
        self, tenant: str, id: str, sender: str, receiver: str, at: str, device: str, refused: bool, note: str
    ) -> int:
        """Notify both stores: the receiving store's other boxes need it too."""
        got = await self._store.pool.fetch(_GOT, tenant, id, at, device)
        settled = Shipment(settled=SettleTransfer(id, tuple(one for (one,) in got), refused, note))
        for shop in (sender, receiver):
            await self._tell(tenant, shop, settled, f"transfer-{id}-settled")
        await self._note(tenant, sender, id, "settled")
        return 2

    async def _note(self, tenant: str, sender: str, id: str, what: str) -> None:
        await self._store.pool.execute(TRANSFER_TOLD.insert_once(), tenant, sender, id, what)
        await self._store.pool.execute(_MARK.format(what=what), tenant, sender, id)

    async def _tell(self, tenant: str, shop: str, shipment: Shipment, request: str) -> int:
        body: Any = msgspec.json.encode(Shipments((shipment,)))
        return await self._teller.tell(tenant, shop, SHIPMENTS.name, body, request)
