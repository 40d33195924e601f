"""Sentences in English, French and Hebrew."""

from edge.lib.i18n.translations import LANGUAGES, direction, name_in, number, sentence, translate, words

__all__ = ["LANGUAGES", "direction", "name_in", "number", "sentence", "translate", "words"]
