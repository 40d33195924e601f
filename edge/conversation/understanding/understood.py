"""Languages the assistant understands: those with files in `vocabulary/`. Others fall back to English."""

from __future__ import annotations

from edge.lib.i18n import ENGLISH
from edge.lib.i18n import LANGUAGES as SPOKEN
from edge.lib.i18n.languages import file_of

LANGUAGES = tuple(one for one in SPOKEN if file_of("edge.conversation.understanding", "vocabulary", one))


def understood_language(language: str) -> str:
    """Return the language in which the assistant understands speakers of this one."""
    return language if language in LANGUAGES else ENGLISH
