"""Connect to the broker and stay connected: MQTT v5, with paho on asyncio's loop.

Clean start without session expiry, so nothing is queued for us at the broker. QoS 1, with every PUBACK's reason
checked, as refusals by the access list show nowhere else. The number of messages in transit is limited in both
directions, so a slow peer slows the sender.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sync import limits
from sync.backoff import backoff_s
from sync.link_errors import X509
from sync.paho_loop import drive
from sync.session import LinkLost, Session

NOT_AUTHORIZED = 0x87
BAD_PASSWORD = 0x86
ENVELOPE_BYTES = 1024
"""Upper bound of a message's topic and properties, in bytes."""
GOODBYE_S = 2.0
"""Time limit for sending the DISCONNECT; then the socket is closed."""
NOT_LET_IN = frozenset(
    {"wrong_password", "turned_away", "may_not_read", "no_password", "no_secret", "no_trust"}
    | {"expired", "not_begun", "another_name", "untrusted"}
)
"""Reasons for a failed connection that a person has to resolve, so that retrying soon wouldn't help."""
STEADY_S = 10.0
"""Duration of a connection after which the next attempt is made soon."""


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The broker's address and our credentials.

    `tls` alone trusts the system's authorities; `ca_file` a private one; `cert_file` and `key_file` are a client
    certificate (PEM). `password_file` contains the password, or `password` returns it; both are read at each
    connection, so a new one needs no restart. `others`: further brokers with the same credentials, as host and port.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    user: str = ""
    password: str | Callable[[], str] = ""
    password_file: str = ""
    tls: bool = False
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    others: tuple[tuple[str, int], ...] = ()

    @property
    def place(self) -> str:
        """The address, for messages."""
        return f"{self.host}:{self.port}"

    @property
    def each(self) -> tuple[BrokerConfig, ...]:
        """Return a configuration for each broker, without the others."""
        places = ((self.host, self.port), *self.others)
        alone = (msgspec.structs.replace(self, host=host, port=port, others=()) for host, port in places)
        return tuple(dict.fromkeys(alone))


def place_of(address: str) -> tuple[str, int]:
    """Host and port of "host:port". Raises `ValueError`."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{address!r} isn't a broker address")
    return host, int(port)


@asynccontextmanager
async def connect(config: BrokerConfig, name: str, subscription: str | None, unacked: int) -> AsyncIterator[Session]:
    """Yield a session, subscribed to `subscription` (QoS 1) if given. Raises `LinkLost` with the reason.

    `name`: the beginning of the client id; `unacked`: the maximum number of messages in transit, each way.
    """
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        f"{name}-{secrets.token_hex(6)}",  # unique: the broker ends the older of two sessions with one id
        protocol=paho.MQTTv5,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.max_inflight_messages_set(unacked)
    client.connect_timeout = limits.CONNECT_S / 2
    client.on_socket_open = _without_delay
    session = Session(client, unacked, config.place)
    try:
        try:
            async with asyncio.timeout(limits.CONNECT_S):
                await _begin(config, client, session, subscription, unacked)
        except (OSError, TimeoutError) as error:  # ssl.SSLError and socket.gaierror are OSErrors
            raise _unreachable(config, error) from error
        yield session
    finally:
        await _hang_up(client, session)


@asynccontextmanager
async def connect_any(
    config: BrokerConfig, name: str, subscription: str | None, unacked: int
) -> AsyncIterator[Session]:
    """Like `connect`, but with the first broker that accepts the connection.

    Raises `LinkLost` with the last one's reason.
    """
    async with AsyncExitStack() as stack:
        *before, last = config.each
        for one in before:
            with suppress(LinkLost):
                session = await stack.enter_async_context(connect(one, name, subscription, unacked))
                break
        else:
            session = await stack.enter_async_context(connect(last, name, subscription, unacked))
        yield session


async def _begin(
    config: BrokerConfig, client: paho.Client, session: Session, subscription: str | None, unacked: int
) -> None:
    if config.user:
        client.username_pw_set(config.user, password_of(config))
    if config.tls:
        client.tls_set_context(_tls(config))
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0
    properties.ReceiveMaximum = unacked
    properties.MaximumPacketSize = limits.MESSAGE_BYTES + ENVELOPE_BYTES
    keepalive_s = limits.KEEPALIVE_S
    await asyncio.to_thread(
        client.connect, config.host, config.port, keepalive_s, clean_start=True, properties=properties
    )
    drive(client, session.break_off)
    _accept(await _await_connack(session, config), config)
    if subscription is None:
        return
    client.subscribe(subscription, options=SubscribeOptions(qos=1))
    reason = await _or_lost(session, session.subscribed)
    if reason.is_failure:
        raise LinkLost("may_not_read", topic=subscription)


def _without_delay(_client: paho.Client, _userdata: Any, connection: Any) -> None:
    """Disable Nagle's algorithm, which delays short messages until the previous one is acknowledged (up to 40 ms)."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _tls(config: BrokerConfig) -> ssl.SSLContext:
    file = config.ca_file
    try:
        context = ssl.create_default_context(cafile=file or None)
        if file := config.cert_file:
            context.load_cert_chain(file, config.key_file or None)
    except OSError as error:  # missing, unreadable, or not a certificate
        raise LinkLost("no_trust", file=file, detail=str(error)) from error
    return context


def password_of(config: BrokerConfig) -> str:
    """Return the password. Raises `LinkLost` if it can't be read."""
    if callable(config.password):
        return config.password()
    if not config.password_file:
        return config.password
    try:
        return Path(config.password_file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise LinkLost("no_password", file=config.password_file, detail=str(error)) from error


async def _or_lost(session: Session, answer: asyncio.Future[ReasonCode]) -> ReasonCode:
    try:
        return await answer
    except asyncio.CancelledError:
        if session.closed.done():
            raise session.closed.result() from None
        raise


async def _await_connack(session: Session, config: BrokerConfig) -> ReasonCode:
    try:
        return await _or_lost(session, session.accepted)
    except LinkLost as lost:
        if lost.trouble.code == "broken_off" and not config.tls:
            raise LinkLost("hung_up", place=config.place) from lost
        raise


def _accept(reason: ReasonCode, config: BrokerConfig) -> None:
    place = config.place
    if reason.value in (NOT_AUTHORIZED, BAD_PASSWORD):
        raise LinkLost("wrong_password", place=place)
    if reason.is_failure:
        raise LinkLost("turned_away", place=place, detail=reason.getName())


def _unreachable(config: BrokerConfig, error: Exception) -> LinkLost:
    place = config.place
    match error:
        case ssl.SSLCertVerificationError():
            return _unproven(place, error)
        case ssl.SSLError() | ConnectionResetError() if config.tls:
            return LinkLost("no_tls", place=place, detail=str(error))
        case socket.gaierror():
            return LinkLost("unknown_host", host=config.host)
        case ConnectionRefusedError():
            return LinkLost("no_broker", place=place)
        case TimeoutError():
            return LinkLost("no_answer", place=place)
        case _:
            return LinkLost("unreachable", place=place, detail=str(error))


def _unproven(place: str, error: ssl.SSLCertVerificationError) -> LinkLost:
    """Return the error for an invalid broker certificate: its dates (or our clock), name, or authority."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    match error.verify_code:
        case X509.EXPIRED:
            return LinkLost("expired", place=place, today=today)
        case X509.NOT_YET_VALID:
            return LinkLost("not_begun", place=place, today=today)
        case X509.HOSTNAME_MISMATCH | X509.IP_ADDRESS_MISMATCH:
            return LinkLost("another_name", place=place)
        case _:
            return LinkLost("untrusted", place=place, detail=error.verify_message)


async def _hang_up(client: paho.Client, session: Session) -> None:
    """Disconnect; close the connection if that doesn't get through."""
    if client.disconnect() != paho.MQTT_ERR_SUCCESS:
        return  # already closed
    try:
        async with asyncio.timeout(GOODBYE_S):
            await session.ended.wait()
    except TimeoutError:
        connection = client.socket()
        if isinstance(connection, socket.socket):
            with suppress(OSError):  # the broker closed it first
                connection.shutdown(socket.SHUT_RDWR)
            client.loop_write()  # paho notices that it's closed


async def keep_connected(
    config: BrokerConfig,
    name: str,
    subscription: str,
    unacked: int,
    *,
    serve: Callable[[Session], Awaitable[None]],
    lost: Callable[[LinkLost], None],
    random: Callable[[], float],
    behind: asyncio.Event | None = None,
    behind_s: float = limits.RECONNECT_BACKLOG_S,
) -> None:
    """Run `serve` on one session after another, forever; `lost` receives the reason each ended. With several brokers,
    each attempt uses the next one, and pauses grow after a round through all of them.

    While `behind` is set, messages are waiting. Pauses are then at most `behind_s`, if only the network failed.
    """
    clock = asyncio.get_running_loop().time
    places, at, tries = config.each, 0, 0
    while True:
        began, let_in = clock(), True
        try:
            async with connect(places[at], name, subscription, unacked) as session:
                await _until_closed(session, serve)
        except LinkLost as link:
            let_in = link.trouble.code not in NOT_LET_IN
            lost(link)
        if clock() - began > STEADY_S:
            tries = 0
        at = (at + 1) % len(places)
        wait_s = backoff_s(tries // len(places), limits.RECONNECT_S, limits.RECONNECT_MAX_S, random)
        await _pause(wait_s, behind if let_in else None, min(wait_s, behind_s))
        tries += 1


async def _pause(wait_s: float, behind: asyncio.Event | None, least_s: float) -> None:
    """Wait for `wait_s`, or at least `least_s` and then only until `behind` is set."""
    await asyncio.sleep(least_s)
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s - least_s):
            await (behind or asyncio.Event()).wait()


async def _until_closed(session: Session, serve: Callable[[Session], Awaitable[None]]) -> None:
    serving = asyncio.ensure_future(serve(session))
    ends: set[asyncio.Future[Any]] = {serving, session.closed}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        raise (
            session.closed.result() if session.closed.done() else LinkLost("broken_off", detail="the work on it ended")
        )
    finally:
        serving.cancel()
        await asyncio.wait({serving})
