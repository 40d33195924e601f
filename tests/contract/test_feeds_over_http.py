"""Feeds over HTTP: whose fault it is where somebody waits for another server, and invoices that are read as jobs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from edge.shop.feeds.commands import SetConnector
from edge.shop.feeds.connector import Connector
from edge.shop.purchasing.queries import read_suppliers
from sim.vendors.faults import serving
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import serve
from tests.importing import job_runner, until
from tests.invoicing_in import ubl
from tests.outgoing import HERE, http_server
from tests.shop_fixture import CONFIG, MILK, SYSTEM, done, run

TEXT = CONFIG + f'\n[notify]\nallow = ["{HERE}"]\n'
SUPPLIERS = "supplier_id,name\ndairy,The Dairy\n"
CSV = {"Content-Type": "text/csv"}


async def post(caller: Caller, path: str, body: bytes | dict[str, str] | None = None) -> Answer:
    return await caller.call("POST", f"/api/v1/{path}", body, Grant=caller.token, **{"Accept-Language": "en"})


def connector(url: str) -> Connector:
    return Connector("list", kind="http", entity_type="Supplier", address=f"{url}/list.csv")


@pytest.mark.parametrize("path", ["connectors/list/test", "ingest"])
def test_who_fails_is_named_with_502_and_what_they_said_last_with_its_age(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.services.feeds.fetching.FIRST_WAIT_S", 0.001)

    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, calling(served) as caller, http_server() as server:
            await done(served.shop, SetConnector(connector(server.url)), SYSTEM)
            asked = {"connector_id": "list"} if path == "ingest" else None
            server.usual = (500, {}, "")
            answer = await post(caller, path, asked)
            told = answer.json
            assert (answer.status, told["code"]) == (502, "undelivered.server_failed")
            assert told["values"] == {"server": f"{HERE}:{server.port}", "connector": "list"}, "nothing was said before"
            assert answer.json["detail"].startswith(f"{HERE}:{server.port}: ")
            server.usual = (200, CSV, SUPPLIERS)
            tried = await post(caller, "connectors/list/test")
            assert (tried.status, tried.json) == (200, {"records": 1, "invalid": 0})
            jobs = await caller.get("/api/v1/jobs", Grant=caller.token)
            assert (jobs.json, read_suppliers(served.shop.reader)) == ([], []), "trying it keeps nothing"
            async with job_runner(served.shop):
                begun = await post(caller, "ingest", {"connector_id": "list"})
                assert begun.status == 202
                await until(served.shop, begun.json["job"])
            server.usual = (500, {}, "")
            answer = await post(caller, path, asked)
            assert (answer.status, answer.json["values"]["age"]) == (502, "0.0")
            assert answer.json["detail"].endswith("Data is 0.0 hours old")
            server.usual = (401, {}, "")
            assert (await post(caller, path, asked)).status == 502, "and who does not let us in has failed, too"

    run(scenario())


@pytest.mark.parametrize("path", ["connectors/list/test", "ingest"])
def test_who_is_late_is_named_with_504(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.shop.feeds.routes.WAITED_S", 0.2)

    async def scenario() -> None:
        ended = asyncio.Event()

        async def never(request: web.Request) -> web.Response:
            await ended.wait()
            return web.Response()

        slow = web.Application()
        slow.router.add_get("/list.csv", never)
        async with serve(tmp_path, TEXT) as served, calling(served) as caller, serving(slow) as url:
            await done(served.shop, SetConnector(connector(url)), SYSTEM)
            answer = await post(caller, path, {"connector_id": "list"} if path == "ingest" else None)
            ended.set()
            told = answer.json
            assert (answer.status, told["code"]) == (504, "undelivered.no_answer")
            assert told["values"]["server"] == url.removeprefix("http://")

    run(scenario())


def test_an_invoice_is_read_as_a_job_and_the_same_file_is_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, job_runner(served.shop):
            content = ubl((MILK, "2", "0.80"))
            begun = await post(caller, "invoices/process-ocr?name=../f-1.xml", content)
            assert begun.status == 202
            await until(served.shop, begun.json["job"])
            job = (await caller.get(f"/api/v1/jobs/{begun.json['job']}", Grant=caller.token)).json
            said = {name: job[name] for name in ("job_type", "status", "record_count", "applied", "file", "invoice")}
            assert said == {
                **{"job_type": "invoice", "status": "completed", "record_count": 1, "applied": 1},
                **{"file": "_f-1.xml", "invoice": 1},
            }
            kept = (await caller.get("/api/v1/invoices-in/1", Grant=caller.token)).json["invoice"]
            assert (kept["state"], kept["paper"]["number"], kept["file"]) == ("to_review", "F-1", "_f-1.xml")
            again = await post(caller, "invoices/process-ocr", content)
            assert (again.status, again.json["code"], again.json["values"]["number"]) == (409, "invoice_seen", 1)
            brought = list((tmp_path / "data").rglob("_f-1.xml"))
            assert brought == [], "what was brought is let go of once it was read"

    run(scenario())


@pytest.mark.parametrize(
    ("content", "why"), [(b"  ", "empty"), (b"no invoice at all", "no_xml"), (b"<a/>", "no_invoice")]
)
def test_a_file_that_is_no_invoice_fails_its_job_with_the_word(content: bytes, why: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, job_runner(served.shop):
            begun = await post(caller, "invoices/process-ocr?name=x.pdf", content)
            await until(served.shop, begun.json["job"])
            job = (await caller.get(f"/api/v1/jobs/{begun.json['job']}", Grant=caller.token)).json
            assert (job["status"], job["message"], job["invalid"]) == ("failed", f"supplier_invoices.{why}", 1)
            (line,) = (await caller.get(f"/api/v1/jobs/{begun.json['job']}/log", Grant=caller.token)).json
            assert (line["level"], line["line"]) == ("error", 0) and line["text"]
            listed = (await caller.get("/api/v1/jobs?state=failed", Grant=caller.token)).json
            assert [one["id"] for one in listed] == [begun.json["job"]]

    run(scenario())
