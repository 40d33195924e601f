"""`edge hub weather`: fetch the weather for a store and publish it; run by a timer at head office."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import msgspec

from edge.analytics.forecast.calendar.weather_answer import CACHE_S
from edge.app import hub
from edge.app.cli.hub import publish_parts, store_of
from edge.app.cli.hub_places import broker_of, dsn_of
from edge.app.cli.output import say
from edge.app.head_office.hub_weather import fetch_weather
from edge.lib.errors import ConfigError

_LAST = """
    SELECT extract(epoch FROM now() - max(at)) FROM directive WHERE tenant = $1 AND store = $2 AND kind = 'weather-days'
"""


def run(args: argparse.Namespace) -> int:
    tenant, store = store_of(args.store)
    latitude, longitude = _place(args.place)
    dsn, key = dsn_of(args), key_of(args.key_file, "EDGE_WEATHER_KEY")
    if (age_s := asyncio.run(_age_s(dsn, tenant, store))) is not None and age_s < CACHE_S:
        say(f"{args.store} got a forecast {age_s / 3600:.1f} hours ago, valid for {CACHE_S // 3600}.")
        return 0
    days = asyncio.run(fetch_weather(args.url, latitude, longitude, key))
    body = msgspec.json.encode({"weather": days})
    versions = asyncio.run(publish_parts(dsn, broker_of(args), tenant, store, "weather-days", [body]))
    say(f"Directive {versions[-1]} for {args.store}: {len(days)} days of weather.")
    return 0


async def _age_s(dsn: str, tenant: str, store: str) -> float | None:
    async with hub.open_hub(dsn) as opened:
        found = await opened.pool.fetchval(_LAST, tenant, store)
    return None if found is None else float(found)


def _place(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"{text} isn't a location.", "Enter latitude,longitude, such as 32.08,34.78.") from None
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ConfigError(f"{text} isn't a valid location.", "Enter latitude,longitude, such as 32.08,34.78.")
    return latitude, longitude


def key_of(file: str, variable: str) -> str:
    """Return the chain's own API key from a file, which keeps it out of process lists, or from the environment."""
    if not file:
        return os.environ.get(variable, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.") from error
