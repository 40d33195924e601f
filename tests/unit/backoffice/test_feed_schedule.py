"""When connectors are asked, and when what they have is old."""

from __future__ import annotations

from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.schedule import MINUTE_US, age_h, is_stale, is_tried_again
from edge.backoffice.feeds.service.fetching import FetchFailed
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.runtime.outgoing.faults import MaybeSent

HOUR_US = 3_600_000_000


def test_what_is_fetched_by_itself_is_old_once_nothing_was_known_for_so_long() -> None:
    often, daily = Connector("a", every_min=60), Connector("b", at="03:30")
    assert [is_stale(often, HOUR_US, (1 + hours) * HOUR_US) for hours in (24, 25)] == [False, True]
    assert [is_stale(daily, HOUR_US, (1 + hours) * HOUR_US) for hours in (25, 26)] == [False, True]
    soon = Connector("c", every_min=60, stale_h=3)
    assert [is_stale(soon, HOUR_US, (1 + hours) * HOUR_US) for hours in (3, 4)] == [False, True]
    for never in (Connector("d"), Connector("e", every_min=60, is_active=False)):
        assert not is_stale(never, HOUR_US, 99 * HOUR_US)
    assert not is_stale(often, 0, 99 * HOUR_US), "it was never asked without fail: it fails"
    assert age_h(HOUR_US, HOUR_US // 2) == 0, "a clock that was put back makes nothing younger"


def test_who_fails_is_tried_again_thrice_and_then_at_the_next_turn() -> None:
    night, began = Connector("a", at="03:00"), 100 * HOUR_US
    asked, asked_at = began, list[int]()
    for minute in range(24 * 60):
        if is_tried_again(night, asked, began, "undelivered.no_answer", began + minute * MINUTE_US):
            asked, asked_at = began + minute * MINUTE_US, [*asked_at, minute]
    assert asked_at == [1, 6, 21], "after 1, 5 and 15 minutes more"
    later = began + 60 * MINUTE_US
    assert not is_tried_again(night, began, 0, "", later), "it does not fail"
    assert not is_tried_again(night, began, began, "undelivered.wrong_password", later), "an account is not locked"
    assert not is_tried_again(Connector("b"), began, began, "undelivered.no_answer", later), "nobody asks it by itself"


def test_sources_that_enrich_come_behind_all_others_unless_they_are_named() -> None:
    ranks = SourcePrecedence(("head office",))
    order = sorted(("terpenes", "some file", "head office", "manager", "genetics"), key=ranks.of)
    assert order == ["manager", "head office", "some file", "terpenes", "genetics"]
    assert SourcePrecedence(("terpenes",)).of("terpenes") < ranks.of("some file")


def test_who_took_too_long_is_told_from_who_failed() -> None:
    late, failed = FetchFailed("slow", "", "undelivered.no_answer"), FetchFailed("500", "", "undelivered.server_failed")
    late.__cause__ = MaybeSent("TimeoutError")
    late.__cause__.__cause__ = TimeoutError()
    assert (late.is_late, failed.is_late) == (True, False)
