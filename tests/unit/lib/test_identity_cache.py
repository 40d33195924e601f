"""What was worked out of an object is kept for it alone, and no longer than for a few others."""

from __future__ import annotations

from edge.lib.identity_cache import IdentityCache


def test_each_object_is_worked_out_once_while_few_others_come() -> None:
    asked: list[list[int]] = []

    def total(numbers: list[int]) -> int:
        asked.append(numbers)
        return sum(numbers)

    totals: IdentityCache[list[int], int] = IdentityCache(total, 2)
    one, same = [1, 2], [1, 2]
    assert [totals.of(one), totals.of(one), totals.of(same)] == [3, 3, 3]
    assert [id(numbers) for numbers in asked] == [id(one), id(same)], "by identity, not by value"
    assert totals.of([5]) == 5
    assert totals.of(one) == 3
    assert len(asked) == 4, "the first two made room"
