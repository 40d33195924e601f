"""What guides name is there: a file that a README or a page of docs speaks of can be opened."""

import re
from collections.abc import Iterable

from tests.tidy.tree import ROOT, files

NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:css|html|js|md|py|sql|toml|xml))`")
FOLDER = re.compile(r"`((?:docs|drivers|edge|sandbox|setup|sim|sync|systemd|tests)(?:/[\w.*-]+)+/?)`")
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)")
PLACEHOLDER = re.compile(r"NAME|NNNN|ROLE|KIND|FLOOR|CODE|[*{]")


def ends_of(paths: Iterable[str]) -> set[str]:
    """Every way to name one of these files by the end of its path."""
    return {"/".join(path.split("/")[at:]) for path in paths for at in range(path.count("/") + 1)}


def lost(text: str, there: set[str]) -> list[str]:
    """Files that a text names and that are nowhere."""
    named = [name for name in NAMED.findall(text) if not PLACEHOLDER.search(name)]
    return [name for name in named if re.sub(r"^(\.\.?/)+", "", name) not in there]


def test_files_that_guides_name_are_there() -> None:
    there = ends_of(map(str, files()))
    wrong = [f"{path}: {name}" for path in files(".md") for name in lost((ROOT / path).read_text(), there)]
    assert not wrong, "it was moved or renamed: say where it is now"


def test_folders_and_links_that_guides_name_are_there() -> None:
    wrong, seen = [], 0
    for path in files(".md"):
        text = (ROOT / path).read_text()
        folders = [name for name in FOLDER.findall(text) if not PLACEHOLDER.search(name)]
        links = [str(path.parent / link) for link in LINK.findall(text)]
        seen += len(folders) + len(links)
        wrong += [f"{path}: {name}" for name in (*folders, *links) if not (ROOT / name).exists()]
    assert seen > 300
    assert not wrong, "it was moved or renamed: say where it is now"


def test_the_rule_notices() -> None:
    there = ends_of(["edge/web/live/push.py", "README.md"])
    assert ends_of(["a/b.py"]) == {"a/b.py", "b.py"}
    assert lost("see `live/push.py`, `../README.md`, `shop/NAME/rules.py`", there) == []
    assert lost("see `live/pushing.py` and `web/push.py`", there) == ["live/pushing.py", "web/push.py"]
