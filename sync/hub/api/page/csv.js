// An area as a file for spreadsheets: its tables one below the other, each under its heading.

import { byId, isoDate } from "./common.js";

const FORMULA = /^[=+\-@\t\r]/; // a spreadsheet would run what begins so, but for a number
const NUMBER = /^[-+]?[\d\s.,]+$/;

function cell(text) {
  const written = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
}

// A table's rows as lines, after its heading. Buttons are left out.
function lines(region) {
  const heading = document.getElementById(region.getAttribute("aria-labelledby"))?.textContent || "";
  const rows = [...region.querySelectorAll("tr")].map((row) => [...row.cells].map((one) => cell(one.querySelector("button:not(.link)") ? "" : one.textContent.trim())).join(","));
  return [cell(heading), ...rows, ""];
}

byId("csv").addEventListener("click", () => {
  const regions = [...document.querySelectorAll("#shops section:not([hidden]) .scroll")].filter((one) => one.querySelector("table"));
  const text = `\ufeff${regions.flatMap(lines).join("\r\n")}`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${document.body.dataset.area}-${isoDate(new Date())}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});
