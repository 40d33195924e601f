"""Choose which of a channel's waiting messages to send now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.report_paper import ReportWording, as_lines, as_sheet
from edge.analytics.insight.reports import Kind, read_made
from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.chat_numbers import number_of
from edge.analytics.notify.delivery_timing import (
    PROGRAMS,
    Decision,
    DeliveryState,
    History,
    Send,
    ToldOf,
    decide,
    overtakes,
)
from edge.analytics.notify.digests import LISTS, alerts_listed, empty_ones, unminded_alerts
from edge.analytics.notify.links import token_of
from edge.analytics.notify.message_text import About, Composed, Said, compose, test_message, title_of
from edge.analytics.notify.notification_plan import SHOPS_OWN
from edge.analytics.notify.push_subscriptions import read_browsers
from edge.analytics.notify.recipients import TEXT_PLACE, ChannelState, read_channels, read_recipients
from edge.analytics.notify.service.dropped_messages import NOTHING, LeftOut, read_counted_alerts
from edge.analytics.notify.service.program_data import data_of, first_attempt_data
from edge.core.people.sealing import Keyring
from edge.core.process.pdf_sheet import make_pdf
from edge.core.registry import Pacing
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.alerts.queries import Alert, alert_itself, find_open
from edge.foundation.alerts.rules import DAY_US, HOUR_US
from edge.foundation.opening_hours.queries import closed_until_us
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox import told_history
from edge.foundation.outbox.letters import is_letter
from edge.foundation.outbox.messages import TELLING, Message
from edge.foundation.outbox.service.channels.sender import Parcel, ParcelFile
from edge.foundation.outbox.service.letters.letter import WrittenLetter
from edge.foundation.outbox.service.letters.post import Post
from edge.lib.i18n import name_in, translate
from edge.lib.units.written_money import written_money

TRIAL_US = HOUR_US
"""Interval for retrying a misconfigured channel whose settings haven't changed: the cause may be fixed elsewhere, such
as a renewed certificate.
"""
SIGN_IN_TRIAL_US = 12 * HOUR_US
"""Interval for retrying a channel with a refused password, as repeated failures lock the account.

A test, a new password and a restart retry at once.
"""


def trial_us(why: str) -> int:
    """Time for which a misconfigured channel isn't retried after this failure."""
    return SIGN_IN_TRIAL_US if why == "wrong_password" else TRIAL_US


class ReadyMessage(msgspec.Struct, frozen=True):
    """A message ready to send: its rows, destination and content. `left_out`: rows that are counted but not named."""

    rows: tuple[Message, ...]
    to: str
    parcel: Parcel
    left_out: tuple[int, ...] = ()


class Turn(msgspec.Struct, frozen=True):
    """The result of examining a channel's rows.

    `given_up`: letters that won't be sent, with reasons. `blocked`: rows of a misconfigured channel, with the next
    attempt.
    """

    decision: Decision = Decision()
    ready: tuple[ReadyMessage, ...] = ()
    given_up: tuple[tuple[Message, str], ...] = ()
    blocked: tuple[tuple[Message, int], ...] = ()

    @property
    def has_records(self) -> bool:
        """Whether a result must be stored before sending."""
        return bool(self.decision.dropped or self.decision.later or self.given_up or self.blocked)


def look(
    db: Connection,
    channel: str,
    now_us: int,
    day: str,
    zone: ZoneInfo,
    about: Callable[[str], About],
    post: Post,
    pacing: Mapping[str, Pacing],
    ages: bool = True,
    free: Callable[[list[Message]], list[Message]] = list,
) -> Turn:
    """A channel's messages to send now, person by person, then letters. Runs in the reader process.

    `pacing`: the rate limit of each rate-limited kind of alert. `ages`: whether messages expire by the current clock.
    `free`: returns the rows without those whose service asked to wait.
    """
    due = free(outbox.due(db, channel, now_us))
    if not due:
        return Turn()
    letters = post.write(db, due)
    rows = [row for row in due if not is_letter(row)]
    late: list[tuple[Message, str]] = []
    # A supplier's own system has no channel state: it's always on, and one wrong key must not stop the others.
    state = next((one for one in read_channels(db) if one.name == channel), ChannelState(channel, True, True))
    if not state.usable:  # switched off: keep messages until they expire
        rows, late = [], [(row, "life_over") for row in rows if ages and now_us > row.until_us]
    turn = _decide_turn(db, rows, now_us, day, zone, about, pacing) if rows else Turn()
    ready = [_ready_letter(db, row, made, about) for row, made in letters if not isinstance(made, str)]
    given_up = (*late, *((row, made) for row, made in letters if isinstance(made, str)))
    free_now, blocked = _trial((*turn.ready, *ready), state, now_us)
    return Turn(turn.decision, free_now, given_up, blocked)


def _trial(
    ready: tuple[ReadyMessage, ...], state: ChannelState, now_us: int
) -> tuple[tuple[ReadyMessage, ...], tuple[tuple[Message, int], ...]]:
    """Split ready messages into those to send and those to postpone.

    A misconfigured channel gets one message per `trial_us`, but tests are sent at once.
    """
    if not state.fault:
        return ready, ()
    tests = tuple(one for one in ready if one.rows[0].what == "test")
    others = tuple(one for one in ready if one not in tests)
    next_us = state.error_us + trial_us(state.fault)
    if state.error_us <= now_us < next_us:
        return tests, tuple((row, next_us) for one in others for row in one.rows)
    return (*tests, *others[: 0 if tests else 1]), ()


def _ready_letter(db: Connection, row: Message, made: WrittenLetter, about: Callable[[str], About]) -> ReadyMessage:
    """A letter with the address for delivery reports."""
    reports = about(made.parcel.language).reports
    parcel = msgspec.structs.replace(made.parcel, token=token_of(db, row.id, "report"), reports=reports)
    return ReadyMessage((row,), made.to, parcel)


def _decide_turn(
    db: Connection,
    rows: list[Message],
    now_us: int,
    day: str,
    zone: ZoneInfo,
    about: Callable[[str], About],
    pacing: Mapping[str, Pacing],
) -> Turn:
    channel = rows[0].channel
    people = {one.id: one for one in read_recipients(db, day)}
    alerts = {id: alert for id in {row.alert for row in rows if row.alert} if (alert := alert_itself(db, id))}
    every = unminded_alerts(db) if any(row.what in LISTS for row in rows) else []
    over = {row.alert for row in rows if row.what == "resolved" and row.alert in alerts}
    anew = frozenset(id for id in over if find_open(db, alerts[id].kind, alerts[id].subject))
    closed_us = closed_until_us(db, zone, now_us) if channel in SHOPS_OWN else None
    paced = {id for id, alert in alerts.items() if alert.kind in pacing}
    decisions, ready = [], []
    for person in dict.fromkeys(row.person for row in rows):
        whose, theirs = people.get(person), [row for row in rows if row.person == person]
        decision = decide(
            theirs,
            whose,
            DeliveryState(
                alerts,
                empty_ones(db, whose, theirs, every),
                anew,
                _overtaken(db, theirs, alerts),
                tuple(outbox.came_and_went(db, person, channel, [row.id for row in theirs])),
                pacing,
            ),
            msgspec.structs.replace(
                _history(db, person, channel, now_us, any(row.what == "resolved" for row in theirs)),
                paced=_paced_history(db, person, now_us, pacing) if paced & {row.alert for row in theirs} else (),
            ),
            now_us,
            zone,
            closed_us,
        )
        decisions.append(decision)
        if whose is not None:
            texts, left = about(whose.prefs.language), read_counted_alerts(db, person, channel, decision.sends, now_us)
            ready += [
                _ready(db, send, whose, alerts, texts, left.get(send.rows[0].id, NOTHING)) for send in decision.sends
            ]
    parts = [tuple(one for made in decisions for one in getattr(made, name)) for name in ("dropped", "later", "sends")]
    return Turn(Decision(*parts), tuple(ready))


def _overtaken(db: Connection, rows: list[Message], alerts: Mapping[int, Alert]) -> frozenset[int]:
    """Ids of waiting messages superseded by a later turn of their alert."""
    older = [row for row in rows if row.alert in alerts and row.turn < alerts[row.alert].turn]
    return frozenset(row.id for row in older if any(overtakes(one, row) for one in outbox.of_alert(db, row.alert)))


def _history(db: Connection, person: str, channel: str, now_us: int, ends: bool) -> History:
    return History(
        tuple(told_history.message_times_since(db, person, now_us - HOUR_US, now_us)),
        told_history.last_sent_us(db, person, channel, TELLING, now_us),
        told_history.last_sent_us(db, person, channel, ("resolved",), now_us),
        told_history.notified_times_us(db, person, channel, now_us - DAY_US, now_us) if ends else {},
    )


def _paced_history(db: Connection, person: str, now_us: int, pacing: Mapping[str, Pacing]) -> tuple[ToldOf, ...]:
    """A person's messages in the last hour about rate-limited kinds of alerts."""
    told = told_history.notifications_since(db, person, now_us - HOUR_US, now_us)
    alerts = {id: alert_itself(db, id) for id in {alert for *_, alert in told}}
    return tuple(
        ToldOf(bundle, at_us, channel, alert.kind, alert.subject)
        for bundle, at_us, channel, id in told
        if (alert := alerts[id]) is not None and alert.kind in pacing
    )


def _ready(
    db: Connection, send: Send, person: Recipient, alerts: Mapping[int, Alert], about: About, left: LeftOut
) -> ReadyMessage:
    row = send.rows[0]
    token, stop = token_of(db, row.id), token_of(db, row.id, "stop")
    told = any(one.what in TELLING and one.alert in alerts for one in send.rows)
    if told and about.origin and token and row.channel not in PROGRAMS:
        about = msgspec.structs.replace(about, link=f"{about.origin}/told/{token}")
    thread, answers = "", ""
    said = [
        Said(one.what, alerts[one.alert], _holder(db, alerts[one.alert])) for one in send.rows if one.alert in alerts
    ]
    if row.what == "said":
        subject, text = msgspec.json.decode(Keyring(db).open(person.id, *TEXT_PLACE, row.body) or '["",""]')
        made = Composed(subject or "-", tuple(text.splitlines()), "info")
    elif row.what == "answer":
        told, text = msgspec.json.decode(Keyring(db).open(person.id, *TEXT_PLACE, row.body) or '["",""]')
        said_so = translate(about.language, f"notify.chat_{told}") if told else text
        made = Composed("", tuple(said_so.splitlines()), "info")
    elif row.what == "test":
        made = test_message(about)
    elif row.what == "report":
        return _report(db, send, person, about)
    elif row.what in LISTS:
        every = [Said("raised", one) for one in alerts_listed(db, person, row.key, unminded_alerts(db))]
        made = compose(about, every, whole=row.what)
    else:
        over = len({one.alert for one in send.over}) + left.over
        made = compose(about, said, over, "late" if send.late else "", left.so)
        if len(said) == 1 and not left.so:
            thread = f"alert {row.alert}"
            answers = _first_of(db, row, thread)
    parcel = Parcel(
        key=_key(send.rows),
        title=made.title,
        paragraphs=made.paragraphs,
        severity=made.severity,
        what=row.what,
        language=about.language,
        link=made.link,
        thread=thread,
        answers=answers,
        data=first_attempt_data(db, row) or data_of(row, about, made, said),
        token=token_of(db, row.id, "report"),
        stop=f"{about.origin}/told/{stop}/stop" if row.what == "digest" and about.origin and stop else "",
        reports=about.reports,
    )
    to = person.prefs.address(row.channel)
    if row.what == "answer":
        number = number_of(db, person.id)
        to = number.number if number else ""
    if row.channel == "push":
        to = msgspec.json.encode(read_browsers(db, person.id)).decode()
    return ReadyMessage(send.rows, to, parcel, (*left.ids, *(one.id for one in send.over)))


def _first_of(db: Connection, row: Message, thread: str) -> str:
    """The key of the first message to the person about the alert on this channel, which may also have covered other
    alerts; `thread` if it covered only this one, "" if there is none.
    """
    way = (row.person, row.channel)
    told = (*outbox.TOLD, "sending")
    for one in outbox.of_alert(db, row.alert):
        if one.id != row.id and (one.person, one.channel) == way and one.what in TELLING and one.state in told:
            together = outbox.messages_sent_with(db, one.bundle) if one.bundle else []
            return _key(tuple(together)) if len(together) > 1 else thread
    return ""


def _key(rows: tuple[Message, ...]) -> str:
    """The key of a row, or of exactly these rows.

    Adding a row to a message that may have been sent makes a different key.
    """
    if len(rows) == 1:
        return rows[0].key
    return "together:" + hashlib.sha256("\n".join(row.key for row in rows).encode()).hexdigest()[:32]


def _report(db: Connection, send: Send, person: Recipient, about: About) -> ReadyMessage:
    """A stored report in the recipient's language: short text, and the full PDF."""
    row = send.rows[0]
    _, kind, first, *_ = row.key.split(":")
    found = read_made(db, cast(Kind, kind), first)
    assert found is not None, "it is kept for good"
    texts = partial(name_in, language=about.language)
    write = ReportWording(
        about.language,
        partial(written_money, currency=about.currency, language=about.language),
        lambda thousandths: f"{Decimal(thousandths) / 1000:,.3f}".rstrip("0").rstrip("."),
        lambda names: texts(names),
    )
    sheet = as_sheet(found, write, (about.shop,))
    title = title_of(sheet.title, about.shop)
    link = about.link.replace("/manager/alerts", f"/manager/report?kind={kind}&date={first}")
    data = {"number": row.id, "shop": about.shop, "title": title, "report": msgspec.to_builtins(found)}
    parcel = Parcel(
        key=row.key,
        title=title,
        paragraphs=as_lines(found, write),
        severity="info",
        what=row.what,
        language=about.language,
        link=link,
        data=data,
        files=(ParcelFile("report.pdf", "application/pdf", partial(make_pdf, sheet)),),
    )
    return ReadyMessage(send.rows, person.prefs.address(row.channel), parcel)


def _holder(db: Connection, alert: Alert) -> str:
    return name_of(db, alert.acked_by) if alert.acked_by else ""
