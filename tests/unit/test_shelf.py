"""What becomes a fact on a shelf, and what does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.lib.sight.kinds import BayLayout, Facing, FacingState, Seen
from edge.shop.shelf import rules
from edge.shop.shelf.rules import MINUTE_US, BayTrack, LookSeen, Paces, ShelfDecision

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
        track, decisions = rules.decided(track, layout(glass), look, Paces())
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
    assert rules.decided(track, layout(), later, Paces())[1] == []


def test_wrong_answers_make_a_facing_harder_to_call_empty() -> None:
    shift = 0
    for _ in range(9):
        shift = rules.learned(shift, "wrong")
    assert shift == rules.MOST_PERCENT
    assert rules.learned(5, "right") == 0
    unsure = [{"f5": "gap"}] * 4
    assert watch(unsure, sure_at={"f5": 96})[1] == []


def test_compliance_is_of_what_could_be_seen() -> None:
    mixed: dict[str, FacingState] = {"f5": "gap", "f6": "wrong", "f7": "blocked"}
    track = rules.measured(BayTrack(), LookSeen(START_US, seen(mixed)))
    assert (track.looks, track.right, track.seen, track.planned) == (1, 7, 9, 10)
    hidden: dict[str, FacingState] = {f"f{at}": "blocked" for at in range(3)}
    assert rules.measured(track, LookSeen(START_US, seen(hidden))) == track
