"""Our own kinds of import contracts: what each finds, in houses of four walls."""

from __future__ import annotations

from typing import Any

import grimp
import pytest
from importlinter import Contract, configuration

from tests.tidy.import_contracts import AcyclicContract, DoorsContract, ForbiddenRestContract

DOORS = {"packages": ["shop.*"], "importers": ["shop"], "public": ["*: events", "till: rules"]}
REST = {"source_modules": ["core"], "forbidden_modules": ["sync"], "allowed": ["sync.wire"]}


def house(*imports: str) -> grimp.ImportGraph:
    """A graph of "importer > imported"."""
    graph = grimp.ImportGraph()
    for line in imports:
        importer, imported = line.split(" > ")
        for name in (importer, imported):
            parts = name.split(".")
            for n in range(1, len(parts) + 1):
                graph.add_module(".".join(parts[:n]))
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    return graph


def is_kept(kind: type[Contract], options: dict[str, Any], *imports: str) -> bool:
    configuration.configure()
    found = kind("one", {"root_packages": ["core", "lib", "shop", "sync"]}, options)
    return found.check(house(*imports), verbose=False).kept


WELL = ("shop.orders.cart > shop.till.rules.basket", "shop.orders.cart > shop.till.events", "shop.till.a > shop.till.b")


@pytest.mark.parametrize("importer", ["shop.orders.cart", "shop.orders", "shop.orders.pages.board"])
def test_what_is_inside_of_another_is_not_imported(importer: str) -> None:
    assert is_kept(DoorsContract, DOORS, *WELL)
    assert not is_kept(DoorsContract, DOORS, *WELL, f"{importer} > shop.till.steps")


def test_a_door_is_opened_for_someone() -> None:
    assert not is_kept(DoorsContract, DOORS, "shop.orders.cart > shop.till.events"), "nobody imports till.rules"


@pytest.mark.parametrize("way", [("core.bus > sync.link",), ("core.bus > lib.a", "lib.a > sync.link")])
def test_of_what_is_forbidden_only_the_allowed_is_used_also_by_way_of_others(way: tuple[str, ...]) -> None:
    allowed = ("core.bus > sync.wire", "sync.wire > sync.limits", "sync.uplink > sync.link")
    assert is_kept(ForbiddenRestContract, REST, *allowed)
    assert not is_kept(ForbiddenRestContract, REST, *allowed, *way)


@pytest.mark.parametrize(
    "circle",
    [
        ("shop.till.a > shop.till.b", "shop.till.b > shop.till.c", "shop.till.c > shop.till.a"),
        ("shop.till.pages.board > shop.orders.routes", "shop.orders.pages.cart > shop.till.pages.counter"),
    ],
)
def test_nothing_comes_back_to_itself_nor_do_the_faces_of_a_capability(circle: tuple[str, ...]) -> None:
    faces = {"faces": ["shop.*.pages", "shop.*.routes"]}
    assert is_kept(AcyclicContract, faces, *WELL, *circle[:-1])
    assert not is_kept(AcyclicContract, faces, *WELL, *circle)
