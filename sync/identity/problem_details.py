"""Error responses in one form (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping

MEDIA = "application/problem+json"


def problem_details(
    status: int, title: str, detail: str, code: str, values: Mapping[str, str | int]
) -> dict[str, object]:
    """Problem details; `code` identifies the error, `values` fill in `detail`."""
    return {
        "type": f"urn:edge:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "values": values,
    }
