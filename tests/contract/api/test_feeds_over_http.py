"""Feeds over HTTP: who is to blame when a caller waits for another server, and invoices that are read as jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from edge.backoffice.feeds.commands import MendRecord, SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector
from edge.goods.purchasing.queries import read_suppliers
from sim.http_service import serving
from sim.invoice_papers import pdf_of
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import serve
from tests.importing import job_runner, until
from tests.invoice_papers import SLIP, needs_pdf
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
    monkeypatch.setattr("edge.runtime.outgoing.page_tries.FIRST_WAIT_S", 0.001)

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
    monkeypatch.setattr("edge.backoffice.feeds.routes.WAITED_S", 0.2)

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


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;&b;&b;</a>'
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "of nothing": ("empty", lambda: b"  "),
    "of anything": ("no_xml", lambda: b"no invoice at all"),
    "of other XML": ("no_invoice", lambda: b"<a/>"),
    "of a bomb": ("unsafe_xml", lambda: BOMB),
    "of a letter": ("no_invoice", lambda: _letter()),
    "that is locked": ("encrypted", lambda: _letter("guess me")),
    "of a hundred pages": ("too_many_pages", lambda: pdf_of(*[SLIP] * 100)),
    "of two invoices": ("two_invoices", lambda: pdf_of(SLIP, SLIP._replace(number="TD-9"))),
}


def _letter(password: str = "") -> bytes:
    from fpdf import FPDF

    file = FPDF()
    file.add_page()
    file.set_font("helvetica")
    file.multi_cell(0, text="Dear shop, thank you for all that you bought of us. See you next year. The Dairy")
    if password:
        file.set_encryption("owner", password)
    return bytes(file.output())


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_invoice_fails_its_job_with_the_word(what: str, tmp_path: Path) -> None:
    needs_pdf()
    why, made = REFUSED[what]
    content = made()

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


def test_a_connector_at_work_stays_and_what_is_mended_is_known_as_it_came(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, calling(served) as caller, http_server() as server:
            await done(served.shop, SetConnector(connector(server.url)), SYSTEM)
            server.usual = (200, CSV, "supplier_id,name,rating\ndairy,The Dairy,9\n")
            begun = await post(caller, "ingest", {"connector_id": "list"})
            gone = await caller.call("DELETE", "/api/v1/connectors/list", Grant=caller.token)
            assert (gone.status, gone.json["code"], gone.json["values"]) == (
                *(409, "connector_busy"),
                {"job": begun.json["job"]},
            )
            again = await post(caller, "ingest", {"connector_id": "list"})
            assert (again.status, again.json["values"]) == (409, {"job": begun.json["job"]})
            async with job_runner(served.shop):
                await until(served.shop, begun.json["job"])
            at = f"/api/v1/jobs/{begun.json['job']}"
            run_of = (await caller.get(at, Grant=caller.token)).json["run"]
            for rating in ("8", "4"):
                await done(served.shop, MendRecord(run_of, 0, "rating", rating), SYSTEM)
            (record,) = (await caller.get(f"{at}/records", Grant=caller.token)).json["records"]
            assert (record["state"], record["cells"]["rating"], record["came"]) == ("valid", "4", {"rating": "9"})
            await done(served.shop, TakeRecord(run_of, 0), SYSTEM)
            (record,) = (await caller.get(f"{at}/records", Grant=caller.token)).json["records"]
            assert (record["state"], record["came"]) == ("applied", {"rating": "9"})
            gone = await caller.call("DELETE", "/api/v1/connectors/list", Grant=caller.token)
            assert gone.status == 200

    run(scenario())
