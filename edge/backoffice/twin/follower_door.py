"""Page of a box that doesn't lead: the leader's address (HTTP 421), or how a person promotes this box if there is no
leader (twin.md, T5)."""

from __future__ import annotations

import asyncio
import html
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from edge.backoffice.twin.status import TwinStatus
from edge.core.addresses import is_loopback, names_us
from edge.core.storage.database import DatabaseError
from edge.foundation.access.credentials.throttle import CONSOLE, FORGIVEN_US, AttemptSource, Count, after_wrong, network
from edge.lib.i18n import ENGLISH, LANGUAGES, Language, translate
from sync.identity.heads import refuse_unreadable

MISDIRECTED = 421
LEADER = "Edge-Leader"
"""Response header: the leader's address, if known."""
BODY_BYTES = 4096
PROMOTE, TELL = "/twin/promote", "/api/v1/twin"
SOURCES = 4096
"""Maximum sources for which wrong PINs are counted. A new source replaces the one with the oldest failure."""
JSON = "application/json"
SEEN_S, TILLS, REGISTER_CHARS = 30.0, 64, 40
"""How long a till's report of another leader is valid (seconds), the maximum number of tills to remember, and the
maximum length of a register's name."""
SENTENCE = "the other box is switched off"
_OPEN = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "Retry-After": "1"}
"""Headers of responses that pages of any origin may read. They contain only the leader's address."""
_OWN = {"Cache-Control": "no-store", "Retry-After": "1", "Cross-Origin-Resource-Policy": "same-origin"}
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class PromoteWish(msgspec.Struct, frozen=True):
    """A confirmation that the other box is off: a manager's PIN and the typed sentence."""

    pin: str
    sentence: str


class SeenTills:
    """Tills that recently reported another leader."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._at: dict[str, float] = {}

    def see(self, register: str) -> None:
        if register.isprintable() and 0 < len(register) <= REGISTER_CHARS:
            self._at.pop(register, None)
            self._at[register] = self._now_s()
            for oldest in list(self._at)[:-TILLS]:
                del self._at[oldest]

    @property
    def registers(self) -> list[str]:
        return sorted(register for register, at in self._at.items() if self._now_s() - at < SEEN_S)


class WrongPins:
    """Failed PINs on this page, per source, with the same delays as elsewhere (`access.throttle`). A network waits ten
    minutes at most and doesn't block others; this machine's own screen waits seconds."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._of: OrderedDict[str, Count] = OrderedDict()

    def wait_s(self, source: AttemptSource) -> int:
        """Seconds that this source must wait."""
        waits = [count.wait_us(self._now_us()) for key in source.keys if (count := self._of.get(key))]
        return -(-min(max(waits, default=0), source.longest_us) // 1_000_000)

    def count(self, source: AttemptSource) -> None:
        """Count a failed attempt."""
        for key in source.keys:
            known = self._of.pop(key, Count())
            self._of[key] = after_wrong(known, self._now_us(), source.longest_us, FORGIVEN_US)
        while len(self._of) > SOURCES:
            self._of.popitem(last=False)

    def _now_us(self) -> int:
        return int(self._now_s() * 1_000_000)


class FollowerDoor:
    """HTTP server of a box that doesn't lead.

    `leader` returns the address of the leader's page ("" if unknown). `promote(pin)` promotes this box if the PIN is a
    manager's, and returns whether it was; `is_managers(pin)` only checks. `names`: the names in the box's certificate;
    `numbers`: the last receipt of each register on this box (may block on disk access).
    """

    def __init__(
        self,
        leader: Callable[[], str],
        status: Callable[[], TwinStatus],
        promote: Callable[[str], Awaitable[bool]],
        is_managers: Callable[[str], Awaitable[bool]],
        numbers: Callable[[], dict[str, int]],
        language: Language = ENGLISH,
        names: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._names, self._wrong = names, WrongPins()
        self._numbers, self._tills = numbers, SeenTills()
        self._leader, self._status, self._language = leader, status, language
        self._promote, self._is_managers = promote, is_managers
        self._turn = asyncio.Lock()

    def make_app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[refuse_unreadable, self._guard])
        app.router.add_get(TELL, self._tell)
        app.router.add_post(PROMOTE, self._take_promotion)
        app.router.add_post("/twin/seen", self._see)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _tell(self, request: web.Request) -> web.Response:
        if not is_loopback(request.remote or ""):
            return await self._answer(request)
        numbers = await self._last_numbers()
        said = {**msgspec.to_builtins(self._status()), "numbers": numbers, "tills": self._tills.registers}
        return web.json_response(said, headers=_OWN)

    async def _last_numbers(self) -> dict[str, int]:
        """The last receipt number of each register; empty if the copy can't be read now, for example because the disk
        is full.
        """
        try:
            return await asyncio.to_thread(self._numbers)
        except (OSError, DatabaseError):
            return {}

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Accept a promotion, and requests for data, only under the box's own name and from its own pages.

        Otherwise another site's page could promote it or use up PIN attempts.
        """
        own = request.transport.get_extra_info("sockname") if request.transport else None
        names = frozenset({"localhost"}) | self._names()
        known = own is not None and names_us(request.host, own[0], own[1], request.secure, names)
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin != f"{request.scheme}://{request.host}"
        if request.path in (PROMOTE, TELL) and (not known or foreign):
            return web.Response(status=403, text="Open this box's own page.\n", headers=_OWN)
        return await handler(request)

    async def _see(self, request: web.Request) -> web.Response:
        """Record that a till's page sees the leader."""
        self._tills.see((await request.read()).decode(errors="replace").strip())
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def _answer(self, request: web.Request) -> web.Response:
        found = self._leader()
        is_page = "text/html" in request.headers.get("Accept", "") and request.method == "GET"
        if not found:
            if is_page:
                nonce = secrets.token_urlsafe(16)
                told = await self._decision_facts() if is_loopback(request.remote or "") else []
                headers = {**_OWN, "Content-Security-Policy": _POLICY.format(nonce=nonce)}
                text = self._nobody(told, nonce)
                return web.Response(status=503, headers=headers, content_type="text/html", text=text)
            return web.json_response({"leader": ""}, status=503, headers=_OPEN)
        headers = {**_OPEN, LEADER: found}
        if is_page:
            return web.Response(status=307, headers={**headers, "Location": found + request.path_qs})
        text = json.dumps({"leader": found})
        return web.Response(status=MISDIRECTED, headers=headers, content_type="application/json", text=text)

    async def _take_promotion(self, request: web.Request) -> web.Response:
        """Check a manager's PIN and show this box's state. If the confirmation sentence was typed as well, promote this
        box."""
        if self._leader():
            return self._reply("twin.promote_leader", 409)
        if request.content_type != JSON:
            return self._reply("twin.promote_sentence", 415)
        remote = request.remote or ""
        source = CONSOLE if is_loopback(remote) else network(remote)
        async with self._turn:
            if self._wrong.wait_s(source):
                return self._reply("twin.promote_wait", 429)
            try:
                wish = msgspec.json.decode(await request.read(), type=PromoteWish)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return self._reply("twin.promote_sentence", 400)
            sentences = {translate(one, "twin.promote_typed").casefold() for one in LANGUAGES} | {SENTENCE}
            decides = wish.sentence.strip().casefold() in sentences
            if not await (self._promote if decides else self._is_managers)(wish.pin):
                self._wrong.count(source)
                return self._reply("twin.promote_pin", 403)
            if not decides:
                return self._reply("twin.promote_sentence", 422, *await self._decision_facts())
        return self._reply("twin.promote_done", 200)

    async def _decision_facts(self) -> list[str]:
        """The facts for a person's decision: the data missing here, and the box that may be selling elsewhere. They
        reveal sales figures, so only this machine's screen and managers may see them."""
        numbers = await self._last_numbers()
        since_ms = [ms for ms in self._status().heard_ms.values() if ms >= 0]
        told = []
        if since_ms:
            told.append(translate(self._language, "twin.promote_heard", seconds=min(since_ms) // 1000))
        if numbers:
            last = ", ".join(f"{register}-{number:06d}" for register, number in numbers.items())
            told.append(translate(self._language, "twin.promote_numbers", numbers=last))
        if tills := self._tills.registers:
            told.append(translate(self._language, "twin.promote_tills", tills=", ".join(tills)))
        return told

    def _reply(self, key: str, status: int, *told: str) -> web.Response:
        body = {"said": " ".join((*told, translate(self._language, key)))}
        return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})

    def _nobody(self, told: Sequence[str], nonce: str) -> str:
        """The page without a leader: it has no scripts, reloads itself and accepts a PIN."""
        words = {
            name: html.escape(translate(self._language, f"twin.{name}"))
            for name in (
                "one_moment",
                "nobody_leads",
                "promote_hint",
                "promote_typed",
                "promote_button",
                "promote_pin_of",
            )
        }
        heard = "".join(f"<p>{html.escape(one)}</p>" for one in told)
        return _PAGE.format(lang=self._language, script=_SCRIPT, heard=heard, nonce=nonce, **words)


_SCRIPT = """
const form = document.forms[0], said = document.getElementById("said");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ pin: form.elements.pin.value, sentence: form.elements.sentence.value });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/twin/promote", { method: "POST", headers, body });
  said.textContent = (await answer.json()).said;
});
setInterval(async () => {
  if (form.contains(document.activeElement)) return;
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer && answer.status !== 503) location.href = answer.headers.get("Edge-Leader") ?? location.href;
}, 1000);
"""
_PAGE = """<!doctype html><html lang="{lang}" dir="auto"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{one_moment}</title>
<body style="font:18px/1.5 system-ui;max-width:36rem;margin:3rem auto;padding:0 1rem">
<main><h1>{one_moment}</h1><p>{nobody_leads}</p>
<details><summary>{promote_button}</summary>{heard}<p>{promote_hint}</p><p><b>{promote_typed}</b></p>
<form><p><input name="sentence" size="40" autocomplete="off" aria-label="{promote_typed}"></p>
<p><label>{promote_pin_of}
<input name="pin" type="password" inputmode="numeric" required autocomplete="off"></label></p>
<p><button>{promote_button}</button></p></form><p id="said" role="status"></p></details></main>
<script nonce="{nonce}">{script}</script></body></html>"""
