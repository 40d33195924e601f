"""Identities for pages and addresses (`edge.web.identity.Identity`)."""

from __future__ import annotations

import copy
from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import RightDenied
from edge.core.messages import Actor, Refused, Right, Surface
from edge.core.services import Service
from edge.foundation.access.approvals import Approvals
from edge.foundation.access.browsers.pairing import Pairing
from edge.foundation.access.browsers.pairings import Pairings
from edge.foundation.access.browsers.session import Session, SessionKind, mark_of
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.commands import NoteDenied
from edge.foundation.access.credentials.pin_check import NAMED_FROM, PinCheck
from edge.foundation.access.credentials.throttle import CONSOLE, network, paired_source
from edge.foundation.access.logs.look_log import LookLog
from edge.foundation.access.programs.api_key import ApiKey
from edge.foundation.access.programs.api_keys import ApiKeys
from edge.foundation.access.programs.refresh_tokens import Refreshing
from edge.foundation.access.programs.token import TokenKeys
from edge.foundation.access.queries import SET_UP, User, actor_for, any_pin_set, count_users, read_users, rights_of
from edge.foundation.access.rights import PERSONAL, PINS, system
from edge.foundation.access.roles import MANAGING


class IdentityProvider:
    """Queries of identities. `now_us` is the monotonic clock, `must_sign_in` whether tills require sign-in. For the
    event loop's thread."""

    def __init__(
        self,
        shop: CommandBus,
        sessions: Sessions,
        tokens: TokenKeys,
        now_us: Callable[[], int],
        must_sign_in: Callable[[], bool] = lambda: False,
    ) -> None:
        self._shop = shop
        self._now_us = now_us
        self.must_sign_in = must_sign_in
        self.sessions = sessions
        self.approvals = Approvals()
        self.pins = PinCheck(shop, now_us)
        self.pairings = Pairings(shop, self.pins.log)
        self.tokens = Refreshing(shop, sessions, tokens, self.pins.log)
        self.keys = ApiKeys(shop)
        self.looks = LookLog(shop)

    def practising(self, shop: CommandBus, sessions: Sessions, must_sign_in: Callable[[], bool]) -> IdentityProvider:
        """Return a copy over a training ledger, with its own sessions."""
        inside = copy.copy(self)
        inside._shop, inside.sessions, inside.must_sign_in = shop, sessions, must_sign_in
        return inside

    def console(self) -> Actor:
        return system("panel")

    def person(self, user: str, surface: Surface, register: str) -> Actor:
        return actor_for(self._shop.reader, user, surface, register)

    def program(self, key_id: str, surface: Surface, register: str) -> Actor | None:
        return self.keys.actor(key_id, surface, register)

    def at_register(self, register: str, surface: Surface, seat: str | None = None, touch: bool = True) -> Actor:
        return self.sessions.actor(register, surface, seat, touch)

    def approver(self, grant: str, register: str, command: str, command_id: bytes) -> str | None:
        held = self.approvals.find_approval(grant, register, command, self._now_us(), command_id)
        return held.user if held and mark_of(self._shop.reader, held.user) == held.mark else None

    def approval_used(self, grant: str, command_id: bytes) -> None:
        self.approvals.mark_used(grant, command_id)

    def manages(self, user: str) -> str | None:
        if not rights_of(self._shop.reader, user) & MANAGING:
            return None
        return "" if user == SET_UP else user

    def session(self, id: str) -> Session | None:
        return self.sessions.get(id)

    def find_by_secret(self, secret: str, *kinds: SessionKind, touch: bool = True) -> Session | None:
        return self.sessions.find_by_secret(secret, *kinds, touch=touch)

    def signed_in(self, register: str, seat: str | None = None) -> Session | None:
        return self.sessions.at(register, seat)

    def end(self, id: str) -> None:
        self.sessions.end(id)

    async def find_pairing(self, cookie: str, address: str, agent: str) -> tuple[Pairing | None, str | None]:
        return await self.pairings.enter(cookie, address, agent)

    def is_paired(self, id: str) -> bool:
        return self.pairings.exists(id)

    async def token(self, bearer: str) -> Session | Refused:
        return await self.tokens.asker(bearer)

    async def key(self, bearer: str, network: str) -> ApiKey | Refused:
        return await self.keys.enter(bearer, network)

    def is_unclaimed(self) -> bool:
        return not any_pin_set(self._shop.reader)

    def named_people(self, seat: str = "") -> list[User]:
        db, source = self._shop.reader, paired_source(seat) if seat else CONSOLE
        return read_users(db) if count_users(db) >= NAMED_FROM or self.pins.tries.asks_name(source) else []

    def network(self, address: str) -> str:
        return network(address).keys[0].partition(":")[2]

    def is_personal(self, *rights: Right) -> bool:
        return not PERSONAL.isdisjoint(rights)

    def record_access(self, actor: Actor, what: str, of: str, address: str) -> None:
        self.looks.note(actor, what, of, self.network(address))

    async def note_denied(self, actor: Actor, row: RightDenied) -> bool:
        command = NoteDenied(row.command, row.right, row.count, row.networks)
        outcome = await self._shop.do(command, actor.with_rights(PINS))
        return isinstance(outcome, Refused) and outcome.code == "right_denied"

    async def stop(self) -> None:
        await self.pins.tries.stop()
        await self.pins.log.stop()
        await self.looks.stop()
        await self.sessions.stop()
        await self.keys.stop()


ACCESS: Service[IdentityProvider] = Service("access")
"""Data of the access pages beyond the caller's identity."""
