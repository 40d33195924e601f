// All that is kept of a customer, for paper.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
