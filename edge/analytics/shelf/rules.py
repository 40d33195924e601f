"""Derive findings from camera looks: how often something must be seen, and when no conclusion is possible. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.analytics.shelf.events import FindingKind
from edge.lib.sight.kinds import BayLayout, Facing, FacingState, Seen

MINUTE_US = 60_000_000
CONFIDENT = 60
"""Confidence in percent below which a gap, a low facing or a wrong facing doesn't count, by default."""
STEP_PERCENT, MOST_PERCENT = 5, 25
"""Shift of this threshold by one answer (one per day counts), and the maximum shift by all answers."""
FORGET_US = 60 * MINUTE_US
"""Time without a usable look after which counting restarts."""
JUMP, JUMP_US = 0.5, MINUTE_US
"""If more than this share of facings changes in one look, the cause is light or the camera.

Another look, at least this much later, must agree.
"""
SWITCHED_US = 30_000_000
BURST = 3
"""Number of new gaps in one look from which the next look has to confirm them."""
WORKED_ON_US = 10 * MINUTE_US
OUT_OF_DATE, AS_FULL = 0.4, 0.2
"""If more than the first share of facings is wrong or empty while at most the second is empty, the planogram is
outdated.
"""
BACK_LOOKS = 2
STEADY_US = 60 * MINUTE_US
"""Time after which goods count as back.

Until then, each ended finding doubles the group's delay, so that a flickering facing gives one finding instead of one
every half hour.
"""
FLICKERS = 4
BEFORE_MIN = 30
"""Minutes before opening time at which looks start to count."""
HIDDEN_US = 30 * MINUTE_US
"""Time hidden during opening hours after which a facing is reported as not urgent."""
DIRTY_US = 2 * 24 * 60 * MINUTE_US
"""Time after which a blurred patch counts as dirt on the camera."""
FIXED_LOOKS = 10
"""Required number of findings judged right, and of findings judged wrong, before a bay's threshold can change.

The new threshold must not do worse on them.
"""


class Pace(msgspec.Struct, frozen=True):
    """The number of looks, and the minutes between first and last, that confirm a finding."""

    looks: int
    minutes: int


class Paces(msgspec.Struct, frozen=True):
    """The pace for each kind of finding."""

    gap: Pace = Pace(3, 10)
    low: Pace = Pace(5, 30)
    wrong: Pace = Pace(5, 60)

    @property
    def twice(self) -> Paces:
        """The paces with twice the looks and minutes, for goods behind glass, which are never seen clearly."""
        return Paces(*(Pace(2 * one.looks, 2 * one.minutes) for one in (self.gap, self.low, self.wrong)))

    def of(self, kind: FindingKind) -> Pace:
        return {"gap": self.gap, "low": self.low, "wrong": self.wrong}[kind]


class GroupSightings(msgspec.Struct, frozen=True, omit_defaults=True):
    """The number of looks that saw a group in a state, their start and confidence, and whether one saw goods behind."""

    looks: int = 0
    first_us: int = 0
    sure: int = 0
    instead: str = ""
    behind: bool = False


class GroupTrack(msgspec.Struct, frozen=True, omit_defaults=True):
    """A facing group's history between looks.

    `open`: start times of open findings by kind; `seen_us`: the newest look, if it saw the group; `judged_us`: the
    newest look that saw it; `empty_us`: how long it was seen empty, without looks that had a person in view; `ended`:
    findings that ended since goods were last absent.
    """

    counting: dict[str, GroupSightings] = {}
    present: int = 0
    present_us: int = 0
    open: dict[str, int] = {}
    seen_us: int = 0
    empty_us: int = 0
    judged_us: int = 0
    ended: int = 0


class BayTrack(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bay's history between looks."""

    version: int = 0
    states: dict[str, str] = {}
    groups: dict[str, GroupTrack] = {}
    seen_us: int = 0
    jumped_us: int = 0
    both_ways: int = 0
    worked_on_us: int = 0
    out_of_date: bool = False
    hour: int = 0
    looks: int = 0
    right: int = 0
    seen: int = 0
    planned: int = 0
    group_right: int = 0
    group_seen: int = 0
    hidden: dict[str, int] = {}
    night: bool = False
    switched_us: int = 0
    soft: dict[int, int] = {}


class ShelfDecision(msgspec.Struct, frozen=True):
    """A finding begins (`found`) or ends."""

    found: bool
    kind: FindingKind
    group: str
    first_us: int
    looks: int = 0
    confidence: int = 0
    instead: str = ""
    empty_us: int = 0
    behind: bool = False


class LookSeen(msgspec.Struct, frozen=True):
    """A successful look: time, results, whether the shop is open, required confidence by facing, paused facings,
    products with their own pace, and whether it's a night picture.
    """

    at_us: int
    facings: tuple[Seen, ...]
    open: bool = True
    sure_at: Mapping[str, int] = {}
    paused: frozenset[str] = frozenset()
    paces: Mapping[str, Paces] = {}
    night: bool = False


def groups_of(layout: BayLayout) -> dict[str, tuple[Facing, ...]]:
    """Adjacent facings of one product, by the id of the first facing. Facings without a product belong to no group."""
    made: dict[str, tuple[Facing, ...]] = {}
    last: Facing | None = None
    name = ""
    for facing in sorted(layout.facings, key=lambda one: (one.row, one.left)):
        if facing.sku and last is not None and last.row == facing.row and last.sku == facing.sku:
            made[name] = (*made[name], facing)
        elif facing.sku:
            name = facing.id
            made[name] = (facing,)
        last = facing
    return made


def decide_bay(
    track: BayTrack, layout: BayLayout, look: LookSeen, paces: Paces
) -> tuple[BayTrack, list[ShelfDecision]]:
    """Return the bay's track after a look, and its decisions. Nothing is counted while the shop is closed."""
    if track.seen_us and not 0 <= look.at_us - track.seen_us <= FORGET_US:
        track = _restart_counts(track)  # also if the clock was set back, as counting would stall until it catches up
    if track.seen_us and look.night != track.night:
        track = msgspec.structs.replace(track, night=look.night, states={}, switched_us=look.at_us)
    if track.switched_us and 0 <= look.at_us - track.switched_us < SWITCHED_US:
        # Ignore pictures for a moment after the camera switches to its lamps or back.
        return track, []
    states = {seen.id: _trusted_state(seen, look) for seen in look.facings}
    changed = _changed_facings(track.states, states)
    jumped = bool(track.states) and len(changed) > JUMP * max(1, _count_known(states))
    burst = sum(states[id] == "gap" and track.states.get(id) != "gap" for id in changed) >= BURST
    track = _worked_on(track, states, changed, look.at_us)
    wait = jumped or (track.jumped_us and look.at_us - track.jumped_us < JUMP_US)
    jumped_us = look.at_us if jumped else (track.jumped_us if wait else 0)
    stale = _out_of_date(states)
    before = track.states
    track = msgspec.structs.replace(
        track,
        states={**before, **states},
        seen_us=look.at_us,
        jumped_us=jumped_us,
        out_of_date=stale,
        hidden=_hidden_since(track, look),
        night=look.night,
    )
    if wait or not look.open or stale:
        return track, []
    decisions: list[ShelfDecision] = []
    groups = dict(track.groups)
    new_gaps = frozenset(id for id in changed if states[id] == "gap") if burst and before else frozenset[str]()
    quiet = look.at_us < track.worked_on_us
    for name, facings in groups_of(layout).items():
        if any(facing.id in new_gaps for facing in facings):
            continue
        seen = [one for one in look.facings if one.id in {facing.id for facing in facings}]
        state = group_state([states[one.id] for one in seen])
        usual = look.paces.get(facings[0].sku, paces)
        pace = usual.twice if any(facing.glass for facing in facings) else usual
        groups[name], made = _update_track(groups.get(name, GroupTrack()), name, state, seen, look.at_us, pace, quiet)
        decisions += made
    return msgspec.structs.replace(track, groups=groups), decisions


def group_state(states: Sequence[FacingState]) -> FacingState:
    """The state of a group: `unknown` with an unseen facing, `gap` if all are empty, `wrong` with a wrong product,
    `low` if at most a third are present, otherwise `present`.
    """
    if not states or any(state in ("blocked", "unknown") for state in states):
        return "unknown"
    if all(state == "gap" for state in states):
        return "gap"
    if any(state == "wrong" for state in states):
        return "wrong"
    return "low" if states.count("present") * 3 <= len(states) else "present"


def add_measures(track: BayTrack, layout: BayLayout, look: LookSeen) -> BayTrack:
    """Add this look to the hour's sums, by facing and group.

    A look that saw less than four fifths of the bay doesn't count.
    """
    judged = [seen for seen in look.facings if seen.state not in ("blocked", "unknown")]
    if not look.facings or len(judged) * 5 < len(look.facings) * 4 or track.out_of_date or not look.open:
        return track
    right = sum(seen.state in ("present", "low") for seen in judged)
    states = {seen.id: seen.state for seen in look.facings}
    groups = [group_state([states.get(one.id, "unknown") for one in some]) for some in groups_of(layout).values()]
    told = [state for state in groups if state != "unknown"]
    return msgspec.structs.replace(
        track,
        looks=track.looks + 1,
        right=track.right + right,
        seen=track.seen + len(judged),
        planned=track.planned + len(look.facings),
        group_right=track.group_right + sum(state in ("present", "low") for state in told),
        group_seen=track.group_seen + len(told),
    )


def mark_soft(track: BayTrack, soft: Sequence[int], at_us: int) -> BayTrack:
    """Record when each patch of a bay became blurred; a patch that is sharp again is removed."""
    return msgspec.structs.replace(track, soft={patch: track.soft.get(patch, at_us) for patch in soft})


def sure_at(shift_percent: int) -> int:
    """The required confidence of a facing, shifted by this many percent of the default."""
    return min(97, round(CONFIDENT * (100 + shift_percent) / 100))


def learned_shift(shift_percent: int, answer: str) -> int:
    """The threshold's shift after a verdict: "wrong" raises it, "right" lowers it."""
    if answer == "wrong":
        return min(MOST_PERCENT, shift_percent + STEP_PERCENT)
    return max(0, shift_percent - STEP_PERCENT) if answer == "right" else shift_percent


def is_as_good(known: Sequence[tuple[int, bool]], before: int, after: int) -> bool:
    """Whether a new threshold agrees with users' verdicts at least as well as the old one.

    `known`: a finding's confidence, and whether it was right. Missing a right finding and making a wrong one are both
    errors.
    """

    def faults(least: int) -> int:
        return sum((sure >= least) != right for sure, right in known)

    return faults(after) <= faults(before)


def is_open(minute: int, opens_min: int, closes_min: int) -> bool:
    """Whether looks count at a minute of the day: from half an hour before opening until closing; always if both are
    the same minute.
    """
    if opens_min == closes_min:
        return True
    begin, length = (opens_min - BEFORE_MIN) % 1440, (closes_min - opens_min) % 1440 + BEFORE_MIN
    return (minute - begin) % 1440 < length


def _trusted_state(seen: Seen, look: LookSeen) -> FacingState:
    """The state; `unknown`, which neither counts nor resets, if the facing is paused or its confidence too low."""
    if seen.id in look.paused:
        return "unknown"
    if seen.state in ("gap", "low", "wrong") and seen.confidence < look.sure_at.get(seen.id, CONFIDENT):
        return "unknown"
    return seen.state


def _update_track(
    track: GroupTrack, name: str, state: FacingState, seen: Sequence[Seen], at_us: int, paces: Paces, quiet: bool
) -> tuple[GroupTrack, list[ShelfDecision]]:
    if state in ("unknown", "blocked"):
        return msgspec.structs.replace(track, seen_us=0), []
    if track.judged_us and at_us - track.judged_us > FORGET_US:  # hidden for too long: it may have changed meanwhile
        track = msgspec.structs.replace(track, counting={}, present=0, present_us=0)
    # Time between looks counts only if both could see: a person in front doesn't prolong a gap.
    empty = track.open.get("gap") or "gap" in track.counting
    more = at_us - track.seen_us if empty and track.seen_us and not track.present else 0
    more = more if more <= FORGET_US else 0  # a night doesn't prolong a gap either
    more = 0 if track.counting.keys() & {"low", "wrong"} else more  # too few or wrong goods don't
    track = msgspec.structs.replace(
        track, seen_us=at_us, judged_us=at_us, empty_us=track.empty_us + more if empty else 0
    )
    return (
        _seen_present(track, name, at_us)
        if state == "present"
        else _seen_so(track, name, state, seen, at_us, paces, quiet)
    )


def _seen_present(track: GroupTrack, name: str, at_us: int) -> tuple[GroupTrack, list[ShelfDecision]]:
    present = track.present + 1
    since = track.present_us or at_us
    if present < BACK_LOOKS or not track.open:
        ended = 0 if at_us - since >= STEADY_US else track.ended
        return msgspec.structs.replace(track, counting={}, present=present, present_us=since, ended=ended), []
    over = [ShelfDecision(False, kind, name, since, empty_us=track.empty_us) for kind in track.open]  # type: ignore[arg-type]
    ended = min(FLICKERS, track.ended + 1)
    return GroupTrack(present=present, present_us=since, seen_us=at_us, judged_us=at_us, ended=ended), over


def _seen_so(
    track: GroupTrack, name: str, state: FacingState, seen: Sequence[Seen], at_us: int, paces: Paces, quiet: bool
) -> tuple[GroupTrack, list[ShelfDecision]]:
    sure = min((one.confidence for one in seen if one.state == state), default=0)
    instead = next((one.instead for one in seen if one.instead), "")
    old = track.counting.get(state, GroupSightings(0, at_us, 100))
    behind = old.behind or any(one.behind for one in seen)
    count = GroupSightings(old.looks + 1, old.first_us, min(old.sure, sure), instead, behind)
    # A gap being filled looks low for a moment, and the other way round. So a gap's count is only restarted by
    # `present`, or by goods that stay long enough to become a finding of their own.
    counting = {**{kind: one for kind, one in track.counting.items() if kind == "gap"}, state: count}
    made: list[ShelfDecision] = []
    opened = dict(track.open)
    kind: FindingKind = state  # type: ignore[assignment]
    pace, slower = paces.of(kind), 2**track.ended
    lasting = at_us - count.first_us >= slower * pace.minutes * MINUTE_US
    enough = count.looks >= slower * pace.looks and lasting
    if enough and kind not in opened and not quiet:
        since = at_us if kind == "gap" else count.first_us  # goods seen now have been there since first seen
        empty_us = track.empty_us if kind != "gap" else 0
        made += [ShelfDecision(False, other, name, since, empty_us=empty_us) for other in opened]  # type: ignore[arg-type]
        opened, counting = {kind: count.first_us}, {state: count}
        found = ShelfDecision(True, kind, name, count.first_us, count.looks, count.sure, instead, behind=behind)
        made.append(found)
    return GroupTrack(counting, 0, 0, opened, at_us, track.empty_us, at_us, track.ended), made


def _changed_facings(before: Mapping[str, str], now: Mapping[str, FacingState]) -> list[str]:
    """Facings seen in both looks in different states."""
    return [id for id, state in now.items() if state != "unknown" and before.get(id, state) not in (state, "unknown")]


def _hidden_since(track: BayTrack, look: LookSeen) -> dict[str, int]:
    """When each facing was first hidden. Times are dropped once the facing is seen or the shop closes."""
    if not look.open:
        return {}
    since = {one.id: track.hidden.get(one.id, look.at_us) for one in look.facings if one.state == "blocked"}
    unknown = {one.id for one in look.facings if one.state == "unknown"}
    return {**{id: at for id, at in track.hidden.items() if id in unknown}, **since}


def _count_known(states: Mapping[str, FacingState]) -> int:
    return sum(state != "unknown" for state in states.values())


def _worked_on(track: BayTrack, now: Mapping[str, FacingState], changed: Sequence[str], at_us: int) -> BayTrack:
    """Note whether a person is working on the bay: products came and went in two consecutive pictures."""
    filled = any(track.states[id] == "gap" for id in changed)
    emptied = any(now[id] == "gap" for id in changed)
    both = track.both_ways + 1 if filled and emptied else 0
    until = at_us + WORKED_ON_US if both >= 2 or (changed and at_us < track.worked_on_us) else track.worked_on_us
    return msgspec.structs.replace(track, both_ways=both, worked_on_us=until)


def _out_of_date(states: Mapping[str, FacingState]) -> bool:
    judged = _count_known(states)
    if judged < 5:
        return False
    wrong, gaps = (sum(state == kind for state in states.values()) for kind in ("wrong", "gap"))
    return wrong + gaps >= OUT_OF_DATE * judged and gaps <= AS_FULL * judged


def _restart_counts(track: BayTrack) -> BayTrack:
    """Restart counts; findings stay open."""
    groups = {
        name: GroupTrack(open=group.open, empty_us=group.empty_us) for name, group in track.groups.items() if group.open
    }
    return msgspec.structs.replace(track, groups=groups, states={}, jumped_us=0, both_ways=0, hidden={}, worked_on_us=0)
