// Places that hold stock.

import "./dialogs.js";
import { sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

async function done(name, body) {
  const answer = await sendGranted(name, body);
  if (answer?.status === 200) location.reload();
  else document.getElementById("places-error").textContent = answer ? messageOf(answer) : "";
}

document.getElementById("place").addEventListener("submit", (event) => {
  event.preventDefault();
  const { id, kind } = event.target.elements;
  const given = [...event.target.querySelectorAll("[name^='names.']")].filter((input) => input.value.trim());
  const names = Object.fromEntries(given.map((input) => [input.lang, input.value.trim()]));
  done("SetLocation", { id: id.value, names: given.length ? names : { en: id.value }, kind: kind.value });
});

addEventListener("change", ({ target }) => {
  if (target.dataset.sells) done("SetSellingPlace", { register: target.dataset.sells, location: target.value });
});

addEventListener("click", ({ target }) => {
  if (target.dataset.label) done("PrintPlaceLabel", { location: target.dataset.label });
  if (target.dataset.retire) done("RetireLocation", { id: target.dataset.retire });
});

listen(() => {});
