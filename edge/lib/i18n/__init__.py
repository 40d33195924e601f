"""Sentences in English, French and Hebrew."""

from edge.lib.i18n.translations import LANGUAGES, direction, number, sentence, translate, words

__all__ = ["LANGUAGES", "direction", "number", "sentence", "translate", "words"]
