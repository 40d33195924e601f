"""Error responses: RFC 9457 problem details, also for unexpected errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import asyncpg
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from sync.hub.api import limits
from sync.hub.api.reads import BadRequest
from sync.hub.primary import is_passing
from sync.hub.tenants import NotTaken
from sync.identity.problem_details import MEDIA, problem_details

log = logging.getLogger(__name__)


class Problem(Exception):
    """An error response with its status. `detail`: the remedy; `values`: its figures."""

    def __init__(self, status: int, title: str, detail: str, /, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.headers = status, title, headers
        self.values: Mapping[str, str | int] = {}


_CONFLICTS = ("store_", "currency_", "publication_", "release_", "ring_", "removal_", "person_", "employee_")


def not_taken(error: NotTaken) -> Problem:
    """The response for a tenant's or store's limit or state: 403, or 409 for a conflict with a store."""
    status = 409 if error.code.startswith(_CONFLICTS) else 403
    title = error.code.replace("_", " ").capitalize()
    problem = Problem(status, title, f"Not accepted: {error}.")
    problem.values = error.values
    return problem


def too_much(limit: int, status: int, title: str) -> Problem:
    """The response for too many simultaneous requests."""
    return Problem(status, title, f"{limit} requests are already in progress. Try again.", **_AGAIN)


def too_often(wait_s: int) -> Problem:
    """The response for too many requests in a time span."""
    return Problem(429, "Too often", f"Try again in {wait_s} s.", **{hdrs.RETRY_AFTER: str(wait_s)})


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn all errors into the same form."""
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(problem)
    except NotTaken as error:
        return _answer(not_taken(error))
    except BadRequest as error:
        return _answer(Problem(400, "Not understood", f"{error}."))
    except asyncpg.QueryCanceledError:
        text = f"The answer took longer than {limits.QUERY_S:.0f} s. Ask for less: a store, or fewer days."
        return _answer(Problem(503, "Too slow", text))
    except web.HTTPRequestEntityTooLarge:  # its reason phrase depends on the Python version
        text = f"The body has more than {limits.BODY_BYTES} bytes: split the change."
        return _answer(Problem(413, "Too long", text))
    except web.HTTPException as error:
        return _answer(Problem(error.status, error.reason, f"{request.method} {request.path}: {error.reason}."))
    except Exception as error:
        if is_passing(error):
            return _answer(Problem(503, "The database is unavailable", "Try again in a moment.", **_AGAIN))
        log.exception("hub: %s %s couldn't be answered", request.method, request.path)
        return _answer(Problem(500, "Our fault", "Nothing was changed. See the hub's log for details."))


_AGAIN = {hdrs.RETRY_AFTER: str(limits.RETRY_AFTER_S)}


def _answer(problem: Problem) -> web.Response:
    code = "_".join(problem.title.lower().replace("'", "").split())
    body = problem_details(problem.status, problem.title, str(problem), code, problem.values)
    return web.json_response(body, status=problem.status, headers=problem.headers, content_type=MEDIA)
