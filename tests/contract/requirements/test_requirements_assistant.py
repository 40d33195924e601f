"""The assistant over HTTP: the Hebrew conversation word by word, its questions and endings, and the copilot."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from tests.browser.calling import Answer
from tests.chat_fixture import GOODS
from tests.stranger import Stranger, stranger

COMMANDS = (
    SetProducts(GOODS),
    RecordMovement("milk", "in", 0, 30_000),
    RecordMovement("rice", "in", 0, 2_000),
    SetUser("u1", "Dana", "manager", hash_pin("864209")),
    SetUser("u2", "Omer", "manager", hash_pin("753108")),
)
MESSAGE, QUERY = "chat/message", "copilot/query"


class Person:
    """A person who signed in by PIN on a manager's page."""

    def __init__(self, shop: Stranger, pin: str) -> None:
        self.shop = shop
        answer = shop.plain("POST", "/api/v1/grants", {"pin": pin}, Surface="panel")
        self.who = {"Grant": answer.json["grant"]["token"], "Surface": "panel"}

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        return self.shop.ask(method, path, body, **self.who)

    def say(self, text: str, session: str = "", **more: Any) -> Answer:
        return self.ask("POST", MESSAGE, {"text": text, "session": session, "language": "he", **more})

    def talk(self, *said: str) -> list[Any]:
        """Have a separate conversation; returns the answers."""
        answers: list[Any] = []
        for text in said:
            answer = self.say(text, answers[0]["session"] if answers else "")
            assert answer.status == 200, answer.text
            answers.append(answer.json)
        return answers


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("assistant"), commands=COMMANDS) as made:
        yield made


@pytest.fixture(scope="module")
def dana(shop: Stranger) -> Person:
    return Person(shop, "864209")


@pytest.fixture
def stocked(shop: Stranger) -> None:
    shop.post("stock/movement", {"sku": "cola-can", "type": "ADJUST", "boxes": 5, "units": 12_000})


KINDS = "איזה סוג? פחית / פלסטיק / זכוכית"
SENTENCES = (
    (
        "with a number",
        (
            ("לקחתי 3 קולה קטן", KINDS),
            ("פחית", "3 ארגזים או 3 בודדים?"),
            ("3 בקבוקים", "עדכנתי: -3 פחיות קולה קטן"),
        ),
        (5, 9_000),
    ),
    (
        "without one",
        (("לקחתי קולה קטן", KINDS), ("פחית", "כמה ארגזים או בקבוקים?"), ("3 בקבוקים", "עדכנתי: -3 פחיות קולה קטן")),
        (5, 9_000),
    ),
    (
        "single ones",
        (("לקחתי 3 קולה קטן פחית", "3 ארגזים או 3 בודדים?"), ("בודדים", "עדכנתי: -3 פחיות קולה קטן")),
        (5, 9_000),
    ),
    ("unit said", (("לקחתי 2 ארגזים קולה קטן פחית", "עדכנתי: -2 ארגזים קולה קטן"),), (3, 12_000)),
    (
        "one",
        (("לקחתי 1 קולה קטן פחית", None), ("בודדים", "עדכנתי: -1 פחית קולה קטן")),
        (5, 11_000),
    ),
)


@pytest.mark.parametrize(("turns", "left"), [one[1:] for one in SENTENCES], ids=[one[0] for one in SENTENCES])
def test_the_conversation_word_by_word(
    shop: Stranger, dana: Person, stocked: None, turns: tuple[tuple[str, str | None], ...], left: tuple[int, int]
) -> None:
    answers = dana.talk(*(said for said, _ in turns))
    for (said, wanted), answer in zip(turns, answers, strict=True):
        assert wanted is None or answer["text"] == wanted, said
    assert answers[-1]["state"] == "done" and answers[-1]["movement"]["type"] == "out"
    there = shop.get("stock/cola-can")
    assert (there["boxes"], there["units"]) == left
    assert answers[-1]["stock"]["total"] == there["total"], "the answer says what is there"


def test_kinds_are_buttons_with_their_signs(dana: Person, stocked: None) -> None:
    (asked,) = dana.talk("לקחתי 3 קולה קטן")
    assert asked["state"] == "choosing_product" and asked["question"]
    shown = [(one["id"], one["icon"], one["label"]) for one in asked["options"]]
    assert shown == [("cola-can", "🥫", "פחית"), ("cola-plastic", "🧴", "פלסטיק"), ("cola-glass", "🍾", "זכוכית")]
    fields = {"session", "state", "text", "options", "product", "movement", "stock"}
    assert fields <= set(asked)


@pytest.mark.parametrize(("answer", "left"), [("כן", 0), ("לא", 2_000)])
def test_what_is_short_is_asked_about_and_confirmation_moves_what_is_there(
    shop: Stranger, dana: Person, answer: str, left: int
) -> None:
    shop.post("stock/movement", {"sku": "rice", "type": "ADJUST", "units": 2_000})
    asked, ended = dana.talk("לקחתי 3 אורז", answer)
    assert (asked["state"], asked["text"]) == ("confirming_short", "יש רק 2 במלאי. לעדכן ל-0?")
    assert shop.get("stock/rice")["total"] == left
    if left == 0:
        assert ended["movement"]["units"] == -2_000, "-2, not -3"


def test_nothing_there_moves_nothing(shop: Stranger, dana: Person) -> None:
    shop.post("stock/movement", {"sku": "rice", "type": "ADJUST", "units": 0})
    (answer,) = dana.talk("לקחתי 3 אורז")
    assert answer["movement"] is None and answer["state"] != "done"


def test_goods_without_boxes_are_not_asked_about(shop: Stranger, dana: Person) -> None:
    before = shop.get("stock/milk")["total"]
    (answer,) = dana.talk("לקחתי 3 חלב")
    assert answer["state"] == "done" and shop.get("stock/milk")["total"] == before - 3_000


def test_what_there_is_not_is_said_and_nothing_moves(dana: Person) -> None:
    (answer,) = dana.talk("לקחתי 3 זוזוזו")
    assert answer["text"].startswith("לא מצאתי") and answer["movement"] is None


def test_cancel_behind_done_takes_it_back_once(shop: Stranger, dana: Person, stocked: None) -> None:
    *_, done, undone = dana.talk("לקחתי 3 קולה קטן פחית", "בודדים", "בטל")
    assert done["state"] == "done" and undone["movement"]["undone"] is True
    assert shop.get("stock/cola-can")["total"] == 132_000
    dana.say("בטל", done["session"])
    assert shop.get("stock/cola-can")["total"] == 132_000, "once"


def test_cancel_in_a_question_moves_nothing(shop: Stranger, dana: Person, stocked: None) -> None:
    *_, ended = dana.talk("לקחתי 3 קולה קטן", "בטל")
    assert ended["movement"] is None and shop.get("stock/cola-can")["total"] == 132_000


def test_the_same_turn_moves_once_and_other_words_under_it_are_a_conflict(
    shop: Stranger, dana: Person, stocked: None
) -> None:
    (asked,) = dana.talk("לקחתי 3 קולה קטן פחית")
    first, second = (dana.say("בודדים", asked["session"], turn="t1") for _ in range(2))
    assert first.json == second.json and shop.get("stock/cola-can")["total"] == 129_000
    other = dana.say("ארגזים", asked["session"], turn="t1")
    assert (other.status, other.code) == (409, "turn_conflict")


def test_a_late_answer_is_over_and_changes_nothing(shop: Stranger, dana: Person, stocked: None) -> None:
    (asked,) = dana.talk("לקחתי 3 קולה קטן פחית")
    shop.clock.advance(601)
    late = dana.say("בודדים", asked["session"])
    assert (late.status, late.code) == (409, "question_over")
    assert shop.get("stock/cola-can")["total"] == 132_000


@pytest.mark.parametrize("unknown", ["nope", "7", "a" * 32, str(uuid.UUID(int=7))])
def test_an_unknown_conversation_is_as_anothers(shop: Stranger, dana: Person, unknown: str) -> None:
    (mine,) = dana.talk("לקחתי 3 קולה קטן")
    others = Person(shop, "753108").say("פחית", mine["session"])
    answer = dana.say("פחית", unknown)
    assert (answer.status, answer.code) == (others.status, others.code) == (404, "no_chat")
    assert answer.json == others.json, "nobody learns which it was"
    for path in (f"copilot/session/{unknown}/history", f"chat/history?session={unknown}"):
        assert dana.ask("GET", path).status == 404, path
    assert dana.ask("POST", QUERY, {"query": "how many milks?", "session_id": unknown}).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 400),
        ({"text": "   "}, 400),
        ({}, 400),
        ({"text": "x" * 1_001}, 400),
        ({"text": "x", "language": "xx"}, 400),
        ({"text": 3}, 400),
        ({"words": "x"}, 400),
    ],
    ids=lambda value: str(value)[:30],
)
def test_messages_that_are_none(dana: Person, body: dict[str, Any], status: int) -> None:
    answer = dana.ask("POST", MESSAGE, body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text


def test_who_is_not_signed_in_is_told_so(shop: Stranger) -> None:
    answer = shop.plain("POST", "/api/v1/chat/message", {"text": "שלום"})
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (401, "application/problem+json")


def test_twenty_turns_a_minute(shop: Stranger, dana: Person) -> None:
    (first,) = dana.talk("כמה חלב יש?")
    statuses = [dana.say("כמה חלב יש?", first["session"]).status for _ in range(20)]
    assert statuses == [200] * 19 + [429]
    refused = dana.say("כמה חלב יש?", first["session"])
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    shop.clock.advance(61)
    assert dana.say("כמה חלב יש?", first["session"]).status == 200


def test_the_history_is_ones_own_by_pages(shop: Stranger, dana: Person) -> None:
    session = dana.talk(*["כמה חלב יש?"] * 3)[0]["session"]
    first = dana.ask("GET", f"chat/history?session={session}&limit=2").json
    assert len(first["turns"]) == 2 and first["before"]
    rest = dana.ask("GET", f"chat/history?session={session}&limit=2&before={first['before']}").json
    assert len(rest["turns"]) == 1 and rest["before"] is None
    for wrong in ("limit=0", "limit=x", "before=-1"):
        assert dana.ask("GET", f"chat/history?session={session}&{wrong}").status == 400, wrong


def test_without_a_model_of_speech_it_says_what_to_do(shop: Stranger, dana: Person) -> None:
    answer = shop.ask("POST", "chat/voice", b"RIFF", **dana.who, Content_Type="audio/wav")
    assert (answer.status, answer.code, answer.json["status"]) == (503, "no_stt", 503) and answer.json["detail"]


def test_the_copilot_answers_from_its_tools(shop: Stranger, dana: Person) -> None:
    shop.post("stock/movement", {"sku": "milk", "type": "ADJUST", "units": 250_000})
    answer = dana.ask("POST", QUERY, {"query": "how many milks are there?"})
    assert answer.status == 200, answer.text
    body = answer.json
    assert {"session_id", "message", "tool_calls", "context", "confidence", "sources"} <= set(body)
    (call,) = body["tool_calls"]
    assert {"tool", "arguments", "ok", "result", "error", "ms"} <= set(call)
    assert (call["tool"], call["arguments"]["sku_code"], call["result"]["qty_available"]) == (
        "query_inventory",
        "milk",
        250,
    )
    assert "250" in body["message"] and 0 <= body["confidence"] <= 1
    follow = dana.ask("POST", QUERY, {"query": "and 7 up?", "session_id": body["session_id"]}).json
    assert follow["tool_calls"][0]["arguments"]["sku_code"] == "seven-up", "the place of what was asked before"


def test_the_copilot_knows_when_it_does_not(dana: Person) -> None:
    answer = dana.ask("POST", QUERY, {"query": "what is the meaning of life?"}).json
    assert answer["confidence"] <= 0.2
    for wish in ("delete everything", "מחק הכל", "supprime tout"):
        declined = dana.ask("POST", QUERY, {"query": wish}).json
        assert not declined["tool_calls"] and declined["confidence"] <= 0.2, wish


@pytest.mark.parametrize("query", ["", "   ", "?!…", "x" * 2_001])
def test_queries_that_are_none(dana: Person, query: str) -> None:
    answer = dana.ask("POST", QUERY, {"query": query})
    assert (answer.status, answer.json["status"]) == (400, 400)


def test_a_session_of_the_copilot_is_its_askers_and_goes(shop: Stranger, dana: Person) -> None:
    session = dana.ask("POST", QUERY, {"query": "what runs low?"}).json["session_id"]
    here = f"copilot/session/{session}"
    assert [one["role"] for one in dana.ask("GET", f"{here}/history").json["messages"]] == ["user", "assistant"]
    other = Person(shop, "753108")
    assert other.ask("GET", f"{here}/history").status == other.ask("DELETE", here).status == 404
    assert dana.ask("DELETE", here).status == 204
    assert dana.ask("DELETE", here).status == dana.ask("GET", f"{here}/history").status == 404
    assert dana.ask("POST", QUERY, {"query": "milk?", "session_id": session}).status == 404


def test_tools_say_what_they_take_and_need(dana: Person) -> None:
    tools = {one["name"]: one for one in dana.ask("GET", "copilot/tools").json["tools"]}
    assert {"name", "description", "schema", "right", "needs_yes"} <= set(tools["query_inventory"])
    assert set(tools["query_inventory"]["schema"]) == {"sku_code", "warehouse"}
    assert any(one["needs_yes"] for one in tools.values()), "what moves something waits for a yes"
