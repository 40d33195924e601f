// A printed sign that tells people about a camera.

import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
