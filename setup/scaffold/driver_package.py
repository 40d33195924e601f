"""A driver as a separate package that another publisher builds, and a shop installs and turns on."""

from __future__ import annotations

from pathlib import Path
from string import Template

from edge.runtime.extensions import API, CLOSED_ROLES
from setup.scaffold.driver import ROLES
from setup.scaffold.edits import ScaffoldError, Tree, class_prefix
from setup.step import ROOT

TEMPLATES = Path(__file__).parent / "driver_package"


def package_name(name: str) -> str:
    return f"edge-driver-{name.replace('_', '-')}"


def plan(tree: Tree, role: str, name: str, publisher: str = "Your company") -> None:
    """Collect the package's files, at the root of `tree`. Raises `ScaffoldError` for an invalid name, or a role that
    packages can't provide."""
    if role in CLOSED_ROLES:
        raise ScaffoldError(f"Drivers of {role} are part of the appliance: leave out --package.")
    kind = ROLES[role]
    made = class_prefix(name) + kind.ending
    values = {
        "package": package_name(name),
        "module": package_name(name).replace("-", "_"),
        "publisher": publisher,
        "api": str(API),
        "role": role,
        "name": name,
        "Name": made,
        "like": kind.like,
    }
    for template in sorted(TEMPLATES.glob("*.txt")):
        tree.add(template.name.removesuffix(".txt"), Template(template.read_text()).substitute(values))
    text = (ROOT / "drivers" / kind.folder / f"{kind.like}.py").read_text()
    text = text.replace(class_prefix(kind.like) + kind.ending, made)
    tree.add(f"{values['module']}/__init__.py", text.replace(f"Options of the {kind.like} ", f"Options of the {name} "))
