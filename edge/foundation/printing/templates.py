"""Print templates. Sandboxed Jinja2 renders data to markup, which becomes rows.

A template is `papers/NAME.xml` of the capability that prints it, or `CAPABILITY/NAME.xml` in the shop's own folder,
which comes first. Its tags are the rows of `document.py` and their fields:

    <text align="centre" bold="true" size="2">Corner Shop</text>
    <pair left="Milk" right="1.20"/>
    <row bold="true"><cell>VAT 20%</cell><cell width="9" align="end">0.20</cell></row>
    <rule/> <qr>data</qr> <bars kind="ean13">4006381333931</bars> <logo/> <kick/>

In addition to its data, a template can use `say(key, ...)`, `money(minor)`, `amount(price_minor, quantity)`,
`quantity(thousandths)`, `name(names, number)` (the number, if no name is printable), `when(at_us)` and `written(day)`
(in the date format of the shop's country), and `language`. For foreign notes there are `money(minor, currency)` and
`worth(rate, currency)`, the value of one unit. All inserted values are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import jinja2
import msgspec
import structlog
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edge.foundation.printing.document import Element, TemplateBlock
from edge.lib.errors import ConfigError
from edge.lib.floors import capability_files
from edge.lib.i18n import direction, number, tax_name, translate
from edge.lib.i18n.dates import is_day, locale_of, numeric_day
from edge.lib.prepared_templates import PreparedTemplates
from edge.lib.regions.countries import country_of
from edge.lib.units.money import amount_minor, exponent, show_minor, worth_of_one
from edge.lib.units.quantity import show_quantity

_log = structlog.get_logger(__name__)

MARKUP_LIMIT = 1024 * 1024
"""Characters of markup per document. A template that produces more is faulty."""
_NAME = re.compile(r"[a-z]+/[a-z_]+")
_TEMPLATE_FOLDER = {"kitchen": "slips", "printing": "paper"}
"""The folder of a capability's templates, as named in stored print jobs and in shops' own folders."""
_CAPABILITY = {folder: capability for capability, folder in _TEMPLATE_FOLDER.items()}
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LTR_MARK = "\u200e"
_FAULTS = (
    jinja2.TemplateError,
    ElementTree.ParseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def render_template(
    form: TemplateBlock, language: str, folder: str = "", shows: Callable[[str], bool] = lambda text: True
) -> tuple[Element, ...]:
    """Render a template's rows. Names are chosen among printable ones by `shows`. A broken template in the shop's
    `folder` is logged and replaced by ours, so that receipts still print.

    Raises `ConfigError` if ours is unusable, too.
    """
    if folder:
        try:
            return _fill(form, language, folder, shows)
        except _FAULTS as error:
            _log.error("a template can't be used; using the built-in one", template=form.template, why=str(error))
    try:
        return _fill(form, language, "", shows)
    except _FAULTS as error:
        raise ConfigError(f"The template {form.template} can't be used: {error}.") from error


def prepare(folder: str = "") -> None:
    """Compile every capability's templates in advance."""
    environment = _environment(folder)
    for paper in capability_files("papers/*.xml"):
        capability = paper.parents[1].name
        with suppress(*_FAULTS):  # reported when it is printed
            environment.get_template(f"{_TEMPLATE_FOLDER.get(capability, capability)}/{paper.stem}")


def clean(value: object) -> object:
    """Remove characters that a printer would take as commands.

    Markup is returned unchanged. Only macros produce it, and its parts were cleaned when they were inserted.
    """
    return _UNPRINTABLE.sub(" ", value) if type(value) is str else value


def _fill(form: TemplateBlock, language: str, folder: str, shows: Callable[[str], bool]) -> tuple[Element, ...]:
    data = msgspec.to_builtins(form.data)
    markup = (
        _environment(folder)
        .get_template(form.template)
        .render({**_functions(data, language), "name": partial(_name, language, shows), **data})
    )
    if len(markup) > MARKUP_LIMIT:
        raise ValueError(f"it produces {len(markup)} characters; the limit is {MARKUP_LIMIT}")
    paper = ElementTree.fromstring(f"<paper>{markup}</paper>")  # nosec B314
    for text in (paper.text, *(node.tail for node in paper)):
        if text and text.strip():
            raise ValueError(f"{text.strip()[:60]!r} is outside any tag")
    return tuple(_element(node) for node in paper)


def _functions(data: dict[str, Any], language: str) -> dict[str, Callable[..., Any] | str]:
    shop = data.get("shop", {})
    own, zone = shop.get("currency", ""), shop.get("zone", "UTC")
    dates = locale_of(language, shop.get("country", "") or country_of(zone))
    return {
        "language": language,
        "say": partial(translate, language),
        "money": lambda minor, currency="": _money(currency or own, language, minor),
        "worth": lambda rate, currency: number(
            f"{worth_of_one(rate, exponent(currency), exponent(own)).normalize():f}", language
        ),
        "amount": amount_minor,
        "quantity": lambda thousandths: number(show_quantity(thousandths), language),
        "tax_name": partial(tax_name, language),
        "when": partial(_when, dates, zone),
        "written": partial(_format_day, dates),
    }


def _name(language: str, shows: Callable[[str], bool], names: dict[str, str], number: str = "") -> str:
    """Return the name in this language, or if unprintable in another, otherwise the item's number."""
    first = names.get(language) or next(iter(names.values()), "")
    return next((one for one in (first, *names.values(), number) if one and shows(one)), first)


def _money(currency: str, language: str, minor: int) -> str:
    """Format an amount without its currency.

    In right-to-left languages, a mark (U+200E, as in CLDR) keeps the minus in front of the digits.
    """
    return (_LTR_MARK if direction(language) == "rtl" else "") + number(show_minor(minor, currency), language)


def _when(dates: str, zone: str, at_us: int) -> str:
    at = datetime.fromtimestamp(at_us / 1e6, tz=ZoneInfo(zone))
    return f"{numeric_day(at, dates)} {at:%H:%M}"


def _format_day(dates: str, day: str) -> str:
    """Format an ISO 8601 date. Other text is returned unchanged."""
    return numeric_day(date.fromisoformat(day), dates) if is_day(day) else day


def _element(node: ElementTree.Element) -> Element:
    """Convert a tag to the row of that name. Its text becomes the field `text` or `data`."""
    fields: dict[str, Any] = {"type": node.tag, **node.attrib}
    if node.tag == "row":
        fields["cells"] = [{"text": cell.text or "", **cell.attrib} for cell in node]
    elif node.tag == "text":
        fields["text"] = node.text or ""
    elif node.tag in ("qr", "bars"):
        fields["data"] = (node.text or "").strip()
    return msgspec.convert(fields, Element, strict=False)  # type: ignore[no-any-return]


@cache
def _environment(folder: str) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(partial(_source, folder)),
        autoescape=True,
        finalize=clean,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=64,
        bytecode_cache=PreparedTemplates("papers"),
    )


def _source(folder: str, name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    own = Path(folder, f"{name}.xml")
    if folder and own.is_file():
        return own.read_text(encoding="utf-8")
    folder, _, paper = name.partition("/")
    capability = _CAPABILITY.get(folder, folder)
    found = (one for one in capability_files(f"papers/{paper}.xml") if one.parents[1].name == capability)
    source = next(found, None)
    return source.read_text(encoding="utf-8") if source else None
