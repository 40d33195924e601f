"""`signing-key`: {"keys": ["<64 hexadecimal digits>"]}: the public key that signs the directives after this one.

The old key has signed it. What pins it is whoever checks signatures (`edge.runtime.directive_trust`), outside the
ledger: here it is only acknowledged.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind
from edge.core.registry import Transaction

PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class SigningKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body: one key, as there is one head office."""

    keys: Annotated[tuple[PublicKey, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(_tx: Transaction, _number: int, keys: tuple[str, ...]) -> Applied:
    return Applied(len(keys))


SIGNING_KEY = Kind("signing-key", SigningKeys, _apply, guarded=True)
