"""Head office changes a price, and the till takes the new one."""

import json
from pathlib import Path
from typing import Any

from edge.backoffice.directives.events import DirectiveApplied
from edge.counter.till.events import SaleCompleted
from edge.foundation.access.credentials.pin import hash_pin
from sim.postgres import Postgres
from sync.wire import Row
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, Cloud, Store, cloud, store


async def head_office_is_told(office: Cloud, version: int) -> None:
    told = await office.edge("hub", "directives", "demo/corner")
    assert told.status == 0, told
    first, outcome = told.out.splitlines()[:2]
    assert first.startswith(f"{version} prices, published at "), told
    assert outcome.startswith("    box1: applied at "), told
    assert outcome.endswith(" UTC, 1 changes; not in the store: 404"), told


def test_a_published_price_reaches_the_till_and_its_application_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "directive", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                await office.holds(shop)
                file = tmp_path / "prices.json"
                file.write_text(
                    json.dumps({"prices": [{"code": MILK, "price_minor": 99}, {"code": "404", "price_minor": 1}]})
                )
                published = await office.edge("hub", "publish", "demo/corner", "prices", file)
                version = int(published.out.split()[1])
                assert published.out.startswith(f"Directive {version} for demo/corner"), published

                await when(
                    lambda: shop.api.query("product_by_code", code=MILK),
                    lambda seen: seen["price_minor"] == 99,
                    "the new price",
                )
                shop.scanner.type(MILK)
                assert (await shop.basket(1))[0]["price_minor"] == 99

                applied = await when(
                    lambda: office.holds(shop),
                    lambda rows: rows[-1].type == DirectiveApplied.__name__,
                    "its end is held",
                )
                assert json.loads(applied[-1].body) == {
                    "directive": version,
                    "kind": "prices",
                    "changed": 1,
                    "unknown": ["404"],
                }
                await head_office_is_told(office, version)
                milks = {
                    "id": "milk-2",
                    "names": {"en": "2 for 1.50"},
                    "deal": {"kind": "several_for", "count": 2, "price_minor": 150},
                    "goods": {"skus": ["milk"]},
                }
                file.write_text(json.dumps({"promotions": [{"set": milks}, {"end": "unheard-of"}]}))
                assert (await office.edge("hub", "publish", "demo/corner", "promotions", file)).status == 0
                await when(
                    lambda: shop.api.query("promotion", id="milk-2"), lambda seen: seen is not None, "the promotion"
                )
                line = (await shop.basket(1))[0]["id"]
                await shop.api.do("SetQuantity", line=line, quantity=2000)
                off = [{"promotion": "milk-2", "minor": 48}]
                await when(lambda: shop.basket(1), lambda seen: seen[0].get("discounts") == off, "what it takes off")
                await when(
                    lambda: office.fetch("SELECT id, deal FROM promotion"),
                    lambda rows: [tuple(row) for row in rows] == [("milk-2", "several_for")],
                    "head office sees it",
                )
                await when(lambda: office.holds(shop), lambda rows: bool(rows), "all of it is held")
                await others(tmp_path, office, shop)
                held = f"demo/corner/box1: received up to #{shop.head()} "
                await when(lambda: office.edge("hub", "status"), lambda told: told.out.startswith(held), "it is told")

    run(scenario())


async def others(folder: Path, office: Cloud, shop: Store) -> None:
    """Users, settings and texts come the same way; what can't be is named, and what comes behind it is done."""
    dana = {"id": "h7", "name": "Dana", "role": "manager", "pin_hash": hash_pin("4711")}
    kinds = {
        "users": [{"user": dana}, {"retired": "ghost"}],
        "settings": [{"name": "till.sign_in", "value": "often"}, {"name": "till.sign_in", "value": True}],
        "texts": [{"text": {"id": "hello", "place": "cashier", "texts": {"en": "Hello"}}}],
    }
    for kind, items in kinds.items():
        (folder / "body.json").write_text(json.dumps({kind: items}))
        assert (await office.edge("hub", "publish", "demo/corner", kind, folder / "body.json")).status == 0
    await when(lambda: shop.api.query("texts"), lambda seen: seen, "the text")
    rows = await when(lambda: office.holds(shop), lambda rows: len(ends(rows)) == 5, "all ends are held")
    assert [(end["kind"], end.get("unknown", [])) for end in ends(rows)[2:]] == [
        ("users", ["ghost: no_such_user"]),
        ("settings", ["till.sign_in"]),
        ("texts", []),
    ]
    assert not any(secret in row.body for row in rows for secret in (b"Dana", b"argon"))
    assert "argon" not in shop.log
    _, refused = await shop.api.post("/api/v1/commands/AddLine", {"code": MILK})
    assert refused["refused"]["code"] == "sign_in_first"
    assert (await shop.api.post("/api/v1/sign-in", {"pin": "4711"}))[0] == 200
    shop.scanner.type(BREAD)
    await shop.basket(2)
    assert (await shop.api.ask_for("Pay", kind="card"))[0] == 200
    assert [row.actor for row in shop.rows() if row.type == SaleCompleted.__name__] == ["h7"]


def ends(rows: list[Row]) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in rows if row.type == DirectiveApplied.__name__]


def test_a_price_published_while_the_shop_is_away_is_there_when_it_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "directive", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                await office.holds(shop)
                await shop.stop()
                file = tmp_path / "prices.json"
                file.write_text(json.dumps({"prices": [{"sku": "milk", "price_minor": 77}]}))
                assert (await office.edge("hub", "publish", "demo/corner", "prices", file)).status == 0
                await shop.start()
                await when(
                    lambda: shop.api.query("product", sku="milk"),
                    lambda seen: seen["price_minor"] == 77,
                    "the new price",
                )

    run(scenario())


def test_a_file_that_is_no_directive_is_not_published(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "directive", tmp_path) as office:
                file = tmp_path / "prices.json"
                file.write_text('{"prices": [{"code": "1", "price_minor": -5}]}')
                refused = await office.edge("hub", "publish", "demo/corner", "prices", file)
                assert refused.status == 1
                assert "prices.json isn't a valid prices directive" in refused.err
                assert await office.fetch("SELECT 1 FROM directive") == []

    run(scenario())
