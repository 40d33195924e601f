"""Demand forecasts, their confidence, and stockout risk. See README.md."""

from edge.analytics.forecast import commands, events, handlers
from edge.analytics.forecast.calendar.occasions import categories_of_occasions as categories_of_occasions
from edge.analytics.forecast.entities import OCCASIONS
from edge.analytics.forecast.figures import FIGURES
from edge.analytics.forecast.learning.jobs import history_chunks, train_chunks
from edge.analytics.forecast.parts import PARTS
from edge.analytics.forecast.project import demand, occasions_on, past_totals, versions
from edge.analytics.forecast.queries import demand_forecast, read_models
from edge.analytics.forecast.risks import inventory_risk
from edge.analytics.forecast.settings import ForecastSettings
from edge.analytics.forecast.settings import settings_of as settings_of
from edge.analytics.forecast.targets import busy_products as busy_products
from edge.analytics.forecast.targets import foresee as foresee
from edge.analytics.forecast.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, REPORTS

__all__ = ["ForecastSettings", "capability"]


def capability(settings: ForecastSettings) -> Capability:
    """The forecast capability of a store."""
    return Capability(
        name="forecast",
        commands=(
            CommandSpec(commands.ImportHistory, handlers.import_history, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.RecordHistory, handlers.record_history, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.TakeBackHistory, handlers.take_back_history, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.RecordPastTotals, handlers.record_past_totals, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.TakeBackPastTotals, handlers.take_back_past_totals, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NoteSoldElsewhere, handlers.note_sold_elsewhere, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.RetrainForecasts, handlers.retrain, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.SaveForecasts, handlers.save, right=MANAGE, local=True, surfaces=MACHINE),
            CommandSpec(commands.FinishForecasts, handlers.finish, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.ForgetForecasts, handlers.forget, right=MANAGE, local=True, surfaces=MACHINE),
            CommandSpec(commands.PromoteModel, handlers.promote, right=MANAGE, ask_first=True, surfaces=STAFF),
            *OCCASIONS.commands(),
            CommandSpec(commands.SetOccasions, handlers.set_occasions, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.NoteWeatherAsked, handlers.record_weather_request, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.SetWeather, handlers.set_weather, right=MANAGE, local=True, surfaces=MACHINE),
        ),
        events=events.EVENTS,
        projectors=(demand, past_totals, versions, occasions_on),
        queries=(
            QuerySpec("demand_forecast", demand_forecast, right=MANAGE, also=REPORTS, surfaces=STAFF),
            QuerySpec("inventory_risk", inventory_risk, right=MANAGE, also=REPORTS, surfaces=STAFF),
            QuerySpec("forecast_models", read_models, right=MANAGE, also=REPORTS, surfaces=STAFF),
        ),
        jobs=(
            JobKind(handlers.TRAIN_JOB, train_chunks(settings)),
            JobKind(handlers.HISTORY_JOB, history_chunks(settings.zone, settings.currency)),
        ),
        watches=WATCHES,
        mended_at="/manager/forecast",
        parts=PARTS,
        figures=FIGURES,
    )
