"""What tests reach of each package, as a table of what coverage.py measured: `python -m tests.coverage_table [LEAST]`.

With LEAST (percent) it fails if tests reach less of all packages together, and names those that lack most.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path, PurePath
from typing import NamedTuple

from coverage import Coverage

NAMED = 5


class Reached(NamedTuple):
    """Statements, and how many of them no test ran."""

    statements: int = 0
    missed: int = 0

    def beside(self, other: Reached) -> Reached:
        return Reached(self.statements + other.statements, self.missed + other.missed)

    @property
    def percent(self) -> float:
        return 100.0 * (self.statements - self.missed) / self.statements if self.statements else 100.0


def package_of(path: str) -> str:
    """A capability, a service or a library by itself; of `edge` two folders deep, of the others one."""
    folders = PurePath(path).parent.parts
    return "/".join(folders[: 3 if folders[0] == "edge" else 2])


def by_package(files: dict[str, Reached]) -> dict[str, Reached]:
    found: dict[str, Reached] = defaultdict(Reached)
    for path, reached in files.items():
        found[package_of(path)] = found[package_of(path)].beside(reached)
    return dict(sorted(found.items()))


def total_of(packages: dict[str, Reached]) -> Reached:
    total = Reached()
    for reached in packages.values():
        total = total.beside(reached)
    return total


def shortfall(packages: dict[str, Reached], least: float) -> str:
    """Which packages to test first, where all together are below `least` percent; "" where they are not."""
    total = total_of(packages)
    if total.percent >= least:
        return ""
    lacking = sorted(packages, key=lambda name: -packages[name].missed)[:NAMED]
    most = ", ".join(f"{name} ({packages[name].missed} statements)" for name in lacking)
    return f"Tests reach {total.percent:.1f} % of the statements, at least {least:g} % are wanted. Most lack in {most}."


def table(packages: dict[str, Reached]) -> str:
    total = total_of(packages)
    rows = [f"{name:32} {one.statements:>10} {one.missed:>7} {one.percent:>6.1f} %" for name, one in packages.items()]
    last = f"{'all':32} {total.statements:>10} {total.missed:>7} {total.percent:>6.1f} %"
    return "\n".join([f"{'package':32} {'statements':>10} {'missed':>7} {'reached':>8}", *rows, last])


def measured() -> dict[str, Reached]:
    """Every file that coverage.py knows of below the folder one is in, and that is still there."""
    found, here = {}, Path.cwd()
    coverage = Coverage()
    coverage.load()
    for path in coverage.get_data().measured_files():
        if Path(path).is_relative_to(here) and Path(path).is_file():
            _, statements, _, missing, _ = coverage.analysis2(path)
            found[str(Path(path).relative_to(here))] = Reached(len(statements), len(missing))
    return found


if __name__ == "__main__":
    found = by_package(measured())
    sys.stdout.write(table(found) + "\n")
    sys.exit(shortfall(found, float(sys.argv[1])) if sys.argv[1:] else 0)
