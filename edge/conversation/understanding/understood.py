"""Languages the assistant understands: those with files in `vocabulary/`. Others fall back to English."""

from __future__ import annotations

from edge.lib.i18n import ENGLISH
from edge.lib.i18n import LANGUAGES as SPOKEN
from edge.lib.i18n.languages import file_of

LANGUAGES = tuple(one for one in SPOKEN if file_of("edge.conversation.understanding", "vocabulary", one))


def understood_language(language: str) -> str:
    """The language used to understand readers of this one."""
    return language if language in LANGUAGES else ENGLISH
