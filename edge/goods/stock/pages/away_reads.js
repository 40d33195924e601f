// What an offline phone shows besides stock: open alerts, expected deliveries and the day's figures, as last received
// from the shop, and only to people who may see them.

const ORDERS_MOST = 40;
const GOODS_SHOWN = 6;

const $ = (id) => document.getElementById(id);
const words = $("away").dataset;
const { lang } = document.body.dataset;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const amount = (thousandths) => (thousandths / 1000).toLocaleString(lang, { maximumFractionDigits: 3 });
const called = (names, else_) => names[lang] ?? names.en ?? Object.values(names)[0] ?? else_;
const dayOf = (text) => new Date(`${text}T12:00`).toLocaleDateString(lang, { day: "numeric", month: "short" });
const today = (ms) => new Date(ms).toLocaleDateString(lang, { weekday: "long", day: "numeric", month: "short" });

// `{ alerts, deliveries, figures }`; parts the user may not see are empty. `ask(method, path)` returns {status, body}.
export async function readsOf(ask) {
  const read = async (path) => {
    const { status, body } = await ask("GET", path);
    return status === 200 ? body : [];
  };
  const [alerts, deliveries, figures] = await Promise.all(["alerts-in-words", "deliveries", "today-in-words"].map(read));
  return { alerts, deliveries: (deliveries.deliveries ?? []).slice(0, ORDERS_MOST), figures };
}

// `minded`: this person's unsent actions on alerts, each as `COMMAND ID`.
export function drawReads({ alerts = [], deliveries = [], figures = [] }, { heard_ms }, minded) {
  $("alerts").replaceChildren(...alerts.map((one) => alertRow(one, minded)));
  $("no-alerts").hidden = alerts.length > 0;
  $("deliveries").replaceChildren(...deliveries.map(deliveryRow));
  $("no-deliveries").hidden = deliveries.length > 0;
  $("day").hidden = !figures.length;
  $("day").querySelector("h2").textContent = fill(words.today, { day: today(heard_ms) });
  $("figures").replaceChildren(...figures.flatMap(({ name, value }) => [made("dt", name), made("dd", value)]));
}

const made = (tag, textContent) => Object.assign(document.createElement(tag), { textContent });

function alertRow(one, minded) {
  const row = $("alert").content.firstElementChild.cloneNode(true);
  row.dataset.alert = one.id;
  row.dataset.severity = one.severity;
  row.querySelector("b").textContent = one.title;
  row.querySelector(".advice").textContent = one.advice;
  row.querySelector(".state").textContent = one.holder ? fill(words.holder, { who: one.holder }) : "";
  const said = (what) => minded.has(`${what} ${one.id}`);
  row.querySelector("[data-what=AcknowledgeAlert]").hidden = one.holder !== "" || said("AcknowledgeAlert") || said("CloseAlert");
  row.querySelector("[data-what=CloseAlert]").hidden = !one.closes || said("CloseAlert");
  return row;
}

function deliveryRow({ number, supplier, supplier_names, expected_on, lines }) {
  const row = $("delivery").content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = `${called(supplier_names, supplier)} · ${number}`;
  row.querySelector(".state").textContent = expected_on ? fill(words.expected, { day: dayOf(expected_on) }) : "";
  const goods = lines.slice(0, GOODS_SHOWN).map((line) => `${amount(line.open)} × ${called(line.names, line.sku)}`);
  row.querySelector(".goods").textContent = [...goods, ...(lines.length > GOODS_SHOWN ? ["…"] : [])].join(", ");
  return row;
}
