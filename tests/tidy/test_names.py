"""A name says one thing, and says it: whoever greps for a class finds one, and no module is called after nothing."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.tidy.tree import files, packages, parsed

SAYS_NOTHING = frozenset(
    {
        *("base", "common", "core", "etc", "extra", "extras", "functions", "general", "generic", "helper", "helpers"),
        *("impl", "lib", "logic", "manager", "misc", "more", "other", "shared", "stuff", "temp", "things", "tmp"),
        *("tool", "tools", "toolbox", "util", "utils", "utility", "utilities", "various"),
    }
)
# Folders: a name of the architecture, drawn in edge/README.md
KINDS = {Path("edge/core"), Path("edge/lib")}


def public_classes(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Name -> the files that define a public class of it at their top."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path))
    return found


def twins(classes: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: places for name, places in classes.items() if len(places) > 1}


def silent(paths: Iterable[Path]) -> set[str]:
    """Modules, and the folders that they are in, whose name says nothing."""
    named = {place for path in paths for place in (path, *path.parents)} - KINDS
    return {str(place) for place in named if place.stem in SAYS_NOTHING}


def test_a_public_class_has_its_name_alone() -> None:
    found = public_classes(files(".py", under="edge"))
    assert len(found) > 100
    assert not twins(found), "name one of them by the field's own term: a reader who greps must find one thing"


def test_no_module_is_called_after_nothing() -> None:
    paths = [path for package in packages() for path in files(".py", under=str(package))]
    assert not silent(paths), "name it after what is in it: its main class, or the noun that one would search for"


def test_both_rules_notice() -> None:
    assert twins({"Answer": ["a.py", "b.py"], "Basket": ["c.py"]}) == {"Answer": ["a.py", "b.py"]}
    assert silent([Path("edge/core/clock.py"), Path("edge/web/utils.py"), Path("models/shared/tensor.py")]) == {
        "edge/web/utils.py",
        "models/shared",
    }
