"""Sample access data of the demo: an API key and a named secret.

Their values aren't stored. To try one, create another on its page.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from edge.core.messages import Command
from edge.foundation.access.commands import MakeKey
from edge.foundation.access.programs.api_key import digest
from edge.foundation.access.rights import REPORTS, STOCK
from edge.foundation.secrets.commands import NoteSecret
from edge.runtime.secrets import secrets_of

KEY, SECRET = "Bookkeeping", "mail-password"


async def seed(do: Callable[[Command], Awaitable[Any]], folder: Path) -> None:
    """Create both, through the command bus."""
    await do(MakeKey(secrets.token_hex(8), KEY, (REPORTS, STOCK), digest(secrets.token_hex(32)).hex()))
    secrets_of(folder).set(SECRET, secrets.token_urlsafe(16))
    await do(NoteSecret(SECRET, "set"))
