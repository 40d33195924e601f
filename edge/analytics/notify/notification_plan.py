"""Plan notifications from alerts, people and earlier messages: who is notified of open and resolved alerts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

import msgspec

from edge.analytics.notify.audience import Recipient, at_once, concerns, in_asking_order, stand_in, whom
from edge.analytics.notify.preferences import CHANNELS, NotificationPreferences
from edge.foundation.alerts.queries import Alert, Opening
from edge.foundation.alerts.rules import AFTER_CAUSE_US, HOUR_US, MINUTE_US
from edge.foundation.alerts.rules import wait_us as first_wait_us
from edge.foundation.outbox.messages import GROUP_US, TELLING, TOLD, Message, New

STEP_US = 10 * MINUTE_US
"""Time that a critical alert stays unacknowledged before each escalation step."""
ROUND_US = 30 * MINUTE_US
ROUNDS = 3
INSTEAD = '"instead"'
"""Value of `about` for a message sent on another channel because the chosen one is broken."""
STAND_IN = '"stand_in"'
"""Value of `about` for a message to the next person in order because its recipient is on leave."""
SHOPS_OWN = frozenset({"printer", "speaker"})
"""Channels heard in the shop. They follow its hours, not a person's; outside them, they only sound
for critical alerts.
"""
LEFT_OUT = "left:"
"""Key prefix of escalation steps that reached no one."""
OFTEN = 3
"""Number of times within an hour at which an alert is reported as recurring.

It isn't reported again until it has been quiet for an hour.
"""


class Ladder(msgspec.Struct, frozen=True):
    """An alert's escalation: its turn, step, and the step's start time."""

    alert: int
    turn: int
    step: int
    since_us: int
    taken: bool = False


class OfficeLetter(msgspec.Struct, frozen=True):
    """The alert in a letter to head office; it is unacknowledged or resolved."""

    alert: int
    what: Literal["raised", "resolved"] = "raised"


class Plan(msgspec.Struct, frozen=True):
    """The plan: messages, the resulting escalation step (None: unchanged), and whether only head office remains to be
    notified.
    """

    messages: tuple[New, ...] = ()
    ladder: Ladder | None = None
    to_office: bool = False


def first_us(alert: Alert, cause_ended_us: int) -> int:
    """The earliest time to announce an alert: its cause may be recorded a little later, or may just have ended."""
    behind = cause_ended_us + AFTER_CAUSE_US if cause_ended_us > alert.turn_us - AFTER_CAUSE_US else 0
    return max(alert.turn_us + first_wait_us(alert), behind)


def plan(
    alert: Alert,
    ladder: Ladder | None,
    people: Sequence[Recipient],
    usable: frozenset[str],
    now_us: int,
    told_us: int,
    returns: int = 0,
    unheard: Collection[str] = (),
    down: Collection[str] = (),
    before: Iterable[Message] = (),
) -> Plan:
    """Plan an open alert's messages.

    `told_us`: its `first_us`; `returns`: `times_back` of its key. Escalation steps without recipients are skipped:
    `unheard` people have quiet hours for all alerts, and `down` channels are broken. No step waits for a failed one.
    `before`: the alert's earlier messages. Only they show who was notified, as order, roles and leave change.
    """
    early = now_us < told_us <= now_us + AFTER_CAUSE_US  # a time further ahead means that the clock was set back
    if alert.state != "raised" or alert.held_by or early:
        return Plan()
    if ladder is None or ladder.turn != alert.turn:
        delay_us = 0 if alert.severity == "critical" else min(GROUP_US, max(0, told_us + GROUP_US - now_us))
        often = alert.turn_why == "raised" and returns > 0 and alert.severity != "critical"
        what = "often" if often else alert.turn_why
        told = [] if often and returns > 1 else whom(alert, people, usable)
        messages = tuple(_at_once_messages(alert, what, told, people, delay_us))
        nobody = not told and alert.severity == "critical" and not alert.people and not alert.roles
        return Plan(messages, Ladder(alert.id, alert.turn, 0, now_us), nobody)
    if alert.severity != "critical":
        return Plan()
    if ladder.taken:  # handed back: wait the full time from now
        return Plan((), msgspec.structs.replace(ladder, since_us=now_us, taken=False))
    rows = list(before)
    asked = LadderHistory.of(alert, rows)
    every = escalation(alert, people, usable, asked.first)
    since_us = ladder.since_us
    if not every:
        every, asked = _escalation(people, usable, asked)
        since_us = max(since_us, asked.arrived_us)
    quiet = _not_heard(people, unheard)
    steps = [step for step in every if step[1] not in down and step not in quiet]
    rest = [step for step in steps if step not in asked.this_round]
    wait_us = STEP_US if rest or not asked.rounds else ROUND_US
    if now_us < since_us + wait_us and not (rest and _failed_to_reach(rows, alert, ladder.step, quiet, down)):
        return Plan()
    left_out = _steps_without_recipient(alert, every, people, usable, quiet, down, asked.first)
    if not steps or (not rest and asked.rounds >= ROUNDS):
        return Plan(left_out, to_office=True)
    step = (*_messages(alert, alert.turn_why, (rest or steps)[:1], ladder.step + 1), *left_out)
    return Plan(step, Ladder(alert.id, alert.turn, ladder.step + 1, now_us, ladder.taken))


def times_back(openings: Sequence[Opening]) -> int:
    """Count how often a key recurred, starting with the first excess alert within an hour; 0 if none.

    `openings`: the key's alerts since it was last quiet for an hour, oldest first.
    """
    starts = [one.first_us for one in openings]
    many = (at for at in range(OFTEN - 1, len(starts)) if starts[at] - starts[at - OFTEN + 1] <= HOUR_US)
    first = next(many, None)
    return 0 if first is None else len(starts) - first


def _not_heard(people: Sequence[Recipient], unheard: Collection[str]) -> frozenset[tuple[str, str]]:
    """Channels of people whose quiet hours apply even to critical alerts, except silent channels and the shop's own."""
    return frozenset(
        (one.id, name)
        for one in people
        if one.id in unheard
        for name in CHANNELS
        if name not in one.prefs.quiet_spares and name not in SHOPS_OWN
    )


def _failed_to_reach(
    rows: Iterable[Message], alert: Alert, step: int, quiet: Collection[tuple[str, str]], down: Collection[str]
) -> bool:
    """Whether the newest step reached no one: it failed, or waits for the morning or for a broken channel."""
    turn = f"{alert.id}:{alert.turn}:"
    return not any(
        one.state in (*TOLD, "sending")
        or (one.state == "queued" and (one.person, one.channel) not in quiet and one.channel not in down)
        for one in rows
        if one.key.startswith(turn) and one.step == step and one.what in TELLING
    )


class LadderHistory(msgspec.Struct, frozen=True):
    """The earlier messages of an alert's turn, each as person and channel: those sent `first`, those that `arrived`,
    and the escalations in the newest round. `arrived_us`: when the last one arrived; `rounds`: number of rounds.
    """

    first: tuple[tuple[str, str], ...] = ()
    arrived: tuple[tuple[str, str], ...] = ()
    arrived_us: int = 0
    this_round: frozenset[tuple[str, str]] = frozenset()
    rounds: int = 0

    @classmethod
    def of(cls, alert: Alert, before: Iterable[Message]) -> LadderHistory:
        rows = [one for one in before if one.key.startswith(f"{alert.id}:{alert.turn}:") and one.what in TELLING]
        this_round: set[tuple[str, str]] = set()
        rounds = 0
        for one in sorted((one for one in rows if one.step), key=lambda one: one.step):
            way = (one.person, one.channel)
            if one.about != INSTEAD and (not rounds or way in this_round):
                this_round, rounds = set(), rounds + 1
            this_round.add(way)
        first = tuple((one.person, one.channel) for one in rows if not one.step)
        told = [one for one in rows if not one.step and one.state in TOLD]
        arrived = tuple((one.person, one.channel) for one in told)
        arrived_us = max((one.changed_us for one in told), default=0)
        return cls(first, arrived, arrived_us, frozenset(this_round), rounds)


def escalation(
    alert: Alert, people: Sequence[Recipient], usable: frozenset[str], told: Collection[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """The escalation steps: further channels of the first recipients, then the next people, one channel per step.

    `told`: the first recipients; if empty, the people who would be notified first. People who left or are on leave are
    skipped, as are channels on which a message arrived.
    """
    every = {one.id: one for one in people}
    here = {one.id: one for one in people if not told or not one.away}
    told = told or whom(alert, people, usable)
    first = list(dict.fromkeys(person for person, _ in told if person in here))
    taken_by = {every[person].destination(name) for person, name in told if person in every}

    def ways(one: Recipient) -> Iterator[tuple[str, str]]:
        for name in one.channels(usable, True, alert.kind, alert.severity):
            if one.destination(name) not in taken_by:
                taken_by.add(one.destination(name))
                yield one.id, name

    steps = [step for person in first for step in ways(here[person])]
    for one in in_asking_order(people):
        if one.id not in first and one.manages and not one.away:
            steps += islice(ways(one), 1)
    return steps


def _escalation(
    people: Sequence[Recipient], usable: frozenset[str], asked: LadderHistory
) -> tuple[list[tuple[str, str]], LadderHistory]:
    """Escalate if everyone was notified at once on all channels: this counts as the first round, and further rounds
    repeat it.
    """
    here = {one.id: one for one in people if not one.away}
    ways = [way for way in asked.arrived if way[0] in here and way[1] in usable and here[way[0]].is_reachable(way[1])]
    if not ways:
        return [], asked
    round_now = asked.this_round or frozenset(ways)
    return ways, msgspec.structs.replace(asked, this_round=round_now, rounds=asked.rounds + 1)


def _steps_without_recipient(
    alert: Alert,
    every: Sequence[tuple[str, str]],
    people: Sequence[Recipient],
    usable: frozenset[str],
    quiet: Collection[tuple[str, str]],
    down: Collection[str],
    told: Sequence[tuple[str, str]],
) -> tuple[New, ...]:
    """Steps that reach no one now, recorded once per turn with the reason.

    A manager without an address is recorded once per alert, as another turn doesn't change that.
    """
    found = {step: "quiet_now" for step in every if step in quiet}
    found |= {step: "channel_down" for step in every if step[1] in down and step not in quiet}
    asked = {person for person, _ in (*every, *told)}
    for one in in_asking_order(people):
        if one.manages and one.id not in asked:
            why = "away" if one.away else "" if one.channels(usable, True, alert.kind, alert.severity) else "no_address"
            found |= {(one.id, ""): why} if why else {}
    return tuple(
        New(
            f"{LEFT_OUT}{alert.id}:{'' if why == 'no_address' else alert.turn}:{person}:{name}",
            alert.id,
            alert.turn_why,
            alert.severity,
            person,
            name,
            why=why,
        )
        for (person, name), why in found.items()
    )


def resolved_messages(alert: Alert, told: Iterable[Message], prefs: Mapping[str, NotificationPreferences]) -> list[New]:
    """`resolved` messages to everyone who was, or may have been, notified and wants these messages."""
    went = {
        (one.person, one.channel)
        for one in told
        if one.what in TELLING
        and (one.state in (*TOLD, "sending") or (one.channel == "webhook" and not one.key.startswith(LEFT_OUT)))
    }
    return [
        New(f"{alert.id}:resolved:{person}:{channel}", alert.id, "resolved", alert.severity, person, channel)
        for person, channel in sorted(went)
        if person in prefs and prefs[person].wants_end(channel, alert.kind, alert.severity)
    ]


def office_letter(alert: Alert, what: Literal["raised", "resolved"] = "raised") -> New:
    """The letter to head office about an alert: one per turn, and one when it's over."""
    about = msgspec.json.encode(OfficeLetter(alert.id, what)).decode()
    turn = str(alert.turn) if what == "raised" else "over"
    return New(f"{office_key(alert.id)}{turn}", 0, "office", alert.severity, "office", "email", about=about)


def office_key(alert: int) -> str:
    """The key prefix of letters to head office about an alert."""
    return f"office:{alert}:"


def acknowledged_messages(alert: Alert, told: Iterable[Message]) -> list[New]:
    """Messages to people notified by escalation, saying who acknowledged the alert."""
    went = {(one.person, one.channel) for one in told if one.step and one.state in TOLD}
    return [
        New(f"{alert.id}:{alert.turn}:taken:{person}:{channel}", alert.id, "taken", alert.severity, person, channel)
        for person, channel in sorted(went)
        if person != alert.acked_by
    ]


def instead(
    failed: Message, alert: Alert, person: Recipient, others: Iterable[Message], usable: frozenset[str]
) -> list[New]:
    """The message on a person's next untried channel after a permanent failure; empty if there is no such channel."""
    if failed.what not in TELLING:
        return []
    tried = {one.channel for one in others if one.person == failed.person and one.what == failed.what}
    rest = [name for name in person.channels(usable, True, alert.kind, alert.severity) if name not in tried]
    made = _messages(alert, failed.what, [(person.id, name) for name in rest[:1]], failed.step)
    return [msgspec.structs.replace(one, about=INSTEAD) for one in made]


def redirect_message(
    row: Message, why: str, alert: Alert | None, person: Recipient, people: Sequence[Recipient], usable: frozenset[str]
) -> list[New]:
    """Redirect a message whose recipient dropped the channel or went on leave.

    It goes to their current channels, or to the next person. An escalation step is left to the next step.
    """
    if alert is None:
        to = row.key.removesuffix(row.channel)
        names = person.channels(usable)[:1]
        return [New(to + name, 0, row.what, row.severity, row.person, name) for name in names]
    if row.step or (row.what in TELLING and not alert.is_open):
        return []
    other = stand_in(alert, person, people, usable) if why == "away" else person
    names = _ways_left(alert, other, usable) if other else ()
    if row.what not in TELLING:
        to = row.key.removesuffix(row.channel)
        return [New(to + name, alert.id, row.what, row.severity, person.id, name) for name in names]
    about = STAND_IN if why == "away" else row.about
    made = _messages(alert, row.what, [(other.id, name) for name in names], 0) if other else ()
    return [msgspec.structs.replace(one, about=about) for one in made]


def _ways_left(alert: Alert, person: Recipient, usable: frozenset[str]) -> tuple[str, ...]:
    """The remaining channels of a person whose channel was dropped, even if the alert requested that one."""
    return at_once(alert, person, usable) or person.channels(usable, False, alert.kind, alert.severity)


def _at_once_messages(
    alert: Alert, what: str, told: Iterable[tuple[str, str]], people: Iterable[Recipient], delay_us: int
) -> Iterator[New]:
    """The first messages of a turn, marking messages to substitutes."""
    concerned = {one.id for one in people if concerns(alert, one)}
    for one in _messages(alert, what, told, 0, delay_us):
        yield one if one.person in concerned else msgspec.structs.replace(one, about=STAND_IN)


def _messages(alert: Alert, what: str, whom: Iterable[tuple[str, str]], step: int, delay_us: int = 0) -> Iterable[New]:
    for person, channel in whom:
        key = f"{alert.id}:{alert.turn}:{person}:{channel}:{step}"
        yield New(key, alert.id, what, alert.severity, person, channel, delay_us, step)  # type: ignore[arg-type]
