"""Settings that can change at runtime. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import INSIDE, STAFF
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.foundation.settings.checks import overrides
from edge.foundation.settings.commands import ClearSetting, SetSetting, TellSettings
from edge.foundation.settings.entities import TEXTS
from edge.foundation.settings.events import EVENTS
from edge.foundation.settings.handlers import clear_setting, set_setting, tell_settings
from edge.foundation.settings.project import projector
from edge.foundation.settings.queries import read_settings, read_texts

capability = Capability(
    name="settings",
    commands=(
        CommandSpec(SetSetting, set_setting, right=MANAGE, ask_first=True, also=SETTINGS, surfaces=STAFF),
        CommandSpec(ClearSetting, clear_setting, right=MANAGE, ask_first=True, also=SETTINGS, surfaces=STAFF),
        CommandSpec(TellSettings, tell_settings, right=MANAGE, surfaces=INSIDE),
        *TEXTS.commands(),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("settings", read_settings, right=MANAGE, also=SETTINGS, surfaces=STAFF),
        QuerySpec("texts", read_texts, right=MANAGE, also=SETTINGS, surfaces=STAFF),
    ),
    checks=(overrides,),
)
