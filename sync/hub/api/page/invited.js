// Whoever was invited comes in by the link that they were given: they set their own password, and are signed in.

import { ask, byId, Fault, t, words, state } from "./common.js";

const LINK = /^#invited=([\w-]{20,100})$/;
let seen = null; // what the link is for

// Opened in a tab where head office is open already, the page begins anew with it.
addEventListener("hashchange", () => { if (LINK.test(location.hash)) location.reload(); });

function speak() {
  if (seen) byId("invited-to").textContent = t("invited_to", { tenant: seen.tenant, role: words[state.lang][`role_${seen.role}`] || seen.role });
}

// Shows what a link is for, where the address holds one. `come` is given the token of who came in by it.
export function invited(within, come) {
  const [, secret] = LINK.exec(location.hash) || [];
  if (!secret) return false;
  const form = byId("invited");
  byId("door").hidden = true;
  void within(async () => {
    try {
      seen = await ask("/v1/invitation/seen", { secret });
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
      try {
        const found = await ask("/v1/invitation", { secret, password: password.value, code: code.value });
        form.reset();
        await come(found);
      } catch (error) {
        if (error.code !== "code_wanted") throw error;
        byId("invited-code").hidden = false;
        throw new Fault(400, { detail: t("code_wanted") });
      }
    });
  });
  addEventListener("languagechange", speak);
  return true;
}
