// The lists for the next seven days: print them as shown, or save them as files.

import { fetchFile } from "./files.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());

document.getElementById("csv").addEventListener("click", ({ target }) => {
  const { list } = target.dataset;
  fetchFile(`order-plan/${list}.csv`, `${list}.csv`);
});

listen(() => {});
