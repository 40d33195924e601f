// The user's own settings: notifications by mail, and their second factor.

import { ask, byId, state, t, table, words } from "./common.js";
import { edit, shown } from "./edit.js";

const KINDS = ["licence", "quota", "stopped", "urgent"];
let wish = {};

const yes = (right) => t(right ? "yes" : "no");
const pill = (right) => ({ text: yes(right), className: `pill ${right ? "good" : ""}` });

export async function myself(still) {
  const [me, mail] = await Promise.all([ask("/v1/me"), ask("/v1/me/mail")]);
  if (!still()) return;
  state.me = me;
  wish = mail.wish;
  byId("mail-reach").hidden = mail.reached;
  const quiet = wish.quiet_from ? `${wish.quiet_from} – ${wish.quiet_until}` : t("never");
  const lines = [
    [t("mail_told"), pill(mail.told)],
    ...KINDS.map((kind) => [t(`field_mail_${kind}`), pill(mail.told && !wish.without.includes(kind))]),
    [t("field_digest_at"), wish.digest_at || t("never")],
    [t("mail_quiet"), quiet],
    [t("field_zone"), wish.zone || t("as_shops")],
    [t("field_language"), (words[wish.language] || Object.values(words)[0]).own_name],
  ];
  table("mail", [["preview_item", "text", ([what]) => what], ["value", "", ([, value]) => value]], lines);
  byId("factor-state").textContent = t(me.factor ? "factor_is" : "factor_none");
  byId("drop-factor").hidden = !me.factor;
}

function editMail() {
  const fields = { mail_on: ["usual", "yes", "no"], ...Object.fromEntries(KINDS.map((kind) => [`mail_${kind}`, ["yes", "no"]])), digest_at: "time", quiet_from: "time", quiet_until: "time", zone: 60, language: Object.keys(words) };
  const values = { ...wish, language: wish.language || Object.keys(words)[0], mail_on: wish.on === null ? "usual" : wish.on ? "yes" : "no", ...Object.fromEntries(KINDS.map((kind) => [`mail_${kind}`, wish.without.includes(kind) ? "no" : "yes"])) };
  edit(t("by_mail"), fields, values, (said) => ask("/v1/me/mail", {
    on: said.mail_on === "usual" ? null : said.mail_on === "yes",
    without: KINDS.filter((kind) => said[`mail_${kind}`] === "no"),
    digest_at: said.digest_at, quiet_from: said.quiet_from, quiet_until: said.quiet_until || wish.quiet_until, zone: said.zone, language: said.language,
  }, { method: "PUT" }));
}

// The user's password again, and a code if they already have a second factor.
const proof = () => ({ password: "password", ...(state.me.factor ? { code: 60 } : {}) });

// A secret for a phone, shown once; it takes effect with its first code, and then its recovery codes are shown, once.
function beginFactor() {
  edit(t("factor"), proof(), {}, async ({ password, code = "" }) => {
    const begun = await ask("/v1/factor", { password, code });
    const secret = `${begun.secret.match(/.{1,4}/g).join(" ")}\n\n${begun.address}`;
    return () => edit(t("factor_scan"), { new_code: 60 }, {}, async ({ new_code }) => {
      const { recovery_codes: codes } = await ask("/v1/factor/confirm", { password, code: new_code });
      return () => shown(t("recovery_codes"), codes.join("\n"));
    }, { shown: secret, picture: begun.picture, word: "confirm" });
  }, { word: "factor_begin" });
}

byId("edit-mail").addEventListener("click", editMail);
byId("begin-factor").addEventListener("click", beginFactor);
byId("drop-factor").addEventListener("click", () => edit(t("factor_drop"), proof(), {}, (said) => ask("/v1/factor/drop", said), { word: "factor_drop" }));
