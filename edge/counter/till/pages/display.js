// The customer display: shows only what the server pushes.

import { listen } from "./push.js";

listen(() => document.querySelector("#display li:last-child")?.scrollIntoView({ block: "end" }));
