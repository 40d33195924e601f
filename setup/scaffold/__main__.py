"""`./run new capability NAME [--floor FLOOR] [--hub] [--page]`, `./run new driver ROLE NAME`: a starting point that
passes every check. `./run new driver ROLE --package NAME`: a driver as a separate package, in the folder that `--into`
names. `./run new migration NAME`: the migration of the last release's ledgers to the tables as declared."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from edge.lib.floors import FLOORS
from setup.scaffold import capability, driver, driver_package, migration
from setup.scaffold.edits import ScaffoldError, Tree
from setup.step import ROOT


def main(words: list[str]) -> int:
    """Return the exit status: 0 if the files were created, 2 if nothing was changed, for the printed reason."""
    args = _parser().parse_args(words)
    apart = getattr(args, "package", "")
    tree = Tree(Path(args.into) / driver_package.package_name(apart) if apart else ROOT)
    try:
        if args.kind == "capability":
            capability.plan(tree, args.name, args.hub, args.page, args.floor)
        elif args.kind == "migration":
            from edge.operations.ledger import build_registry  # the whole product, which the others don't need
            from edge.runtime.config import load

            migration.plan(tree, args.name, build_registry(load(ROOT / "config.toml")).projectors)
        elif apart:
            driver_package.plan(tree, args.role, apart)
        elif args.name:
            driver.plan(tree, args.role, args.name)
        else:
            raise ScaffoldError("Name the driver: ./run new driver ROLE NAME, or ./run new driver ROLE --package NAME.")
    except ScaffoldError as error:
        print(error, file=sys.stderr)
        return 2
    changed = tree.write()
    if apart:
        print(f"Made in {args.into}/{driver_package.package_name(apart)}: see its README.md, and docs/extensions.md.")
        return 0
    if sources := [path for path in changed if path.suffix == ".py"]:
        _tidy(sources)
    if args.kind == "capability":
        for module in ("setup.tree", "tests.golden", *(["tests.contract.hub_schema"] if args.hub else [])):
            _run(sys.executable, "-m", module)
    for path in changed:
        print(path)
    print("Created. See docs/changing.md for what belongs where.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run new", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("capability", help="a folder on one of the floors of edge")
    one.add_argument("name", metavar="NAME", help="a noun in lowercase: raffles, gift_cards")
    one.add_argument("--hub", action="store_true", help="with rows for head office")
    one.add_argument("--page", action="store_true", help="with a page for the manager")
    one.add_argument("--floor", choices=FLOORS, default=FLOORS[-1], help="its floor: it can use the floors below")
    one = kinds.add_parser("migration", help="what differs between tables.sql and the last release, as SQL")
    one.add_argument("name", metavar="NAME", help="what changes, in lowercase: price_breaks")
    one = kinds.add_parser("driver", help="a driver, and its rig among the contract tests")
    one.add_argument("role", metavar="ROLE", choices=sorted(driver.ROLES), help=", ".join(sorted(driver.ROLES)))
    one.add_argument("name", metavar="NAME", nargs="?", help="what is particular of it: a wire, a maker")
    one.add_argument("--package", metavar="NAME", default="", help="as a package that a shop installs and turns on")
    one.add_argument("--into", metavar="FOLDER", default=".", help="where the package's folder is made")
    return parser


def _tidy(paths: list[Path]) -> None:
    """Sort imports and format lines like the rest of the project."""
    _run("ruff", "check", "--quiet", "--select", "I", "--fix", *map(str, paths))
    _run("ruff", "format", "--quiet", *map(str, paths))


def _run(*words: str) -> None:
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
