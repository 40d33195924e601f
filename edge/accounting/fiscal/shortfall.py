"""Legal requirements that the shop's configuration doesn't meet: texts for the page and `edge fiscal status`."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting.fiscal.regimes import Regime
from edge.accounting.fiscal.settings import FiscalSettings
from edge.lib.i18n import translate


def shortfall(settings: FiscalSettings, regime: Regime, language: str) -> str:
    """The unmet requirements in a language, as full sentences.

    >>> shortfall(FiscalSettings(registration_number=7, allocation_host="https://taxes.example"), "il", "en")[:58]
    'Allocation numbers are requested at https://taxes.example.'
    """
    return " ".join(translate(language, f"fiscal.{key}", place=place) for key, place in _lacking(settings, regime))


def _lacking(settings: FiscalSettings, regime: Regime) -> Iterator[tuple[str, str]]:
    """Keys of sentences, each with the value it mentions."""
    if regime == "il":
        if not settings.registration_number:
            yield "lacks_il", ""
        yield ("lacks_il_asked" if settings.allocation_host else "lacks_il_typed"), settings.allocation_host
    elif regime == "de" and settings.device_host:
        yield "lacks_de_device", settings.device_host
    elif regime == "ca-on" and settings.template:
        yield "lacks_ca-on_template", settings.template
    else:
        yield f"lacks_{regime}", ""
