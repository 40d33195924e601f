"""Store the results of a channel's turn on the writer's connection: decisions, and messages being
sent, sent or failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.delivery_timing import PROGRAMS
from edge.analytics.notify.notification_plan import instead, redirect_message
from edge.analytics.notify.recipients import read_recipients, usable_channels
from edge.analytics.notify.service.dispatch import ReadyMessage, Turn, trial_us
from edge.analytics.notify.service.program_data import kept_data
from edge.analytics.notify.unreachable import flag, reason_of
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import alert_itself
from edge.foundation.alerts.rules import DAY_US, HOUR_US
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.letters import is_letter
from edge.foundation.outbox.messages import OTHER_CHANNEL, Message
from edge.foundation.outbox.service.pauses import paused_person
from edge.runtime.outgoing.faults import MaybeSent, Undelivered, codes_of
from edge.runtime.outgoing.retry import wait_s

SECOND_US = 1_000_000
ELSEWHERE = (OTHER_CHANNEL, "no_address", "away")
"""Reasons for which a message isn't sent although its recipient still gets the alert."""
_IS_SENDING = "SELECT 1 FROM notify_message WHERE id = ? AND state = 'sending'"


def keep_turn(db: Connection, turn: Turn, now_us: int, day: str, ages: bool = True) -> None:
    """Store messages that were dropped, abandoned or postponed; on the writer's connection. `ages`: see `look`."""
    for row, why in turn.decision.dropped:
        outbox.settle(db, [row.id], now_us, state="suppressed", why=why)
    _redirect(db, [one for one in turn.decision.dropped if one[1] in ELSEWHERE], now_us, day)
    for row, why in turn.given_up:
        outbox.settle(db, [row.id], now_us, state="failed", why=why)
    _block(db, turn.blocked, now_us, day, ages)
    for row, next_us in turn.decision.later:
        if not ages:
            db.execute("UPDATE notify_message SET next_us = ? WHERE id = ?", (next_us, row.id))
        elif next_us > max(row.until_us, row.made_us + DAY_US) and row.severity in ("info", "low"):
            outbox.settle(db, [row.id], now_us, state="suppressed", why="life_over")
        else:  # keep it valid until its delayed attempt
            until_us = max(row.until_us, next_us + HOUR_US)
            db.execute("UPDATE notify_message SET next_us = ?, until_us = ? WHERE id = ?", (next_us, until_us, row.id))


def _block(db: Connection, blocked: Sequence[tuple[Message, int]], now_us: int, day: str, ages: bool) -> None:
    """Move rows of a faulty channel to their person's next channel, or postpone them until it's fixed."""
    people = {one.id: one for one in read_recipients(db, day)} if blocked else {}
    for row, next_us in blocked:
        (why,) = db.execute("SELECT fault FROM notify_channel WHERE name = ?", (row.channel,)).fetchone()
        moved = _try_other_channel(db, row, people, now_us)
        over = not moved and ages and now_us >= row.until_us
        state = "failed" if moved or over else "queued"
        waits_us = min(next_us, max(now_us + 1, row.until_us)) if ages else next_us
        outbox.settle(db, [row.id], now_us, state=state, why="life_over" if over else why, next_us=waits_us)


def _redirect(db: Connection, dropped: Sequence[tuple[Message, str]], now_us: int, day: str) -> None:
    """Redirect rows that can't be sent as they were queued."""
    everybody = read_recipients(db, day) if dropped else []
    people, usable = {one.id: one for one in everybody}, usable_channels(db)
    for row, why in dropped:
        alert = alert_itself(db, row.alert) if row.alert else None
        if row.person in people and (alert is not None or not row.alert):
            outbox.queue(db, redirect_message(row, why, alert, people[row.person], everybody, usable), now_us)


def mark_sending(db: Connection, ready: ReadyMessage, now_us: int, marks_end: bool = False) -> bool:
    """Mark a message as being sent, before its first byte, on the writer's connection.

    Returns False if a row is no longer waiting, or if an earlier message to the same program is. `marks_end`: the
    message can't have arrived before `mark_ending`.
    """
    ids = [row.id for row in ready.rows]
    for id in ids:
        found = db.execute("SELECT state FROM notify_message WHERE id = ?", (id,)).fetchone()
        if found is None or found[0] != "queued":
            return False
    if ready.rows[0].channel in PROGRAMS and outbox.is_behind(db, ready.rows[0], now_us):
        return False  # programs get messages in order: an earlier one is still waiting
    kept = kept_data(db, ready.rows[0], ready.parcel.data)
    outbox.settle(db, ids, now_us, state="sending", why=outbox.BEGUN if marks_end else "", bundle=ids[0], **kept)
    outbox.count_left_out(db, ids[0], ready.left_out)
    return True


def mark_ending(db: Connection, ready: ReadyMessage, now_us: int) -> None:
    """Mark that the receiver may have the whole message, on the writer's connection, before the byte
    that completes it.
    """
    outbox.settle(db, [row.id for row in ready.rows], now_us, why="")


def keep_sent(db: Connection, ready: ReadyMessage, provider: str, now_us: int) -> None:
    """Store that a message was accepted. A result reported meanwhile stays."""
    ids = [row.id for row in ready.rows]
    still = [id for id in ids if db.execute(_IS_SENDING, (id,)).fetchone()]
    said = {"body": ""} if ready.rows[0].channel in PROGRAMS else {}
    outbox.settle(db, still, now_us, state="sent", why="", detail="", provider=provider, **said)
    outbox.settle_counted(db, ready.rows[0], "sent", now_us)
    _channel(db, ready.rows[0].channel, fault="", detail="", sent_us=now_us, breaker="closed")
    outbox.let_out(db, ready.rows[0].channel, now_us)


def keep_unsent(
    db: Connection,
    ready: ReadyMessage,
    fault: Undelivered | MaybeSent,
    repeats: bool,
    retry: bool,
    luck: float,
    now_us: int,
    day: str,
    ages: bool = True,
) -> None:
    """Store that a message failed or has an unknown outcome. Permanent failures go to the person's next channel.

    Messages that may have been sent are repeated unchanged if the receiver recognises their key. `ages`: see `look`.
    """
    channel, detail = ready.rows[0].channel, fault.detail
    if is_letter(ready.rows[0]):  # keep only the codes: a server's text may name the recipient
        detail = codes_of(detail)
    if isinstance(fault, MaybeSent) and not repeats:
        outbox.settle(db, [row.id for row in ready.rows], now_us, state="unknown", why="no_answer", detail=detail)
        outbox.settle_counted(db, ready.rows[0], "unknown", now_us)
        return
    why, permanent = ("no_answer", False) if isinstance(fault, MaybeSent) else (fault.why, fault.permanent)
    credentials = isinstance(fault, Undelivered) and fault.credentials
    said = {"fault": why, "detail": detail} if credentials else {}
    if why == "told_to_wait" and isinstance(fault, Undelivered) and fault.after_s:
        outbox.pause(db, channel, now_us + int(fault.after_s * SECOND_US), paused_person(ready.rows[0]))
    if why == "breaker_open":
        _channel(db, channel, breaker="open")
    else:
        _channel(db, channel, error=why, error_us=now_us, **said)
    as_it_was = isinstance(fault, MaybeSent) or bool(ready.rows[0].bundle)
    if not as_it_was:
        outbox.settle_counted(db, ready.rows[0], "failed", now_us)
    people = {one.id: one for one in read_recipients(db, day)} if permanent else {}
    for row in ready.rows:
        next_us, tries = _next(max(ready.rows, key=lambda one: one.tries) if as_it_was else row, fault, luck, now_us)
        moved = permanent and _try_other_channel(db, row, people, now_us)
        if credentials and not moved:
            next_us, permanent_now = min(now_us + trial_us(why), max(now_us + 1, outbox.until_us(db, row.id))), False
        else:
            permanent_now = permanent or not retry
        over = ages and next_us > outbox.until_us(db, row.id)  # read again, as setting the clock moves it
        state = "failed" if permanent_now or over else "queued"
        why_now = why if permanent_now or state == "queued" else "life_over"
        kept = {"tries": tries, "next_us": next_us, "bundle": ready.rows[0].id if as_it_was else 0}
        outbox.settle(db, [row.id], now_us, state=state, why=why_now, detail=detail, **kept)
    if as_it_was and state == "failed":
        outbox.settle_counted(db, ready.rows[0], "failed", now_us)
    if whose := people.get(ready.rows[0].person):
        address, now = ready.to, whose.prefs.address(channel)
        if (reason := reason_of(channel, why, detail)) and (channel == "push" or address == now):
            flag(db, whose, channel, reason, people.values(), usable_channels(db), now_us)


def _next(row: Message, fault: Undelivered | MaybeSent, luck: float, now_us: int) -> tuple[int, int]:
    """The time of the next try, never before the receiver permits it, and the number of tries by then."""
    tried = not isinstance(fault, Undelivered) or fault.tried
    tries = row.tries + tried
    own_s = wait_s(tries, luck) if tried else 1.0
    asked_s = fault.after_s if isinstance(fault, Undelivered) and fault.after_s else 0.0
    return now_us + int(max(own_s, asked_s) * SECOND_US), tries


def _try_other_channel(db: Connection, row: Message, people: Mapping[str, Recipient], now_us: int) -> bool:
    """Redirect to another channel of the person; returns whether there is one."""
    alert, person = alert_itself(db, row.alert) if row.alert else None, people.get(row.person)
    if alert is None or person is None or not alert.is_open:
        return False
    others = outbox.of_alert(db, row.alert)
    return outbox.queue(db, instead(row, alert, person, others, usable_channels(db)), now_us) > 0


def _channel(db: Connection, name: str, **changes: object) -> None:
    setting = ", ".join(f"{field} = ?" for field in changes)
    db.execute(f"UPDATE notify_channel SET {setting} WHERE name = ?", (*changes.values(), name))
