"""Arguments of `edge hub weather`, `edge hub occasions`, `edge hub feed` and `edge hub hooks`: what head office asks of
others for its stores, and what others told it."""

from __future__ import annotations

import argparse

WEATHER_URL = "https://customer-api.open-meteo.com/v1/forecast"


def add_fetchers(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """All four commands."""
    weather = actions.add_parser("weather", help="ask for the weather of a store's place, and hand it down")
    weather.add_argument("store", help="tenant/store")
    weather.add_argument("place", help="latitude,longitude")
    weather.add_argument("--url", default=WEATHER_URL, help="a server as Open-Meteo's (default: %(default)s)")
    weather.add_argument("--key-file", default="", help="the file with the chain's key (or $EDGE_WEATHER_KEY)")
    weather.set_defaults(command="hub_weather:run")
    occasions = actions.add_parser("occasions", help="ask a calendar what is on near a store, and hand it down")
    occasions.add_argument("store", help="tenant/store")
    occasions.add_argument("url", help="a feed of events, as iCalendar or JSON: edge/app/hub_occasions.py")
    occasions.add_argument("--zone", default="UTC", help="the store's zone (default: %(default)s)")
    occasions.add_argument("--effect", type=int, default=0, help="percent more, where the feed does not say")
    occasions.add_argument("--category", default="", help="the category that it is about (default: everything)")
    occasions.add_argument("--key-file", default="", help="the file with the chain's key (or $EDGE_OCCASIONS_KEY)")
    occasions.set_defaults(command="hub_occasions:run")
    feed = actions.add_parser("feed", help="ask other tills and addresses for stores, and hand down what they say")
    feed.add_argument(
        "action", choices=("run", "list"), help="ask now (a timer does, every 15 minutes); or how each is"
    )
    feed.add_argument("name", nargs="?", default="", help="of a [[feed]] in $EDGE_HUB_FEEDS_FILE (default: all)")
    feed.set_defaults(command="hub_feed:run")
    hooks = actions.add_parser("hooks", help="what a till that is not ours told, as it came, of the last thirty days")
    hooks.add_argument("till", help="tenant/store/till")
    hooks.add_argument("digest", nargs="?", default="", help="open this one: its digest, or how it begins")
    hooks.add_argument("--limit", type=int, default=50, help="so many are listed (default: %(default)s)")
    hooks.set_defaults(command="hub_hooks:run")
