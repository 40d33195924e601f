"""What head office may ask of a shop: each kind is done, or said to be unknown, and never holds up the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.backoffice.directives.commands import TakeDirective
from edge.backoffice.directives.events import DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from edge.backoffice.directives.failure_reporter import FailureReporter
from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.software.commands import MoveSoftware
from edge.backoffice.software.queries import software_updates
from edge.core.command_bus import CommandBus
from edge.core.jobs.store import CancelJob, read_jobs
from edge.core.journal.rows import facts
from edge.core.messages import Done, Event
from edge.core.people.key_rotation import truncate_wal
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import pin_hash, read_users
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.alerts.queries import open_alerts
from edge.foundation.settings.queries import read_settings, read_texts
from edge.goods.catalog.queries import find_by_sku
from edge.goods.promotions.queries import read_promotion
from edge.goods.stock.queries import is_recalled, read_stock
from edge.goods.translation.queries import translation_texts
from tests.http_client import when
from tests.importing import job_runner
from tests.shop_fixture import SYSTEM, open_shop, run

ENDS = (DirectiveApplied, DirectiveRefused, DirectiveGivenUp)


def taken(number: int, kind: str, body: Any) -> TakeDirective:
    return TakeDirective(number, kind, msgspec.json.encode(body).decode())


async def ends(shop: CommandBus, count: int) -> list[Event]:
    """What became of the directives, once so many are through."""
    subscription = shop.bus.subscribe("committed")
    async with asyncio.timeout(20):
        while len(found := [f.event for f in facts(shop.reader, shop.registry) if isinstance(f.event, ENDS)]) < count:
            await subscription.next()
    return found


async def applied(shop: CommandBus, *directives: TakeDirective) -> list[Event]:
    async with job_runner(shop):
        for directive in directives:
            assert isinstance(await shop.do(directive, SYSTEM), Done)
        return await ends(shop, len(directives))


@asynccontextmanager
async def watched(shop: CommandBus) -> AsyncIterator[None]:
    task = asyncio.create_task(FailureReporter(shop).run(lambda *_: None))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def test_products_come_change_go_and_come_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            tea = {"sku": "tea", "names": {"en": "Tea"}, "price_minor": 250}
            body = {"products": [{"product": tea}, {"retired": "milk"}, {"retired": "ghost"}, {}]}
            again = {"products": [{"restored": "milk"}, {"product": {**tea, "names": {"en": "Green tea"}}}]}
            done = await applied(shop, taken(1, "catalogue", body), taken(2, "catalogue", again))
            assert done == [
                DirectiveApplied(1, "catalogue", 2, ("ghost", "")),
                DirectiveApplied(2, "catalogue", 2),
            ]
            found = find_by_sku(shop.reader, "tea")
            assert found is not None and found.names == {"en": "Green tea"}

    run(scenario())


def test_promotions_begin_and_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            deal = {"kind": "several_for", "count": 3, "price_minor": 300}
            milks = {"id": "milks", "names": {"en": "3 for 3.00"}, "deal": deal, "goods": {"skus": ["milk"]}}
            old = {**milks, "id": "old", "until_us": 5}
            body = {"promotions": [{"set": milks}, {"set": old}, {"end": "ghost"}, {}]}
            again = {"promotions": [{"set": milks}, {"end": "milks"}]}
            wrong = {"promotions": [{"set": {**milks, "deal": {"kind": "lottery"}}}]}
            done = await applied(
                shop, taken(1, "promotions", body), taken(2, "promotions", again), taken(3, "promotions", wrong)
            )
            assert DirectiveApplied(1, "promotions", 1, ("old", "ghost", "")) in done
            assert DirectiveApplied(2, "promotions", 1) in done
            refused = next(end for end in done if isinstance(end, DirectiveRefused))
            assert "lottery" in refused.reason
            found = read_promotion(shop.reader, "milks")
            assert found is not None and found.until_us is not None

    run(scenario())


def test_goods_move_between_stores(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            moves = [{"sku": "milk", "delta": 24_000}, {"sku": "beer", "delta": -2_000}, {"sku": "ghost", "delta": 1}]
            done = await applied(shop, taken(1, "transfers", {"transfers": moves}))
            assert done == [DirectiveApplied(1, "transfers", 2, ("ghost",))]
            assert [read_stock(shop.reader, sku) for sku in ("milk", "beer", "ghost")] == [24_000, -2_000, 0]

    run(scenario())


def test_a_lot_is_recalled_in_all_stores_and_may_be_sold_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            lots = [{"sku": "milk", "lot": lot, "note": "glass"} for lot in ("A7", "A8")]
            first = taken(1, "recalls", {"recalls": [*lots, {"sku": "ghost", "lot": "A7"}]})
            lifted = taken(2, "recalls", {"recalls": [{"sku": "milk", "lot": "A7", "lifted": True}] * 2})
            done = await applied(shop, first, lifted)
            assert done == [DirectiveApplied(1, "recalls", 2, ("ghost",)), DirectiveApplied(2, "recalls", 1)]
            assert [is_recalled(shop.reader, "milk", lot) for lot in ("A7", "A8")] == [False, True]

    run(scenario())


def test_what_the_shop_refuses_is_told_to_head_office_with_the_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            prices = [{"sku": "milk", "price_minor": 99, "until_us": 5}, {"sku": "beer", "price_minor": 210}]
            listed = [{"sku": "milk", "listed": True, "price_minor": 99, "from_us": 5}]
            done = await applied(
                shop,
                taken(1, "prices", {"prices": prices}),
                taken(2, "recalls", {"recalls": [{"sku": "milk", "lot": " "}, {"sku": "milk", "lot": "A7"}]}),
                taken(3, "assortment", {"assortment": listed}),
            )
            assert done == [
                DirectiveApplied(1, "prices", 1, ("milk: price_ended",)),
                DirectiveApplied(2, "recalls", 1, ("milk: lot_missing",)),
                DirectiveApplied(3, "assortment", 1),
            ]

    run(scenario())


def test_head_office_minds_an_alert_of_the_box_that_raised_it_and_of_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await shop.do(RaiseAlert("low_stock", "milk"), SYSTEM)
            (raised,) = open_alerts(shop.reader)
            at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=raised.first_us)
            mine = {"id": raised.id, "kind": "low_stock", "raised_at": at.isoformat(), "hours": 8}
            other = mine | {"raised_at": (at + timedelta(microseconds=1)).isoformat()}
            bodies = [[other, mine | {"kind": "disk"}, mine | {"id": 9999}], [mine], [mine]]
            done = await applied(shop, *(taken(n, "alerts", {"alerts": body}) for n, body in enumerate(bodies, 1)))
            unknown = (f"low_stock {raised.id}", f"disk {raised.id}", "low_stock 9999")
            assert done == [
                DirectiveApplied(1, "alerts", 0, unknown),
                DirectiveApplied(2, "alerts", 1),
                DirectiveApplied(3, "alerts", 0),
            ]
            (minded,) = open_alerts(shop.reader)
            assert (minded.state, minded.acked_via) == ("acknowledged", "api")

    run(scenario())


def test_a_new_pin_comes_as_its_hash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            made = hash_pin("4711")
            done = await applied(shop, taken(1, "pin", {"pins": [made]}), taken(2, "pin", {"pins": ["4711"]}))
            assert DirectiveApplied(1, "pin", 1) in done
            assert any(isinstance(end, DirectiveRefused) for end in done), "a PIN as such never travels"
            assert pin_hash(shop.reader) == made

    run(scenario())


@pytest.mark.parametrize("kind", ["weather", "horoscopes"])
def test_a_kind_that_this_version_does_not_know_is_refused_and_the_next_goes_on(tmp_path: Path, kind: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            prices = {"prices": [{"sku": "milk", "price_minor": 99}]}
            done = await applied(
                shop, taken(1, kind, {}), taken(2, "prices", {"prices": [{}]}), taken(3, "prices", prices)
            )
            assert done[0] == DirectiveRefused(1, kind, "this shop's version doesn't support this type")
            assert isinstance(done[1], DirectiveRefused) and "price_minor" in done[1].reason
            assert done[2] == DirectiveApplied(3, "prices", 1)

    run(scenario())


def test_settings_change_one_by_one_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            wanted = [
                {"name": "catalog.retired", "value": "sell"},
                {"name": "catalog.retired", "value": ["no", "list"]},
                {"name": "codes.expired", "value": {"no": "setting"}},
                {"name": "store.currency", "value": "USD"},
                {"name": "store.footer", "value": ["Until tomorrow"]},
            ]
            again = {"settings": [{"name": "store.footer", "cleared": True}]}
            done = await applied(shop, taken(1, "settings", {"settings": wanted}), taken(2, "settings", again))
            assert done == [
                DirectiveApplied(1, "settings", 2, ("catalog.retired", "codes.expired", "store.currency")),
                DirectiveApplied(2, "settings", 1),
            ]
            (said,) = read_settings(shop.reader)
            assert (said.name, said.value, said.by) == ("catalog.retired", "sell", "head office")

    run(scenario())


def test_texts_come_and_go(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            sale = {"id": "sale", "place": "display", "texts": {"en": "Sale today"}}
            over = {"id": "over", "place": "cashier", "texts": {"en": "Yesterday"}, "until_us": 1}
            body = {"texts": [{"text": sale}, {"text": over}, {"ended": "ghost"}]}
            done = await applied(shop, taken(1, "texts", body), taken(2, "texts", {"texts": [{"ended": "sale"}]}))
            assert done == [DirectiveApplied(1, "texts", 1, ("over", "ghost")), DirectiveApplied(2, "texts", 1)]
            assert read_texts(shop.reader) == ()

    run(scenario())


def test_translations_wait_for_approval_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            beer = {"key": "product/beer", "source_language": "en", "source": "Beer", "language": "fr", "text": "Bière"}
            others = [
                beer | {"source": "Old beer"},
                beer | {"key": "product/ghost"},
                beer | {"text": "Bière 2 x 33 cl"},
            ]
            done = await applied(shop, taken(1, "translations", {"translations": [beer, *others, beer]}))
            named = ("product/beer fr: outdated", "product/ghost fr: unknown", "product/beer fr: refused")
            assert done == [DirectiveApplied(1, "translations", 1, named)]
            (waiting,) = translation_texts(shop.reader, "en", "fr", "proposed")
            assert (waiting.key, waiting.now, waiting.text) == ("product/beer", "", "Bière")

    run(scenario())


def test_a_newer_version_is_asked_for_and_one_at_a_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            wanted = [{"releases": [{"version": f"9.{minor}.0", "digest": "d" * 64}]} for minor in range(3)]
            first, second, third = (taken(at, "software", body) for at, body in enumerate(wanted, 1))
            await applied(shop, first, second)
            for step in ("fetched", "rehearsed", "swapping"):
                await shop.do(MoveSoftware(2, step), SYSTEM)  # type: ignore[arg-type]
            async with job_runner(shop):
                assert isinstance(await shop.do(third, SYSTEM), Done)
                await ends(shop, 3)
            assert [(one.release, one.step, one.reason) for one in software_updates(shop.reader)] == [
                ("9.2.0", "refused", "another"),
                ("9.1.0", "swapping", ""),
                ("9.0.0", "refused", "replaced"),
            ]

    run(scenario())


def test_users_come_with_hashes_and_go_and_who_cannot_be_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = {"id": "h7", "name": "Dana", "role": "cashier", "pin_hash": hash_pin("4711")}
            body = {"users": [{"user": dana}, {"user": {**dana, "id": "h8", "pin_hash": "4711"}}, {"retired": "ghost"}]}
            plain = {"users": [{"user": {**dana, "pin": "4711"}}]}
            done = await applied(
                shop,
                taken(1, "users", body),
                taken(2, "users", plain),
                taken(3, "users", {"users": [{"retired": "h7"}]}),
            )
            assert done[0] == DirectiveRefused(2, "users", "Object contains unknown field `pin` - at `$.users[0].user`")
            refused = ("h8: pin_hash_wrong", "ghost: no_such_user")
            assert done[1:] == [DirectiveApplied(1, "users", 1, refused), DirectiveApplied(3, "users", 1)]
            assert read_users(shop.reader) == []
            await when(lambda: asyncio.to_thread(truncate_wal, shop.path), bool, "nobody else is at the WAL")
            left = shop.path.read_bytes()
            assert b"Dana" not in left and b"$argon2id$" not in left, "nor in what was asked of the shop"
            bodies = b"".join(row[0] for row in shop.reader.execute("SELECT body FROM journal"))
            assert not any(secret in bodies for secret in (b"argon", b"4711", b"Dana"))
            assert shop.reader.execute("SELECT count(*) FROM directive_body").fetchone() == (0,)

    run(scenario())


def test_a_directive_whose_job_is_cancelled_is_reported_and_the_next_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            prices = [{"sku": "milk", "price_minor": 90 + number} for number in range(200)]
            await shop.do(taken(1, "prices", {"prices": prices}), SYSTEM)
            (job,) = read_jobs(shop.reader)
            await shop.do(CancelJob(job.id), SYSTEM)
            async with watched(shop):
                assert await ends(shop, 1) == [DirectiveGivenUp(1, "prices", 0, True, "")]
                (outcome,) = shop.reader.execute("SELECT outcome FROM directive").fetchone()
                assert outcome == "cancelled"
                async with job_runner(shop):
                    await shop.do(taken(2, "prices", {"prices": prices[:1]}), SYSTEM)
                    assert (await ends(shop, 2))[1] == DirectiveApplied(2, "prices", 1)

    run(scenario())


def test_a_directive_whose_job_failed_is_reported_after_a_restart_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await shop.do(taken(1, "prices", {"prices": [{"sku": "milk", "price_minor": 1}]}), SYSTEM)
            await shop.maintain(lambda db: db.execute("UPDATE job SET state = 'failed', message = 'why not'"))
            async with watched(shop):
                assert await ends(shop, 1) == [DirectiveGivenUp(1, "prices", 0, False, "why not")]

    run(scenario())


def test_a_long_directive_is_published_in_parts() -> None:
    prices = [{"sku": f"sku{number}", "price_minor": number} for number in range(5000)]
    kind = KINDS["prices"]
    parts = kind.split_body(msgspec.json.encode({"prices": prices}), 20_000)
    assert len(parts) > 5 and all(len(part) <= 20_000 for part in parts)
    assert [price.sku for part in parts for price in kind.items(part)] == [price["sku"] for price in prices]
    with pytest.raises(ValueError, match="an entry of prices has"):
        kind.split_body(b'{"prices": [{"sku": "milk", "price_minor": 1}]}', 20)
