"""Routes of declared endpoints: every handler runs behind its permission check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.messages import Refused
from edge.web.actors import (
    actor_of,
    again,
    asker_of,
    is_at_register,
    is_console_token,
    is_own_device,
    surface_of,
    viewer_of,
)
from edge.web.bearer import refuse_customers, refuse_programs
from edge.web.context import ENDPOINT, RATE_CLASS, SITE
from edge.web.denied import Denied, note_denied
from edge.web.live.slices import in_slices
from edge.web.looks import note_look
from edge.web.pages.shell import locked_page
from edge.web.past import PAST
from edge.web.practice import PRACTICES
from edge.web.request_body import STILL, Still, require_json, require_text
from edge.web.responses import answer_outcome, texts_of


def routes(endpoints: Iterable[Endpoint], pages: Iterable[Page]) -> list[web.RouteDef]:
    """All routes, in declared order. Raises `ValueError` if two share an address."""
    made = [
        web.route(endpoint.method, path, _guard_endpoint(endpoint))  # a GET route also answers HEAD
        for endpoint in endpoints
        for path in (endpoint.path, endpoint.alias)
        if path
    ]
    made += [web.route("GET", path, _guarded_page(page)) for page in pages for path in (page.path, page.alias) if path]
    addresses = Counter(f"{route.method} {route.path}" for route in made)
    if twice := sorted(address for address, times in addresses.items() if times > 1):
        raise ValueError(f"declared twice: {', '.join(twice)}")
    return made


def _guard_endpoint(endpoint: Endpoint) -> Handler:
    """Wrap a handler in its permission check. Fragments use their page's permission; other addresses use the
    caller's."""
    is_part = endpoint.method == "GET" and not (endpoint.is_api or endpoint.at_register or endpoint.streams)
    handler = _beside_tills(endpoint.handler) if is_part else endpoint.handler

    async def answer_guarded(request: web.Request) -> web.StreamResponse:
        refuse_programs(request, endpoint)
        if refused := _refusal_of(request, endpoint):
            return answer_outcome(refused, texts_of(request))
        still: Still = partial(_refusal_of, request, endpoint)
        request[STILL] = still
        brought = request.body_exists
        if brought and not endpoint.streams:
            waits = not request.content.is_eof()
            brought = bool(await request.read())
            if waits and (refused := _refusal_of(request, endpoint)):  # a slow sender may have lost the right meanwhile
                return answer_outcome(refused, texts_of(request))
        if brought and endpoint.takes_json:
            require_json(request)
            if not endpoint.streams:
                require_text(await request.read())
        answer: web.StreamResponse = await handler(request)
        if answer.status < 400:
            note_look(request, endpoint)
        return answer

    return _wrap_handler(endpoint, answer_guarded)


def _guarded_page(page: Page) -> Handler:
    """The page, or the PIN page."""
    endpoint = page.endpoint
    handler = page.handler if page.at_register else _beside_tills(page.handler)

    async def answer_guarded(request: web.Request) -> web.StreamResponse:
        refuse_programs(request, endpoint, page=True)
        if page.right != ANYBODY and not endpoint.allows(viewer := viewer_of(request)):
            await note_denied(request, viewer, page.right)
            return locked_page(request, page.right)
        if page.at_register and not is_at_register(request):
            raise web.HTTPSeeOther("/account" if is_own_device(request) else "/manager")
        answer: web.StreamResponse = await handler(request)
        note_look(request, endpoint)
        return answer

    return _wrap_handler(endpoint, answer_guarded)


def _beside_tills(handler: Handler) -> Handler:
    """Wrap a handler that renders something no till waits for."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handler(request)

    async def answer_in_slices(request: web.Request) -> web.StreamResponse:
        await texts_of(request).load()
        return await in_slices(answer(request), request.app[SITE].shop.right_of_way)

    return answer_in_slices


def _wrap_handler(endpoint: Endpoint, answered: Handler) -> Handler:
    """Wrap a handler: it runs on a trainee's training site, and denials are recorded wherever they occur."""

    async def serve(request: web.Request) -> web.StreamResponse:
        request[ENDPOINT] = endpoint
        refuse_customers(request, endpoint)
        services = request.app[SITE].services
        async with services.of(PRACTICES).answering(request, endpoint):
            try:
                async with services.of(PAST).answering(request, endpoint):
                    return await answered(request)
            except Denied as denied:
                await note_denied(request, asker_of(request), denied.right, denied.what)
                return answer_outcome(denied.shown_refusal(request), texts_of(request))

    setattr(serve, RATE_CLASS, endpoint.rate_class)  # for the throttle, which runs first
    return serve


def _refusal_of(request: web.Request, endpoint: Endpoint) -> Refused | None:
    """Return the current refusal for the caller, or None. Raises `Denied` if they lack the right."""
    if endpoint.right != ANYBODY:
        actor = actor_of(request) if endpoint.is_api else viewer_of(request)
        if not endpoint.allows(actor) or surface_of(request) not in endpoint.surfaces:
            raise Denied(endpoint.right)
    if endpoint.at_register and not (is_at_register(request) or is_console_token(request)):
        raise Denied(endpoint.right, code="register_denied")
    return again(request) if endpoint.reauthenticate else None
