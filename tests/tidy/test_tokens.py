"""Colours, sizes and weights of letters, and corners stand in one file, edge/web/static/tokens.css."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.tree import files, text_of

TOKENS = Path("edge/web/static/tokens.css")
FAR = {"kiosk.css", "display.css", "modes.css", "shop_talk.css"}
"""What is read from a distance grows with its screen: its letters are a part of it, or of those around them."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"(?<![\w-])(?P<name>[\w-]+): ?(?P<value>[^;{}]+)[;}]")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|color)\(|\b(?:white|black|red|green|blue|gr[ae]y)\b")
NAMED = re.compile(r"var\(--[\w-]+\)")
LENGTH = re.compile(r"\d[\d.]*(?:px|em|rem|vw|vh|vmin|pt)\b")
SAME = re.compile(r"inherit|0|50%|100%|var\(--[\w-]+\)")


def wrong_in(text: str, far: bool = False) -> Iterator[str]:
    """Declarations of a style that say for themselves what a token is to say."""
    for found in DECLARATION.finditer(COMMENT.sub("", text)):
        name, value = found["name"], found["value"].replace("!important", "").strip()
        if name.startswith("--"):
            continue
        bare = NAMED.sub("", value)
        lengths = [] if far else LENGTH.findall(bare)
        if (
            COLOUR.search(bare)
            or (name == "font-size" and lengths and "cq" not in value)
            or (name == "font" and LENGTH.search(bare.partition("/")[0]))
            or (name == "font-weight" and value not in ("400", "500", "700", "inherit"))
            or (name.endswith("radius") and not all(SAME.fullmatch(part) for part in value.split()))
        ):
            yield f"{name}: {value}"


def styles() -> list[Path]:
    return [path for path in files(".css", under="edge") if path != TOKENS]


def test_styles_name_tokens_and_nothing_else() -> None:
    wrong = [f"{path}: {one}" for path in styles() for one in wrong_in(text_of(path), path.name in FAR)]
    assert not wrong, "not of tokens.css:\n" + "\n".join(wrong)


def test_every_token_that_is_named_is_there() -> None:
    own = set(re.findall(r"(?<![\w-])(--[\w-]+):", text_of(TOKENS)))
    for path in styles():
        text = text_of(path)
        named = set(re.findall(r"var\((--[\w-]+)\)", text)) - set(re.findall(r"(?<![\w-])(--[\w-]+):", text))
        assert named - {"--letters"} <= own, f"{path.name}: {named - own}"  # letters.js says how high its keys are


@pytest.mark.parametrize(
    "style",
    [
        "a { color: #fff; }",
        "a { border: 1px solid rgb(1 2 3); }",
        "a { font-size: 17px; }",
        "a { font: 600 12px/1 serif }",
        "a { font-weight: 650; }",
        "a { border-start-start-radius: 9px; }",
        "a { background: white }",
    ],
)
def test_another_size_or_colour_is_found(style: str) -> None:
    assert list(wrong_in(style))


def test_tokens_and_what_is_inherited_are_fine() -> None:
    style = "#add { color: var(--ink); font: inherit; font-size: var(--text-m); border-radius: 0 var(--radius) 50%; }"
    assert not list(wrong_in(style))
