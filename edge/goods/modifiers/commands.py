"""What can be asked of modifiers."""

from __future__ import annotations

from edge.core.messages import Command
from edge.goods.modifiers.modifier import ModifierGroup, ModifierId


class SetModifierGroup(Command, frozen=True):
    """Let a group of modifiers be as this says, a new one or one that there is."""

    group: ModifierGroup


class EndModifierGroup(Command, frozen=True):
    """Ask a group no more. What was sold with it stays as it is."""

    id: ModifierId
