"""Local state of webhooks: position and retry time."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

FAILING_US = 3 * 86_400_000_000
"""A webhook that fails for this long is paused until a user resumes it. Nothing is lost, because the journal keeps the
events."""
_SELECT = """
    SELECT h.id, h.url, h.types, coalesce(d.after_seq, h.seq), coalesce(d.tries, 0), coalesce(d.next_us, 0),
        coalesce(d.failing_us, 0), coalesce(d.resting, 0), coalesce(d.why, ''), coalesce(d.told_us, 0)
    FROM webhook h LEFT JOIN webhook_delivery d ON d.id = h.id ORDER BY h.seq
"""
_KEEP = """
    INSERT OR REPLACE INTO webhook_delivery (id, after_seq, tries, next_us, failing_us, resting, why, told_us)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


class Webhook(msgspec.Struct, frozen=True):
    """A webhook, with events after `after_seq` pending. `failing_us`: failing since then (0: not); `why`: key of
    section [undelivered]; `resting`: paused until resumed; `told_us`: last success.
    """

    id: str
    url: str
    types: tuple[str, ...]
    after_seq: int
    tries: int = 0
    next_us: int = 0
    failing_us: int = 0
    resting: bool = False
    why: str = ""
    told_us: int = 0


def read_webhooks(db: Connection) -> list[Webhook]:
    """Return all webhooks, also paused ones, oldest first."""
    return [
        Webhook(id, url, tuple(msgspec.json.decode(types)), after, tries, next_us, failing, bool(resting), why, told)
        for id, url, types, after, tries, next_us, failing, resting, why, told in db.execute(_SELECT)
    ]


def keep(db: Connection, hook: Webhook) -> None:
    """Save a webhook's state, and delete the states of removed webhooks."""
    state = (hook.id, hook.after_seq, hook.tries, hook.next_us, hook.failing_us, hook.resting, hook.why, hook.told_us)
    db.execute(_KEEP, state)
    db.execute("DELETE FROM webhook_delivery WHERE id NOT IN (SELECT id FROM webhook)")


def after_delivery(hook: Webhook, seq: int, now_us: int) -> Webhook:
    """State after delivering `seq`. Pure."""
    return msgspec.structs.replace(hook, after_seq=seq, tries=0, next_us=0, failing_us=0, why="", told_us=now_us)


def after_passing(hook: Webhook, seq: int) -> Webhook:
    """State after skipping to `seq`. Pure."""
    return msgspec.structs.replace(hook, after_seq=max(hook.after_seq, seq))


def after_failure(hook: Webhook, why: str, now_us: int, after_us: int, gone: bool) -> Webhook:
    """Return the state after a failure: retry at `after_us`, or pause if it has failed for too long or is `gone`.
    Pure."""
    since = hook.failing_us or now_us
    rests = gone or now_us - since >= FAILING_US
    return msgspec.structs.replace(
        hook, tries=hook.tries + 1, next_us=after_us, failing_us=since, why=why, resting=rests
    )


def again(hook: Webhook) -> Webhook:
    """Return the state after a user has resumed the webhook. Pure."""
    return msgspec.structs.replace(hook, tries=0, next_us=0, failing_us=0, resting=False)


def after_restore(db: Connection) -> None:
    """After a restore, let webhooks whose position is after the ledger's end continue with new events."""
    head = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    db.execute("UPDATE webhook_delivery SET after_seq = min(after_seq, ?), tries = 0, next_us = 0", (head,))
