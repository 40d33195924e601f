// The networks of the box, on the manager's page and on the first page: `fetchRows(search)` returns the HTML to show, or
// null; `send(method, path, body)` returns an error text, empty if it was accepted. While the box joins a network, the
// rows are fetched again until there is a result.

import { meant } from "./dialogs.js";

const AGAIN_MS = 1000;

export function showNetworks(root, fetchRows, send) {
  let waiting = 0;

  async function show(search = false) {
    clearTimeout(waiting);
    root.setAttribute("aria-busy", "true");
    const text = await fetchRows(search).catch(() => null); // a box that changes its network may be away for a moment
    root.removeAttribute("aria-busy");
    const joining = root.querySelector("[data-busy]") !== null;
    if (text !== null) root.innerHTML = text;
    if (text === null ? joining : root.querySelector("[data-busy]")) waiting = setTimeout(show, AGAIN_MS);
  }

  async function ask(method, path, body) {
    const wrong = await send(method, path, body);
    if (wrong === null) return; // nobody entered the PIN
    if (wrong === "") await show();
    else root.querySelector('[data-error="network"]').textContent = wrong;
  }

  root.addEventListener("click", async ({ target }) => {
    const { use, forget, open, sure } = target.dataset;
    if (sure && !(await meant(sure))) return;
    if (use) await ask("POST", `network/known/${use}`, {});
    else if (forget) await ask("DELETE", `network/known/${forget}`);
    else if (open) await ask("POST", "network/join", { name: open });
    else if ("search" in target.dataset) await show(true);
  });
  root.addEventListener("change", ({ target }) => {
    if ("show" in target.dataset) target.form.elements.password.type = target.checked ? "text" : "password";
  });
  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { name, password } = event.target.elements;
    const body = { name: event.target.dataset.join || name.value, password: password.value, hidden: Boolean(name) };
    await ask("POST", "network/join", body);
    password.value = "";
  });
  return show;
}
