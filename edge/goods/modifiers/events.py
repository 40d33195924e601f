"""Events of modifiers."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.modifiers.modifier import ModifierGroup, ModifierId


class ModifierGroupSet(Event, frozen=True):
    """A modifier group is new or changed; the event has its complete data."""

    group: ModifierGroup


class ModifierGroupEnded(Event, frozen=True):
    """A modifier group was removed. Past sales are unaffected."""

    id: ModifierId


EVENTS: tuple[type[Event], ...] = (ModifierGroupSet, ModifierGroupEnded)
