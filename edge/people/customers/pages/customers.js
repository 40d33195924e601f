// The manager's list of customers: search, add a customer, edit the consent wording.

import { linkOther, look } from "./customer_find.js";
import "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const PAUSE_MS = 150;
const found = document.getElementById("found");
const before = found.innerHTML;
const search = document.getElementById("search");
let timer = 0;

async function show() {
  const text = search.value;
  const html = text.trim() ? await look(text, "list", "panel") : before;
  if (html !== null) found.innerHTML = html;
  const more = document.getElementById("more");
  if (more) more.hidden = Boolean(text.trim());
}

search.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
});

function tell(form, answer) {
  const place = form.querySelector(".error");
  if (answer) place.textContent = answer.status < 300 ? "" : messageOf(answer);
  if (answer) linkOther(answer, place);
  return answer?.status < 300;
}

document.forms.new.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  const answer = await askGranted("POST", "customers", { ...fields, new_code: form.elements.new_code.checked });
  const { register } = document.body.dataset;
  if (tell(form, answer)) location.assign(`/manager/customer?register=${encodeURIComponent(register)}&id=${answer.body.id}`);
});

document.forms.wording.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const texts = [...form.querySelectorAll("textarea")].filter((area) => area.value.trim()).map((area) => [area.name, area.value]);
  const { purpose, version, material } = form.elements;
  const body = { purpose: purpose.value, version: version.value, texts: Object.fromEntries(texts), material: material.checked };
  if (tell(form, await sendGranted("PublishWording", body))) location.reload();
});

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.request) return;
  event.preventDefault();
  const refused = event.submitter?.value === "refused";
  const body = { request: Number(form.dataset.request), refused, reason: form.elements.reason.value };
  const answer = await sendGranted("AnswerRequest", body);
  if (answer?.status === 200) location.reload();
  else if (answer) document.getElementById("request-error").textContent = messageOf(answer);
});

document.forms.breach.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { began, people, what, harm, told } = form.elements;
  const body = { began_us: began.valueAsNumber * 1000, people: people.valueAsNumber, what: what.value, harm: harm.checked, told: told.checked };
  if (tell(form, await sendGranted("NoteBreach", body))) location.reload();
});

listen(() => {});
