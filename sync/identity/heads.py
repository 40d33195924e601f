"""What no server of ours reads: a head of bytes that are no text, and an address with a NUL in it.

aiohttp hands such bytes on as lone surrogates (PEP 383), which break wherever the text is encoded again: as a signature
is compared, a token is hashed, a row is written. They are refused before anybody looks at a request.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from sync.identity.problem_details import problem_details


def unreadable_part(request: web.BaseRequest) -> str:
    """The head that is not UTF-8 (RFC 9110, section 5.5, leaves such bytes without a meaning), or "path" where the
    address has a NUL; "": all of it can be read."""
    for name, value in request.raw_headers:
        if not (name.isascii() and value.isascii()) and not (_is_text(name) and _is_text(value)):
            return name.decode("ascii", "replace").lower()
    return "path" if "\x00" in request.path or "\x00" in request.query_string else ""


@web.middleware
async def refuse_unreadable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """400 for what nobody could read, as a problem (RFC 9457)."""
    if part := unreadable_part(request):
        body = problem_details(400, "Unreadable", f"{part[:40]} cannot be read.", "unreadable", {})
        no_store = {"Cache-Control": "no-store"}
        return web.json_response(body, status=400, content_type="application/problem+json", headers=no_store)
    return await handler(request)


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
