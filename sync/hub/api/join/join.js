// Which Wi-Fi network a phone must join to reach the address it scanned, and a link to that. They are in the fragment,
// `#wifi=NAME&of=TENANT/STORE&to=ADDRESS` (made by edge/web/phone_link.py): the address last and unencoded, so that tills
// can read it from the same QR. `of` is there if the store lets head office show an order's progress.

import { follow } from "/join/order.js";

const NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";
const [, name, of, address] = new RegExp(`^#wifi=([^&]*)(?:&of=(${NAME}/${NAME}))?&to=(.*)$`).exec(location.hash) ?? [];
const WIFI_BYTES = 32; // IEEE 802.11, 9.4.2.2
// Private networks (RFC 1918, RFC 4193), link-local addresses (RFC 3927, RFC 4291) and multicast DNS names (RFC 6762):
// so such a link can't lead to a server on the internet. `URL` has normalised the address before it's compared.
const LOCAL = [
  /^10(\.\d+){3}$/,
  /^192\.168(\.\d+){2}$/,
  /^172\.(1[6-9]|2\d|3[01])(\.\d+){2}$/,
  /^169\.254(\.\d+){2}$/,
  /^\[f[cd][0-9a-f]{2}:/,
  /^\[fe[89ab][0-9a-f]:/,
  /^([a-z0-9-]+\.)+local$/,
];
const PATHS = /^\/(order\/[\w-]+|receipt\/[\w/%.~-]+|shop)$/; // what phones scan there; nothing of another device beside it

function wifiOf(text) {
  try {
    const wifi = decodeURIComponent(text ?? "");
    return /^\P{Cc}+$/u.test(wifi) && new TextEncoder().encode(wifi).length <= WIFI_BYTES ? wifi : "";
  } catch {
    return ""; // a % with nothing behind it
  }
}

function shopOf(text) {
  if (!text || !URL.canParse(text)) return null;
  const shop = new URL(text);
  const fits = ["http:", "https:"].includes(shop.protocol) && !shop.username && !shop.password;
  return fits && LOCAL.some((one) => one.test(shop.hostname)) && PATHS.test(shop.pathname) ? shop : null;
}

const wifi = wifiOf(name);
const shop = shopOf(address);
const parts = [...document.querySelectorAll("main > [lang]")]; // one a language, of which the first is for everybody else
const locale = navigator.languages.map((one) => Intl.getCanonicalLocales(one)[0]).find((one) => parts.some(({ lang }) => lang === one.split("-")[0])) ?? parts[0].lang;
const language = locale.split("-")[0];

document.documentElement.lang = language;
document.documentElement.dir = parts.find(({ lang }) => lang === language).dir || "ltr";
for (const one of document.querySelectorAll("main [lang]")) one.hidden = one.lang !== language;
for (const one of document.querySelectorAll("[data-wifi]")) one.textContent = wifi;
for (const one of document.querySelectorAll("[data-shop]")) one.textContent = shop?.host ?? "";
if (shop) for (const one of document.querySelectorAll("[data-go]")) one.href = shop.href;
for (const main of document.querySelectorAll("main")) main.hidden = main.id !== (wifi && shop ? "asked" : "failed");

const [, secret] = /^\/order\/([\w-]+)$/.exec(shop?.pathname ?? "") ?? [];
if (wifi && of && secret) follow(of, secret, locale);
