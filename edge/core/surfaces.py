"""From which surfaces, and at which register, a command or query may be called.

Pure. Without a declaration it can't be called. A caller is at a register if they stand there: at a paired till, at the
appliance's own screen, or with a key bound to a register or naming one. A manager's browser and a personal device are
at none, whatever they name (`edge/web/actors.py`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Actor, Surface

Register = Literal["", "own", "named"]
"""Whose register it is about: nobody's; the one at which whoever asks stands; or that, and where they stand at none,
the one that they name."""
SYSTEM = "system"
"""The name of the appliance itself, and of whoever has a shell on it: any door is theirs."""

OVER_HTTP: frozenset[Surface] = frozenset({"cashier", "kiosk", "panel"})
"""The surfaces whose requests come over HTTP."""
DENIAL_CODES = ("right_denied", "surface_denied", "register_denied")
"""Codes of refusals that say: not you, not from here, not without standing at a till. The journal is told of them."""
_MACHINE: frozenset[Surface] = frozenset({"hub", "job", "system"})
_STAFF: frozenset[Surface] = frozenset({"cashier", "panel", "voice", "chat"})
_KIOSK: frozenset[Surface] = frozenset({"kiosk"})


class Surfaces(msgspec.Struct, frozen=True):
    """Permitted surfaces, and the `register` requirement. `inside`: internal; callers can't use it by name."""

    names: frozenset[Surface] = frozenset()
    register: Register = ""
    inside: bool = False

    def __contains__(self, surface: object) -> bool:
        return surface in self.names

    def denial(self, actor: Actor) -> str:
        """Code of the reason why `actor` may not call it from there; "" if they may."""
        if actor.name == SYSTEM:
            return ""
        if actor.surface not in self.names:
            return "surface_denied"
        at_none = not actor.register and actor.surface not in _MACHINE
        return "register_denied" if self.register and at_none else ""

    @property
    def over_http(self) -> bool:
        """Whether pages and programs may call it."""
        return not self.inside and not OVER_HTTP.isdisjoint(self.names)


NOWHERE = Surfaces()
TILL = Surfaces(_STAFF | _MACHINE, "own")
"""What is done to a till, by whoever stands at it."""
NAMED_TILL = Surfaces(_STAFF | _MACHINE, "named")
"""What staff do somewhere about a till: read its receipts, have it print."""
STAFF = Surfaces(_STAFF | _MACHINE)
"""What people who work here and their programs do, wherever they are."""
EVERYBODY = Surfaces(_STAFF | _MACHINE | _KIOSK)
"""Customers as well: goods, and a cart of their own."""
CART = Surfaces(EVERYBODY.names, "named")
"""A customer's own cart and order: a kiosk's, a phone's, or one that staff have in hand for somebody."""
TALK = Surfaces(frozenset({"voice", "chat"}))
"""A conversation."""
MACHINE = Surfaces(_MACHINE)
"""Where nobody stands: directives of head office, jobs, the appliance itself."""
INSIDE = Surfaces(EVERYBODY.names, inside=True)
"""What code of ours hands in for whoever asked it for something else: of a PIN, what was made of it."""
