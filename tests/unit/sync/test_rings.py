"""When a publication stops by itself: one store of the first ring is worse, or two or one in twenty of a later one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.hub.publications import Planned, Publication, waves_of
from sync.hub.rings import Figures, halt_of, most_worse

HOUR = timedelta(hours=1)
SIZES = (1, 20, 179)


def grave(store: str, ring: int, alerts: int = 1) -> Figures:
    return Figures(store, ring, HOUR, alerts=alerts)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Figures("a", 0, HOUR), ""),
        (Figures("a", 0, HOUR, alerts=2, alerts_before=2), ""),
        (Figures("a", 0, HOUR, alerts=3, alerts_before=2), "critical alerts since: 3 (2 before)"),
        (Figures("a", 0, HOUR, sold_before=4), ""),
        (Figures("a", 0, HOUR, sold_before=5), "no sales since; 5 a week earlier"),
        (Figures("a", 0, HOUR, sold=1, sold_before=50), ""),
        (Figures("a", 0, timedelta(minutes=29), sold_before=50), ""),
        (Figures("a", 0, HOUR, unread=2), "boxes that stopped sending: 0; unreadable events: 2"),
    ],
)
def test_a_store_is_compared_with_itself(figures: Figures, words: str) -> None:
    assert (figures.worse.text if figures.worse else "") == words


def test_one_of_the_first_ring_stops_all_and_of_a_later_one_a_few() -> None:
    assert halt_of([grave("a", 0)], SIZES) is not None
    assert [most_worse(1, size) for size in (1, 20, 40, 41, 179)] == [2, 2, 2, 3, 9]
    assert halt_of([grave("b", 1)], SIZES) is None
    halt = halt_of([grave("b", 1), grave("c", 1)], SIZES)
    assert halt is not None and (halt.cause.text, [store for store, _ in halt.stores]) == (
        "b: critical alerts since: 1 (0 before), and 1 more",
        ["b", "c"],
    )
    assert halt_of([grave(f"s{n}", 2) for n in range(8)], SIZES) is None
    assert halt_of([grave(f"s{n}", 2) for n in range(9)], SIZES) is not None
    assert halt_of([], ()) is None


def test_a_journal_that_stops_stops_all_in_any_ring() -> None:
    halt = halt_of([grave("b", 2), Figures("c", 2, HOUR, stopped=1)], SIZES)
    assert halt is not None
    ((store, cause),) = halt.stores
    assert (store, cause.text) == ("c", "boxes that stopped sending: 1; unreadable events: 0")


def test_named_stores_go_first_and_a_tenth_of_the_rest_is_next() -> None:
    stores = [f"s{number:02}" for number in range(23)]
    waves = dict(waves_of(stores, ("s07", "s09", "unknown")))
    assert [store for store, wave in waves.items() if wave == 0] == ["s07", "s09"]
    assert sorted(waves) == stores and list(waves.values()).count(1) == 3
    assert dict(waves_of(stores, ("unknown",)))["s00"] == 0, "none of them is there: any one"


def test_what_each_store_had_before_can_be_taken_back_and_the_rest_says_how() -> None:
    settings, prices, recall = (Planned(kind, {}) for kind in ("settings", "prices", "recall"))
    assert Publication((settings, prices)).leads_back, "head office knows what each store had"
    assert not Publication((settings, recall)).leads_back
    assert Publication((recall,), back=(recall,)).leads_back
    assert Publication((settings,), first=("a",)).digest != Publication((settings,)).digest
