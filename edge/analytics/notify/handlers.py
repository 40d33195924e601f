"""Handlers of notification commands, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.analytics.notify import chat_numbers
from edge.analytics.notify.commands import (
    AddBrowser,
    AnswerWritten,
    BeginAnswer,
    DropBrowser,
    DropChatNumber,
    OfferChatCode,
    ReportDelivery,
    RetryMessage,
    SendTest,
    SendText,
    SetPreferences,
    SwitchChannel,
    TakeWritten,
)
from edge.analytics.notify.links import forget_key
from edge.analytics.notify.notification_plan import instead
from edge.analytics.notify.preferences import NotificationPreferences, faults
from edge.analytics.notify.push_subscriptions import count_browsers, keep_browser
from edge.analytics.notify.recipients import (
    PLACE,
    TEXT_PLACE,
    read_channels,
    read_preferences,
    read_recipients,
    usable_channels,
)
from edge.analytics.notify.unreachable import blocked_channels, flag, read_flags, reason_of, unflag, unflag_changed
from edge.core import ids
from edge.core.messages import Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.queries import SET_UP, is_active_user
from edge.foundation.access.rights import MANAGE
from edge.foundation.alerts.queries import alert_itself
from edge.foundation.alerts.rules import HOUR_US
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.messages import Message, New

TEXTS_AN_HOUR = 60
"""Maximum texts and tests per hour for each caller, a program or a person."""
_COUNT = "SELECT count(*) FROM notify_message WHERE what IN ('said', 'test') AND made_us > ? AND about = ?"
_SWITCH = """
    INSERT INTO notify_channel (name, active) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET active = excluded.active
"""


def set_preferences(tx: Transaction, command: SetPreferences) -> None:
    _may(tx, command.user)
    for field, code in faults(command.preferences):
        raise Refusal(code, {"field": field})
    text = msgspec.json.encode(command.preferences).decode()
    sealed = Keyring(tx.db).seal(command.user, *PLACE, text)
    tx.db.execute("INSERT OR REPLACE INTO notify_person (person, body) VALUES (?, ?)", (command.user, sealed))
    unflag_changed(tx.db, command.user, command.preferences)
    outbox.recompute_held(tx.db, tx.at_us, command.user)


def send_test(tx: Transaction, command: SendTest) -> int:
    return _say(tx, command.user, command.channel, "test", "")  # also to an address that failed: it may work again


def send_text(tx: Transaction, command: SendText) -> int:
    said = msgspec.json.encode([command.subject, command.text]).decode()
    prefs = read_preferences(tx.db, command.user)
    if command.kind and prefs and command.kind in prefs.kinds_off:
        raise Refusal("kind_not_wanted", {"kind": command.kind})
    return _say(tx, command.user, command.channel, "said", said)


def add_browser(tx: Transaction, command: AddBrowser) -> str:
    _may(tx, command.user)
    unflag(tx.db, command.user, "push")
    return keep_browser(tx.db, command.user, command.browser, tx.at_us)


def drop_browser(tx: Transaction, command: DropBrowser) -> None:
    _may(tx, command.user)
    query = "DELETE FROM notify_browser WHERE person = ? AND ? IN ('', id)"
    tx.db.execute(query, (command.user, command.id))


def offer_chat_code(tx: Transaction, command: OfferChatCode) -> str:
    if tx.actor.name != command.user:  # a person shown the code could link their own number
        raise Refusal("right_denied", {"command": "OfferChatCode", "right": MANAGE})
    _may(tx, command.user)
    return chat_numbers.offer_code(tx, command.user)


def drop_chat_number(tx: Transaction, command: DropChatNumber) -> None:
    _may(tx, command.user)
    chat_numbers.drop_number(tx.db, command.user)


def take_written(tx: Transaction, command: TakeWritten) -> int:
    return chat_numbers.take_written(tx, command.messages)


def begin_answer(tx: Transaction, command: BeginAnswer) -> None:
    chat_numbers.begin_answer(tx.db, command.id, command.session)


def answer_written(tx: Transaction, command: AnswerWritten) -> None:
    chat_numbers.answer_written(tx.db, command.id, command.text, tx.at_us)


def switch_channel(tx: Transaction, command: SwitchChannel) -> None:
    tx.db.execute(_SWITCH, (command.channel, command.active))


def retry_message(tx: Transaction, command: RetryMessage) -> None:
    message = outbox.read_message(tx.db, command.message)
    if message is None or message.state not in ("failed", "unknown"):
        raise Refusal("message_not_failed", {"id": command.message})
    if message.person.startswith(outbox.ONE_MAIL):
        raise Refusal("message_forgotten", {"id": command.message})
    if message.alert and message.what != "resolved":
        alert = alert_itself(tx.db, message.alert)
        if alert is None:
            raise Refusal("no_such_alert", {"id": message.alert})
        if not alert.is_open:
            tx.ask("confirm_tell_over", {"id": message.alert})
            _tell_over(tx, message)
            return
    life = {"tries": 0, "next_us": tx.at_us, "until_us": tx.at_us + outbox.LIFE_US.get(message.channel, 24 * HOUR_US)}
    outbox.settle(tx.db, [message.id], tx.at_us, state="queued", why="", detail="", **life)


def _tell_over(tx: Transaction, message: Message) -> None:
    """Send an alert that couldn't be sent in time as resolved, with its start time, to the same
    recipient and channel.
    """
    key = f"{message.alert}:resolved:{message.person}:{message.channel}:{message.id}"
    over = New(key, message.alert, "resolved", message.severity, message.person, message.channel)
    outbox.queue(tx.db, [over], tx.at_us)
    outbox.settle(tx.db, [message.id], tx.at_us, state="suppressed", why="over")


def report_delivery(tx: Transaction, command: ReportDelivery) -> None:
    """Record a delivery report.

    On failure, the person's next channel is used. Late failures aren't retried, `delivered` is final, and unknown
    outcomes become known.
    """
    now_us = tx.at_us
    rows = [
        one for one in outbox.messages_sent_with(tx.db, command.message) if one.state in ("sending", "sent", "unknown")
    ]
    if command.state == "delivered":
        outbox.settle(tx.db, [one.id for one in rows], now_us, state="delivered", why="", detail="")
        return
    why = outbox.REPORTED.get(command.code, "refused")
    detail = {"why": why, "detail": command.code if command.code[:1].isdigit() else ""}
    outbox.settle(tx.db, [one.id for one in rows], now_us, state="failed", **detail)
    people, usable = {one.id: one for one in read_recipients(tx.db, tx.business_date)}, usable_channels(tx.db)
    for row in rows:
        alert, person = alert_itself(tx.db, row.alert) if row.alert else None, people.get(row.person)
        if alert is not None and alert.is_open and person is not None:
            outbox.queue(tx.db, instead(row, alert, person, outbox.of_alert(tx.db, row.alert), usable), now_us)
        if person is not None and (reason := reason_of(row.channel, why, command.code)):
            flag(tx.db, person, row.channel, reason, people.values(), usable, now_us)


def forget_person(tx: Transaction, person: str) -> bool:
    """Delete a person's preferences and addresses (`people.forgetting.Forgetter`)."""
    known = bool(tx.db.execute("SELECT 1 FROM notify_person WHERE person = ?", (person,)).fetchone())
    tx.db.execute("DELETE FROM notify_person WHERE person = ?", (person,))
    tx.db.execute("DELETE FROM notify_browser WHERE person = ?", (person,))
    tx.db.execute("DELETE FROM notify_flagged WHERE person = ?", (person,))
    chat_numbers.drop_number(tx.db, person)
    return known


def after_restore(db: Connection) -> None:
    """Prepare for a restored ledger.

    Messages sent since its backup are unknown, so alerts aren't sent individually; message numbers restart, so old
    links are revoked.
    """
    forget_key(db)
    if db.execute("SELECT 1 FROM journal WHERE seq > 1 LIMIT 1").fetchone():  # a new ledger begins an epoch too
        db.execute("INSERT OR REPLACE INTO notify_set_back (one) VALUES (1)")


def _may(tx: Transaction, user: str) -> None:
    """Raise `Refusal` unless the actor is the user or a manager."""
    if user == SET_UP or user.startswith("key:") or not is_active_user(tx.db, user):
        raise Refusal("no_such_user", {"id": user})
    if tx.actor.name != user and not tx.actor.may(MANAGE):
        raise Refusal("right_denied", {"command": "SetPreferences", "right": MANAGE})


def _say(tx: Transaction, user: str, channel: str, what: outbox.What, said: str) -> int:
    _may(tx, user)
    state = next(one for one in read_channels(tx.db) if one.name == channel)
    if not state.usable:
        raise Refusal("channel_not_there", {"channel": channel})
    prefs = read_preferences(tx.db, user) or NotificationPreferences()
    if not (count_browsers(tx.db).get(user) if channel == "push" else prefs.address(channel)):
        raise Refusal("no_address", {"channel": channel})
    flags = blocked_channels(read_flags(tx.db, Keyring(tx.db)).get(user, {}), prefs)
    if channel in flags and what != "test":
        raise Refusal("address_flagged", {"channel": channel})
    (count,) = tx.db.execute(_COUNT, (tx.at_us - HOUR_US, tx.actor.name)).fetchone()
    if count >= TEXTS_AN_HOUR:
        raise Refusal("too_many_messages", {"limit": TEXTS_AN_HOUR})
    unflag(tx.db, user, channel)
    body = Keyring(tx.db).seal(user, *TEXT_PLACE, said)
    key = f"{what}:{ids.show(ids.CommandId(tx.command_id))}:{user}"
    outbox.queue(tx.db, [New(key, 0, what, "info", user, channel, body=body, about=tx.actor.name)], tx.at_us)
    (id,) = tx.db.execute("SELECT id FROM notify_message WHERE key = ?", (key,)).fetchone()
    return int(id)
