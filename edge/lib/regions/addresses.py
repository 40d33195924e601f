"""Postal addresses and their validation. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from edge.lib.i18n.unseen import has_control
from edge.lib.regions.provinces import provinces

LINE_CHARS = 80
LINES_MOST = 3
NOTE_CHARS = 200
POSTAL_CHARS = 12
CANADA = "CA"

State = Literal["ok", "corrected", "wrong", "unchecked"]
Fault = Literal[
    "missing", "too_long", "too_many", "characters", "country", "province", "postal_form", "postal_province"
]
"""Why a field is wrong. Each has a sentence in `words`, section `address`."""

# Canada Post: no D, F, I, O, Q or U, and no W or Z in first place
_POSTAL = re.compile(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][0-9][ABCEGHJ-NPRSTV-Z][0-9]")
_COUNTRY = re.compile(r"[A-Z]{2}")
_POST_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*box|post(al)? (office )?box\b|(c\.?\s*p|b\.?\s*p)\.?\s*\d|(case|casier) postale?\b"
    r"|bo[iî]te postale\b)|ת\.?[\"״]?ד\.?\s*\d|תא דואר",
    re.I,
)
"""Post box addresses as Canada Post, La Poste and Israel's post write them."""


class Address(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A postal or delivery address. `lines` are street and house; `province` has two letters in Canada; `country` as in
    ISO 3166. `confirmed`: a user confirmed that the postal code is correct although it belongs to another province."""

    lines: tuple[str, ...]
    city: str
    province: str = ""
    postal_code: str = ""
    country: str = CANADA
    note: str = ""
    confirmed: bool = False


class AddressCheck(msgspec.Struct, frozen=True):
    """Validation result: the normalised address, and faults by field; `confirm`: the only fault is another province's
    postal code, which a user may confirm."""

    state: State
    address: Address
    faults: dict[str, Fault] = {}

    @property
    def confirm(self) -> bool:
        return set(self.faults.values()) == {"postal_province"}


def check(address: Address) -> AddressCheck:
    """Normalise spaces and capitals of an address, and report its faults."""
    mended = _normalize_address(address)
    faults = _lengths(mended)
    if not _COUNTRY.fullmatch(mended.country):
        faults["country"] = "country"
    elif mended.country == CANADA:
        faults |= _canadian(mended)
    if faults:
        return AddressCheck("wrong", mended, faults)
    if mended.country != CANADA:
        return AddressCheck("unchecked", mended)
    return AddressCheck("ok" if mended == address else "corrected", mended)


def not_delivered(address: Address, province: str) -> Fault | Literal["post_box", "other_province"] | None:
    """Return why a store of that province doesn't deliver to an address; None if it does."""
    if any(_POST_BOX.search(_normalize_spaces(line)) for line in address.lines):
        return "post_box"
    return "other_province" if province and address.province != province else None


def show(address: Address) -> list[str]:
    """Format an address as on an envelope."""
    place = " ".join(part for part in (address.city, address.province, address.postal_code) if part)
    return [*address.lines, place, *([address.country] if address.country != CANADA else [])]


def _normalize_address(address: Address) -> Address:
    lines = tuple(line for line in map(_normalize_spaces, address.lines) if line)
    country, province = _normalize_spaces(address.country).upper(), _normalize_spaces(address.province)
    postal = _normalize_spaces(address.postal_code).upper()
    if country == CANADA:
        province = province.upper()
        postal = canadian_postal(postal)
    return Address(
        lines, _normalize_spaces(address.city), province, postal, country, address.note.strip(), address.confirmed
    )


def postal_beginnings(country: str) -> str:
    """Return example postal code prefixes of a country (ISO 3166); "" if unknown."""
    return {"CA": "M5V, M5A", "FR": "75, 92", "IL": "61, 62"}.get(country, "")


def canadian_postal(text: str) -> str:
    """Format a Canadian postal code, `M5V 3L9`; other text is returned in capitals."""
    postal = _normalize_spaces(text).upper()
    bare = re.sub(r"[\s-]", "", postal)
    return f"{bare[:3]} {bare[3:]}" if _POSTAL.fullmatch(bare) else postal


def is_canadian_postal(text: str) -> bool:
    """Whether it is a valid Canadian postal code."""
    return _POSTAL.fullmatch(re.sub(r"[\s-]", "", _normalize_spaces(text).upper())) is not None


def province_of(postal_code: str) -> str:
    """Return the province or territory of a Canadian postal code; "" if none."""
    bare = re.sub(r"[\s-]", "", _normalize_spaces(postal_code).upper())
    return next((id for id, one in provinces().items() if bare.startswith(one.postal)), "")


def is_of_province(postal_code: str, province: str) -> bool:
    """Whether a postal code can belong to a Canadian province or territory."""
    return re.sub(r"[\s-]", "", _normalize_spaces(postal_code).upper()).startswith(provinces()[province].postal)


def _normalize_spaces(text: str) -> str:
    return re.sub(r"[ \xa0]+", " ", unicodedata.normalize("NFC", text)).strip(" ")


def _lengths(address: Address) -> dict[str, Fault]:
    faults: dict[str, Fault] = {}
    fields = {"city": (address.city, LINE_CHARS), "province": (address.province, LINE_CHARS)}
    fields |= {"postal_code": (address.postal_code, POSTAL_CHARS), "note": (address.note, NOTE_CHARS)}
    fields |= {f"lines.{place}": (line, LINE_CHARS) for place, line in enumerate(address.lines[: LINES_MOST + 1])}
    for name, (text, most) in fields.items():
        if len(text) > most:
            faults[name] = "too_long"
        elif has_control(text):
            faults[name] = "characters"
    if not address.lines:
        faults["lines"] = "missing"
    elif len(address.lines) > LINES_MOST:
        faults["lines"] = "too_many"
    if not address.city:
        faults["city"] = "missing"
    return faults


def _canadian(address: Address) -> dict[str, Fault]:
    province = provinces().get(address.province)
    if province is None:
        return {"province": "province" if address.province else "missing"}
    if not address.postal_code:
        return {"postal_code": "missing"}
    if not _POSTAL.fullmatch(address.postal_code.replace(" ", "")):
        return {"postal_code": "postal_form"}
    if not address.confirmed and not address.postal_code.startswith(province.postal):
        return {"postal_code": "postal_province"}
    return {}
