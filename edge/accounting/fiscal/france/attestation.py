"""The publisher's attestation, in the two parts of the model in BOI-LETTRE-000242, with known data filled in.

It's a sheet for two people to sign; the software itself signs and claims nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.version import FISCAL_VERSION, SOFTWARE_NAME, SOFTWARE_VERSION

_BLANK = "........................................"


def attestation(settings: FiscalSettings, registers: Sequence[str], day: str) -> list[str]:
    """The sheet's lines, always in French."""
    place = " ".join(one for one in (settings.postcode, settings.city) if one) or _BLANK
    return [
        "ATTESTATION INDIVIDUELLE relative à l'utilisation d'un logiciel de caisse",
        "(article 286, I, 3° bis du code général des impôts)",
        "",
        "Volet 1 : à remplir par l'éditeur du logiciel",
        f"Je soussigné(e), {_BLANK}, représentant légal de l'éditeur {_BLANK},",
        f"atteste que le logiciel {SOFTWARE_NAME}, version {SOFTWARE_VERSION} (version fiscale {FISCAL_VERSION}),",
        "satisfait à des conditions d'inaltérabilité, de sécurisation, de conservation et d'archivage des données",
        "en vue du contrôle de l'administration fiscale.",
        f"Fait à {_BLANK}, le {_BLANK}.   Signature :",
        "",
        "Volet 2 : à remplir par l'assujetti",
        f"Je soussigné(e), {_BLANK}, représentant légal de {settings.name},",
        f"{settings.street or _BLANK}, {place}, SIREN ou SIRET {settings.company_number or _BLANK},",
        f"atteste avoir acquis (ou mis en service) le {_BLANK} le logiciel ci-dessus,",
        f"utilisé sur les caisses : {', '.join(registers) or _BLANK}.",
        f"Fait à {_BLANK}, le {_BLANK}.   Signature :",
        "",
        "Qui établit une fausse attestation s'expose aux peines de l'article 441-1 du code pénal.",
        f"Feuille préparée le {day} ; elle n'est valable que remplie et signée par l'éditeur et par l'assujetti.",
    ]
