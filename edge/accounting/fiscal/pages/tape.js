// The control tape: printed by the browser, or saved as a file.

import "./files.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
