"""Requests that are wrong as such, whatever the shop would say."""

from __future__ import annotations

from edge.core.messages import Refused


class Problem(Exception):
    """A request that cannot be answered: an HTTP status, and a sentence of section `api` with its values."""

    def __init__(self, status: int, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.status = status
        self.refused = Refused(code, values)
