"""What events say of people is sealed; what they say in free text is of no one, and why is written here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect as types
import pytest

from edge.core.messages import Event
from edge.core.registry import Registry
from edge.goods.catalog.fields import FIELDS
from edge.operations.ledger import build_registry
from tests.shop_fixture import config

# why -> the free texts, as Struct.field of an event or of what stands in one
NOT_PERSONAL: dict[str, str] = {
    "an id, a code or a number of things, registers or lists": """
        Trial.skus Trial.time_zone TrialEnded.subject TrialPrice.sku
        WorkReportUndone.sku GoodsTakenApart.bom GoodsTakenApart.location GoodsTakenApart.lot GoodsTakenApart.sku
        ApartLot.lot RecoveredPart.sku
        BottleLine.sku BottlesTaken.card BottlesTaken.currency BottlesTaken.tail BottlesUndone.card
        BottlesUndone.currency QuoteMade.valid_until WentOut.lot
        SalesLine.sku SalesOrderOpened.due_on SalesOrderOpened.location WentOut.sku SalesOrderDelivered.delivery_note
        SupportAgreed.digest SupportSent.digest AsideBroughtIn.command AsideLeft.command
        AsideReported.command AsideReported.currency AsideReported.day AsideReported.kind AsideReported.register
        AsideReported.types LeftOutWrittenOff.folder LeftOutWrittenOff.currency AsideLedgerDeleted.folder
        BasketStep.kind BasketStep.sku
        TranslationProposed.key TranslationAccepted.key TranslationRefused.key
        EarnRule.categories EarnRule.products PointsMoved.customer PointsMoved.purse PointsMoved.reward
        PointsExpired.customer PointsExpired.purse PointsMoved.member
        PointsMoved.sale_register BillPrinted.currency
        ChosenModifier.group ChosenModifier.id KitchenStation.categories ModifierGroup.categories ModifierGroup.products
        ProductBack.sku ProductRanOut.sku SlipsPrinted.ticket TicketBumped.ticket TicketRecalled.ticket
        WorkCorrected.day
        BatchClosed.batch BatchJudged.batch BatchTaken.batch JudgedLine.payment PayoutAsked.batches PayoutReceived.batch
        BooksDocumentLeft.day BooksDocumentLeft.ref BooksDocumentLeft.target BooksDocumentSent.day BooksDocumentSent.ref
        BooksDocumentSent.target BooksDocumentSent.theirs BooksLine.account BooksLine.theirs
        FeedTaken.checksum FeedTaken.connector FeedTaken.digest FeedTaken.file
        Paper.account Paper.despatch Paper.number Paper.order Paper.seller_vat
        PaperFault.line PaperLine.buyer_code PaperLine.code PaperLine.gtin PaperLine.id PostedLine.sku PostedEffect.sku
        SupplierInvoiceAnswerCleared.code SupplierInvoiceAnswerCleared.seller SupplierInvoiceAnswerCleared.supplier
        SupplierInvoiceAssigned.seller SupplierInvoiceAssigned.supplier SupplierInvoiceLineSet.code
        SupplierInvoiceLineSet.sku SupplierInvoiceLineSet.supplier SupplierInvoiceReceived.digest
        SupplierInvoiceReceived.file SupplierInvoiceReceived.supplier SupplierInvoiceCorrected.supplier
        WayProved.kind WayRemoved.kind Expired.kind ReviewWritten.sale_register
        AlertRaised.subject RecordedLine.code RecordedLine.sku RecordedLine.tax_class BundlePart.sku Category.id
        Category.parent CustomerSet.price_list ReviewWritten.sku SuggestionRuleSet.sku WishAdded.sku WishRemoved.sku
        DirectiveApplied.unknown Discount.promotion Entry.sku EpochStarted.box EpochStarted.parent_hash
        EpochStarted.was_hash
        Goods.categories Goods.skus CategoryRemoved.category HeldDropped.sku HeldReleased.sku HeldWithdrawn.sku
        SamenessSaid.other SamenessSaid.sku
        KeyMade.key KeyMade.of_register KeyRevoked.key Label.code Label.sku Move.sku Pack.code PriceChanged.sku
        PriceSet.list PriceSet.sku Product.sku ProductRestored.sku ProductRetired.sku PromotionEnded.id
        Returned.code Returned.sku Returned.tax_class SaleCompleted.price_list SaleRefunded.price_list
        SaleRefunded.sale_register Claimed.sku CountScanned.expiry CountScanned.lot CountScanned.sku
        DayLimitPassed.attribute DayLimitPassed.category SoldOutsideHours.sku SoldOutsideHours.why
        CountStarted.category CountStarted.location LevelsSet.location LevelsSet.sku LocationRetired.id
        LocationSet.id LocationSet.parent
        LotRecalled.lot LotRecalled.sku Move.expiry Move.location Move.lot RecallLifted.lot
        RecallLifted.sku ReservationFulfilled.holder ReservationReleased.holder StockExpected.holder
        StockExpected.location StockMoved.document StockMoved.supplier StockReserved.holder StockReserved.location
        SellingPlaceSet.location SellingPlaceSet.register ScannedData.lot ScannedData.serial SettingChanged.name
        SettingInForce.name SettingsInForce.secrets ListingSet.sku ListingSet.group
        ShiftPrinted.of_register Slip.printer Source.checksum Supply.code TaxClass.id TextEnded.id TextSet.id
        DeliveryZone.fee GoodsLeft.sku OrderChanged.order OrderGoods.price_list OrderMoved.order
        OrderParted.order OrderParted.shown SlotSet.order DriverPaid.order DriverPaid.currency
        ForeignNotes.kind NotesCounted.kind DriverHandedIn.currency OrderAttached.order
        SubstituteProposed.order SubstituteProposed.sku
        SubstituteDeclined.order
        OrderPlaced.cart OrderPlaced.order OrderPlaced.place OrderPlaced.said OrderPlaced.secret StockReserved.said
        OrderPlaced.zone OrderReaddressed.order OrderReaddressed.zone ZoneEnded.zone RecordedLine.card
        QuickKeysSet.of_register Key.sku Returned.card
        ReturnedGoods.register RefundUndone.sale_register GivenBack.card Tender.card AnomalyJudged.key GivenBack.order
        Tender.order
        VoiceRecordingSwitched.register ConversationsCounted.day ChatCount.place ChatCount.language ChatCount.what
        PastLine.sku PastReceipt.number
        HistoryRow.sku ProposedPrice.sku ProposedPriceAnswered.sku CompetitorPriceNoted.sku
        OccasionEnded.id OccasionSet.category OccasionSet.id PurchaseDrafted.location
        PurchaseDrafted.supplier PurchaseLine.code PurchaseLine.sku PurchaseReceived.delivery_note
        PurchaseReceived.supplier ReceivedGoods.expiry ReceivedGoods.location ReceivedGoods.lot
        ReceivedGoods.sku SupplierPriceSet.code SupplierPriceSet.sku SupplierPriceSet.supplier
        SupplierPriceWithdrawn.sku SupplierPriceWithdrawn.supplier
        SupplierRetired.id SupplierSet.contact SupplierSet.id CostCorrected.document CostCorrected.sku
        ReceiptCorrected.document ReceiptCorrected.sku GoodsBack.location GoodsBack.lot GoodsBack.sku
        GoodsReturned.document GoodsReturned.supplier PurchaseReceiptCorrected.delivery_note
        PourRest.location PourRest.sku PurchaseReceiptCorrected.sku PurchaseReceiptCorrected.supplier
        DraftedGoods.lot DraftedGoods.sku
        TransferDrafted.id TransferDrafted.location TransferDrafted.to_store TransferDropped.id
        TransferAnnounced.from_store
        PosDayReconciled.day PosDayReconciled.location PosDifference.what PosItem.item PosItem.sku PosItemEnded.item
        PosLine.code PosLine.item PosLine.unit PosMove.location PosMove.sku PosSale.location PosSale.refund_of
        PosSale.transaction_id PosSaleTaken.reasons PosSaleTaken.unmapped OtherTill.account
        OtherTill.places OtherTill.prefix
        TransferAnnounced.id TransferReceived.from_store TransferReceived.id TransferSent.id
        TransferSent.location TransferSent.to_store TransferSettled.id TransferTakenBack.id
        TransferTakenBack.location TransferredGoods.expiry TransferredGoods.lot TransferredGoods.sku
        Bom.sku BomEnded.id BomLine.sku Consumed.sku WorkEnded.state WorkGoods.expiry WorkGoods.location WorkGoods.lot
        WorkGoods.sku WorkLine.sku WorkPlanned.bom WorkPlanned.due_on WorkPlanned.sku WorkPlanned.source
        WorkPlanned.start_on WorkPlanned.target WorkReported.lot WorkReported.sku
        CardLoaded.expires_on CardLoaded.currency CardMoved.currency
        CardMoved.expires_on CardSettled.expires_on SaleCoupon.id CouponUsed.tail CouponUsedElsewhere.receipt
        CouponFreedElsewhere.receipt CouponFreedElsewhere.store CouponUsed.order CouponFreed.order
        CouponUsedElsewhere.store CouponUsedElsewhere.tail SaleCoupon.tail""",
    "the id of a customer, of a key of theirs or of a review, made up": """
        RequestAnswered.customer RequestNoted.customer RequestNoted.kind ConsentGiven.customer
        ConsentGiven.profile ConsentWithdrawn.customer CustomerSet.id CustomersMerged.kept
        CustomersMerged.merged MethodStored.customer PersonalDataRead.customer PreferencesSet.customer
        PreferencesSet.profile
        WayProved.customer WayRemoved.customer FarewellSaid.customer FarewellOver.customer
        ReviewAnswered.customer ReviewAnswered.review ReviewReported.by ReviewReported.customer ReviewReported.review
        ReviewPublished.customer ReviewPublished.review ReviewRejected.customer ReviewRejected.review
        ReviewWithdrawn.customer ReviewWithdrawn.review ReviewWritten.customer ReviewWritten.review
        DayLimitPassed.customer
        SaleCompleted.customer SaleRefunded.customer SaleVoided.customer WishAdded.customer WishRemoved.customer
        CustomerFaceReleased.person""",
    "days of the shop itself": """
        VoiceHintSet.assessed VoiceHintSet.declared FaceHintSet.assessed FaceHintSet.declared
        CustomerFacesSet.assessed CustomerFacesSet.declared""",
    "from where orders come, what one is here, and why it waits": """
        WebArticle.sku
        WebChannel.name WebOrderCancelled.order WebOrderHeld.why WebOrderTaken.order""",
    "what was consented to, by the software's words, and in which version and language of a text": """
        VoiceReleased.wording VoiceReleased.language FaceReleased.wording FaceReleased.language
        CustomerFaceReleased.wording CustomerFaceReleased.language
        ReleaseWorded.means ReleaseWorded.texts ReleaseWorded.wording
        ConsentGiven.how ConsentGiven.language ConsentGiven.purpose ConsentGiven.wording ConsentWithdrawn.how
        ConsentWithdrawn.purpose WordingPublished.purpose WordingPublished.wording""",
    "the id of a user, which says nothing of them, and their role": """
        VoiceReleased.person VoiceWithdrawn.person FaceReleased.person FaceWithdrawn.person
        ClockStamped.person WorkCorrected.person TableTransferred.served_before TableTransferred.served_by
        AlertRaised.people AlertRaised.roles Approved.asker FactorDropped.id FactorPolicySet.role FactorSet.id
        RecoveryCodeUsed.id RecoveryCodesMade.id RoleRetired.id RoleSet.id UserRetired.id UserSet.id
        UserSet.role UserSuspended.id PasswordSet.id SetupCodeGiven.id DaySums.givers TypedDiscount.by
        DaySums.tips_to RecordedLine.tip_to Returned.tip_to ShiftClosed.tips_to TenderCorrected.tip_to""",
    "a browser's, by an id that was made up, and the network it asked from": """
        BrowserPaired.kind BrowserPaired.of_register BrowserPaired.pairing PairingEnded.pairing PairingEnded.why
        RightDenied.networks""",
    "what a part of a paper holds: sums and numbers of other capabilities": "TemplateBlock.data TemplateBlock.template",
    "what the shop calls a password or a key in its configuration": "SecretRemoved.name SecretSet.name",
    "keys of the configuration": "ConfigurationChanged.keys",
    "which column of a file is what": "Connector.mapping",
    "a day, a sum, or the name of a field, as a paper has it": """
        Paper.date Paper.due PaperFault.expected PaperFault.said""",
    "the address of a program, and what it is told of": """
        WebhookRemoved.id WebhookSet.id WebhookSet.types WebhookSet.url SupplierSet.order_url""",
    "the public half of a key of the box": "BoxKeyMade.public",
    "who of head office asks how a box is, by a number; why, as the shop reads it; the public half of a key": """
        SupportAsked.by SupportAsked.reason SupportAsked.seal_to SupportHelpAsked.by SupportHelpAsked.seal_to
    """,
    "one of the software's own words, or a currency": """
        AccountCharged.why
        TranslationProposed.findings TranslationProposed.language TranslationProposed.source_language
        TranslationAccepted.language TranslationAccepted.source_language TranslationRefused.language
        BatchClosed.currency BatchTaken.currency BatchTaken.first_day BatchTaken.last_day BatchTaken.paid_on
        DisputeEnded.currency DisputeOpened.answer_by DisputeOpened.currency PaymentsSettled.on PayoutAsked.currency
        PayoutAsked.day PayoutReceived.currency PayoutReceived.day StoredLost.currency
        LearntField.label PaperField.name PaperField.source SupplierInvoiceCorrected.wrong
        BooksDocumentLeft.currency BooksDocumentSent.currency
        FeedTaken.entity_type Paper.currency Paper.type PaperFault.code PaperLine.unit SupplierInvoiceApproved.overruled
        AlertRaised.causes AlertRaised.channels AlertRaised.kind Approved.command CashMoved.currency
        DaySums.tenders DirectiveApplied.kind DirectiveGivenUp.kind DirectiveRefused.kind EpochStarted.reason
        FactorPolicySet.factor KeyMade.rights LabelsPrinted.kind PrintConfirmed.kind PrintCopied.kind
        ReportPrinted.currency ReportPrinted.key ReportPrinted.signature
        RightDenied.command RightDenied.right RoleSet.limits RoleSet.rights
        SaleCompleted.currency SaleRefunded.currency SaleVoided.currency TenderCorrected.currency
        ShiftClosed.currency ShiftClosed.moved ShiftClosed.tenders ShiftOpened.currency SlipsPrinted.moment
        StockMoved.reason TextSet.place CostCorrected.why ReceivedGoods.cause CountEnded.how LocationSet.kind
        KeptDropped.kind KeptDropped.sku KeptDropped.why
        ReservationReleased.why StockMoved.cause OrderPlaced.currency OrderPlaced.language AnomalyJudged.day
        AnomalyJudged.kind ForecastTrained.figures ForecastTrained.model_version ForecastTrained.models
        ForecastTrained.through HistoryRow.day PastTotal.day PastTotalsTakenBack.first PastTotalsTakenBack.last
        PastReceipt.day PastReceiptsTakenBack.first PastReceiptsTakenBack.last
        SoldElsewhere.day SoldElsewhere.till ElsewhereRow.sku ModelPromoted.instead_of ModelPromoted.model_version
        ModelRetired.model_version ReportMade.kind ReportMade.first ReportMade.last
        PriceModelTrained.model_version PriceModelTrained.through PriceModelTrained.strengths
        PriceModelTrained.checksum PricesProposed.model_version ProposedPriceAnswered.model_version
        PriceModelReverted.model_version PriceModelReverted.instead_of CompetitorPriceNoted.day
        OccasionSet.first OccasionSet.last PurchaseMoved.expected_on
        PurchaseMoved.how PurchaseMoved.now PurchaseMoved.sent_on PurchaseMoved.was SupplierPriceSet.from_date
        SupplierPriceSet.until_date SupplierSet.currency RecommendationsTrained.model_version
        RecommendationsTrained.through RecommendationsTrained.checksum
        RecommendationsReverted.model_version RecommendationsReverted.instead_of
        SuggestionsCounted.at_register""",
    "why the software could not do it": "DirectiveGivenUp.reason DirectiveRefused.reason",
    "what goods, taxes, promotions and roles are called, and what is said to everybody": """
        TranslationProposed.source TranslationProposed.text TranslationAccepted.source TranslationAccepted.text
        GlossaryTerm.also GlossaryTerm.avoid GlossaryTerm.names
        EarnRule.names Reward.names Tier.names FloorTable.area FloorTable.name
        ChosenModifier.names Entry.modifiers KitchenStation.names Modifier.names ModifierGroup.names
        PosLine.name BooksLine.text PaperLine.name PastLine.name Paper.seller
        LocationSet.names Attribute.choices Attribute.names Attribute.unit RecordedLine.names
        Category.attributes Category.names Entry.names Goods.brands Pack.name Promotion.names Rate.name
        Returned.names RoleSet.name SaleCompleted.promotions SettingChanged.value
        SettingInForce.filed SettingInForce.value Taxed.name TextSet.texts Value.text
        Value.unit WordingPublished.texts DayException.why DeliveryZone.title OrderGoods.promotions KeyPage.names
        ShopTender.names OccasionSet.name SavedView.name SupplierSet.names SupplierSet.licence
        SupplierSet.province CouponsMade.name
        SaleCoupon.name
        SubstituteProposed.names SubstituteProposed.instead_of StatusPageSet.store_name StatusPageSet.zone""",
    "whose word it is: a file, a feed, a supplier, `manager` or `head office`": """
        SamenessSaid.source HeldDropped.source HeldReleased.source HeldWithdrawn.source SettingChanged.by
        SettingInForce.by ListingSet.by Source.name
        Supply.supplier TextEnded.by TextSet.by UserRetired.by UserSet.by HistoryRecorded.source HistoryTakenBack.source
        HistoryTakenBack.rows PastTotalsRecorded.source PastTotal.key PastReceiptsRecorded.source ReportMade.body
        CompetitorPriceNoted.competitor CompetitorPriceNoted.url""",
    "what needs a person: numbers and names of things, and what a program or a manager says of the shop": """
        AlertRaised.values AlertRepeated.values AlertWorsened.values GateReason.values""",
    "one of the software's own words, or of the shop's list; what else is typed is sealed before it comes there": """
        RecordedLine.reason Returned.reason""",
    "the register of incidents, which the law asks for: no page asks for a name there": "BreachNoted.what",
    "what is said of a lot, of goods or of a delivery to other stores and to suppliers, who have to read it": """
        LotRecalled.note PurchaseDrafted.note TransferAnnounced.note TransferDrafted.note TransferReceived.note
        TransferSent.note TransferSettled.note""",
    "the number of a terminal's slip": "GivenBack.reference Tender.reference",
    "what a terminal says of a payment and a card: a brand, last digits, a slip; what it is called": """
        BrandClose.brand CardApproval.aid CardApproval.application CardApproval.at CardApproval.authorisation
        CardApproval.brand CardApproval.last4 CardApproval.merchant_slip CardApproval.reference CardApproval.slip
        CardApproval.converted CardApproval.markup CardApproval.rate
        CardApproval.merchant CardApproval.terminal CardApproval.tsi CardApproval.tvr
        CardRefundMoved.currency CardRefundMoved.mark CardRefundRequested.currency
        GivenBack.payment GivenBack.slip PaymentBegun.currency PaymentBegun.terminal PaymentMoved.mark
        CardFeesSplit.currency PaymentBegun.sold_at PaymentRoute.store PlatformFeeReturned.currency
        ProviderFeeReturned.currency
        Provider.merchant Tender.payment Tender.slip TerminalClosed.currency TerminalClosed.terminal""",
    "why something came off, of the shop's own list, and sums by that, by kinds of line and of money": """
        TypedDiscount.reason DaySums.given DaySums.foreign DaySums.apart DaySums.coupons DaySums.tips
        ShiftClosed.apart ShiftClosed.tips""",
    "a bay, a facing, a camera, a picture by its hash, and goods by their number": """
        AnswerUndone.bay AnswerUndone.facings BayMeasured.bay BottleType.sku CameraStateChanged.camera
        Facing.sku FacingCleared.bay FacingCleared.group FacingCleared.sku FacingFlagged.bay
        FacingFlagged.facings FacingFlagged.group FacingFlagged.instead FacingFlagged.picture FacingFlagged.sku
        FindingAnswered.bay FindingAnswered.facings GapClosed.bay GapClosed.group GapClosed.sku GapFound.bay
        GapFound.facings GapFound.group GapFound.picture GapFound.sku PlanogramEnded.bay PlanogramSet.bare
        PlanogramSet.bay PlanogramSet.camera PlanogramSet.full PlanogramSet.valid_from
        ReferenceRenewed.bay ReferenceRenewed.full ReferenceRenewed.picture""",
    "a package of another publisher, by its own metadata": """
        ExtensionTurnedOn.provides ExtensionTurnedOn.publisher ExtensionTurnedOn.release""",
    "what a bay is called, on a page that asks for a shelf": "PlanogramSet.name",
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return build_registry(config(tmp_path_factory.mktemp("shop")))


def texts(type: Any, path: str = "", seen: tuple[Any, ...] = ()) -> Iterator[tuple[str, bool]]:
    """Every free text that an event may hold, as Struct.field of the struct it stands in, and whether it is sealed."""
    match type:
        case types.Metadata(type=inner, extra=extra):
            if extra and extra.get("sealed"):
                yield path, True
            else:
                yield from texts(inner, path, seen)
        case types.StrType(pattern=None):
            yield path, False
        case types.StructType(cls=cls, fields=fields) if cls not in seen:
            for field in fields:
                yield from texts(field.type, f"{cls.__name__}.{field.name}", (*seen, cls))
        case types.UnionType(types=some):
            for one in some:
                yield from texts(one, path, seen)
        case types.VarTupleType(item_type=item) | types.ListType(item_type=item):
            yield from texts(item, path, seen)
        case types.TupleType(item_types=some):
            for one in some:
                yield from texts(one, path, seen)
        case types.DictType(key_type=key, value_type=value):
            yield from texts(key, path, seen)
            yield from texts(value, path, seen)
        case types.AnyType() | types.RawType():
            yield path, False


def texts_of(event: type[Event]) -> dict[str, bool]:
    return dict(texts(types.type_info(event)))


def test_every_free_text_of_an_event_is_sealed_or_of_nobody(registry: Registry) -> None:
    every = [path for paths in NOT_PERSONAL.values() for path in paths.split()]
    of_goods = {f"Product.{field.name}" for field in FIELDS}
    listed = set(every)
    plain = {path for event in registry.events.values() for path, sealed in texts_of(event).items() if not sealed}
    assert not plain - listed - of_goods, (
        "does it say something of a person? Make it `Sealed` and `personal`; else list it here"
    )
    assert not listed - plain, "these are gone: take them out of NOT_PERSONAL"
    assert len(listed) == len(every), "one reason each"


def test_what_is_personal_is_sealed_and_says_whose_it_is(registry: Registry) -> None:
    declared = {event for event in registry.events.values() if event.personal}
    assert declared, "users at least"
    for event in registry.events.values():
        sealed = {path.removeprefix(f"{event.__name__}.") for path, sealed in texts_of(event).items() if sealed}
        declared_in = {*event.personal, *event.remarks}
        assert sealed == declared_in, f"{event.__name__}: `Sealed` and in `personal`, or `Remark` and in `remarks`"
        assert not event.remarks_on or event.remarks_on in event.__struct_fields__, f"{event.__name__}: on whom?"
        assert not event.personal or event.person_in in event.__struct_fields__, f"{event.__name__}: whose are they?"


def test_what_commands_keep_out_of_their_hash_is_theirs(registry: Registry) -> None:
    wrong = [command for command in registry.commands if set(command.personal) - set(command.__struct_fields__)]
    assert not wrong, "`personal` names a field that the command does not have"


def test_a_new_event_with_free_text_is_noticed(tmp_path: Path) -> None:
    class GuestMet(Event, frozen=True):
        name: str
        tables: tuple[int, ...] = ()

    assert texts_of(GuestMet) == {"GuestMet.name": False}
