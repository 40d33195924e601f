"""Named preconditions of commands: `requires=` of a `CommandSpec`.

Each is declared by the responsible capability (`Capability.requirements`); an undeclared name is rejected at start.
"""

from __future__ import annotations

from typing import Final

SIGNED_IN: Final = "signed_in"
"""Requires a signed-in user, if the store's settings demand it. Declared by the till."""
SHIFT_OPEN: Final = "shift_open"
"""Requires an open shift at the register, if the store uses shifts. Declared by shifts."""
OWN_ORDER: Final = "own_order"
"""Requires callers without the right to all orders to identify their order by the secret in its QR code. Declared by
orders."""
COUNTER_FREE: Final = "counter_free"
"""Requires that the basket isn't an order, because an order must stay as promised. Declared by orders."""
PAYMENT_IDLE: Final = "payment_idle"
"""Requires that no card payment of the register's basket is running or has an unknown outcome. Declared by payments."""
