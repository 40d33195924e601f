"""Which denials the journal is told of."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge.core.denials import Denials
from edge.core.journal.rows import RightDenied
from edge.core.limits import ANONYMOUS_DENIAL_INTERVAL_US, DENIALS_EVERY_US, DENIED_NETWORKS
from edge.core.messages import Actor, Refused
from edge.core.storage.database import open_reader
from edge.foundation.access.commands import SetUser
from tests.shop_fixture import FakeClock, open_shop, run, sync_fails

DANA = Actor("u1", "cashier", "1", frozenset())
NOBODY = Actor("cashier", "cashier", "1", frozenset(), anonymous=True, network="10.0.0.0/24")


def test_of_someone_each_first_of_a_kind_and_then_the_sum() -> None:
    denials = Denials()
    assert denials.row(DANA, {"command": "OpenDrawer", "right": "drawer"}, 0) == RightDenied("OpenDrawer", "drawer")
    assert denials.row(DANA, {"command": "OpenDrawer", "right": "drawer"}, 1) is None
    assert denials.row(DANA, {"command": "SetUser", "right": "drawer"}, 1) == RightDenied("SetUser", "drawer")
    later = DENIALS_EVERY_US
    assert denials.row(DANA, {"command": "OpenDrawer", "right": "drawer"}, later) == RightDenied(
        "OpenDrawer", "drawer", 2
    )


def test_what_is_only_asked_for_is_one_kind_a_right() -> None:
    denials = Denials()
    first = denials.row(DANA, {"query": "GET /a", "right": "manage"}, 0)
    assert first == RightDenied("GET /a", "manage")
    assert [denials.row(DANA, {"query": f"GET /{n}", "right": "manage"}, n) for n in range(1, 99)] == [None] * 98
    assert denials.row(DANA, {"query": "GET /a", "right": "users"}, 5) == RightDenied("GET /a", "users")
    at_another = msgspec.structs.replace(DANA, register="2")
    assert denials.row(at_another, {"query": "GET /a", "right": "manage"}, 5) is not None, "another till is another"
    assert denials.row(DANA, {"query": "GET /z", "right": "manage"}, DENIALS_EVERY_US) == RightDenied(
        "GET /z", "manage", 99
    )


def test_of_no_one_one_stands_for_all_with_their_networks_also_those_added_up_before() -> None:
    denials = Denials()
    assert denials.row(NOBODY, {"query": "GET /a", "right": "sell"}, 0) == RightDenied(
        "GET /a", "sell", 1, ("10.0.0.0/24",)
    )
    added = {"query": "GET /b", "right": "", "count": 500, "networks": " ".join(f"10.0.{n}.0/24" for n in range(20))}
    assert denials.row(msgspec.structs.replace(NOBODY, network=""), added, 1) is None
    row = denials.row(NOBODY, {"command": "SetUser", "right": "manage"}, ANONYMOUS_DENIAL_INTERVAL_US)
    assert row is not None
    assert (row.count, len(row.networks)) == (501, DENIED_NETWORKS)


def test_what_was_only_counted_is_written_though_nothing_follows() -> None:
    denials = Denials()
    denials.row(DANA, {"command": "OpenDrawer", "right": "drawer"}, 0)
    assert not denials.waiting
    for at in (1, 2, 3):
        denials.row(DANA, {"command": "OpenDrawer", "right": "drawer"}, at)
    assert denials.waiting and denials.overdue(DENIALS_EVERY_US - 1) == []
    assert denials.overdue(DENIALS_EVERY_US) == [(DANA, RightDenied("OpenDrawer", "drawer", 3))]
    assert not denials.waiting and denials.overdue(9 * DENIALS_EVERY_US) == []


def test_what_goes_on_for_ever_is_a_row_an_hour_and_all_of_it_is_counted() -> None:
    denials, rows, hour_us = Denials(), [], 3_600_000_000
    for at_us in range(0, 24 * hour_us, 5_000_000):
        for actor in (DANA, NOBODY):
            row = denials.row(actor, {"query": "GET /a", "right": "manage"}, at_us)
            rows += [(at_us, actor, row)] if row else []
    for actor, first_us in ((DANA, DENIALS_EVERY_US), (NOBODY, ANONYMOUS_DENIAL_INTERVAL_US)):
        theirs = [(at_us, row.count) for at_us, one, row in rows if one is actor]
        assert [at_us for at_us, _ in theirs[:4]] == [0, first_us, 3 * first_us, 7 * first_us]
        assert len(theirs) < 24 + 10, "a row an hour, behind the first"
        assert sum(count for _, count in theirs) == theirs[-1][0] // 5_000_000 + 1
    assert denials.row(DANA, {"query": "GET /a", "right": "manage"}, 26 * hour_us), "what comes back begins anew"
    assert denials.row(DANA, {"query": "GET /a", "right": "manage"}, 26 * hour_us + DENIALS_EVERY_US)


def test_what_could_not_be_written_is_in_a_later_sum() -> None:
    denials = Denials()
    for actor, what in ((DANA, "command"), (DANA, "query"), (NOBODY, "query")):
        row = denials.row(actor, {what: f"the {what}", "right": "manage"}, 0)
        assert row is not None
        denials.take_back(actor, row)
        assert denials.waiting and denials.overdue(1) == []
        assert denials.overdue(ANONYMOUS_DENIAL_INTERVAL_US) == [(actor, row)]
        assert not denials.waiting


def written(path: Path) -> list[int]:
    with closing(open_reader(path)) as db:
        rows = db.execute("SELECT body ->> 'count' FROM journal WHERE type = 'RightDenied' ORDER BY seq").fetchall()
    return [count or 1 for (count,) in rows]


def test_no_count_is_lost_by_a_disk_that_fails_nor_by_the_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()

    async def scenario() -> Path:
        async with open_shop(tmp_path, clock) as shop:

            async def denied() -> None:
                refused = await shop.do(SetUser("u2", "Noa", "cashier"), DANA)
                assert isinstance(refused, Refused) and refused.code == "right_denied"

            with monkeypatch.context() as disk:
                disk.setattr(shop._writer, "_commit", sync_fails)
                await denied()
                await shop.maintain(lambda _: None)  # a refusal is answered before its commit
            await shop.maintain(lambda _: None)
            assert written(shop.path) == []
            await denied()
            clock.advance(10)
            await shop.maintain(lambda _: None)
            assert written(shop.path) == [2], "once the disk is back"
            for _ in range(3):
                await denied()
            await shop.maintain(lambda _: None)
            assert written(shop.path) == [2]
            return shop.path

    assert written(run(scenario())) == [2, 3], "before it ends"
