"""Webhooks and polls of Square, Toast and a generic till, over their wires as they are documented."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.directives.commands import ApplyPart, TakeDirective
from edge.backoffice.other_tills.commands import DropHook, RetryHook, SetOtherTill, SetPosItem
from edge.backoffice.other_tills.gauges import GAUGES
from edge.backoffice.other_tills.handlers import HOOKS_LIMIT
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, secret_name
from edge.backoffice.other_tills.queries import read_dead_hooks, read_pos_days, read_pos_sales, read_progress
from edge.backoffice.other_tills.service.hook_door import HookDoor
from edge.backoffice.other_tills.service.hook_files import HookFiles
from edge.backoffice.other_tills.service.part import OtherTillsPart
from edge.backoffice.other_tills.watches import WATCHES
from edge.core.command_bus import CommandBus
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.moving.movements import list_movements
from edge.goods.stock.queries import read_stock
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from sim.vendors.generic_till import SimGenericTill
from sim.vendors.square import SimSquare
from sim.vendors.toast import RESTAURANT, SimToast
from sync.hook_signatures import HookRule, is_signed
from tests.catch_up import catch_up
from tests.outgoing import HERE
from tests.shop_fixture import SYSTEM, FakeClock, agreed, config, done, open_shop, run

URL = "https://head.example/v1/webhooks/bar/corner"
HOUR_S = 3600.0
ROOT = Path(__file__).resolve().parents[3]
VECTORS = next((one for one in (ROOT / "shared", ROOT.parents[1] / "shared") if one.is_dir()), None)


class Wired:
    """A shop beside another till, which is looked at when a test says so."""

    def __init__(self, shop: CommandBus, part: OtherTillsPart, door: HookDoor, clock: FakeClock, folder: Path) -> None:
        self.shop, self.part, self.door, self.clock, self.folder = shop, part, door, clock, folder
        self.secrets = secrets_of(folder)
        self.waits: list[float] = []

    async def till(self, till: OtherTill, hook: str = "", access: str = "") -> None:
        await done(self.shop, SetOtherTill(till), SYSTEM)
        await done(self.shop, SetPosItem(PosItem(till.id, "beer-v", "beer")), SYSTEM)
        for use, value in (("hook", hook), ("access", access)):
            if value:
                self.secrets.set(secret_name(till, use), value)  # type: ignore[arg-type]

    def post(self, headers: dict[str, str], body: bytes, pos: str = "bar") -> int:
        till = self.door.find(pos, "corner")
        return self.door.take(till, headers, body) if till else 404

    async def look(self, after_s: float = 0) -> None:
        self.clock.advance(after_s)
        await self.part.look()

    @property
    def beers(self) -> float:
        return read_stock(self.shop.reader, "beer") / 1000

    @property
    def now_us(self) -> int:
        return self.clock.at_us

    def alerts(self) -> set[str]:
        return {one.kind for one in WATCHES if list(one.read(self.shop.reader, self.now_us, ""))}


@asynccontextmanager
async def wired(folder: Path) -> AsyncIterator[Wired]:
    clock = FakeClock()
    async with open_shop(folder, clock) as shop, clocked_http(clock) as http:
        made = config(folder)
        files = HookFiles(Path(made.folder), secrets_of(made.folder))
        waits: list[float] = []

        async def pause(wait_s: float) -> None:
            waits.append(wait_s)

        part = OtherTillsPart(
            made, shop, http, secrets_of(made.folder), files, pause, lambda: 1.0, lambda: clock.mono_us / 1e6
        )
        door = HookDoor(shop, secrets_of(made.folder), files, "corner", lambda: clock.at_us / 1e6)
        one = Wired(shop, part, door, clock, Path(made.folder))
        one.waits = waits
        await agreed(shop, RecordMovement("beer", "in", units=100_000), SYSTEM)
        yield one


def clocked_http(clock: FakeClock) -> OutgoingHttp:
    """Calls whose breakers go by a test's clock."""
    return OutgoingHttp(Breakers(), (HERE,), timeout_s=5, mono_s=lambda: clock.mono_us / 1e6)


def square_till(url: str, **more: object) -> OtherTill:
    made = OtherTill("bar", "square", url, places="L1 = main", every_min=15, hook_url=URL)
    return msgspec.structs.replace(made, **more)


def test_signatures_hold() -> None:
    """The cases of Square's SDK, of Toast's pages and of the accounts systems."""
    if VECTORS is None:
        pytest.skip("signatures lie beside the project")
    for file in ("square", "toast", "accounts"):
        cases = json.loads((VECTORS / f"data/feeds/webhooks/{file}.json").read_text())["cases"]
        first = cases[0]
        for case in cases:
            case = {key: first[key] if "as in the first" in str(value) else value for key, value in case.items()}
            vendor = case.get("pos", file)
            rule = HookRule(vendor, case.get("url", ""))
            name = {"square": "x-square-hmacsha256-signature", "toast": "toast-signature"}.get(vendor)
            headers = {name or case["header_name"]: case["header"]}
            key = case.get("key", case.get("secret"))
            assert is_signed(rule, [key], headers, case["body"].encode(), 0) == case["good"], case


def test_a_body_of_toast_without_its_moment_is_signed_by_no_one() -> None:
    for body in (b"{}", b'{"timestamp": ""}', b'{"timestamp": "2026-11-28"}'):
        stamp = b"2026-11-28" if b"2026" in body else b""
        made = base64.b64encode(hmac.new(b"key", body + stamp, hashlib.sha256).digest()).decode()
        assert is_signed(HookRule("toast"), ["key"], {"toast-signature": made}, body, 0) is bool(stamp)


def test_a_hook_is_on_the_disk_before_it_is_answered_and_counts_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url, every_min=0), square.signs_with, square.token)
            square.sell("o1", one.now_us, {"beer-v": "2"})
            headers, body = square.hook("o1", URL, "e1")
            assert one.post({"x-square-hmacsha256-signature": "x"}, body) == 401
            assert one.post({}, body) == 401
            assert one.post(headers, body + b" ") == 401
            assert one.post(headers, body, "nobody") == 404
            assert one.post(headers, body) == 200
            (kept,) = (one.folder / "hooks/bar").iterdir()
            assert b"merchant" in body and b"merchant" not in kept.read_bytes(), "it may name guests"
            files = HookFiles(one.folder, secrets_of(one.folder))
            assert (found := files.read("bar", kept.name)) and found.body == body, (
                "byte by byte, also by another process"
            )
            await one.look()
            assert (one.beers, files.waiting("bar"), kept.exists()) == (98, [], False)
            assert (found := files.read("bar", kept.name)) and found.body == body, "dealt with, it is kept for a while"
            one.clock.advance(1)
            assert one.post(headers, body) == 200
            await one.look()
            assert one.beers == 98
            other = square.hook("o1", URL, "e1", "order.created")
            assert one.post(*other) == 200
            await one.look()
            assert read_progress(one.shop.reader, "bar").differs == 1
            taken = one.folder / "hooks/bar/.taken"
            assert len(list(taken.iterdir())) == 3
            await one.look(29 * 24 * HOUR_S)
            assert len(list(taken.iterdir())) == 3
            await one.look(2 * 24 * HOUR_S)
            assert list(taken.iterdir()) == [], "thirty days"
            assert one.post(*square.hook("o1", URL, "e9")) == 200
            (later,) = files.waiting("bar")
            (one.folder / "secrets.json").rename(one.folder / "aside.json")
            assert HookFiles(one.folder, secrets_of(one.folder)).read("bar", later) is None, (
                "nobody reads it without the key"
            )

    run(scenario())


def test_what_a_till_tells_head_office_is_asked_for_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), square.signs_with, square.token)
            await one.look()
            square.sell("o1", one.now_us, {"beer-v": "2"})
            await one.look(60)
            assert one.beers == 100, "it is not due"
            await done(one.shop, TakeDirective(1, "pos_news", '{"tills": [{"pos": "bar"}, {"pos": "gone"}]}'), SYSTEM)
            await done(one.shop, ApplyPart(1, "pos_news", ({"pos": "gone"}, {"pos": "bar"})), SYSTEM)
            await one.look(1)
            assert one.beers == 98

    run(scenario())


def test_while_a_secret_is_changed_two_hold_and_without_one_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one:
            till = square_till("http://127.0.0.1:1", every_min=0)
            await one.till(till)
            square.sell("o1", one.now_us, {"beer-v": "2"})
            assert one.post(*square.hook("o1", URL)) == 503
            one.secrets.set(secret_name(till, "hook"), "old")
            one.secrets.set(secret_name(till, "hook-next"), square.signs_with)
            assert one.post(*square.hook("o1", URL)) == 200
            await done(one.shop, SetOtherTill(square_till("", hook_url="")), SYSTEM)
            assert one.post(*square.hook("o1", URL)) == 503

    run(scenario())


def test_polling_fills_what_hooks_did_not_say(tmp_path: Path) -> None:
    """A week cut off, then all at once: the same rows; pages, an order that changed while it was asked, a page that
    fails."""

    async def scenario() -> None:
        square = SimSquare()
        square.page = 7
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), square.signs_with, square.token)
            await one.look()
            for hour in range(24 * 7):
                one.clock.advance(HOUR_S)
                square.sell(f"o{hour % 50}", one.now_us, {"beer-v": "1"})
                if hour == 3:
                    square.faults.down = True
                if hour % 24 == 5:
                    await one.look()
            assert one.alerts() == {"other_till_failed"}
            assert read_progress(one.shop.reader, "bar").why.startswith("undelivered.")
            square.faults.down = False
            square.faults.next = ["429", "cut"]
            await one.look(HOUR_S)
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (50, "")
            before = len(square.faults.asked)
            await one.look(60)
            assert len(square.faults.asked) == before, "it is not due"
            await one.look(15 * 60)
            assert one.beers == 50
            assert max(one.waits) <= 60

    run(scenario(), 600)


def test_a_token_that_is_refused_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), "key", "wrong")
            await one.look()
            assert read_progress(one.shop.reader, "bar").why == "other_tills.sign_in"

    run(scenario())


def test_an_order_that_comes_without_lines_is_asked_for_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url, every_min=0), square.signs_with, square.token)
            order = square.sell("o1", one.now_us, {"beer-v": "2"})
            lines = order.pop("line_items")
            one.post(*square.hook("o1", URL))
            await one.look()
            assert one.beers == 100
            order["line_items"] = lines
            await one.look(4)
            assert one.beers == 100, "not yet"
            await one.look(2)
            assert one.beers == 98

    run(scenario())


def test_what_is_not_understood_is_a_dead_letter(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url, every_min=0), square.signs_with, square.token)
            for body in (
                b"no json",
                b"{}",
                b'{"event_id": "e", "data": ' + b"[" * 80 + b"]" * 80 + b"}",
            ):
                one.clock.advance(1)
                made = hmac.new(square.signs_with.encode(), URL.encode() + body, hashlib.sha256).digest()
                said = {"x-square-hmacsha256-signature": base64.b64encode(made).decode()}
                assert one.post(said, body) == 200
            await one.look()
            dead = read_dead_hooks(one.shop.reader)
            assert [hook.why for hook in dead] == ["not_understood"] * 3
            assert one.alerts() == {"other_till_failed"}
            (gauge,) = GAUGES
            assert (gauge.name, gauge.read(one.shop.reader, ())) == ("edge_dead_letters", {"bar": 3.0})
            await done(one.shop, RetryHook(dead[0].id), SYSTEM)
            await one.look()
            assert len(read_dead_hooks(one.shop.reader)) == 3
            await done(one.shop, DropHook(dead[0].id), SYSTEM)
            assert gauge.read(one.shop.reader, ()) == {"bar": 2.0}

    run(scenario())


def test_a_hook_that_nobody_can_decrypt_waits_for_a_person(tmp_path: Path) -> None:
    """Its key was lost with a disk: it isn't put with those that were taken, and what is known is never forgotten."""

    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url, every_min=0), square.signs_with, square.token)
            square.sell("o1", one.now_us, {"beer-v": "2"})
            assert one.post(*square.hook("o1", URL, "e1")) == 200
            (kept,) = (one.folder / "hooks/bar").iterdir()
            kept.write_bytes(kept.read_bytes()[:-1] + b"x")
            await one.look()
            (dead,) = read_dead_hooks(one.shop.reader)
            assert (dead.why, dead.file, kept.exists()) == ("hook_unreadable", kept.name, True)
            assert one.alerts() == {"other_till_failed"}
            await done(one.shop, RetryHook(dead.id), SYSTEM)
            await one.look()
            (dead,) = read_dead_hooks(one.shop.reader)
            many = (
                "INSERT INTO pos_hook (id, pos, event_id, digest, state, why, file, at_us)"
                " VALUES (?, 'bar', 'e0', '', 'done', '', '', 0)"
            )
            await one.shop.maintain(lambda db: db.execute(many, (2 * HOOKS_LIMIT,)))
            assert one.post(*square.hook("o1", URL, "e2")) == 200
            await one.look()
            assert one.beers == 98 and len(read_dead_hooks(one.shop.reader)) == 1
            (dead,) = read_dead_hooks(one.shop.reader)
            await done(one.shop, DropHook(dead.id), SYSTEM)
            assert read_dead_hooks(one.shop.reader) == []

    run(scenario())


def test_one_odd_order_is_a_dead_letter_and_the_others_are_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), square.signs_with, square.token)
            await one.look()
            one.clock.advance(60)
            square.sell("huge", one.now_us, {f"beer-{n}": "1" for n in range(600)})  # more lines than a sale may have
            for n in range(5):
                square.sell(f"good{n}", one.now_us + n, {"beer-v": "1"})
            await one.look(16 * 60)
            progress = read_progress(one.shop.reader, "bar")
            assert (one.beers, progress.why) == (95, "") and progress.cursor
            (dead,) = read_dead_hooks(one.shop.reader)
            assert (dead.event_id.split()[0], dead.why) == ("huge", "order_not_understood")
            assert one.alerts() == {"other_till_failed"}
            square.sell("huge", one.now_us, {"beer-v": "2"})  # a version that can be understood
            await one.look(16 * 60)
            assert one.beers == 93 and len(read_dead_hooks(one.shop.reader)) == 1
            await one.look(16 * 60)
            await done(one.shop, RetryHook(dead.id), SYSTEM)
            await one.look()
            assert (one.alerts(), one.beers) == (set(), 93)
            for n in range(12):
                square.orders[f"new{n}"] = {"id": f"new{n}", "location_id": "L1", "state": "COMPLETED"} | {
                    name: square.orders["huge"][name] for name in ("updated_at", "closed_at")
                }
            square.orders = {id: order for id, order in square.orders.items() if id.startswith("new")}
            await one.look(16 * 60)
            assert read_progress(one.shop.reader, "bar").why == ""
            assert len(read_dead_hooks(one.shop.reader)) == 12, "a page of nothing else stops no polling"
            assert one.alerts() == {"other_till_failed"}
            square.sell("later", one.now_us, {"beer-v": "1"})
            await one.look(16 * 60)
            assert (one.beers, len(read_dead_hooks(one.shop.reader))) == (92, 12), "and each is told once"

    run(scenario())


def test_one_sale_below_zero_of_a_generic_till_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        generic = SimGenericTill()
        async with wired(tmp_path) as one, generic.serve() as url:
            till = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(till, generic.signs_with, generic.token)
            await one.look()
            generic.say("g0", one.now_us, {"beer-v": "-1"})
            for n in range(1, 6):
                generic.say(f"g{n}", one.now_us, {"beer-v": "1"})
            await one.look(16 * 60)
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (95, "")
            (dead,) = read_dead_hooks(one.shop.reader)
            await done(one.shop, DropHook(dead.id), SYSTEM)
            for _ in range(3):
                await one.look(16 * 60)
            assert read_dead_hooks(one.shop.reader) == [], "it stays dealt with"
            await one.look(60 * HOUR_S)
            assert read_pos_days(one.shop.reader, "bar"), "days are compared all the same"
            await catch_up(one.shop)
            assert {row.pos.system for row in list_movements(one.shop.reader, "beer") if row.pos} == {"bar"}

    run(scenario())


def test_modifiers_come_back_with_their_line_and_a_return_without_a_receipt_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url), square.signs_with, square.token)
            await one.look()
            sold = square.sell("o1", one.now_us, {"beer-v": "1"})
            sold["line_items"][0]["modifiers"] = [{"catalog_object_id": "beer-v", "name": "beer", "quantity": "2"}]
            await one.look(16 * 60)
            assert one.beers == 97
            back = square.give_back("r1", "o1", one.now_us, {"beer-v": "1"})
            back["returns"][0]["return_line_items"][0]["return_modifiers"] = sold["line_items"][0]["modifiers"]
            await one.look(16 * 60)
            assert one.beers == 100
            unlinked = square.give_back("r2", "o1", one.now_us, {"beer-v": "1"})
            del unlinked["returns"][0]["source_order_id"]
            await one.look(16 * 60)
            assert (one.beers, one.alerts()) == (101, set())

    run(scenario())


def test_a_check_of_toast_that_is_opened_again_is_sold_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        toast = SimToast()
        async with wired(tmp_path) as one, toast.serve() as url:
            till = OtherTill("bar", "toast", url, toast.client, f"{RESTAURANT} = main")
            await one.till(till, toast.signs_with, toast.secret)
            toast.sell("t1", one.now_us, {"beer-v": 2.0})
            toast.sell("t2", one.now_us, {"beer-v": 1.0})
            toast.orders["t2"]["checks"][0]["paymentStatus"] = "OPEN"  # nobody has paid that one
            await one.look()
            assert one.beers == 98
            one.clock.advance(60)
            later = toast.sell("t1", one.now_us, {"beer-v": 2.0})
            later["checks"][0]["paymentStatus"] = "OPEN"
            await one.look(16 * 60)
            assert one.beers == 100
            one.clock.advance(60)
            toast.sell("t1", one.now_us, {"beer-v": 3.0})
            await one.look(16 * 60)
            assert one.beers == 97
            assert [sale.number for sale in read_pos_sales(one.shop.reader, "bar")] == ["t1"]

    run(scenario())


def test_toast_sends_whole_orders_and_signs_in_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        toast = SimToast()
        async with wired(tmp_path) as one, toast.serve() as url:
            till = OtherTill("bar", "toast", url, toast.client, f"{RESTAURANT} = main")
            await one.till(till, toast.signs_with, toast.secret)
            toast.sell("t1", one.now_us, {"beer-v": 2.0}, {"beer-v": 1.0})
            one.post(*toast.hook("t1"))
            await one.look()
            assert one.beers == 97, "a modifier is a line, too"
            toast.tokens.clear()
            toast.sell("t2", one.now_us, {"beer-v": 1.0})
            toast.orders["t2"]["createdInTestMode"] = True
            toast.void("t1", one.now_us + 1_000_000)
            await one.look(16 * 60)
            assert (one.beers, len(toast.tokens)) == (100, 1)

    run(scenario())


def test_a_day_is_compared_and_differences_are_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        generic = SimGenericTill()
        async with wired(tmp_path) as one, generic.serve() as url:
            till = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(till, generic.signs_with, generic.token)
            await one.look()
            one.clock.advance(20 * HOUR_S)
            generic.say("g1", one.now_us, {"beer-v": "2", "wine-v": "1.5"})
            gone = generic.say("g2", one.now_us, {"beer-v": "1"})
            one.post(*generic.hook(gone))
            await one.look()
            del generic.sales["sale", "g2"]
            await one.look(30 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            found = {(row.code, row.what): (row.theirs, row.ours) for row in day.differences}
            assert found == {
                ("missing_there", "g2"): (0, 1),
                ("quantity_differs", "beer-v"): (2000, 3000),
                ("quantity_differs", "wine-v"): (1500, 0),
                ("amount_differs", ""): (1000, 1500),
            }
            assert "pos_difference" in one.alerts()
            await done(one.shop, SetPosItem(PosItem("bar", "wine-v")), SYSTEM)
            generic.sales["sale", "g2"] = gone
            await one.look(7 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            assert (day.differences, one.alerts()) == ((), set())

    run(scenario())


def test_a_page_that_repeats_ends_the_run(tmp_path: Path) -> None:
    async def scenario() -> None:
        generic = SimGenericTill()
        async with wired(tmp_path) as one, generic.serve() as url:
            till = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(till, generic.signs_with, generic.token)
            generic.say("g1", one.now_us, {"beer-v": "1"})
            generic.repeats = True
            await one.look()
            progress = read_progress(one.shop.reader, "bar")
            assert (one.beers, progress.why, progress.cursor) == (99, "other_tills.page_repeats", "")
            generic.repeats = False
            await one.look(16 * 60)
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (99, "")

    run(scenario())


@pytest.mark.parametrize("seed", range(3))
def test_hooks_in_any_order_come_to_the_same(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        luck, generic = random.Random(seed), SimGenericTill()
        async with wired(tmp_path) as one:
            till = OtherTill("bar", "generic", places="L1 = main", signature="body", header="X-Signature")
            await one.till(till, generic.signs_with)
            sent, left = [], 0
            for at in range(20):
                quantity = luck.randrange(1, 5)
                sent.append(dict(generic.say(f"g{at}", one.now_us, {"beer-v": "1"})))
                sent.append(dict(generic.say(f"g{at}", one.now_us, {"beer-v": str(quantity)})))
                back = luck.random() < 0.5
                if back:
                    sent.append(dict(generic.say(f"g{at}", one.now_us, {"beer-v": "1"}, "refund")))
                left += quantity - back
            luck.shuffle(sent)
            for sale in (*sent, *luck.sample(sent, 10)):
                assert one.post(*generic.hook(sale)) == 200
                one.clock.advance(0.001)
            await one.look()
            await one.look()
            assert (one.beers, one.alerts()) == (100 - left, set())
            assert len(read_pos_sales(one.shop.reader, "bar", limit=100)) == len(generic.sales)

    run(scenario())
