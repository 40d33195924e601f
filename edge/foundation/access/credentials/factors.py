"""Second factors of users: set-up, confirmation and verification. `pin_check.py` counts wrong codes."""

from __future__ import annotations

import asyncio
import os

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Done, Outcome, Refused
from edge.core.people.sealing import Keyring, open_
from edge.core.storage.database import Connection
from edge.foundation.access.commands import ConfirmFactor, DropFactor, MakeRecoveryCodes, UseRecoveryCode
from edge.foundation.access.credentials.one_time_codes import OneTimeCodes, Send, Tell
from edge.foundation.access.credentials.password import normalize_password
from edge.foundation.access.credentials.pin import matches
from edge.foundation.access.credentials.recovery_codes import new_recovery_codes, recovery_hash
from edge.foundation.access.queries import SET_UP, actor_for, factor_policy, role_of, stored_password
from edge.foundation.access.rights import PINS
from sync.identity.totp import PENDING_US, is_code, new_secret, step_of

SECRET = ("access_factor", "secret")
"""Table and field that the encrypted secret is bound to."""
SALT_BYTES = 16
RECOVERY_FEW = 3
"""Number of remaining recovery codes at which users are asked to create new ones."""

_READ = "SELECT secret, next_secret, begun_us, last_step, salt FROM access_factor WHERE user_id = ?"
_BEGIN = """
    INSERT INTO access_factor (user_id, secret, next_secret, begun_us, last_step, salt) VALUES (?, '', ?, ?, 0, x'')
    ON CONFLICT (user_id) DO UPDATE SET next_secret = excluded.next_secret, begun_us = excluded.begun_us
"""
_USE = "UPDATE access_factor SET last_step = ? WHERE user_id = ? AND last_step < ?"


class Factors:
    """Checks second factors. For the event loop's thread, one call at a time (ensured by `pin_check.PinCheck`)."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self.codes = OneTimeCodes(shop)
        self.send: Send = _nowhere
        """Sends a code to a person; set by the pages."""
        self.tell: Tell = _untold
        """Notifies a person of an action in their name; set by the pages."""

    def has(self, user: str) -> bool:
        """Whether a user has an active second factor."""
        found = self._shop.reader.execute(_READ, (user,)).fetchone()
        return bool(found and found[0])

    def policy(self, user: str) -> str:
        """Return the second factor required by a user's role. The set-up PIN needs none, because possession of the box
        replaces it."""
        role = None if user == SET_UP else role_of(self._shop.reader, user)
        return factor_policy(self._shop.reader, role.id) if role else "none"

    async def ask(self, user: str, code: str, must: bool = True, caller: str = "") -> Refused | None:
        """Check the second factor after a correct PIN; return the refusal, or None. It refuses a wrong or missing code,
        or (with `must`) a required factor that isn't set up. Sends a code if the role uses sent codes; a manager's
        paper code replaces either."""
        if user != SET_UP and self.codes.is_paper(code):
            return await self.codes.take(user, code)
        if self.has(user):
            return await self.check(user, code) if code else Refused("factor_code")
        match self.policy(user) if must else "none":
            case "none":
                return None
            case "otp":
                return await (self.codes.check(user, code) if code else self.codes.send(user, caller, self.send))
        return Refused("factor_missing")

    async def prove_password(self, user: str, password: str) -> Refused | None:
        """Check the password of a user who has one but no second factor, because a PIN alone isn't enough to set up a
        factor."""
        stored = stored_password(self._shop.reader, user)
        if not stored:
            return None
        if not password:
            return Refused("factor_password")
        right = await asyncio.to_thread(matches, stored, normalize_password(password))
        return None if right else Refused("password_wrong")

    def recovery_left(self, user: str) -> int:
        """Number of remaining recovery codes."""
        found = self._shop.reader.execute("SELECT count(*) FROM access_recovery WHERE user_id = ?", (user,)).fetchone()
        return int(found[0])

    async def begin(self, user: str) -> str | Refused:
        """Create a new secret, which its first correct code must confirm within ten minutes."""
        if self._shop.doubt_of_clock is not None:
            return Refused("clock_suspect")
        secret, now_us = new_secret(), self._shop.now_us()

        def change(db: Connection) -> None:
            db.execute(_BEGIN, (user, Keyring(db).seal(user, *SECRET, secret), now_us))

        kept = await self._shop.maintain(change)
        return kept if isinstance(kept, Refused) else secret

    async def confirm(self, user: str, code: str) -> list[str] | Refused:
        """Confirm a new secret with its first code; return the recovery codes, which are shown only once."""
        db, now_us = self._shop.reader, self._shop.now_us()
        found = db.execute(_READ, (user,)).fetchone()
        if found is None or not found[1] or now_us - found[2] >= PENDING_US:
            return Refused("factor_not_begun")
        if self._shop.doubt_of_clock is not None:
            return Refused("clock_suspect")
        step = step_of(open_(db, user, *SECRET, found[1]) or "", code, now_us, 0)
        if step is None:
            return Refused("factor_wrong")
        codes, salt, hashes = await _new_code_set()
        return _codes(codes, await self._shop.do(ConfirmFactor(user, step, salt, hashes), self._as(user)))

    async def make_codes(self, user: str) -> list[str] | Refused:
        """Replace the recovery codes. Earlier codes become invalid."""
        codes, salt, hashes = await _new_code_set()
        return _codes(codes, await self._shop.do(MakeRecoveryCodes(user, salt, hashes), self._as(user)))

    async def drop(self, user: str) -> Outcome:
        """Remove a user's second factor."""
        return await self._shop.do(DropFactor(user), self._as(user))

    async def check(self, user: str, code: str) -> Refused | None:
        """Verify a code from the phone or the recovery list. Each code is accepted once."""
        db = self._shop.reader
        found = db.execute(_READ, (user,)).fetchone()
        if found is None:
            return Refused("factor_missing")
        if not is_code(code):
            return await self._recover(user, code, found[4])
        if self._shop.doubt_of_clock is not None:
            return Refused("clock_suspect")
        step = step_of(open_(db, user, *SECRET, found[0]) or "", code, self._shop.now_us(), found[3])
        if step is None:
            return Refused("factor_wrong")
        used = await self._shop.maintain(lambda db: db.execute(_USE, (step, user, step)).rowcount)
        if isinstance(used, Refused):
            return used
        return None if used else Refused("factor_wrong")

    def _as(self, user: str) -> Actor:
        """Actor for an authenticated user."""
        return actor_for(self._shop.reader, user, "panel", "").with_rights(PINS)

    async def _recover(self, user: str, code: str, salt: bytes) -> Refused | None:
        hash = await asyncio.to_thread(recovery_hash, code, bytes(salt)) if salt else None
        if hash is None:
            return Refused("factor_wrong")
        outcome = await self._shop.do(UseRecoveryCode(user, hash.hex()), self._as(user))
        if isinstance(outcome, Done):
            left = self.recovery_left(user)
            await self.tell(user, "recovery_few" if left <= RECOVERY_FEW else "recovery_used", left=left)
            return None
        return outcome if isinstance(outcome, Refused) else Refused("outcome_unknown")


async def _new_code_set() -> tuple[list[str], str, tuple[str, ...]]:
    """New recovery codes, their salt, and their stored hashes."""
    codes, salt = new_recovery_codes(), os.urandom(SALT_BYTES)
    hashes = [await asyncio.to_thread(recovery_hash, code, salt) for code in codes]
    return codes, salt.hex(), tuple(hash.hex() for hash in hashes if hash)


def _codes(codes: list[str], outcome: Outcome) -> list[str] | Refused:
    if isinstance(outcome, Done):
        return codes
    return outcome if isinstance(outcome, Refused) else Refused("outcome_unknown")


async def _untold(user: str, notice: str, **values: object) -> bool:
    return False


async def _nowhere(user: str, code: str) -> bool:
    return False
