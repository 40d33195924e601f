"""Carries out a restore that a page requested, before the shop opens, and shows its progress meanwhile."""

from __future__ import annotations

import asyncio
import html
import socket
import ssl

import sdnotify
import structlog
from aiohttp import web

from edge.core.addresses import is_loopback
from edge.core.clock import SystemClock
from edge.core.process.parts import first_completed
from edge.core.secrets import keys
from edge.core.tls.certificates import Certificates
from edge.lib.i18n import LANGUAGES, Language, translate
from edge.operations.maintenance.restoring.carry_out import carry_out
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of
from edge.web.connection import time_request
from edge.web.limits import BACKLOG
from edge.web.listener import Listener
from edge.web.rate_limit import Rates
from sync.identity.heads import refuse_unreadable

_log = structlog.get_logger(__name__)
ALIVE_S = 2.0
"""Interval of notifications to systemd's watchdog, which waits ten seconds."""
AGAIN_S = 3
"""After how many seconds pages load again."""
BODY_BYTES = 4096
_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="{again_s}">
<style>:root {{ color-scheme: light dark }} body {{ font: 18px/1.5 system-ui, sans-serif; margin: 12vh auto;
padding: 0 24px; max-inline-size: 36em }} h1 {{ font-size: 26px }}</style></head>
<body><main><h1>{title}</h1><p role="status">{said}</p><p>{hint}</p></main></body></html>
"""
_HEADERS = {
    "Cache-Control": "no-store",
    "Retry-After": str(AGAIN_S),
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}


class RestorePage:
    """Answers all requests during a restore with a page of its progress and status 503, so that tills wait."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._here = self._through = 0
        self._context: ssl.SSLContext | None = None

    def show(self, here: int, through: int) -> None:
        """Note the progress of entries from head office. For any thread."""
        self._here, self._through = here, through

    async def open(self) -> tuple[Listener, web.AppRunner] | None:
        """Serve the page on the shop's port. Returns None if that fails; the restore then continues without it."""
        panel = self._config.panel
        try:
            listening = socket.create_server((panel.host, panel.port), backlog=BACKLOG)
            if panel.beyond:
                self._context = await asyncio.to_thread(self._certificate)
        except OSError as error:
            _log.warning("the progress of the restore can't be shown", why=str(error))
            return None
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[time_request, refuse_unreadable])
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        assert runner.server is not None, "it was set up"
        rates = Rates(asyncio.get_running_loop().time)
        listener = Listener(runner.server, runner.server, self._is_near, lambda: self._context, rates)
        listener.open([listening])
        return listener, runner

    def _is_near(self, address: str) -> bool:
        return not self._config.panel.beyond or is_loopback(address)

    def _certificate(self) -> ssl.SSLContext | None:
        panel, folder = self._config.panel, self._config.folder
        beside = self._config.file.parent
        own = (beside / panel.tls_cert, beside / panel.tls_key) if panel.tls_cert else None
        made = Certificates(folder, secrets_of(folder), panel.host, own, shop=self._config.network_name)
        made.look()
        return made.context

    async def _answer(self, request: web.Request) -> web.Response:
        language = self._language(request)
        said = translate(language, "backups.restoring")
        if self._through:
            said = translate(language, "first.restore_office", here=self._here, through=self._through)
        text = _PAGE.format(
            language=language,
            direction=LANGUAGES[language].direction,
            again_s=AGAIN_S,
            title=html.escape(translate(language, "backups.restoring_title")),
            said=html.escape(said),
            hint=html.escape(translate(language, "backups.restoring_hint")),
        )
        return web.Response(text=text, status=503, content_type="text/html", headers=_HEADERS)

    def _language(self, request: web.Request) -> Language:
        wish = request.query.get("lang", "")
        return wish if wish in LANGUAGES else self._config.store.language


async def run(config: Config) -> None:
    """Carry out the waiting request. Its result is for the page of backups; a fault leaves the shop as it was."""
    keys.stored_or_made(config.folder)
    page = RestorePage(config)
    served = await page.open()
    try:
        await first_completed(_restore(config, page), _feed())
    finally:
        if served:
            await served[0].close()
            await served[1].cleanup()


async def _restore(config: Config, page: RestorePage) -> None:
    done = await asyncio.to_thread(carry_out, config, SystemClock(), page.show)
    _log.info("the requested restore ended", kind=done.kind if done else "", failed=bool(done and done.fault))


async def _feed() -> None:
    """Notify systemd that this process is ready and alive."""
    notifier = sdnotify.SystemdNotifier()
    notifier.notify("READY=1")
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(ALIVE_S)
