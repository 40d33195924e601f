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


IRREGULAR = frozenset(
    {
        *("begun", "bought", "brought", "built", "caught", "chosen", "done", "drawn", "driven", "felt", "forgotten"),
        *("found", "given", "gone", "grown", "heard", "held", "hidden", "kept", "known", "laid", "left", "lent"),
        *("lost", "made", "meant", "met", "overwritten", "paid", "rewritten", "said", "seen", "sent", "shown"),
        *("sold", "sought", "spent", "split", "spoken", "taken", "taught", "thought", "thrown", "told", "torn"),
        *("understood", "undone", "won", "written"),
    }
)
NO_PARTICIPLE = frozenset({"bed", "embed", "exceed", "feed", "need", "proceed", "red", "seed", "speed", "succeed"})
BARE_PUBLIC, BARE = 8, 10
"""How many functions are called by a participle alone (`shown`: what is, to whom?): of them those that other files may
call, and all. Both may only fall; one that is touched is named by what it does or gives (`visible_products`)."""


def bare(name: str) -> bool:
    """Whether a function's name is a participle and nothing else."""
    word = name.strip("_")
    return "_" not in word and word not in NO_PARTICIPLE and (word.endswith("ed") or word in IRREGULAR)


def bare_functions(paths: Iterable[Path]) -> list[str]:
    """Functions and methods of these files that are called so."""
    nodes = (node for path in paths for node in ast.walk(parsed(path)))
    return [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and bare(node.name)]


def test_no_more_functions_are_called_by_a_participle_alone() -> None:
    found = bare_functions(path for package in packages() for path in files(".py", under=str(package)))
    public = [name for name in found if not name.startswith("_")]
    more = "say what it does or gives: `visible_products`, `require_item`, `is_barred`; then lower the number"
    assert len(public) <= BARE_PUBLIC and len(found) <= BARE, more


def test_a_bare_participle_is_told_from_other_names() -> None:
    assert [name for name in ("shown", "_told", "feed", "shown_to", "is_barred", "merged") if bare(name)] == [
        *("shown", "_told", "merged")
    ]
