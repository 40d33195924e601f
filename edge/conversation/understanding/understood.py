"""Languages whose words the assistant knows: those with a file in `vocabulary/`. Others are understood as English."""

from __future__ import annotations

from importlib.resources import files

from edge.lib.i18n import ENGLISH
from edge.lib.i18n import LANGUAGES as SPOKEN

_VOCABULARY = files("edge.conversation.understanding").joinpath("vocabulary")
LANGUAGES = tuple(one for one in SPOKEN if _VOCABULARY.joinpath(f"{one}.toml").is_file())


def understood(language: str) -> str:
    """The language in which somebody who reads this one is understood."""
    return language if language in LANGUAGES else ENGLISH
