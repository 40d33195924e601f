"""HTTP API of feeds: connectors, imports and their results."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from edge.backoffice.feeds.applying.judging import judge
from edge.backoffice.feeds.commands import IngestFile
from edge.backoffice.feeds.connector import UPLOAD_ONLY, Connector, EntityType, Take, mapping_of
from edge.backoffice.feeds.entities import CONNECTORS
from edge.backoffice.feeds.queries import (
    AnyState,
    FeedJob,
    LogLine,
    StagedPage,
    read_connectors,
    read_feed_ages,
    read_feed_digest,
    read_feed_job,
    read_feed_log,
    read_staged,
)
from edge.backoffice.feeds.reading.reader_client import ReadRecords, RecordsRead, read_apart
from edge.backoffice.feeds.service.fetching import Fetched, Fetcher, FetchFailed
from edge.backoffice.feeds.service.part import http_of
from edge.backoffice.feeds.service.raw_files import BLOCK_BYTES, RawFiles
from edge.backoffice.feeds.settings import FeedSettings, bounds_of, live_bounds
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done, Refused
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import corrupt, digest_of, readable
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.preview import preview_query
from edge.lib.errors import EdgeError, NeedsHuman
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS
from edge.web.actors import actor_of
from edge.web.api import entity_api
from edge.web.api.exports import headers_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, answer_problem, texts_of
from edge.web.work_threads import HEAVY

A = TypeVar("A", bound=str)
BUSY = {"connector_off": 409, "feed_nothing_new": 409}
WAITED_S = 60.0
"""Time limit for another system's server, which may be asked several times."""
_STATES: tuple[AnyState, ...] = get_args(AnyState)


class Ingest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An import: from a connector, or from a `file` uploaded by `POST imports`. Without a connector, `entity_type` is
    the record type and `mapping` (TOML) its columns."""

    connector_id: str = ""
    file: str = ""
    entity_type: EntityType | None = None
    mapping: str = ""
    dry_run: bool = False
    take: Take | None = None


class IngestBegun(msgspec.Struct, frozen=True):
    """The job of the import."""

    job: int


class Tried(msgspec.Struct, frozen=True):
    """A preview of a connector's content: the number of records, and how many are invalid. Nothing is stored."""

    records: int
    invalid: int


async def ingest(request: web.Request) -> web.Response:
    """`POST ingest`: import records as a job; 202 with its number. 409 if the connector is busy."""
    site, asked = request.app[SITE], await body_of(request, Ingest)
    actor, key = actor_of(request), idempotency_key(request)
    fetched = None
    if asked.connector_id and not asked.file:
        connector = await _connector(request, asked.connector_id)
        if not connector.is_active:  # send no requests for an inactive connector
            return _answer_refusal(request, "connector_off", connector)
        try:
            fetched = await _fetch_file(request, connector)
        except FetchFailed as error:
            return await _fetch_problem(request, connector, error)
        if fetched is None:
            return _answer_refusal(request, "feed_nothing_new", connector)
    path = str(fetched.path) if fetched else asked.file
    more = (fetched.mark, fetched.cursor) if fetched else ("", "")
    if not path:
        raise Problem(400, "argument_wrong", name="file", why="a file or a connector")
    settings = import_settings(site.services.of(CONFIG))
    digest = await asyncio.to_thread(_digest, path, settings)
    asked_for = (asked.connector_id, asked.entity_type, asked.mapping, asked.dry_run, asked.take)
    command = IngestFile(path, *asked_for, *more, digest)
    outcome = await site.shop.do(command, actor, key)
    if not isinstance(outcome, Done):
        if fetched:
            fetched.take_away()
        return answer_outcome(outcome, texts_of(request), BUSY)
    job = outcome.result or await site.asker.read(newest_job)  # a repeated request has no result
    if outcome.result:
        await asyncio.to_thread(_keep, raw_files(request), int(job), path, settings)
    return answer_json(IngestBegun(int(job)), 202)


async def test(request: web.Request) -> web.Response:
    """`POST connectors/{id}/test`: sign in and read the current content, without storing it."""
    connector = await _connector(request, request.match_info["id"])
    if connector.kind in UPLOAD_ONLY:
        return _answer_refusal(request, "feed_needs_file", connector)
    try:
        fetched = await _fetch_file(request, connector, anew=True)
    except FetchFailed as error:
        return await _fetch_problem(request, connector, error)
    if fetched is None:
        return _answer_refusal(request, "feed_nothing_new", connector)
    try:
        found = await request.app[SITE].services.of(HEAVY).do(_preview_file, request, connector, fetched)
    except EdgeError as error:
        return _answer_failure(request, error, 422)
    finally:
        fetched.take_away()
    return answer_json(found)


def _preview_file(request: web.Request, connector: Connector, fetched: Fetched) -> Tried:
    """The result a file would have; call it in a thread."""
    site, files = request.app[SITE], import_settings(request.app[SITE].services.of(CONFIG))
    if connector.entity_type == "SKU":
        seen = preview_query(files)(None, str(fetched.path), mapping_of(connector))
        return Tried(len(seen.rows), sum(bool(row.notes) for row in seen.rows))
    bounds = site.shop.read(live_bounds(bounds_of(site.services.of(CONFIG))).at)
    said = (str(fetched.path), connector.entity_type, mapping_of(connector), files.language)
    read = read_apart(ReadRecords(*said, bounds.records_most, files.currency))
    settings = FeedSettings(files, site.settings.zone, files.price_jump_percent)
    now_us = site.shop.now_us()
    return Tried(len(read.records), site.shop.read(lambda db: _invalid(db, read, connector, settings, now_us)))


def _invalid(db: Connection, read: RecordsRead, connector: Connector, settings: FeedSettings, now_us: int) -> int:
    asked = IngestFile("-", connector.id, connector.entity_type, mapping_of(connector))
    terms = settings.terms(asked, now_us)
    found = (judge(db, connector.entity_type, one.cells, terms, settings.price_jump_percent) for one in read.records)
    return sum(bool(one.fault) or judged.state == "invalid" for one, judged in zip(read.records, found, strict=True))


async def job(request: web.Request) -> web.Response:
    """`GET jobs/{id}`: return a run."""
    return answer_json(await _job(request))


async def log(request: web.Request) -> web.Response:
    """`GET jobs/{id}/log`: a job's messages by line of the file, in the requested language."""
    found, texts = await _job(request), texts_of(request)
    lines = await request.app[SITE].asker.read(lambda db: read_feed_log(db, found.id))
    told = [msgspec.structs.replace(one, text=texts.report_text(one.text, one.values)) for one in lines]
    return answer_json(told)


async def file(request: web.Request) -> web.StreamResponse:
    """`GET jobs/{id}/file`: the file as received, kept for 30 days. 500 `data_corrupt` if it has changed since."""
    found = await _job(request)
    kept = await asyncio.to_thread(raw_files(request).find, found.id)
    if kept is None:
        raise Problem(404, "not_found", path=request.path[:200])
    path, name = kept
    digest = await request.app[SITE].asker.read(lambda db: read_feed_digest(db, found.id))
    if digest and digest != await asyncio.to_thread(RawFiles.digest_of, path):
        return _answer_failure(request, corrupt(name), 500)
    with gzip.open(path) as packed:
        answer = web.StreamResponse(headers=headers_of(name, "application/octet-stream"))
        await answer.prepare(request)
        while block := await asyncio.to_thread(packed.read, BLOCK_BYTES):
            await answer.write(block)
    await answer.write_eof()
    return answer


def _digest(path: str, settings: ImportSettings) -> str:
    """The digest of a file that jobs may read; "" if it doesn't exist, which the job then reports."""
    try:
        return digest_of(readable(path, settings))
    except (NeedsHuman, OSError):
        return ""


def _keep(files: RawFiles, job: int, path: str, settings: ImportSettings) -> None:
    """Keep a copy of the file if jobs may read it; the check is needed because the path comes from the user."""
    with suppress(NeedsHuman):  # the job reports the reason
        files.keep(job, readable(path, settings))


def raw_files(request: web.Request) -> RawFiles:
    """The files of runs as received."""
    site = request.app[SITE]
    return RawFiles(Path(site.services.of(CONFIG).folder), site.shop.now_us)


async def staged_records(request: web.Request) -> web.Response:
    """`GET jobs/{id}/records`: a hundred staged records from `first` on, filtered by state."""
    found, first = await _job(request), request.query.get("first", "0")
    state = _one_of(request.query.get("state", ""), _STATES)
    if not first.isdecimal() or len(first) > 9:
        raise Problem(400, "argument_wrong", name="first", why="a number")
    read = partial(read_staged, run=found.run, state=state, first=int(first))
    return answer_json(await request.app[SITE].asker.read(read))


def _one_of(asked: str, allowed: tuple[A, ...]) -> A:
    """Validate a state. Raises `Problem` 400 if it doesn't exist."""
    for one in allowed:
        if one == asked:
            return one
    raise Problem(400, "argument_wrong", name="state", why=", ".join(filter(None, allowed)))


async def _job(request: web.Request) -> FeedJob:
    id = int(request.match_info["id"])
    found = await request.app[SITE].asker.read(lambda db: read_feed_job(db, id))
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    return found


async def _connector(request: web.Request, id: str) -> Connector:
    found = await request.app[SITE].asker.read(lambda db: CONNECTORS.find(db, id[:40]))
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    return found


async def _fetch_file(request: web.Request, connector: Connector, anew: bool = False) -> Fetched | None:
    """Fetch a connector's current file. Raises `FetchFailed`, or `Problem` if the connector has no source."""
    site = request.app[SITE]
    if connector.kind in UPLOAD_ONLY:
        raise Problem(422, "argument_wrong", name="file", why="this connector only accepts uploaded files")
    config = site.services.of(CONFIG)
    async with http_of(config) as http:
        secrets, bounds = site.services.of(SECRETS), bounds_of(config)
        fetcher = Fetcher(site.shop, import_settings(config), secrets, http, bounds=bounds)
        try:
            async with asyncio.timeout(WAITED_S):
                return await fetcher.fetch(connector, anew)
        except TimeoutError as error:
            raise FetchFailed("", "", "undelivered.no_answer") from error


def newest_job(db: Connection) -> int:
    """The number of the newest job; 0 if none."""
    return int(db.execute("SELECT coalesce(max(job), 0) FROM feed_run").fetchone()[0])


def _answer_refusal(request: web.Request, code: str, connector: Connector) -> web.Response:
    return answer_outcome(Refused(code, {"connector": connector.id}), texts_of(request), BUSY)


async def _fetch_problem(request: web.Request, connector: Connector, error: FetchFailed) -> web.Response:
    """The response for a failed fetch: 502 if a remote server failed, 504 if it was too slow. `values` has the server
    and the age in hours of its last data, which stays in use."""
    site, texts = request.app[SITE], texts_of(request)
    server = urlsplit(connector.address).netloc.rpartition("@")[2][:200]
    values: dict[str, str | int] = {**error.values, "server": server, "connector": connector.id}
    told = f"{server}: {texts.report_text(error.key, error.values)}"
    ages = await site.asker.read(lambda db: read_feed_ages(db, site.shop.now_us()))
    if age := next((one for one in ages if one.connector == connector.id), None):
        values["age"] = f"{age.hours:.1f}"
        told = f"{told} {texts.say('feeds.old', age=values['age'])}"
    return answer_problem(504 if error.is_late else 502, Refused(error.key, values), told)


def _answer_failure(request: web.Request, error: EdgeError, status: int) -> web.Response:
    sentence = texts_of(request).report_text(error.key, error.values) if error.key else str(error)
    return answer_problem(status, Refused(error.key, dict(error.values)), sentence)


_OF_JOB = {"id": {"type": "integer", "minimum": 0}}

ENDPOINTS = (
    *entity_api.endpoints(
        CONNECTORS,
        "connectors/{id}",
        names=("connectors", "connector"),
        read=read_connectors,
        right=MANAGE,
        tag="feeds",
    ),
    Endpoint(
        method="POST",
        path="/api/v1/connectors/{id}/test",
        handler=test,
        name="testConnector",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        answer=Answer(Tried),
        statuses=(404, 409, 422, 502, 504),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/ingest",
        handler=ingest,
        name="ingest",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        body=Body(Ingest),
        answer=Answer(IngestBegun, status=202),
        statuses=(404, 409, 422, 502, 504),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/jobs/{id:\d{1,18}}",
        handler=job,
        name="feedJob",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        path_types=_OF_JOB,
        answer=Answer(FeedJob),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/jobs/{id:\d{1,18}}/log",
        handler=log,
        name="feedLog",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        path_types=_OF_JOB,
        answer=Answer(list[LogLine]),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/jobs/{id:\d{1,18}}/file",
        handler=file,
        name="feedFile",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        path_types=_OF_JOB,
        answer=Answer(media="application/octet-stream"),
        statuses=(404, 500),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/jobs/{id:\d{1,18}}/records",
        handler=staged_records,
        name="feedRecords",
        right=MANAGE,
        rate="feed",
        tag="feeds",
        path_types=_OF_JOB,
        query={"state": {"enum": list(_STATES)}, "first": {"type": "integer", "minimum": 0}},
        answer=Answer(StagedPage),
        statuses=(404,),
    ),
)
