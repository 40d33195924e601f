"""A new capability: its folder, table and tests, and its registration."""

from __future__ import annotations

from pathlib import Path
from string import Template

from edge.lib.floors import FLOORS
from setup.scaffold.edits import ScaffoldError, Tree, class_prefix

TEMPLATES = Path(__file__).parent / "capability"
REFUSALS = {
    "en": "At most {limit} is possible.",
    "fr": "Pas plus de {limit}.",
    "he": "לכל היותר {limit}.",
}
EVENTS = {"en": "Entry set", "fr": "Valeur fixée", "he": "רשומה נקבעה"}
"""The event's name on the journal page."""
PAGES = {
    "en": ("Entries", "Id", "Value", "There are none."),
    "fr": ("Entrées", "Identifiant", "Valeur", "Il n'y en a pas."),
    "he": ("רשומות", "מזהה", "ערך", "אין רשומות."),
}
"""The sentences of a page: `title`, `id`, `value`, `none`."""


def plan(tree: Tree, name: str, hub: bool, page: bool = False, floor: str = FLOORS[-1]) -> None:
    """Collect a capability's changes. Raises `ScaffoldError` for an invalid or taken name."""
    prefix = class_prefix(name)
    _require_free(tree, name, prefix)
    values = {"floor": floor, "name": name, "Name": prefix, "words": name.replace("_", " ")}
    for template in sorted(TEMPLATES.glob("*.txt")):
        file = template.name.removesuffix(".txt")
        if file == "hub.py" and not hub:
            continue
        text = Template(template.read_text()).substitute(values)
        target = f"tests/unit/{floor}/test_{name}.py" if file == "test.py" else f"edge/{floor}/{name}/{file}"
        tree.add(target, text)
    _list(tree, name, floor)
    for template in sorted((TEMPLATES / "pages").iterdir() if page else ()):
        file = template.name.removesuffix(".txt").replace("page.", f"{name}.")
        tree.add(f"edge/{floor}/{name}/pages/{file}", Template(template.read_text()).substitute(values))
    for language, sentence in REFUSALS.items():
        said = f'[event]\n{prefix}EntrySet = "{EVENTS[language]}"\n\n[refused]\n{name}_beyond = "{sentence}"\n'
        if page:
            keys = zip(("title", "id", "value", "none"), PAGES[language], strict=True)
            said += f"\n[{name}]\n" + "".join(f'{key} = "{text}"\n' for key, text in keys)
        tree.add(f"edge/{floor}/{name}/words/{language}.toml", said)


def _require_free(tree: Tree, name: str, prefix: str) -> None:
    for there in tree.glob(f"edge/*/{name}/__init__.py"):
        raise ScaffoldError(f"{there.parent} already exists. Choose another name.")
    sources = [path.read_text() for path in tree.glob("edge/**/*.py")]
    for taken in (f"class {prefix}Entry(", f"class Set{prefix}Entry(", f"class {prefix}EntrySet("):
        if any(taken in source for source in sources):
            raise ScaffoldError(f"{taken[:-1]} already exists. Choose another name.")


def _list(tree: Tree, name: str, floor: str) -> None:
    """Register the capability in the list of capabilities, `edge/operations/ledger.py`."""
    ledger, beside = "edge/operations/ledger.py", rf"^from edge\.{floor} import (\($|\w)"
    tree.insert(ledger, beside, f"from edge.{floor} import {name}\n", before=True)
    tree.insert(ledger, r"^ +directives\.capability,$", f"            {name}.capability,\n", before=True)
