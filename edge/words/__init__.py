"""Sentences in English, French and Hebrew."""

from edge.words.words import LANGUAGES, direction, number, say, words

__all__ = ["LANGUAGES", "direction", "number", "say", "words"]
