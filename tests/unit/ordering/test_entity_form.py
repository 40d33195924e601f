"""Forms that are made of what a thing is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
import pytest

from edge.core.entity import Entity
from edge.lib.i18n import LANGUAGES, translate
from edge.money.tenders.entities import TENDERS
from edge.ordering.delivery.entities import ZONES
from edge.web.capability_pages import modules
from edge.web.live.entity_form import FormFields, form_fields


class Thing(msgspec.Struct):
    id: str
    names: dict[str, Annotated[str, msgspec.Meta(max_length=30)]]
    code: Annotated[str, msgspec.Meta(max_length=8, extra={"example": "A-1"})]
    sku: Annotated[str, msgspec.Meta(extra={"control": "product"})]
    how: Literal["often", "never"] = "never"
    held: bool = True
    fee_minor: Annotated[int, msgspec.Meta(ge=0, le=10)] = 3
    days: Annotated[int, msgspec.Meta(ge=1, le=7)] = 2
    marks: tuple[str, ...] = ()


class Odd(msgspec.Struct):
    share: float


def test_a_field_has_the_control_of_its_type_and_of_the_unit_in_its_name() -> None:
    fields = {field.name: field for field in form_fields(Thing)}
    assert {name: field.control for name, field in fields.items()} == {
        "names": "names",
        "code": "text",
        "sku": "product",
        "how": "choice",
        "held": "tick",
        "fee_minor": "money",
        "days": "number",
        "marks": "list",
    }
    assert (fields["code"].required, fields["code"].most, fields["code"].example) == (True, 8, "A-1")
    assert (fields["how"].default, fields["how"].choices) == ("never", ("never", "often"))
    assert (fields["days"].least, fields["days"].most, fields["days"].default) == (1, 7, 2)
    assert (fields["fee_minor"].required, fields["names"].most) == (False, 30)


def test_what_no_control_is_known_for_says_which_field_it_is_and_what_to_do() -> None:
    with pytest.raises(TypeError, match=r"Odd\.share: .*extra"):
        list(form_fields(Odd))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("entity", "section"), [(TENDERS, "tenders"), (ZONES, "zone")])
def test_every_field_and_every_choice_of_it_has_its_word(
    entity: Entity[msgspec.Struct], section: str, language: str
) -> None:
    for field in form_fields(entity.struct):
        names = [f"{field.name}_{choice}" for choice in field.choices]
        for name in names if field.control == "names" else [field.name, *names]:
            assert translate(language, f"{section}.{name}").strip()


def _forms(value: object) -> Iterator[FormFields]:
    """Forms in a value, also those inside tuples."""
    if isinstance(value, FormFields):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _forms(one)


def test_every_form_of_a_page_has_a_control_for_each_field() -> None:
    """They are derived when a page first shows them, so a field without a control would only fail there."""
    forms = [form for module in modules() for value in vars(module).values() for form in _forms(value)]
    assert forms
    assert all(list(form) for form in forms)
