"""A new capability: its folder, its table, its tests, and its place among the others."""

from __future__ import annotations

from pathlib import Path
from string import Template

from setup.scaffold.edits import ScaffoldError, Tree, class_prefix

TEMPLATES = Path(__file__).parent / "capability"
REFUSALS = {
    "en": "At most {limit} is possible.",
    "fr": "Pas plus de {limit}.",
    "he": "לכל היותר {limit}.",
}
EVENTS = {"en": "Entry set", "fr": "Valeur fixée", "he": "רשומה נקבעה"}
"""What its event is called in the journal's page."""
PAGES = {
    "en": ("Entries", "Id", "Value", "There are none."),
    "fr": ("Entrées", "Identifiant", "Valeur", "Il n'y en a pas."),
    "he": ("רשומות", "מזהה", "ערך", "אין רשומות."),
}
"""The sentences of a page: `title`, `id`, `value`, `none`."""


def plan(tree: Tree, name: str, hub: bool, page: bool = False) -> None:
    """Collect what a capability takes. `ScaffoldError`: it cannot be called that."""
    prefix = class_prefix(name)
    _require_free(tree, name, prefix)
    values = {"name": name, "Name": prefix, "words": name.replace("_", " ")}
    for template in sorted(TEMPLATES.glob("*.txt")):
        file = template.name.removesuffix(".txt")
        if file == "hub.py" and not hub:
            continue
        text = Template(template.read_text()).substitute(values)
        target = f"tests/unit/test_{name}.py" if file == "test.py" else f"edge/shop/{name}/{file}"
        tree.add(target, text)
    _list(tree, name)
    for template in sorted((TEMPLATES / "pages").iterdir() if page else ()):
        file = template.name.removesuffix(".txt").replace("page.", f"{name}.")
        tree.add(f"edge/shop/{name}/pages/{file}", Template(template.read_text()).substitute(values))
    for language, sentence in REFUSALS.items():
        said = f'[event]\n{prefix}EntrySet = "{EVENTS[language]}"\n\n[refused]\n{name}_beyond = "{sentence}"\n'
        if page:
            keys = zip(("title", "id", "value", "none"), PAGES[language], strict=True)
            said += f"\n[{name}]\n" + "".join(f'{key} = "{text}"\n' for key, text in keys)
        tree.add(f"edge/shop/{name}/words/{language}.toml", said)


def _require_free(tree: Tree, name: str, prefix: str) -> None:
    if tree.has(f"edge/shop/{name}"):
        raise ScaffoldError(f"edge/shop/{name} is there already: choose another name.")
    sources = [path.read_text() for path in tree.glob("edge/**/*.py")]
    for taken in (f"class {prefix}Entry(", f"class Set{prefix}Entry(", f"class {prefix}EntrySet("):
        if any(taken in source for source in sources):
            raise ScaffoldError(f"There is a {taken[:-1]} already: choose another name.")


def _list(tree: Tree, name: str) -> None:
    """Last but one: it may use all capabilities but those that speak of all."""
    tree.insert("edge/operations/ledger.py", r"^from edge\.shop import \($", f"    {name},\n")
    tree.insert(
        "edge/operations/ledger.py", r"^ +directives\.capability,$", f"            {name}.capability,\n", before=True
    )
    tree.replace("pyproject.toml", r'^    "directives",\n', f'    "directives",\n    "{name}",\n')
    tree.insert("edge/shop/README.md", r"^    directives ", f"    {name:<13} (say it in a few words)\n")
