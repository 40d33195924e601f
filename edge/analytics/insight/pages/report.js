// A report, to read and to print.

import "./dialogs.js";
import { fetchFile } from "./files.js";
import "./grants.js";
import { listen } from "./push.js";

addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
  const { file, date } = target.dataset;
  if (file) fetchFile(`analytics/report/${file}`, `${date}-${file}`, { date });
});
listen(() => {});
