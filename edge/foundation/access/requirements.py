"""Named preconditions of commands: `requires=` of a `CommandSpec`.

Each is declared by the responsible capability (`Capability.requirements`); an undeclared name is rejected at start.
"""

from __future__ import annotations

from typing import Final

SIGNED_IN: Final = "signed_in"
"""Somebody who has signed in asks, where the store wants that. Declared by the till."""
SHIFT_OPEN: Final = "shift_open"
"""The register has an open shift, where the store wants shifts. Declared by shifts."""
OWN_ORDER: Final = "own_order"
"""Whoever has not the right to all orders names theirs by the secret of its QR. Declared by orders."""
COUNTER_FREE: Final = "counter_free"
"""What lies on the counter is no order, which stays as it was promised. Declared by orders."""
PAYMENT_IDLE: Final = "payment_idle"
"""No card is paying the register's basket, and of none is it unknown whether it did. Declared by payments."""
