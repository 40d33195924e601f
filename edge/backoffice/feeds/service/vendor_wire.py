"""Common parts of the vendor systems: pages of rows, and field values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from edge.lib.errors import EdgeError

PAGE = 500
FORM = "%Y-%m-%d %H:%M:%S"
"""Format in which modification times are compared."""
SLUG_CHARS, DIGEST_CHARS = 40, 6
REFUSED = "undelivered.wrong_password"
"""Reason for a failed request: the sign-in was rejected."""
Cells = dict[str, str]
VendorRow = Mapping[str, Any]


class RecordsNotHad(EdgeError):
    """Records couldn't be fetched from a system. `key`: the text key of the reason; `what`: the system's message."""


class RecordSource(msgspec.Struct, frozen=True):
    """A source of records: the `model`, its filter and fields, and the field with the modification time."""

    model: str
    only: tuple[Any, ...]
    fields: tuple[str, ...]
    changed: str


class VendorApi(Protocol):
    """A system with pages of records. `keys`: fields that may identify a record, of which the first present one is
    used; without any, records can't be identified. `whole_pages`: pages have fixed boundaries."""

    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def whole_pages(self) -> bool: ...

    async def page(self, wanted: RecordSource, since: str, at: int) -> list[VendorRow]:
        """The records from position `at` that changed since a time ("": all), oldest change first."""
        ...

    async def codes(self, rows: Sequence[VendorRow]) -> dict[int, str]:
        """The product numbers of items referenced by these records."""
        ...

    @property
    def units(self) -> Mapping[int, int]:
        """The vendor's unit id of each requested product, by code; empty if units aren't needed."""
        ...


class TokenSession:
    """An access token for a run, obtained by `sign_in` and renewed once if it's rejected."""

    def __init__(self, sign_in: Callable[[], Awaitable[str]]) -> None:
        self._sign_in, self._token = sign_in, ""

    async def token(self) -> str:
        """The current token, or a new one. Raises `RecordsNotHad` if the system issues none."""
        self._token = self._token or await self._sign_in()
        return self._token

    async def ask(self, ask: Callable[[str], Awaitable[Any]]) -> Any:
        """The response to a request with a token. Raises `RecordsNotHad` if no token is issued, or a new one is
        rejected too."""
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
    """The rows of a response. An entry that isn't a record becomes an empty one. Raises `RecordsNotHad` if the response
    isn't a list of records."""
    if not isinstance(part, list) or (part and not any(isinstance(one, dict) for one in part)):
        raise RecordsNotHad(str(part)[:80], "", "feeds.page_not_understood")
    return [one if isinstance(one, dict) else {} for one in part]


def lines_in(part: Any) -> list[VendorRow]:
    """The lines of a record. An invalid line becomes an empty one, so that the record is held when read."""
    if not part:
        return []
    return [one if isinstance(one, dict) else {} for one in (part if isinstance(part, list) else [part])]


def text_of(part: Any) -> str:
    """A field's text; empty if it has no value.

    >>> text_of(False), text_of(12.5), text_of([7, "Main"]), text_of(" x ")
    ('', '12.5', 'Main', 'x')
    """
    if part is None or isinstance(part, bool | dict):
        return ""
    if isinstance(part, list):
        return text_of(part[1]) if len(part) == 2 else ""
    return str(part).strip()


def slug(text: str) -> str:
    """Make our id from the name in the other system. If letters are lost, a digest of the name makes the id unique: of
    the suppliers "מחלבה 1" and "קמח 1" only the figure is left.

    >>> slug("Acme & Sons, Ltd."), slug("Acme & Söhne, Ltd."), slug("מחלבה 1")
    ('acme-sons-ltd', 'acme-s-hne-ltd-0ca34a', '1-f3c922')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if len(plain) <= SLUG_CHARS and all(char.isascii() or not char.isalnum() for char in text):
        return plain
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
    return f"{plain[: SLUG_CHARS - DIGEST_CHARS - 1].strip('-')}-{digest}".strip("-")
