"""HTTP routes of files for authorities: make, reproduce and check them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from aiohttp import web

from edge.accounting.books import fec_name
from edge.accounting.fiscal.commands import SignLog
from edge.accounting.fiscal.events import Day
from edge.accounting.fiscal.france.french_books import TaxYear, fec_lines, siren_of, tax_year
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.quebec.quebec_report import UserReports
from edge.accounting.fiscal.queries import file_at
from edge.accounting.fiscal.regimes import LawCheck, Regime
from edge.accounting.fiscal.service.quebec_report import send_report
from edge.accounting.fiscal.settings import settings_of
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done
from edge.core.registry import Registry
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.services import Service
from edge.core.storage.database import Connection, open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.counter.till.from_config import till_settings
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import FISCAL, system
from edge.lib.fiscal.quebec.user_report import UserReport, report_sheet
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of
from edge.web.api.exports import headers_of
from edge.web.context import SITE, today_of
from edge.web.live.localizer import Localizer
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of
from edge.web.work_threads import HEAVY

if TYPE_CHECKING:  # this imports every law's formats, which are loaded on first use
    from edge.accounting.fiscal.authority_files import Authorities, MadeFile

T = TypeVar("T")
PIECE_BYTES = 256 * 1024
REST_LINES = 500
"""Lines to send before pausing for waiting tills."""


class FileRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file to make: its law, the days `since` to `until`, and for Austria the `register`."""

    regime: Regime
    since: Day
    until: Day
    register: Annotated[str, msgspec.Meta(max_length=64)] = ""


class UserReportRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The till, and the calendar year (0: the current one)."""

    of: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    year: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0


class UserReportAnswer(msgspec.Struct, frozen=True):
    """The report's `lines` in French, and whether the service accepted it. `why`: the service's reason if it didn't."""

    lines: tuple[str, ...]
    taken: bool
    why: str


class AuthorityFile(msgspec.Struct, frozen=True):
    """A file, downloadable by its `identifier`. `told`: its printed summary; `sums`: number, name, count and total of
    each document type, as displayed."""

    identifier: str
    name: str
    sha256: str
    records: int
    lost: int
    told: tuple[str, ...]
    sums: tuple[tuple[str, str, str, str], ...]


def _authorities(site: Any) -> Authorities:
    from edge.accounting.fiscal.authority_files import Authorities

    config = site.services.of(CONFIG)
    keys = FiscalKeys(SecretStore(config.folder, secret_keys.of_secrets(config.folder)))
    return Authorities(site.shop.registry, till_settings(config), settings_of(config), keys)


FILES: Service[Authorities] = Service("files for authorities", _authorities)


async def make(request: web.Request) -> web.Response:
    """`POST fiscal/files`: make a file for an authority, and record it."""
    site, wanted = request.app[SITE], await body_of(request, FileRequest)
    files = site.services.of(FILES)
    while isinstance(outcome := await site.shop.do(SignLog(), system()), Done) and outcome.result:
        pass
    made = await site.services.of(HEAVY).do(_make, site.shop.path, files, wanted, site.shop.now_us(), today_of(request))
    outcome = await site.shop.do(made.record_command, system())
    if not isinstance(outcome, Done):
        raise Problem(503, "busy")
    return answer_json(_authority_file(made, texts_of(request)))


async def again(request: web.Request) -> web.Response:
    """`GET fiscal/files/{identifier}`: reproduce a recorded file."""
    made = await _again(request)
    return web.Response(body=made.data, headers=headers_of(made.name, "application/octet-stream"))


async def fec(request: web.Request) -> web.StreamResponse:
    """`GET fiscal/fec?year=`: France's accounting file (FEC) of the tax year that ends in `year`."""
    site, text = request.app[SITE], request.query.get("year", "")
    settings = settings_of(site.services.of(CONFIG))
    if not (text.isdecimal() and len(text) == 4):
        raise Problem(400, "argument_wrong", name="year", why="YYYY")
    siren, year = siren_of(settings), tax_year(settings, int(text))
    file = await site.services.of(HEAVY).do(_books, site.shop.path, site.shop.registry, year, TillFirstElsewhere)
    answer = web.StreamResponse(headers=headers_of(fec_name(siren, year.last_day), "text/plain"))
    await answer.prepare(request)
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            await answer.write(piece)
    await answer.write_eof()
    return answer


async def control_tape(request: web.Request) -> web.Response:
    """`GET fiscal/tape?day=&register=`: Israel's control tape of a register's day, as text."""
    lines = await tape_of(request)
    return web.Response(text="\n".join(lines) + "\n", headers=headers_of("tape.txt", "text/plain"))


async def tape_of(request: web.Request) -> list[str]:
    """The tape's lines for the request's day and register. Raises `Problem` if the day is invalid."""
    site = request.app[SITE]
    day, register = request.query.get("day", "")[:10], request.query.get("of", "")[:64]
    try:
        day = date.fromisoformat(day or today_of(request)).isoformat()
    except ValueError as error:
        raise Problem(400, "argument_wrong", name="day", why="YYYY-MM-DD") from error
    files = site.services.of(FILES)
    return await site.services.of(HEAVY).do(_tape, site.shop.path, files, day, register)


def _tape(path: Path, files: Authorities, day: str, register: str) -> list[str]:
    return _in_thread(path, lambda db: files.tape(db, day, register, TillFirstElsewhere(db).rest))


async def send_user_report(request: web.Request) -> web.Response:
    """`POST fiscal/user-reports`: make and send Québec's user report of a till's year."""
    site, wanted = request.app[SITE], await body_of(request, UserReportRequest)
    who = actor_of(request, assumed=True).name
    made, lines = await user_report_of(request, wanted.of, wanted.year, who)
    config = site.services.of(CONFIG)
    keys = FiscalKeys(SecretStore(config.folder, secret_keys.of_secrets(config.folder)))
    sent = await send_report(keys, settings_of(config), wanted.of, made, config.notify.allow)
    return answer_json(UserReportAnswer(lines, sent.taken, sent.why))


async def user_report_of(request: web.Request, of: str, year: int, who: str) -> tuple[UserReport, tuple[str, ...]]:
    """The report of a till's year, with its printed lines. `year` 0: the current one."""
    site = request.app[SITE]
    config = site.services.of(CONFIG)
    settings = settings_of(config)
    keys = FiscalKeys(SecretStore(config.folder, secret_keys.of_secrets(config.folder)))
    reports = UserReports(site.shop.registry, till_settings(config), settings, keys)
    now_us, year = site.shop.now_us(), year or date.fromisoformat(today_of(request)).year

    def work(db: Connection) -> UserReport:
        return reports.report(db, of, name_of(db, who), year, now_us, TillFirstElsewhere(db).rest)

    made = await site.services.of(HEAVY).do(_in_thread, site.shop.path, work)
    return made, tuple(report_sheet(device_of(settings, of), made))


async def signature(request: web.Request) -> web.Response:
    """`GET fiscal/files/{identifier}/signature`: the detached signature of an archive."""
    made = await _again(request)
    if not made.beside:
        raise Problem(404, "not_found", path=request.path[:200])
    return web.Response(body=made.beside.encode(), headers=headers_of(f"{made.name}.jws", "application/jose"))


async def check(request: web.Request) -> web.Response:
    """`GET fiscal/check`: check the data as an authority would; returns the first fault of each law."""
    site = request.app[SITE]
    found = await site.services.of(HEAVY).do(_check, site.shop.path, site.services.of(FILES), today_of(request))
    return answer_json({"looked": found})


async def _again(request: web.Request) -> MadeFile:
    from edge.accounting.fiscal.authority_files import reproduction_params

    site, identifier = request.app[SITE], request.match_info["identifier"]
    file = await site.asker.read(lambda db: file_at(db, int(identifier))) if identifier.isdigit() else None
    if file is None:
        raise Problem(404, "not_found", path=request.path[:200])
    files = site.services.of(FILES)
    made = await site.services.of(HEAVY).do(
        _in_thread,
        site.shop.path,
        lambda db: files.make_file(db, reproduction_params(file), TillFirstElsewhere(db).rest),
    )
    if made.sha256 != file.sha256:
        raise Problem(409, "fiscal_other_bytes", was=file.sha256, now=made.sha256)
    return made


def _books(path: Path, registry: Registry, year: TaxYear, first: type[TillFirstElsewhere]) -> IO[bytes]:
    """The accounting file as a temporary file, as a year of papers may exceed memory."""
    file = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - whoever sends it closes it

    def work(db: Connection) -> None:
        turn = first(db)
        for count, line in enumerate(fec_lines(db, registry, year)):
            file.write(f"{line}\r\n".encode())
            if count % REST_LINES == 0:
                turn.rest()

    try:
        _in_thread(path, work)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _make(path: Path, files: Authorities, asked: FileRequest, now_us: int, today: str) -> MadeFile:
    def work(db: Connection) -> MadeFile:
        where = (asked.regime, asked.since, asked.until, asked.register)
        return files.make_file(db, files.plan_file(db, *where, now_us, today), TillFirstElsewhere(db).rest)

    return _in_thread(path, work)


def _check(path: Path, files: Authorities, today: str) -> list[LawCheck]:
    from edge.accounting.fiscal.law_check import check_laws

    return _in_thread(path, lambda db: list(check_laws(db, files, today, TillFirstElsewhere(db).rest)))


def _in_thread(path: Path, work: Callable[[Connection], T]) -> T:
    """Run `work` on one snapshot of the ledger, with a separate connection."""
    db = open_reader(path)
    try:
        db.execute("BEGIN")
        return work(db)
    finally:
        db.close()


def _authority_file(made: MadeFile, texts: Localizer) -> AuthorityFile:
    sums = tuple(
        (str(one.document_type), one.name, str(one.documents), texts.money(one.total_minor)) for one in made.sums
    )
    return AuthorityFile(str(made.wanted.identifier), made.name, made.sha256, made.records, made.lost, made.told, sums)


_YEAR = {"type": "string", "pattern": "^[0-9]{4}$"}
_FILE = "/api/v1/fiscal/files/{identifier}"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/fiscal/files",
        handler=make,
        right=FISCAL,
        tag="fiscal",
        body=Body(FileRequest),
        answer=Answer(AuthorityFile),
        statuses=(422,),
        rate="command",
    ),
    Endpoint(
        method="GET",
        path=_FILE,
        handler=again,
        right=FISCAL,
        tag="fiscal",
        answer=Answer(media="application/octet-stream"),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/fiscal/tape",
        handler=control_tape,
        right=FISCAL,
        tag="fiscal",
        query={"day": {"type": "string", "format": "date"}, "of": {"type": "string", "maxLength": 64}},
        answer=Answer(media="text/plain"),
        statuses=(422,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/fiscal/user-reports",
        handler=send_user_report,
        right=FISCAL,
        tag="fiscal",
        body=Body(UserReportRequest),
        answer=Answer(UserReportAnswer),
        rate="command",
    ),
    Endpoint(
        method="GET",
        path="/api/v1/fiscal/fec",
        handler=fec,
        right=FISCAL,
        tag="fiscal",
        query={"year": _YEAR},
        answer=Answer(media="text/plain"),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path=f"{_FILE}/signature",
        handler=signature,
        right=FISCAL,
        tag="fiscal",
        answer=Answer(media="application/jose"),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/fiscal/check",
        handler=check,
        right=FISCAL,
        tag="fiscal",
        answer=Answer(list[LawCheck], under="looked"),
    ),
)
