"""Texts for people, in each language of `languages/`."""

from edge.lib.i18n.languages import (
    ENGLISH,
    LANGUAGES,
    Language,
    LanguageOrNone,
    direction,
    list_names,
    number,
    own_name,
    record,
    spoken_name,
)
from edge.lib.i18n.translations import (
    in_all_languages,
    name_in,
    name_values,
    sentence,
    tax_class_name,
    tax_name,
    translate,
    words,
)

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Language",
    "LanguageOrNone",
    "direction",
    "in_all_languages",
    "list_names",
    "name_in",
    "name_values",
    "number",
    "own_name",
    "record",
    "sentence",
    "spoken_name",
    "tax_class_name",
    "tax_name",
    "translate",
    "words",
]
