// The top of the day's area: what needs attention now, each with a link, and the day's figures in one row.

import { ask, byId, count, money, rowsOf, state, t } from "./common.js";
import { dayOf, opens } from "./opened.js";
import { isRunning, untilNow } from "./morning.js";

const may = (right) => state.me.may.includes(right);
const URGENT = ["critical", "high"];

// Alerts and publications, as far as the signed-in user may read them.
export async function askAttention() {
  const [alerts, publications] = await Promise.all([
    may("read") ? rowsOf("alerts", { state: "raised" }) : [],
    may("approve") ? ask("/v1/publications/states?limit=200") : { rows: [] },
  ]);
  const urgent = alerts.filter((row) => URGENT.includes(row.severity)).length;
  const waiting = publications.rows.filter((row) => row.state === "waiting");
  const found = [
    { word: "urgent_alerts", area: "alerts", many: urgent, className: "grave" },
    { word: "wait_for_yes", area: "publications", many: waiting.length },
    { word: "other_alerts", area: "alerts", many: alerts.length - urgent },
  ];
  return Object.assign(found, { alerts: alerts.filter((row) => URGENT.includes(row.severity)), waiting });
}

export function showAttention(needs, unwell) {
  const boxes = { word: "unwell_boxes", area: "boxes", many: unwell, className: "grave" };
  const links = [needs[0], boxes, ...needs.slice(1)].filter(({ many }) => many).map(({ word, area, many, className = "" }) => {
    const link = document.createElement("a");
    link.href = `#/${area}`;
    const number = Object.assign(document.createElement("b"), { textContent: count(many), className });
    link.append(`${t(word)} `, number);
    return link;
  });
  byId("attention").replaceChildren(...(links.length ? links : [t("needs_nobody")]));
}

// The average sale, of those that earned money and weren't voided, as on the shop's own page.
export const averageOf = (sum, none) => (sum.earning > 0 ? money(Math.round(sum.earned_minor / sum.earning), sum.currency) : none);

// `totals`: one for each currency; `before`: those of a week earlier. A running day is compared up to the same hour.
export function showFigures(totals, before, hours) {
  const running = isRunning(state.day);
  byId("day-figures").replaceChildren(...totals.flatMap((sum) => {
    const until = running ? untilNow(hours, sum.currency) : null;
    const [now, then] = until ? [until.now, until.then] : [sum.paid_minor, before.get(sum.currency)];
    const change = then > 0 ? new Intl.NumberFormat(state.lang, { style: "percent", signDisplay: "exceptZero" }).format(now / then - 1) : "";
    const once = then === undefined ? "" : `${until ? t("week_before_until", { at: until.at }) : t("week_before")}${t("colon")}${money(then, sum.currency)}`;
    return [
      figure("paid", money(sum.paid_minor, sum.currency), sum, [sum.paid_minor], once, change),
      figure("sales", count(sum.sales), sum, [sum.sales]),
      figure("average", averageOf(sum, "–"), sum, [sum.earning, sum.earned_minor]),
      figure("refunds", count(sum.refunds), sum, [sum.refunds]),
    ];
  }));
}

function figure(word, value, { currency }, shown, more = "", change = "") {
  const made = document.createElement("div");
  const part = (tag, textContent, className = "") => Object.assign(document.createElement(tag), { textContent, className });
  const strong = part("strong", "");
  const { day } = state;
  strong.append(opens(value, () => dayOf(word, day, currency, shown)));
  made.append(part("span", t(word)), strong);
  if (change) made.append(part("b", change, change.includes("-") ? "grave" : "good"));
  if (more) made.append(part("small", more));
  return made;
}
