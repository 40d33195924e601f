"""Speech recognition grammar: the phrases of the catalogue, read again after it has changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.core.storage.database import open_reader
from edge.goods.search.spoken import phrases, revision

LANGUAGES = 8
"""Maximum languages whose phrases are cached; the oldest is dropped first."""


class Grammar:
    """The catalogue's phrases by language. Best sellers are ranked again when a product changes."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._known: dict[str, tuple[int, tuple[str, ...]]] = {}

    async def phrases(self, language: str) -> tuple[str, ...]:
        """See `spoken.phrases`; read in a worker thread."""
        return await asyncio.to_thread(self._read, language)

    def _read(self, language: str) -> tuple[str, ...]:
        db = open_reader(self._ledger)
        try:
            now = revision(db)
            known = self._known.get(language)
            if known is None or known[0] != now:
                known = now, phrases(db, language)
                while len(self._known) >= LANGUAGES:
                    self._known.pop(next(iter(self._known)))
                self._known[language] = known
            return known[1]
        finally:
            db.close()
