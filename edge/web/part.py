"""The part that serves the panel."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from edge.core.addresses import address_of, is_loopback
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.parts import PartState, Ready, TaskSet
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH, translate
from edge.web.capability_pages import preparing_modules
from edge.web.context import SITE, PanelContext
from edge.web.limits import ADDRESS_RETRY_S, BACKLOG, CERTIFICATES_LOOKED_AT_S, PREPARE_AFTER_S
from edge.web.listener import Listener
from edge.web.practice import PRACTICES
from edge.web.site_config import PanelSection
from edge.web.token import write_token
from edge.web.trust import make_trust_app

if TYPE_CHECKING:  # loaded only if other machines can connect
    from edge.core.tls.certificates import Certificates

_log = structlog.get_logger(__name__)
SHUTDOWN_S = 1.0
"""Time for requests in progress to finish when the part stops."""
HERE = "127.0.0.1"


class PanelPart:
    """Serves an application of `app.open_app`. `port` is the actual port once `run` is ready."""

    def __init__(self, app: web.Application, panel: PanelSection) -> None:
        self._app = app
        self._panel = panel
        self.port = panel.port
        self._untold = False

    @property
    def address(self) -> str:
        """Address for browsers."""
        host = f"[{self._panel.host}]" if ":" in self._panel.host else self._panel.host
        return f"{'https' if self._panel.beyond else 'http'}://{host}:{self.port}/"

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. Raises `ConfigError` if the address is unavailable."""
        site = self._app[SITE]
        sockets = self._listen()
        if site.door.certificates:
            await asyncio.to_thread(site.door.certificates.look)
        pages = web.AppRunner(self._app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        astray = web.AppRunner(make_trust_app(site), access_log=None, shutdown_timeout=SHUTDOWN_S)
        preparing = TaskSet(3)
        practices = site.services.of(PRACTICES)
        await practices.end_left()
        await pages.setup()
        await astray.setup()
        door = site.door
        listener = Listener(_server(pages), _server(astray), self._near, door.context, door.rates, door.others_turn)
        try:
            listener.open(sockets)
            self.port = sockets[0].getsockname()[1]
            if not self._tell_the_command_line(site):
                preparing.start(self._tell_once_there_is_room(site), "telling the command line")
            ready()
            preparing.start(_prepare(site), "preparing")
            preparing.start(practices.watch(), "training")
            await site.live.follow()
        finally:
            await preparing.stop()
            await practices.stop()
            await listener.close()
            await astray.cleanup()
            await pages.cleanup()

    def _near(self, address: str) -> bool:
        """Whether an address gets the pages without TLS: this machine, or a proxy that terminates TLS."""
        proxy = self._panel.trusted_proxy
        proxied = bool(proxy) and address_of(address) == address_of(proxy)
        return proxied or not self._panel.beyond or self._app[SITE].door.here(address)

    def _tell_the_command_line(self, site: PanelContext) -> bool:
        """Write the token file; return False on failure. A full disk must not stop the pages, because they report
        it."""
        here = HERE if self._panel.beyond else self._panel.host
        try:
            write_token(site.config.folder, f"{here}:{self.port}", site.door.token)
        except OSError as error:
            if not self._untold:
                _log.error("the command line can't reach this appliance; retrying", why=str(error))
            self._untold = True
        else:
            self._untold = False
        return not self._untold

    async def _tell_once_there_is_room(self, site: PanelContext) -> None:
        while True:
            await asyncio.sleep(ADDRESS_RETRY_S)
            if self._tell_the_command_line(site):
                break
        _log.info("the command line can reach this appliance again")

    def _listen(self) -> list[socket.socket]:
        """Listening sockets: the configured one, and one for this machine if not covered."""
        first = self._bind(self._panel.host, self._panel.port)
        if is_loopback(first.getsockname()[0]) or self._panel.host == "0.0.0.0":
            return [first]
        try:
            return [first, self._bind(HERE, first.getsockname()[1])]
        except ConfigError:
            first.close()
            raise

    @staticmethod
    def _bind(host: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            return socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            raise ConfigError(
                f"The pages can't be served on {host}:{port}: {error.strerror or error}.",
                "Stop the other program, or set another port in [panel].",
            ) from error


async def keep_certificates(certificates: Certificates, ready: Ready) -> None:
    """Part that renews certificates and reports their problems."""
    while True:
        await asyncio.to_thread(certificates.look)
        ready(_state(certificates))
        await asyncio.sleep(CERTIFICATES_LOOKED_AT_S)


def _state(certificates: Certificates) -> PartState | None:
    if not certificates.faults:
        return None
    fault = certificates.faults[0]
    key = f"tls.{fault.key}"
    what, advice = translate(ENGLISH, key, **fault.values), translate(ENGLISH, f"{key}_do", **fault.values)
    return PartState("", "lost", what, advice, key, dict(fault.values))


def _server(runner: web.AppRunner) -> web.Server:
    assert runner.server is not None, "it was set up"
    return runner.server


async def _prepare(site: PanelContext) -> None:
    """Load the code and data for the first query and sale shortly after start, so that no user at the till waits.
    Everything loaded by then is excluded from garbage collection."""
    await asyncio.sleep(PREPARE_AFTER_S)
    for module in await asyncio.to_thread(preparing_modules):
        await module.prepare(site)
    freeze_gc()
