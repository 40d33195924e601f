"""What becomes a fact on a shelf, and what does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.analytics.shelf import rules
from edge.analytics.shelf.rules import MINUTE_US, BayTrack, LookSeen, Paces, ShelfDecision
from edge.lib.sight.kinds import BayLayout, Facing, FacingState, Seen

START_US = 1_800_000_000_000_000
SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SKUS = ("milk", "milk", "milk", "beer", "beer", "bread", "salt", "jam", "tea", "rice")


def layout(glass: bool = False) -> BayLayout:
    facings = [Facing(f"f{at}", 0, at / 10, 0, (at + 1) / 10, 1, sku, glass=glass) for at, sku in enumerate(SKUS)]
    return BayLayout(SQUARE, (1.0,), tuple(facings))


def seen(states: Mapping[str, FacingState], sure: int = 95) -> tuple[Seen, ...]:
    return tuple(Seen(f"f{at}", states.get(f"f{at}", "present"), sure) for at in range(len(SKUS)))


def watch(
    looks: Sequence[Mapping[str, FacingState]],
    every_min: int = 5,
    track: BayTrack | None = None,
    is_open: bool = True,
    sure_at: Mapping[str, int] | None = None,
    glass: bool = False,
) -> tuple[BayTrack, list[ShelfDecision]]:
    """The looks, one after another; the first is always of a full bay."""
    made: list[ShelfDecision] = []
    track = track or BayTrack()
    for number, states in enumerate([{}, *looks]):
        at = START_US + number * every_min * MINUTE_US
        look = LookSeen(at, seen(states), is_open, sure_at or {})
        track, decisions = rules.decide_bay(track, layout(glass), look, Paces())
        made += decisions
    return track, made


def kinds(decisions: Sequence[ShelfDecision]) -> list[tuple[bool, str, str]]:
    return [(one.found, one.kind, one.group) for one in decisions]


GAP: dict[str, FacingState] = {"f5": "gap"}


def test_a_gap_needs_three_looks_over_ten_minutes() -> None:
    assert watch([GAP, GAP])[1] == []
    assert watch([GAP, GAP, GAP], every_min=1)[1] == []
    decisions = watch([GAP, GAP, GAP])[1]
    assert kinds(decisions) == [(True, "gap", "f5")]
    assert decisions[0].first_us == START_US + 5 * MINUTE_US, "it is a gap since it was seen first"
    assert watch([GAP] * 9)[1] == decisions, "and is found once"


def test_a_gap_with_goods_behind_says_so_if_a_look_saw_them() -> None:
    track, made = BayTrack(), []
    for number in range(4):
        at = START_US + number * 5 * MINUTE_US
        looks = seen(GAP if number else {})
        looks = tuple(msgspec.structs.replace(one, behind=one.state == "gap" and number == 2) for one in looks)
        track, decisions = rules.decide_bay(track, layout(), LookSeen(at, looks), Paces())
        made += decisions
    assert [(one.kind, one.behind) for one in made] == [("gap", True)]
    assert [one.behind for one in watch([GAP] * 3)[1]] == [False]


def test_behind_glass_a_gap_needs_twice_the_time() -> None:
    assert watch([GAP] * 5, glass=True)[1] == []
    assert kinds(watch([GAP] * 6, glass=True)[1]) == [(True, "gap", "f5")]


def test_goods_seen_in_between_begin_anew_and_twice_close_it() -> None:
    assert watch([GAP, GAP, {}, GAP, GAP])[1] == []
    assert kinds(watch([GAP, GAP, GAP, {}])[1]) == [(True, "gap", "f5")]
    found, closed = watch([GAP, GAP, GAP, {}, {}])[1]
    assert (closed.found, closed.kind) == (False, "gap")
    assert closed.first_us == START_US + 4 * 5 * MINUTE_US, "filled when goods were seen first"
    assert found.group == closed.group


def test_who_stands_in_front_neither_counts_nor_resets() -> None:
    blocked: dict[str, FacingState] = {"f5": "blocked"}
    assert kinds(watch([GAP, blocked, GAP, blocked, GAP])[1]) == [(True, "gap", "f5")]
    assert watch([blocked] * 9)[1] == []


def test_a_group_is_empty_when_all_of_it_is() -> None:
    one_left: dict[str, FacingState] = {"f0": "gap", "f1": "gap"}
    assert kinds(watch([one_left] * 5)[1]) == []
    assert kinds(watch([one_left] * 9)[1]) == [(True, "low", "f0")]
    assert kinds(watch([{"f3": "gap", "f4": "gap"}] * 4)[1]) == [(True, "gap", "f3")]


def test_three_gaps_at_once_must_be_seen_once_more() -> None:
    three: dict[str, FacingState] = {"f5": "gap", "f6": "gap", "f7": "gap"}
    assert watch([three] * 3)[1] == []
    assert len(watch([three] * 4)[1]) == 3


def test_what_changes_everywhere_at_once_is_light() -> None:
    dark: dict[str, FacingState] = {f"f{at}": "gap" for at in range(8)}
    assert watch([dark, {}, dark, {}])[1] == []


def test_a_bay_that_looks_rearranged_asks_for_a_new_planogram() -> None:
    moved: dict[str, FacingState] = {f"f{at}": "wrong" for at in range(5)}
    track, decisions = watch([moved] * 20)
    assert track.out_of_date
    assert decisions == []
    assert not watch([moved, moved, {}])[0].out_of_date


def test_while_somebody_fills_nothing_is_found() -> None:
    one, other = {"f5": "gap"}, {"f6": "gap"}
    busy: list[Mapping[str, FacingState]] = [one, other, one, other, other]
    assert watch(busy)[1] == []
    assert kinds(watch([*busy, other, other])[1]) == [(True, "gap", "f6")]


def test_nothing_is_found_in_a_shop_that_is_closed() -> None:
    assert watch([GAP] * 9, is_open=False)[1] == []
    assert [rules.is_open(minute, 540, 1200) for minute in (500, 510, 1199, 1200)] == [False, True, True, False]
    assert rules.is_open(60, 1200, 120), "over midnight"
    assert rules.is_open(60, 0, 0), "always"


def test_after_an_hour_without_a_look_counting_begins_anew() -> None:
    track, _ = watch([GAP, GAP])
    later = LookSeen(START_US + 90 * MINUTE_US, seen(GAP))
    assert rules.decide_bay(track, layout(), later, Paces())[1] == []


def test_after_an_hour_behind_somebody_counting_begins_anew() -> None:
    """The camera sees the bay all the while, and not what a trolley hides."""
    blocked: dict[str, FacingState] = {"f5": "blocked"}
    assert watch([GAP, GAP, *[blocked] * 13, GAP])[1] == []
    assert kinds(watch([GAP, GAP, *[blocked] * 10, GAP])[1]) == [(True, "gap", "f5")], "within the hour it goes on"
    anew = watch([GAP, GAP, *[blocked] * 13, GAP, GAP, GAP])[1]
    assert [one.first_us for one in anew] == [START_US + 16 * 5 * MINUTE_US], "a gap since it was seen anew"


def test_a_gap_that_was_filled_a_little_is_low_and_no_gap() -> None:
    """Goods that are set back for half an hour are there: no one is sent to an empty shelf, nor is it phantom stock."""
    few: dict[str, FacingState] = {"f5": "low"}
    assert kinds(watch([GAP, GAP, GAP, few, few, GAP])[1]) == [(True, "gap", "f5")], "for a moment it stays one"
    found, over, low = watch([GAP, GAP, GAP, *[few] * 7])[1]
    assert kinds([found, over, low]) == [(True, "gap", "f5"), (False, "gap", "f5"), (True, "low", "f5")]
    assert over.first_us == low.first_us == START_US + 4 * 5 * MINUTE_US, "since goods were seen first"
    assert over.empty_us == 3 * 5 * MINUTE_US, "till then it was empty"
    again = watch([GAP, GAP, GAP, *[few] * 7, GAP, GAP])[1]
    assert len(again) == 3, "and a gap is a gap again after three looks, not at once"
    assert kinds(watch([GAP, GAP, GAP, *[few] * 7, GAP, GAP, GAP])[1][3:]) == [
        (False, "low", "f5"),
        (True, "gap", "f5"),
    ]


def test_who_stands_in_front_makes_nothing_empty_for_longer() -> None:
    blocked: dict[str, FacingState] = {"f5": "blocked"}
    *_, closed = watch([GAP, GAP, GAP, blocked, blocked, {}, {}])[1]
    assert not closed.found
    assert closed.empty_us == 2 * 5 * MINUTE_US, "from the first of three looks to the last: then nobody could see"
    *_, closed = watch([GAP, GAP, GAP, {}, {}])[1]
    assert closed.empty_us == 3 * 5 * MINUTE_US, "till the first look that saw goods"


def test_a_night_empties_nothing_for_longer() -> None:
    track, _ = watch([GAP, GAP, GAP])
    for hour in range(12):
        closed = LookSeen(START_US + (60 + hour * 60) * MINUTE_US, seen(GAP), open=False)
        track, _ = rules.decide_bay(track, layout(), closed, Paces())
    made: list[ShelfDecision] = []
    for minute in (760, 765, 770):
        look = LookSeen(START_US + minute * MINUTE_US, seen(GAP if minute == 760 else {}))
        track, decisions = rules.decide_bay(track, layout(), look, Paces())
        made += decisions
    assert [one.empty_us for one in made] == [3 * 5 * MINUTE_US]


def test_since_when_a_facing_is_hidden_is_known_until_it_is_seen() -> None:
    blocked: dict[str, FacingState] = {"f5": "blocked"}
    unknown: dict[str, FacingState] = {"f5": "unknown"}
    assert watch([blocked, blocked, unknown, blocked])[0].hidden == {"f5": START_US + 5 * MINUTE_US}
    assert watch([blocked, blocked, {}])[0].hidden == {}
    assert watch([blocked, blocked], is_open=False)[0].hidden == {}


def test_a_camera_that_switches_to_its_lamps_is_not_believed_at_once() -> None:
    track, _ = watch([GAP, GAP])
    dusk = START_US + 15 * MINUTE_US
    track, decisions = rules.decide_bay(track, layout(), LookSeen(dusk, seen(GAP), night=True), Paces())
    assert decisions == []
    later = LookSeen(dusk + 5 * MINUTE_US, seen(GAP), night=True)
    tapped = LookSeen(dusk + 29_000_000, seen(GAP), night=True)
    assert rules.decide_bay(track, layout(), tapped, Paces())[1] == [], "nor for half a minute, however often"
    assert kinds(rules.decide_bay(track, layout(), later, Paces())[1]) == [(True, "gap", "f5")], "the next look is"


def test_a_clock_that_was_set_back_blinds_no_bay() -> None:
    one, other = {"f5": "gap"}, {"f6": "gap"}
    dark: dict[str, FacingState] = {f"f{at}": "gap" for at in range(8)}
    at_us, busy = START_US, watch([one, other, one, other, one])[0]
    assert busy.worked_on_us > START_US
    switched = rules.decide_bay(watch([])[0], layout(), LookSeen(at_us + MINUTE_US, seen({}), night=True), Paces())[0]
    jumped = watch([{}, dark])[0]
    assert switched.switched_us and jumped.jumped_us
    for track in (switched, jumped, busy, watch([GAP])[0]):
        found: list[ShelfDecision] = []
        for number in range(4):
            look = LookSeen(at_us - 6000 * MINUTE_US + number * 5 * MINUTE_US, seen(GAP), night=track.night)
            track, decisions = rules.decide_bay(track, layout(), look, Paces())
            found += decisions
        assert kinds(found) == [(True, "gap", "f5")]


def test_what_has_a_pace_of_its_own_is_found_at_that() -> None:
    slow = {"bread": Paces(gap=rules.Pace(3, 60))}
    track, made = BayTrack(), []
    for number in range(14):
        look = LookSeen(START_US + number * 5 * MINUTE_US, seen({**GAP, "f6": "gap"}), paces=slow)
        track, decisions = rules.decide_bay(track, layout(), look, Paces())
        made += [(one.group, number) for one in decisions]
    assert made == [("f6", 2), ("f5", 12)]


def test_a_threshold_that_does_worse_on_what_people_said_is_not_taken() -> None:
    right, wrong = [(61, True), (90, True)], [(62, False)]
    assert rules.is_as_good(wrong, 60, 63)
    assert not rules.is_as_good(right, 60, 63), "one of those that were right would not be found"
    assert rules.is_as_good([*right, *wrong], 60, 63), "as many faults as before"
    assert not rules.is_as_good(wrong, 63, 60)


def test_wrong_answers_make_a_facing_harder_to_call_empty() -> None:
    shift = 0
    for _ in range(9):
        shift = rules.learned_shift(shift, "wrong")
    assert shift == rules.MOST_PERCENT
    assert rules.learned_shift(5, "right") == 0
    unsure = [{"f5": "gap"}] * 4
    assert watch(unsure, sure_at={"f5": 96})[1] == []


def test_compliance_is_of_what_could_be_seen() -> None:
    mixed: dict[str, FacingState] = {"f5": "gap", "f6": "wrong", "f7": "blocked"}
    track = rules.add_measures(BayTrack(), layout(), LookSeen(START_US, seen(mixed)))
    assert (track.looks, track.right, track.seen, track.planned) == (1, 7, 9, 10)
    assert (track.group_right, track.group_seen) == (4, 6), "by product: jam is hidden, bread and salt are not right"
    hidden: dict[str, FacingState] = {f"f{at}": "blocked" for at in range(3)}
    assert rules.add_measures(track, layout(), LookSeen(START_US, seen(hidden))) == track


def test_a_facing_that_flickers_is_one_finding_until_its_goods_are_back_for_an_hour() -> None:
    flickering: list[dict[str, FacingState]] = [
        *([GAP] * 3),
        *([{}] * 2),
    ] * 19  # eight hours, a look every five minutes
    made = watch(flickering)[1]
    assert kinds(made) == [(True, "gap", "f5"), (False, "gap", "f5")]
    assert kinds(watch([*flickering, *([GAP] * 6)])[1])[2:] == [(True, "gap", "f5")], "what stays empty is found, later"
    back = [*flickering, *([{}] * 12), GAP, GAP, GAP]
    assert kinds(watch(back)[1])[2:] == [(True, "gap", "f5")], "behind an hour of goods all is as before"
