"""Declares from which surfaces, and at which register, a command or query may be called. Pure.

Without a declaration it can't be called. Callers at a register are a paired till, the appliance's own screen, and a
program whose key is bound to a register or whose request names one. A manager's browser and a personal device are never
at a register (`edge/web/actors.py`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Actor, Surface

Register = Literal["", "own", "named"]
"""The register that a command concerns: none; the caller's own; or, for callers without one, the register they name."""
SYSTEM = "system"
"""The appliance itself, and anyone with a shell on it. They may use all surfaces."""

OVER_HTTP: frozenset[Surface] = frozenset({"cashier", "kiosk", "panel"})
"""Surfaces whose requests arrive over HTTP."""
DENIAL_CODES = ("right_denied", "surface_denied", "register_denied")
"""Refusals for a missing right, a wrong surface or a missing register. They are recorded in the journal."""
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
        """Return the code of the reason why `actor` may not call it from there; "" if they may."""
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
"""Commands to a register, by the person using it."""
NAMED_TILL = Surfaces(_STAFF | _MACHINE, "named")
"""Commands about a register from elsewhere, such as reading receipts or printing."""
STAFF = Surfaces(_STAFF | _MACHINE)
"""Commands of staff and their programs, from anywhere."""
EVERYBODY = Surfaces(_STAFF | _MACHINE | _KIOSK)
"""Commands that customers may use, too: products, and their own cart."""
CART = Surfaces(EVERYBODY.names, "named")
"""A customer's own cart and order, at a kiosk, on a phone, or handled by staff."""
TALK = Surfaces(frozenset({"voice", "chat"}))
"""Conversations."""
MACHINE = Surfaces(_MACHINE)
"""Callers without a person: head office's directives, jobs, the appliance itself."""
INSIDE = Surfaces(EVERYBODY.names, inside=True)
"""Commands that our own code derives from a caller's request, such as a command with the hash of an entered PIN."""
