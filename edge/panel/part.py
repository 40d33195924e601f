"""The part that serves the panel."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import structlog
from aiohttp import web

from edge.config import Panel
from edge.core.errors import ConfigError
from edge.core.process.memory import keep_what_is_here
from edge.core.process.parts import Tasks
from edge.panel.api import search
from edge.panel.limits import PREPARE_AFTER_S, TELL_AGAIN_S
from edge.panel.site import SITE, Site
from edge.panel.token import write_token

_log = structlog.get_logger(__name__)
SHUTDOWN_S = 1.0
"""How long requests that are being answered may take when the part is told to stop."""


class PanelPart:
    """Serves an application made by `app.make_app`. `port` is the one it got, once `run` is ready."""

    def __init__(self, app: web.Application, panel: Panel) -> None:
        self._app = app
        self._panel = panel
        self.port = panel.port
        self._untold = False

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. `ConfigError`: the address cannot be taken."""
        site = self._app[SITE]
        listener = self._listen()
        runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        preparing = Tasks(2)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            self.port = listener.getsockname()[1]
            if not self._tell_the_command_line(site):
                preparing.start(self._tell_once_there_is_room(site), "telling the command line")
            ready()
            preparing.start(_prepare(site), "preparing")
            await site.live.follow()
        finally:
            await preparing.stop()
            await runner.cleanup()

    def _tell_the_command_line(self, site: Site) -> bool:
        """Whether it could be told. A full disk: people can look and be told so, which matters more."""
        try:
            write_token(site.config.folder, f"{self._panel.host}:{self.port}", site.token)
        except OSError as error:
            if not self._untold:
                _log.error("the command line cannot reach this appliance; it is tried again", why=str(error))
            self._untold = True
        else:
            self._untold = False
        return not self._untold

    async def _tell_once_there_is_room(self, site: Site) -> None:
        while True:
            await asyncio.sleep(TELL_AGAIN_S)
            if self._tell_the_command_line(site):
                break
        _log.info("the command line reaches this appliance again")

    def _listen(self) -> socket.socket:
        host, port = self._panel.host, self._panel.port
        try:
            return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            raise ConfigError(
                f"The page cannot be served on {host}:{port}: {error.strerror or error}.",
                "Stop what else uses this port, or set another one in [panel].",
            ) from error


async def _prepare(site: Site) -> None:
    """Load what the first question and the first sale need, behind the first sale's start, so that nobody at the till
    waits for it. By then printers have loaded theirs: all that stays in memory, and is not looked through again."""
    await asyncio.sleep(PREPARE_AFTER_S)
    await search.prepare(site)
    site.renderer.prepare()
    keep_what_is_here()
