"""Arguments of `edge hub weather`, `edge hub occasions`, `edge hub feed` and `edge hub hooks`."""

from __future__ import annotations

import argparse

WEATHER_URL = "https://customer-api.open-meteo.com/v1/forecast"


def add_fetchers(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add all four commands."""
    weather = actions.add_parser("weather", help="fetch the weather forecast for a store and send it")
    weather.add_argument("store", help="tenant/store")
    weather.add_argument("place", help="latitude,longitude")
    weather.add_argument(
        "--url", default=WEATHER_URL, help="a server compatible with Open-Meteo (default: %(default)s)"
    )
    weather.add_argument("--key-file", default="", help="the file with the chain's key (or $EDGE_WEATHER_KEY)")
    weather.set_defaults(command="hub_weather:run")
    occasions = actions.add_parser("occasions", help="fetch local events from a calendar for a store and send them")
    occasions.add_argument("store", help="tenant/store")
    occasions.add_argument("url", help="a feed of events, as iCalendar or JSON: edge/app/head_office/hub_occasions.py")
    occasions.add_argument("--zone", default="UTC", help="the store's time zone (default: %(default)s)")
    occasions.add_argument("--effect", type=int, default=0, help="effect in percent, if the feed doesn't give one")
    occasions.add_argument("--category", default="", help="the affected category (default: all)")
    occasions.add_argument("--key-file", default="", help="the file with the chain's key (or $EDGE_OCCASIONS_KEY)")
    occasions.set_defaults(command="hub_occasions:run")
    feed = actions.add_parser("feed", help="fetch data from other tills and addresses, and send it to stores")
    feed.add_argument(
        "action",
        choices=("run", "list"),
        help="fetch now (a timer does this every 15 minutes), or show the status of each",
    )
    feed.add_argument("name", nargs="?", default="", help="of a [[feed]] in $EDGE_HUB_FEEDS_FILE (default: all)")
    feed.set_defaults(command="hub_feed:run")
    hooks = actions.add_parser("hooks", help="list messages from other till systems in the last thirty days")
    hooks.add_argument("till", help="tenant/store/till")
    hooks.add_argument("digest", nargs="?", default="", help="open this one, by its digest or its first digits")
    hooks.add_argument("--limit", type=int, default=50, help="number of messages to list (default: %(default)s)")
    hooks.set_defaults(command="hub_hooks:run")
