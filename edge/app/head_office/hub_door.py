"""Front door of head office's API: TLS, except for this machine and a named proxy.

Uses the listener of the shop's pages (`edge/web/listener.py`), with its limits and timeouts.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from cryptography.hazmat.primitives.serialization import Encoding

from edge.core.addresses import address_of, is_loopback, network_of
from edge.core.process.parts import TaskSet
from edge.core.secrets.store import SecretStore
from edge.core.tls.certificates import Certificates
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH, translate
from edge.web.connection import time_request
from edge.web.limits import BACKLOG, CERTIFICATES_LOOKED_AT_S
from edge.web.listener import Listener
from edge.web.rate_limit import RATES, RateLimit, Rates
from sync.enrolment import TRADE
from sync.hub.api.enrolment_api import VOUCHER
from sync.hub.api.limits import CLOSE_S
from sync.hub.api.order_status import PATH as ORDER_STATUS
from sync.hub.api.problems import Problem, too_often
from sync.hub.api.signing_in import PATH as SIGN_IN
from sync.identity.heads import refuse_unreadable

_log = structlog.get_logger(__name__)
WRONG = "wrong_sign_in"
"""Limit of wrong passwords and codes per network, for all accounts together."""
GUESSED = {SIGN_IN: HTTPStatus.UNAUTHORIZED, TRADE: HTTPStatus.NOT_FOUND}
"""Requests that try a secret, and the response to a wrong one."""
REPORTS, REPORTED = "reports", "/reports/"
"""Later reports from messaging services and web shops, which only the box can authenticate."""
ASKING = {
    **RATES,
    "order_status": RateLimit(5, 60),  # per address; many phones share that of a mobile network
    "order_status_of_all": RateLimit(100, 200),
    WRONG: RateLimit(1 / 10, 30),
    REPORTS: RateLimit(1 / 2, 120),  # per network and channel of a box
}
ASTRAY = "Head office only accepts TLS: use https://. Anything sent unencrypted may have been read, so change it."


class HubDoor(msgspec.Struct, frozen=True):
    """Address of the API. `name`: an additional host name. `own`: certificate and key files; without them, the API
    issues its own certificate from an authority in `folder`. `proxy`: address of a proxy that terminates TLS."""

    host: str = "127.0.0.1"
    port: int = 0
    name: str = ""
    own: tuple[Path, Path] | None = None
    folder: Path | None = None
    proxy: str = ""

    @property
    def beyond(self) -> bool:
        """Whether other machines can reach the API."""
        return not is_loopback(self.host)

    @property
    def tls(self) -> bool:
        """Whether TLS is used: always beyond this machine, except behind the proxy."""
        return self.beyond or self.own is not None

    def is_near(self, address: str) -> bool:
        """Whether requests from an address are answered without TLS."""
        if self.proxy and address_of(address) == address_of(self.proxy):
            return True
        return is_loopback(address)

    @asynccontextmanager
    async def open(self, app: web.Application) -> AsyncIterator[int]:
        """Serve `app` and yield its port. Raises `ConfigError` if the address is taken or no certificate is
        available."""
        certificates = await asyncio.to_thread(self._certificates)
        if certificates and certificates.authority is not None and not self.proxy:
            app[VOUCHER] = certificates.authority.public_bytes(Encoding.PEM).decode()
        app.middlewares.insert(0, self._from_proxy)
        app.middlewares.insert(0, refuse_unreadable)
        app.middlewares.insert(0, time_request)
        rates = Rates(asyncio.get_running_loop().time, ASKING)
        app.middlewares.append(self._throttle(rates))
        pages, astray = _runner(app), _runner(_astray())
        listening = self._bind()
        looking = TaskSet(1)
        await pages.setup()
        await astray.setup()
        assert pages.server is not None and astray.server is not None, "they were set up"

        def context() -> ssl.SSLContext | None:
            return certificates.context if certificates else None

        listener = Listener(pages.server, astray.server, self.is_near, context, rates)
        try:
            listener.open([listening])
            if certificates:
                looking.start(_keep(certificates), "certificates")
            yield int(listening.getsockname()[1])
        finally:
            await looking.stop()
            await listener.close()
            await astray.cleanup()
            await pages.cleanup()

    def _certificates(self) -> Certificates | None:
        if not self.tls:
            return None
        if self.folder is None:
            raise ConfigError(
                "No folder is set for the API's certificates.",
                "Set a permanent one in $EDGE_HUB_API_FOLDER; by default, systemd's StateDirectory is used.",
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Certificates(self.folder, SecretStore(self.folder, lambda _: None), self.name or self.host, self.own)
        made.look()
        _say(made)
        if made.context is None:
            raise ConfigError("The API has no TLS certificate.", "See the log.")
        return made

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family, backlog=BACKLOG)
        except OSError as error:
            where = f"{self.host}:{self.port}"
            raise ConfigError(f"Can't listen on {where}: {error}.", "Choose another port.") from error

    @web.middleware
    async def _from_proxy(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Reject requests that reached the proxy unencrypted, because their credentials may have been seen."""
        if request.headers.get("X-Forwarded-Proto", "https").lower() != "https" and not request.secure:
            return _upgrade_required()
        return await handler(request)

    def _throttle(self, rates: Rates) -> Middleware:
        """Answer 429 with `Retry-After` above the limit for public requests, per caller and in total."""

        @web.middleware
        async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path == ORDER_STATUS:
                wait_s = rates.take("order_status", self._asking(request)) or rates.take("order_status_of_all", "")
                if wait_s:
                    raise too_often(wait_s)
            if request.path.startswith(REPORTED) and request.method == "POST":
                # /reports/TENANT/STORE/DEVICE/CHANNEL: anyone may make up the rest of the path
                box = "/".join(request.path.split("/")[2:6])
                if wait_s := rates.take(REPORTS, f"{self._asking(request)} {box}"):
                    raise too_often(wait_s)
            if wrong := GUESSED.get(request.path):
                return await self._limit_guesses(request, handler, rates, wrong)
            return await handler(request)

        return throttle

    async def _limit_guesses(
        self, request: web.Request, handler: Handler, rates: Rates, wrong: HTTPStatus
    ) -> web.StreamResponse:
        """Limit guessing: failures count against the caller's network as well."""
        caller = self._asking(request)
        if wait_s := rates.wait_s(WRONG, caller):
            raise too_often(wait_s)
        try:
            return await handler(request)
        except Problem as problem:
            if problem.status == wrong:
                rates.take(WRONG, caller)
            raise

    def _asking(self, request: web.Request) -> str:
        """Return the key by which a caller is counted: the proxy's client (the last one it names), or the peer."""
        peer = request.remote or ""
        if self.proxy and peer and address_of(peer) == address_of(self.proxy):
            peer = request.headers.getall("X-Forwarded-For", [peer])[-1].rpartition(",")[2].strip()
        return network_of(peer)


async def _keep(certificates: Certificates) -> None:
    """Renew certificates, and report changes of their problems."""
    while True:
        await asyncio.sleep(CERTIFICATES_LOOKED_AT_S)
        if await asyncio.to_thread(certificates.look):
            _say(certificates)


def _say(certificates: Certificates) -> None:
    for fault in certificates.faults:
        _log.warning(translate(ENGLISH, f"tls.{fault.key}", **fault.values))
    if certificates.authority is not None:
        _log.info(
            "the API uses its own certificate: compare this fingerprint before trusting it",
            sha256=certificates.fingerprint,
        )


def _astray() -> web.Application:
    """Return an application that answers unencrypted requests with an error, never a redirect."""
    app = web.Application(middlewares=[time_request], client_max_size=0)

    async def refuse(_request: web.Request) -> web.Response:
        return _upgrade_required()

    app.router.add_route("*", "/{path:.*}", refuse)
    return app


def _upgrade_required() -> web.Response:
    headers = {"Upgrade": "TLS/1.2, HTTP/1.1", "Connection": "Upgrade, close", "Cache-Control": "no-store"}
    answer = web.Response(status=426, text=ASTRAY + "\n", headers=headers)
    answer.force_close()
    return answer


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_S)
