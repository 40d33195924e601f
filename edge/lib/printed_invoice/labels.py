"""Invoice labels in English, French, Hebrew, German and Dutch. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

LearntName = Literal["number", "date", "due", "order", "despatch", "net", "tax", "total", "seller", "seller_vat"]
"""Fields whose position is learnt. Bank accounts are recognised anywhere."""
FieldName = Literal[LearntName, "account"]

LABELS: Mapping[FieldName, tuple[tuple[str, ...], ...]] = {
    "number": (
        (
            *("invoice number", "invoice no", "invoice nr", "invoice num", "invoice id", "inv no", "invoice #"),
            *("credit note number", "credit note no", "numéro de facture", "n° de facture", "no de facture"),
            *("facture n°", "facture no", "facture numéro", "facture nº", "n° facture", "rechnungsnummer"),
            *("rechnungsnr", "rechnungs-nr", "rechnung nr", "rechnung nummer", "rechnungs nr", "belegnummer"),
            *("gutschriftsnummer", "gutschrift nr", "factuurnummer", "factuur nummer", "factuur nr", "factuurnr"),
            *("מספר חשבונית", "חשבונית מס'", "חשבונית מספר", "חשבונית מס מספר", "חשבונית מס מס'", "מס' חשבונית"),
        ),
        ("receipt number", "receipt no", "document number", "document no", "avoir n°", "מספר מסמך"),
        ("invoice", "facture", "rechnung", "factuur", "gutschrift", "avoir", "חשבונית מס", "חשבונית"),
    ),
    "date": (
        (
            *("invoice date", "date of invoice", "date of issue", "issue date", "issued on", "date de facture"),
            *("date de la facture", "date de facturation", "date d'émission", "rechnungsdatum", "factuurdatum"),
            *("factuur datum", "ausstellungsdatum", "belegdatum", "תאריך חשבונית", "תאריך הפקה", "תאריך המסמך"),
        ),
        ("date", "dated", "datum", "le", "du", "vom", "תאריך"),
    ),
    "due": (
        (
            *("due date", "payment due", "date limite de paiement", "date d'échéance", "échéance", "zahlbar bis"),
            *("fällig am", "fälligkeit", "fälligkeitsdatum", "zahlungsziel", "vervaldatum", "לתשלום עד"),
            *("payable by", "pay by", "à payer avant le"),
        ),
    ),
    "order": (
        (
            *("purchase order", "purchase order no", "po number", "po no", "your order", "order number", "order no"),
            *("n° de commande", "commande n°", "votre commande", "bon de commande", "bestellnummer", "bestell-nr"),
            *("ihre bestellung", "bestellung nr", "ordernummer", "bestelnummer", "מספר הזמנה", "הזמנה מס'", "הזמנה"),
        ),
    ),
    "despatch": (
        (
            *("delivery note", "delivery note no", "packing slip", "bon de livraison", "lieferschein"),
            *("lieferschein-nr", "lieferscheinnummer", "lieferschein nr", "pakbon", "תעודת משלוח"),
        ),
    ),
    "net": (
        (
            *(
                "subtotal",
                "sub-total",
                "sub total",
                "net total",
                "total net",
                "net amount",
                "amount excl",
                "total excl",
            ),
            *("total ht", "montant ht", "total hors taxes", "total hors tva", "sous-total", "nettobetrag"),
            *("summe netto", "netto", "gesamt netto", "zwischensumme", "warenwert", "rechnungssumme netto"),
            *("exclusief btw", "totaal excl", "subtotaal", "total without vat", "gesamtbetrag netto"),
            *("summe ohne mwst", 'סה"כ לפני מע"מ', 'לפני מע"מ', 'סכום לפני מע"מ', "סכום ביניים", 'סה"כ ללא מע"מ'),
        ),
    ),
    "tax": (
        (
            *("vat", "tax", "sales tax", "gst", "hst", "pst", "qst", "tps", "tvq", "tva", "total tva", "montant tva"),
            *("mwst", "ust", "umsatzsteuer", "mehrwertsteuer", "steuerbetrag", "zzgl", "btw", "btw bedrag"),
            *('מע"מ', 'סכום מע"מ', "total tax", "total vat", "summe umsatzsteuer"),
        ),
    ),
    "total": (
        (
            *("total amount due", "amount due", "total due", "balance due", "grand total", "invoice total"),
            *("total for this invoice", "total amount", "total incl", "amount payable", "total to pay", "total ttc"),
            *("montant ttc", "montant total ttc", "net à payer", "somme à payer", "total à payer", "montant dû"),
            *("total facture", "rechnungsbetrag", "rechnungssumme", "gesamtbetrag", "zahlbetrag", "endbetrag"),
            *("bruttobetrag", "bruttosumme", "gesamtsumme", "summe brutto", "gesamt brutto", "zu zahlen"),
            *("factuur totaal", "te betalen", "totaal incl", "totaalbedrag", "total with vat", "total including vat"),
            *('סה"כ לתשלום', "סך הכל לתשלום", "לתשלום", 'סה"כ כולל מע"מ', 'סה"כ כולל', "gesamtbetrag brutto"),
        ),
        ("total", "totaal", "gesamt", "summe", 'סה"כ', "סך הכל", "brutto"),
    ),
    "seller_vat": (
        (
            *("vat number", "vat no", "vat id", "vat reg no", "vat reg", "gst number", "gst no", "hst no", "gstin"),
            *(
                "n° tva",
                "n° de tva",
                "numéro de tva",
                "tva intracommunautaire",
                "tva intra communautaire",
                "n° tva intracom",
            ),
            *(
                "ust.-id.-nr",
                "ust-id",
                "ust-idnr",
                "ustid",
                "ust-id-nr",
                "umsatzsteuer-id",
                "uid",
                "btw nummer",
                "btw-nummer",
            ),
            *("btw", "vat", "ח.פ", "ח.פ.", "ע.מ", "עוסק מורשה", "עוסק מורשה מס'", "מע\"מ מס'", "מספר עוסק"),
        ),
    ),
}
"""Labels of each field, the most reliable first."""

TITLE = ("rechnung", "invoice", "facture", "factuur", "gutschrift", "avoir", "חשבונית")
"""Beginnings or endings of the word that titles an invoice. The invoice's number may follow a few words later."""
NUMBER_SIGNS = frozenset({"nr", "no", "n°", "nº", "#", "number", "numéro", "nummer", "מס'", "מספר"})
BUYER = ("your", "votre", "uw", "ihre", "customer", "client", "kunde", "kunden", "klant", "לקוח")
"""Words that mark a number as the buyer's."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "quantity": (
        *("qty", "quantity", "quantité", "qté", "menge", "anzahl", "aantal", "hoeveelheid", "כמות", "יח'", "units"),
    ),
    "name": (
        *("description", "item", "article", "artikel", "désignation", "bezeichnung", "beschreibung", "omschrijving"),
        *("product", "produit", "goods", "details", "libellé", "תיאור", "פריט", "מוצר"),
    ),
    "price": ("price", "rate", "unit", "prix", "preis", "vk-preis", "einzelpreis", "prijs", "e-preis", "מחיר"),
    "total": (
        *("amount", "total", "montant", "betrag", "gesamtpreis", "gesamt", "summe", "bedrag", "zeilenbetrag"),
        *("סכום", 'סה"כ'),
    ),
}
"""Words by column that identify the heading of a line table. A heading has words of at least two columns."""
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("pc", "pcs", "piece", "pieces", "ea", "each", "st", "stk", "stck", "stück", "pce", "pces"), "C62"),
    **dict.fromkeys(("unité", "unités", "unit", "units", "u", "יח'", "יח", "יחידה"), "C62"),
    **dict.fromkeys(("kg", "kgm", 'ק"ג'), "KGM"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "גרם"), "GRM"),
    **dict.fromkeys(("l", "ltr", "litre", "liter", "litres", "ליטר"), "LTR"),
    **dict.fromkeys(("ml", 'מ"ל'), "MLT"),
    **dict.fromkeys(("box", "boxes", "bx", "karton", "carton", "cartons", "ktn", "doos", "קרטון", "ארגז"), "CT"),
    **dict.fromkeys(("case", "cases", "cs", "caisse", "kiste"), "CS"),
    **dict.fromkeys(("pack", "packs", "pk", "paquet", "מארז"), "PK"),
}
"""Units as papers write them, by UN/ECE recommendation 20."""


def plain(text: str) -> str:
    """Normalise a text for label comparison: lower case, uniform quotes, no trailing punctuation.

    >>> plain("Invoice No.:"), plain("סה״כ")
    ('invoice no', 'סה"כ')
    """
    alike = text.casefold().replace("״", '"').replace("׳", "'").replace("”", '"').replace("’", "'").replace("№", "n°")
    return re.sub(r"[\s.:;*=]+$", "", alike.strip())
