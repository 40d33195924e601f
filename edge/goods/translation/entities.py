"""Glossary terms as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.translation.commands import EndGlossaryTerm, SetGlossaryTerm
from edge.goods.translation.events import GlossaryTermEnded, GlossaryTermSet
from edge.goods.translation.glossary import TERMS_MOST, GlossaryTerm


def says_something(tx: Transaction, wanted: GlossaryTerm, known: GlossaryTerm | None) -> GlossaryTerm:
    """Raise `Refusal` if a term has only one language and isn't marked to stay untranslated."""
    if len(wanted.names) < 2 and not wanted.keep:
        raise Refusal("glossary_one_language", {})
    return wanted


TERMS = Entity(
    GlossaryTerm,
    table="glossary_term",
    set_by=SetGlossaryTerm,
    was_set=GlossaryTermSet,
    end_by=EndGlossaryTerm,
    was_ended=GlossaryTermEnded,
    right=MANAGE,
    limit=CountLimit(TERMS_MOST, "too_many_terms"),
    unknown=Unknown("no_such_term", "term"),
    checks=(says_something,),
)
