"""The arguments of `edge train`."""

from __future__ import annotations

import argparse
from pathlib import Path

ROUNDS, NETWORKS, SEED = 18, 2, 36
"""What the file that comes with a release was trained with."""


def add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    what = "train what the appliance brings along of its own; no shop needs to"
    actions = commands.add_parser("train", help=what, description=what).add_subparsers(metavar="WHAT", required=True)
    made = actions.add_parser("understanding", help="the assistant's second reader, on sentences written by hand")
    made.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is seen (default: %(default)s)")
    made.add_argument("--networks", type=int, default=NETWORKS, help="whose mean counts (default: %(default)s)")
    made.add_argument("--seed", type=int, default=SEED, help="the same gives the same file (default: %(default)s)")
    made.add_argument("--measure", action="store_true", help="first train without a tenth, and say how right that is")
    made.add_argument(
        "--apart", type=Path, nargs="*", default=[], help="texts that are measured by: no six words in a row of them"
    )
    made.add_argument("--out", type=Path, help="where to write it (default: models/tag/understanding.npz)")
    made.set_defaults(command="train:understanding")
