"""Process webhooks in order: sales are applied, orders fetched, and unreadable ones left for a user."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from edge.backoffice.other_tills import canonical_sale, clover, square, toast
from edge.backoffice.other_tills.commands import NoteHook, TakePosSale
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosSale
from edge.backoffice.other_tills.service.hook_files import HookFiles, IncomingHook
from edge.backoffice.other_tills.service.vendor_calls import AskFailed, VendorCalls
from edge.backoffice.other_tills.wire import NotUnderstood, json_of, object_of, text_of
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError

_log = structlog.get_logger(__name__)
AT_ONCE = 16
"""Webhooks per till to process at a time."""
AGAIN_S = (5.0, 30.0, 120.0)
"""Delays in seconds before an incomplete order is requested again; then every LAST_S until GIVEN_UP_S."""
LAST_S = 900.0
GIVEN_UP_S = 24 * 3600.0
STATE_OF_FILE = "SELECT state FROM pos_hook WHERE pos = ? AND file = ?"
KNOWN = "SELECT digest, state FROM pos_hook WHERE pos = ? AND event_id = ?"
CODES_MOST = 5
"""Maximum codes to show for a till's address at a time, as anyone can send one while the till has no secret."""
CLOVER_CODE = "clover_code"
_CODES = "SELECT count(*) FROM pos_hook WHERE pos = ? AND state = 'dead' AND why = ?"


class HookSaying(msgspec.Struct, frozen=True):
    """The content of a webhook: its id, its sales, and the orders to fetch. `code`: proves to Clover that the address
    is ours."""

    event_id: str
    sales: tuple[PosSale, ...] = ()
    orders: tuple[str, ...] = ()
    code: str = ""


def parse_hook(till: OtherTill, hook: IncomingHook, currency: str) -> HookSaying:
    """Parse a webhook. Raises `NotUnderstood` if it differs from the vendor's documentation."""
    body = object_of(json_of(hook.body), "body")
    if till.kind == "clover" and (code := clover.code_of_hook(body)):
        return HookSaying(f"{code} {hook.digest[:12]}", code=code)
    id = (
        hook.digest if till.kind == "clover" else text_of(body.get("guid" if till.kind == "toast" else "event_id"), 200)
    )
    if not id:
        raise NotUnderstood("event id")
    orders = list[str]()
    try:
        match till.kind:
            case "square":
                order = square.order_of_hook(body)
                return HookSaying(id, orders=(order,) if order else ())
            case "toast":
                found = toast.order_of_hook(body)
                place = found[1] or hook.headers.get("toast-restaurant-external-id", "") if found else ""
                made = tuple(toast.sales_of(till.id, found[0], place, currency)) if found else ()
            case "clover":
                orders, voids = clover.changes_of_hook(till.id, body, till.our_places, currency)
                made = tuple(voids)
            case "generic":
                made = (canonical_sale.sale_of(till.id, body),)
        return HookSaying(id, msgspec.convert(msgspec.to_builtins(made), tuple[PosSale, ...]), tuple(orders))
    except (msgspec.ValidationError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise NotUnderstood(str(error)[:200]) from error


class HookReader:
    """Processes webhooks of a shop. `mono_s` returns a monotonic time in seconds."""

    def __init__(self, shop: CommandBus, files: HookFiles, currency: str, mono_s: Callable[[], float]) -> None:
        self._shop, self._files, self._currency, self._mono_s = shop, files, currency, mono_s
        self._later: dict[tuple[str, str], tuple[int, float]] = {}

    async def read(self, till: OtherTill, calls: Callable[[], Awaitable[VendorCalls]]) -> None:
        """Process a till's waiting webhooks, oldest first, in batches that share commits."""
        names = await asyncio.to_thread(self._files.waiting, till.id)
        for at in range(0, len(names), AT_ONCE):
            some = names[at : at + AT_ONCE]
            await asyncio.gather(*(self._look_at(till, name, calls) for name in some))

    async def _look_at(self, till: OtherTill, name: str, calls: Callable[[], Awaitable[VendorCalls]]) -> None:
        tries, from_s = self._later.get((till.id, name), (0, 0.0))
        if self._mono_s() < from_s:
            return
        found = self._shop.reader.execute(STATE_OF_FILE, (till.id, name)).fetchone()
        match found and found[0]:
            case "dead":
                return
            case "done":
                await self._drop(till, name)
            case _:
                await self._one(till, name, tries, calls)

    async def _one(self, till: OtherTill, name: str, tries: int, calls: Callable[[], Awaitable[VendorCalls]]) -> None:
        try:
            hook = await asyncio.to_thread(self._files.read, till.id, name)
        except EdgeError as error:  # keep the file: a working disk or a recovery code may bring the key back
            _log.warning("a webhook can't be decrypted", till=till.id, why=error.what[:80])
            return
        if hook is None and not self._files.is_waiting(till.id, name):
            return  # processed or expired meanwhile
        if hook is None:  # its key is lost, or the file is truncated: a person decides
            _log.error("a webhook can't be decrypted", till=till.id, file=name)
            unread = IncomingHook(self._shop.now_us(), {}, name.encode())
            return await self._note(till, name, name, unread, "dead", "hook_unreadable")
        try:
            said = await asyncio.to_thread(parse_hook, till, hook, self._currency)
        except NotUnderstood as error:
            _log.warning("a webhook can't be read", till=till.id, why=str(error)[:80])
            return await self._note(till, name, name, hook, "dead", "not_understood")
        if said.code:
            return await self._show_code(till, name, said.event_id, hook)
        known = self._shop.reader.execute(KNOWN, (till.id, said.event_id)).fetchone()
        if known and (known[1] == "done" or known[0] != hook.digest):
            return await self._note(till, name, said.event_id, hook, "done")
        try:
            sales = await self._sales(said, calls)
        except AskFailed as error:
            return await self._put_off(till, name, hook, said.event_id, tries, error.key)
        if sales is None:
            return await self._put_off(till, name, hook, said.event_id, tries, "order_not_whole")
        for sale in sales:
            outcome = await self._shop.do(TakePosSale(sale), system("job"))
            if not isinstance(outcome, Done):
                return await self._put_off(till, name, hook, said.event_id, tries, "not_taken")
        await self._note(till, name, said.event_id, hook, "done")

    async def _sales(self, said: HookSaying, calls: Callable[[], Awaitable[VendorCalls]]) -> list[PosSale] | None:
        if not said.orders:
            return list(said.sales)
        found = await (await calls()).orders(said.orders)
        return None if found is None else [*said.sales, *found]

    async def _show_code(self, till: OtherTill, name: str, event_id: str, hook: IncomingHook) -> None:
        """Show a code on the page, up to a limit, until someone has typed it into Clover's page."""
        if self._shop.reader.execute(_CODES, (till.id, CLOVER_CODE)).fetchone()[0] < CODES_MOST:
            noted = NoteHook(till.id, event_id, hook.digest, "dead", CLOVER_CODE)
            if not isinstance(await self._shop.do(noted, system("job")), Done):
                return
        await self._drop(till, name)

    async def _put_off(
        self, till: OtherTill, name: str, hook: IncomingHook, event_id: str, tries: int, why: str
    ) -> None:
        """Retry later; after a day, a user must look at it."""
        if self._shop.now_us() - hook.received_us > GIVEN_UP_S * 1e6:
            return await self._note(till, name, event_id, hook, "dead", why)
        wait_s = AGAIN_S[tries] if tries < len(AGAIN_S) else LAST_S
        self._later[till.id, name] = (tries + 1, self._mono_s() + wait_s)

    async def _note(
        self, till: OtherTill, name: str, event_id: str, hook: IncomingHook, state: str, why: str = ""
    ) -> None:
        noted = NoteHook(till.id, event_id, hook.digest, state, why[:80], name)  # type: ignore[arg-type]
        if isinstance(await self._shop.do(noted, system("job")), Done) and state == "done":
            await self._drop(till, name)

    async def _drop(self, till: OtherTill, name: str) -> None:
        self._later.pop((till.id, name), None)
        await asyncio.to_thread(self._files.drop, till.id, name)
