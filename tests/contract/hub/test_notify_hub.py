"""A box without its own way out: head office sends its mail, and passes on reports of services."""

from __future__ import annotations

import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from edge.analytics.notify.chat_numbers import number_of
from edge.analytics.notify.commands import OfferChatCode, SetPreferences
from edge.analytics.notify.office_mail import SENDER, readdress_mail
from edge.analytics.notify.service.by_office import OfficeMail, OfficeNews
from edge.app import hub
from edge.app.cli.hub_places import mail_of
from edge.app.head_office.hub_expiry import delete_expired
from edge.app.head_office.hub_letters import LetterRelay, OfficeMailServer
from edge.core.secrets.store import SecretLost
from edge.core.storage.database import Connection
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.mail import OutgoingMail
from sync.hub import store
from sync.hub.model import Key
from tests.contract.hub.test_hub_api import an_api
from tests.notify_fixture import DANA, MAIL, MIN_S, Heard, Telling, telling
from tests.outgoing import HERE, Mailbox, smtp_server
from tests.shop_fixture import MANAGER, run

BOX = Key("demo", "corner", "box1")
FROM = "shops@chain.example"


class Office:
    """Head office as the box reaches it: by `ask`, unless `away` is set. `lost`: the number of answers to lose."""

    def __init__(self, opened: store.Store, sends: bool = True) -> None:
        self.away, self.lost, self.asked = False, 0, 0
        self._store = opened
        self._answer = hub.answers(OfficeMailServer(HERE, 0, sender=FROM) if sends else None)["notify"]

    @property
    def is_reachable(self) -> bool:
        return not self.away

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        assert room == "notify"
        if self.away:
            return None
        self.asked += 1
        async with self._store.pool.acquire() as connection, connection.transaction():
            said = await self._answer(connection, BOX, body)
        self.lost -= 1
        return None if self.lost >= 0 else said


REPORTS = "https://office.example/reports/demo/corner/box1"
"""The address to which services send reports."""


class Chain:
    """A box, head office with its mail server, and the part that asks head office."""

    def __init__(self, shop: Telling, office: Office, relay: LetterRelay, mails: Mailbox) -> None:
        self.shop, self.office, self.relay, self.mails = shop, office, relay, mails
        self.signs = self.meta = ""
        self.news = OfficeNews(shop.shop, office, REPORTS, self._secret, self._token, chats=True)

    def _secret(self) -> str:
        if self.meta == "lost":
            raise SecretLost("whatsapp-app")
        return self.meta

    def _token(self) -> str:
        if self.signs == "not entered":
            raise NeedsHuman("The secret 'sms' is not entered.", "Enter it.")
        return self.signs

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]).removesuffix(" · Corner Shop") for mail in self.mails.mails]


@asynccontextmanager
async def chain(folder: Path, database: str, sends: bool = True) -> AsyncIterator[Chain]:
    await hub.bring_up_to_date(database)
    async with store.open_store(database) as opened, telling(folder) as shop, smtp_server() as mails:
        office = Office(opened, sends)
        relay = LetterRelay(opened, OfficeMailServer(HERE, mails.port, "none", sender=FROM))
        shop.add(EmailChannel(OfficeMail(shop.shop, office), SENDER, repeats=True))
        await shop.restart()
        yield Chain(shop, office, relay, mails)


def test_an_alert_its_digest_and_its_end_go_by_head_office(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            await one.shop.do(SetPreferences(DANA, msgspec.structs.replace(MAIL, digest_at="09:10")))
            await one.shop.raised("Freezer")
            one.office.away = True
            await one.shop.after()
            assert one.shop.states() == ["queued"], "it waits here while head office cannot be reached"
            one.office.away = False
            await one.shop.after(10)
            assert (one.shop.states(), one.mails.mails) == (["sent"], []), "in head office's hands"
            await one.relay.turn()
            (mail,) = one.mails.mails
            assert one.subjects == ["High: Freezer"] and one.mails.recipients == ["dana@example.com"]
            assert (mail["From"], mail["To"]) == (FROM, "dana@example.com")
            assert mail["Message-ID"].endswith("@chain.example>") and mail["Auto-Submitted"] == "auto-generated"
            await one.news.look()
            assert one.shop.rows()[0].provider.startswith("2.0.0 taken"), "what the server said"
            await one.shop.after(24 * 3600)
            await one.shop.after(11 * MIN_S)
            await one.relay.turn()
            assert one.subjects[1:] == ["Still open: 1"], "a digest goes the same way"

    run(scenario())


def test_the_same_letter_is_one_and_a_lost_answer_doubles_nothing(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            await one.shop.raised("Freezer")
            one.office.lost = 2
            for _ in range(4):
                await one.shop.after(30)
                await one.relay.turn()
            assert one.shop.states() == ["sent"] and one.subjects == ["High: Freezer"]

    run(scenario())


def test_what_joins_an_alert_whose_answer_was_lost_goes_by_itself(tmp_path: Path, database: str) -> None:
    """Head office keeps the message stored under a key, so later content needs its own message."""

    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            await one.shop.raised("Freezer")
            one.office.lost = 1
            await one.shop.after(3)
            assert one.shop.states() == ["queued"]
            await one.shop.raised("Window")
            for _ in range(4):
                await one.shop.after(61)
                await one.relay.turn()
            assert one.subjects == ["High: Freezer", "High: Window"] and one.shop.states() == ["sent", "sent"]

            await one.shop.after(3600)
            for name in ("Door", "Oven"):
                await one.shop.raised(name)
            one.office.lost = 1
            await one.shop.after(3)
            await one.shop.raised("Light")
            for _ in range(4):
                await one.shop.after(61)
                await one.relay.turn()
            assert sorted(one.subjects[2:]) == ["2 alerts", "High: Light"], "a bundle as well, in any order"

    run(scenario())


def test_a_refusal_s_words_are_kept_nowhere(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            said = "550 5.1.1 <dana@example.com>: Recipient address rejected"
            one.mails.refuse["rcpt"] = ["451 4.7.1 <dana@example.com>: come later", said]
            await one.shop.raised("Freezer")
            await one.shop.after()
            connection = await asyncpg.connect(database)
            for codes in ("451 4.7.1", "550 5.1.1"):
                await connection.execute("UPDATE office_letter SET next_at = now()")
                await one.relay.turn()
                assert await connection.fetchval("SELECT detail FROM office_letter") == codes
            await connection.close()
            await one.news.look()
            [row] = [row for row in one.shop.rows() if row.channel == "email"]
            assert (row.state, row.detail, row.provider) == ("failed", "550", "550 5.1.1")

    run(scenario())


def test_a_mail_whose_time_is_over_there_says_so_and_every_letter_is_asked_of(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            others = [f"office:{number:032x}" for number in range(50)]

            def older(db: Connection) -> None:
                for number, provider in enumerate(others):
                    db.execute(
                        "INSERT INTO notify_message (key, alert, what, severity, person, channel, state, made_us,"
                        " next_us, until_us, changed_us, provider)"
                        " VALUES (?, 0, 'said', 'info', 'u1', 'email', 'sent', 0, 0, 0, 0, ?)",
                        (f"older {number}", provider),
                    )

            await one.shop.shop.maintain(older)
            connection = await asyncpg.connect(database)
            await connection.executemany(
                "INSERT INTO office_letter (tenant, store, device, key, recipient, state, next_at, until_at, moved_at)"
                " VALUES ('demo', 'corner', 'box1', $1, 'x', 'queued', now() + '1 hour', now() + '2 hours', now())",
                [(provider.removeprefix("office:"),) for provider in others],
            )
            await one.shop.raised("Freezer")
            await one.shop.after()
            await connection.execute("UPDATE office_letter SET until_at = now() WHERE recipient <> 'x'")
            await connection.close()
            await one.relay.turn()
            await one.news.look()
            await one.news.look()
            [row] = [row for row in one.shop.rows() if row.alert]
            assert (row.state, row.why, row.detail) == ("failed", "life_over", "")

    run(scenario())


def test_one_fault_of_sending_holds_up_no_other_mail(tmp_path: Path, database: str) -> None:
    class Stumbling:
        def __init__(self) -> None:
            self.sent: list[str] = []

        async def send(self, message: Any, sender: str, recipient: str, *, ending: Any) -> str:
            self.sent.append(recipient)
            raise RuntimeError("a fault of the library")

    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            await one.shop.raised("Freezer")
            await one.shop.after()
            hand = Stumbling()
            one.relay._mail = hand
            await one.relay.turn()
            connection = await asyncpg.connect(database)
            query = "SELECT state, why FROM office_letter"
            assert await connection.fetch(query) == [("queued", "no_connection")] and hand.sent
            await connection.close()

    run(scenario())


def test_where_the_page_is_reached_is_an_address_of_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_HUB_MAIL", "mail.example:587")
    monkeypatch.setenv("EDGE_HUB_MAIL_FROM", FROM)
    for said, pages in (("", ""), ("https://office.example/", "https://office.example")):
        monkeypatch.setenv("EDGE_HUB_PAGES", said)
        server = mail_of()
        assert server is not None and server.pages == pages
    for wrong in ("office.example", "https://office.example/#x", "https://a b", "javascript:x"):
        monkeypatch.setenv("EDGE_HUB_PAGES", wrong)
        with pytest.raises(ConfigError, match="EDGE_HUB_PAGES"):
            mail_of()


def test_whose_word_is_taken_for_the_mail_server_must_be_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_HUB_MAIL", "mail.example:587")
    monkeypatch.setenv("EDGE_HUB_MAIL_FROM", FROM)
    for text in (None, "no certificate"):
        ca = tmp_path / "ca.pem"
        if text is not None:
            ca.write_text(text)
        monkeypatch.setenv("EDGE_HUB_MAIL_CA", str(ca))
        with pytest.raises(ConfigError, match="EDGE_HUB_MAIL_CA"):
            mail_of()

        async def scenario(ca: Path = ca) -> None:
            server = OfficeMailServer(HERE, 1, ca_file=str(ca), sender=FROM)
            with pytest.raises(Undelivered) as fault:
                mail = readdress_mail(b"To: a@b.c\r\nSubject: x\r\n\r\nh\r\n", "a@b.c", FROM)
                await OutgoingMail(server, Breakers()).send(mail, FROM, "a@b.c")
            assert (fault.value.why, fault.value.credentials) == ("no_tls", True)

        run(scenario())


def test_what_head_office_cannot_deliver_goes_by_the_next_channel(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            both = msgspec.structs.replace(MAIL, phone="+33123456789", urgent_channels=("sms",))
            await one.shop.do(SetPreferences(DANA, both))
            one.mails.refuse["rcpt"] = ["550 5.1.1 no such user"]
            await one.shop.raised("Freezer")
            await one.shop.after()
            await one.relay.turn()
            await one.news.look()
            await one.shop.after(1)
            assert one.shop.sms.titles == ["High: Freezer"]
            assert (one.shop.rows()[0].state, one.shop.rows()[0].detail) == ("failed", "550")

    run(scenario())


def test_a_cut_behind_the_mail_is_unknown_and_nothing_of_it_is_kept(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            one.mails.drop_after_data = True
            await one.shop.raised("Freezer")
            await one.shop.after()
            await one.relay.turn()
            await one.news.look()
            assert one.shop.states() == ["unknown"]
            connection = await asyncpg.connect(database)
            assert await connection.fetch("SELECT recipient, body, state FROM office_letter") == [("", None, "unknown")]
            await connection.execute("UPDATE office_letter SET moved_at = now() - interval '8 days'")
            await delete_expired(connection)
            assert await connection.fetchval("SELECT count(*) FROM office_letter") == 0
            await connection.close()

    run(scenario())


def test_orders_of_web_shops_wait_through_a_shops_holidays(tmp_path: Path, database: str) -> None:
    """The web shop got an answer, and won't repeat the order."""

    async def scenario() -> None:
        async with chain(tmp_path, database):
            connection = await asyncpg.connect(database)
            await connection.execute("""
                INSERT INTO delivery_report (tenant, store, device, id, channel, token, signature, body, at)
                SELECT 'demo', 'corner', 'box1', id, channel, 'web', '', '', now() - make_interval(days => days)
                FROM (VALUES (1, 'sms', 6), (2, 'sms', 8), (3, 'orders', 30), (4, 'orders', 61))
                    AS one (id, channel, days)
            """)
            await delete_expired(connection)
            left = await connection.fetch("SELECT id FROM delivery_report ORDER BY id")
            assert [row["id"] for row in left] == [1, 3]
            await connection.close()

    run(scenario())


def test_without_a_mail_server_head_office_takes_none(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database, sends=False) as one:
            both = msgspec.structs.replace(MAIL, phone="+33123456789", urgent_channels=("sms",))
            await one.shop.do(SetPreferences(DANA, both))
            await one.shop.raised("Freezer")
            await one.shop.after()
            await one.shop.after(1)
            assert one.shop.sms.titles == ["High: Freezer"]
            query = "SELECT fault FROM notify_channel WHERE name = 'email'"
            assert one.shop.shop.reader.execute(query).fetchone() == ("no_office_mail",)

    run(scenario())


def test_services_report_to_head_office_and_the_box_fetches_it(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one, an_api(database) as house:
            await house.owner.execute(
                "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"
            )
            heard = Heard("sms")
            one.shop.add(heard)
            await one.shop.restart()
            both = msgspec.structs.replace(MAIL, phone="+33123456789", enabled_channels=("sms",))
            await one.shop.do(SetPreferences(DANA, both))
            await one.shop.raised("Freezer")
            await one.shop.after()
            token = heard.sent[0][1].token

            async def said(place: str, token: str, status: str, key: str = "") -> int:
                form = {"ErrorCode": "30005", "MessageStatus": status}
                url = f"{house.base}/reports/{place}/sms/{token}"
                asked = f"{REPORTS}/sms/{token}ErrorCode30005MessageStatus{status}"
                made = base64.b64encode(hmac.new(key.encode(), asked.encode(), "sha1").digest()).decode()
                headers = {"X-Twilio-Signature": made} if key else {}
                async with house.session.post(url, data=form, headers=headers) as answer:
                    return answer.status

            assert await said("demo/corner/other", token, "delivered") == 204, "nobody learns which boxes there are"
            assert await said("demo/corner/box1", f"1-{'0' * 24}", "delivered") == 204
            await one.news.look()
            assert one.shop.states() == ["sent"], "a token that the box did not make tells it nothing"
            one.signs = "not entered"
            assert await said("demo/corner/box1", token, "failed") == 204
            await one.news.look()
            assert one.shop.states() == ["sent"], "who cannot tell who signed believes nobody"
            one.signs = "account token"
            assert await said("demo/corner/box1", token, "failed") == 204
            assert await said("demo/corner/box1", token, "failed", "another key") == 204
            await one.news.look()
            assert one.shop.states() == ["sent"], "what the account's token has not signed is believed by nobody"
            assert await said("demo/corner/box1", token, "delivered", "account token") == 204
            assert await said("demo/corner/box1", token, "failed", "account token") == 204
            await one.news.look()
            assert one.shop.states() == ["delivered"], "no later failure undoes it"
            assert await one.news.look() is False
            assert await house.owner.fetchval("SELECT count(*) FROM delivery_report") == 0, "it is forgotten there"
            await house.owner.execute(
                "INSERT INTO delivery_report (tenant, store, device, id, channel, token, signature, body)"
                " SELECT 'demo', 'corner', 'box1', 4e15 + n, 'sms', 'ab', '', '' FROM generate_series(1, 1000) AS n"
            )
            assert await said("demo/corner/box1", token, "delivered") == 503
            assert await house.owner.fetchval("SELECT min(id) FROM delivery_report") == 4 * 10**15 + 1, (
                "who came first stays"
            )
            asked = one.office.asked
            assert (await one.news.look(), one.office.asked) == (True, asked + 1), (
                "one page at a time, then there is more"
            )
            long = house.session.post(f"{house.base}/reports/demo/corner/box1/whatsapp", data=b"x" * 40_000)
            async with long as answer:
                assert answer.status == 413

    run(scenario())


def test_a_message_waits_until_its_secret_can_be_read_and_holds_up_no_report(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one:
            connection = await asyncpg.connect(database)
            heard = Heard("sms")
            one.shop.add(heard)
            await one.shop.restart()
            both = msgspec.structs.replace(MAIL, phone="+33123456789", enabled_channels=("sms",))
            await one.shop.do(SetPreferences(DANA, both))
            await one.shop.raised("Freezer")
            await one.shop.after()
            dana = msgspec.structs.replace(MANAGER, name=DANA, anonymous=False)
            code = str(await one.shop.do(OfferChatCode(DANA), dana))
            said = {"id": "wamid.1", "from": "972541111111", "type": "text", "text": {"body": code}}
            said["timestamp"] = str(one.shop.shop.now_us() // 1_000_000)
            body = msgspec.json.encode({"entry": [{"changes": [{"value": {"messages": [said]}}]}]})
            signed = "sha256=" + hmac.new(b"meta", body, "sha256").hexdigest()
            rows = (
                (1, "whatsapp", "", signed, body),
                (2, "sms", heard.sent[0][1].token, "", b"MessageStatus=delivered"),
            )
            for row in rows:
                await connection.execute(_REPORT, *row)
            one.meta = "lost"
            assert await one.news.look() and not await one.news.look(), "once to its end"
            assert one.shop.states() == ["delivered"], "what comes after it is heard"
            assert number_of(one.shop.shop.reader, DANA) is None
            assert await connection.fetchval("SELECT count(*) FROM delivery_report") == 2
            one.meta = "meta"
            assert await one.news.look() and not await one.news.look()
            assert number_of(one.shop.shop.reader, DANA) is not None, "it was kept until it could be read"
            assert await connection.fetchval("SELECT count(*) FROM delivery_report") == 0
            await connection.close()

    run(scenario())


_REPORT = """
    INSERT INTO delivery_report (tenant, store, device, id, channel, token, signature, body)
    VALUES ('demo', 'corner', 'box1', $1, $2, $3, $4, $5)
"""


def test_strangers_orders_leave_room_for_what_is_true(database: str) -> None:
    """A thousand fake orders from one network are delayed. Other channels and networks still get through, and no answer
    reveals which boxes exist.
    """

    async def scenario() -> None:
        async with an_api(database) as house:
            box = "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"
            await house.owner.execute(box)

            async def told(place: str, channel: str) -> int:
                url = f"{house.base}/reports/demo/corner/{place}/{channel}"
                async with house.session.post(url, data=b"{}") as answer:
                    return answer.status

            there = [await told("box1", f"orders/any{at}") for at in range(130)]
            other = [await told("box2", f"orders/any{at}") for at in range(130)]
            assert there.count(200) in range(120, 125) and set(there) == {200, 429}
            assert other.count(200) in range(120, 125) and set(other) == {200, 429}, "as of a box that there is"
            assert await told("box1", "whatsapp") == 200 and await told("box1", "sms/1-ab") == 204
            fill = (
                "INSERT INTO delivery_report (tenant, store, device, id, channel, token, signature, body)"
                " SELECT 'demo', 'corner', 'box1', n, 'orders', 'any' || n, '', '' FROM generate_series(1, 400) AS n"
            )
            await house.owner.execute(fill)
            note = "SELECT note_delivery_report('demo', 'corner', 'box1', $1, $2, '', '')"
            assert await house.owner.fetchval(note, "orders", "web") is None
            assert await house.owner.fetchval(note, "sms", "1-ab") is True, "messages have a share of their own"
            await house.owner.execute("DELETE FROM delivery_report")
            await house.owner.execute(fill.replace("400", "299").replace("'any' || n", "'spam'"))
            assert await house.owner.fetchval(note, "orders", "spam") is True
            assert await house.owner.fetchval(note, "orders", "spam") is None
            assert await house.owner.fetchval(note, "orders", "web") is True, "and each address of orders"

    run(scenario())
