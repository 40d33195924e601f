"""Notifications: recipients, channels and delivery. See README.md."""

from edge.analytics.notify import commands, handlers
from edge.analytics.notify.checks import check_reach
from edge.analytics.notify.handlers import after_restore, forget_person
from edge.analytics.notify.queries import channels, deliveries, push_key
from edge.analytics.notify.recipients import personal_data_of
from edge.analytics.notify.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, SELL

__all__ = ["capability", "forget_person"]

capability = Capability(
    name="notify",
    commands=(
        CommandSpec(commands.SetPreferences, handlers.set_preferences, right=SELL, reauthenticate=True, surfaces=STAFF),
        CommandSpec(commands.SendTest, handlers.send_test, right=SELL, surfaces=STAFF),
        CommandSpec(commands.SendText, handlers.send_text, right=MANAGE, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.AddBrowser, handlers.add_browser, right=SELL, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.DropBrowser, handlers.drop_browser, right=SELL, surfaces=STAFF),
        CommandSpec(commands.SwitchChannel, handlers.switch_channel, right=MANAGE, surfaces=STAFF),
        CommandSpec(commands.RetryMessage, handlers.retry_message, right=MANAGE, surfaces=STAFF),
        CommandSpec(commands.OfferChatCode, handlers.offer_chat_code, right=SELL, reauthenticate=True, surfaces=STAFF),
        CommandSpec(commands.DropChatNumber, handlers.drop_chat_number, right=SELL, surfaces=STAFF),
        CommandSpec(commands.TakeWritten, handlers.take_written, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.BeginAnswer, handlers.begin_answer, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.AnswerWritten, handlers.answer_written, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.ReportDelivery, handlers.report_delivery, right=MANAGE, surfaces=STAFF),
    ),
    queries=(
        QuerySpec("notify_channels", channels, right=MANAGE, surfaces=STAFF),
        QuerySpec("notify_push_key", push_key, right=SELL, surfaces=STAFF),
        QuerySpec("notify_deliveries", deliveries, right=MANAGE, surfaces=STAFF),
    ),
    on_restore=after_restore,
    checks=(check_reach,),
    watches=WATCHES,
    mended_at="/manager/notifications",
    personal_data_of=personal_data_of,
)
