// The lists of the next seven days: they are printed as they stand.

import { listen } from "/static/push.js";

document.getElementById("print").addEventListener("click", () => print());

listen(() => {});
