"""`software`: {"releases": [{"version": "1.2.0", "digest": "…"}]}: the release that this box should run; see
`edge/backoffice/software`. Published only as a rollout, to a few boxes first."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.software.commands import AskSoftware
from edge.core.registry import Transaction
from sync.releases import ReleaseDigest, ReleaseVersion


class WantedRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A release's version and the SHA-256 of its file."""

    version: ReleaseVersion
    digest: ReleaseDigest


class Releases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `software` directive: exactly one release."""

    releases: Annotated[tuple[WantedRelease, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(tx: Transaction, number: int, releases: tuple[WantedRelease, ...]) -> Applied:
    asked = [attempt(tx, AskSoftware(number, one.version, one.digest)) for one in releases]
    return Applied(sum(one is not None for one in asked))


SOFTWARE = Kind("software", Releases, _apply, staged=True)
