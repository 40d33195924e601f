"""Names in the languages of the shop: brought, looked at, taken. See README.md."""

from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.goods.translation.commands import (
    AcceptTranslations,
    OrderTranslations,
    ProposeTranslations,
    RefuseTranslations,
    SetTranslation,
)
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import EVENTS
from edge.goods.translation.handlers import accept, propose, refuse, set_translation
from edge.goods.translation.model_job import TRANSLATE_JOB, no_model, order
from edge.goods.translation.project import projector
from edge.goods.translation.queries import translation_counts, translation_texts

capability = Capability(
    name="translation",
    commands=(
        *TERMS.commands(),
        CommandSpec(ProposeTranslations, propose, right=MANAGE, surfaces=STAFF),
        CommandSpec(AcceptTranslations, accept, right=MANAGE, surfaces=STAFF),
        CommandSpec(SetTranslation, set_translation, right=MANAGE, surfaces=STAFF),
        CommandSpec(OrderTranslations, order, right=MANAGE, surfaces=STAFF),
        CommandSpec(RefuseTranslations, refuse, right=MANAGE, surfaces=STAFF),
    ),
    events=EVENTS,
    projectors=(projector,),
    jobs=(JobKind(TRANSLATE_JOB, no_model, own_runner=True),),
    queries=(
        QuerySpec("translation_texts", translation_texts, right=MANAGE, surfaces=STAFF),
        QuerySpec("translation_counts", translation_counts, right=MANAGE, surfaces=STAFF),
    ),
)
