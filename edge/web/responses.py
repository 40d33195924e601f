"""HTTP answers for outcomes, refusals and errors, in the requested language."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core import ids
from edge.core.messages import Done, Outcome, Refusal, Refused
from edge.lib.errors import NoMemory
from edge.lib.i18n import LANGUAGES
from edge.web.context import ENDPOINT, SITE, address_of
from edge.web.cookies import Cookie, bearer_of
from edge.web.limits import BODY_BYTES, RETRY_AFTER_S
from edge.web.live.localizer import Localizer
from edge.web.problem import Problem
from sync.identity.problem_details import MEDIA, problem_details

_log = structlog.get_logger(__name__)
LANGUAGE = Cookie("lang", 365 * 24 * 3600)
API = "/api/v1/"
MANAGER = "/manager/"

STATUS_OF = {
    "right_denied": 403,
    "surface_denied": 403,
    "register_denied": 403,
    "pin_again": 403,
    "key_cannot": 403,
    "stock_right": 403,
    "no_such_device": 404,
    "no_such_key": 404,
    "no_such_webhook": 404,
    "conflict": 409,
    "connector_busy": 409,
    "product_changed": 412,
    "too_large": 413,
    "pin_wait": 429,
    "sign_in_wait": 429,
    "pickup_code_wait": 429,
    "card_wait": 429,
    "read_only": 503,
    "busy": 503,
}
"""HTTP statuses of refusals; any other is 422 (RFC 9110, section 15.5.21)."""


def is_api(request: web.Request) -> bool:
    """Whether the request is to an API address, answered in JSON."""
    asked = request.get(ENDPOINT)
    return request.path.startswith(API) or (asked is not None and asked.is_api)


def texts_of(request: web.Request) -> Localizer:
    """Requested language: `?lang=`, on the API Accept-Language, the page's cookie, or the store's."""
    site = request.app[SITE]
    accepted = request.headers.get("Accept-Language", "") if is_api(request) else ""
    for wish in (request.query.get("lang", ""), accepted, LANGUAGE.read(request)):
        for part in wish.split(","):
            language = part.split(";")[0].strip().lower()[:2]
            if language in LANGUAGES:
                return site.renderer.texts[language]
    return site.renderer.texts[site.settings.language]


def answer_json(body: object, status: int = 200, media: str = "application/json") -> web.Response:
    """Answer with JSON. 503 includes Retry-After (RFC 9110, section 10.2.3)."""
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    data = msgspec.json.encode(body)
    return web.Response(body=data, status=status, content_type=media, charset="utf-8", headers=headers)


def answer_problem(status: int, why: Refused, message: str, **beside: object) -> web.Response:
    """Answer a failure in the common format. `beside`: the same values under older member names."""
    details = problem_details(status, HTTPStatus(status).phrase, message, why.code, why.values)
    return answer_json({**details, **_question(why), **beside}, status, MEDIA)


def _question(why: Refused) -> dict[str, str]:
    """Return the confirmation token of a refusal, if it asks for confirmation."""
    return {"answer": why.answer} if why.answer else {}


def answer_outcome(outcome: Outcome, texts: Localizer, statuses: Mapping[str, int] = {}) -> web.Response:
    """Return the HTTP answer for an outcome: 200 done, 4xx refused, 503 unavailable or unknown. `statuses`: the
    address's own statuses, by refusal code."""
    match outcome:
        case Done():
            return answer_json({"done": outcome_json(outcome)})
        case Refused(code, values):
            message = texts.refusal(outcome)
            said = {"code": code, "message": message, "values": values, **_question(outcome)}
            answer = answer_problem(statuses.get(code, STATUS_OF.get(code, 422)), outcome, message, refused=said)
            if answer.status == 429 and (wait := values.get("seconds") or 60 * int(values.get("minutes", 0))):
                answer.headers["Retry-After"] = str(wait)
            if answer.status == 401:
                answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
    unknown = Refused("outcome_unknown")
    message = texts.refusal(unknown)
    asked = {"command_id": ids.show(outcome.command_id), "message": message}
    answer = answer_problem(503, unknown, message, unknown=asked)
    answer.headers["Location"] = f"{API}commands/{ids.show(outcome.command_id)}"
    return answer


def outcome_json(done: Done) -> dict[str, object]:
    """A `Done` as JSON: events with their `type`, ids as UUIDs."""
    return {
        "command_id": ids.show(done.command_id),
        "events": [{"type": type(event).__name__, **msgspec.to_builtins(event)} for event in done.events],
        "epoch": done.epoch,
        "first_seq": done.first_seq,
        "repeated": done.repeated,
        "result": done.result,
    }


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Convert errors: JSON on the API, a page with links elsewhere, plain text for scripts."""
    try:
        return await handler(request)
    except Problem as problem:
        return _error(request, problem.status, problem.refused)
    except Refusal as refusal:
        return _refuse(request, refusal.refused)
    except web.HTTPRequestEntityTooLarge:
        return _error(request, 413, Refused("body_too_large", {"limit": BODY_BYTES}))
    except web.HTTPMethodNotAllowed as error:
        return _error(request, 405, Refused("method_wrong", {"allowed": ", ".join(sorted(error.allowed_methods))}))
    except web.HTTPNotFound:
        if found := await _page_meant(request):
            raise web.HTTPSeeOther(found) from None
        return _error(request, 404, Refused("not_found", {"path": request.path[:200]}))
    except NoMemory:
        return _error(request, 503, Refused("no_memory"))
    except (web.HTTPException, ConnectionError):
        raise  # after a ConnectionError there is no one left to answer
    except RecursionError as error:
        _log.warning("a body is nested too deeply", asked=address_of(request), error=str(error)[:80])
        return _error(request, 400, Refused("body_nested"))
    except Exception:  # noqa: BLE001 - a fault of ours in one request; it is logged with its trace, and said
        _log.exception("a request failed because of an internal error", asked=address_of(request))
        if (site := request.app.get(SITE)) is not None:
            site.shop.count_fault()
        return _error(request, 500, Refused("fault"))


async def _page_meant(request: web.Request) -> str:
    """Return the page for an address typed with a slash at the end, such as `/manager/`, or without `/manager`, such as
    `/kitchen`; "" if there is none."""
    if request.method != "GET" or is_api(request):
        return ""
    path = "/" + request.path.strip("/")
    for meant in (path, MANAGER + path[1:]):
        found = request.rel_url.with_path(meant).with_query(request.query_string)
        known = await request.app.router.resolve(request.clone(rel_url=found))
        if meant != request.path and known.http_exception is None:
            return str(found)
    return ""


def _refuse(request: web.Request, refused: Refused) -> web.Response:
    """Answer a refusal raised outside any command."""
    if is_api(request):
        return answer_outcome(refused, texts_of(request))
    return _render_refusal(request, STATUS_OF.get(refused.code, 422), refused)


def _error(request: web.Request, status: int, refused: Refused) -> web.Response:
    answer = _render_refusal(request, status, refused)
    if status == 401:  # RFC 9110, section 11.6.1, and RFC 6750, section 3
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if bearer_of(request) else "Bearer"
    if status == 405:  # RFC 9110, section 15.5.6
        answer.headers["Allow"] = str(refused.values["allowed"])
    if status == 429:
        answer.headers["Retry-After"] = str(refused.values["seconds"])
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _render_refusal(request: web.Request, status: int, refused: Refused) -> web.Response:
    """Format a refusal for a program, a browser page, or a script."""
    texts = texts_of(request)
    message = texts.refusal(refused)
    if is_api(request):
        said = {"code": refused.code, "message": message, "values": refused.values}
        return answer_problem(status, refused, message, error=said)
    if "text/html" not in request.headers.get("Accept", ""):
        return web.Response(text=message + "\n", status=status)
    page = request.app[SITE].renderer.render("problem.html", texts.language, message=message)
    return web.Response(text=page, status=status, content_type="text/html")
