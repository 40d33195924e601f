// A report, to read and to print.

import "./dialogs.js";
import { fetchFile } from "./files.js";
import "./grants.js";
import { listen } from "./push.js";

addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
  const { table, date } = target.dataset;
  if (table) fetchFile(`analytics/report/${table}.csv`, `${table}-${date}.csv`, { date });
});
listen(() => {});
