"""HTTP API of notifications: raise an alert, see its delivery, preferences, and messages."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from edge.analytics.notify.audience import Recipient, whom
from edge.analytics.notify.commands import SUBJECT_CHARS, TEXT_CHARS, SendTest, SendText, SetPreferences
from edge.analytics.notify.delivery_timing import is_over
from edge.analytics.notify.preferences import CHANNELS, Channel, NotificationPreferences
from edge.analytics.notify.queries import Delivery, deliveries
from edge.analytics.notify.recipients import (
    ChannelState,
    read_channels,
    read_preferences,
    read_recipients,
    usable_channels,
)
from edge.core.addresses import is_of_machine
from edge.core.endpoints import Answer, Body, Endpoint, Method, Schema
from edge.core.messages import Done, PersonId, Refused
from edge.core.registry import Severity
from edge.core.storage.database import Connection
from edge.foundation.access.queries import is_active_user
from edge.foundation.access.rights import MANAGE, REPORTS, SELL
from edge.foundation.alerts.commands import MESSAGE_CHARS, AcknowledgeAlert, Note, People, Roles, SendAlert, Title
from edge.foundation.alerts.events import AlertRepeated, AlertWorsened
from edge.foundation.alerts.queries import Alert, read_alert, read_alerts
from edge.foundation.outbox.messages import TELLING, TOLD, of_alert
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of, again
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_of, choice_of
from edge.web.responses import answer_json, answer_outcome, texts_of

STATUSES = {
    **dict.fromkeys(("no_such_alert", "no_such_user", "no_such_role"), 404),
    **dict.fromkeys(("alert_over", "no_address", "address_flagged", "channel_not_there"), 409),
    "too_many_messages": 429,
}


class NewAlert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST notify/alert`.

    `users` and `roles`: recipients; if both are empty, preferences decide. Without a `severity`, `info` stays `info`,
    and `warning` or `alert` is medium.
    """

    title: Title
    message: Annotated[str, msgspec.Meta(max_length=MESSAGE_CHARS)] = ""
    severity: Severity | None = None
    notification_type: Literal["alert", "info", "warning"] = "alert"
    users: People = ()
    roles: Roles = ()
    channels: tuple[Channel | Literal["page"], ...] = ()
    dedupe: Annotated[str, msgspec.Meta(max_length=80)] = ""


class AlertTold(msgspec.Struct, frozen=True):
    """An alert's delivery: on the page at once, and on `pending` channels as soon as possible; `failed` channels reach
    no one. `users_unreached` have no address on any requested channel and see it on the page only.
    """

    alert_id: int
    status: str
    channels_notified: tuple[str, ...]
    channels_pending: tuple[str, ...]
    channels_failed: tuple[str, ...]
    users_unreached: tuple[str, ...]


M = TypeVar("M", NewAlert, "NewMessage")
_Subject = Annotated[str, msgspec.Meta(max_length=SUBJECT_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""Python's `$` also matches before a final line break."""
_Text = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS)]


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST notify/email`, `sms`, `whatsapp`, `push`: a text for a user, or everyone with a role.

    `subject` and `body` are aliases of `title` and `text`; users who disabled `kind` don't receive it.
    """

    to: PersonId
    title: _Subject = ""
    text: _Text = ""
    subject: _Subject = ""
    body: _Text = ""
    kind: Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]{0,39})?$(?!\n)")] = ""


class MessagesQueued(msgspec.Struct, frozen=True):
    """Ids of messages, to query their delivery."""

    messages: tuple[int, ...]


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST notify/alert/{id}/acknowledge`: an optional duration and note.

    `said_us`: when a person acknowledged (UTC microseconds), if sent later; alerts resolved by then are unaffected.
    """

    note: Note = ""
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 14)] | None = None
    said_us: Annotated[int, msgspec.Meta(ge=0)] = 0


class AcknowledgementTaken(msgspec.Struct, frozen=True):
    """The resulting alert.

    `taken`: whether the acknowledgement counts. It is recorded as too late if the alert was resolved or had become more
    severe.
    """

    alert: Alert
    taken: bool


class TestWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST notify/channels/{name}/test`: the recipient; default: the requesting user."""

    user: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$(?!\n)")] = ""


async def _message_of(request: web.Request, type: type[M]) -> M:
    """Decode the body. Raises `Problem` 422 if it's too long, 400 if it's invalid."""
    try:
        return msgspec.json.decode(await request.read(), type=type)
    except msgspec.DecodeError as error:
        status = 422 if " of length <= " in str(error) else 400
        raise body_wrong(error, status) from error


async def send_alert(request: web.Request) -> web.Response:
    """`POST notify/alert`: raise an alert.

    If an alert with the same `dedupe` is open, the request refers to that alert.
    """
    site, body = request.app[SITE], await _message_of(request, NewAlert)
    channels = tuple(name for name in body.channels if name != "page")
    severity: Severity = "info" if body.notification_type == "info" else "medium"
    said = (body.title, body.message, body.severity or severity, body.users, body.roles, channels, body.dedupe)
    outcome = await site.shop.do(SendAlert(*said), actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    event = outcome.events[0]
    id = event.id if isinstance(event, AlertRepeated | AlertWorsened) else outcome.first_seq
    day = site.config.business_date(site.shop.now_us())
    news = not isinstance(event, AlertRepeated)
    return answer_json(await site.asker.read(lambda db: _outcome_of(db, id, body, channels, day, news)))


def _outcome_of(db: Connection, id: int, body: NewAlert, channels: tuple[str, ...], day: str, news: bool) -> AlertTold:
    """An alert's delivery.

    `news`: it's being sent now; otherwise it was sent before, and only undelivered messages are pending.
    """
    alert = read_alert(db, id)
    if alert is None:
        raise Problem(404, "alert_not_found", alert=id)
    people, usable = read_recipients(db, day), usable_channels(db)
    reached = whom(alert, people, usable)
    known = [one for one in of_alert(db, id) if one.what in TELLING and not news]
    through = [one.channel for one in known if one.state in TOLD]
    waiting = [one.channel for one in known if one.state in ("queued", "sending") and not is_over(one, alert)]
    waiting += [name for _, name in reached if news or (alert.state == "raised" and not known)]
    told = {person for person, _ in reached}
    without = tuple(one.id for one in people if _is_for(one, body) and one.id not in told)
    failed = tuple(name for name in channels if name not in {*through, *waiting, *(name for _, name in reached)})
    notified, pending = (tuple(dict.fromkeys(names)) for names in (("page", *through), waiting))
    return AlertTold(id, alert.state, notified, pending, failed, without)


def _is_for(person: Recipient, body: NewAlert) -> bool:
    return person.id in body.users or person.role in body.roles


async def send_text(request: web.Request) -> web.Response:
    """`POST notify/{channel}`: queue a text to a user or role; returns 202."""
    site, body = request.app[SITE], await _message_of(request, NewMessage)
    channel = next(one for one in CHANNELS if one == request.path.rpartition("/")[2])
    title = body.title or body.subject
    if not title:
        raise Problem(400, "title_lacking")
    people = await site.asker.read(lambda db: read_recipients(db, ""))
    users = [one.id for one in people if one.id == body.to] or [one.id for one in people if one.role == body.to]
    if not users:
        return _answer_refusal(request, Refused("no_such_user", {"id": body.to}))
    queued: list[int] = []
    refused: web.Response | None = None
    for user in users:
        text = SendText(user, channel, title, body.text or body.body, body.kind)
        outcome = await site.shop.do(text, actor_of(request), idempotency_key(request) if len(users) == 1 else None)
        if isinstance(outcome, Done):
            queued += [outcome.result] if outcome.result is not None else []
        else:
            refused = _answer_refusal(request, outcome)
    if refused and not queued:
        return refused
    return answer_json(MessagesQueued(tuple(queued)), 202)


async def alerts(request: web.Request) -> web.Response:
    """`GET notify/alerts`: open alerts, most severe first; `?active=no`: all, newest first."""
    active = choice_of(request, "active", "yes", "no", "true", "false", "1", "0") not in ("no", "false", "0")
    return answer_json({"alerts": await request.app[SITE].asker.read(lambda db: read_alerts(db, active))})


async def acknowledge(request: web.Request) -> web.Response:
    """`POST notify/alert/{id}/acknowledge`: acknowledge an alert; `taken`: whether it was in time. Idempotent."""
    body = await body_of(request, Acknowledgement) if request.body_exists else Acknowledgement()
    id = _id(request)
    command = AcknowledgeAlert(id, body.note, body.hours, "api", body.said_us)
    actor = actor_of(request)
    outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    alert = await request.app[SITE].asker.read(lambda db: read_alert(db, id))
    if alert is None:
        return _answer_refusal(request, Refused("no_such_alert", {"id": id}))
    late = bool(body.said_us) and (alert.late_by, alert.late_us) == (actor.name, body.said_us)
    return answer_json(AcknowledgementTaken(alert, taken=not late))


async def alert_deliveries(request: web.Request) -> web.Response:
    """`GET notify/{id}/deliveries`: an alert's messages with recipient, channel and state."""
    id = _id(request)
    if await request.app[SITE].asker.read(lambda db: read_alert(db, id)) is None:
        return _answer_refusal(request, Refused("no_such_alert", {"id": id}))
    return answer_json({"deliveries": await request.app[SITE].asker.read(lambda db: deliveries(db, id))})


async def preferences(request: web.Request) -> web.Response:
    """`GET notify/preferences/{user}`: a user's own preferences; managers can read anyone's."""
    user = _requested_user(request)
    return answer_json(
        await request.app[SITE].asker.read(lambda db: read_preferences(db, user)) or NotificationPreferences()
    )


async def set_preferences(request: web.Request) -> web.Response:
    """`PUT notify/preferences/{user}`: set all preferences; omitted fields get defaults.

    Addresses are stored encrypted. Changing them needs a recent PIN or password, as sign-in codes are sent there.
    """
    user = _requested_user(request)
    command = SetPreferences(user, await body_of(request, NotificationPreferences))
    for field in ("webhook", "slack_webhook"):
        host = (parts := urlsplit(getattr(command.preferences, field))).hostname or ""
        wrong = "webhook_inside" if is_of_machine(host) else "webhook_plain" if parts.scheme == "http" else ""
        if wrong and host not in request.app[SITE].services.of(CONFIG).notify.allow:
            return _answer_refusal(request, Refused(wrong, {"field": field, "host": host}))
    before = await request.app[SITE].asker.read(lambda db: read_preferences(db, user)) or NotificationPreferences()
    if command.preferences.addresses != before.addresses and (refused := again(request, at_till=True)):
        return answer_outcome(refused, texts_of(request))
    outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
    return answer_json(command.preferences) if isinstance(outcome, Done) else _answer_refusal(request, outcome)


async def channels(request: web.Request) -> web.Response:
    """`GET notify/channels`: the channels with their state."""
    return answer_json({"channels": await request.app[SITE].asker.read(read_channels)})


async def test_channel(request: web.Request) -> web.Response:
    """`POST notify/channels/{name}/test`: send a test message."""
    name, body = request.match_info["name"], await body_of(request, TestWanted)
    channel: Channel | None = next((one for one in CHANNELS if one == name), None)
    if channel is None:
        raise Problem(404, "channel_unknown", channel=name[:40], allowed=", ".join(CHANNELS))
    command = SendTest(body.user or actor_of(request).name, channel)
    outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return _answer_refusal(request, outcome)
    return answer_json(MessagesQueued((outcome.result,) if outcome.result is not None else ()), 202)


def _requested_user(request: web.Request) -> str:
    """The user whose preferences are requested.

    Raises `Problem` 404 if unknown, or `Denied` for another user unless the requester is a manager.
    """
    actor = actor_of(request)
    user = request.match_info.get("user", actor.name)
    if not is_active_user(request.app[SITE].shop.reader, user) or user == "manager" or user.startswith("key:"):
        raise Problem(404, "user_not_found", user=user[:64])
    if user != actor.name and not actor.may(MANAGE):
        raise Denied(MANAGE)
    return user


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


def _answer_refusal(request: web.Request, outcome: object) -> web.Response:
    """Answer a refusal with its status in `STATUSES`, or the general one; 429 also says when to try again."""
    answer = answer_outcome(outcome, texts_of(request), STATUSES)  # type: ignore[arg-type]
    if answer.status == 429:
        answer.headers["Retry-After"] = "600"
    return answer


_ID: dict[str, Schema] = {"id": {"type": "integer", "minimum": 1}}
_TAG = "notify"
_WRITES: tuple[tuple[Method, str], ...] = (("POST", ""), ("PUT", ""), ("PUT", "/{user}"))
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/notify/alert",
        alias="/notify/alert",
        handler=send_alert,
        right=MANAGE,
        tag=_TAG,
        body=Body(NewAlert),
        answer=Answer(AlertTold),
        statuses=(404, 409, 422),
    ),
    *(
        Endpoint(
            method="POST",
            path=f"/api/v1/notify/{channel}",
            alias=f"/notify/{channel}",
            handler=send_text,
            name=f"send_{channel}",
            right=MANAGE,
            tag=_TAG,
            body=Body(NewMessage),
            answer=Answer(MessagesQueued, status=202),
            statuses=(404, 409, 422),
        )
        for channel in ("email", "sms", "whatsapp", "push")
    ),
    Endpoint(
        method="GET",
        path="/api/v1/notify/alerts",
        alias="/notify/alerts",
        handler=alerts,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        query={"active": {"enum": ["yes", "no"], "default": "yes"}},
        answer=Answer(list[Alert], under="alerts"),
    ),
    Endpoint(
        method="POST",
        path=r"/api/v1/notify/alert/{id:\d{1,15}}/acknowledge",
        alias=r"/notify/alert/{id:\d{1,15}}/acknowledge",
        handler=acknowledge,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        path_types=_ID,
        body=Body(Acknowledgement),
        answer=Answer(AcknowledgementTaken),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/notify/{id:\d{1,15}}/deliveries",
        alias=r"/notify/{id:\d{1,15}}/deliveries",
        handler=alert_deliveries,
        right=MANAGE,
        tag=_TAG,
        path_types=_ID,
        answer=Answer(list[Delivery], under="deliveries"),
        statuses=(404,),
    ),
    *(
        Endpoint(
            method="GET",
            path=f"/api/v1/notify/preferences{of}",
            alias=f"/notify/preferences{of}",
            handler=preferences,
            right=SELL,
            tag=_TAG,
            name=f"preferences{'_of' if of else ''}",
            answer=Answer(NotificationPreferences),
            statuses=(404,),
        )
        for of in ("", "/{user}")
    ),
    *(
        Endpoint(
            method=method,
            path=f"/api/v1/notify/preferences{of}",
            alias=f"/notify/preferences{of}",
            handler=set_preferences,
            right=SELL,
            tag=_TAG,
            name=f"{method.lower()}_preferences{'_of' if of else ''}",
            body=Body(NotificationPreferences),
            answer=Answer(NotificationPreferences),
            statuses=(404, 422),
        )
        for method, of in _WRITES
    ),
    Endpoint(
        method="GET",
        path="/api/v1/notify/channels",
        alias="/notify/channels",
        handler=channels,
        right=MANAGE,
        tag=_TAG,
        answer=Answer(list[ChannelState], under="channels"),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/notify/channels/{name}/test",
        alias="/notify/channels/{name}/test",
        handler=test_channel,
        right=SELL,
        tag=_TAG,
        body=Body(TestWanted),
        answer=Answer(MessagesQueued, status=202),
        statuses=(404, 409, 422),
    ),
)
