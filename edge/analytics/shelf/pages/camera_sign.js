// The sign that tells people of a camera, on paper.

import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
