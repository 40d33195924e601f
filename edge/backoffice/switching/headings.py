"""Other systems' column headings for people, cards, sales and stock, in English, French and Hebrew. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from edge.analytics.forecast.history.day_forms import day_of
from edge.goods.ingest.mapping.heading_currency import without_currencies
from edge.goods.ingest.mapping.heading_words import in_english
from edge.lib.i18n.folding import without_marks

_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_WORDS = re.compile(r"[^\W_]+|[#?%]")
_OF_A_SALE = re.compile(r"sale|sold|order|ticket|check|bill|receipt|clos|complet|finali|transact|paid|payment")
_BEFORE_OR_AFTER = re.compile(r"last|first|next|dernier|derni[eè]re|letzte|ultim")
"""Words before a day that mean a product's or customer's first or last sale, not the day of this sale."""
_A_DAY = re.compile(r"date|datetime|on|at|\w*(?<!up)date(?:time)?")
"""The last word of a heading that means a day: "Finalised Date", "Completed On". A single word must contain "date"."""
_DATE_OF = re.compile(
    r"date(?:closed|completed|finali[sz]ed|sold|paid|ofsale|oforder)|(?:closed|completed|finali[sz]ed|sold|paid)(?:on|at)"
)
_NO_SALE = re.compile(r"birth|born|expir|valid|due|naiss|geburt|לידה|תוקף", re.IGNORECASE)
_DAY_CELL = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)|\d{1,2}[- ][^\W\d_]{3,9}\.?[- ,]+\d{2,4}\b")
_ABBREVIATED = {
    **{"no": "number", "nbr": "number", "num": "number", "dt": "date", "dte": "date", "prc": "price", "amt": "amount"},
    **{"ext": "extended", "tkt": "ticket", "trx": "transaction", "txn": "transaction", "trans": "transaction"},
    **{
        "rcpt": "receipt",
        "inv": "invoice",
        "ord": "order",
        "cust": "customer",
        "desc": "description",
        "bal": "balance",
    },
    **{"pts": "points", "loy": "loyalty", "exp": "expiry", "tel": "phone", "lin": "line", "typ": "type", "cod": "code"},
}
_COUNT_OF = re.compile(
    r"^\W*(?:number|count|no\.?|#)\s+of\b|^\W*(?:nombre|nb\.?)\s+de\b|^\W*(?:anzahl|aantal)\b"
    r"|^\W*מספר (?:עסקאות|קבלות)$",
    re.IGNORECASE,
)
"""Headings that mean a number of receipts, not the receipt's id."""
_COUNTS = frozenset(
    (
        *("transactions", "orders", "receipts", "tickets", "checks", "sales", "salescount", "transactioncount"),
        *("ordercount", "receiptcount", "nbtickets", "nombredetickets", "tickets", "קבלות", "עסקאות", "totalorders"),
        *("customercount", "ticketcount", "checkcount", "saletransactions", "totaltransactions", "bons"),
    )
)
_CUSTOM = re.compile(r"^custom(?:field)?(?=\w)")
_POINTS = re.compile(
    r"^points|(?:reward|loyalty|bonus)\w*(?:balance|points?|current|available)"
    r"|(?:current|available|total)\w*(?:rewards?|points)"
)
_NOT_POINTS = re.compile(
    r"earned|redeem|spent|used|lifetime|next|tier|level|program|expir|value|date|number|card|code|id$"
)
_MARKETING = re.compile(
    r"optin|newsletter|marketing|subscri|mailinglist|accept\w*(?:mail|courriel)|דיוור|infolettre|nieuwsbrief|nyhetsbrev"
    r"|boletin|biuletyn|рассылк"
)
_NOT_MARKETING = re.compile(
    r"sms|phone|text|whatsapp|date|source|optout|unsub|level|time|at$|(?<!ti)on$|ip$|method|channel|campaign"
)
_WHICH_ADDRESS = re.compile(r"^(?:default|main|primary)?(?:billing|invoice|invoicing|contact)?(?:address1?)?(?=\D)")
_AT_SALE = re.compile(r"\s+at (?:the )?time of sale\b", re.IGNORECASE)
"""The suffix that Shopify's reports add to a product's fields; they're the same fields without it."""
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _names(*lines: str) -> tuple[str, ...]:
    """Headings normalised by `compact`, likeliest first."""
    return tuple(name for line in lines for name in line.split())


PERSON: Mapping[str, tuple[str, ...]] = {
    "first": _names(
        "firstname givenname forename prenom שםפרטי billingfirstname fstnam",
    ),
    "last": _names(
        "lastname surname familyname nomdefamille שםמשפחה billinglastname lstnam",
    ),
    "name": _names(
        "name fullname customername customer displayname contactname client nomduclient nom nomcomplet",
        "nomclient שם שםלקוח שםהלקוח שםמלא לקוח guestname membername contactname nam shippingname",
    ),
    "company": _names(
        "company companyname business businessname organization organisation entreprise societe",
        "nomdelasociete חברה parentname defaultaddresscompany billingcompany",
    ),
    "email": _names(
        "email emailaddress mail emailid customeremail courriel adresseemail adressecourriel adressemail דואל",
        "אימייל דואראלקטרוני primaryemail email1 billingemail emailadrs1 contactemail",
    ),
    "phone": _names(
        "phone phonenumber mobile mobilephone mobileno mobilenumber cell cellphone telephone tel",
        "telephonenumber phonemobile phone1 defaultaddressphone homephone workphone portable",
        "telephoneportable numerodetelephone טלפון נייד טלפוןנייד customerphone billingphone phonehome",
        "phonework primaryphone contactnumber phonenumber1 mobilenumber mainphone telportable telmobile gsm",
    ),
    "other_phone": _names(
        "mobile mobilephone mobilenumber cell phone phonenumber defaultaddressphone homephone workphone home work"
    ),
    "line1": _names(
        "address address1 addressline1 street street1 streetaddress streetaddress1 adresse",
        "defaultaddressaddress1 billingaddress1 physicaladdress1 postaladdress1 adresse1 rue כתובת רחוב",
        "addressline physicaladdressline1 billingaddress mainaddressline1 adrs1",
        "shippingaddress mailingaddress",
    ),
    "house": _names(
        "hausnr hausnummer housenumber huisnummer streetnumber houseno numerocivico",
    ),
    "middle": _names(
        "middlename middle tussenvoegsel infix",
    ),
    "line2": _names(
        "address2 addressline2 street2 streetaddress2 defaultaddressaddress2 billingaddress2 physicaladdress2",
        "postaladdress2 adresse2 complementdadresse mainaddressline2 adrs2",
        "complement complementadresse addressline3",
    ),
    "city": _names(
        "city town locality ville עיר יישוב defaultaddresscity billingcity physicalcity postalcity suburbcity",
        "shippingcity",
    ),
    "province": _names(
        "state province region stateprovince provincecode defaultaddressprovincecode statecode",
        "defaultaddressprovince billingstate physicalstate postalstate county stateid",
    ),
    "postal": _names(
        "zip zipcode postcode postalcode codepostal מיקוד defaultaddresszip billingpostcode physicalpostcode",
        "postalpostcode billingzip zipcod postalzipcode postalcodezip shippingpostalcode",
    ),
    "country": _names(
        "country countrycode pays ארץ מדינה defaultaddresscountrycode defaultaddresscountry billingcountry",
        "physicalcountry physicalcountryid countryid postalcountry shippingcountrycode",
    ),
    "born": _names(
        "birthday dateofbirth dob birthdate birth datedenaissance תאריךלידה anniversaire",
    ),
    "marketing": _names(
        "acceptsemailmarketing emailsubscriptionstatus acceptsmarketing marketingoptin emailoptin newsletter",
        "emailmarketing marketingconsent emailmarketingconsent optin subscribed emailsubscribed marketing",
        "דיוור contactallowed emailoptedin consent marketingallowed allowmarketing receivemarketingemails",
        "emailsubscribe subscribedtonewsletter acceptsemail receivenewsletter emailok emailok? oktoemail אישורדיוור",
    ),
    "points": _names(
        "points loyaltypoints pointsbalance pointbalance rewardpoints loyaltypointsbalance pointsdefidelite",
        "נקודות availablepoints currentpoints loyaltybalancepoints rewardbalance loyaltybalance totalpoints",
        "soldedepoints rewardpointsbalance loyptsbal membershippoint membershippoints memberpoints rewardspoints",
        "loyaltypoint bonuspoints rewardspointsbalance loyaltypointbalance",
    ),
    "credit": _names(
        "storecredit storecreditbalance creditbalance avoir זיכוי customercredit storecreditamount",
        "creditavailable prepaidbalance depositbalance walletbalance",
    ),
    "owed": _names(
        "accountbalance balance customerbalance outstandingbalance amountowed balancedue solde יתרה amountdue",
        "creditaccountbalance outstanding outstandingamount houseaccountbalance owed totalreceivable yitra",
        "חוב יתרתחוב currentbalance bal arbalance onaccountbalance tabbalance encours encoursclient",
        "credit",  # Odoo's total receivable, but store credit elsewhere: the user is asked
    ),
    "code": _names(
        "loyaltycardcode cardcode membercardnumber membercode memberid membernumber loyaltycard",
        "loyaltycardnumber loyaltyid customercode cardnumber",
        "customernumber customerno numeroclient codeclient מספרלקוח מספרחבר loyaltynumber barcode referenceid",
        "membershipid membershipnumber lookupid",
    ),
}

CARD: Mapping[str, tuple[str, ...]] = {
    "code": _names(
        "giftcardnumber giftcardcode giftcardgan gan cardnumber cardcode cardno card# giftcard giftcardid",
        "vouchercode vouchernumber couponcode code number card serialnumber serial numerodelacarte",
        "numerodecarte codedelacarte codecadeau numero מספרכרטיס קוד שובר מספרשובר storecreditnumber",
        "creditnumber certificatenumber giftcertificatenumber giftcertificatecode",
    ),
    "last": _names(
        "lastcharacters last4 lastfour lastdigits last4digits lastfourdigits codeending lastcharacter",
        "endingin",
    ),
    "balance": _names(
        "currentbalance remainingbalance balance remaining amountremaining availablebalance cardbalance",
        "giftcardbalance remainingvalue currentvalue remainingamount balanceamount amountleft soldeactuel",
        "solderestant solde יתרה יתרהנוכחית points pointsbalance currentamount outstandingbalance",
    ),
    "initial": _names(
        "initialbalance originalvalue initialvalue originalamount originalbalance initialamount amount value",
        "issuedamount loadedamount totalloaded montantinitial valeurinitiale סכום",
    ),
    "expires": _names(
        "expireson expiry expirydate expirationdate expires expiresat expiration validuntil dateexpiry",
        "dateexpires datedexpiration expirele תוקף בתוקףעד expireddate expirydate ablaufdatum verfallsdatum",
        "fechadecaducidad caducidad vencimiento datadiscadenza scadenza validade datadevalidade vervaldatum",
    ),
    "status": _names(
        "status state enabled active isactive cardstatus statut etat סטטוס",
    ),
    "disabled": _names(
        "disabledat deactivatedat voidedat disabled expired? expired blocked locked archived bloquee bloque",
        "voided voided? void isvoid",
    ),
    "currency": _names(
        "currency currencycode devise מטבע",
    ),
}

SALE: Mapping[str, tuple[str, ...]] = {
    "day": _names(
        "businessdate date saledate transactiondate orderdate paidat createdat completedat day datetime",
        "dateorder receiptdate postingdate invoicedate closeddate opened openeddate timestamp soldat",
        "datecreated datecompleted completetime transactiontime orderedat sentdate jour datedevente",
        "datedelavente datedecommande תאריך תאריךמכירה יום orderreferencedate saletime time created billdate",
        "dateandtime dateheure datepaid orderdatetime localcompletedat createddate billdate lineitemdate",
        "closedat finalizedat purchasedate buchungszeit bookingtime bookingdate soldon",
    ),
    "sku": _names(
        "sku lineitemsku itemsku productsku itemcode productcode customsku internalreference systemid",
        "variantsku itemnumber plu systemsku article articlenumber reference ref codearticle מקט קודפריט",
        "productinternalreference defaultcode productiddefaultcode item# itemno product# publicid artikelnr",
        "productnumber catalogsku code",
        "orderlinesproductinternalreference productvariantsku",
    ),
    "code": _names(
        "gtin barcode ean upc codebarres ברקוד itembarcode productbarcode variantbarcode",
    ),
    "item": _names(
        "lineitemname bohname item itemname menuitem menuitemname product productname producttitle lineitem",
        "itemdescription productdescription description lineitemtitle producttitleatthetimeofsale produit",
        "nomduproduit libelle designation nomdelarticle פריט מוצר שםפריט שםמוצר orderlinesproduct productid",
        "linesproductid linesproduct productidname orderlineproduct",
        "details name",
    ),
    "variant": _names(
        "pricepointname variant variation variationname variantname varianttitle sizename variante",
        "declinaison producttitlevariant productvarianttitle",
    ),
    "quantity": _names(
        "lineitemquantity qty quantity quantitysold qtysold unitssold itemssold netitemssold netquantity",
        "itemqty itemquantity sold linesqty orderlinesquantity quantityordered quantite quantitevendue qte",
        "inventorysold totalinventorysold כמות כמותשנמכרה units orderedquantity numbersold netqtysold unitsold netsold",
    ),
    "amount": _names(
        "amountwithtax salesincltax totalgross totalgrossamount",
        "netsales netprice netamount netsale lineitemtotal orderlinetotal linetotal nettotal itemtotal ordertotalline",
        "totalsales linesubtotal subtotal extendedprice amount total totalprice ventesnettes montantnet",
        "montant pricesubtotalincl subtotalincl linespricesubtotalincl סהכלשורה סכום סהכ מכירותנטו revenue lineamount",
        "orderlinessubtotal linessubtotal",
        "netrevenue netsalestotal extprice finalprice itemrevenue totalrevenue salesamount grosssales grossprice",
        "saletotal salesvalue salesexcltax extendedamount extendedtotal extamount lineextension discprice",
    ),
    "price": _names(
        "lineitemprice unitprice price itemprice priceunit rate sellingprice itemcost prixunitaire prix מחיר",
        "מחירליחידה linespriceunit salesunitprice regularsalesunitprice unitsellingprice priceperunit",
        "productpriceperunit",
    ),
    "discount": _names(
        "lineitemdiscount discount discounts discountamount discounttotal",
    ),
    "currency": CARD["currency"],
    "receipt": _names(
        "transactionid receiptnumber receiptno orderid ordernumber order# orderno saleid checkid",
        "invoicenumber invoiceno receipt orderref receiptref billno name check# checknumber order",
        "orderreference posreference invoice numeroderecu numerodevente מספרקבלה salenumber paymentid",
        "transactionnumber transaction sale receiptid ticketnumber numerodeticket billnumber ticket# receipt#",
        "transactionno ordername purchaseid check",
    ),
    "status": _names(
        "linetype eventtype receipttype financialstatus transactionstatus orderstatus status type",
        "transactiontype statut סטטוס salestatus docstatus invoicestatus paymentstatus",
        "lineitemtype rowtype recordtype saletype lineaction orderpaymentstate paymentstate",
        "typ tipo soort סוג סוגתנועה orderstate linestate itemstate linestatus itemstatus",
    ),
    "back": _names(
        "returned returned? refunded refunded? isreturn isreturned isrefund isrefunded itemreturned",
    ),
    "state": _names(
        "status orderstatus salestatus state transactionstatus",
    ),
    "void": _names(
        "void? void voided voided? isvoid cancelled cancelledat canceledat isvoided voidedat isvoided? canceled",
    ),
    "total": _names(
        "totalcollected amountwithtax amounttotal grandtotal totalamount ordertotal total nettotal saletotal netsales",
        "amount grosssales totalsales totalttc montanttotal סהכ totalpaid subtotal roundedtotal netamount",
        "ventesnettes revenue takings paymentstotal",
    ),
}

SALE_LINE: Mapping[str, tuple[str, ...]] = {field: names for field, names in SALE.items() if field != "total"}
"""Headings in a file of lines, in which a column of totals may contain line totals."""

PAST_TOTAL: Mapping[str, tuple[str, ...]] = {
    "turnover": tuple(
        dict.fromkeys((*SALE["amount"], *SALE["total"], "totalht", "montantht", "chiffredaffaires", "ca"))
    ),
    "hour": _names(
        "hour hourofday timeofday hours heure tranchehoraire שעה timeperiod timeslot",
    ),
    "time": _names(
        "time saletime transactiontime createdtime closedtime openedtime timeclosed שעתמכירה heuredevente",
    ),
    "category": _names(
        "category categoryname salescategory productcategory itemcategory department departmentname",
        "menugroup itemgroup productgroup reportinggroup accountinggroup categorie famille rayon קטגוריה מחלקה",
        "warengruppe categoria",
    ),
    "tender": _names(
        "paymentmethod paymenttype paymentmethodname tender tendertype tendername payment payments modedepaiement",
        "moyendepaiement modedereglement reglement paiement אמצעיתשלום סוגתשלום zahlungsart zahlungsmethode paidby",
        "formadepago metododepago paymentname methodofpayment paymentmode mode",
    ),
}
"""Headings in a file of daily totals; `turnover`: headings that may mean the amount sold."""

BUYER: Mapping[str, tuple[str, ...]] = {
    "email": _names(
        "email customeremail emailaddress billingemail buyeremail contactemail customeremailaddress",
    ),
    "phone": _names(
        "customerphone phone billingphone buyerphone customerphonenumber phonenumber contactphone",
    ),
    "contact": _names(
        "customercontacts customercontact contacts contact",
    ),
    "code": _names(
        "loyaltycardcode cardcode membercardnumber membercode memberid membernumber loyaltycardnumber customercode",
        "customernumber customerno customerid numeroclient codeclient מספרלקוח",
    ),
}
"""Headings of a sale's customer: fields that identify them. Names are left out, as other customers may share them."""

STAFF: Mapping[str, tuple[str, ...]] = {
    "first": PERSON["first"],
    "last": PERSON["last"],
    "name": _names(
        "employeename staffname teammember teammembername fullname displayname name username user nickname",
        "nomdelemploye nom שםעובד שםהעובד שם עובד",
    ),
    "email": PERSON["email"],
    "phone": PERSON["phone"],
    "role": _names(
        "role roles jobtitle primaryjob job jobs jobcodes jobcode position permissionset permissions accesslevel",
        "userrole accounttype designation title groups department poste fonction תפקיד",
    ),
    "pin": _names(
        "pin passcode pincode pospin poscode accesspin loginpin password קודאישי",
    ),
    "status": _names(
        "status active isactive enabled state statut actif סטטוס פעיל",
    ),
    "ended": _names(
        "terminationdate enddate dateended leftdate datedesortie תאריךסיום",
    ),
}

MODIFIER: Mapping[str, tuple[str, ...]] = {
    "group": _names(
        "modifiergroupname modifiergroup modifiersetname modifierset modifierlistname modifierlist modifiercategory",
        "modifiercategoryname optiongroupname optiongroup optionsetname optionset optionsetinternalname groupname",
        "addongroup extragroup groupedoptions groupedesupplements קבוצתתוספות",
    ),
    "name": _names(
        "modifiername modifieroptionname modifieroption modifieritemname modifier optionname option addonname addon",
        "extraname nomdeloption supplement תוספת שםתוספת",
    ),
    "price": _names(
        "modifierprice optionprice additionalprice addonprice extraprice priceadjustment pricechange price surcharge",
        "upcharge baseprice prix supplementprix מחיר",
    ),
    "least": _names(
        "minselections minselection minimumselections minselect minselected min minimum minchoices minrequired",
        "minselectedmodifiers minimumselection minqty",
    ),
    "most": _names(
        "maxselections maxselection maximumselections maxselect maxselected max maximum maxchoices maxallowed",
        "maxselectedmodifiers maximumselection maxqty",
    ),
    "choice": _names("selectiontype selection choicetype multiselect multiselection"),
    "required": _names("required isrequired mandatory ismandatory requiredmode obligatoire"),
    "preset": _names("isdefault default defaultmodifier onbydefault ispreselected preselected preset"),
    "sku": _names("itemsku productsku sku itemid productid parentsku"),
    "item": _names("itemname item productname product menuitem menuitemname parentitem produit article"),
    "variant": _names("variationname variation variant"),
}

CATEGORY: Mapping[str, tuple[str, ...]] = {
    "path": _names("completename displayname fullname path categorypath fullpath parentpath"),
    "parent": _names(
        "parentcategory parent parentname parentcategoryname parentid parentcategoryid parentitemgroup",
        "categorieparente categorieparent oberkategorie קטגורייתאב",
    ),
    "name": _names("categoryname name category title itemgroupname itemgroup nom categorie libelle שם קטגוריה"),
    "id": _names("categoryid id externalid termid"),
    "slug": _names("slug handle code"),
}

STOCK: Mapping[str, tuple[str, ...]] = {
    "sku": (*SALE["sku"], "partnumber", "productnumber", "itemnumber", "productid", "itemid"),
    "code": SALE["code"],
    "item": (*SALE["item"], "title", "name"),
    "variant": (*SALE["variant"], "option1value"),
    "variant2": ("option2value",),
    "variant3": ("option3value",),
    "place": _names(
        "location locationname warehouse warehousename outlet outletname store storename locationid warehousecode",
        "place room shop branch emplacement entrepot magasin depot מחסן סניף",
    ),
    "on_hand": _names(
        "onhand available quantityonhand qtyonhand instock stock currentstock currentquantity stockonhand",
        "availablequantity inventoryquantity quantity qty actualqty stockquantity inventory countedquantity",
        "onhandquantity stockactuel enstock quantiteenstock מלאי כמותבמלאי balanceqty inventorylevel",
        "stocklevel quantite כמות onhandcurrent onhandnew stockamount soh qtyonhnd availableunits unitsonhand",
    ),
}


def counts_receipts(heading: str) -> bool:
    """Whether a column has the number of receipts.

    >>> counts_receipts("Number of orders"), counts_receipts("Transactions"), counts_receipts("Order number")
    (True, True, False)
    """
    return _COUNT_OF.search(heading) is not None or compact(heading) in _COUNTS


def compact(heading: str) -> str:
    """A heading without brackets, punctuation, spaces, accents and capitals.

    >>> compact("E-mail address"), compact("Order #"), compact("Prénom"), compact("In stock [Main]")
    ('emailaddress', 'order#', 'prenom', 'instock')
    """
    return "".join(_words_in(heading))


def _words_in(heading: str) -> list[str]:
    plain = _AT_SALE.sub("", without_currencies(heading))
    bare = _BRACKETS.sub(" ", plain) if not plain.lstrip().startswith(("(", "[")) else plain
    return _WORDS.findall(without_marks(bare.casefold()))


def words_of(header: Sequence[str]) -> set[str]:
    """Headings as written, with abbreviations expanded, and in English."""
    spellings = ((compact(one), "".join(_in_full(one)), compact(in_english(one))) for one in header)
    return {word for words in spellings for word in words} - {""}


def _in_full(heading: str) -> list[str]:
    """The words of a heading, with database abbreviations expanded: "TKT_NO" is a ticket number."""
    return [_ABBREVIATED.get(word, word) for word in _words_in(heading)]


def find_columns(
    header: Sequence[str], words: Mapping[str, tuple[str, ...]], rows: Sequence[Sequence[str]] = ()
) -> dict[str, int]:
    """The columns of fields, by likeliest heading.

    Headings are matched as written, by their English meaning, and for addresses without the words that say which
    address ("default_billing_city"). A column is used for one field. `rows`: the file's first rows, used to find a
    sale's day if no heading says it.
    """
    found: dict[str, int] = {}
    spellings = [[compact(heading) for heading in header], [compact(in_english(heading)) for heading in header]]
    spellings.append(["".join(_in_full(heading)) for heading in header])
    if words is PERSON:
        spellings.append([_CUSTOM.sub("", _WHICH_ADDRESS.sub("", plain)) for plain in spellings[0]])
    for plain in spellings:
        for field, names in words.items():
            if field in found:
                continue
            places = (at for name in names for at, word in enumerate(plain) if word == name)
            if field == "receipt":
                places = (at for at in places if not _COUNT_OF.search(header[at]))
            place = next((one for one in places if one not in found.values()), None)
            if place is not None:
                found[field] = place
    _find_day(found, header, words, rows)
    _find_points(found, header, words)
    _find_marketing(found, header, words)
    return found


def _find_day(
    found: dict[str, int], header: Sequence[str], words: Mapping[str, tuple[str, ...]], rows: Sequence[Sequence[str]]
) -> None:
    """Find a sale's day if no known heading has it: the first heading whose words mean a day, preferring "date"; else
    the first column that contains only days."""
    if words not in (SALE, SALE_LINE) or "day" in found:
        return
    free = [place for place in range(len(header)) if place not in found.values()]
    plain = [compact(heading) for heading in header]
    days = [place for place in free if _is_a_day(header[place]) and not _BEFORE_OR_AFTER.match(plain[place])]
    if not days and {"check", "dob"} <= set(plain):
        days = [plain.index("dob")]  # next to a check number, "dob" is the date of business
    if days:
        found["day"] = next((place for place in days if "date" in plain[place]), days[0])
    elif days := [place for place in free if not _NO_SALE.search(header[place]) and _has_days(rows, place)]:
        found["day"] = days[0]


def _has_days(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column contains only days."""
    cells = [cell for row in rows if place < len(row) and (cell := row[place].strip())]
    return bool(cells) and all(
        _DAY_CELL.match(cell) and (day_of(cell, "day_first") or day_of(cell, "month_first")) for cell in cells
    )


def _find_points(found: dict[str, int], header: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> None:
    """Find a customer's points: the first heading with rewards, loyalty or points that doesn't mean points spent or
    earned."""
    if words is not PERSON or "points" in found:
        return
    for place, heading in enumerate(header):
        plain = compact(heading)
        if place not in found.values() and _POINTS.search(plain) and not _NOT_POINTS.search(plain):
            found["points"] = place
            return


def _find_marketing(found: dict[str, int], header: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> None:
    """Find consent to marketing: the first heading that mentions it, except those about phone messages, or about when
    or how it was given."""
    if words is not PERSON or "marketing" in found:
        return
    for place, heading in enumerate(header):
        plain = compact(heading)
        if place not in found.values() and _MARKETING.search(plain) and not _NOT_MARKETING.search(plain):
            found["marketing"] = place
            return


def _is_a_day(heading: str) -> bool:
    """Whether a heading means the day of a sale, in any wording.

    >>> [one for one in ("Completed On", "closedAt", "Date Closed", "Sale location", "Order note") if _is_a_day(one)]
    ['Completed On', 'closedAt', 'Date Closed']
    """
    parts = _in_full(_HUMP.sub(" ", heading))
    plain = "".join(parts)
    ends = plain.endswith("datetime") or any(_A_DAY.fullmatch(last) for last in parts[-1:])
    return (ends and _OF_A_SALE.search(plain) is not None) or _DATE_OF.fullmatch(plain) is not None
