"""What is not certain moves nothing before someone said yes: orders, lists, other days, numbers of several, parts."""

from __future__ import annotations

from pathlib import Path

from tests.chat_fixture import BOSS, Talker
from tests.flow.conversation.test_chat_staff_sayings import levels, stocked
from tests.shop_fixture import open_shop, run

UNCERTAIN = {
    "en": (
        *("took 3 croissants off the order", "add 3 lettuces to the shopping list", "took 3 croissants from the list"),
        *("took a photo of 3 croissants", "received a complaint about 3 lettuces", "we usually take 3 croissants"),
        *("on mondays we receive 5 lettuces", "I took 3 croissants, or was it 4", "took 3 croissants back"),
        *("yesterday I took 3 croissants", "took 3 croissants then put one back", "took a slice of a croissant"),
        *('write "took 3 croissants" on the board', "just kidding, I took 3 croissants", "I nearly took 3 croissants"),
        *(
            "can you order 3 croissants for friday",
            "the recipe takes 3 croissants",
            "somebody probably took 3 croissants",
        ),
        *(
            "3 croissants for the party on saturday",
            "3 croissants for table 6 please",
            "order 3 croissants for table 6",
        ),
        *(
            "3 croissants out of stock",
            "3 croissants in for repair",
            "the supplier took back 3 croissants",
            "the driver brought 3 croissants to room 4",
        ),
        *("3 croissants for table 6 tomorrow", "3 croissants for the bakery", "3 croissants for the order"),
        *("the baker gave out 3 croissants", "handed out 3 croissants to us", "they handed 3 croissants over"),
        *("bin 3 croissants please", "toss 3 croissants", "the croissants may have gone off, 3 of them"),
        *("they used to take 3 croissants", "the school wants 3 croissants", "3 croissants for Sarah"),
        *("the bakery sent out 3 croissants to us", "the van left with 3 croissants"),
        *("received 5 lettuces, sent 2 back", "it is not true that I took 3 croissants", "took all but 3 croissants"),
    ),
    "fr": (
        *("ajoute 3 croissants à la commande", "enlève 3 laitues de la liste", "pris une photo de 3 croissants"),
        *("reçu une plainte pour 3 laitues", "hier j'ai pris 3 croissants", "tous les jours on jette 3 croissants"),
        *("d'habitude on prend 3 croissants", "pris une dizaine de croissants", "pris 3 croissants chacun"),
        *(
            "écris « pris 3 croissants » au tableau",
            "je rigole, j'ai pris 3 croissants",
            "j'allais prendre 3 croissants",
        ),
        *("je pourrais prendre 3 croissants", "sans prendre 3 croissants", "disons que j'ai pris 3 croissants"),
        *(
            "3 croissants pour la table 6 demain",
            "il faut 3 croissants pour la table 6",
            "3 croissants pour le fournisseur",
        ),
        *("le boulanger a donné 3 croissants", "on va nous livrer 3 croissants", "on doit me livrer 3 croissants"),
        *("jette 3 croissants", "3 croissants à jeter"),
        *("donne 3 croissants", "on nous a donné 3 croissants", "il m'a donné 3 croissants"),
        *("3 croissants pour Paul", "il y a 3 croissants qui vont partir"),
        *("pris une tranche de croissant", "il reste 3 croissants à livrer", "jeté tous les croissants sauf 3"),
    ),
    "he": (
        *("תוסיף 3 קרואסונים להזמנה", "תוריד 3 חסות מהרשימה", "צילמתי תמונה של 3 קרואסונים"),
        *("קיבלתי תלונה על 3 חסות", "אתמול לקחתי 3 קרואסונים", "בשבוע שעבר קיבלנו 5 חסות"),
        *("כל יום זורקים 3 קרואסונים", "לקחנו 3 קרואסונים כל אחד", "בדרך כלל לוקחים 3 קרואסונים"),
        *(
            'תכתוב "לקחתי 3 קרואסונים" על הלוח',
            "תכתוב ״לקחתי 3 קרואסונים״ על הלוח",
            "סתם בצחוק לקחתי 3 קרואסונים",
            "חלמתי שלקחתי 3 קרואסונים",
        ),
        *("צריך 3 קרואסונים לשולחן 6", "3 קרואסונים לשולחן 6 מחר", "3 קרואסונים לשבת"),
        *("הייתי לוקח 3 קרואסונים", "כנראה לקחו 3 קרואסונים", "אסור לזרוק 3 קרואסונים"),
        *("תוכל להביא 3 קרואסונים", "אפשר 3 קרואסונים?", "יש 3 קרואסונים שצריך לזרוק"),
        *("לקחתי 3 קרואסונים והחזרתי אחד", "יש 3 קרואסונים בהזמנה", "זרקתי הכל חוץ מ-3 קרואסונים"),
    ),
}
CERTAIN = {
    "en": (
        *(
            "took 3 croissants",
            "threw out 3 croissants for table 6",
            "3 croissants gone",
            "took 2 croissants no wait 3",
        ),
        *("chucked 3 croissants", "3 croissants went out", "3 croissants for table 6", "3 croissants for the terrace"),
        *("handed out 3 croissants", "we gave out 3 croissants", "book out 3 croissants"),
        *("the croissants went off, 3 of them", "3 croissants for the bin", "put away 3 croissants"),
        *("3 croissants gone hard", "3 croissants have come", "somebody dropped 3 croissants"),
        *("3 croissants for the wedding", "3 croissants went to the school", "Sarah used 3 croissants in the salad"),
        *("there's 3 croissants gone to the beach", "handed 3 croissants to the barista", "3 croissants on the pizzas"),
        *("3 croissants out for the buffet", "the driver brought 3 croissants", "3 croissants in"),
        *("room 214 got 3 croissants", "table 6 received 3 croissants"),
    ),
    "fr": (
        *("j'ai pris 3 croissants", "jeté 3 croissants pour la table 6", "3 croissants partis"),
        *("on vient de me livrer 3 croissants", "on vient de nous livrer 3 croissants"),
        *("3 croissants emportés", "emporté 3 croissants", "3 croissants sont partis en salle"),
        *("3 croissants desséchés", "quelqu'un a fait tomber 3 croissants", "le livreur a laissé 3 croissants"),
        *("j'ai donné 3 croissants à l'école", "il y a 3 croissants qui sont tombés", "Paul a emporté 3 croissants"),
        *("3 croissants dans la salade", "3 croissants pour le mariage", "il m'a fallu 3 croissants"),
        *("pris 2 croissants non attends 3", "vendu 3 croissants"),
        *("3 croissants pour la table 6", "3 croissants pour la 7", "le boulanger a livré 3 croissants"),
        "la 214 a eu 3 croissants",
    ),
    "he": (
        *("לקחתי 3 קרואסונים", "זרקתי 3 קרואסונים", "3 קרואסונים הלכו", "מכרתי 3 קרואסונים"),
        *("שלחתי 3 קרואסונים לגן", "השף לקח 3 קרואסונים", "נפלו 3 קרואסונים", "תפחית 3 קרואסונים"),
        *("לקחתי 2 קרואסונים רגע לא 3", "3 קרואסונים לשולחן 6", "חדר 214 קיבל 3 קרואסונים"),
    ),
}


def test_what_is_not_certain_waits_for_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before = levels(shop)
            for language, sentences in UNCERTAIN.items():
                for said in sentences:
                    answer = await Talker(shop, language, BOSS).say(said)
                    assert levels(shop) == before and not answer.movements, (said, answer.text)
            for language, sentences in CERTAIN.items():
                for said in sentences:
                    answer = await Talker(shop, language, BOSS).say(said)
                    assert answer.state == "done" and len(answer.movements) == 1, (said, answer.text)

    run(scenario(), 90)


def test_what_who_speaks_says_of_themselves_is_done_at_once(tmp_path: Path) -> None:
    own = ("je sors 3 croissants pour l'école", "on descend de 3 croissants", "nous sortons 3 croissants")
    own = (*own, "3 croissants sont parties en cuisine", "j'utilise 3 croissants en cuisine")
    others = ("demain je sors 3 croissants", "est-ce que je sors 3 croissants", "il dit : je sors 3 croissants")

    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for said in own:
                answer = await Talker(shop, "fr", BOSS).say(said)
                assert answer.state == "done" and [one.units for one in answer.movements] == [-3000], said
            before = levels(shop)
            for said in others:
                answer = await Talker(shop, "fr", BOSS).say(said)
                assert levels(shop) == before and not answer.movements, (said, answer.text)

    run(scenario(), 60)


def test_a_day_before_today_is_entered_after_confirmation(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", BOSS)
            assert (await talker.say("yesterday I took 3 croissants")).state == "confirming"
            assert [one.units for one in (await talker.say("yes")).movements] == [-3000]

    run(scenario(), 60)


def test_what_is_put_to_a_number_is_a_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            shown = await Talker(shop, "fr", BOSS).say("mets les croissants à 12")
            assert shown.state in ("confirming", "done"), shown.text
            assert "12" in shown.text and "-12" not in shown.text

    run(scenario(), 60)
