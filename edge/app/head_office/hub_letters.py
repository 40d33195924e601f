"""Relays mail for boxes without a mail server (`edge/analytics/notify/hub.py`).

Runs in workers (`edge hub`) and the API if a mail server is configured. Any number of processes share the work.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog

from edge.analytics.notify.office_mail import readdress_mail
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered, codes_of
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from edge.runtime.outgoing.retry import wait_s
from sync.hub.recurring import repeat
from sync.hub.store import Store

_log = structlog.get_logger(__name__)
EVERY_S = 2.0
AT_ONCE = 10
"""Mails being sent at a time."""
_ID = "(tenant, store, device, key) = ($1, $2, $3, $4)"
_DUE = f"""
    SELECT tenant, store, device, key FROM office_letter
    WHERE state = 'queued' AND next_at <= now() AND until_at > now() ORDER BY next_at LIMIT {AT_ONCE}
"""
_TAKE = f"""
    UPDATE office_letter SET state = 'sending', why = '', tries = tries + 1, moved_at = now()
    WHERE {_ID} AND state = 'queued' AND next_at <= now()
    RETURNING recipient, body, tries, extract(epoch FROM until_at - moved_at)::float8 AS left_s
"""
"""Claim due mails for this process."""
_ENDING = f"UPDATE office_letter SET why = 'ending', moved_at = now() WHERE {_ID}"
"""Record that the final dot is about to be sent. After that, the mail may have been delivered."""
_END = f"""
    UPDATE office_letter SET state = $5, why = $6, detail = $7, recipient = '', body = NULL, moved_at = now()
    WHERE {_ID}
"""
_AGAIN = f"""
    UPDATE office_letter SET state = 'queued', why = $5, detail = $6, moved_at = now(),
        next_at = now() + make_interval(secs => $7) WHERE {_ID}
"""
OVER = """
    UPDATE office_letter SET state = CASE WHEN state = 'queued' THEN 'failed' ELSE 'unknown' END,
        why = CASE WHEN state = 'queued' THEN 'life_over' ELSE 'cut_off' END, recipient = '', body = NULL,
        moved_at = now()
    WHERE (state = 'queued' AND until_at <= now())
    OR (state = 'sending' AND why = 'ending' AND moved_at < now() - interval '5 minutes')
"""
"""End mails whose process ended after the final dot. They may have been delivered, so they aren't sent again."""
_CUT_OFF = """
    UPDATE office_letter SET state = 'queued', next_at = now(), moved_at = now()
    WHERE state = 'sending' AND why <> 'ending' AND moved_at < now() - interval '5 minutes'
"""
"""Reset mails whose process ended before the final dot, so that they are sent again."""


class OfficeMailServer(MailServer, frozen=True, kw_only=True):
    """Head office's mail server, its sender address, and the address of its pages (`https://office.example`) for links
    ("": no mails with links)."""

    sender: str
    pages: str = ""


class Hand(Protocol):
    """A mail transport (`OutgoingMail`)."""

    async def send(
        self, message: Any, sender: str, recipient: str, *, ending: Callable[[], Awaitable[None]]
    ) -> str: ...


class LetterRelay:
    """Sends the mails; see the module."""

    def __init__(self, store: Store, server: OfficeMailServer, mail: Hand | None = None) -> None:
        self._pool = store.pool
        self._sender = server.sender
        self._mail = mail or OutgoingMail(server, Breakers())

    async def run(self) -> None:
        """Run until cancelled."""
        await repeat("sending mails", self.turn, EVERY_S, drain=True)

    async def turn(self) -> int:
        """Send due mails; return the number sent."""
        await self._pool.execute(_CUT_OFF)
        await self._pool.execute(OVER)
        due = await self._pool.fetch(_DUE)
        await asyncio.gather(*(self._send(tuple(letter)) for letter in due))
        return len(due)

    async def _send(self, of: tuple[str, ...]) -> None:
        letter = await self._pool.fetchrow(_TAKE, *of)
        if letter is None:
            return
        try:
            mail = readdress_mail(letter["body"], letter["recipient"], self._sender)
        except ValueError:
            await self._pool.execute(_END, *of, "failed", "refused", "")
            return

        async def ending() -> None:
            await self._pool.execute(_ENDING, *of)

        try:
            said = await self._mail.send(mail, self._sender, letter["recipient"], ending=ending)
        except MaybeSent as error:
            await self._pool.execute(_END, *of, "unknown", "no_answer", codes_of(error.detail))
        except Undelivered as fault:
            await self._unsent(of, fault, letter["tries"], letter["left_s"])
        except Exception as error:  # noqa: BLE001 - one mail's fault holds up no other; it is said, and tried again
            _log.error("an email from a box couldn't be sent", error=type(error).__name__)
            await self._unsent(of, Undelivered("no_connection"), letter["tries"], letter["left_s"])
        else:
            await self._pool.execute(_END, *of, "sent", "", said[:200])

    async def _unsent(self, of: tuple[Any, ...], fault: Undelivered, tries: int, left_s: float) -> None:
        """Reschedule or drop a failed mail. Configuration errors are logged and retried."""
        if fault.credentials:
            _log.error("head office's mail server is set up incorrectly", why=fault.why, detail=fault.detail)
        luck = random.random()  # nosec B311
        after_s, codes = max(wait_s(tries, luck), fault.after_s or 0.0), codes_of(fault.detail)
        if (fault.permanent and not fault.credentials) or after_s >= left_s:
            why = fault.why if fault.permanent else "life_over"
            await self._pool.execute(_END, *of, "failed", why, codes)
        else:
            await self._pool.execute(_AGAIN, *of, fault.why, codes, after_s)
