"""Forms for master data: derives each field's control from its type, bounds and unit.

`templates/entity_form.html` renders them, `static/entity_form.js` reads and fills them. A field's label is the page
section's text of its name. Special controls are declared on the field: `Meta(extra={"control": "product"})`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, get_args, overload

import msgspec
from msgspec.inspect import (
    BoolType,
    DictType,
    IntType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    Type,
    VarTupleType,
    type_info,
)

from edge.core.text_patterns import END

Control = Literal[
    "text", "names", "choice", "tick", "money", "number", "quantity", "list", "product", "weekdays", "week"
]
"""Controls. `names`: a text per language. `quantity`: thousandths, shown as a decimal number. `list`: comma-separated
texts. `product`: a product of the catalogue. `weekdays`: a selection of 1 (Monday) to 7. `week`: time spans on seven
days, which the page draws and reads itself (`static/entity_form.js`, `controls`).
"""
_MANY = 2_000
"""Maximum characters of a typed list."""


class FormField(msgspec.Struct, frozen=True):
    """A form field. `default`: its initial value; `choices`: allowed values; `most`: maximum length or number;
    `pattern`: required format; `example`: its placeholder; `type`: HTML input type; `money_by`: the field with an
    amount's currency ("": the store's).
    """

    name: str
    control: Control
    default: Any
    required: bool = False
    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""
    type: str = "text"
    money_by: str = ""


class FormFields(Sequence[FormField]):
    """Fields of a struct in order, except `without`. They are derived when a page first shows them; this raises
    `TypeError` for an unsupported type."""

    def __init__(self, struct: type[msgspec.Struct], without: tuple[str, ...]) -> None:
        self._struct, self._without = struct, without

    @cached_property
    def _all(self) -> tuple[FormField, ...]:
        return tuple(_fields(self._struct, self._without))

    @overload
    def __getitem__(self, place: int) -> FormField: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[FormField, ...]: ...
    def __getitem__(self, place: int | slice) -> FormField | tuple[FormField, ...]:
        return self._all[place]

    def __len__(self) -> int:
        return len(self._all)


def form_fields(struct: type[msgspec.Struct], without: tuple[str, ...] = ("id",)) -> FormFields:
    """Fields of a struct for a form, except `without`."""
    return FormFields(struct, without)


def json_of(thing: msgspec.Struct) -> str:
    """A record as JSON for its row's button (`data-change`)."""
    return msgspec.json.encode(thing).decode()


def _fields(struct: type[msgspec.Struct], without: tuple[str, ...]) -> Iterator[FormField]:
    info = type_info(struct)
    assert isinstance(info, StructType)
    for field in info.fields:
        if field.name not in without:
            type_, said = _without_metadata(field.type)
            default = _nothing(type_) if field.default is msgspec.NODEFAULT else field.default
            control = said.get("control") or _control_of(f"{struct.__name__}.{field.name}", type_)
            assert control in get_args(Control), control
            more: dict[str, Any] = _bounds(type_) | {name: said[name] for name in ("example", "type") if name in said}
            if control == "money" and any(one.name == "currency" for one in info.fields):
                more["money_by"] = "currency"
            yield FormField(field.name, control, default, field.required, **more)


def _without_metadata(type_: Type) -> tuple[Type, dict[str, Any]]:
    return (type_.type, type_.extra or {}) if isinstance(type_, Metadata) else (type_, {})


def _control_of(name: str, type_: Type) -> Control:
    match type_:
        case StrType():
            return "text"
        case BoolType():
            return "tick"
        case LiteralType():
            return "choice"
        case IntType():
            return "money" if name.endswith("_minor") else "number"
        case DictType(StrType(), StrType()):
            return "names"
        case VarTupleType(StrType()):
            return "list"
    raise TypeError(f'{name}: no control is known for its type; set one with Meta(extra={{"control": ...}})')


def _nothing(type_: Type) -> Any:
    """Initial value of a field without default."""
    match type_:
        case IntType():
            return 0
        case DictType():
            return {}
        case VarTupleType():
            return ()
        case LiteralType(values):
            return values[0]
    return ""


def _bounds(type_: Type) -> dict[str, Any]:
    match type_:
        case StrType(max_length=most, pattern=pattern):
            return {"most": most, "pattern": (pattern or "").removesuffix(END).strip("^$").replace("_-]", "_\\-]")}
        case IntType(ge=least, le=most):
            return {"least": least or 0, "most": most}
        case DictType(value_type=StrType(max_length=most)):
            return {"most": most}
        case LiteralType(values):
            return {"choices": values}
        case VarTupleType(StrType()):
            return {"most": _MANY}
    return {}
