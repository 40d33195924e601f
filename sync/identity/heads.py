"""Refuse unreadable requests: header bytes that aren't text, and addresses with a NUL.

aiohttp passes such bytes on as lone surrogates (PEP 383), which fail wherever text is encoded: comparing a signature,
hashing a token, writing a row. So requests with them are refused first.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from sync.identity.problem_details import problem_details


def unreadable_part(request: web.BaseRequest) -> str:
    """The header that isn't UTF-8 (RFC 9110, section 5.5, gives such bytes no meaning), or "path" for a NUL in the
    address; "" if everything is readable."""
    for name, value in request.raw_headers:
        if not (name.isascii() and value.isascii()) and not (_is_text(name) and _is_text(value)):
            return name.decode("ascii", "replace").lower()
    return "path" if "\x00" in request.path or "\x00" in request.query_string else ""


@web.middleware
async def refuse_unreadable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer unreadable requests with 400, as a problem (RFC 9457)."""
    if part := unreadable_part(request):
        body = problem_details(400, "Unreadable", f"{part[:40]} can't be read.", "unreadable", {})
        no_store = {"Cache-Control": "no-store"}
        return web.json_response(body, status=400, content_type="application/problem+json", headers=no_store)
    return await handler(request)


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
