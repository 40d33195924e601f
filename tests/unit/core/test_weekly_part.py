"""What is done once a week is asked for on Sunday at three, once, and later where the shop was off."""

from edge.core.process.weekly_part import is_due

SATURDAY, SUNDAY, MONDAY = "2026-11-21", "2026-11-22", "2026-11-23"


def test_it_is_due_from_sunday_at_three_until_it_was_done() -> None:
    assert not is_due(SUNDAY, 2, "2026-11-15"), "last Sunday's is the newest until three"
    assert is_due(SUNDAY, 3, "2026-11-15")
    assert not is_due(SUNDAY, 23, SUNDAY)
    assert not is_due("2026-11-28", 23, SUNDAY)


def test_a_shop_that_was_off_does_it_when_it_is_back() -> None:
    assert is_due(MONDAY, 0, SATURDAY)
    assert is_due("2026-11-27", 12, "2026-11-15")
    assert is_due(SATURDAY, 9, ""), "and one that never did"
