"""Who is to be told of what is open, and what is over: from alerts, people and what was told already. Pure."""

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
"""So long a critical alert that nobody sees to waits before each step of its ladder."""
ROUND_US = 30 * MINUTE_US
ROUNDS = 3
INSTEAD = '"instead"'
"""`about` of a message that goes by another channel than was chosen, as that one does not work."""
STAND_IN = '"stand_in"'
"""`about` of a message to who is next in the order, as whom it was for is on leave."""
SHOPS_OWN = frozenset({"printer", "speaker"})
"""Channels that are heard in the shop: they keep its hours, not a person's, and outside of these sound for what is
critical alone."""
LEFT_OUT = "left:"
"""How the keys of steps begin that reached nobody."""
OFTEN = 3
"""What is raised so often within an hour is told of as such, and then no more, until an hour was quiet."""


class Ladder(msgspec.Struct, frozen=True):
    """How far an alert was told: its turn, the step, and since when."""

    alert: int
    turn: int
    step: int
    since_us: int
    taken: bool = False


class OfficeLetter(msgspec.Struct, frozen=True):
    """Which alert head office is written of: that nobody sees to it, or that it is over."""

    alert: int
    what: Literal["raised", "resolved"] = "raised"


class Plan(msgspec.Struct, frozen=True):
    """What follows: messages, how far the alert is told then (None: as before), and whether there is nobody left but
    head office."""

    messages: tuple[New, ...] = ()
    ladder: Ladder | None = None
    to_office: bool = False


def first_us(alert: Alert, cause_ended_us: int) -> int:
    """When an alert may be told of at the soonest: its cause may come a little later, or have just ended."""
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
    """What an open alert asks for now. `told_us`: `first_us` of it; `returns`: `times_back` of its key. A step of the
    ladder that reaches nobody is left out: `unheard` people want quiet even then, `down` channels are broken; and no
    step waits for one that reached nobody. `before`: the alert's messages until now: order, roles and leave are those
    of this moment, so who was asked already is known by these alone."""
    early = now_us < told_us <= now_us + AFTER_CAUSE_US  # more than that: the clock was set back
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
    if ladder.taken:  # given back: a full wait from now
        return Plan((), msgspec.structs.replace(ladder, since_us=now_us, taken=False))
    rows = list(before)
    asked = LadderHistory.of(alert, rows)
    every = escalation(alert, people, usable, asked.first)
    since_us = ladder.since_us
    if not every:
        every, asked = _told_again(people, usable, asked)
        since_us = max(since_us, asked.arrived_us)
    quiet = _not_heard(people, unheard)
    steps = [step for step in every if step[1] not in down and step not in quiet]
    rest = [step for step in steps if step not in asked.this_round]
    wait_us = STEP_US if rest or not asked.rounds else ROUND_US
    if now_us < since_us + wait_us and not (rest and _reached_nobody(rows, alert, ladder.step, quiet, down)):
        return Plan()
    left_out = _left_out(alert, every, people, usable, quiet, down, asked.first)
    if not steps or (not rest and asked.rounds >= ROUNDS):
        return Plan(left_out, to_office=True)
    step = (*_messages(alert, alert.turn_why, (rest or steps)[:1], ladder.step + 1), *left_out)
    return Plan(step, Ladder(alert.id, alert.turn, ladder.step + 1, now_us, ladder.taken))


def times_back(openings: Sequence[Opening]) -> int:
    """How often a key was raised from the raise on that was one too many within an hour; 0: none was. `openings`: those
    since it was quiet for an hour, the first of them first."""
    starts = [one.first_us for one in openings]
    many = (at for at in range(OFTEN - 1, len(starts)) if starts[at] - starts[at - OFTEN + 1] <= HOUR_US)
    first = next(many, None)
    return 0 if first is None else len(starts) - first


def _not_heard(people: Sequence[Recipient], unheard: Collection[str]) -> frozenset[tuple[str, str]]:
    """Ways by which nobody hears what is critical now: of people who want quiet even then, but for what makes no noise,
    and for the shop's own channels, which keep its hours."""
    return frozenset(
        (one.id, name)
        for one in people
        if one.id in unheard
        for name in CHANNELS
        if name not in one.prefs.quiet_spares and name not in SHOPS_OWN
    )


def _reached_nobody(
    rows: Iterable[Message], alert: Alert, step: int, quiet: Collection[tuple[str, str]], down: Collection[str]
) -> bool:
    """Whether of the newest step nothing went out, or will soon: it failed, or waits for a morning or for a channel
    that does not work."""
    turn = f"{alert.id}:{alert.turn}:"
    return not any(
        one.state in (*TOLD, "sending")
        or (one.state == "queued" and (one.person, one.channel) not in quiet and one.channel not in down)
        for one in rows
        if one.key.startswith(turn) and one.step == step and one.what in TELLING
    )


class LadderHistory(msgspec.Struct, frozen=True):
    """Whom a turn of an alert was told to, and how: `first`, at once, and which of that `arrived`, when last; by the
    ladder in its newest round, and how many rounds it began."""

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
    """The steps of the ladder: further channels of whom it was told first (`told`; nothing: whom it would be now), then
    the next people, one channel a step. Who has left, or is on leave, is no step, nor is where it arrived before."""
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


def _told_again(
    people: Sequence[Recipient], usable: frozenset[str], asked: LadderHistory
) -> tuple[list[tuple[str, str]], LadderHistory]:
    """Where everybody was told at once by all they have, that was the first round, and the next ones ask them again."""
    here = {one.id: one for one in people if not one.away}
    ways = [way for way in asked.arrived if way[0] in here and way[1] in usable and here[way[0]].reached(way[1])]
    if not ways:
        return [], asked
    round_now = asked.this_round or frozenset(ways)
    return ways, msgspec.structs.replace(asked, this_round=round_now, rounds=asked.rounds + 1)


def _left_out(
    alert: Alert,
    every: Sequence[tuple[str, str]],
    people: Sequence[Recipient],
    usable: frozenset[str],
    quiet: Collection[tuple[str, str]],
    down: Collection[str],
    told: Sequence[tuple[str, str]],
) -> tuple[New, ...]:
    """Steps that reach nobody now, kept once a turn: it is seen whom nobody has asked, and why. That a manager has no
    address is kept once an alert: no turn changes it."""
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
    """`resolved`, to whom the alert was told or perhaps told, where they want that."""
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
    """The letter to head office about an alert, once a turn of it, and once that it is over."""
    about = msgspec.json.encode(OfficeLetter(alert.id, what)).decode()
    turn = str(alert.turn) if what == "raised" else "over"
    return New(f"{office_key(alert.id)}{turn}", 0, "office", alert.severity, "office", "email", about=about)


def office_key(alert: int) -> str:
    """How the keys of letters to head office about an alert begin."""
    return f"office:{alert}:"


def taken_over_messages(alert: Alert, told: Iterable[Message]) -> list[New]:
    """Who sees to it now, to those whom the ladder told."""
    went = {(one.person, one.channel) for one in told if one.step and one.state in TOLD}
    return [
        New(f"{alert.id}:{alert.turn}:taken:{person}:{channel}", alert.id, "taken", alert.severity, person, channel)
        for person, channel in sorted(went)
        if person != alert.acked_by
    ]


def instead(
    failed: Message, alert: Alert, person: Recipient, others: Iterable[Message], usable: frozenset[str]
) -> list[New]:
    """A message could not be delivered for good: the next channel of that person that was not tried."""
    if failed.what not in TELLING:
        return []
    tried = {one.channel for one in others if one.person == failed.person and one.what == failed.what}
    rest = [name for name in person.channels(usable, True, alert.kind, alert.severity) if name not in tried]
    made = _messages(alert, failed.what, [(person.id, name) for name in rest[:1]], failed.step)
    return [msgspec.structs.replace(one, about=INSTEAD) for one in made]


def redirect_message(
    row: Message, why: str, alert: Alert | None, person: Recipient, people: Sequence[Recipient], usable: frozenset[str]
) -> list[New]:
    """A message that waited while its person gave its channel up, or went on leave: by the channels that they have now,
    or to who is next. A step of the ladder is followed by the next one."""
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
    """By what somebody is told whose channel was given up, be it one that the alert itself asked for."""
    return at_once(alert, person, usable) or person.channels(usable, False, alert.kind, alert.severity)


def _at_once_messages(
    alert: Alert, what: str, told: Iterable[tuple[str, str]], people: Iterable[Recipient], delay_us: int
) -> Iterator[New]:
    """The first messages of a turn, those to who stands in for somebody marked."""
    concerned = {one.id for one in people if concerns(alert, one)}
    for one in _messages(alert, what, told, 0, delay_us):
        yield one if one.person in concerned else msgspec.structs.replace(one, about=STAND_IN)


def _messages(alert: Alert, what: str, whom: Iterable[tuple[str, str]], step: int, delay_us: int = 0) -> Iterable[New]:
    for person, channel in whom:
        key = f"{alert.id}:{alert.turn}:{person}:{channel}:{step}"
        yield New(key, alert.id, what, alert.severity, person, channel, delay_us, step)  # type: ignore[arg-type]
