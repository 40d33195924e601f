// The lists of the next seven days: they are printed as they stand, or saved as files.

import { fetchFile } from "./files.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());

document.getElementById("csv").addEventListener("click", ({ target }) => {
  const { list } = target.dataset;
  fetchFile(`order-plan/${list}.csv`, `${list}.csv`);
});

listen(() => {});
