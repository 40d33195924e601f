"""Arguments of `edge twin` and `edge witness`."""

from __future__ import annotations

import argparse

from twin.link_port import LINK_PORT


def add_twin(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    help = "run the witness on a third machine; it stores no data"
    witness = commands.add_parser("witness", help=help, description=help)
    witness.set_defaults(command="witness:run")
    witness.add_argument("--folder", default="/var/lib/edge-witness", help="folder of its state (default: %(default)s)")
    witness.add_argument("--join", metavar="HOST:PORT", help="first pair with the box at this address")
    witness.add_argument("--port", type=int, default=LINK_PORT, help="of its link to the boxes (default: %(default)s)")
    help = "manage a pair of boxes: status, joining, manual failover"
    twin = commands.add_parser("twin", help=help, description=help)
    twin.set_defaults(command="twin:status")
    under = twin.add_subparsers(title="commands", metavar="COMMAND")
    for name, what in (
        ("status", "show the active box and the state of the copy"),
        ("promote", "make this box active; only if the other one is switched off"),
    ):
        under.add_parser(name, help=what, description=what).set_defaults(command=f"twin:{name}")
    what = "make this machine the second box of the shop at HOST:PORT"
    join = under.add_parser("join", help=what, description=what)
    join.set_defaults(command="twin:join")
    join.add_argument("host", metavar="HOST:PORT")
    join.add_argument("--port", type=int, default=LINK_PORT, help="of the link to the other box (default: %(default)s)")
    join.add_argument(
        "--page", type=int, default=0, help="port of its own pages (default: from the shop's config.toml)"
    )
    join.add_argument("--wifi", action="store_true", help="allow a link without a cable")
    join.add_argument("--data", default="data", help="its data folder, beside config.toml (default: %(default)s)")
