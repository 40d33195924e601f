"""Choose a product's modifiers from a sentence, and find those that must still be asked for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from edge.conversation.understanding.said_modifier import SaidModifier
from edge.goods.modifiers.modifier import ChosenModifier, ModifierGroup, ref


class ModifierWish(NamedTuple):
    """The `chosen` modifiers, or the group that must be `asked`, or the `strange` words that match no modifier of the
    product."""

    chosen: tuple[str, ...] = ()
    asked: ModifierGroup | None = None
    strange: SaidModifier | None = None


def choose_modifiers(
    groups: Sequence[ModifierGroup],
    said: Iterable[SaidModifier],
    answered: Collection[str] = (),
    settled: Collection[str] = (),
) -> ModifierWish:
    """Choose modifiers of these groups: as said, as `answered`, else the defaults. A group is asked for if it's
    required and unset, if it's always asked, or if the words are ambiguous. `settled`: groups already answered."""
    said = tuple(said)
    own = {ref(group, one) for group in groups for one in group.modifiers}
    if strange := next((one for one in said if own.isdisjoint(one.refs)), None):
        return ModifierWish(strange=strange)
    chosen: list[str] = []
    for group in groups:
        refs = [ref(group, one) for one in group.modifiers]
        if group.id in settled:
            chosen += [one for one in refs if one in answered]
            continue
        wanted, left_out, unsure = _of(group, said)
        presets = [ref(group, one) for one in group.modifiers if one.preset]
        kept = [one for one in presets if one not in left_out]
        if wanted and group.most == 1:
            kept = []
        taken = [one for one in refs if one in {*kept, *wanted}]
        if len(taken) > group.most:
            taken = wanted
        nothing_said = not (wanted or left_out)
        if unsure or len(taken) < group.least or (group.ask and nothing_said):
            return ModifierWish(asked=group)
        chosen += taken
    return ModifierWish(tuple(chosen))


def change_modifiers(
    groups: Sequence[ModifierGroup], has: Sequence[ChosenModifier], said: Iterable[SaidModifier]
) -> ModifierWish:
    """Change the modifiers of a line that already has some: those not mentioned stay."""
    said = tuple(said)
    own = {ref(group, one) for group in groups for one in group.modifiers}
    if strange := next((one for one in said if own.isdisjoint(one.refs)), None):
        return ModifierWish(strange=strange)
    chosen: list[str] = []
    for group in groups:
        wanted, left_out, unsure = _of(group, said)
        kept = [one.ref for one in has if one.group == group.id and one.ref not in left_out]
        taken = wanted if wanted and group.most == 1 else list(dict.fromkeys([*kept, *wanted]))
        if unsure or len(taken) < group.least:
            return ModifierWish(asked=group)
        chosen += taken
    return ModifierWish(tuple(chosen))


def _of(group: ModifierGroup, said: Iterable[SaidModifier]) -> tuple[list[str], set[str], bool]:
    """The modifiers of a group to add and to leave out, and whether the words are ambiguous. "No onion" is a modifier
    if the group has one; otherwise it deselects onion."""
    of_group = {ref(group, one) for one in group.modifiers}
    wanted: list[str] = []
    left_out: set[str] = set()
    unsure = False
    for one in said:
        mine = [known for known in one.refs if known in of_group]
        if one.without:
            own = [known for known in one.leaving if known in of_group]
            wanted += own[:1]
            left_out |= set(mine) - set(own[:1])
        elif len(mine) == 1:
            wanted += mine
        unsure = unsure or (not one.without and len(mine) > 1)
    return list(dict.fromkeys(wanted)), left_out, unsure
