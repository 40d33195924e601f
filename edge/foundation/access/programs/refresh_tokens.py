"""Refresh tokens: each is used once, for the next one and a 15-minute access token (RFC 9700, section 4.14.2).

    edger_ | session, 16 hex digits | _ | secret, 64 hex digits

The next secret derives from the used one and the family's salt, so a client that lost the answer gets the same again:
within 30 seconds, from the same network, until the next one is used. Any other used token is a copy and ends the
session; an invalid one has no effect. For the event loop's thread.
"""

from __future__ import annotations

import hmac
import os
import re
from typing import Literal

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.storage.database import Connection, blob
from edge.foundation.access.browsers.session import Session, digest
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.credentials.one_time_codes import Tell
from edge.foundation.access.logs.login_log import LoginLog
from edge.foundation.access.programs.token import TOKEN_S, TokenKeys

FORGIVEN_US = 30_000_000
"""Time during which the last used token gets the same answer again."""
ISSUED_LOOKBACK = 10_000
"""Tokens to search for an issued one: more than one per quarter of an hour in 90 days."""

_FORM = re.compile(r"edger_([0-9a-f]{16})_([0-9a-f]{64})")
_READ = "SELECT secret, spent, spent_us, client, forgiven, salt, count FROM access_refresh WHERE session_id = ?"
_BEGIN = """
    INSERT INTO access_refresh (session_id, secret, spent, spent_us, client, forgiven, count, salt)
    VALUES (?, ?, x'', 0, '', 0, 0, ?)
"""
_SPEND = """
    UPDATE access_refresh SET secret = ?, spent = secret, spent_us = ?, client = ?, forgiven = 0, count = count + 1
    WHERE session_id = ?
"""
_FORGIVE = "UPDATE access_refresh SET forgiven = 1 WHERE session_id = ?"
Seen = Literal["next", "again", "copied", "wrong"]


class Tokens(msgspec.Struct, frozen=True):
    """A program's tokens: for access, valid for `expires_in` seconds, and for renewal."""

    access_token: str
    refresh_token: str
    expires_in: int = TOKEN_S


class Family(msgspec.Struct, frozen=True):
    """Refresh tokens of one session (`access_refresh`): digests of the current and the last used one."""

    secret: bytes
    spent: bytes
    spent_us: int
    client: str
    forgiven: int
    salt: bytes
    count: int

    def check_secret(self, secret: str, now_us: int, client: str) -> Seen:
        """State of a presented secret."""
        shown = digest(secret)
        if hmac.compare_digest(shown, self.secret):
            return "next"
        if not self.was_issued(secret):
            return "wrong"
        lost = shown == self.spent and 0 <= now_us - self.spent_us < FORGIVEN_US
        return "again" if lost and client == self.client and not self.forgiven else "copied"

    def was_issued(self, secret: str) -> bool:
        """Whether the secret was ever issued. The current secret is then derived from it."""
        for _ in range(min(self.count, ISSUED_LOOKBACK)):
            secret = self.after(secret)
            if hmac.compare_digest(digest(secret), self.secret):
                return True
        return False

    def after(self, secret: str) -> str:
        """The secret that follows."""
        return hmac.digest(self.salt, secret.encode(), "sha256").hex()


class Refreshing:
    """Token families of the shop's programs."""

    def __init__(self, shop: CommandBus, sessions: Sessions, keys: TokenKeys, log: LoginLog) -> None:
        self._shop = shop
        self._sessions = sessions
        self._keys = keys
        self._log = log
        self.tell: Tell | None = None
        """Notifies a person that their token was copied; set by the pages."""

    async def begin(self, session: Session, secret: str) -> Tokens | Refused:
        """Return the first tokens of a session that was started with `secret`."""
        if refused := await self.refuse_distrusted_clock():
            return refused
        row = (session.id, blob(digest(secret)), blob(os.urandom(32)))
        kept = await self._shop.maintain(lambda db: db.execute(_BEGIN, row).rowcount)
        return kept if isinstance(kept, Refused) else self._tokens(session, secret)

    async def refresh(self, text: str, client: str) -> Tokens | Refused:
        """Exchange a refresh token from the network `client` for the next tokens."""
        session = self.session(text)
        if session is None:
            return Refused("token_wrong")
        if refused := await self.refuse_distrusted_clock():
            return refused
        secret, now_us = text.rpartition("_")[2], self._shop.now_us()

        def spend(db: Connection) -> str | None:
            found = db.execute(_READ, (session.id,)).fetchone()
            family = Family(*found) if found else None
            seen = family.check_secret(secret, now_us, client) if family else "copied"
            if family is None or seen == "copied":
                return ""
            if seen == "wrong":
                return None
            after = family.after(secret)
            if seen == "next":
                db.execute(_SPEND, (blob(digest(after)), now_us, client, session.id))
            else:
                db.execute(_FORGIVE, (session.id,))
            return after

        after = await self._shop.maintain(spend)
        if isinstance(after, Refused):
            return after
        if after is None:
            return Refused("token_wrong")
        return (
            self._tokens(self._sessions.touch(session), after)
            if after
            else await self._end_copied_session(session, client)
        )

    def session(self, text: str) -> Session | None:
        """The session of a refresh token, current or not; None if the token is unknown."""
        found = _FORM.fullmatch(text)
        session = self._sessions.get(found[1]) if found else None
        return session if session and session.kind == "app" else None

    async def asker(self, text: str) -> Session | Refused:
        """Session of an access token."""
        if refused := await self.refuse_distrusted_clock():
            return refused
        claims = self._keys.read(text, self._shop.now_us())
        session = self._sessions.get(claims.sid) if claims else None
        if claims is None or session is None or (session.kind, session.user) != ("app", claims.sub):
            return Refused("token_wrong")
        return self._sessions.touch(session)

    async def refuse_distrusted_clock(self) -> Refused | None:
        """Refuse tokens while the clock is distrusted."""
        if self._shop.doubt_of_clock is not None:
            await self._shop.heartbeat()  # the clock was last checked at the last commit, maybe long ago
        return Refused("clock_suspect") if self._shop.doubt_of_clock is not None else None

    def _tokens(self, session: Session, secret: str) -> Tokens:
        access = self._keys.issue(session.user, session.id, self._shop.now_us())
        return Tokens(access, f"edger_{session.id}_{secret}")

    async def _end_copied_session(self, session: Session, client: str) -> Refused:
        """End a session whose token was copied, and notify its user."""
        self._sessions.end(session.id)
        self._log.note(session.user, "token", "copied", session.label, client)
        if self.tell is not None:
            await self.tell(session.user, "token_copied", label=session.label)
        return Refused("token_copied")
