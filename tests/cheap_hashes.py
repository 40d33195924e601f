"""PINs and passwords hashed at the least cost that the product still takes
(`edge.foundation.access.credentials.pin.is_hash`).

At a shop's cost each takes a tenth of a second of the processor, and tests set some thousands. The product knows
nothing of it: what tests of this process get is another `argon2.PasswordHasher`. What a shop's costs are is tested
with `as_in_a_shop`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import argon2
import pytest

_SHOPS = argon2.PasswordHasher
MEMORY_KIB, ROUNDS, LANES = 7_168, 1, 1


class _Cheap(_SHOPS):
    def __init__(self, **costs: Any) -> None:
        super().__init__(**costs | {"time_cost": ROUNDS, "memory_cost": MEMORY_KIB, "parallelism": LANES})


def hash_cheaply() -> None:
    """From now on, in this process."""
    argon2.PasswordHasher = _Cheap  # type: ignore[misc]


@contextmanager
def as_in_a_shop() -> Iterator[None]:
    """Meanwhile hashes cost what they cost a shop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", _SHOPS)
        yield
