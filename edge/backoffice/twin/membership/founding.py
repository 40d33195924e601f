"""Sets up the folders of two boxes and a witness as one shop on one machine, for the demo, benchmarks and tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edge.backoffice.twin.copy import promises
from edge.backoffice.twin.copy.promises import Promises
from edge.backoffice.twin.membership import members
from edge.backoffice.twin.membership.members import FOLDER, Member, Members
from edge.backoffice.twin.wire import box_tls


def found_shop(folders: Mapping[str, Path], ports: Mapping[str, int], pages: Mapping[str, int]) -> None:
    """Set up a shop. `folders`: data folders by name; `ports`: of their links; `pages`: of boxes' pages (a witness has
    none). The first one leads. Between real machines, `pairing.py` does this."""
    certificates = {name: box_tls.certificate_of(folder / FOLDER, name) for name, folder in folders.items()}
    every = tuple(
        Member(
            name,
            "box" if name in pages else "witness",
            "127.0.0.1",
            ports[name],
            f"http://127.0.0.1:{pages[name]}" if name in pages else "",
            certificates[name],
        )
        for name in folders
    )
    leader = next(iter(folders))
    first = promises.of_the_first(leader)
    for name, folder in folders.items():
        members.save(folder, Members(name, every))
        Promises(folder / FOLDER).keep(first if name == leader else promises.joining_promises(first))
