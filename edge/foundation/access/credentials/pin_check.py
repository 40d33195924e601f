"""Verification of PINs and passwords: one at a time, off the event loop, with attempts counted per user and place.

Responses don't reveal which user a PIN belongs to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.foundation.access.commands import NotePinsWrong
from edge.foundation.access.credentials.factors import Factors
from edge.foundation.access.credentials.password import normalize_password
from edge.foundation.access.credentials.pin import hash_password, hash_pin, matches
from edge.foundation.access.credentials.pin_rules import LEAST, LEAST_MANAGING, why_not
from edge.foundation.access.credentials.throttle import AttemptSource, is_noted
from edge.foundation.access.credentials.tries import Tries
from edge.foundation.access.logs.login_log import How, LoginLog, Result
from edge.foundation.access.queries import SET_UP
from edge.foundation.access.rights import system

CHECKS_WAITING = 8
"""Maximum PINs and passwords waiting to be compared, one at a time; a password briefly takes 64 MiB. Further callers
are asked to try again."""
CHECKS_WAITING_FAR = 2
"""Maximum of these from other networks, so that a till never waits behind many unknown callers."""
NAMED_FROM = 9
"""Number of active people from which users choose their name before they enter a PIN."""

Check = Callable[[str], Awaitable[Refused | None]]
"""Decides whether a user with the right PIN may continue."""
Hashes = list[tuple[str, str]]
"""Users with the hashes of their PINs."""


class PinCheck:
    """PIN verification. `now_us` is the monotonic clock; for the event loop's thread."""

    def __init__(self, shop: CommandBus, now_us: Callable[[], int]) -> None:
        self._shop = shop
        self.factors = Factors(shop)
        self.log = LoginLog(shop)
        self._turns = asyncio.Lock()
        self._waiting: list[AttemptSource] = []
        self.tries = Tries(shop, now_us)

    def is_off(self, user: str, hash: str) -> bool:
        """Whether the PIN with that hash is disabled after too many guesses, at a till or elsewhere."""
        counted = (AttemptSource((), near=near).person(user, hash) for near in (True, False))
        return any(map(self.tries.is_off, counted))

    async def who(
        self,
        source: AttemptSource,
        register: str,
        pin: str,
        people: Hashes,
        person: str = "",
        named: bool = False,
        factor: Check | None = None,
        others: Hashes = [],  # noqa: B006 - read only
    ) -> str | Refused:
        """Return the owner of this PIN among `people`; with `person`, only if it is that person's. `named` requires a
        `person`, as does a place with too many guesses. `factor` checks their second factor, whose wrong codes count
        like wrong PINs.

        A PIN of one of `others`, who lack permission, is reported as such but counts as wrong, so it reveals nothing
        beyond sign-in. An empty PIN, or one entered during a wait, is neither compared nor counted. If two users share
        a PIN, a name is required.
        """
        busy = self._busy(source)
        if busy:
            return busy
        async with self._turn(source):
            asked = [(id, hash) for id, hash in people if person in ("", id)]
            counted = source.person(*asked[0]) if person and asked else ""
            if refused := self._wait(source, counted):
                return refused
            if not people:
                return Refused("pin_missing")
            if not pin:
                return Refused("pin_wrong")
            if (named or self.tries.asks_name(source)) and not person:
                return Refused("pin_person_first")
            found = await asyncio.to_thread(_matching, pin, self._open(source, asked))
            if len(found) != 1 and SET_UP not in found:
                off = bool(counted) and self.tries.is_off(counted)
                self._note(source, person if counted else "", "pin", "off" if off else "wrong")
                if not person and source.near:
                    self.tries.count(source.unnamed_key, source)
                refused = await self._wrong(source, register, counted)
                theirs = [] if found else self._open(source, [one for one in others if person in ("", one[0])])
                known: list[str] = await asyncio.to_thread(_matching, pin, theirs) if theirs else []
                return Refused("pin_may_not") if known else refused
            self.tries.right(source.unnamed_key)
            whose = SET_UP if SET_UP in found else found[0]
            return await self._went_on(source, register, whose, source.person(whose, dict(asked)[whose]), "pin", factor)

    async def password(
        self, source: AttemptSource, user: str, hash: str, password: str, counted: str, factor: Check
    ) -> str | Refused:
        """Verify the password of `user` with `hash`. `counted` is the counter shared with their PIN, so that attempts
        aren't doubled. An unknown email address (`user` "") takes and waits equally long."""
        busy = self._busy(source)
        if busy:
            return busy
        async with self._turn(source):
            if refused := self._wait(source, counted):
                return refused
            if not password:
                return Refused("login_wrong")
            right = await asyncio.to_thread(_right, hash, normalize_password(password))
            off = self.tries.is_off(counted)
            if not right or off:
                self._note(source, user, "password", "off" if off else "wrong")
                await self._wrong(source, "", counted)
                return Refused("login_wrong")
            return await self._went_on(source, "", user, counted, "password", factor)

    async def paper(self, source: AttemptSource, user: str, counted: str, code: str) -> Refused | None:
        """Verify a manager's paper code for `user` ("": unknown). Wrong codes are counted."""
        busy = self._busy(source)
        if busy:
            return busy
        async with self._turn(source):
            if refused := self._wait(source, counted):
                return refused
            if not user or not await self.factors.codes.is_right(user, code):
                self._note(source, user, "code", "wrong")
                await self._wrong(source, "", counted)
                return Refused("setup_wrong")
            self._note(source, user, "code", "right")
            self.tries.right(counted)
            return None

    async def _went_on(
        self, source: AttemptSource, register: str, whose: str, counted: str, how: How, factor: Check | None
    ) -> str | Refused:
        """Continue with the second factor after a correct secret, and count the result."""
        if factor is not None and (refused := await self._second(source, register, whose, counted, factor)):
            return refused
        self._note(source, whose, how, "right")
        self.tries.right(counted)
        return whose

    async def hash_pin(
        self, source: AttemptSource, register: str, pin: str, others: Hashes, manages: bool, own: Iterable[str] = ()
    ) -> str | Refused:
        """Hash a new PIN that none of `others` has. The answer doesn't distinguish a taken PIN from a too common one,
        and attempts count as guesses."""
        why = why_not(pin, manages, own)
        if why in ("pin_form", "pin_short"):
            return Refused(why, {"least": LEAST_MANAGING if manages else LEAST})
        busy = self._busy(source)
        if busy:
            return busy
        async with self._turn(source):
            if refused := self._wait(source):
                return refused
            taken = await asyncio.to_thread(_matching, pin, others)
            if why or taken:
                await self._wrong(source, register, "")
                return Refused("pin_refused")
            return await asyncio.to_thread(hash_pin, pin)

    async def _second(
        self, source: AttemptSource, register: str, whose: str, counted: str, factor: Check
    ) -> Refused | None:
        """Check the second factor: wrong codes count with the PIN and separately, so a correct PIN doesn't reset
        them."""
        codes = f"{counted}:code"
        if self.tries.is_off(codes):
            return Refused("factor_off")
        if refused := self._wait(source, counted) or self._wait(source, codes):
            return refused
        refused = await factor(whose)
        if refused is None:
            self.tries.right(codes)
        elif refused.code in ("factor_wrong", "password_wrong"):
            self.tries.count(codes, source)
            self._note(source, whose, "code", "wrong")
            await self._wrong(source, register, counted)
        return refused

    def _note(self, source: AttemptSource, user: str, how: How, result: Result) -> None:
        where = source.keys[0]
        place, net = (where, "") if source.near else ("", where.partition(":")[2])
        self.log.note(user, how, result, place, net)

    def _open(self, source: AttemptSource, people: Hashes) -> Hashes:
        """Return the people whose PIN isn't disabled. The set-up PIN always works on the machine itself."""
        return [
            (id, hash)
            for id, hash in people
            if (id == SET_UP and source.console) or not self.tries.is_off(source.person(id, hash))
        ]

    def _wait(self, source: AttemptSource, person: str = "") -> Refused | None:
        wait_us = self.tries.wait_us(source, person)
        return Refused("pin_wait", {"seconds": -(-wait_us // 1_000_000)}) if wait_us else None

    async def _wrong(self, source: AttemptSource, register: str, person: str) -> Refused:
        total = self.tries.wrong(source, person)
        if is_noted(total):
            wait_s = -(-self.tries.wait_us(source, person) // 1_000_000)
            await self._shop.do(
                NotePinsWrong(total, wait_s), msgspec.structs.replace(system("panel"), register=register)
            )
        return Refused("pin_wrong")

    def _busy(self, source: AttemptSource) -> Refused | None:
        far = sum(not other.near for other in self._waiting)
        full = len(self._waiting) >= CHECKS_WAITING or (not source.near and far >= CHECKS_WAITING_FAR)
        return Refused("busy", {"waiting": len(self._waiting)}) if full else None

    @asynccontextmanager
    async def _turn(self, source: AttemptSource) -> AsyncIterator[None]:
        self._waiting.append(source)
        try:
            async with self._turns:
                yield
        finally:
            self._waiting.remove(source)


def _matching(pin: str, people: Hashes) -> list[str]:
    """Return the owners of a PIN. The set-up PIN is checked first and ends the search. Takes equally long if no PIN
    matches."""
    found = []
    for whose, hash in people:
        if matches(hash, pin):
            found.append(whose)
            if whose == SET_UP:
                break
    if not people:
        hash_pin(pin)
    return found


def _right(hash: str, password: str) -> bool:
    """Verify a password. Takes equally long without a hash."""
    if hash:
        return matches(hash, password)
    hash_password(password)
    return False
