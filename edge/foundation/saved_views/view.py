"""A saved view. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

VIEWS_MOST = 200
"""Most views of all pages together. Further ones are refused."""

ViewId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$(?!\n)")]
Page = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^/manager(/[a-z0-9-]{1,40}){1,3}$(?!\n)", max_length=120, extra={"example": "/manager/products"}
    ),
]
Query = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_.*~%+=&:,-]{1,1500}$(?!\n)", max_length=1500, extra={"example": "sort=-price&retired=any"}
    ),
]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class SavedView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named list: its page address, and query string (application/x-www-form-urlencoded)."""

    id: ViewId
    page: Page
    name: Name
    query: Query
