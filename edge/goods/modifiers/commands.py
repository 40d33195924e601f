"""Commands of modifiers."""

from __future__ import annotations

from edge.core.messages import Command
from edge.goods.modifiers.modifier import ModifierGroup, ModifierId


class SetModifierGroup(Command, frozen=True):
    """Add or change a modifier group."""

    group: ModifierGroup


class EndModifierGroup(Command, frozen=True):
    """Remove a modifier group. Past sales are unaffected."""

    id: ModifierId
