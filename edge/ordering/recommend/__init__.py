"""Recommendations for a person or with other products, and products never suggested. See README.md."""

from __future__ import annotations

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import EVERYBODY, MACHINE, STAFF
from edge.foundation.access.rights import BASKET, CATALOG, CUSTOMERS_READ, MANAGE, SELL
from edge.ordering.recommend import commands, handlers
from edge.ordering.recommend.events import EVENTS
from edge.ordering.recommend.figures import FIGURES
from edge.ordering.recommend.learning.jobs import recommend_chunks
from edge.ordering.recommend.learning.weekly import parts
from edge.ordering.recommend.profiles import past, views
from edge.ordering.recommend.profiles.views import forget_views as forget_views
from edge.ordering.recommend.project import projector
from edge.ordering.recommend.queries import recommendation_models, rules_set, suggestion_counts
from edge.ordering.recommend.settings import RecommendSettings, live
from edge.ordering.recommend.settings import settings_of as settings_of
from edge.ordering.recommend.watches import WATCHES
from edge.people.customers.commands import MergeCustomers, WithdrawConsent


def capability(base: RecommendSettings) -> Capability:
    """Recommendations capability of a store with these settings."""
    settings = live(base)
    return Capability(
        name="recommend",
        commands=(
            CommandSpec(commands.TrainRecommendations, handlers.train, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.FinishRecommendations, handlers.finish, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.RevertRecommendations, handlers.revert, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.SetSuggestionRule, handlers.set_rule, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(
                commands.NoteSuggestion,
                handlers.note(settings),
                right=SELL,
                also=BASKET,
                surfaces=EVERYBODY,
                http=(HttpAddress("POST", "recommendations/{set}/outcome", name="note_recommendation"),),
            ),
            CommandSpec(
                commands.NotePastPurchases, past.note_past_purchases, right=MANAGE, surfaces=MACHINE, ask_first=True
            ),
            CommandSpec(
                commands.RemovePastPurchases, past.remove_past_purchases, right=MANAGE, surfaces=MACHINE, ask_first=True
            ),
            CommandSpec(
                commands.NoteInteractions,
                views.note_interactions,
                right=CUSTOMERS_READ,
                surfaces=STAFF,
                http=(
                    HttpAddress("POST", "interactions", name="note_interactions", synonyms={"customer_id": "customer"}),
                ),
            ),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("recommendation_models", recommendation_models, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("suggestion_rules", rules_set, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("suggestion_counts", suggestion_counts, right=MANAGE, also=CATALOG, surfaces=STAFF),
        ),
        jobs=(JobKind(handlers.JOB, recommend_chunks(settings)),),
        watches=WATCHES,
        mended_at="/manager/recommend",
        parts=parts(settings),
        after={WithdrawConsent: views.after_consent_ended, MergeCustomers: views.after_merging},
        personal_data_of=views.views_of,
        figures=FIGURES,
    )
