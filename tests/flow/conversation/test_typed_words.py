"""What people type into any field of any command is, once it is over, in no byte: but for what is data by nature."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec.inspect as types
import pytest

from edge.core.registry import Registry
from edge.goods.catalog.fields import FIELDS
from edge.operations.ledger import build_registry
from sim.postgres import Postgres
from tests.flow.operations.test_backup import with_backups
from tests.flow.people.test_forgetting import HASH, is_nowhere, rotated
from tests.http_client import when
from tests.shop_fixture import config, run
from tests.stack import CONFIG, MILK, PRODUCTS, Cloud, Store, cloud, store

NAME = "Zuleika Dobrowolska"
MORE = """
[till]
refunds_without_receipt = true
[[slip]]
printer = "printer"
when = "sent"
"""
PHONE, MAIL = "+33687654321", "zuleika@example.org"

TYPED = """
    AcknowledgeAlert.note AddReceiptCost.note AddWish.note Address.lines Address.note CancelOrder.reason
    CancelPurchaseOrder.reason ChangeOrder.reason CloseShift.note CorrectReceipt.note CorrectWork.reason
    ExportCustomer.why LineSold.reason
    MoveCash.reason MoveOrder.reason OpenDrawer.reason OverridePrice.reason Pay.note PlaceOrder.name PlaceOrder.note
    Preferences.liked_brands RecordMovement.note RefundSale.reason RefundWithoutReceipt.reason RejectReview.reason
    ReturnToSupplier.note ReviseReceipt.note SellBasket.note SendToKitchen.note SetAside.note SetBasketAside.name
    SplitBasket.name
    SetCustomer.email SetCustomer.name SetCustomer.phone PlaceOrder.phone TransferStock.note
    VoidLastSale.reason WriteReview.text
"""
"""What this test writes the name into."""
AS_THOSE = {
    "of a person: sealed under their key, see test_forgetting and test_forgetting_invoices": """
        SetUser.name SetUser.pin_hash SetSupplier.contact_name SetSupplier.email SetSupplier.phone IssueInvoice.address
        IssueInvoice.email IssueInvoice.name IssueInvoice.tax_number CorrectInvoice.address CorrectInvoice.email
        CorrectInvoice.name CorrectInvoice.tax_number PlaceOrder.address SetOrderAddress.address
        SendText.subject
        SendText.text AskSignIn.to AnswerRequest.reason SetCustomer.born SetCustomer.member_code Address.city
        Address.country Address.postal_code Address.province NotMine.name
        Preferences.allergens Preferences.avoided_brands
        Preferences.avoided_categories Preferences.liked_categories Preferences.strain_types SetPin.pin_hash
        SetPassword.password_hash SetSecrets.password_hash SetSecrets.pin_hash GiveCode.code_hash
        ReleaseVoice.signed ReleaseFace.signed ReleaseOwnFace.signed""",
    "why somebody says what became of a card payment: sealed, see test_card_payments": "ResolvePayment.reason",
    "of customers by themselves: under their key or, until a code has shown who they are, under that of the day": """
        AddOwnWish.note AskAccountCode.to AskOwnWay.to SetOwnDetails.name SignInAccount.born SignInAccount.name
        WriteOrderReview.text WriteOwnReview.text ReviewOrdered.text AnswerReview.text""",
    "of an order from elsewhere: what is placed is sealed as every order is, what is held under the key of the day": """
        WebOrder.address WebOrder.name WebOrder.note WebOrder.phone WebOrder.postal_code""",
    "written to the shop's number: sealed under its person's key until it is answered; see test_written_messages": """
        WrittenMessage.id WrittenMessage.text AnswerWritten.id AnswerWritten.text BeginAnswer.id""",
    "by which whoever asks head office for what the law gives them is looked up here, and kept nowhere": """
        NoteRequestOf.email NoteRequestOf.phone""",
    "remarks of their events, sealed as all of them are: see tests/unit/counter/test_remarks.py": """
        ApproveInvoice.note LeaveAside.reason WriteOffLeftOut.reason RejectInvoice.note UnpostInvoice.note
        OpenSalesOrder.override DeliverSalesOrder.override AcceptQuote.override UndoPayment.reason
        ResolveCardRefund.reason""",
    "of people from another system: set by SetCustomer, which seals it, and in no row of its own": """
        MovedCustomer.born MovedCustomer.email MovedCustomer.name MovedCustomer.phone""",
    "of staff from another system: set as SetUser sets them, sealed under their key, and in no row of its own": """
        MovedUser.email MovedUser.name MovedUser.phone""",
    "what one of those above asks of another capability, in the same words": """
        TellOutcome.reason GiveRefundInCash.reason
        PayBackAdvance.reason GiveBackAdvance.reason PreviewRefund.reason PrintSlips.note SellPriced.note
        KeepSlipOrder.name
        Basket.name BasketLine.reason RecordedLine.reason Returned.reason TakenAway.called TakenAway.who TakenUp.called
        TakenUp.who""",
    "said to the assistant, kept for the shop's hours alone; see test_chat_kept": """
        TakeTurn.option TakeTurn.question TakeTurn.text FoundProducts.text FoundProducts.skus RememberAnswer.body
        RememberAnswer.context RememberAnswer.message RememberAnswer.query KeepChat.wording MarkAnswer.note
        StockCorrection.counted_as StockCorrection.denied StockCorrection.text StockCorrection.unit StockCorrection.verb
        Clause.cause Clause.counted_as Clause.note Clause.text Clause.unit Clause.unowned Clause.verb
        Clause.whole Errand.lacks Errand.name Errand.shown Errand.text ToldFigures.about ToldFigures.text
        HeardTurn.business_date HeardTurn.inexact HeardTurn.text
        Sentence.wish Whereabouts.at Whereabouts.expiry Whereabouts.target
        Reading.context Reading.links Reading.unowned BasketChange.into BasketChange.of BasketChange.text
        SaidAdvice.facts SaidAdvice.found SaidAdvice.goods SaidAdvice.text
        SaidModifier.text SaidModifiers.rest""",
}
DATA = {
    "what goods, places, roles, promotions, tenders and texts of the shop are called": """
        AddOpenAmount.name Attribute.choices Attribute.names Attribute.unit BasketLine.names Basket.promotions
        Category.attributes Category.names ConfirmPairing.label DayException.why DeliveryZone.title Goods.brands
        TakeBackHistory.rows TurnOnExtension.publisher
        KeyPage.names MakeCoupons.name MakeKey.name Ordered.names Pack.name Promotion.names PublishWording.texts
        WordRelease.texts
        Question.names Rate.name RecordedLine.names RenamePairing.label Returned.names SaleCoupon.name
        SellPriced.promotions SetLocation.names SetOccasion.name SetPlanogram.name SetRole.name SetSetting.value
        SetSupplier.names SetSupplier.licence SetText.texts ClearSetting.name SetSetting.name SetAssortment.group
        SavedView.name ShopTender.names Taxed.name Value.text Value.unit ImportCatalog.mapping
        MovedFile.answers MovedFile.path MovedFile.stamp ImportedCustomer.purposes
        AddCustomers.group ImportCatalog.path ImportHistory.columns ImportHistory.path Source.name NoteSource.file
        NoteSource.counts GlossaryTerm.also GlossaryTerm.avoid GlossaryTerm.names
        NoteCompetitorPrice.competitor NoteRivalPrice.competitor
        MatchRivalGood.competitor MatchRivalGood.theirs DropRivalGood.competitor DropRivalGood.theirs
        GateReason.values AddQuickKeys.page KeyEdit.page
        EarnRule.names EarnRule.products Reward.names Tier.names FloorTable.area FloorTable.name
        MoveSlipLines.source MoveSlipLines.target TransferTable.to
        KitchenStation.names Modifier.names ModifierGroup.names ModifierGroup.products ChosenModifier.group
        ChosenModifier.names Ordered.modifiers Question.modifiers BumpTicket.ticket RecallTicket.ticket
        DecidedTranslation.findings DecidedTranslation.now DecidedTranslation.said DecidedTranslation.source
        DecidedTranslation.text
        ProposedText.text""",
    "what other systems say of goods, levels and prices: staged for thirty days, then gone": """
        Connector.address Connector.mapping FinishRun.message IngestFile.connector IngestFile.cursor IngestFile.mapping
        IngestFile.mark IngestFile.path IngestInvoice.path TakeOfficeRecords.records
        MendRecord.field MendRecord.value NoteAsked.detail NoteAsked.why
        StagedRecord.cells StagedRecord.fault StagedRecord.raw_data Connector.account HoldWebOrder.values
        WebChannel.name
        EndWebArticle.theirs WebArticle.theirs WebLine.article
        NoteHook.digest NoteHook.event_id NoteHook.file NoteHook.why NotePosAsked.cursor NotePosAsked.detail
        NotePosAsked.why OtherTill.account OtherTill.places OtherTill.prefix PastLine.name PastReceipt.number
        PosDifference.what PosLine.name
        PosLine.unit PosSale.refund_of PosSale.transaction_id""",
    "what our books tell an accounts system: accounts, goods, numbers of papers, suppliers as invoices name them": """
        BeginBooksDocument.request BooksDocument.number BooksDocument.ref BooksDocument.theirs BooksLine.account
        BooksLine.text BooksLine.theirs BooksTarget.account BooksTarget.accounts BooksTarget.address
        BooksTarget.suppliers DaySum.account DaySum.currency LeaveBooksDocument.ref NewestPaper.sums
        NoteBooksAsked.detail NoteBooksAsked.why NoteBooksRefused.detail NoteBooksRefused.why NoteBooksSent.ref
        NoteBooksSent.theirs SendBooksAgain.ref""",
    "by which a program is known: a browser that signs in, the address it asks at and the network it is in": """
        AddPasskey.device AddPasskey.origin SignInAccount.device SignInPasskey.device SignInPasskey.origin
        AskAccountCode.network""",
    "what a supplier's invoice says, which the law keeps, and an authority of one of ours": """
        CorrectedField.value LearntField.label PaperField.name Paper.account Paper.currency Paper.date Paper.despatch
        Paper.due
        Paper.number Paper.seller Paper.seller_vat Paper.type
        PaperFault.expected PaperFault.line PaperLine.buyer_code PaperLine.gtin PaperLine.name PaperLine.unit
        IngestInvoice.file ReceiveInvoice.file NoteMailedFile.file NoteMailboxAsked.detail
        RecordAllocationRefused.why AnsweredTransaction.service_at
        AnsweredTransaction.service_number AnsweredTransaction.why RecordFiscalFile.template
        DeviceAnswer.fault NameSecurityDevice.algorithm NameSecurityDevice.encoding NameSecurityDevice.time_format""",
    "by what a tax file says whose it is: the shop's own name, place and numbers, which the law wants in it": """
        FileIdentity.city FileIdentity.company_number FileIdentity.house FileIdentity.name FileIdentity.postcode
        FileIdentity.software FileIdentity.street FileIdentity.tax_number""",
    "of a table, each row of which is done as the command of its own, tried here": "SetRows.rows SetRows.table",
    "what other stores and suppliers have to read of goods": """
        CreatePurchaseOrder.note SetPurchaseLines.note RecallLot.note AnnounceTransfer.note DraftTransfer.note
        ReceiveTransfer.note RefuseTransfer.note SendTransfer.note SettleTransfer.note""",
    "what needs a person, by a program or a manager, and the register of incidents that the law asks for": """
        RaiseAlert.subject RaiseAlert.values SendAlert.dedupe SendAlert.message SendAlert.title NoteBreach.what
        AskSupport.reason AskHelp.subject""",
    "papers, as the software makes them": """
        Bars.data Cell.text Pair.left Pair.right Qr.data QueuePrint.kind QueuePrint.target TemplateBlock.data
        TemplateBlock.template Text.text Document.language SettlePrint.printer SettlePrint.problem""",
    "what a payment terminal says of a payment and a card, and what the provider knows the shop by": """
        Basket.payment BrandTotal.brand CardApproval.aid CardApproval.application CardApproval.at
        CardApproval.authorisation CardApproval.brand CardApproval.last4 CardApproval.merchant_slip CardApproval.slip
        CardApproval.converted CardApproval.markup CardApproval.merchant CardApproval.rate
        CardApproval.terminal CardApproval.tsi CardApproval.tvr GivenBack.payment GivenBack.slip
        MoveCardRefund.mark MovePayment.mark Provider.merchant StoreMethod.brand Tender.payment Tender.slip
        KeepPagedCard.brand NotePayoutsAsked.batch NotePayoutsAsked.cursor""",
    "what config.toml says of each setting, without what is secret in it": "TellSettings.filed TellSettings.secrets",
    "of the shop's own list of reasons": "DiscountBasket.reason DiscountLine.reason TypedDiscount.reason",
    "the software's own words, of machines to machines": """
        BasketStep.kind EndTrial.subject
        EnrolVoice.model EnrolFace.model EnrolCustomerFace.model
        ApplyPart.items ApplyPart.kind TakeDirective.body TakeDirective.kind RefuseDirective.kind
        RefuseDirective.reason GiveUpDirective.reason EndPairing.why KeepReport.body SavedItem.body
        FinishForecasts.factors FinishForecasts.figures FinishForecasts.models FinishPrices.priced_by
        PriceModelTrained.strengths NoteDenied.networks NoteDenied.query NoteDenied.right ReportDelivery.code
        ReportAside.types""",
}
IDS = """
    sku skus code codes symbology lot supplier document delivery_note register of_register language tax_class
    order said card tip_to by holder category categories id parent reference customer price_list variant_of
    container checksum model_version through camera key province delivered_to location place kiosk item instead store
    receipt day limits rights promotion coupon_ends ordered tail changes fields source fee scanned product
    taken_from serial sale_register viewed_products purchased_products till
"""
"""Fields that hold an id, a code, a number or a word of a list, whatever they stand in."""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return build_registry(config(tmp_path_factory.mktemp("shop")))


def fields(type: Any, path: str = "", seen: tuple[Any, ...] = ()) -> Iterator[str]:
    """Every field of a command, and of what stands in it, that would take the name, as Struct.field."""
    match type:
        case types.Metadata(type=inner, extra=extra):
            if not (extra or {}).get("date"):
                yield from fields(inner, path, seen)
        case types.StrType(max_length=most, pattern=pattern):
            if (most is None or most >= len(NAME)) and (pattern is None or re.search(pattern, NAME)):
                yield path
        case types.StructType(cls=cls, fields=inner) if cls not in seen:
            for field in inner:
                yield from fields(field.type, f"{cls.__name__}.{field.name}", (*seen, cls))
        case types.UnionType(types=some) | types.TupleType(item_types=some):
            for one in some:
                yield from fields(one, path, seen)
        case types.VarTupleType(item_type=item) | types.ListType(item_type=item):
            yield from fields(item, path, seen)
        case types.DictType(key_type=key, value_type=value):
            yield from fields(key, path, seen)
            yield from fields(value, path, seen)
        case types.AnyType() | types.RawType():
            yield path


def test_every_field_that_takes_a_name_is_tried_or_says_why_not(registry: Registry) -> None:
    there = {path for command in registry.commands for path in fields(types.type_info(command))}
    listed = [path for paths in (TYPED, *AS_THOSE.values(), *DATA.values()) for path in paths.split()]
    of_goods = {f"Product.{field.name}" for field in FIELDS}
    new = {path for path in there - set(listed) - of_goods if path.rpartition(".")[2] not in IDS.split()}
    assert not new, "may it name somebody? Then it is sealed, and tried below; else say why in DATA"
    assert not set(listed) - there, "these are gone"
    assert len(listed) == len(set(listed)), "one reason each"
    names = {path.rpartition(".")[2] for path in there - set(listed)}
    assert not set(IDS.split()) - names, "no such field takes a name"


class Typist:
    """Someone who types the name wherever it goes."""

    def __init__(self, shop: Store) -> None:
        self._shop = shop
        self.typed: set[str] = set()

    def words(self, path: str) -> str:
        """What is typed into that field: it says where it was found."""
        self.typed.add(path)
        return f"{NAME} {path}"

    async def do(self, command: str, *typed: str, **more: object) -> Any:
        said = {field: self.words(f"{command}.{field}") for field in typed}
        return await self._shop.api.do(command, self._shop.api.token, **said, **more)

    async def at_the_counter(self, customer: str) -> None:
        await self.do("OpenShift", float_minor=10_000)
        await self.do("OpenDrawer", "reason")
        await self.do("MoveCash", "reason", kind="payout", amount_minor=100)
        await self.do("UseCustomer", customer=customer)
        await self.do("AddLine", code=MILK)
        await self.do("OverridePrice", "reason", line=1, price_minor=100)
        await self.do("Pay", "note", kind="card")
        await self.do("RefundSale", "reason", number=1, kind="cash")
        await self.do("VoidLastSale", "reason")
        await self.do("AddLine", code=MILK)
        await self.do("RefundWithoutReceipt", "reason", kind="cash")
        line = {"code": MILK, "price_minor": 90, "reason": self.words("LineSold.reason")}
        await self.do("SellBasket", "note", lines=[line], tenders=[{"kind": "card"}])
        for whose in ("", customer):
            await self.do("UseCustomer", customer=whose)
            await self.do("AddLine", code=MILK)
            await self.do("SendToKitchen", "note")
            await self.do("SetBasketAside", "name")
        (nobodys, _) = await self._shop.api.query("parked")
        assert nobodys["name"] == self.words("SetBasketAside.name")
        await self.do("TakeBasketUp", id=nobodys["number"])
        await self.do("AbandonBasket")
        for _ in range(2):
            await self.do("AddLine", code=MILK)
        await self.do("SplitBasket", "name", parts=[{"line": 1, "quantity": 1_000}])
        await self.do("AbandonBasket")
        await self.do("CloseShift", "note", counted_minor=9_000)

    async def an_order(self, **whose: object) -> str:
        cart = await self.do("OpenCart", channel="phone")
        cart = await self.do("AddToCart", cart=cart["id"], sku="milk")
        placed = {"cart": cart["id"], "accepted_total_minor": cart["total_minor"], "phone": PHONE, **whose}
        return str((await self.do("PlaceOrder", "name", "note", **placed))["id"])

    async def orders(self, customer: str) -> None:
        for whose in ({"customer": customer}, {}):
            order = await self.an_order(**whose)
            await self.do("ChangeOrder", "reason", order=order, lines=[{"line": 1, "quantity": 2000}])
            await self.do("MoveOrder", "reason", order=order, to="accepted")
            await self.do("CancelOrder", "reason", order=order)

    async def of_goods(self) -> None:
        move = {"sku": "milk", "units": 5_000}
        await self.do("RecordMovement", "note", type="in", reason="delivery", **move)
        await self.do("SetLocation", id="back", names={"en": "Back"})
        lines = [{"sku": "milk", "quantity": 1_000}]
        await self.do("TransferStock", "note", from_location="main", to_location="back", lines=lines)
        await self.do("SetLocation", id="aside", names={"en": "Aside"}, kind="quarantine")
        await self.do("SetAside", "note", sku="milk", units=1_000)
        await self.do("SetSupplier", id="dairy", names={"en": "Dairy"})
        await self.do("SetSupplierPrice", supplier="dairy", sku="milk", cost_minor=50)
        ordered = [{"sku": "milk", "quantity": 10_000, "unit_cost_minor": 50}]
        given_up, kept = [await self.do("CreatePurchaseOrder", supplier="dairy", lines=ordered) for _ in range(2)]
        await self.do("CancelPurchaseOrder", "reason", number=given_up)
        await self.do("ApprovePurchaseOrder", number=kept)
        await self.do("SendPurchaseOrder", number=kept)
        came = {"number": kept, "delivery_note": "D 1", "lines": [{"sku": "milk", "quantity": 10_000}]}
        await self.do("ReceivePurchaseOrder", **came)
        order = await self._shop.api.query("purchase_order", number=kept)
        receipt = {"receipt": order["receipts"][0]["movement"], "sku": "milk"}
        await self.do("CorrectReceipt", "note", **receipt, quantity=9_000)
        await self.do("ReviseReceipt", "note", **receipt, unit_cost_minor=55)
        await self.do("AddReceiptCost", "note", amount_minor=100, receipts=[receipt["receipt"]])
        await self.do("ReturnToSupplier", "note", supplier="dairy", lines=lines)

    async def of_people(self) -> str:
        do, said = self.do, self.words
        street = {"lines": [said("Address.lines")], "note": said("Address.note"), "city": "Paris", "country": "FR"}
        customer = str(await do("SetCustomer", "name", email=MAIL, phone=PHONE, addresses=[street]))
        await do("GiveConsent", customer=customer, purpose="profile", language="en")
        await do("SetCustomer", id=customer, preferences={"liked_brands": [said("Preferences.liked_brands")]})
        await do("AddWish", "note", customer=customer, sku="milk")
        await do("WriteReview", "text", customer=customer, sku="milk", rating=5)
        (review,) = await self._shop.api.query("reviews")
        await do("RejectReview", "reason", review=review["id"])
        await do("ExportCustomer", "why", id=customer)
        alert = await do("SendAlert", title="The door is open")
        await do("AcknowledgeAlert", "note", id=alert)
        await do("SetUser", id="u9", name="Dana", role="cashier", pin_hash=HASH)
        day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        await do("CorrectWork", "reason", person="u9", day=day, spans=[{"begins": "08:00", "ends": "12:00"}])
        return customer


@pytest.mark.slow
def test_what_was_typed_is_in_no_byte(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    (tmp_path / "other").mkdir()

    async def typed_and_forgotten(shop: Store, office: Cloud) -> None:
        await shop.start(PRODUCTS)
        one, token = Typist(shop), shop.api.token
        customer = await one.of_people()
        await one.at_the_counter(customer)
        await one.orders(customer)
        await one.of_goods()
        others = {f"SetCustomer.{field}" for field in ("email", "phone")} | {"PlaceOrder.phone"}
        assert one.typed | others == set(TYPED.split())
        waiting = await one.an_order()
        assert (await shop.edge("backup", "now")).status == 0
        kept = await shop.api.do("ForgetCustomer", token, id=customer)
        assert [(one["what"], one["why"]) for one in kept] == [("guest_order", "order_open")]
        await one.do("CancelOrder", "reason", order=waiting)
        await when(lambda: rotated(shop), bool, "the old wrapping key is destroyed")
        await shop.sell()
        assert (await shop.edge("backup", "now")).status == 0
        await office.holds(shop)
        plain = [text.encode() for text in (NAME, PHONE, MAIL)]
        await is_nowhere(shop, office, usb, [*plain, *(text.hex().encode() for text in plain)])
        assert (await shop.edge("verify")).status == 0

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            backed_up = with_backups(usb, CONFIG + MORE)
            async with cloud(postgres, "typed", tmp_path) as office, store(tmp_path, office, backed_up) as shop:
                await typed_and_forgotten(shop, office)

    run(scenario(), 240)
