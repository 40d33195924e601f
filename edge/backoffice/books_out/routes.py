"""HTTP API of the accounting export: systems as master data."""

from __future__ import annotations

from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.queries import read_books_targets
from edge.foundation.access.rights import MANAGE
from edge.web.api import entity_api

ENDPOINTS = (
    *entity_api.endpoints(
        BOOKS_TARGETS,
        "books-targets/{id}",
        names=("booksTargets", "booksTarget"),
        read=read_books_targets,
        right=MANAGE,
        tag="books out",
    ),
)
