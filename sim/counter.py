"""The simulated devices on one page: pressing a product makes the scanner type, and the page shows the printed
receipts.

The page is separate and has its own port, as the appliance knows the devices only by their connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType

import msgspec
from aiohttp import web

from sim.counter_words import translate_page
from sim.http_service import HttpService
from sim.printer.server import SimPrinter
from sim.scale import SimScale
from sim.scanners.serial import SimScanner
from sim.speech import SENTENCES, SOUND_BYTES, NotSaid, SimSpeech
from sim.terminal.server import Fault, SimTerminalServer

CODE_CHARS = 512
"""Maximum characters typed per press."""
SCALE = """<section>
  <h2>Scale</h2>
  <label class="row"><input id="load" type="range" min="0" max="3000" step="5" value="0"
    aria-label="what lies on the scale">
  <output id="grams">0.000 kg</output></label>
</section>"""
SPEECH = """<section>
  <h2>Microphone and loudspeaker</h2>
  <p>First let the microphone listen: sign in at the till, open <em>Assistant</em> (/chat) and press 🎙.</p>
  <div class="row" id="sentences"></div>
  <form id="spoken"><input id="sentence" maxlength="200" placeholder="any sentence" aria-label="any sentence">
  <button>Say it</button></form>
  <label class="row">or a WAV file (16 bits, mono, 22050 Hz)
  <input id="sound" type="file" accept=".wav,audio/wav"></label>
  <p class="row"><button id="hear">Hear what the loudspeaker said</button>
  <audio id="answered" controls hidden></audio></p>
</section>"""
TERMINAL = """<section>
  <h2>Payment terminal</h2>
  <p>The till asks it by F9; present a card.</p>
  <div class="row"><button data-post="terminal/approve">Approve</button>
  <button data-post="terminal/decline">Decline</button>
  <button data-post="terminal/sign">Approve, with a signature</button>
  <button data-post="terminal/less">Approve less</button>
  <button data-post="terminal/silence">Approve, and fall silent</button>
  <button data-post="terminal/cut">Approve, and cut the line</button></div>
</section>"""
PRESSES: Mapping[str, Fault] = MappingProxyType(
    {"approve": "", "sign": "", "decline": "decline", "less": "less", "silence": "silent_after", "cut": "cut_after"}
)
"""The action of each button on the terminal."""
INTERNET = """<section>
  <h2>Internet</h2>
  <div class="row"><button data-post="internet/off">Cut the line to head office</button>
  <button data-post="internet/on">Mend it</button></div>
</section>"""
RESET = """<section>
  <h2>Demo</h2>
  <div class="row"><button id="reset" data-till="{till}">Reset the demo</button></div>
  <p id="reset-sure" hidden><span>All sales and changes of this demo are deleted.</span>
  <button id="reset-yes">Delete and start again</button></p>
  <p id="reset-runs" role="status" hidden>The demo is starting again. This takes a minute or two.</p>
</section>"""
WAIT_S = 25.0
"""Seconds for which a request for the next receipt waits before the page has to ask again."""


class Key(msgspec.Struct, frozen=True):
    """A product to press: its name by language, and the code that the scanner types for it."""

    names: dict[str, str]
    code: str


class Counter(HttpService):
    """Serves the page on 127.0.0.1; `port` 0 takes a free one. An async context manager."""

    def __init__(
        self,
        scanner: SimScanner,
        printer: SimPrinter,
        keys: Sequence[Key],
        port: int = 0,
        shelf: str = "",
        scale: SimScale | None = None,
        internet: Callable[[bool], None] | None = None,
        speech: SimSpeech | None = None,
        terminal: SimTerminalServer | None = None,
        reset: Callable[[], None] | None = None,
        till: str = "",
    ) -> None:
        super().__init__(port)
        self._speech = speech
        self._terminal = terminal
        self._reset = reset
        self._scanner = scanner
        self._scale = scale
        self._internet = internet
        self._printer = printer
        self._keys = msgspec.json.encode(list(keys)).decode().replace("</", "<\\/")
        page = files("sim").joinpath("counter.html").read_text(encoding="utf-8")
        page = page.replace("<!--SCALE-->", SCALE if scale else "").replace(
            "<!--INTERNET-->", INTERNET if internet else ""
        )
        page = page.replace("<!--TERMINAL-->", TERMINAL if terminal else "")
        page = page.replace("<!--RESET-->", RESET.format(till=till) if reset else "")
        page = page.replace("<!--SPEECH-->", SPEECH if speech else "")
        page = page.replace("/*SENTENCES*/[]", msgspec.json.encode(SENTENCES if speech else ()).decode())
        self._page = page.replace(
            "<!--SHELF-->", f'<p><a href="{shelf}" target="_blank">Simulated shelf</a></p>' if shelf else ""
        )

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=SOUND_BYTES, middlewares=[local_only])
        app.add_routes(
            [
                web.get("/", self._show),
                web.post("/scan", self._scan),
                web.post("/scanner/{state:plugged|unplugged}", self._plug),
                web.post("/scale/{grams:\\d{1,5}}/{state:still|moving}", self._lay),
                web.post("/microphone/{how:say|bring}", self._say),
                web.get("/speaker.wav", self._serve_sound),
                web.post("/terminal/{what:approve|sign|decline|less|silence|cut}", self._present),
                web.post("/internet/{state:on|off}", self._cut),
                web.post("/printer/{state:on|off}", self._power),
                web.post("/reset", self._begin_anew),
                web.get("/receipts/after/{number:\\d+}", self._next),
                web.get("/receipts/{number:\\d+}.png", self._picture),
            ]
        )
        return app

    async def _show(self, request: web.Request) -> web.Response:
        text = translate_page(self._page, request.query.get("lang", "en")).replace("/*KEYS*/[]", self._keys)
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _scan(self, request: web.Request) -> web.Response:
        code = (await request.text()).strip()
        if not code.isprintable() or not 0 < len(code) <= CODE_CHARS:
            raise web.HTTPBadRequest(text=f"A scan is 1 to {CODE_CHARS} printable characters.")
        try:
            self._scanner.type(code)
        except OSError as error:
            raise web.HTTPConflict(text=str(error)) from None
        return web.Response(status=204)

    async def _plug(self, request: web.Request) -> web.Response:
        if request.match_info["state"] == "plugged":
            self._scanner.replug()
        else:
            self._scanner.unplug()
        return web.Response(status=204)

    async def _lay(self, request: web.Request) -> web.Response:
        """Put this weight on the scale; `moving`: it isn't stable yet."""
        if self._scale is None:
            raise web.HTTPNotFound(text="There is no scale.")
        self._scale.put(int(request.match_info["grams"]), request.match_info["state"] == "still")
        return web.Response(status=204)

    async def _say(self, request: web.Request) -> web.Response:
        """Play a sentence or a WAV file into the microphone."""
        if self._speech is None:
            raise web.HTTPNotFound(text="There is no microphone.")
        try:
            if request.match_info["how"] == "say":
                await self._speech.say((await request.text()).strip())
            else:
                self._speech.bring(await request.read())
        except NotSaid as why:
            raise web.HTTPBadRequest(text=str(why)) from None
        return web.Response(status=204)

    async def _serve_sound(self, request: web.Request) -> web.Response:
        """The loudspeaker's output since then."""
        sound = await asyncio.to_thread(self._speech.read_spoken) if self._speech else b""
        if not sound:
            raise web.HTTPNotFound(text="The loudspeaker has said nothing yet.")
        return web.Response(body=sound, content_type="audio/wav", headers={"Cache-Control": "no-store"})

    async def _present(self, request: web.Request) -> web.Response:
        """Present a card at the payment terminal; returns the result."""
        if self._terminal is None:
            raise web.HTTPNotFound(text="There is no payment terminal.")
        self._terminal.signs = request.match_info["what"] == "sign"
        self._terminal.press(PRESSES[request.match_info["what"]])
        return web.Response(status=204)

    async def _cut(self, request: web.Request) -> web.Response:
        """Disconnect head office, or reconnect it."""
        if self._internet is None:
            raise web.HTTPNotFound(text="There is no line to cut.")
        self._internet(request.match_info["state"] == "on")
        return web.Response(status=204)

    async def _power(self, request: web.Request) -> web.Response:
        if request.match_info["state"] == "on":
            await self._printer.recover()
        else:
            self._printer.refuse()
        return web.Response(status=204)

    async def _begin_anew(self, _: web.Request) -> web.Response:
        """Delete all sales and changes, and restart the demo."""
        if self._reset is None:
            raise web.HTTPNotFound(text="This demo can't be reset from here.")
        self._reset()
        return web.Response(status=204)

    async def _next(self, request: web.Request) -> web.Response:
        """Return the number of the newest receipt, waiting until it's above the page's number or the time is over."""
        seen = int(request.match_info["number"])
        try:
            async with asyncio.timeout(WAIT_S):
                seen = (await self._printer.newer_than(seen)).number
        except TimeoutError:
            pass  # the page will ask again
        return web.json_response({"number": seen})

    async def _picture(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        for receipt in self._printer.receipts:
            if receipt.number == number:
                return web.Response(body=receipt.png, content_type="image/png")
        raise web.HTTPNotFound(text=f"There is no receipt {number} any more.")


@web.middleware
async def local_only(request: web.Request, handler: object) -> web.StreamResponse:
    """Accept only requests from this machine's own pages, not from other sites or under a host name that resolves
    here."""
    host = request.host.rsplit(":", 1)[0]
    origin = request.headers.get("Origin", "")
    if host not in ("127.0.0.1", "localhost") or (origin and origin != f"http://{request.host}"):
        raise web.HTTPForbidden(text="This page is for this machine alone.")
    return await handler(request)  # type: ignore[operator,no-any-return]
