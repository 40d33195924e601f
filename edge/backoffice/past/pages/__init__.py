"""Page to choose a time in the past, and routes to view it, step through events and return."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.backoffice.past.moment import read_moment
from edge.core.endpoints import Endpoint, Page
from edge.core.journal.browse import JournalFilter, first_row_of_day, read_back
from edge.core.journal.moments import PastMoment, moment_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.queries import rows_about_receipt
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.lib.units.dates import after, day_of
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.past import COOKIE, FOLDER, PAST, look_at, seen_moment, subject_of, types_changing
from edge.web.request_body import whole

FIRST_PAGE = "/manager/today"
OF_RECEIPTS = ("/manager/sale", "/manager/replay")
"""Pages about a single receipt, identified by register and number."""
NUMBER_DIGITS = 9
"""Maximum digits of a number in a URL; receipt numbers are shorter."""
WORKING_US, ROWS_SEARCHED = 12 * 3600 * 1_000_000, 2_000
"""How far before the viewed time to search for the users at the registers, in microseconds and in rows."""


class AtRegister(msgspec.Struct, frozen=True):
    """The last row of a register, and its user."""

    register: str
    person: str
    name: str
    at_us: int
    seq: int


async def past(request: web.Request) -> web.Response:
    """`GET /manager/past`: choose a day and minute; `?wrong=`: the error in the last entry."""
    site, query = request.app[SITE], request.query
    seen = seen_moment(request)
    first = moment_of(site.shop.reader, 1)
    pages = [one for one in site.declared.pages.values() if one.past and one.menu and one.name != "manager"]
    only_now = site.declared.pages.get(query.get("only_now", ""))
    asked, _, time = query.get("at", "").partition("T")
    zone = ZoneInfo(site.settings.zone)
    working = await site.asker.read(partial(_at_registers, seen=seen)) if seen else []
    shown = datetime.fromtimestamp((seen[1] if seen else site.shop.now_us()) / 1e6, zone)
    return page(
        request,
        "past",
        seen=moment_of(site.shop.reader, *seen) if seen else None,
        first=first,
        wrong=query.get("wrong", ""),
        only_now=only_now,
        pages_then=pages,
        working=working,
        day_asked=asked or shown.date().isoformat(),
        time_asked=time or f"{shown:%H:%M}",
        to=_own_page(request),
    )


def _at_registers(db: Connection, seen: tuple[int, int]) -> list[AtRegister]:
    """The user who last worked at each register before a time, from the journal."""
    found: dict[str, AtRegister] = {}
    for row in read_back(db, JournalFilter(), seen[0] + 1, ROWS_SEARCHED).rows:
        if row.register and row.actor != "system" and row.at_us > seen[1] - WORKING_US and row.register not in found:
            found[row.register] = AtRegister(row.register, row.actor, name_of(db, row.actor), row.at_us, row.seq)
    return [found[register] for register in sorted(found)]


async def go(request: web.Request) -> web.StreamResponse:
    """`GET /manager/past/go`: view the time `?day=` and `?time=` (or `?at=`, or the end of the business day `?end_of=`)
    on the page `?to=`."""
    site, query = request.app[SITE], request.query
    if day := query.get("end_of"):
        return await _go_to_end_of(request, day)
    at = query.get("at") or f"{query.get('day', '')}T{query.get('time') or '00:00'}"
    typed = read_moment(at, site.settings.zone, site.shop.now_us(), whole(request, "fold"))
    back = {"at": at[:32], "to": _own_page(request)}
    if typed.wrong:
        return _to(f"{FOLDER}?" + urlencode({**back, "wrong": typed.wrong}))
    found = await site.services.of(PAST).find(typed.at_us)
    if not found.seq:
        return _to(f"{FOLDER}?" + urlencode({**back, "wrong": "before_first"}))
    return _look(request, found)


async def _go_to_end_of(request: web.Request, day: str) -> web.StreamResponse:
    """View the last row of a business day. It ends at the shop's end of day, not at midnight."""
    back = {"at": day[:32], "to": _own_page(request)}
    if day_of(day) is None or day > today_of(request):
        return _to(f"{FOLDER}?" + urlencode({**back, "wrong": "future" if day_of(day) else "unreadable"}))
    found = await request.app[SITE].asker.read(lambda db: moment_of(db, first_row_of_day(db, after(day, 1)) - 1))
    return _look(request, found) if found.seq else _to(f"{FOLDER}?" + urlencode({**back, "wrong": "before_first"}))


async def step(request: web.Request) -> web.StreamResponse:
    """`GET /manager/past/step`: go to the next event, or the previous one (`?way=previous`), that concerns the page
    `?to=`."""
    seen, to = seen_moment(request), _own_page(request)
    if seen is None:
        return _to(to)
    site, query = request.app[SITE], dict(parse_qsl(urlsplit(to).query))
    forward, number = request.query.get("way") != "previous", query.get("number", "")
    if urlsplit(to).path in OF_RECEIPTS and number.isdecimal() and len(number) <= NUMBER_DIGITS:
        receipt = query.get("of") or query.get("register", ""), int(number)
        registry = site.shop.registry
        found = await site.asker.read(
            partial(_step_of_receipt, registry, receipt=receipt, seq=seen[0], forward=forward)
        )
    else:
        of = next((one for one in site.declared.pages.values() if one.path == urlsplit(to).path), None)
        types = types_changing(of, site.shop.registry)
        found = await site.services.of(PAST).step(seen[0], forward, subject_of(query), types)
    if found is None:
        return _to(f"{FOLDER}?" + urlencode({"wrong": "no_later" if forward else "no_earlier", "to": to}))
    return _look(request, found)


def _step_of_receipt(
    registry: Registry, db: Connection, receipt: tuple[str, int], seq: int, forward: bool
) -> PastMoment | None:
    """The time after the next or previous event about a receipt: the receipt itself, its void, refunds, prints and so
    on."""
    rows = rows_about_receipt(db, registry, *receipt)
    found = (
        min((row for row in rows if row > seq), default=0) if forward else max((r for r in rows if r < seq), default=0)
    )
    return moment_of(db, found) if found else None


async def end(request: web.Request) -> web.StreamResponse:
    """`GET /manager/past/end`: return to the present, on the page `?to=`."""
    answer = _to(_own_page(request))
    COOKIE.end(request, answer)
    return answer


def _look(request: web.Request, moment: PastMoment) -> web.StreamResponse:
    answer = _to(_own_page(request))
    look_at(request, answer, moment)
    return answer


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def _own_page(request: web.Request) -> str:
    """The manager page in `?to=`, without query parameters that would start a view of the past."""
    to = request.query.get("to", "")
    split = urlsplit(to)
    if not split.path.startswith("/manager") or split.netloc or split.path.startswith(FOLDER):
        return FIRST_PAGE
    kept = {name: values for name, values in parse_qs(split.query).items() if name != "as_of"}
    return split.path + (f"?{urlencode(kept, doseq=True)}" if kept else "")


PAGES = (
    Page(
        path=FOLDER,
        name="past",
        handler=past,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        menu="past.title",
        group="insight",
        place=60,
        past=True,
    ),
)
ENDPOINTS = tuple(
    Endpoint(method="GET", path=f"{FOLDER}/{name}", handler=handler, right=MANAGE, also=REPORTS, name=f"past_{name}")
    for name, handler in (("go", go), ("step", step), ("end", end))
)
