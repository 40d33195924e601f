"""One channel's turn: what is due is decided, marked, sent, and what became of it kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.process.pdf_sheet import make_pdf
from edge.core.registry import Pacing
from edge.core.storage.database import Connection
from edge.lib.units.money import show_minor
from edge.services.notifications.channels.sender import Parcel, ParcelFile
from edge.services.notifications.dropped_messages import NOTHING, LeftOut, read_left_out
from edge.services.notifications.letters.letter import WrittenLetter
from edge.services.notifications.letters.post import Post
from edge.services.notifications.pauses import paused_person
from edge.services.notifications.program_data import data_of, kept_data, said_before
from edge.services.outgoing.faults import MaybeSent, Undelivered, codes_of
from edge.services.outgoing.retry import wait_s
from edge.shop.access.queries import name_of
from edge.shop.alerts.queries import Alert, alert_itself, find_open
from edge.shop.alerts.rules import DAY_US, HOUR_US
from edge.shop.insight.report_paper import ReportWording, as_lines, as_sheet
from edge.shop.insight.reports import Kind, read_made, span_of
from edge.shop.notify.delivery_timing import PROGRAMS, Decision, History, Send, Standing, ToldOf, decide
from edge.shop.notify.digests import LISTS, empty_ones, listed, unminded
from edge.shop.notify.links import token_of
from edge.shop.notify.message_text import About, Composed, Said, compose, shortened, test_message
from edge.shop.notify.notification_plan import SHOPS_OWN, Recipient, instead
from edge.shop.notify.push_subscriptions import read_browsers
from edge.shop.notify.recipients import TEXT_PLACE, read_recipients, usable_channels
from edge.shop.notify.unreachable import flag, reason_of
from edge.shop.orders.queries import closed_until_us
from edge.shop.outbox import messages as outbox
from edge.shop.outbox.letters import is_letter
from edge.shop.outbox.messages import TELLING, Message
from edge.shop.till.settings import name_in

SECOND_US = 1_000_000
_IS_SENDING = "SELECT 1 FROM notify_message WHERE id = ? AND state = 'sending'"
PERMANENT_WAIT_US = 900 * SECOND_US
"""A channel that is set up wrongly is tried so often with what has no other way."""


class ReadyMessage(msgspec.Struct, frozen=True):
    """A message that is to be sent now: its rows, where to, and as the channel takes it. `left_out`: rows that it
    counts and does not name."""

    rows: tuple[Message, ...]
    to: str
    parcel: Parcel
    left_out: tuple[int, ...] = ()


class Turn(msgspec.Struct, frozen=True):
    """What one look at a channel's rows found. `given_up`: letters that are not to go out any more, and why."""

    decision: Decision = Decision()
    ready: tuple[ReadyMessage, ...] = ()
    given_up: tuple[tuple[Message, str], ...] = ()

    @property
    def kept(self) -> bool:
        """Whether there is something to keep of it before anything is sent."""
        return bool(self.decision.dropped or self.decision.later or self.given_up)


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
    """What of a channel is to be sent now, person by person, and letters behind that. Read beside the till. `pacing`:
    by kind of alerts, of those that people are told of seldom. `ages`: whether lives end by the clock as it is. `free`:
    those of the rows whose service did not ask to wait."""
    due = free(outbox.due(db, channel, now_us))
    if not due:
        return Turn()
    letters = post.write(db, due)
    rows = [row for row in due if not is_letter(row)]
    late: list[tuple[Message, str]] = []
    if rows and channel not in usable_channels(db):  # switched off: what waits does so until it is worth nothing
        rows, late = [], [(row, "life_over") for row in rows if ages and now_us > row.until_us]
    turn = _told(db, rows, now_us, day, zone, about, pacing) if rows else Turn()
    ready = [_posted(db, row, made, about) for row, made in letters if not isinstance(made, str)]
    given_up = (*late, *((row, made) for row, made in letters if isinstance(made, str)))
    return Turn(turn.decision, (*turn.ready, *ready), given_up)


def _posted(db: Connection, row: Message, made: WrittenLetter, about: Callable[[str], About]) -> ReadyMessage:
    """A letter, with where the service may say later what became of it."""
    reports = about(made.parcel.language).reports
    parcel = msgspec.structs.replace(made.parcel, token=token_of(db, row.id, "report"), reports=reports)
    return ReadyMessage((row,), made.to, parcel)


def _told(
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
    every = unminded(db) if any(row.what in LISTS for row in rows) else []
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
            Standing(alerts, empty_ones(db, whose, theirs, every), anew, pacing),
            msgspec.structs.replace(
                _history(db, person, channel, now_us, any(row.what == "resolved" for row in theirs)),
                paced=_paced(db, person, now_us, pacing) if paced & {row.alert for row in theirs} else (),
            ),
            now_us,
            zone,
            closed_us,
        )
        decisions.append(decision)
        if whose is not None:
            texts, left = about(whose.prefs.language), read_left_out(db, person, channel, decision.sends, now_us)
            ready += [
                _ready(db, send, whose, alerts, texts, left.get(send.rows[0].id, NOTHING)) for send in decision.sends
            ]
    parts = [tuple(one for made in decisions for one in getattr(made, name)) for name in ("dropped", "later", "sends")]
    return Turn(Decision(*parts), tuple(ready))


def _history(db: Connection, person: str, channel: str, now_us: int, ends: bool) -> History:
    return History(
        tuple(outbox.sent_since(db, person, now_us - HOUR_US, now_us)),
        outbox.last_sent_us(db, person, channel, TELLING, now_us),
        outbox.last_sent_us(db, person, channel, ("resolved",), now_us),
        outbox.told_us(db, person, channel, now_us - DAY_US, now_us) if ends else {},
    )


def _paced(db: Connection, person: str, now_us: int, pacing: Mapping[str, Pacing]) -> tuple[ToldOf, ...]:
    """What a person was told in the last hour of kinds that have a pacing."""
    told = outbox.told_since(db, person, now_us - HOUR_US, now_us)
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
    elif row.what == "test":
        made = test_message(about)
    elif row.what == "report":
        return _report(db, send, person, about)
    elif row.what in LISTS:
        every = [Said("raised", one) for one in listed(db, person, row.key, unminded(db))]
        made = compose(about, every, whole=row.what)
    else:
        over = send.over + left.over
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
        data=said_before(db, row) or data_of(row, about, made, said),
        token=token_of(db, row.id, "report"),
        stop=f"{about.origin}/told/{stop}/stop" if row.what == "digest" and about.origin and stop else "",
        reports=about.reports,
    )
    to = person.prefs.address(row.channel)
    if row.channel == "push":
        to = msgspec.json.encode(read_browsers(db, person.id)).decode()
    return ReadyMessage(send.rows, to, parcel, left.ids)


def _first_of(db: Connection, row: Message, thread: str) -> str:
    """What was told first of a message's alert, the same way; "": nothing was yet. It may have gone with others."""
    way = (row.person, row.channel)
    told = (*outbox.TOLD, "sending")
    for one in outbox.of_alert(db, row.alert):
        if one.id != row.id and (one.person, one.channel) == way and one.what in TELLING and one.state in told:
            together = outbox.bundled(db, one.bundle) if one.bundle else []
            return _key(tuple(together)) if len(together) > 1 else thread
    return ""


def _key(rows: tuple[Message, ...]) -> str:
    """Of one row its own; of several one of exactly these: what joins a message that may be out makes another of it."""
    if len(rows) == 1:
        return rows[0].key
    return "together:" + hashlib.sha256("\n".join(row.key for row in rows).encode()).hexdigest()[:32]


def _report(db: Connection, send: Send, person: Recipient, about: About) -> ReadyMessage:
    """A report that was made, in the words of whom it goes to: in short, and whole as a PDF."""
    row = send.rows[0]
    _, kind, first, *_ = row.key.split(":")
    found = read_made(db, cast(Kind, kind), span_of(cast(Kind, kind), date.fromisoformat(first)))
    assert found is not None, "it is kept for good"
    texts = partial(name_in, language=about.language)
    write = ReportWording(
        about.language,
        lambda minor: f"{show_minor(minor, about.currency)} {about.currency}",
        lambda thousandths: f"{Decimal(thousandths) / 1000:,.3f}".rstrip("0").rstrip("."),
        lambda names: texts(names),
    )
    sheet = as_sheet(found, write, (about.shop,))
    title = shortened(f"{sheet.title} · {about.shop}")
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


def keep_turn(db: Connection, turn: Turn, now_us: int, ages: bool = True) -> None:
    """On the writer's connection: what is dropped or given up, and what waits on. `ages`: as for `look`."""
    for row, why in turn.decision.dropped:
        outbox.settle(db, [row.id], now_us, state="suppressed", why=why)
    for row, why in turn.given_up:
        outbox.settle(db, [row.id], now_us, state="failed", why=why)
    for row, next_us in turn.decision.later:
        if not ages:
            db.execute("UPDATE notify_message SET next_us = ? WHERE id = ?", (next_us, row.id))
        elif next_us > max(row.until_us, row.made_us + DAY_US) and row.severity in ("info", "low"):
            outbox.settle(db, [row.id], now_us, state="suppressed", why="life_over")
        else:  # what is held back over its life goes at the end of that
            until_us = max(row.until_us, next_us + HOUR_US)
            db.execute("UPDATE notify_message SET next_us = ?, until_us = ? WHERE id = ?", (next_us, until_us, row.id))


def mark_sending(db: Connection, ready: ReadyMessage, now_us: int) -> bool:
    """On the writer's connection, before the first byte: whether all of its rows still wait."""
    ids = [row.id for row in ready.rows]
    for id in ids:
        found = db.execute("SELECT state FROM notify_message WHERE id = ?", (id,)).fetchone()
        if found is None or found[0] != "queued":
            return False
    if ready.rows[0].channel in PROGRAMS and outbox.is_behind(db, ready.rows[0], now_us):
        return False  # a program gets what happened in order
    kept = kept_data(db, ready.rows[0], ready.parcel.data)
    outbox.settle(db, ids, now_us, state="sending", bundle=ids[0], **kept)
    outbox.count_left_out(db, ids[0], ready.left_out)
    return True


def keep_sent(db: Connection, ready: ReadyMessage, provider: str, now_us: int) -> None:
    """It was taken. What the service said of a row meanwhile, how it ended, stays."""
    ids = [row.id for row in ready.rows]
    still = [id for id in ids if db.execute(_IS_SENDING, (id,)).fetchone()]
    said = {"body": ""} if ready.rows[0].channel in PROGRAMS else {}
    outbox.settle(db, still, now_us, state="sent", why="", detail="", provider=provider, **said)
    outbox.settle_left_out(db, ready.rows[0], "sent", now_us)
    _channel(db, ready.rows[0].channel, fault="", detail="", sent_us=now_us, breaker="closed")


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
    """It was not, or nobody knows. What is refused for good goes to the person's next channel. What may be out and is
    known by its key goes again as it was, by itself. `ages`: as for `look`."""
    channel, detail = ready.rows[0].channel, fault.detail
    if is_letter(ready.rows[0]):  # what else a server says names whom the letter is for
        detail = codes_of(detail)
    if isinstance(fault, MaybeSent) and not repeats:
        outbox.settle(db, [row.id for row in ready.rows], now_us, state="unknown", why="no_answer", detail=detail)
        outbox.settle_left_out(db, ready.rows[0], "unknown", now_us)
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
        outbox.settle_left_out(db, ready.rows[0], "failed", now_us)
    people = {one.id: one for one in read_recipients(db, day)} if permanent else {}
    for row in ready.rows:
        next_us, tries = _next(max(ready.rows, key=lambda one: one.tries) if as_it_was else row, fault, luck, now_us)
        moved = permanent and _moved(db, row, people, now_us)
        if credentials and not moved:
            next_us, permanent_now = now_us + PERMANENT_WAIT_US, False
        else:
            permanent_now = permanent or not retry
        over = ages and next_us > outbox.until_us(
            db, row.id
        )  # which moved, if the clock was set since it was looked at
        state = "failed" if permanent_now or over else "queued"
        why_now = why if permanent_now or state == "queued" else "life_over"
        kept = {"tries": tries, "next_us": next_us, "bundle": ready.rows[0].id if as_it_was else 0}
        outbox.settle(db, [row.id], now_us, state=state, why=why_now, detail=detail, **kept)
    if as_it_was and state == "failed":
        outbox.settle_left_out(db, ready.rows[0], "failed", now_us)
    if whose := people.get(ready.rows[0].person):
        address, now = ready.to, whose.prefs.address(channel)
        if (reason := reason_of(channel, why, detail)) and (channel == "push" or address == now):
            flag(db, whose, channel, reason, people.values(), usable_channels(db), now_us)


def _next(row: Message, fault: Undelivered | MaybeSent, luck: float, now_us: int) -> tuple[int, int]:
    """When to try again, never before the other side wants; and how often it was tried by then."""
    tried = not isinstance(fault, Undelivered) or fault.tried
    tries = row.tries + tried
    own_s = wait_s(tries, luck) if tried else 1.0
    asked_s = fault.after_s if isinstance(fault, Undelivered) and fault.after_s else 0.0
    return now_us + int(max(own_s, asked_s) * SECOND_US), tries


def _moved(db: Connection, row: Message, people: Mapping[str, Recipient], now_us: int) -> bool:
    """Whether it goes on to another channel of the same person."""
    alert, person = alert_itself(db, row.alert) if row.alert else None, people.get(row.person)
    if alert is None or person is None or not alert.is_open:
        return False
    others = outbox.of_alert(db, row.alert)
    return outbox.queue(db, instead(row, alert, person, others, usable_channels(db)), now_us) > 0


def _channel(db: Connection, name: str, **changes: object) -> None:
    setting = ", ".join(f"{field} = ?" for field in changes)
    db.execute(f"UPDATE notify_channel SET {setting} WHERE name = ?", (*changes.values(), name))
