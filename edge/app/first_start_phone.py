"""Set-up from a phone on the shop's network: which phones get the set-up page of a new box.

The box's own screen shows a one-time code, and an attached receipt printer prints it. Each code admits one phone. After
too many wrong codes, phones are refused until a user at the screen asks for a new code. Phones use TLS. They can't know
the certificate yet, so they warn once.
"""

from __future__ import annotations

import hmac
import secrets
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from edge.core.addresses import address_of, names_us
from edge.core.tls import machine
from edge.core.tls.authority import make_authority, names_of, vouch
from edge.core.tls.context import from_memory
from edge.foundation.printing.document import Document, Qr, Text
from edge.lib.i18n import ENGLISH, LANGUAGES, translate
from edge.web.connection import time_request
from edge.web.cookies import READS
from edge.web.trust import picture
from sync.enrolment import ALPHABET
from sync.identity.heads import refuse_unreadable

PATH = "/first/phone"
"""Path of the page on which a phone enters the code."""
COOKIE = "__Host-edge-first-start"
CODE_CHARS = 8
WRONG_MOST = 10
_TYPED_AS = str.maketrans("OIL", "011", " -")


class ScreenState(msgspec.Struct, frozen=True):
    """Content of the box's own screen. It has the address to open ("": no network), the code, and a QR `picture` of
    both (a data URL). It also has whether a phone was admitted, and whether phones are refused after too many wrong
    codes. `over`: the shop is set up."""

    address: str
    code: str
    picture: str
    connected: bool
    refused: bool
    over: bool


class PhoneAccess:
    """Admits one phone at a time by code. `addresses` returns this machine's addresses, which change when it joins a
    network."""

    def __init__(self, addresses: Callable[[], Sequence[str]] = machine.addresses) -> None:
        self._addresses = addresses
        self._one_at_a_time = threading.Lock()
        self._seen: object = None
        self._context: ssl.SSLContext | None = None
        self._host = ""
        self._token = ""
        self.names: frozenset[str] = frozenset()
        self.wrong = 0
        self.code = ""
        self.renew()

    def look(self) -> None:
        """Create another certificate if this machine's names or addresses changed. Call it in a thread."""
        with self._one_at_a_time:
            seen = (*machine.host_names(), *self._addresses())
            if seen == self._seen:
                return
            authority = make_authority("edge-store", machine.host_names(), datetime.now(UTC))
            leaf = vouch(authority, seen, datetime.now(UTC))
            self._context, self.names = from_memory(leaf.pem), frozenset(names_of(leaf.certificate))
            self._host = next(filter(_is_reachable, seen), "")
            self._seen = seen

    def context(self) -> ssl.SSLContext | None:
        """Current TLS context."""
        return self._context

    def address(self, port: int) -> str:
        """Return the address that phones open; "" without a network."""
        return f"https://{self._host}:{port}" if self._host else ""

    def link(self, port: int) -> str:
        """The address with the code in its fragment, which isn't sent to servers."""
        return f"{self.address(port)}{PATH}#{self.code}"

    def renew(self) -> None:
        """Create a new code, and allow phones to try again."""
        self.code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
        self.wrong = 0

    @property
    def refuses(self) -> bool:
        """Whether too many wrong codes were entered."""
        return self.wrong >= WRONG_MOST

    def admit(self, typed: str) -> str:
        """Return a cookie for a phone that enters the right code, replacing the previous phone; "" if the code is
        wrong."""
        if self.refuses:
            return ""
        if not hmac.compare_digest(typed.upper().translate(_TYPED_AS).encode(), self.code.encode()):
            self.wrong += 1
            return ""
        self._token = secrets.token_urlsafe(32)
        self.renew()
        return self._token

    def knows(self, request: web.Request) -> bool:
        """Whether the request comes from the admitted phone."""
        said = request.cookies.get(COOKIE, "")
        return bool(self._token) and hmac.compare_digest(said.encode(), self._token.encode())

    def refusal(self, request: web.Request) -> tuple[int, str] | None:
        """Return the status and text that refuse a request from another machine; None if it is permitted."""
        own = request.transport.get_extra_info("sockname") if request.transport else None
        secure = request.scheme == "https"
        if not secure or own is None or not names_us(request.host, own[0], own[1], True, self.names):
            return 403, "first.phone_needs"
        if request.headers.get("Origin", f"https://{request.host}") != f"https://{request.host}":
            return 403, "first.phone_needs"
        if request.path == PATH or (request.path.startswith("/static/") and request.method in READS):
            return None
        return None if self.knows(request) else (401, "first.phone_needs")

    def screen(self, port: int, over: bool) -> ScreenState:
        """Return the content of the box's own screen."""
        address = self.address(port)
        shown = picture(self.link(port)) if address and not self.refuses else ""
        return ScreenState(address, shown_code(self.code), shown, bool(self._token), self.refuses, over)


def set_cookie(answer: web.StreamResponse, token: str) -> None:
    """Set the phone's cookie, which is valid until its browser closes."""
    answer.set_cookie(COOKIE, token, httponly=True, secure=True, samesite="Strict")


def shown_code(code: str) -> str:
    """Return the code in two groups, separated by a dash."""
    return f"{code[: CODE_CHARS // 2]}-{code[CODE_CHARS // 2 :]}"


def code_page(access: PhoneAccess, port: int) -> Document:
    """Return the page that an attached printer prints, in every language, because none has been chosen yet."""
    said = tuple(Text(translate(one, "first.paper_scan"), align="centre") for one in LANGUAGES)
    code = Text(shown_code(access.code), align="centre", bold=True, size=2)
    by_hand = (Text(access.address(port), align="centre"), code)
    title = Text("edge-store", align="centre", bold=True, size=2)
    return Document(ENGLISH, (title, *said, Qr(access.link(port)), *by_hand))


def lead_to_tls() -> web.Application:
    """Return an application that redirects other machines to TLS. Requests with a body are refused, because it was sent
    unencrypted."""

    async def lead(request: web.Request) -> web.Response:
        if request.method not in READS:
            return web.Response(status=403, text="Use https.\n")
        there = f"https://{request.host}{request.raw_path}"
        return web.Response(status=307, headers={"Location": there, "Cache-Control": "no-store"})

    app = web.Application(middlewares=[time_request, refuse_unreadable], client_max_size=0)
    app.router.add_route("*", "/{path:.*}", lead)
    return app


def _is_reachable(name: str) -> bool:
    """Whether phones can reach this machine at this address. Only IPv4 counts, because every shop's network has it."""
    try:
        address = address_of(name)
    except ValueError:
        return False
    return address.version == 4 and not (address.is_loopback or address.is_link_local)
