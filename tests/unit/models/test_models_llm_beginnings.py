"""What is kept of conversations, without llama.cpp."""

from __future__ import annotations

from models.llm.prefix_cache import MOST, Beginnings, alike


def test_the_one_that_begins_most_like_it_is_found() -> None:
    kept = Beginnings(100)
    assert kept.best([1, 2]) is None
    kept.keep([1, 2, 3], b"shop")
    kept.keep([1, 5, 6, 7], b"bank")
    found = kept.best([1, 5, 9])
    assert found
    assert (found.data, found.alike, found.tokens) == (b"bank", 2, (1, 5, 6, 7))


def test_the_least_used_goes_first_when_room_is_short() -> None:
    kept = Beginnings(10)
    kept.keep([1], b"aaaa")
    kept.keep([2], b"bbbb")
    assert kept.best([1])
    kept.keep([3], b"cccc")
    left = kept.best([2, 2])
    assert left is None or left.alike == 0
    assert kept.best([1]).alike == 1  # type: ignore[union-attr]
    assert not kept.has_room(11)


def test_there_are_never_too_many() -> None:
    kept = Beginnings(10**6)
    for number in range(3 * MOST):
        kept.keep([number, 1], b"x")
    found = [number for number in range(3 * MOST) if (one := kept.best([number])) and one.alike]
    assert found == list(range(2 * MOST, 3 * MOST))


def test_alike() -> None:
    assert alike([], [1]) == 0
    assert alike([1, 2, 3], [1, 2, 4]) == 2
    assert alike([1, 2], [1, 2, 3]) == 2
