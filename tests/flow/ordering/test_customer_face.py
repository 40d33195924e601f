"""A customer's face opens what lies in their cart at the kiosk, and nothing else of theirs: each door wants a code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.conversation.assistant.commands import KeepChat
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import TenderGiven
from edge.goods.catalog.commands import SetPrice
from edge.ordering.customer_accounts import commands as me
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.commands import AddToCart, AskSignIn, HandOverOrder, LeaveCart, OpenCart, PlaceOrder, SignIn
from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import other_carts, read_cart
from edge.ordering.privacy.nightly_part import sweep
from edge.ordering.recognition import trials
from edge.ordering.recognition.commands import (
    EnrolCustomerFace,
    OpenCartByFace,
    ReleaseOwnFace,
    SetCustomerFaces,
    SetFaceHint,
    WordRelease,
)
from edge.ordering.recognition.handlers import DAY_US, let_go_all
from edge.ordering.recognition.means import CUSTOMER_FACE, FACE
from edge.ordering.recognition.queries import count_templates, personal_data_of, read_release
from edge.ordering.recognition.template import read_all
from edge.people.customers.commands import (
    AddWish,
    ForgetCustomer,
    GiveConsent,
    MergeCustomers,
    SetCustomer,
    WithdrawConsent,
)
from edge.people.customers.consents import consents_to
from edge.runtime import inference
from tests.flow.accounting.test_accounts import PHONE, sign_in
from tests.flow.conversation.test_chat_kept import CUSTOMER
from tests.flow.ordering import test_face_hint as of_staff
from tests.flow.ordering.test_accounts_http import signed_in
from tests.flow.ordering.test_orders_http import AT_KIOSK, shop
from tests.flow.ordering.test_sign_in import WITH_SMS
from tests.ordering import STAFF, do, milk_cart, milk_order, refused
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, open_shop, run
from tests.tiny_faces import jpeg, painted
from tests.voices import ASSESSED, rows, shop_text, write_trials

ACCOUNTS = "[orders]\nphones = true\n[customer_accounts]\non = true\n"
SMS = WITH_SMS.removeprefix(CONFIG)
MODEL = "faces@1"
DANA, BO = of_staff.DANA, of_staff.BO


def text(country: str = "FR", province: str = "", more: str = SMS + ACCOUNTS) -> str:
    return shop_text(country, province) + more


async def switched_on(shop: CommandBus, folder: Path) -> None:
    trials.keep(config(folder).folder, write_trials(folder), CUSTOMER_FACE)
    await do(shop, SetCustomerFaces(True, ASSESSED), SYSTEM)


async def dana_of(shop: CommandBus) -> str:
    """Dana, whose account it is, with a phone that is proved, and everything else of hers that a face must not open."""
    await do(shop, SetPrice("milk", 100, list="member"), SYSTEM)
    dana: str = await do(shop, SetCustomer(name="Dana", phone="+33612345678", price_list="member"), SYSTEM)
    await do(shop, AddWish(dana, "tomato"), SYSTEM)
    await do(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
    return dana


async def enrolled(shop: CommandBus, dana: str, angle: float = 0.0) -> str:
    """The secret of her session; she signed, and three pictures were taken."""
    secret = await sign_in(shop)
    await do(shop, ReleaseOwnFace(secret, "Dana Levi", "en"))
    await do(shop, EnrolCustomerFace(dana, rows(angle)[0], MODEL, 9_900), SYSTEM)
    return secret


def made_us(shop: CommandBus, person: str) -> int:
    found = shop.reader.execute("SELECT created_us FROM biometric_template WHERE person = ?", (person,)).fetchone()
    return int(found[0]) if found else 0


async def phone_cart(shop: CommandBus, dana: str, beer: bool = True) -> CartView:
    """What she put into her cart at home: milk, and beer."""
    cart = await milk_cart(shop, 2, "phone")
    if beer:
        cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
    mine: CartView = await do(shop, SignInCart(cart.id, dana), SYSTEM)
    return mine


async def opened(shop: CommandBus, dana: str) -> CartView:
    cart = await do(shop, OpenCart("kiosk"))
    found: CartView = await do(shop, OpenCartByFace(cart.id, dana, made_us(shop, dana)), SYSTEM)
    return found


def goods(cart: Any) -> list[str]:
    return [line.sku for line in cart.lines]


def test_a_face_brings_what_lies_in_the_cart_and_it_goes_back_with_who_goes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text()) as shop:
            dana = await dana_of(shop)
            await switched_on(shop, tmp_path)
            await enrolled(shop, dana)
            await phone_cart(shop, dana)
            here = await opened(shop, dana)
            assert (goods(here), here.basket.customer, here.total_minor) == (["milk"], "", 240), "at the store's price"
            (left,) = other_carts(shop.reader, dana, "", shop.now_us())
            assert (left.channel, goods(left)) == ("phone", ["beer"]), "what is for adults stays where it lies"
            here = await do(shop, AddToCart(here.id, sku="tomato", quantity=500))
            await do(shop, LeaveCart(here.id))
            back = [goods(cart) for cart in other_carts(shop.reader, dana, "", shop.now_us())]
            assert sorted(back) == [["beer"], ["milk", "tomato"]], "all of it is theirs again, and nowhere at the kiosk"
            assert not (await do(shop, OpenCart("kiosk"))).lines
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_each_door_of_theirs_wants_a_code_behind_a_face(tmp_path: Path) -> None:
    """Money, goods for adults, chat, wishes, the order: nothing knows whose cart it is until a code says so."""

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text()) as shop:
            dana = await dana_of(shop)
            await switched_on(shop, tmp_path)
            await enrolled(shop, dana)
            await phone_cart(shop, dana)
            here = await opened(shop, dana)
            closed = {
                me.AddCartWish(here.id, "milk"): "account_signed_out",
                me.RemoveCartWish(here.id, "tomato"): "account_signed_out",
                me.ExportOwn(here.id): "account_signed_out",
                me.ForgetOwn(here.id): "account_signed_out",
                me.SetOwnConsent(here.id, "marketing", True): "account_signed_out",
                me.SetOwnDetails(here.id, "Bo", "en"): "account_signed_out",
                me.AddOwnCard(here.id, True): "account_signed_out",
                AddToCart(here.id, sku="beer"): "age_not_checked",
            }
            for command, why in closed.items():
                assert (await refused(shop, command)).code == why, command
            assert (await refused(shop, KeepChat(True, "en"), CUSTOMER)).code == "chat_whose"
            order: KeptOrder = await do(shop, PlaceOrder(here.id, here.total_minor))
            assert order.customer == "", "a guest's: no house account, no stored card, no points, no history"
            account = await refused(shop, HandOverOrder(order.id, (TenderGiven("account"),)), STAFF)
            assert account.code, "nothing is put onto an account"
            theirs = await milk_order(shop)
            assert theirs.customer == ""

    run(scenario())


def test_a_code_makes_the_cart_theirs_and_nobody_elses(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text()) as shop:
            dana = await dana_of(shop)
            bo = await do(shop, SetCustomer(name="Bo", phone="+33699999999", member_code="4711"), SYSTEM)
            await switched_on(shop, tmp_path)
            await enrolled(shop, dana)
            await phone_cart(shop, dana)
            here = await opened(shop, dana)
            assert (await refused(shop, SignInCart(here.id, bo), SYSTEM)).code == "cart_of_another"
            assert (await refused(shop, AddToCart(here.id, code="M/4711"))).code == "cart_of_another"
            assert goods(read_cart(shop.reader, here.id)) == ["milk"]
            await do(shop, AskSignIn(here.id, PHONE))
            (code,) = shop.reader.execute("SELECT code FROM sign_in").fetchone()
            mine = await do(shop, SignIn(here.id, code))
            assert (mine.basket.customer, mine.face_of, sorted(goods(mine))) == (dana, "", ["beer", "milk"])
            assert mine.lines[0].price_minor == 100, "at her own price"
            again = await do(shop, OpenCartByFace(mine.id, dana, made_us(shop, dana)), SYSTEM)
            assert again.basket.customer == dana, "a face takes nothing from who showed a code"

    run(scenario())


def test_who_signs_is_signed_in_and_showed_a_code_and_consents_by_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text()) as shop:
            dana = await dana_of(shop)
            secret = await sign_in(shop)
            assert (await refused(shop, ReleaseOwnFace(secret, "Dana", "en"))).code == "face_off"
            await switched_on(shop, tmp_path)
            assert (await refused(shop, ReleaseOwnFace("-" * 16, "Dana", "en"))).code == "account_signed_out"
            template = EnrolCustomerFace(dana, rows(0)[0], MODEL, 9_900)
            assert (await refused(shop, template, SYSTEM)).code == "face_not_released"
            await do(shop, GiveConsent(dana, "biometrics", "en"), SYSTEM)
            assert (await refused(shop, template, SYSTEM)).code == "face_not_released", "staff sign for nobody"
            clock.advance(301)
            assert (await refused(shop, ReleaseOwnFace(secret, "Dana", "en"))).code == "account_code_first"
            secret = await sign_in(shop, asking="b" * 32)
            await do(shop, ReleaseOwnFace(secret, "Dana Levi", "en"))
            assert consents_to(shop.reader, dana, "biometrics", shop.now_us())
            release = read_release(shop.reader, dana, CUSTOMER_FACE)
            assert release is not None and (release.signed, release.wording) == ("Dana Levi", "standard-1")
            await do(shop, template, SYSTEM)
            await do(shop, WordRelease("customer_face", of_staff.OWN), SYSTEM)
            cart = await do(shop, OpenCart("kiosk"))
            known = OpenCartByFace(cart.id, dana, made_us(shop, dana))
            assert (await refused(shop, known, SYSTEM)).code == "customer_face_unknown", "older words were signed"

    run(scenario())


def test_a_customers_template_is_on_this_box_alone_and_goes_with_its_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text()) as shop:
            dana = await dana_of(shop)
            await switched_on(shop, tmp_path)
            trials.keep(config(tmp_path).folder, write_trials(tmp_path), FACE)
            secret = await enrolled(shop, dana)
            now_us = shop.now_us()
            assert [one.person for one in read_all(shop.reader, MODEL, now_us, "customer_face")[0]] == [dana]
            assert read_all(shop.reader, MODEL, now_us, "face") == ([], []), "no till proposes a customer"
            assert read_all(shop.reader, "faces@2", now_us, "customer_face") == ([], []), "of another model is none"
            assert [*personal_data_of(shop.reader, dana)] == ["customer_face"]
            journal = str(shop.reader.execute("SELECT group_concat(CAST(body AS TEXT)) FROM journal").fetchone()[0])
            assert "vector" not in journal and "Dana Levi" not in journal
            await do(shop, SetFaceHint(True, ASSESSED), SYSTEM)
            await do(shop, SetFaceHint(False, ASSESSED), SYSTEM)
            assert count_templates(shop.reader, CUSTOMER_FACE) == 1, "the switch of staff takes no customer along"

            async def gone(by: Any) -> None:
                assert count_templates(shop.reader, CUSTOMER_FACE) == 1
                await by()
                assert count_templates(shop.reader, CUSTOMER_FACE) == 0
                for command in (
                    ReleaseOwnFace(secret, "Dana", "en"),
                    EnrolCustomerFace(dana, rows(0)[0], MODEL, 9_900),
                ):
                    await shop.do(command, SYSTEM)

            await gone(lambda: do(shop, me.SetOwnConsent(secret, "biometrics", False)))
            await gone(lambda: do(shop, WithdrawConsent(dana, "biometrics"), SYSTEM))
            await gone(lambda: do(shop, SetCustomerFaces(False, ASSESSED), SYSTEM))
            await do(shop, SetCustomerFaces(True, ASSESSED), SYSTEM)
            await do(shop, EnrolCustomerFace(dana, rows(0)[0], MODEL, 9_900), SYSTEM)
            await gone(lambda: shop.maintain(let_go_all))
            await gone(lambda: shop.maintain(lambda db: sweep(db, now_us + 181 * DAY_US)))
            bo = await do(shop, SetCustomer(name="Bo", phone="+33699999999"), SYSTEM)
            await gone(lambda: do(shop, MergeCustomers(bo, dana), SYSTEM))
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_who_is_forgotten_is_known_by_no_face_and_their_goods_lie_nowhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text()) as shop:
            dana = await dana_of(shop)
            await switched_on(shop, tmp_path)
            await enrolled(shop, dana)
            await phone_cart(shop, dana, beer=False)
            created_us, here = made_us(shop, dana), await opened(shop, dana)
            assert [*(await do(shop, OpenCart("kiosk"))).lines], "her goods lie at the kiosk"
            await do(shop, ForgetCustomer(dana), SYSTEM)
            assert read_cart(shop.reader, here.id) is None and count_templates(shop.reader, CUSTOMER_FACE) == 0
            assert read_release(shop.reader, dana, CUSTOMER_FACE) is None
            cart = await do(shop, OpenCart("kiosk"))
            again = OpenCartByFace(cart.id, dana, created_us)
            assert (await refused(shop, again, SYSTEM)).code == "customer_face_unknown"
            assert dana not in str(shop.reader.execute("SELECT group_concat(body) FROM cart").fetchone()[0])
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize(
    ("country", "province", "more", "why"),
    [
        ("CA", "QC", SMS + ACCOUNTS, "face_declared"),
        ("BR", "", SMS + ACCOUNTS, "face_place"),
        ("US", "IL", SMS + ACCOUNTS, ""),
        ("CA", "ON", SMS + ACCOUNTS, ""),
        ("CA", "ON", ACCOUNTS, "face_way"),
        ("CA", "ON", SMS, "face_way"),
    ],
)
def test_it_stays_off_until_the_law_and_another_way_are_there(
    tmp_path: Path, country: str, province: str, more: str, why: str
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=text(country, province, more)) as shop:
            assert await of_staff.code(shop, SetCustomerFaces(True, ASSESSED)) == (why or "face_not_measured")
            trials.keep(config(tmp_path).folder, write_trials(tmp_path), CUSTOMER_FACE)
            assert await of_staff.code(shop, SetCustomerFaces(True, ASSESSED)) == why

    run(scenario())


async def send(client: Any, path: str, picture: bytes, **headers: str) -> tuple[int, Any]:
    sent = {**client._headers, "Content-Type": "image/jpeg", **headers}
    async with client._http.request("POST", client._url + path, data=picture, headers=sent) as answer:
        return answer.status, await answer.json() if "json" in answer.content_type else await answer.text()


def why_of(answer: tuple[int, Any]) -> str:
    return str(answer[1].get("refused", {}).get("code", ""))


def test_enrolled_in_their_account_and_known_at_the_kiosk_by_one_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "START_S", 0.0)
    of_staff.prepared(tmp_path)
    whole = text(more=of_staff.MODEL + SMS + ACCOUNTS)
    (tmp_path / "config.toml").write_text(whole)
    asked = of_staff.Namespace(config=str(tmp_path / "config.toml"), name=["face", str(tmp_path / "pictured")])
    assert of_staff.models_cli.bench(asked) == 0

    async def scenario() -> None:
        async with shop(tmp_path, whole) as (served, client):
            await of_staff.with_models(served)
            dana = await dana_of(served.shop)
            assert why_of(await send(client, "/kiosk/face", jpeg(painted(DANA)), **AT_KIOSK)) == "face_off"
            assert "my-cart" not in (await client.ask("GET", "/kiosk?register=2&lang=en"))[1]
            await do(served.shop, SetCustomerFaces(True, ASSESSED), SYSTEM)
            assert (await send(client, "/me/face/picture", jpeg(painted(DANA))))[0] == 401
            await signed_in(served, client)
            assert why_of(await send(client, "/me/face/picture", jpeg(painted(DANA)))) == "face_not_released"
            assert 'id="face-look"' not in (await client.ask("GET", "/me?lang=en"))[1]
            status, said = await client.ask("POST", "/me/face", {"signed": "Dana Levi", "language": "en"})
            assert status == 200, said
            pictures = {
                "face_none": painted(),
                "face_several": painted(DANA, BO),
                "face_blurred": painted(DANA, blur=31),
            }
            for why, picture in pictures.items():
                assert why_of(await send(client, "/me/face/picture", jpeg(picture))) in (why, "face_none")
            for number in (1, 2, 3):
                answer = await send(client, "/me/face/picture", jpeg(painted(DANA, take=number)))
                assert answer == (200, {"taken": number, "needed": 3})
            assert count_templates(served.shop.reader, CUSTOMER_FACE) == 1
            status, page = await client.ask("GET", "/me?lang=en")
            assert "You signed this as Dana Levi" in page and "Your face template is stored until" in page
            assert "open their cart at the kiosk with their face" in (await client.ask("GET", "/privacy?lang=en"))[1]
            await phone_cart(served.shop, dana)

            assert 'id="my-cart"' in (await client.ask("GET", "/kiosk?register=2&lang=en"))[1]
            sheet = (await client.ask("GET", "/kiosk/sign-in?lang=en", **AT_KIOSK))[1]
            assert "data-face" in sheet and "sign-in-form" in sheet, "the other way is on the same screen"
            status, answer = await send(client, "/kiosk/face?lang=en", jpeg(painted(DANA, take=9)), **AT_KIOSK)
            assert (status, answer["count"]) == (200, 1) and "your cart with your face" in answer["cart"], answer
            assert "data-signed-in" not in (await client.ask("GET", "/kiosk/wishes", **AT_KIOSK))[1]
            checkout = (await client.ask("GET", "/kiosk/checkout?lang=en", **AT_KIOSK))[1]
            assert 'id="sign-in"' in checkout and 'data-total="240"' in checkout
            assert (await client.ask("POST", "/kiosk/leave", {}, **AT_KIOSK))[0] == 200

            await do(served.shop, ForgetPerson(dana), SYSTEM)
            codes = [why_of(await send(client, "/kiosk/face", jpeg(painted(DANA, take=9)), **AT_KIOSK))]
            codes += [why_of(await send(client, "/kiosk/face", jpeg(painted(BO, take=n)), **AT_KIOSK)) for n in (1, 2)]
            assert codes == ["customer_face_unknown", "customer_face_unknown", "customer_face_wait"], (
                "whom the picture of just now showed was forgotten"
            )
            asked = await client.ask("POST", "/kiosk/sign-in", {"to": PHONE}, **AT_KIOSK)
            assert asked[0] == 200, "a code is asked for with nothing in the cart, too"

    run(scenario(), 240)
