"""Arguments of `edge hub tenant` and `edge hub store`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_tenants(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands. Options omitted from `set` stay unchanged."""
    tenant = actions.add_parser("tenant", help="manage tenants, their status and limits").add_subparsers(
        metavar="ACTION", required=True
    )
    one = tenant.add_parser("set", help="create or change one")
    one.add_argument("tenant")
    one.add_argument("--name", help="its display name")
    one.add_argument("--state", choices=("active", "suspended", "closing"))
    one.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="WHAT=MOST",
        help=(
            "stores, boxes, keys, people, files (MiB); directives, requests, rows, conversations "
            "per day; WHAT= removes the limit; may be repeated"
        ),
    )
    one.set_defaults(command="hub_tenants:set_tenant")
    which = tenant.add_parser("list", help="list them with their usage")
    which.set_defaults(command="hub_tenants:show_tenants")
    away = tenant.add_parser("remove", help="delete all data of a closing tenant, 30 days after the request")
    away.add_argument("tenant")
    away.add_argument("again", metavar="TENANT", help="its name again")
    how = away.add_mutually_exclusive_group()
    how.add_argument("--ask", action="store_true", help="request it; an owner of the tenant must approve")
    how.add_argument("--approve", action="store_true", help="approve an owner's request")
    how.add_argument("--withdraw", action="store_true", help="withdraw the request")
    away.add_argument("--without-export", action="store_true", help="even if its data was never exported")
    away.add_argument("--archives", type=Path, metavar="FOLDER", help="the folder with archived months")
    away.set_defaults(command="hub_tenants:remove")
    store = actions.add_parser("store", help="manage stores at head office").add_subparsers(
        metavar="ACTION", required=True
    )
    shop = store.add_parser("set", help="create or change one")
    shop.add_argument("store", help="tenant/store")
    for name in ("name", "address", "country", "province", "zone", "language", "currency", "licence", "group"):
        shop.add_argument(f"--{name}")
    shop.add_argument("--licence-ends", metavar="YYYY-MM-DD", help="its last day (empty: none)")
    shop.add_argument("--hours", help="its opening hours, such as 'Mo-Fr 08:00-20:00; Sa 09:00-13:00'")
    shop.add_argument("--ring", choices=("canary", "early", "rest", ""), help="its wave for staged updates")
    shop.add_argument("--state", choices=("planned", "open", "paused", "closed"))
    shop.set_defaults(command="hub_tenants:set_store")
    shown = store.add_parser("list", help="list them")
    shown.add_argument("tenant")
    shown.set_defaults(command="hub_tenants:stores")
