"""The demo's catalogue: 200 everyday products in three languages, made for this project.

Barcodes are in-store EAN-13 (prefix 20), which belong to no company. Prices are in shekels. Tax classes are `standard`,
and `exempt` for fresh fruit and vegetables.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge.goods.catalog import codes
from edge.goods.catalog.prices import MEMBER
from edge.goods.catalog.product import Product
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion, SeveralFor
from edge.lib.units.money import parse_minor
from edge.lib.units.quantity import Unit

CURRENCY = "ILS"
HEADER = ("sku", "barcode", "name (en)", "name (fr)", "name (he)", "price", "tax class", "unit", "min age")


class _Shelf(NamedTuple):
    """Goods of one kind, numbered from `first`: names in English, French and Hebrew, and the price."""

    first: int
    tax_class: str
    unit: Unit
    min_age: int
    goods: tuple[tuple[str, str, str, str], ...]


def products() -> tuple[Product, ...]:
    """Return all products. One has no price, so that the till asks for it."""
    return tuple(product for shelf in _SHELVES for product in _on(shelf))


def favourites() -> tuple[Product, ...]:
    """Return a dozen products to try first, one for each kind of behaviour at the till."""
    by_name = {(product.names or {})["en"]: product for product in products()}
    return tuple(by_name[name] for name in _FAVOURITES)


def by_the_piece() -> list[str]:
    """First products with a fixed unit price and no age restriction."""
    return [one.sku for one in products() if one.price_minor and one.unit in (None, "piece") and not one.min_age][:8]


def skus() -> dict[str, str]:
    """SKU of each product by its English name."""
    return {(one.names or {})["en"]: one.sku for one in products()}


def hot_drinks() -> tuple[str, ...]:
    """Return the SKUs of made-to-order drinks."""
    hot = ("Espresso", "Cappuccino", "Hot chocolate")
    return tuple(one.sku for one in products() if (one.names or {})["en"] in hot)


def promotions() -> tuple[Promotion, ...]:
    """Two promotions: chocolate in threes, and coffee for members."""
    number = skus()
    bars = Goods((number["Milk chocolate 100 g"], number["Dark chocolate 100 g"]))
    three = {"en": "Chocolate: 3 for 20", "fr": "Chocolat : 3 pour 20", "he": "שוקולד: 3 ב-20"}
    coffee = {"en": "Members: coffee 25% off", "fr": "Membres : café -25 %", "he": "חברי מועדון: קפה ב-25% הנחה"}
    return (
        Promotion("chocolate", three, SeveralFor(3, 2000), bars),
        Promotion("coffee", coffee, PercentOff(25_000), Goods((number["Cappuccino"],)), list=MEMBER),
    )


def write(path: Path) -> None:
    """Write the catalogue as a CSV file that `ImportCatalog` accepts without a mapping. The bytes are the same each
    time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADER)
        for shelf in _SHELVES:
            for product, (*names, price) in zip(_on(shelf), shelf.goods, strict=True):
                code, age = (product.codes or ("",))[0], product.min_age or ""
                rows.writerow((product.sku, code, *names, price, product.tax_class, product.unit, age))


def _on(shelf: _Shelf) -> Iterator[Product]:
    for number, (en, fr, he, price) in enumerate(shelf.goods, shelf.first):
        yield Product(
            str(number),
            {"en": en, "fr": fr, "he": he},
            (codes.in_store(number),),
            parse_minor(price, CURRENCY) if price else None,
            shelf.tax_class,
            shelf.unit,
            shelf.min_age,
        )


_FAVOURITES = (
    *("Whole milk 1 l", "Eggs, 12", "Baguette", "Milk chocolate 100 g", "Cappuccino", "Mineral water 1.5 l"),
    *("Beer 500 ml", "Red wine 750 ml", "Tomatoes", "Bananas", "Toilet paper, 12 rolls", "Bouquet of flowers"),
)

_SHELVES = (
    _Shelf(  # dairy and eggs
        first=1000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Whole milk 1 l", "Lait entier 1 l", "חלב מלא 1 ליטר", "7.40"),
            ("Low-fat milk 1 l", "Lait demi-écrémé 1 l", "חלב דל שומן 1 ליטר", "6.90"),
            ("Goat's milk 1 l", "Lait de chèvre 1 l", "חלב עיזים 1 ליטר", "14.90"),
            ("Oat drink 1 l", "Boisson à l'avoine 1 l", "משקה שיבולת שועל 1 ליטר", "13.90"),
            ("Soy drink 1 l", "Boisson au soja 1 l", "משקה סויה 1 ליטר", "11.90"),
            ("Butter 200 g", "Beurre 200 g", "חמאה 200 גרם", "9.90"),
            ("Sour cream 200 ml", "Crème aigre 200 ml", 'שמנת חמוצה 200 מ"ל', "3.20"),
            ("Whipping cream 250 ml", "Crème à fouetter 250 ml", 'שמנת להקצפה 250 מ"ל', "8.50"),
            ("Plain yoghurt 200 g", "Yaourt nature 200 g", "יוגורט טבעי 200 גרם", "4.20"),
            ("Strawberry yoghurt 150 g", "Yaourt à la fraise 150 g", "יוגורט תות 150 גרם", "4.90"),
            ("Cottage cheese 250 g", "Fromage cottage 250 g", "גבינת קוטג' 250 גרם", "5.90"),
            ("Cream cheese 200 g", "Fromage à tartiner 200 g", "גבינת שמנת 200 גרם", "9.50"),
            ("Feta cheese 200 g", "Feta 200 g", "גבינת פטה 200 גרם", "16.90"),
            ("Sliced cheese 200 g", "Fromage en tranches 200 g", "גבינה פרוסה 200 גרם", "15.90"),
            ("Grated mozzarella 200 g", "Mozzarella râpée 200 g", "מוצרלה מגורדת 200 גרם", "17.90"),
            ("Camembert 250 g", "Camembert 250 g", "גבינת קממבר 250 גרם", "24.90"),
            ("Eggs, 12", "Œufs, 12", "ביצים, 12 יחידות", "13.90"),
            ("Chocolate pudding 125 g", "Crème au chocolat 125 g", "מעדן שוקולד 125 גרם", "3.90"),
            ("Hummus 400 g", "Houmous 400 g", "חומוס 400 גרם", "11.90"),
        ),
    ),
    _Shelf(  # bakery
        first=2000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("White bread 750 g", "Pain blanc 750 g", "לחם לבן 750 גרם", "7.90"),
            ("Wholemeal bread 750 g", "Pain complet 750 g", "לחם מחיטה מלאה 750 גרם", "14.90"),
            ("Rye bread 500 g", "Pain de seigle 500 g", "לחם שיפון 500 גרם", "16.90"),
            ("Sourdough loaf", "Pain au levain", "לחם מחמצת", "24.90"),
            ("Baguette", "Baguette", "באגט", "6.90"),
            ("Pita bread, 6", "Pains pita, 6", "פיתות, 6 יחידות", "8.90"),
            ("Bread rolls, 4", "Petits pains, 4", "לחמניות, 4 יחידות", "9.90"),
            ("Challah", "Hallah", "חלה", "9.50"),
            ("Croissant", "Croissant", "קרואסון", "7.00"),
            ("Chocolate croissant", "Pain au chocolat", "קרואסון שוקולד", "8.00"),
            ("Cinnamon roll", "Roulé à la cannelle", "שבלול קינמון", "9.00"),
            ("Slice of apple pie", "Part de tarte aux pommes", "פרוסת פאי תפוחים", "14.00"),
            ("Chocolate cake", "Gâteau au chocolat", "עוגת שוקולד", "32.00"),
            ("Cheesecake", "Gâteau au fromage", "עוגת גבינה", "38.00"),
            ("Bagel", "Bagel", "בייגל", "6.00"),
        ),
    ),
    _Shelf(  # pantry
        first=3000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Spaghetti 500 g", "Spaghettis 500 g", "ספגטי 500 גרם", "5.90"),
            ("Penne 500 g", "Penne 500 g", "פנה 500 גרם", "5.90"),
            ("Couscous 500 g", "Couscous 500 g", "קוסקוס 500 גרם", "7.90"),
            ("Long-grain rice 1 kg", "Riz long 1 kg", 'אורז ארוך 1 ק"ג', "9.90"),
            ("Basmati rice 1 kg", "Riz basmati 1 kg", 'אורז בסמטי 1 ק"ג', "14.90"),
            ("Red lentils 500 g", "Lentilles corail 500 g", "עדשים אדומות 500 גרם", "8.50"),
            ("Chickpeas 500 g", "Pois chiches 500 g", "גרגרי חומוס 500 גרם", "8.90"),
            ("Wheat flour 1 kg", "Farine de blé 1 kg", 'קמח חיטה 1 ק"ג', "4.90"),
            ("Sugar 1 kg", "Sucre 1 kg", 'סוכר 1 ק"ג', "5.20"),
            ("Brown sugar 500 g", "Sucre roux 500 g", "סוכר חום 500 גרם", "7.90"),
            ("Salt 1 kg", "Sel 1 kg", 'מלח 1 ק"ג', "2.90"),
            ("Black pepper 50 g", "Poivre noir 50 g", "פלפל שחור 50 גרם", "8.90"),
            ("Paprika 50 g", "Paprika 50 g", "פפריקה 50 גרם", "7.90"),
            ("Olive oil 750 ml", "Huile d'olive 750 ml", 'שמן זית 750 מ"ל', "39.90"),
            ("Sunflower oil 1 l", "Huile de tournesol 1 l", "שמן חמניות 1 ליטר", "11.90"),
            ("Vinegar 500 ml", "Vinaigre 500 ml", 'חומץ 500 מ"ל', "6.90"),
            ("Mustard 200 g", "Moutarde 200 g", "חרדל 200 גרם", "9.90"),
            ("Mayonnaise 500 g", "Mayonnaise 500 g", "מיונז 500 גרם", "12.90"),
            ("Ketchup 750 g", "Ketchup 750 g", "קטשופ 750 גרם", "12.90"),
            ("Soy sauce 250 ml", "Sauce soja 250 ml", 'רוטב סויה 250 מ"ל', "12.90"),
            ("Tomato paste 100 g", "Concentré de tomates 100 g", "רסק עגבניות 100 גרם", "3.50"),
            ("Chopped tomatoes 400 g", "Tomates concassées 400 g", "עגבניות חתוכות 400 גרם", "6.50"),
            ("Tahini 500 g", "Purée de sésame 500 g", "טחינה 500 גרם", "19.90"),
            ("Tuna in oil 160 g", "Thon à l'huile 160 g", "טונה בשמן 160 גרם", "6.90"),
            ("Sardines 125 g", "Sardines 125 g", "סרדינים 125 גרם", "8.90"),
            ("Sweetcorn 340 g", "Maïs doux 340 g", "תירס מתוק 340 גרם", "6.50"),
            ("Green olives 350 g", "Olives vertes 350 g", "זיתים ירוקים 350 גרם", "9.90"),
            ("Gherkins 540 g", "Cornichons 540 g", "מלפפונים חמוצים 540 גרם", "9.90"),
            ("Peanut butter 350 g", "Beurre de cacahuète 350 g", "חמאת בוטנים 350 גרם", "17.90"),
            ("Strawberry jam 340 g", "Confiture de fraises 340 g", "ריבת תות 340 גרם", "14.90"),
            ("Honey 500 g", "Miel 500 g", "דבש 500 גרם", "24.90"),
            ("Chocolate spread 400 g", "Pâte à tartiner au chocolat 400 g", "ממרח שוקולד 400 גרם", "15.90"),
            ("Cornflakes 500 g", "Pétales de maïs 500 g", "קורנפלקס 500 גרם", "17.90"),
            ("Muesli 500 g", "Muesli 500 g", "מוזלי 500 גרם", "22.90"),
            ("Rolled oats 500 g", "Flocons d'avoine 500 g", "שיבולת שועל 500 גרם", "9.90"),
        ),
    ),
    _Shelf(  # snacks and sweets
        first=4000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Potato crisps 50 g", "Chips de pommes de terre 50 g", "חטיף תפוחי אדמה 50 גרם", "4.90"),
            ("Peanut puffs 80 g", "Soufflés à la cacahuète 80 g", "חטיף בוטנים 80 גרם", "4.90"),
            ("Pretzels 300 g", "Bretzels 300 g", "בייגלה 300 גרם", "9.90"),
            ("Salted peanuts 200 g", "Cacahuètes salées 200 g", "בוטנים מלוחים 200 גרם", "11.90"),
            ("Roasted almonds 200 g", "Amandes grillées 200 g", "שקדים קלויים 200 גרם", "24.90"),
            ("Sunflower seeds 250 g", "Graines de tournesol 250 g", "גרעיני חמנייה 250 גרם", "12.90"),
            ("Milk chocolate 100 g", "Chocolat au lait 100 g", "שוקולד חלב 100 גרם", "7.90"),
            ("Dark chocolate 100 g", "Chocolat noir 100 g", "שוקולד מריר 100 גרם", "8.90"),
            ("Chocolate wafers 200 g", "Gaufrettes au chocolat 200 g", "ופלים בטעם שוקולד 200 גרם", "9.90"),
            ("Butter biscuits 200 g", "Biscuits au beurre 200 g", "עוגיות חמאה 200 גרם", "10.90"),
            ("Ginger biscuits 150 g", "Biscuits au gingembre 150 g", "עוגיות ג'ינג'ר 150 גרם", "10.90"),
            ("Rice cakes 100 g", "Galettes de riz 100 g", "פריכיות אורז 100 גרם", "7.90"),
            ("Crackers 250 g", "Crackers 250 g", "קרקרים 250 גרם", "8.90"),
            ("Chewing gum", "Chewing-gum", "מסטיק", "5.90"),
            ("Mint sweets 50 g", "Bonbons à la menthe 50 g", "סוכריות מנטה 50 גרם", "4.90"),
            ("Lollipop", "Sucette", "סוכרייה על מקל", "1.50"),
            ("Halva 400 g", "Halva 400 g", "חלווה 400 גרם", "18.90"),
            ("Dates 500 g", "Dattes 500 g", "תמרים 500 גרם", "19.90"),
        ),
    ),
    _Shelf(  # frozen
        first=5000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Frozen peas 800 g", "Petits pois surgelés 800 g", "אפונה קפואה 800 גרם", "14.90"),
            ("Frozen spinach 800 g", "Épinards surgelés 800 g", "תרד קפוא 800 גרם", "13.90"),
            ("Oven chips 1 kg", "Frites au four 1 kg", "צ'יפס לתנור 1 ק\"ג", "16.90"),
            ("Fish fingers 400 g", "Bâtonnets de poisson 400 g", "אצבעות דג 400 גרם", "26.90"),
            ("Margherita pizza", "Pizza margherita", "פיצה מרגריטה", "22.90"),
            ("Vanilla ice cream 1 l", "Glace à la vanille 1 l", "גלידת וניל 1 ליטר", "24.90"),
            ("Chocolate ice cream 1 l", "Glace au chocolat 1 l", "גלידת שוקולד 1 ליטר", "24.90"),
            ("Fruit ice lolly", "Bâtonnet glacé aux fruits", "קרטיב פירות", "5.00"),
            ("Ice cubes 2 kg", "Glaçons 2 kg", 'קוביות קרח 2 ק"ג', "12.90"),
            ("Puff pastry 500 g", "Pâte feuilletée 500 g", "בצק עלים 500 גרם", "15.90"),
        ),
    ),
    _Shelf(  # drinks
        first=6000,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Mineral water 1.5 l", "Eau minérale 1,5 l", "מים מינרליים 1.5 ליטר", "4.50"),
            ("Sparkling water 1.5 l", "Eau gazeuse 1,5 l", "מים מוגזים 1.5 ליטר", "5.90"),
            ("Cola 330 ml", "Cola 330 ml", 'קולה 330 מ"ל', "5.90"),
            ("Sugar-free cola 330 ml", "Cola sans sucre 330 ml", 'קולה ללא סוכר 330 מ"ל', "5.90"),
            ("Lemonade 1.5 l", "Limonade 1,5 l", "לימונדה 1.5 ליטר", "8.90"),
            ("Orange juice 1 l", "Jus d'orange 1 l", "מיץ תפוזים 1 ליטר", "13.90"),
            ("Apple juice 1 l", "Jus de pomme 1 l", "מיץ תפוחים 1 ליטר", "11.90"),
            ("Grape juice 1 l", "Jus de raisin 1 l", "מיץ ענבים 1 ליטר", "14.90"),
            ("Tomato juice 1 l", "Jus de tomate 1 l", "מיץ עגבניות 1 ליטר", "12.90"),
            ("Peach iced tea 1.5 l", "Thé glacé à la pêche 1,5 l", "תה קר בטעם אפרסק 1.5 ליטר", "8.90"),
            ("Tonic water 330 ml", "Eau tonique 330 ml", 'מי טוניק 330 מ"ל', "5.90"),
            ("Energy drink 250 ml", "Boisson énergisante 250 ml", 'משקה אנרגיה 250 מ"ל', "7.90"),
            ("Ground coffee 250 g", "Café moulu 250 g", "קפה טחון 250 גרם", "21.90"),
            ("Coffee beans 1 kg", "Café en grains 1 kg", 'פולי קפה 1 ק"ג', "69.90"),
            ("Instant coffee 200 g", "Café soluble 200 g", "קפה נמס 200 גרם", "32.90"),
            ("Black tea, 25 bags", "Thé noir, 25 sachets", "תה שחור, 25 שקיקים", "9.90"),
            ("Green tea, 25 bags", "Thé vert, 25 sachets", "תה ירוק, 25 שקיקים", "12.90"),
            ("Cocoa powder 250 g", "Cacao en poudre 250 g", "אבקת קקאו 250 גרם", "17.90"),
            ("Espresso", "Expresso", "אספרסו", "9.00"),
            ("Cappuccino", "Cappuccino", "קפוצ'ינו", "14.00"),
            ("Hot chocolate", "Chocolat chaud", "שוקו חם", "16.00"),
            ("Mint tea", "Thé à la menthe", "תה עם נענע", "11.00"),
        ),
    ),
    _Shelf(  # bar, for adults
        first=7000,
        tax_class="standard",
        unit="piece",
        min_age=18,
        goods=(
            ("Lager 330 ml", "Bière blonde 330 ml", 'בירה לאגר 330 מ"ל', "11.90"),
            ("Beer 500 ml", "Bière 500 ml", 'בירה 500 מ"ל', "12.90"),
            ("Dark beer 500 ml", "Bière brune 500 ml", 'בירה כהה 500 מ"ל', "14.90"),
            ("Wheat beer 500 ml", "Bière blanche 500 ml", 'בירת חיטה 500 מ"ל', "16.90"),
            ("Draught beer 500 ml", "Bière pression 500 ml", 'בירה מהחבית 500 מ"ל', "29.00"),
            ("Cider 330 ml", "Cidre 330 ml", 'סיידר אלכוהולי 330 מ"ל', "13.90"),
            ("Red wine 750 ml", "Vin rouge 750 ml", 'יין אדום 750 מ"ל', "44.90"),
            ("White wine 750 ml", "Vin blanc 750 ml", 'יין לבן 750 מ"ל', "42.90"),
            ("Rosé wine 750 ml", "Vin rosé 750 ml", 'יין רוזה 750 מ"ל', "42.90"),
            ("Sparkling wine 750 ml", "Vin mousseux 750 ml", 'יין מבעבע 750 מ"ל', "59.90"),
            ("Glass of red wine", "Verre de vin rouge", "כוס יין אדום", "32.00"),
            ("Glass of white wine", "Verre de vin blanc", "כוס יין לבן", "32.00"),
            ("Vodka 700 ml", "Vodka 700 ml", 'וודקה 700 מ"ל', "69.90"),
            ("Gin 700 ml", "Gin 700 ml", "ג'ין 700 מ\"ל", "99.90"),
            ("Rum 700 ml", "Rhum 700 ml", 'רום 700 מ"ל', "84.90"),
            ("Whisky 700 ml", "Whisky 700 ml", 'ויסקי 700 מ"ל', "119.90"),
            ("Tequila 700 ml", "Tequila 700 ml", 'טקילה 700 מ"ל', "109.90"),
            ("Arak 700 ml", "Arak 700 ml", 'ערק 700 מ"ל', "64.90"),
            ("Gin and tonic", "Gin tonic", "ג'ין טוניק", "42.00"),
            ("Mojito", "Mojito", "מוחיטו", "44.00"),
        ),
    ),
    _Shelf(  # fruit and vegetables, weighed
        first=8000,
        tax_class="exempt",
        unit="kg",
        min_age=0,
        goods=(
            ("Tomatoes", "Tomates", "עגבניות", "7.90"),
            ("Cherry tomatoes", "Tomates cerises", "עגבניות שרי", "14.90"),
            ("Cucumbers", "Concombres", "מלפפונים", "6.90"),
            ("Red peppers", "Poivrons rouges", "פלפלים אדומים", "9.90"),
            ("Potatoes", "Pommes de terre", "תפוחי אדמה", "5.90"),
            ("Sweet potatoes", "Patates douces", "בטטות", "8.90"),
            ("Carrots", "Carottes", "גזר", "4.90"),
            ("Onions", "Oignons", "בצל", "4.90"),
            ("Garlic", "Ail", "שום", "29.90"),
            ("Aubergines", "Aubergines", "חצילים", "6.90"),
            ("Courgettes", "Courgettes", "קישואים", "8.90"),
            ("White cabbage", "Chou blanc", "כרוב לבן", "5.90"),
            ("Cauliflower", "Chou-fleur", "כרובית", "9.90"),
            ("Mushrooms", "Champignons", "פטריות", "24.90"),
            ("Apples", "Pommes", "תפוחים", "11.90"),
            ("Pears", "Poires", "אגסים", "13.90"),
            ("Bananas", "Bananes", "בננות", "8.90"),
            ("Oranges", "Oranges", "תפוזים", "5.90"),
            ("Clementines", "Clémentines", "קלמנטינות", "7.90"),
            ("Lemons", "Citrons", "לימונים", "8.90"),
            ("Grapes", "Raisins", "ענבים", "16.90"),
            ("Peaches", "Pêches", "אפרסקים", "14.90"),
            ("Watermelon", "Pastèque", "אבטיח", "3.90"),
            ("Melon", "Melon", "מלון", "7.90"),
            ("Mangoes", "Mangues", "מנגו", "14.90"),
            ("Avocados", "Avocats", "אבוקדו", "15.90"),
        ),
    ),
    _Shelf(  # fruit and vegetables, counted
        first=8500,
        tax_class="exempt",
        unit="piece",
        min_age=0,
        goods=(
            ("Lettuce", "Laitue", "חסה", "5.90"),
            ("Parsley, bunch", "Persil, botte", "פטרוזיליה, צרור", "3.90"),
            ("Coriander, bunch", "Coriandre, botte", "כוסברה, צרור", "3.90"),
            ("Mint, bunch", "Menthe, botte", "נענע, צרור", "3.90"),
            ("Pineapple", "Ananas", "אננס", "19.90"),
        ),
    ),
    _Shelf(  # counter, weighed
        first=9000,
        tax_class="standard",
        unit="kg",
        min_age=0,
        goods=(
            ("Chicken breast", "Blanc de poulet", "חזה עוף", "39.90"),
            ("Minced beef", "Bœuf haché", "בשר בקר טחון", "69.90"),
            ("Salmon fillet", "Filet de saumon", "פילה סלמון", "109.90"),
            ("Hard cheese", "Fromage à pâte dure", "גבינה קשה", "89.90"),
            ("Mixed olives", "Olives mélangées", "זיתים מעורבים", "39.90"),
            ("Walnuts", "Noix", "אגוזי מלך", "64.90"),
        ),
    ),
    _Shelf(  # household
        first=9500,
        tax_class="standard",
        unit="piece",
        min_age=0,
        goods=(
            ("Toilet paper, 12 rolls", "Papier toilette, 12 rouleaux", "נייר טואלט, 12 גלילים", "29.90"),
            ("Kitchen paper, 4 rolls", "Essuie-tout, 4 rouleaux", "מגבות נייר, 4 גלילים", "16.90"),
            ("Tissues, 100", "Mouchoirs, 100", "ממחטות, 100 יחידות", "6.90"),
            ("Washing-up liquid 750 ml", "Liquide vaisselle 750 ml", 'נוזל כלים 750 מ"ל', "11.90"),
            ("Laundry detergent 2 l", "Lessive liquide 2 l", "נוזל כביסה 2 ליטר", "34.90"),
            ("Bleach 2 l", "Eau de Javel 2 l", "אקונומיקה 2 ליטר", "9.90"),
            ("Bin bags, 30", "Sacs poubelle, 30", "שקיות אשפה, 30 יחידות", "12.90"),
            ("Sponges, 3", "Éponges, 3", "ספוגים, 3 יחידות", "7.90"),
            ("Aluminium foil 10 m", "Papier aluminium 10 m", "נייר אלומיניום 10 מטר", "11.90"),
            ("Cling film 30 m", "Film alimentaire 30 m", "ניילון נצמד 30 מטר", "10.90"),
            ("AA batteries, 4", "Piles AA, 4", "סוללות AA, 4 יחידות", "19.90"),
            ("LED bulb", "Ampoule LED", "נורת לד", "14.90"),
            ("Matches", "Allumettes", "גפרורים", "2.00"),
            ("Candles, 10", "Bougies, 10", "נרות, 10 יחידות", "12.90"),
            ("Toothpaste 100 ml", "Dentifrice 100 ml", 'משחת שיניים 100 מ"ל', "12.90"),
            ("Toothbrush", "Brosse à dents", "מברשת שיניים", "11.90"),
            ("Shampoo 400 ml", "Shampooing 400 ml", 'שמפו 400 מ"ל', "16.90"),
            ("Hand soap 500 ml", "Savon pour les mains 500 ml", 'סבון ידיים 500 מ"ל', "10.90"),
            ("Sun cream 200 ml", "Crème solaire 200 ml", 'קרם הגנה 200 מ"ל', "49.90"),
            ("Plasters, 20", "Pansements, 20", "פלסטרים, 20 יחידות", "14.90"),
            ("Nappies size 4, 40", "Couches taille 4, 40", "חיתולים מידה 4, 40 יחידות", "49.90"),
            ("Cat food 400 g", "Pâtée pour chat 400 g", "מזון לחתולים 400 גרם", "6.90"),
            ("Newspaper", "Journal", "עיתון", "12.00"),
            ("Bouquet of flowers", "Bouquet de fleurs", "זר פרחים", ""),
        ),
    ),
)
