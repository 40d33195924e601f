"""Every command of the registry over HTTP: done, repeated, conflicting, refused, denied and malformed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge.core.messages import Done
from edge.foundation.access.commands import SetUser
from edge.foundation.access.rights import CASHIER, system
from edge.operations.ledger import build_registry
from tests.browser.calling import Answer, Caller, calling, key
from tests.browser.serving import Served, fill_the_disk, make_room, serve
from tests.http_client import when
from tests.shop_fixture import BAR, BEER, CONFIG, MILK, FakeClock, config, run

PAPER = {"language": "en", "rows": [{"type": "text", "text": "hello"}]}
TEXT = "till.refunds_without_receipt = true\n" + CONFIG + BAR
DEAL = {"kind": "percent_off", "share": 10000}
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"

# Ordered so that each command finds what it needs; a function receives the results so far
DONE: dict[str, Any] = {
    "SetProducts": {"products": [{"sku": "pear", "names": {"en": "Pear"}, "price_minor": 90}]},
    "ChangePrice": {"sku": "pear", "price_minor": 95},
    "SetPrice": {"sku": "pear", "price_minor": 85, "list": "member"},
    "WithdrawWord": {"sku": "pear", "source": ""},
    "RetireProducts": {"skus": ["pear"]},
    "RestoreProducts": {"skus": ["pear"]},
    "SetCategories": {"categories": [{"id": "fruit", "names": {"en": "Fruit"}}]},
    "HoldProducts": {"products": [{"sku": "pear", "price_minor": 9000}], "source": {"name": "feed"}},
    "DropHeld": {"skus": ["pear"], "source": "feed"},
    "ReleaseHeld": {"skus": ["pear"], "source": "feed"},
    "HoldAgain": {"rows": [{"product": {"sku": "pear", "price_minor": 9000}, "source": {"name": "feed"}}]},
    "NoteSource": {"source": {"name": "feed"}, "file": "feed.csv", "rows": 1},
    "ImportCatalog": {"path": "/nowhere.csv"},
    "CancelJob": lambda results: {"job": results["ImportCatalog"]},
    "TakeBackImport": lambda results: {"job": results["ImportCatalog"]},
    "UndoChanges": {"changes": [["nothing", 1, 1]]},
    "RemoveCategories": {"categories": [{"id": "nothing", "names": {"en": "Nothing"}}]},
    "WithdrawHeld": {"skus": ["pear"], "source": {"name": "feed"}},
    "SetPin": {"pin_hash": HASH},
    "NotePinsWrong": {"tries": 5, "wait_s": 30},
    "SetPromotion": {"promotion": {"id": "fruit", "names": {"en": "Fruit"}, "deal": DEAL}},
    "EndPromotion": {"id": "fruit"},
    "SetUser": {"id": "u1", "name": "Dana", "role": "cashier", "pin_hash": HASH},
    "SuspendUser": {"id": "u1"},
    "RetireUser": {"id": "u1"},
    "ForgetPerson": {"person": "u2"},
    "SetRole": {"id": "lead", "name": "Shift lead", "rights": ["sell", "refund"], "limits": {"refund": 5000}},
    "RetireRole": {"id": "lead"},
    "SetSetting": {"name": "catalog.retired", "value": "sell"},
    "ClearSetting": {"name": "catalog.retired"},
    "SetText": {"id": "notice", "place": "cashier", "texts": {"en": "Keys are at the bar"}},
    "EndText": {"id": "notice"},
    "MoveStock": {"reason": "received", "moves": [["pear", 5000]]},
    "QueuePrint": {"kind": "receipt", "document": PAPER},
    "SettlePrint": lambda results: {"job": results["QueuePrint"], "state": "sending"},
    "ConfirmPrint": lambda results: {"job": results["QueuePrint"]},
    "CopyPrint": lambda results: {"job": results["QueuePrint"]},
    "SetCustomer": {"name": "Dana", "phone": "+33612345678"},
    "PublishWording": {"purpose": "marketing", "version": "ours-1", "texts": {"en": "May we write to you?"}},
    "GiveConsent": lambda results: {"customer": results["SetCustomer"], "purpose": "marketing", "language": "en"},
    "WithdrawConsent": lambda results: {"customer": results["SetCustomer"], "purpose": "marketing"},
    "AddWish": lambda results: {"customer": results["SetCustomer"], "sku": "milk"},
    "RemoveWish": lambda results: {"customer": results["SetCustomer"], "sku": "milk"},
    "WriteReview": lambda results: {"customer": results["SetCustomer"], "sku": "milk", "rating": 4, "text": "Fresh"},
    "PublishReview": lambda results: {"review": results["WriteReview"]},
    "WithdrawReview": lambda results: {"review": results["WriteReview"]},
    "NoteRequest": lambda results: {"customer": results["SetCustomer"], "kind": "correction"},
    "AnswerRequest": lambda results: {"request": results["NoteRequest"]},
    "NoteBreach": {"began_us": 1, "people": 3, "harm": False, "what": "A printed list lay on the counter"},
    "ExportCustomer": lambda results: {"id": results["SetCustomer"], "why": "They asked"},
    "UseCustomer": lambda results: {"customer": results["SetCustomer"]},
    "AddLine": {"code": BEER},
    "AnswerQuestion": lambda results: {"question": results["AddLine"]["questions"][0]["id"]},
    "SetQuantity": lambda results: {"line": results["AnswerQuestion"]["lines"][0]["id"], "quantity": 2000},
    "OverridePrice": lambda results: {"line": results["AnswerQuestion"]["lines"][0]["id"], "price_minor": 200},
    "UsePriceList": {"price_list": "member"},
    "SendToKitchen": {"note": "Table 5"},
    "PrintSlips": {"moment": "sent", "lines": []},
    "Pay": {"kind": "cash", "amount_minor": 1000},
    "SellBasket": {"lines": [{"code": MILK}], "tenders": [{"kind": "card"}]},
    "ReprintReceipt": {"number": 1},
    "PrintGiftReceipt": {"number": 1},
    "PrintCardCode": {},
    "OpenShift": {"float_minor": 10_000},
    "MoveCash": {"kind": "payout", "amount_minor": 350, "reason": "stamps"},
    "OpenDrawer": {"reason": "change"},
    "CloseShift": {"pieces": [{"value_minor": 5000, "count": 2}]},
    "PrintShift": {"number": 1},
    "PrintLabels": {"labels": [{"product": "milk", "copies": 2}]},
    "PrintPlaceLabel": {"location": "main", "copies": 2},
    "PrintBatchLabel": {"product": "milk", "lot": "B7", "expiry": "2026-12-01"},
    "VoidLastSale": {"reason": "wrong drink"},
    "RefundSale": {"number": 4},
    "RefundWithoutReceipt": {"kind": "cash", "reason": "a gift"},
    "PrintReport": {"kind": "z"},
    "ReprintReport": {"number": 1},
    "AbandonBasket": {},
    "VoidLine": {"line": 1},
    "RefuseDirective": {"number": 2, "kind": "prices", "reason": "its signature has expired"},
    "AnnounceKey": {"public": "a1" * 32},
    "TakeDirective": {"number": 1, "kind": "prices", "body": '{"prices": []}'},
    "ApplyPart": {"number": 1, "kind": "prices", "items": [{"price_minor": 99, "sku": "pear"}]},
    "EndDirective": {"number": 1},
    "GiveUpDirective": {"number": 1, "cancelled": True, "reason": ""},
    "SkipNumbers": {"through": 100, "why": "restored"},
    "RaiseAlert": {"kind": "disk_full", "severity": "critical", "values": {"free_mb": 200}},
    "AcknowledgeAlert": lambda results: {"id": results["RaiseAlert"], "note": "on my way"},
    "UnacknowledgeAlert": lambda results: {"id": results["RaiseAlert"]},
    "ResolveAlert": lambda results: {"id": results["RaiseAlert"]},
    "SendAlert": {"title": "The freezer is warm"},
    "CloseAlert": lambda results: {"id": results["SendAlert"]},
    "SwitchChannel": {"channel": "sms", "active": False},
    "ForgetCustomer": lambda results: {"id": results["SetCustomer"]},
}
REFUSED: dict[str, tuple[Any, str]] = {
    "SetProducts": ({"products": [{"sku": "x", "names": {"en": "X"}, "codes": ["4006381333932"]}]}, "code_wrong"),
    "ChangePrice": ({"sku": "nothing", "price_minor": 1}, "unknown_sku"),
    "SetPrice": ({"sku": "nothing", "price_minor": 1}, "unknown_sku"),
    "WithdrawWord": ({"sku": "nothing"}, "unknown_sku"),
    "RetireProducts": ({"skus": ["nothing"]}, "unknown_sku"),
    "RestoreProducts": ({"skus": ["nothing"]}, "unknown_sku"),
    "SetCategories": ({"categories": [{"id": "a", "parent": "b", "names": {"en": "A"}}]}, "category_gap"),
    "HoldProducts": ({"products": [{"sku": "nothing"}], "source": {}}, "unknown_sku"),
    "ReleaseHeld": ({"skus": ["nothing"], "source": ""}, "not_held"),
    "DropHeld": ({"skus": ["nothing"], "source": ""}, "not_held"),
    "HoldAgain": ({"rows": [{"product": {"sku": "nothing"}, "source": {}, "first": 1, "last": 1}]}, "held_changed"),
    "CancelJob": ({"job": 77}, "job_not_running"),
    "SetPin": ({"pin_hash": "1234"}, "pin_hash_wrong"),
    "SetPromotion": (
        {
            "promotion": {
                "id": "x",
                "names": {"en": "X"},
                "deal": {"kind": "fixed_price", "price_minor": 1},
                "until_us": 5,
            }
        },
        "promotion_over",
    ),
    "EndPromotion": ({"id": "nothing"}, "promotion_unknown"),
    "SetUser": ({"id": "system", "name": "Dana", "role": "cashier"}, "user_reserved"),
    "SuspendUser": ({"id": "nobody"}, "no_such_user"),
    "RetireUser": ({"id": "nobody"}, "no_such_user"),
    "ForgetPerson": ({"person": "nobody"}, "no_such_person"),
    "SetRole": ({"id": "manager", "name": "Me", "rights": ["sell"]}, "role_built_in"),
    "RetireRole": ({"id": "nothing"}, "no_such_role"),
    "SetSetting": ({"name": "store.currency", "value": "USD"}, "setting_unknown"),
    "ClearSetting": ({"name": "store.currency"}, "setting_unknown"),
    "EndText": ({"id": "nothing"}, "no_such_text"),
    "MoveCash": ({"kind": "drop", "amount_minor": 1}, "no_shift"),
    "TakeBackImport": ({"job": 77}, "import_unknown"),
    "PrintShift": ({"number": 99}, "no_such_shift"),
    "CloseShift": ({"counted_minor": 0}, "no_shift"),
    "SettlePrint": ({"job": 77, "state": "sent"}, "print_job_over"),
    "ConfirmPrint": ({"job": 77}, "no_such_print_job"),
    "CopyPrint": ({"job": 77}, "no_such_print_job"),
    "SetCustomer": ({"name": "x" * 201}, "name_too_long"),
    "GiveConsent": ({"customer": "c9", "purpose": "chat", "language": "en"}, "no_such_customer"),
    "NoteRequest": ({"customer": "c9", "kind": "access"}, "no_such_customer"),
    "AnswerRequest": ({"request": 1}, "no_such_request"),
    "WriteReview": ({"customer": "c9", "sku": "milk", "rating": 5}, "no_such_customer"),
    "PublishReview": ({"review": "r9"}, "no_such_review"),
    "WithdrawReview": ({"review": "r9"}, "no_such_review"),
    "PublishWording": ({"purpose": "chat", "version": "standard-1", "texts": {"en": "x"}}, "wording_version_taken"),
    "WithdrawConsent": ({"customer": "c9", "purpose": "chat"}, "no_such_customer"),
    "RemoveWish": ({"customer": "c9", "sku": "milk"}, "no_such_customer"),
    "AddWish": ({"customer": "c9", "sku": "milk"}, "no_such_customer"),
    "ExportCustomer": ({"id": "c9", "why": "x"}, "no_such_customer"),
    "ForgetCustomer": ({"id": "c9"}, "no_such_customer"),
    "UseCustomer": ({"customer": "c9"}, "no_such_customer"),
    "AddLine": ({}, "code_missing"),
    "AnswerQuestion": ({"question": 9}, "no_such_question"),
    "SetQuantity": ({"line": 9}, "no_such_line"),
    "OverridePrice": ({"line": 9, "price_minor": 1}, "no_such_line"),
    "VoidLine": ({"line": 9}, "no_such_line"),
    "SendToKitchen": ({}, "nothing_to_send"),
    "Pay": ({"kind": "cash"}, "basket_empty"),
    "SellBasket": ({"lines": [{"code": MILK}], "tenders": [{"kind": "card", "amount_minor": 1}]}, "not_all_paid"),
    "ReprintReceipt": ({"number": 9}, "no_such_receipt"),
    "PrintGiftReceipt": ({"number": 9}, "no_such_receipt"),
    "ReprintReport": ({"number": 9}, "no_such_report"),
    "PrintLabels": ({"labels": [{"product": "nothing"}]}, "unknown_sku"),
    "PrintPlaceLabel": ({"location": "nowhere"}, "no_location"),
    "PrintBatchLabel": ({"product": "nothing"}, "unknown_sku"),
    "VoidLastSale": ({}, "no_sale_to_void"),
    "RefundSale": ({"number": 9}, "no_sale_to_refund"),
    "RefundWithoutReceipt": ({}, "receipt_needed"),
    "AcknowledgeAlert": ({"id": 9}, "no_such_alert"),
    "UnacknowledgeAlert": ({"id": 9}, "no_such_alert"),
    "CloseAlert": ({"id": 9}, "no_such_alert"),
    "SendAlert": ({"title": "x", "people": ["nobody"]}, "no_such_user"),
    "SetPreferences": ({"user": "nobody", "preferences": {}}, "no_such_user"),
    "SendTest": ({"user": "nobody", "channel": "email"}, "no_such_user"),
    "SendText": ({"user": "nobody", "channel": "email", "subject": "x"}, "no_such_user"),
    "RetryMessage": ({"message": 9}, "message_not_failed"),
    "SkipNumbers": ({"through": 1_000_000_000, "why": "restored"}, "skips_too_many"),
}


IN_THE_TABLE = {"jobs", "people", "access", "settings", "catalog", "quality", "ingest", "paper", "slips", "promotions"}
IN_THE_TABLE |= {"till", "shifts", "directives"}
"""Capabilities with all their commands in the table. Newer capabilities have their own tests."""


def test_the_table_has_every_command(tmp_path: Path) -> None:
    registry = build_registry(config(tmp_path))
    browsers = {"NoteDenied", "ConfirmPairing", "RenamePairing", "EndPairing", "CancelPayment", "ResolvePayment"}
    browsers |= {"AnswerSignature", "GiveRefundInCash", "ChargeBasket", "BookBasketCharge"}
    factors = {"SetSecrets", "SetPassword", "GiveCode", "SetFactorPolicy", "ConfirmFactor", "MakeRecoveryCodes"}
    factors |= {"UseRecoveryCode", "DropFactor", "MakeKey", "RevokeKey"}
    counter = {"AddOpenAmount", "AddLoad", "AddTip", "AddReturn", "DropReturn", "CorrectTender", "KeepSlipOrder"}
    counter |= {"DiscountLine", "DiscountBasket", "SetBasketAside", "TakeBasketUp", "PutBack", "LayBasket"}
    counter |= {"SellPriced", "WeighGoods", "MailReceipt", "AddCoupon", "DropCoupon", "StartTraining", "EndTraining"}
    counter |= {"SplitBasket", "JoinBasket", "PrintBill", "MoveSlipLines", "AddCardTip", "PreviewRefund"}
    counter |= {"ServeLines", "FireCourse", "SellAdvance", "ReleasePrint"}
    others = {"TakeWishes", "PayBackAdvance", "SetModifiers", "BeginPayment", "SettlePayment", "TellSettings"}
    elsewhere = browsers | factors | counter | others
    due = {
        spec.name
        for capability in registry.capabilities
        if capability.name in IN_THE_TABLE
        for spec in capability.commands
    }
    assert due - set(DONE) == elsewhere & due, "never done"
    assert set(DONE) | elsewhere <= set(registry.by_name), "no longer there"


def test_every_command_is_done_once_and_a_key_is_never_used_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, text=TEXT) as served, calling(served) as caller:
            results: dict[str, Any] = {}
            for name, body in DONE.items():
                if name in ("RefundSale", "RefundWithoutReceipt", "VoidLine"):
                    await caller.do("AddLine", {"code": MILK})
                if name == "RefundSale":
                    await caller.do("Pay", {"kind": "cash"})
                if name == "ForgetPerson":
                    await caller.manage("SetUser", {"id": "u2", "name": "Omar", "role": "cashier", "pin_hash": HASH})
                fields = body(results) if callable(body) else body
                if not served.shop.registry.by_name[name].over_http:
                    results[name] = await by_the_appliance(served, name, fields)
                    continue
                if name == "ConfirmPrint":
                    unsure = {"job": results["QueuePrint"], "state": "unknown"}
                    await by_the_appliance(served, "SettlePrint", unsure)
                id = key()
                done = await caller.manage(name, fields, Register="1", Idempotency_Key=f'"{id}"')
                assert done.status == 200, (name, done)
                results[name] = done.json["done"]["result"]
                assert done.json["done"]["command_id"] == id
                await once_only(caller, name, fields, id, done)

    run(scenario())


async def by_the_appliance(served: Served, name: str, fields: Any) -> Any:
    """Execute a command that has no address, as jobs, directives and parts do."""
    command = msgspec.convert(fields, served.shop.registry.by_name[name].command)
    outcome = await served.shop.do(command, msgspec.structs.replace(system(), register="1"))
    assert isinstance(outcome, Done), (name, outcome)
    return outcome.result


def test_what_the_appliance_asks_of_itself_has_no_address(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            paths = (await caller.get("/api/v1/openapi.json")).json["paths"]
            for name in (
                "TakeDirective",
                "ApplyPart",
                "NotePinsWrong",
                "SetPin",
                "SkipNumbers",
                "HoldProducts",
                "MoveStock",
            ):
                answer = await caller.do(name, DONE[name])
                assert (answer.status, answer.code) == (404, "command_unknown"), name
                assert f"/api/v1/commands/{name}" not in paths
            assert {SetUser.__name__, "Pay"} <= {path.rpartition("/")[2] for path in paths}

    run(scenario())


async def once_only(caller: Caller, name: str, fields: Any, id: str, done: Answer) -> None:
    before = (await caller.get("/api/v1/queries/receipts")).json
    again = await caller.manage(name, fields, Register="1", Idempotency_Key=id)
    assert again.status == 200, (name, again)
    assert again.json["done"]["repeated"]
    assert (await caller.get("/api/v1/queries/receipts")).json == before
    found = await caller.get(f"/api/v1/commands/{id}", Grant=caller.token)
    assert found.json["done"]["events"] == again.json["done"]["events"] == done.json["done"]["events"]
    assert (await caller.get(f"/api/v1/commands/{id}")).json["done"]["events"] == [], "done, and no more to a cashier"
    other = await caller.manage("AddLine", {"code": "something else"}, Register="1", Idempotency_Key=id)
    assert (other.status, other.code) == (409, "conflict"), name


def test_what_the_shop_refuses_is_said_in_the_language_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for name, (fields, code) in REFUSED.items():
                if not served.shop.registry.by_name[name].over_http:
                    continue
                said = set()
                for language in ("en", "fr-CA,fr;q=0.8", "he"):
                    answer = await caller.manage(name, fields, Register="1", Accept_Language=language)
                    assert (answer.status, answer.code) == (422, code), (name, answer)
                    said.add(answer.message)
                assert len(said) == 3, said
            assert (await caller.do("AddLine", {}, Accept_Language="xx, he")).message == "סרקו או הקלידו קוד."

    run(scenario())


def test_money_in_a_refusal_is_money(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.do("AddLine", {"code": MILK})
            await caller.do("Pay", {"kind": "card", "amount_minor": 20})
            answer = await caller.do("AddLine", {"code": MILK})
            assert (answer.status, answer.json["refused"]["values"]) == (422, {"paid_minor": 20})
            assert answer.message.startswith("€0.20 has already been paid")

    run(scenario())


def test_a_right_that_is_missing_is_denied_and_written_down(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            for name, spec in served.shop.registry.by_name.items():
                if spec.right not in CASHIER and name in DONE and spec.over_http:
                    body = DONE[name] if not callable(DONE[name]) else REFUSED[name][0]
                    answer = await caller.do(name, body)
                    assert (answer.status, answer.code) == (403, "right_denied"), name
                    assert answer.message.startswith("This needs the PIN of someone with this permission: "), name
            denied = "SELECT count(*) FROM journal WHERE type = 'RightDenied'"
            assert served.shop.reader.execute(denied).fetchone() == (1,), "of nobody one row stands for all"

    run(scenario())


def test_a_malformed_request_is_told_what_and_where(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for name in (name for name, spec in served.shop.registry.by_name.items() if spec.over_http):
                answer = await caller.manage(name, b"[1]")
                assert (answer.status, answer.code) == (400, "body_wrong"), name
            wrong = await caller.do("AddLine", {"code": "1", "quantity": "many"})
            assert wrong.json["error"]["values"]["where"] == "$.quantity"
            assert "Expected `int | null`, got `str`" in wrong.message
            unknown = await caller.do("AddLine", {"kode": "1"})
            assert (unknown.status, unknown.json["error"]["values"]["where"]) == (400, "$.kode")
            assert (await caller.do("AddLine", b"{")).code == "body_wrong"
            assert (await caller.do("Buy", {})).code == "command_unknown"
            assert (await caller.do("AddLine", {}, Idempotency_Key="yesterday")).code == "id_wrong"
            assert (await caller.do("AddLine", b"x" * 300_000)).code == "body_too_large"
            assert (await caller.get("/api/v1/commands/yesterday")).code == "id_wrong"
            assert (await caller.get(f"/api/v1/commands/{key()}")).status == 404
            assert (await caller.call("PUT", "/api/v1/pin")).code == "method_wrong"
            assert (await caller.get("/api/v1/nothing")).code == "not_found"

    run(scenario())


def test_a_mistyped_address_leads_to_the_page_that_was_meant(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for typed in ("/kitchen", "/products?q=milk"):
                answer = await caller.get(typed)
                assert (answer.status, answer.headers["Location"]) == (303, f"/manager{typed}")
            for typed, meant in (("/manager/", "/manager"), ("/manager/products/?q=milk", "/manager/products?q=milk")):
                answer = await caller.get(typed)
                assert (answer.status, answer.headers["Location"]) == (303, meant)
            for nothing in ("/nothing", "//nothing.example/kitchen", "/manager/nothing", "/"):
                assert (await caller.get(nothing)).status in (404, 200), nothing
            assert (await caller.call("POST", "/kitchen")).status == 404

    run(scenario())


def test_the_register_must_be_one_of_the_store(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            assert (await caller.do("AddLine", {"code": MILK}, Register="")).code == "register_missing"
            unknown = await caller.do("AddLine", {"code": MILK}, Register="9")
            assert (unknown.status, unknown.message) == (400, "Register 9 doesn't exist. Available: 1, 2.")
            assert (await caller.do("AddLine", {"code": MILK}, Surface="hub")).code == "surface_unknown"
            await caller.do("AddLine", {"code": MILK}, Register="2")

            async def second() -> Any:  # a line is answered before it is on the disk, where queries read it
                return (await caller.get("/api/v1/queries/basket", Register="2")).json["result"].get("lines", [])

            lines = await when(second, bool, "a line at the second register", 5.0, 0.02)
            assert lines[0]["sku"] == "milk"
            assert "lines" not in (await caller.get("/api/v1/queries/basket")).json["result"]

    run(scenario())


def test_a_till_that_cannot_save_says_so_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await fill_the_disk(served)
            answer = await caller.do("AddLine", {"code": MILK}, Accept_Language="fr")
            assert (answer.status, answer.code) == (503, "read_only")
            assert answer.headers["Retry-After"] == "1"
            assert "le disque est plein" in answer.message
            health = await caller.get("/healthz")
            assert (health.status, health.json["ledger"]) == (503, "read-only: the disk is full")
            make_room(served)
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.get("/healthz")).status == 200

    run(scenario())
