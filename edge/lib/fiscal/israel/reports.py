"""The two sheets that accompany a uniform file, in the instructions' wording: always Hebrew. Pure.

Source: "Instructions for making files in the uniform structure" 1.31: 2.6 (verification report), 5.4 (summary).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from edge.lib.fiscal.israel.document_types import DOCUMENT_TYPES
from edge.lib.fiscal.israel.records import DocumentHeader, FileHeader

RECORD_KINDS = MappingProxyType(
    {
        "A100": "רשומת פתיחה",
        "B100": "תנועות בהנהלת חשבונות",
        "B110": "חשבון בהנהלת חשבונות",
        "C100": "כותרת מסמך",
        "D110": "פרטי מסמך",
        "D120": "פרטי קבלות",
        "M100": "פריטים במלאי",
        "Z900": "רשומת סיום",
    }
)
"""Names of the record types on the summary."""


class TypeSum(msgspec.Struct, frozen=True):
    """A line of the verification report: the number of documents of a type, and their sum with VAT."""

    document_type: int
    name: str
    documents: int
    total_minor: int


def summary(header: FileHeader, counts: Mapping[str, int]) -> list[str]:
    """Return the lines of the production summary (5.4): dealer, location, date range, and counts."""
    since, until = header.since, header.until
    span = [f"מתאריך: {since:%d%m%Y} ועד תאריך: {until:%d%m%Y}"] if since and until else [f"שנת מס: {header.tax_year}"]
    return [
        f"ביצוע ממשק פתוח עבור: מספר עוסק מורשה {header.dealer_number:09}",
        f"שם בית העסק: {header.business_name}",
        "ביצוע ממשק פתוח הסתיים בהצלחה.",
        f"הנתונים נשמרו בנתיב הבא: {header.path}",
        f"טווח תאריכים: {span[0]}",
        *(f"{code} {name}: {counts[code]}" for code, name in RECORD_KINDS.items() if counts.get(code)),
        f"הנתונים הופקו באמצעות תוכנת: {header.software_name}, מספר תעודת הרישום: {header.registration_number:08}",
        f"בתאריך: {header.made_on:%d/%m/%y} בשעה: {header.made_at:%H:%M}",
    ]


def verification_report(headers: Iterable[DocumentHeader]) -> list[TypeSum]:
    """Return the number and sum of the documents of each of the 27 types (2.6), with zeros for unused types."""
    documents: Counter[int] = Counter()
    totals_minor: Counter[int] = Counter()
    for header in headers:
        documents[header.document_type] += 1
        totals_minor[header.document_type] += header.total_minor
    return [TypeSum(number, name, documents[number], totals_minor[number]) for number, name in DOCUMENT_TYPES.items()]
