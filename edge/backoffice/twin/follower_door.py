"""What a box says on its page while it does not lead: where the leader is (HTTP 421); and where nobody leads, how a
person lets this one lead (twin.md, T5)."""

from __future__ import annotations

import asyncio
import html
import json
import time
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from edge.backoffice.twin.status import TwinStatus
from edge.core.addresses import is_loopback
from edge.lib.i18n import ENGLISH, LANGUAGES, Language, translate
from sync.identity.heads import refuse_unreadable

MISDIRECTED = 421
LEADER = "Edge-Leader"
"""Header of the answer: the leader's address, where it is known."""
BODY_BYTES = 4096
WRONG_PINS, PAUSE_S = 5, 600.0
"""After so many wrong PINs nobody is heard for so long."""
SEEN_S, TILLS, REGISTER_CHARS = 30.0, 64, 40
"""A till that said within so many seconds that another box leads still sees it; so many are remembered, the newest."""
SENTENCE = "the other box is switched off"
_OPEN = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "Retry-After": "1"}


class PromoteWish(msgspec.Struct, frozen=True):
    """Who says that the other box is off: a manager's PIN, and the sentence typed out."""

    pin: str
    sentence: str


class SeenTills:
    """Which tills said of late that they see another box lead."""

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


class FollowerDoor:
    """`leader` gives the leader's page ("" while nobody is known to lead); `promote(pin)` whether that was a manager's
    PIN, and this box leads now; `numbers` the last one of each register that this box has, and waits for the disk."""

    def __init__(
        self,
        leader: Callable[[], str],
        status: Callable[[], TwinStatus],
        promote: Callable[[str], Awaitable[bool]],
        numbers: Callable[[], dict[str, int]],
        language: Language = ENGLISH,
    ) -> None:
        self._numbers, self._tills = numbers, SeenTills()
        self._leader, self._status, self._promote, self._language = leader, status, promote, language
        self._turn = asyncio.Lock()
        self._wrong = 0
        self._shut_until_s = 0.0

    def make_app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[refuse_unreadable])
        app.router.add_get("/api/v1/twin", self._tell)
        app.router.add_post("/twin/promote", self._take_promotion)
        app.router.add_post("/twin/seen", self._see)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _tell(self, request: web.Request) -> web.Response:
        if not is_loopback(request.remote or ""):
            return await self._answer(request)
        numbers = await asyncio.to_thread(self._numbers)
        said = {**msgspec.to_builtins(self._status()), "numbers": numbers, "tills": self._tills.registers}
        return web.json_response(said, headers=_OPEN)

    async def _see(self, request: web.Request) -> web.Response:
        """A page of the box that leads says that it does, and at which till."""
        self._tills.see((await request.text()).strip())
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def _answer(self, request: web.Request) -> web.Response:
        found = self._leader()
        is_page = "text/html" in request.headers.get("Accept", "") and request.method == "GET"
        if not found:
            if is_page:
                numbers = await asyncio.to_thread(self._numbers)
                return web.Response(status=503, headers=_OPEN, content_type="text/html", text=self._nobody(numbers))
            return web.json_response({"leader": ""}, status=503, headers=_OPEN)
        headers = {**_OPEN, LEADER: found}
        if is_page:
            return web.Response(status=307, headers={**headers, "Location": found + request.path_qs})
        text = json.dumps({"leader": found})
        return web.Response(status=MISDIRECTED, headers=headers, content_type="application/json", text=text)

    async def _take_promotion(self, request: web.Request) -> web.Response:
        """A PIN, and the sentence typed out: then this box leads."""
        if self._leader():
            return self._reply("twin.promote_leader", 409)
        loop = asyncio.get_running_loop()
        async with self._turn:
            if loop.time() < self._shut_until_s:
                return self._reply("twin.promote_wait", 429)
            try:
                wish = msgspec.json.decode(await request.read(), type=PromoteWish)
            except msgspec.DecodeError:
                return self._reply("twin.promote_sentence", 400)
            sentences = {translate(one, "twin.promote_typed").casefold() for one in LANGUAGES} | {SENTENCE}
            if wish.sentence.strip().casefold() not in sentences:
                return self._reply("twin.promote_sentence", 422)
            if not await self._promote(wish.pin):
                self._wrong += 1
                if self._wrong >= WRONG_PINS:
                    self._wrong, self._shut_until_s = 0, loop.time() + PAUSE_S
                return self._reply("twin.promote_pin", 403)
        return self._reply("twin.promote_done", 200)

    def _reply(self, key: str, status: int) -> web.Response:
        body = {"said": translate(self._language, key)}
        return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})

    def _nobody(self, numbers: dict[str, int]) -> str:
        """A page without a script of its own: it asks again by itself, and takes a PIN."""
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
        since_ms = [ms for ms in self._status().heard_ms.values() if ms >= 0]
        said = []
        if since_ms:
            said.append(translate(self._language, "twin.promote_heard", seconds=min(since_ms) // 1000))
        if numbers:
            last = ", ".join(f"{register}-{number:06d}" for register, number in numbers.items())
            said.append(translate(self._language, "twin.promote_numbers", numbers=last))
        if tills := self._tills.registers:
            said.append(translate(self._language, "twin.promote_tills", tills=", ".join(tills)))
        heard = "".join(f"<p>{html.escape(one)}</p>" for one in said)
        return _PAGE.format(lang=self._language, script=_SCRIPT, heard=heard, **words)


_SCRIPT = """
const form = document.forms[0], said = document.getElementById("said");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ pin: form.elements.pin.value, sentence: form.elements.sentence.value });
  const answer = await fetch("/twin/promote", { method: "POST", body });
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
<form><p><input name="sentence" size="40" required autocomplete="off" aria-label="{promote_typed}"></p>
<p><label>{promote_pin_of}
<input name="pin" type="password" inputmode="numeric" required autocomplete="off"></label></p>
<p><button>{promote_button}</button></p></form><p id="said" role="status"></p></details></main>
<script>{script}</script></body></html>"""
