"""What columns are called, in English, French and Hebrew. Pure."""

from __future__ import annotations

import re

_WORDS: dict[str, tuple[str, ...]] = {
    "sku": (
        *("sku", "product number", "item number", "article number", "product id", "product code", "plu", "reference"),
        *("référence", "ref", "réf", "code article", "code produit", "numéro d article", "מקט", "קוד פריט", "קוד מוצר"),
    ),
    "code": (
        *("barcode", "bar code", "ean", "ean13", "ean 13", "ean code", "gtin", "upc", "item code", "itemcode", "code"),
        *("barcode 2", "ean 2", "code barre", "code barres", "gencod", "gencode", "ברקוד", "קוד ברקוד"),
    ),
    "price": (
        *("price", "selling price", "regular price", "retail price", "itemprice", "prix", "prix ttc", "prix de vente"),
        *("prix de vente ttc", "pv ttc", "prix unitaire", "מחיר", "מחיר לצרכן", "מחיר מכירה", "unit price"),
    ),
    "tax_class": ("tax class", "taxclass", "classe de taxe", "classe de tva", "סוג מס"),
    "weighed": (
        *("weighed", "by weight", "sold by weight", "is weighted", "bisweighted", "pesé", "au poids", "vendu au poids"),
        *("שקיל", "נשקל", "במשקל"),
    ),
    "unit": (
        *("unit", "uom", "unit of measure", "unit of sale", "unité", "unité de vente", "unité de mesure"),
        *("יחידה", "יחידת מידה", "יחידת מכירה"),
    ),
    "min_age": ("min age", "minimum age", "age", "âge minimum", "âge minimal", "âge", "גיל מינימלי", "גיל"),
}
"""By field, the likeliest word first. A price *for comparison* (a kilogram of it) is none of these."""

_NAMES: dict[str, tuple[str, ...]] = {
    "": ("name", "product name", "item name", "itemname", "title", "description", "product", "item"),
    "fr": ("nom", "nom du produit", "désignation", "libellé", "intitulé", "produit", "article"),
    "he": ("שם מוצר", "שם המוצר", "שם פריט", "שם", "תיאור מוצר", "תיאור", "מוצר", "פריט"),
}
"""Words for a name, by the language they suggest ("" is the store's own)."""

_LANGUAGES = {
    **dict.fromkeys(("en", "english", "anglais", "אנגלית"), "en"),
    **dict.fromkeys(("fr", "french", "français", "צרפתית"), "fr"),
    **dict.fromkeys(("he", "hebrew", "hébreu", "עברית"), "he"),
}
_BRACKETS = re.compile(r"\(([^)]*)\)")
_MARKS = re.compile(r"[\s_\-./:']+")
_QUOTES = str.maketrans("", "", '"״׳*')


def guess_fields(header: tuple[str, ...], language: str) -> dict[str, tuple[int, ...]]:
    """Places in the header by field (`name.<language>` for names); fields that nothing suggests are left out."""
    columns = [_words(column) for column in header]
    plain = [column for column, _ in columns]
    found: dict[str, tuple[int, ...]] = {}
    for field, words in _WORDS.items():
        places = [plain.index(word) for word in words if word in plain]
        if places:
            found[field] = tuple(places) if field == "code" else (places[0],)
    for suggested, words in _NAMES.items():
        for place in (place for word in words for place, column in enumerate(plain) if column == word):
            found.setdefault(f"name.{columns[place][1] or suggested or language}", (place,))
    if "weighed" in found:
        # Beside such a column, a "unit" is what the price for comparison is for.
        found.pop("unit", None)
    return found


def _words(column: str) -> tuple[str, str]:
    """A column's name in plain words, and the language it names in brackets or behind them ("" if none)."""
    bare = _BRACKETS.sub(" ", column)
    words = _MARKS.sub(" ", bare.translate(_QUOTES).casefold()).strip()
    for bracket in _BRACKETS.findall(column):
        if language := _LANGUAGES.get(bracket.strip().casefold()):
            return words, language
    first, _, last = words.rpartition(" ")
    if first and last in _LANGUAGES:
        return first, _LANGUAGES[last]
    return words, ""
