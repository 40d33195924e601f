"""Set-up page of a box without a configuration: asks for the basics, or for a backup of the shop.

It prints a test page, and writes the answers that become config.toml. It is served to this machine, and to a phone that
enters the code on the box's screen, before a ledger exists. The shop then opens in the same process.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import sdnotify
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from drivers.discovery.match import OptionName, Proposal, proposals
from drivers.discovery.udev import find_plugged
from drivers.roles import DeviceError
from edge.app.first_start_phone import PATH, PhoneAccess, code_page, lead_to_tls, set_cookie
from edge.app.office_recovery import OfficeRecovery
from edge.app.restored_shop import RestoreShop, ShopRestoring
from edge.app.second_box import JoinShop, SecondBox
from edge.core.addresses import is_loopback
from edge.core.config_section import ConfigFault
from edge.core.endpoints import JSON
from edge.core.messages import Refusal, Refused
from edge.core.process.parts import TaskSet
from edge.core.services import Services
from edge.core.storage.atomic_write import write_whole
from edge.counter.till.from_config import till_settings
from edge.foundation.access.credentials.pin_rules import LEAST, LEAST_MANAGING, why_not
from edge.foundation.printing.service.devices.device_search import find_devices
from edge.foundation.printing.service.trial_print import print_at_once, printer_of, trial_page
from edge.lib.errors import ConfigError, EdgeError, NeedsHuman
from edge.lib.i18n import ENGLISH, LANGUAGES, translate
from edge.lib.regions.places import list_countries
from edge.operations.maintenance.backups.connected import find_backups
from edge.runtime import enrolment
from edge.runtime.backup_state.destinations import labels_of_disks
from edge.runtime.config import Config, parse
from edge.runtime.config.first import FirstAnswers, OfficeName, check_answers, config_text
from edge.runtime.networks import JoinNetwork, Networks
from edge.web.assets import ASSETS
from edge.web.connection import time_request
from edge.web.limits import BACKLOG
from edge.web.listener import Listener
from edge.web.live.rendering import Renderer
from edge.web.rate_limit import Rates
from sync.enrolment import Enrolment
from sync.identity.heads import refuse_unreadable

_log = structlog.get_logger(__name__)
HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
SCREEN = "/first/screen"
"""Path answered only for the box's own screen, because the answer has the code."""
BODY_BYTES = 16_384
ALIVE_S = 2.0
"""Interval of notifications to systemd's watchdog, which waits ten seconds."""
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
NEUTRAL = '[store]\nid = "new"\nheader = []\ncurrency = "EUR"\n'
"""Placeholder settings, because pages are rendered for a shop and none exists yet."""
LEFT_S = 1.0
"""Seconds to let the last answer reach the page before the shop takes over the port."""
PRINTER_LOOK_S, PRINT_TRIES = 5.0, 3
"""Interval at which to look for an attached receipt printer that can print the code for phones, and how often to retry
a failing one."""
RESTORED_LEFT_S = 3.0
"""Seconds for the last progress of a restore to reach its page."""


class TrialPrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST first/print`: a printer entry as in config.toml, and the page's language."""

    driver: str
    options: dict[OptionName, str | int | bool]
    language: str = ENGLISH


class CodeTyped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST first/phone`: the code from the box's screen."""

    code: str


def attached_printer() -> Proposal | None:
    """Return a known receipt printer attached to this machine. Printers on the network may belong to another shop."""
    try:
        found = [one for device in find_plugged() for one in proposals(device)[:1]]
    except (ImportError, OSError):  # this machine can't list its devices
        return None
    return next((one for one in found if one.certain and one.role == "receipt_printer"), None)


class FirstStart:
    """Serves the set-up page until it is answered once. `file`: the configuration to write; `port`: where it is served.
    `near` returns whether an address is this machine; other machines need a code of `phones`."""

    def __init__(
        self,
        file: Path,
        data: str,
        port: int,
        phones: PhoneAccess | None = None,
        near: Callable[[str], bool] = is_loopback,
        attached: Callable[[], Proposal | None] = attached_printer,
    ) -> None:
        self._file = file
        self._data = data
        self._port = self._served = port
        self._renderer = Renderer(till_settings(parse(NEUTRAL, file)), lambda: Services(None))
        self._answered: asyncio.Future[tuple[Config, FirstAnswers | None]] | None = None
        self._second = SecondBox(file, data, port or 8080)
        self._restoring = ShopRestoring(file, data, self._restore_done)
        self._office = OfficeRecovery()
        self._networks = Networks()
        self._phones = phones or PhoneAccess()
        self._near, self._attached = near, attached
        self._traded: tuple[str, Enrolment] | None = None
        self._over = False
        self._turn = asyncio.Lock()

    async def ask(self, ready: Callable[[int], None] = lambda port: None) -> tuple[Config, FirstAnswers | None]:
        """Return the written configuration and the answers (None for a second box). Raises `ConfigError` if the port is
        taken."""
        self._answered = asyncio.get_running_loop().create_future()
        await asyncio.to_thread(self._phones.look)
        listening = self._bind()
        self._served = listening.getsockname()[1]
        pages, astray = _runner(self.app()), _runner(lead_to_tls())
        await pages.setup()
        await astray.setup()
        assert pages.server is not None and astray.server is not None, "they were set up"
        rates = Rates(asyncio.get_running_loop().time)
        listener = Listener(pages.server, astray.server, self._near, self._phones.context, rates)
        tasks = TaskSet(1)
        try:
            listener.open([listening])
            tasks.start(self._print_code(), "printing the code for phones")
            _log.info("new shop: open this page on this machine", page=f"http://{HOST}:{self._served}/")
            ready(self._served)
            return await self._until_answered()
        finally:
            await tasks.stop()
            await listener.close()
            await astray.cleanup()
            await pages.cleanup()

    def _bind(self) -> socket.socket:
        try:
            return socket.create_server((EVERYWHERE, self._port), backlog=BACKLOG)
        except OSError as error:
            what = f"The set-up page can't be served on port {self._port}: {error.strerror}."
            raise ConfigError(
                what, "Stop the other program, or choose another port: ./run --first-port 8090."
            ) from error

    async def _until_answered(self) -> tuple[Config, FirstAnswers | None]:
        assert self._answered is not None
        notifier = sdnotify.SystemdNotifier()
        notifier.notify("READY=1")
        while True:
            notifier.notify("WATCHDOG=1")
            done, _ = await asyncio.wait([self._answered], timeout=ALIVE_S)
            if done:
                return self._answered.result()
            await asyncio.to_thread(self._phones.look)

    async def _print_code(self) -> None:
        """Print the code for phones once, on a known receipt printer that is attached to the box."""
        tries = PRINT_TRIES
        while tries:
            printer = await asyncio.to_thread(self._attached)
            if printer and self._phones.address(self._served):
                try:
                    device = printer_of({"name": printer.name, "driver": printer.driver, **printer.options})
                    async with self._turn:
                        await print_at_once(device, code_page(self._phones, self._served))
                    return
                except (ConfigFault, DeviceError, TimeoutError) as error:
                    tries -= 1
                    _log.warning("the code for phones couldn't be printed", printer=printer.name, why=str(error))
            await asyncio.sleep(PRINTER_LOOK_S)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[time_request, refuse_unreadable, self._guard])
        app.add_routes(
            [
                web.get(PATH, self._phone_page),
                web.post(PATH, self._phone_code),
                web.get(SCREEN, self._screen),
                web.post(SCREEN, self._new_code),
                web.get("/first/devices", self._devices),
                web.post("/first/print", self._print),
                web.post("/first/join", self._join),
                web.get("/first/join", self._joining),
                web.get("/first/backups", self._backups),
                web.post("/first/restore", self._restore),
                web.get("/first/restore", self._restore_progress),
                web.post("/first", self._answer),
                web.get("/first/office", self._office_progress),
                web.get("/first/network", self._network),
                web.post("/first/network/join", self._join_network),
                web.post("/first/network/known/{uuid}", self._use_network),
                web.delete("/first/network/known/{uuid}", self._forget_network),
                ASSETS,
                web.get("/{any:.*}", self._page),
            ]
        )
        return app

    async def _page(self, request: web.Request) -> web.Response:
        language = _language(request)
        countries = await asyncio.to_thread(list_countries, language)
        text = self._renderer.render(
            "first_start.html",
            language,
            countries=countries,
            known={one.code: msgspec.to_builtins(one) for one in countries},
            disks=labels_of_disks(),
            phone=not self._near(request.remote or ""),
        )
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Allow only this machine's own page, under its own name, and an admitted phone. Also sets security headers."""
        refused: web.Response | None = None
        if self._near(request.remote or ""):
            origin = urlsplit(request.headers.get("Origin", f"http://{request.host}"))
            if request.url.host not in (HOST, "localhost") or origin.netloc != request.host:
                refused = web.Response(text="Open this page on the box.\n", status=403)
        elif why := self._phones.refusal(request):
            refused = _field_error("", translate(_language(request), why[1]), why[0])
            if why[0] == 401 and request.method == "GET" and not request.path.startswith("/first/"):
                refused = web.Response(status=303, headers={"Location": PATH, "Cache-Control": "no-store"})
        elif request.path == SCREEN:
            refused = web.Response(text="Open this page on the box.\n", status=403)
        if refused is None and request.method == "POST" and request.content_type != JSON:
            refused = web.Response(text="Send the answers as JSON: Content-Type: application/json.\n", status=415)
        answer = refused or await handler(request)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    async def _phone_page(self, request: web.Request) -> web.Response:
        """`GET first/phone`: the page on which a phone enters the code."""
        text = self._renderer.render("first_phone.html", _language(request))
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _phone_code(self, request: web.Request) -> web.Response:
        """`POST first/phone`: admit a phone."""
        language = _language(request)
        try:
            typed = msgspec.json.decode(await request.read(), type=CodeTyped).code
        except (msgspec.DecodeError, UnicodeDecodeError):
            typed = ""
        if not (token := self._phones.admit(typed)):
            key = "phone_refused" if self._phones.refuses else "phone_wrong"
            return _field_error("code", translate(language, f"first.{key}"))
        _log.info("a phone was admitted to set up the shop", address=request.remote)
        answer = _json({})
        set_cookie(answer, token)
        return answer

    async def _screen(self, _request: web.Request) -> web.Response:
        """`GET first/screen`: how a phone opens this page; for the box's own screen."""
        return _json(await asyncio.to_thread(self._phones.screen, self._served, self._over))

    async def _new_code(self, request: web.Request) -> web.Response:
        """`POST first/screen`: make another code."""
        self._phones.renew()
        return await self._screen(request)

    async def _devices(self, request: web.Request) -> web.Response:
        """`GET first/devices`: connected printers, as proposals."""
        found = [one for one in await find_devices(()) if one.proposal and one.proposal.role == "receipt_printer"]
        return _json({"printers": found})

    async def _print(self, request: web.Request) -> web.Response:
        """`POST first/print`: print a test page on an unconfigured printer."""
        try:
            body = msgspec.json.decode(await request.read(), type=TrialPrinter)
            device = printer_of({"name": "printer", "driver": body.driver, **body.options})
        except (msgspec.DecodeError, UnicodeDecodeError, ConfigFault) as wrong:
            return _field_error("printer", str(wrong))
        language = body.language if body.language in LANGUAGES else ENGLISH
        try:
            async with self._turn:
                await print_at_once(device, trial_page("edge-store", device.name, language))
        except DeviceError as error:
            return _field_error("printer", f"{error.what} {error.advice}")
        except TimeoutError:
            return _field_error("printer", translate(language, "first.printer_silent"))
        return _json({})

    async def _join(self, request: web.Request) -> web.Response:
        """`POST first/join`: request to become a shop's second box."""
        try:
            wanted = msgspec.json.decode(await request.read(), type=JoinShop)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            return _field_error("at", str(wrong))
        async with self._turn:
            if self._over or self._restoring.state in ("working", "done"):
                return _field_error("at", translate(_language(request), "first.answered"))
            self._second.begin(wanted)
        return _json({})

    async def _joining(self, request: web.Request) -> web.Response:
        """`GET first/join`: the request's progress and the digits to compare. After it is admitted, the box starts as
        the second one."""
        assert self._answered is not None
        second = self._second
        if second.state == "joined" and not self._over:
            self._over = True  # before awaiting, because two pages may ask at once
            try:
                config = parse(await asyncio.to_thread(self._file.read_text), self._file)
            except ConfigError as wrong:
                self._over = False
                return _field_error("at", f"{wrong.what} {wrong.advice}")
            asyncio.get_running_loop().call_later(LEFT_S, self._answered.set_result, (config, None))
        return _json({"state": second.state, "digits": second.digits, "why": second.why})

    async def _backups(self, request: web.Request) -> web.Response:
        """`GET first/backups`: backups on the connected disks."""
        return _json({"backups": await asyncio.to_thread(find_backups)})

    async def _restore(self, request: web.Request) -> web.Response:
        """`POST first/restore`: begin to restore a backup."""
        language = _language(request)
        try:
            wanted = msgspec.json.decode(await request.read(), type=RestoreShop)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _field_error("backup_file", translate(language, "first.restore_lacks"))
        async with self._turn:
            if self._over or self._second.state in ("knocking", "waiting", "joined"):
                return _field_error("backup_file", translate(language, "first.answered"))
            self._restoring.begin(wanted)
        return _json({})

    async def _restore_progress(self, request: web.Request) -> web.Response:
        """`GET first/restore`: the progress, and then the restored data."""
        one = self._restoring
        if one.state == "failed" and one.wrong:
            return _field_error("backup_file", _in_language(_language(request), one.wrong))
        return _json({"state": one.state, "here": one.here, "through": one.through, "restored": one.restored})

    def _restore_done(self) -> None:
        """Open the shop with its restored configuration, even if the page was closed. Called in the restore's
        thread."""
        config = parse(self._file.read_text(), self._file)
        assert self._answered is not None
        self._answered.get_loop().call_soon_threadsafe(self._open_restored, config)

    def _open_restored(self, config: Config) -> None:
        assert self._answered is not None
        self._over = True
        asyncio.get_running_loop().call_later(RESTORED_LEFT_S, self._answered.set_result, (config, None))

    async def _answer(self, request: web.Request) -> web.Response:
        """`POST first`: all answers. They are written once, and then the shop opens."""
        assert self._answered is not None
        language = _language(request)
        try:
            said = msgspec.json.decode(await request.read(), type=FirstAnswers)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            return _field_error("", str(wrong))
        if why := why_not(said.pin, manages=True):
            shown = why if why in ("pin_form", "pin_short") else "pin_refused"
            refused = Refused(shown, {"least": LEAST_MANAGING if shown == "pin_short" else LEAST})
            return _field_error("pin", self._renderer.texts[language].refusal(refused))
        if said.backup in ("disk", "folder") and not said.backup_place.strip():
            return _field_error("backup_place", translate(language, "first.backup_nowhere"))
        if said.bring_back and not said.office.strip():
            return _field_error("office", translate(language, "first.office_lacks"))
        async with self._turn:
            if self._over or self._restoring.state in ("working", "done"):
                return _field_error("", translate(language, "first.answered"))
            try:
                config = check_answers(said, self._data, self._port or 8080, self._file)
                self._file.parent.mkdir(parents=True, exist_ok=True)
                made = await self._enrol(said.office.strip())
                text = await asyncio.to_thread(self._write_config, said, config.folder, made)
                config = parse(text, self._file)
                if said.bring_back:
                    await asyncio.to_thread(self._bring_back, config)
            except NeedsHuman as wrong:
                return _field_error("office", _in_language(language, wrong))
            except ConfigError as wrong:
                return _field_error("", f"{wrong.what} {wrong.advice}")
            except OSError as error:
                return _field_error("", translate(language, "first.not_written", file=str(self._file), why=str(error)))
            self._over = True
            asyncio.get_running_loop().call_later(LEFT_S, self._answered.set_result, (config, said))
        return _json({"network": said.network})

    async def _enrol(self, office: str) -> Enrolment | None:
        """Exchange a code for an enrolment. The result is kept, because head office accepts each code once and a later
        step may fail."""
        if not office:
            return None
        if self._traded is None or self._traded[0] != office:
            self._traded = (office, await enrolment.trade(office))
        return self._traded[1]

    def _bring_back(self, config: Config) -> None:
        """Download the shop from head office. If that fails, leave no configuration."""
        try:
            self._office.bring(config)
        except NeedsHuman:
            self._file.unlink(missing_ok=True)
            raise

    async def _office_progress(self, request: web.Request) -> web.Response:
        """`GET first/office`: number of entries downloaded, and the total."""
        return _json({"here": self._office.here, "through": self._office.through})

    async def _network(self, request: web.Request) -> web.Response:
        """`GET first/network`: connections and Wi-Fi networks; empty if NetworkManager isn't running."""
        state = await asyncio.to_thread(self._networks.look, request.query.get("search") == "1")
        text = self._renderer.render("network_rows.html", _language(request), state=state) if state.managed else ""
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _join_network(self, request: web.Request) -> web.Response:
        """`POST first/network/join`: begin to join a Wi-Fi network."""
        try:
            self._networks.join(msgspec.json.decode(await request.read(), type=JoinNetwork))
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            return _field_error("network", str(wrong))
        except Refusal as refusal:
            return self._refusal(request, refusal)
        return _json({})

    async def _use_network(self, request: web.Request) -> web.Response:
        """`POST first/network/known/{uuid}`: begin to connect to a stored Wi-Fi network."""
        try:
            await asyncio.to_thread(self._networks.use, request.match_info["uuid"])
        except Refusal as refusal:
            return self._refusal(request, refusal)
        return _json({})

    async def _forget_network(self, request: web.Request) -> web.Response:
        """`DELETE first/network/known/{uuid}`: forget a Wi-Fi network and its password."""
        try:
            await asyncio.to_thread(self._networks.forget, request.match_info["uuid"])
        except Refusal as refusal:
            return self._refusal(request, refusal)
        return _json({})

    def _refusal(self, request: web.Request, refusal: Refusal) -> web.Response:
        return _field_error("network", self._renderer.texts[_language(request)].refusal(refusal.refused))

    def _write_config(self, said: FirstAnswers, folder: Path, made: Enrolment | None) -> str:
        """Write head office's enrolment, and return the text of the configuration."""
        called, more = None, ""
        if made:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            enrolment.keep(folder, made)
            called = OfficeName(made.tenant, made.store, made.device)
            more = enrolment.section(enrolment.sync_of(made, folder))
        text = config_text(said, self._data, self._port or 8080, called, more)
        write_whole(self._file, text.encode())
        return text


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(app, access_log=None, shutdown_timeout=LEFT_S)


def _language(request: web.Request) -> str:
    accepted = request.headers.get("Accept-Language", "").split(",")
    for wish in (request.query.get("lang", ""), *accepted):
        if (language := wish.split(";")[0].strip().lower()[:2]) in LANGUAGES:
            return language
    return ENGLISH


def _in_language(language: str, wrong: EdgeError) -> str:
    if not wrong.key:
        return f"{wrong.what} {wrong.advice}"
    return " ".join(translate(language, key, **wrong.values) for key in (wrong.key, f"{wrong.key}_do"))


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


def _field_error(field: str, message: str, status: int = 422) -> web.Response:
    return _json({"field": field, "message": message}, status)
