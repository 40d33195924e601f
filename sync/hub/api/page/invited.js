// Links for users: with one an invited person joins, with the other a user resets a forgotten password.

import { ask, byId, Fault, t, words, state } from "./common.js";

const LINK = /^#(invited|password)=([\w-]{20,100})$/;
const PLACES = { invited: "/v1/invitation", password: "/v1/password" };
let kind = "";
let seen = null; // what the link is for
let forgot = ""; // what was said to who forgot their password

// A link opened in a tab that already shows head office reloads the page.
addEventListener("hashchange", () => { if (LINK.test(location.hash)) location.reload(); });

function speak() {
  byId("forgot-said").textContent = forgot ? t(forgot) : "";
  byId("forgot-said").hidden = !forgot;
  if (!seen) return;
  const role = words[state.lang][`role_${seen.role}`] || seen.role;
  byId("invited-to").textContent = kind === "invited" ? t("invited_to", { tenant: seen.tenant, role }) : t("password_of", { email: seen.email });
  byId("invited-hint").textContent = kind === "invited" ? t("invited_hint") : t(seen.factor ? "password_hint_factor" : "password_hint");
  byId("come-in").textContent = t(kind === "invited" ? "come_in" : "set_password");
}
addEventListener("languagechange", speak);

function say(word) {
  forgot = word;
  speak();
}

// The answer is the same whether or not the address belongs to a user.
export function forgetful(within) {
  const form = byId("sign-in");
  byId("forgot").addEventListener("click", () => {
    say("");
    if (form.email.reportValidity()) void within(async () => {
      const { mailed } = await ask("/v1/password/asked", { email: form.email.value, language: state.lang });
      say(mailed ? "forgot_mailed" : "forgot_by_hand");
    });
  });
}

// Shows what a link is for, if the address has one. `come` gets the token of the user who signed in with it.
export function invited(within, come) {
  const [, which, secret] = LINK.exec(location.hash) || [];
  if (!secret) return false;
  kind = which;
  const form = byId("invited");
  byId("door").hidden = true;
  void within(async () => {
    try {
      seen = await ask(`${PLACES[kind]}/seen`, { secret });
    } catch (error) {
      byId("door").hidden = false;
      throw error;
    }
    byId("welcome").hidden = false;
    form.email.value = seen.email;
    speak();
    form.password.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void within(async () => {
      const { password, again, code } = form;
      if (password.value !== again.value) throw new Fault(400, { detail: t("passwords_differ") });
      if (kind === "password") {
        await ask(PLACES.password, { secret, password: password.value });
        return signInAnew(form);
      }
      try {
        const found = await ask(PLACES.invited, { secret, password: password.value, code: code.value });
        form.reset();
        await come(found);
      } catch (error) {
        if (error.code !== "code_wanted") throw error;
        byId("invited-code").hidden = false;
        throw new Fault(400, { detail: t("code_wanted") });
      }
    });
  });
  return true;
}

// The link is used up: the user signs in with the new password, and a code if they have a second factor.
function signInAnew(form) {
  byId("sign-in").email.value = seen.email;
  form.reset();
  history.replaceState(null, "", location.pathname);
  byId("welcome").hidden = true;
  byId("door").hidden = false;
  say(seen.factor ? "password_set_factor" : "password_set");
}
