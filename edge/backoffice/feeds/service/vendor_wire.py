"""What all systems that are asked for records have in common: pages of rows, and what a field of one says."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from edge.lib.errors import EdgeError

PAGE = 500
FORM = "%Y-%m-%d %H:%M:%S"
"""How moments of change are compared."""
REFUSED = "undelivered.wrong_password"
"""Why an answer was not had: who asks is not let in."""
Cells = dict[str, str]
VendorRow = Mapping[str, Any]


class RecordsNotHad(EdgeError):
    """A system could not be asked; `key` is of the sentence that says why, `what` what it said."""


class RecordSource(msgspec.Struct, frozen=True):
    """Where records of a kind stand: the `model`, which of them, which fields, and in which field the change."""

    model: str
    only: tuple[Any, ...]
    fields: tuple[str, ...]
    changed: str


class VendorApi(Protocol):
    """A system that is asked for pages of records. `keys`: the fields by which a record is known again, the first that
    it has; none: by nothing. `whole_pages`: a page begins where the one before ends, and nowhere else."""

    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def whole_pages(self) -> bool: ...

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        """The records from the `at`-th on that changed since a moment ("": all), the oldest first."""
        ...

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        """Which number the products have that these records speak of by an id."""
        ...


class TokenSession:
    """A token for a run, which `sign_in` has given out; one that is refused, as it is over, is asked for once more."""

    def __init__(self, sign_in: Callable[[], Awaitable[str]]) -> None:
        self._sign_in, self._token = sign_in, ""

    async def token(self) -> str:
        """The one that is known, or a new one. `RecordsNotHad`: none is given out."""
        self._token = self._token or await self._sign_in()
        return self._token

    async def ask(self, ask: Callable[[str], Awaitable[Any]]) -> Any:
        """What is answered to who has a token. `RecordsNotHad`: the new one is refused, too, or none is given out."""
        for last in (False, True):
            token = await self.token()
            try:
                return await ask(token)
            except RecordsNotHad as error:
                self._token = "" if error.key == REFUSED else self._token
                if last or error.key != REFUSED:
                    raise
        raise AssertionError("the last try returns or raises")


def rows_in(part: Any) -> list[VendorRow]:
    """`RecordsNotHad`: what came is no list of records."""
    if not isinstance(part, list) or not all(isinstance(one, dict) for one in part):
        raise RecordsNotHad(str(part)[:80], "", "feeds.page_not_understood")
    return part


def text_of(part: Any) -> str:
    """What a field says; empty where it says nothing.

    >>> text_of(False), text_of(12.5), text_of([7, "Main"]), text_of(" x ")
    ('', '12.5', 'Main', 'x')
    """
    if part is None or isinstance(part, bool | dict):
        return ""
    if isinstance(part, list):
        return text_of(part[1]) if len(part) == 2 else ""
    return str(part).strip()


def slug(text: str) -> str:
    """An id of ours of what they call somebody.

    >>> slug("Acme & Söhne, Ltd.")
    'acme-s-hne-ltd'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40].strip("-")
