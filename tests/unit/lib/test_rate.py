"""How often someone may ask, and that counting them takes no memory without end."""

from __future__ import annotations

from edge.backoffice.feeds import routes
from edge.backoffice.feeds.pages import invoice_api
from edge.web.limits import CALLERS_COUNTED, PAGES_OF_ONE, PAGES_OF_OTHERS
from edge.web.page_quota import Seats
from edge.web.rate_limit import RATES, RateLimit, Rates
from tests.shop_fixture import FakeClock

TWO_A_SECOND = {"read": RateLimit(2, 4), "sign_in": RateLimit(5 / 60, 5)}


def rates(clock: FakeClock) -> Rates:
    return Rates(lambda: clock.mono_us / 1e6, TWO_A_SECOND)


def test_so_many_at_once_and_so_many_a_second() -> None:
    clock = FakeClock()
    made = rates(clock)
    assert [made.take("read", "a") for _ in range(5)] == [0, 0, 0, 0, 1]
    clock.advance(1)
    assert [made.take("read", "a") for _ in range(3)] == [0, 0, 1]
    clock.advance(3600)
    assert [made.take("read", "a") for _ in range(5)][-2:] == [0, 1], "nobody saves up"


def test_one_callers_haste_is_no_one_elses() -> None:
    made = rates(FakeClock())
    for _ in range(100):
        made.take("read", "a")
    assert made.take("read", "b") == 0
    assert made.take("sign_in", "a") == 0


def test_whoever_waits_as_told_is_let_in() -> None:
    clock = FakeClock()
    made = rates(clock)
    for _ in range(5):
        made.take("sign_in", "a")
    wait_s = made.take("sign_in", "a")
    assert wait_s == 12
    clock.advance(wait_s)
    assert made.take("sign_in", "a") == 0


def test_many_callers_are_not_kept_for_ever() -> None:
    made = rates(FakeClock())
    for number in range(3 * CALLERS_COUNTED):
        made.take("read", f"10.0.{number // 256}.{number % 256}")
    assert len(made) == CALLERS_COUNTED


def test_one_address_has_so_many_pages_and_all_together_leave_room() -> None:
    seats = Seats()
    assert [seats.take("a") for _ in range(PAGES_OF_ONE + 1)] == [True] * PAGES_OF_ONE + [False]
    seats.leave("a")
    assert seats.take("a")
    taken = PAGES_OF_ONE + sum(seats.take(f"b{number}") for number in range(100))
    assert taken == PAGES_OF_OTHERS


def test_programs_that_bring_records_have_a_share_of_their_own() -> None:
    assert (RATES["feed"].per_s, RATES["feed"].burst) == (20, 60)
    found = {one.path: one.rate_class for one in (*routes.ENDPOINTS, *invoice_api.ENDPOINTS)}
    asked = [path for path in found if "/jobs/" in path or path.endswith(("/ingest", "/test", "/process-ocr"))]
    assert len(asked) == 7 and {found[path] for path in asked} == {"feed"}
