"""Queries, health, metrics, OpenAPI, and the command line's client."""

from __future__ import annotations

import asyncio
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.core.jobs.store import Job
from edge.core.messages import Done, Refused
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetPrice
from edge.goods.ingest.commands import ImportCatalog
from edge.lib.errors import NeedsHuman
from edge.web.client import Client
from edge.web.token import TOKEN_FILE
from tests.browser.calling import calling
from tests.browser.serving import Position, serve
from tests.shop_fixture import MILK, SYSTEM, config, run


def test_queries_are_typed_by_their_functions(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            product = await caller.get(f"/api/v1/queries/product_by_code?code={MILK}")
            assert product.json["result"]["sku"] == "milk"
            assert (await caller.get("/api/v1/queries/product_count")).json == {"result": 4}
            assert (await caller.get("/api/v1/queries/receipts?limit=5&lang=he")).json == {"result": []}
            wrong = await caller.get("/api/v1/queries/receipts?limit=few")
            assert (wrong.status, wrong.code) == (400, "argument_wrong")
            unknown = await caller.get("/api/v1/queries/receipts?how_many=5")
            assert unknown.message == "Argument how_many doesn't exist. Allowed: register, before, limit."
            assert (await caller.get("/api/v1/queries/product")).code == "argument_missing"
            for name in ("gap_costs", "phantom_stock", "stock_expiring", "purchase_wanted"):
                told = await caller.get(f"/api/v1/queries/{name}", Grant=served.site.door.token)
                assert told.status == 200 and "result" in told.json, "without a moment or a day, that of now"
            assert (await caller.get("/api/v1/queries/everything")).code == "query_unknown"
            offer = SetPrice("milk", 99, until_us=served.shop.now_us() + 3_600_000_000)
            assert isinstance(await served.shop.do(offer, SYSTEM), Done)
            for asked in (f"product_by_code?code={MILK}", "product?sku=milk"):
                now = await caller.get(f"/api/v1/queries/{asked}")
                assert now.json["result"]["price_minor"] == 99, "without a moment, the price of now"
            assert (await caller.get("/api/v1/queries/price_at?sku=milk")).json == {"result": 99}
            assert (await caller.get("/api/v1/queries/jobs")).code == "right_denied"
            allowed = await caller.get("/api/v1/queries/jobs", Grant=served.site.door.token)
            assert allowed.json == {"result": []}

    run(scenario())


def test_the_api_describes_every_command_and_query(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            document = (await caller.get("/api/v1/openapi.json")).json
            registry = served.shop.registry
            asked = [name for name, spec in registry.by_name.items() if spec.over_http]
            over_http = [name for name, spec in registry.queries.items() if spec.surfaces.over_http]
            assert {f"/api/v1/commands/{name}" for name in asked} <= set(document["paths"])
            assert {f"/api/v1/queries/{name}" for name in over_http} <= set(document["paths"])
            assert set(registry.events) <= set(document["components"]["schemas"])
            described = {(way.upper(), path) for path, ways in document["paths"].items() for way in ways}
            of_all = {"/api/v1/commands/{name}", "/api/v1/queries/{name}"}
            asked_for = {(one.method, one.plain_path) for one in served.site.declared.endpoints if one.is_api}
            assert {one for one in asked_for if one[1] not in of_all} <= described, "nothing slips out of it"
            assert document["openapi"].startswith("3.1.")
            check_operations(document)
            check_references(document, document)
            patched = document["paths"]["/api/v1/products/{sku}"]["patch"]["requestBody"]["content"]["application/json"]
            name = patched["schema"]["$ref"].rpartition("/")[2]
            assert document["components"]["schemas"][name]["required"] == [], "the number stands in the path"
            page = await caller.get("/api")
            assert page.status == 200
            assert all(f"/api/v1/commands/{name}" in page.text for name in asked)

    run(scenario())


def check_operations(document: dict[str, Any]) -> None:
    """Check what the OpenAPI specification requires of every operation (3.1.0, section 4.8.10)."""
    seen = set()
    tags = {tag["name"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["operationId"] not in seen
            seen.add(operation["operationId"])
            assert operation["summary"], path
            assert set(operation["tags"]) <= tags
            assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
            in_path = {p["name"] for p in operation.get("parameters", []) if p.get("in") == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path))


def check_references(node: Any, document: dict[str, Any]) -> None:
    """Check that every $ref has a target."""
    if isinstance(node, dict):
        if "$ref" in node:
            found: Any = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        for value in node.values():
            check_references(value, document)
    elif isinstance(node, list):
        for value in node:
            check_references(value, document)


def test_health_and_metrics(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, sync=Position("flowing", 3, 8)) as served, calling(served) as caller:
            await caller.do("AddLine", {"code": MILK})
            await caller.do("Pay", {"kind": "cash"})
            await caller.do("Pay", {"kind": "cash"})
            health = await caller.get("/healthz")
            assert (health.status, health.json["healthy"]) == (200, True)
            well = {"name": "panel", "state": "ok", "what": "", "advice": "", "key": "", "values": {}}
            assert well in health.json["parts"]
            hub = next(part for part in health.json["parts"] if part["name"] == "hub")
            assert (hub["state"], hub["what"]) == ("ok", "it has everything up to #3 of #8.")
            text = (await caller.get("/metrics")).text
            samples = {
                (sample.name, *sorted(sample.labels.values())): sample.value
                for family in text_string_to_metric_families(text)
                for sample in family.samples
            }
            assert samples["edge_commands_total", "Pay", "done"] == 1
            assert samples["edge_commands_total", "Pay", "basket_empty"] == 1
            assert samples["edge_command_seconds_count", "Pay"] == 2
            assert samples["edge_journal_head",] == served.shop.head.seq
            assert samples["edge_sync_lag_rows",] == 5
            assert samples["edge_part_up", "panel"] == 1
            assert samples["edge_print_jobs_waiting", "1"] == 2
            assert samples["edge_alerts_open", "critical"] == 0
            assert samples["edge_pages_open",] == 0
            assert samples["edge_writer_waiting",] == 0
            assert 0 < samples["edge_disk_free_bytes",] < samples["edge_disk_size_bytes",]
            assert 0 < samples["edge_memory_available_bytes",] < samples["edge_memory_size_bytes",]
            assert samples["edge_ledger_size_bytes",] >= 4096 and samples["edge_processors",] >= 1
            assert samples["edge_load_1m",] >= 0
            assert samples["process_resident_memory_bytes",] > 1e6

    run(scenario())


def test_the_command_line_reaches_the_running_appliance(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            token = served.config.folder / TOKEN_FILE
            assert stat.S_IMODE(token.stat().st_mode) == 0o600
            client = Client(served.config)
            queued = await asyncio.to_thread(client.do, ImportCatalog("/nowhere.csv"))
            assert isinstance(queued, Done)
            job = await asyncio.to_thread(client.query, "job", Job, job=queued.result)
            assert (job.kind, job.state) == ("import_catalog", "queued")
            assert await asyncio.to_thread(client.do, AddLine("")) == Refused("code_missing")
            # The command line has no register.
            assert await asyncio.to_thread(client.do, Pay("cash")) == Refused("basket_empty")
            basket = await asyncio.to_thread(client.query, "basket", Basket, register="1")
            assert basket == Basket("1")
            with pytest.raises(NeedsHuman, match="Query everything doesn't exist"):
                await asyncio.to_thread(client.query, "everything", Basket)

    run(scenario())


def test_an_appliance_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    client = Client(config(tmp_path))
    with pytest.raises(NeedsHuman, match=TOKEN_FILE):
        client.do(AddLine(MILK))

    async def scenario() -> None:
        async with serve(tmp_path):
            pass

    run(scenario())
    with pytest.raises(NeedsHuman, match="isn't responding"):
        client.do(AddLine(MILK))
