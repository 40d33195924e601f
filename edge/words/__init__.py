"""Sentences in English, French and Hebrew."""

from edge.words.words import LANGUAGES, direction, say, words

__all__ = ["LANGUAGES", "direction", "say", "words"]
