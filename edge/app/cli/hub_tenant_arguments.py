"""Arguments of `edge hub tenant` and `edge hub store`: what an operator says of tenants and their stores."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_tenants(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Both commands. What is left out of `set` stays as it is."""
    tenant = actions.add_parser("tenant", help="tenants: their states and limits").add_subparsers(
        metavar="ACTION", required=True
    )
    one = tenant.add_parser("set", help="make one, or change it")
    one.add_argument("tenant")
    one.add_argument("--name", help="what people call it")
    one.add_argument("--state", choices=("active", "suspended", "closing"))
    one.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="WHAT=MOST",
        help="of stores, boxes, keys, people, files (MiB); directives, requests, rows, conversations a day; "
        "WHAT= lifts it; again",
    )
    one.set_defaults(command="hub_tenants:set_tenant")
    which = tenant.add_parser("list", help="which there are, and what they use")
    which.set_defaults(command="hub_tenants:show_tenants")
    away = tenant.add_parser("remove", help="delete all of one that closes, 30 days after that was asked for")
    away.add_argument("tenant")
    away.add_argument("again", metavar="TENANT", help="its name once more")
    how = away.add_mutually_exclusive_group()
    how.add_argument("--ask", action="store_true", help="ask for it: an owner of the tenant says yes")
    how.add_argument("--approve", action="store_true", help="say yes to what an owner of the tenant asked for")
    how.add_argument("--withdraw", action="store_true", help="do not ask for it any more")
    away.add_argument("--without-export", action="store_true", help="although nobody has taken its data out")
    away.add_argument("--archives", type=Path, metavar="FOLDER", help="where the files of archived months lie")
    away.set_defaults(command="hub_tenants:remove")
    store = actions.add_parser("store", help="stores as head office keeps them").add_subparsers(
        metavar="ACTION", required=True
    )
    shop = store.add_parser("set", help="make one, or change it")
    shop.add_argument("store", help="tenant/store")
    for name in ("name", "address", "country", "province", "zone", "language", "currency", "licence", "group"):
        shop.add_argument(f"--{name}")
    shop.add_argument("--licence-ends", metavar="YYYY-MM-DD", help="its last day; empty: it has none")
    shop.add_argument("--hours", help="when it is open: 'Mo-Fr 08:00-20:00; Sa 09:00-13:00'")
    shop.add_argument("--ring", choices=("canary", "early", "rest", ""), help="when it gets what goes out in waves")
    shop.add_argument("--state", choices=("planned", "open", "paused", "closed"))
    shop.set_defaults(command="hub_tenants:set_store")
    shown = store.add_parser("list", help="which there are")
    shown.add_argument("tenant")
    shown.set_defaults(command="hub_tenants:stores")
