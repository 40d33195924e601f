"""Validation of modifier choices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from edge.core.messages import Refusal
from edge.goods.modifiers.modifier import NOTHING, ChosenModifier, ModifierChoice, ModifierGroup, ref


def choose(groups: Sequence[ModifierGroup], wanted: Iterable[str] | None, names: Mapping[str, str]) -> ModifierChoice:
    """Choose for a product with these `names`: `wanted` (`group/modifier`), or the defaults (None). Raises `Refusal`
    for unknown modifiers, too many or too few."""
    if wanted is None:
        preset = [ref(group, one) for group in groups for one in group.modifiers if one.preset]
        return _make_choice(groups, preset, asks=any(_asks(group) for group in groups))
    said = tuple(dict.fromkeys(wanted))
    known = {ref(group, one) for group in groups for one in group.modifiers}
    if strange := next((one for one in said if one not in known), None):
        raise Refusal("modifier_unknown", {**_name_values("name", names), "modifier": strange})
    for group in groups:
        count = sum(ref(group, one) in said for one in group.modifiers)
        about = {**_name_values("name", names), **_name_values("group", group.names)}
        if count < group.least:
            raise Refusal("modifier_missing", {**about, **_name_values("choices", _choices(group))})
        if count > group.most:
            raise Refusal("modifier_too_many", {**about, "most": group.most})
    return _make_choice(groups, said)


def fit(groups: Sequence[ModifierGroup]) -> None:
    """Raise `Refusal` for inconsistent groups."""
    for group in groups:
        ids = [one.id for one in group.modifiers]
        if len(set(ids)) < len(ids):
            raise Refusal("modifier_twice", _name_values("group", group.names))
        if group.least > group.most or group.most > len(ids):
            raise Refusal("modifier_bounds", _name_values("group", group.names))
        if sum(one.preset for one in group.modifiers) > group.most:
            raise Refusal("modifier_presets", {**_name_values("group", group.names), "most": group.most})


def _asks(group: ModifierGroup) -> bool:
    return group.ask or sum(one.preset for one in group.modifiers) < group.least


def _make_choice(groups: Sequence[ModifierGroup], refs: Iterable[str], asks: bool = False) -> ModifierChoice:
    beside = frozenset(refs)
    chosen = tuple(
        ChosenModifier(group.id, one.id, one.names, one.price_beside(beside), one.adds, one.omits)
        for group in groups
        for one in group.modifiers
        if ref(group, one) in beside
    )
    return ModifierChoice(chosen, asks) if chosen or asks else NOTHING


def _choices(group: ModifierGroup) -> dict[str, str]:
    """Options by language."""
    languages = dict.fromkeys(language for one in group.modifiers for language in one.names)
    return {
        language: ", ".join(one.names.get(language) or next(iter(one.names.values())) for one in group.modifiers)[:300]
        for language in languages
    }


def _name_values(key: str, names: Mapping[str, str]) -> dict[str, str | int]:
    """Name values for a refusal in each language."""
    first = next(iter(names.values()), "")
    return {key: first, **{f"{key}_{language}": name for language, name in names.items()}}
