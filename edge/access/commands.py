"""What can be asked about access."""

from __future__ import annotations

from edge.core.shapes import Command


class SetPin(Command, frozen=True):
    """Set the PIN that guards overrides. The surface hashes it (`access.pin.hash_pin`): a PIN never travels."""

    pin_hash: str
