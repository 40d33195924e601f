"""Mailed links to head office's page, if head office has a mail server and a configured page address.

The address is never taken from a request: otherwise the requester could choose where the link leads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Protocol

import msgspec

_MAIL = "SELECT mail_link($1, $2, $3, $4)"
Kind = Literal["invited", "password"]
"""Kind of link, as the page reads it after `#`."""
Language = Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2})?$(?!\n)")]
"""Language of the mail. If it's empty or not among the page's languages, the page's first one is used."""


class LinkLetter(Protocol):
    """Creates the mail (RFC 5322) with a link, in a language of the page."""

    def __call__(self, kind: Kind, to: str, language: str, secret: str, values: Mapping[str, Any], /) -> bytes: ...


async def mail(
    connection: Any,
    letter: LinkLetter,
    kind: Kind,
    to: str,
    language: str,
    secret: str,
    lasts: timedelta,
    values: Mapping[str, Any],
) -> None:
    """Queue the mail, once its link has been committed or within the same transaction."""
    called = f"{kind}-{hashlib.sha256(secret.encode()).hexdigest()[:32]}"
    await connection.execute(_MAIL, called, to, letter(kind, to, language, secret, values), lasts)
