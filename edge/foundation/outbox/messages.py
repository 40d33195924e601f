"""Outbox rows: pending, sent and failed messages, on any connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal, get_args

import msgspec

from edge.core.people.forgetting import overwriting
from edge.core.storage.database import Connection

SHOP_SEPARATOR = " · "
"""Separates a title from the shop's name."""
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
WAITING_LIMIT = 1_000
"""Messages that may wait. Further ones replace the oldest of the least severe; the next message to the same person on
that channel says how many were dropped."""
KEPT_US = 30 * DAY_US
"""How long to keep a message's outcome."""
REPORTED = {
    **dict.fromkeys(("30003", "30005", "30006", "131026", "131030"), "no_such_number"),
    **dict.fromkeys(("21610", "30004"), "number_stopped"),
    **{why: why for why in ("life_over", "wrong_address")},
}
"""Delivery report codes for a wrong number (Twilio, Meta), and reasons for mail that head office didn't send, as keys
of [undelivered]."""
LIFE_US = {"whatsapp": 12 * HOUR_US, "push": 4 * HOUR_US}
"""How long a message stays relevant, by channel; a day on all others."""
LetterKind = Literal["receipt", "order", "code", "account", "purchase", "office", "invoice", "reminder", "wish"]
"""Kinds of letters to people who aren't users: see letters.py."""
LETTERS: tuple[LetterKind, ...] = get_args(LetterKind)
SEVERITY_OF_LETTERS = "medium"
What = (
    Literal[
        "raised", "worse", "again", "often", "resolved", "taken", "digest", "open", "said", "test", "report", "answer"
    ]
    | LetterKind
)
MessageState = Literal["queued", "sending", "sent", "delivered", "unknown", "failed", "suppressed"]
TOLD = ("sent", "delivered", "unknown")
"""States of messages that were, or may have been, delivered."""
OVER = (*TOLD, "failed", "suppressed")
ONE_MAIL = "mail-"
"""Prefix of the ids of people created for a single message. Their key is deleted with the message."""
BEGUN = "begun"
"""The reason of a message being sent that can't have arrived yet."""
OTHER_CHANNEL = "other_channel"
"""The reason of a message whose recipient chose another channel while it waited; it is sent on that channel."""
LINE = ("no_connection", "breaker_open", "server_failed")
"""The reasons of messages that wait for the connection; all of them are sent together."""
WRONG = ("wrong_password", "wrong_template", "no_tls", "no_office_mail")
"""The reasons of messages whose channel is misconfigured; they are sent after that is fixed."""
HELD_UP = (*LINE, *WRONG)
TELLING = ("raised", "worse", "again", "often")
"""Kinds of messages about an alert. `resolved` and `taken` go to people who got one of these."""


class ClockStep(msgspec.Struct, frozen=True):
    """A change of the wall clock by this much (negative: back). Between the two moments, this process recorded times by
    the old clock."""

    by_us: int
    from_us: int
    to_us: int


class Message(msgspec.Struct, frozen=True):
    """An outbox row. `why` is a key of [undelivered], `detail` the other side's message."""

    id: int
    key: str
    alert: int
    what: What
    severity: str
    person: str
    channel: str
    state: MessageState
    why: str
    detail: str
    tries: int
    made_us: int
    next_us: int
    until_us: int
    changed_us: int
    bundle: int
    step: int
    provider: str
    body: str
    about: str

    @property
    def turn(self) -> int:
        """Turn of the message's alert, from 0; -1: none."""
        alert, turn, *_ = (*self.key.split(":"), "", "")
        return int(turn) if self.what in TELLING and alert == str(self.alert) else -1

    @property
    def may_go_again(self) -> bool:
        """Whether a user may retry it: it is undelivered or unknown, and the address is still stored."""
        return self.state in ("failed", "unknown") and not self.person.startswith(ONE_MAIL)


FIELDS = ", ".join(Message.__struct_fields__)
_QUEUE = f"""
    INSERT INTO notify_message (key, alert, what, severity, person, channel, state, made_us, next_us,
                                          until_us, changed_us, step, body, about, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET state = excluded.state, why = '', next_us = excluded.next_us,
        until_us = excluded.until_us, changed_us = excluded.changed_us
    WHERE notify_message.state = 'suppressed' AND notify_message.why = '{OTHER_CHANNEL}' AND excluded.state = 'queued'
"""
_LETTERS = ", ".join(f"'{kind}'" for kind in LETTERS)
_OLDEST_LEAST = f"""
    UPDATE notify_message SET state = 'suppressed', why = 'too_many', changed_us = ? WHERE id IN (
        SELECT id FROM notify_message WHERE state = 'queued' AND what NOT IN ({_LETTERS}) AND id NOT IN (
            SELECT max(id) FROM notify_message WHERE state = 'queued' GROUP BY person, channel)
        ORDER BY CASE severity WHEN 'info' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END,
                 id LIMIT ?)
"""
"""Query for the oldest of the least severe waiting messages. The newest message per person and channel is never
dropped, because it says how many were."""
_LEFT_OUT = "state = 'suppressed' AND why = 'too_many' AND what IN ('raised', 'worse', 'again', 'often', 'resolved')"

_WAITING = f"""
    SELECT count(*) FROM notify_message WHERE state IN ('queued', 'sending')
    AND what NOT IN ({_LETTERS})
"""


class New(msgspec.Struct, frozen=True):
    """A message to queue. `delay_us`: time to wait for others to bundle with it. `life_us`: maximum age; 0: the
    channel's default. `why`: record it as not sent for this reason."""

    key: str
    alert: int
    what: What
    severity: str
    person: str
    channel: str
    delay_us: int = 0
    step: int = 0
    body: str = ""
    about: str = ""
    life_us: int = 0
    why: str = ""


def queue(db: Connection, messages: Iterable[New], now_us: int) -> int:
    """Queue messages whose key is new; return their number."""
    before = db.total_changes
    for one in messages:
        until_us = now_us + (one.life_us or LIFE_US.get(one.channel, DAY_US))
        row = (one.key, one.alert, one.what, one.severity, one.person, one.channel)
        state, rest = "suppressed" if one.why else "queued", (one.step, one.body, one.about, one.why)
        db.execute(_QUEUE, (*row, state, now_us, now_us + one.delay_us, until_us, now_us, *rest))
    added = int(db.total_changes - before)
    (waiting,) = db.execute(_WAITING).fetchone()
    if waiting > WAITING_LIMIT:
        db.execute(_OLDEST_LEAST, (now_us, waiting - WAITING_LIMIT))
    return added


def due(db: Connection, channel: str, now_us: int, limit: int = WAITING_LIMIT) -> list[Message]:
    """Return messages that a channel may send now, oldest first. Held messages are sent with the first one."""
    marks = ", ".join("?" * len(HELD_UP))
    query = f"""
        SELECT {FIELDS} FROM notify_message AS one WHERE state IN ('queued', 'sending') AND state = 'queued'
        AND channel = ? AND (next_us <= ? OR (why IN ({marks}) AND EXISTS (
            SELECT 1 FROM notify_message AS other WHERE other.person = one.person AND other.channel = one.channel
            AND other.state = 'queued' AND other.state IN ('queued', 'sending') AND other.next_us <= ?
            AND other.why IN ({marks}))))
        ORDER BY id LIMIT ?
    """
    return [Message(*row) for row in db.execute(query, (channel, now_us, *HELD_UP, now_us, *HELD_UP, limit))]


def of_alert(db: Connection, alert: int) -> list[Message]:
    """Messages about an alert."""
    query = f"SELECT {FIELDS} FROM notify_message WHERE alert = ? ORDER BY id"
    return [Message(*row) for row in db.execute(query, (alert,))]


def read_message(db: Connection, id: int) -> Message | None:
    """Return one message, or None."""
    found = db.execute(f"SELECT {FIELDS} FROM notify_message WHERE id = ?", (id,)).fetchone()
    return Message(*found) if found else None


def until_us(db: Connection, id: int) -> int:
    """Expiry of an existing message."""
    return int(db.execute("SELECT until_us FROM notify_message WHERE id = ?", (id,)).fetchone()[0])


def messages_sent_with(db: Connection, id: int) -> list[Message]:
    """Return a message and those bundled with it, without earlier ones that it only counts."""
    query = f"SELECT {FIELDS} FROM notify_message WHERE ? IN (id, bundle) AND why <> 'over' ORDER BY id"
    return [Message(*row) for row in db.execute(query, (id,))]


def came_and_went(db: Connection, person: str, channel: str, ids: Sequence[int]) -> list[Message]:
    """Return messages that ended before an undelivered one starting with these rows. The next attempt counts them."""
    query = f"""
        SELECT {FIELDS} FROM notify_message WHERE person = ? AND channel = ? AND state = 'suppressed' AND why = 'over'
        AND bundle <> 0 AND bundle IN ({", ".join("?" * len(ids))})
    """
    return [Message(*row) for row in db.execute(query, (person, channel, *ids))]


def newest(db: Connection, limit: int = 50, state: str = "") -> list[Message]:
    """Newest messages, optionally in one state."""
    query = f"SELECT {FIELDS} FROM notify_message WHERE ? IN ('', state) ORDER BY changed_us DESC, id DESC LIMIT ?"
    return [Message(*row) for row in db.execute(query, (state, limit))]


def settle(db: Connection, ids: Iterable[int], now_us: int, **changes: Any) -> None:
    """Update rows. A recipient created for a single message is forgotten when it is finished."""
    names = [*changes, "changed_us"]
    setting = ", ".join(f"{name} = ?" for name in names)
    for id in ids:
        db.execute(f"UPDATE notify_message SET {setting} WHERE id = ?", (*changes.values(), now_us, id))
        if changes.get("state") in OVER:
            _forget_recipient(db, id)


def _forget_recipient(db: Connection, id: int) -> None:
    (person, body) = db.execute("SELECT person, body FROM notify_message WHERE id = ?", (id,)).fetchone()
    if person.startswith(ONE_MAIL) and body:
        with overwriting(db):
            db.execute("UPDATE notify_message SET body = '' WHERE id = ?", (id,))
            db.execute("DELETE FROM person_key WHERE person = ?", (person,))


def cut_off(db: Connection, repeating: Collection[str], now_us: int) -> None:
    """After a restart, resend messages that can't have arrived or whose channel detects repeats, and mark others as
    unknown."""
    query = "SELECT id, channel, why FROM notify_message WHERE state = 'sending'"
    for id, channel, why in db.execute(query).fetchall():
        again = why == BEGUN or channel in repeating
        settle(db, [id], now_us, state="queued" if again else "unknown", why="" if again else "cut_off")


def overdue_messages(db: Connection, there: Collection[str], now_us: int) -> list[int]:
    """Return expired messages whose channel is missing or was never chosen."""
    marks = ", ".join("?" * len(there))
    query = f"SELECT id FROM notify_message WHERE state = 'queued' AND until_us < ? AND channel NOT IN ({marks})"
    return [id for (id,) in db.execute(query, (now_us, *there))]


def forget_person(db: Connection, person: str) -> bool:
    """Cancel a forgotten person's messages and delete their texts. Returns whether there were any."""
    db.execute("UPDATE notify_message SET body = '' WHERE person = ? AND body <> ''", (person,))
    waits = "UPDATE notify_message SET state = 'suppressed', why = 'gone' WHERE person = ? AND state = 'queued'"
    return bool(db.execute(waits, (person,)).rowcount)


def after_restore(db: Connection) -> None:
    """After a restore, mark messages that may have been sent after the backup."""
    query = "SELECT id, state, what, changed_us FROM notify_message WHERE state IN ('queued', 'sending')"
    for id, state, what, changed_us in db.execute(query).fetchall():
        unknown = state == "sending" or what in LETTERS
        settle(db, [id], changed_us, state="unknown" if unknown else "suppressed", why="set_back")


def count_left_out(db: Connection, id: int, ids: Iterable[int]) -> None:
    """Assign dropped messages (too many, or ended) to message `id`, which counts them."""
    out = "state = 'suppressed' AND why IN ('too_many', 'over')"
    db.executemany(f"UPDATE notify_message SET bundle = ? WHERE id = ? AND {out}", [(id, one) for one in ids])


def settle_counted(db: Connection, message: Message, state: Literal["sent", "unknown", "failed"], now_us: int) -> None:
    """Settle the messages counted in a message with it. If it wasn't sent, the next one counts them."""
    where = f"WHERE person = ? AND channel = ? AND bundle = ? AND {_LEFT_OUT}"
    of = (message.person, message.channel, message.id)
    if state == "failed":
        db.execute(f"UPDATE notify_message SET bundle = 0 {where}", of)
    else:
        db.execute(f"UPDATE notify_message SET state = ?, why = '', changed_us = ? {where}", (state, now_us, *of))


def recompute_held(db: Connection, now_us: int, person: str = "") -> None:
    """Recompute held messages now (quiet hours, opening hours, hourly limit), for a person or all people. Retries and
    service delays keep their time."""
    update = """
        UPDATE notify_message SET next_us = ?1
        WHERE state = 'queued' AND tries = 0 AND next_us > ?1 AND ?2 IN ('', person)
        AND channel NOT IN (SELECT channel FROM notify_message WHERE state = 'queued' AND why = 'told_to_wait'
                            AND next_us > ?1)
    """
    db.execute(update, (now_us, person))


def follow_clock(db: Connection, step: ClockStep, now_us: int) -> None:
    """After a clock change, shift times recorded by this process, so that delays, lifetimes and recency stay the same.
    Other waiting messages are recomputed; finished ones are unchanged."""
    of = (step.by_us, step.from_us, step.to_us)
    waits = "state = 'queued' AND next_us > ? AND changed_us NOT BETWEEN ? AND ?"
    db.execute(f"UPDATE notify_message SET next_us = ? WHERE {waits}", (now_us, now_us, step.from_us, step.to_us))
    for moment, other in (("made_us", "until_us"), ("changed_us", "next_us")):
        moved = f"{moment} = {moment} + ?1, {other} = {other} + ?1"
        db.execute(f"UPDATE notify_message SET {moved} WHERE {moment} BETWEEN ?2 AND ?3", of)
    recompute_held(db, now_us)


def bring_to_now(db: Connection, now_us: int) -> None:
    """Messages queued in the future (the clock was set back while off) wait from now, with their remaining lifetime."""
    update = """
        UPDATE notify_message SET until_us = until_us + ?1 - changed_us, made_us = ?1, next_us = ?1, changed_us = ?1
        WHERE state IN ('queued', 'sending') AND changed_us > ?1
    """
    db.execute(update, (now_us,))


def is_behind(db: Connection, message: Message, now_us: int) -> bool:
    """Whether an earlier message of the same alert and route is still waiting."""
    query = """
        SELECT max(next_us) FROM notify_message WHERE state IN ('queued', 'sending')
        AND id < ? AND alert = ? AND alert <> 0 AND person = ? AND channel = ?
    """
    (next_us,) = db.execute(query, (message.id, message.alert, message.person, message.channel)).fetchone()
    if next_us is None:
        return False
    db.execute("UPDATE notify_message SET next_us = ? WHERE id = ?", (max(next_us, now_us), message.id))
    return True


def let_out(db: Connection, channel: str, now_us: int) -> None:
    """Release messages after a channel's configuration was corrected."""
    marks = ", ".join("?" * len(WRONG))
    update = f"UPDATE notify_message SET next_us = ? WHERE state = 'queued' AND channel = ? AND why IN ({marks})"
    db.execute(update, (now_us, channel, *WRONG))


def pause(db: Connection, channel: str, until_us: int, person: str = "") -> None:
    """Pause a channel until `until_us`, for one person or all people."""
    update = """
        UPDATE notify_message SET next_us = max(next_us, ?1)
        WHERE state = 'queued' AND channel = ?2 AND ?3 IN ('', person)
    """
    db.execute(update, (until_us, channel, person))


def forget_old(db: Connection, now_us: int) -> None:
    """Delete old finished messages."""
    query = "DELETE FROM notify_message WHERE state NOT IN ('queued', 'sending') AND changed_us < ?"
    db.execute(query, (now_us - KEPT_US,))


GROUP_US = 2_000_000
"""Alerts raised within this time are sent as one message."""
NEXT_GROUP_US = MINUTE_US
"""How long after a message the next one to the same person and channel collects alerts before it is sent."""
