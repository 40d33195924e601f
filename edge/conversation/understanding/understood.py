"""Languages whose words the assistant knows: those with a file in `vocabulary/`. Others are understood as English."""

from __future__ import annotations

from edge.lib.i18n import ENGLISH
from edge.lib.i18n import LANGUAGES as SPOKEN
from edge.lib.i18n.languages import file_of

LANGUAGES = tuple(one for one in SPOKEN if file_of("edge.conversation.understanding", "vocabulary", one))


def understood(language: str) -> str:
    """The language in which somebody who reads this one is understood."""
    return language if language in LANGUAGES else ENGLISH
