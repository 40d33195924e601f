"""`edge hub`: head office's side."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from edge.app import hub
from edge.app.cli.hub_places import broker_of, dsn_of, is_unsigned, mail_of, signer_of
from edge.app.cli.output import say
from edge.backoffice.directives.kinds import KINDS
from edge.core.process import log
from edge.lib.errors import ConfigError
from sync import wire
from sync.hub.directive_writer import NobodyReads
from sync.hub.model import Key
from sync.hub.tenants import NotTaken
from sync.limits import DIRECTIVE_BYTES, EDGE_UNACKED
from sync.mqtt import BrokerConfig, connect
from sync.session import LinkLost
from sync.wire import Down, Hint

PUBLISH_S = 5.0
"""How long a command waits for the broker, to notify stores immediately. Otherwise they get the directives with their
next sync."""

NO_DEVICE = "edge/-/-/-/up"
"""A topic that the hub may read and no device uses, because every connection needs a topic."""

_STATUS = """
    SELECT tenant, store, device, through, epoch, app, coalesce(heard_at, moved_at) AS heard_at, behind, stopped_text,
           quarantined, projected, waiting
    FROM fleet ORDER BY tenant, store, device
"""


def run(args: argparse.Namespace) -> int:
    log.set_up()
    asyncio.run(hub.run(dsn_of(args), broker_of(args), signer_of(), is_unsigned(), mail_of()))
    return 0


def publish(args: argparse.Namespace) -> int:
    tenant, store = store_of(args.store)
    body = Path(args.file).read_bytes() if Path(args.file).is_file() else None
    if body is None:
        raise ConfigError(f"File {args.file} not found.")
    fault = hub.validate_directive(args.kind, body)
    if fault is not None:
        raise ConfigError(f"{args.file} {fault}.")
    kind = KINDS[args.kind]
    try:
        parts = kind.split_body(body, DIRECTIVE_BYTES)
    except ValueError as error:
        raise ConfigError(
            f"{args.file} is too long: {error}.", f"A directive can have at most {DIRECTIVE_BYTES}."
        ) from None
    versions = asyncio.run(publish_parts(dsn_of(args), broker_of(args), tenant, store, args.kind, parts))
    for version, part in zip(versions, parts, strict=True):
        say(f"Directive {version} for {args.store}: {len(kind.items(part))} {args.kind}.")
    return 0


def status(args: argparse.Namespace) -> int:
    async def read() -> list[Any]:
        async with hub.open_hub(dsn_of(args)) as store:
            return list(await store.pool.fetch(_STATUS))

    boxes = asyncio.run(read())
    for box in boxes:
        for line in _box(box):
            say(line)
    if not boxes:
        say("No box has connected yet.")
    return 0


def _box(box: Mapping[str, Any]) -> Iterator[str]:
    """Describe one row of the view `fleet`."""
    name = f"{box['tenant']}/{box['store']}/{box['device']}"
    version = f", version {box['app']}" if box["app"] else ""
    held = f"received up to #{box['through']} (epoch {box['epoch']})"
    yield f"{name}: {held}, last contact {box['heard_at']:%F %T} UTC{version}"
    if (box["projected"] or 0) < box["through"]:
        yield f"    Head office's tables are at #{box['projected'] or 0}."
    if box["behind"]:
        yield f"    {box['behind']} directives not processed yet."
    if box["quarantined"]:
        yield f"    {box['quarantined']} events in quarantine: see `edge hub quarantine list`"
    if box["waiting"]:
        yield f"    Head office's tables aren't updated. {box['waiting']}"
    if box["stopped_text"]:
        yield f"    STOPPED: {box['stopped_text']}"


async def publish_parts(
    dsn: str, broker: BrokerConfig, tenant: str, store: str, kind: str, parts: Sequence[bytes]
) -> list[int]:
    """Publish these parts as directives and notify the store's boxes; return the versions."""
    async with hub.open_hub(dsn, signer_of()) as opened:
        try:
            versions = [await opened.publish(tenant, store, kind, part) for part in parts]
        except NobodyReads as error:
            raise ConfigError(str(error), "See known boxes with: edge hub status") from None
        except NotTaken as error:
            raise ConfigError(
                f"{tenant}/{store} can't receive this directive: {error}.", "See: edge hub tenant list"
            ) from None
        devices = await opened.devices(tenant, store)
    try:
        await tell(broker, devices, Hint(versions[-1]))
        if not devices:
            say(f"No box of {tenant}/{store} has connected yet. Check the name. The first one will apply it.")
    except (LinkLost, TimeoutError) as error:
        say(f"The store can't be notified now. It checks automatically within minutes. {error}")
    return versions


async def tell(broker: BrokerConfig, devices: Sequence[Key], message: Down) -> None:
    """Notify devices over each broker of news that they would otherwise find later. Raises `LinkLost` and
    `TimeoutError` if no broker can be reached."""
    told = await asyncio.gather(*(_tell(one, devices, message) for one in broker.each), return_exceptions=True)
    errors = [error for error in told if error is not None]
    if len(errors) == len(told) or not all(isinstance(error, LinkLost | TimeoutError) for error in errors):
        raise errors[0]


async def _tell(broker: BrokerConfig, devices: Sequence[Key], message: Down) -> None:
    async with asyncio.timeout(PUBLISH_S), connect(broker, "publish", NO_DEVICE, EDGE_UNACKED) as session:
        payload = wire.encode(message)
        receipts = [await session.publish(f"edge/{device}/down", payload) for device in devices]
        await asyncio.gather(*receipts, return_exceptions=True)  # one that the broker didn't pass on isn't an error


def store_of(text: str) -> tuple[str, str]:
    """Parse a tenant and store."""
    tenant, _, store = text.partition("/")
    if not tenant or not store or "/" in store:
        raise ConfigError(f"{text!r} isn't a store.", "Write it as tenant/store.")
    return tenant, store


def box_of(text: str) -> Key:
    """Parse a box's key."""
    try:
        return Key(*msgspec.convert(text.split("/"), tuple[wire.Name, wire.Name, wire.Name]))
    except msgspec.ValidationError:
        how = "Write it as tenant/store/device, as in its config.toml: letters, digits, '.', '_' and '-'."
        raise ConfigError(f"{text!r} isn't a box.", how) from None
