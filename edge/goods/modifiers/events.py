"""What can have happened to modifiers."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.modifiers.modifier import ModifierGroup, ModifierId


class ModifierGroupSet(Event, frozen=True):
    """A group of modifiers is new or changed: all of it, as it is from now on."""

    group: ModifierGroup


class ModifierGroupEnded(Event, frozen=True):
    """A group is asked no more. What was sold with it stays as it is."""

    id: ModifierId


EVENTS: tuple[type[Event], ...] = (ModifierGroupSet, ModifierGroupEnded)
