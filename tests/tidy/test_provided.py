"""What capabilities take from those above them, which their pages and letters find by name."""

from __future__ import annotations

from collections import Counter

from edge.conversation.assistant.stock.figures_asked import FIGURES
from edge.core.services import Service
from edge.foundation.outbox.messages import LETTERS
from edge.foundation.outbox.service.letters.letter import declared_letters
from edge.lib.floors import capability_files, capability_module
from edge.web.capability_pages import declarations

OF_NOTIFY = {"office"}
"""Kinds of letters whose writer is made by who sends them."""


def test_whatever_pages_ask_of_capabilities_above_is_provided_once() -> None:
    declared = {
        service.name
        for path in capability_files("pages/beside.py")
        for service in vars(capability_module(path)).values()
        if isinstance(service, Service)
    }
    provided = Counter(service.name for service, _ in declarations("PROVIDES"))
    assert declared
    assert provided == dict.fromkeys({*declared, FIGURES.name}, 1)  # that one is asked in a conversation, not by pages


def test_each_kind_of_letter_has_a_writer() -> None:
    assert {*declared_letters(), *OF_NOTIFY} == set(LETTERS)
