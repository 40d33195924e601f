// The customer's screen: what the server pushes, and nothing else.

import { listen } from "./push.js";

listen(() => document.querySelector("#display li:last-child")?.scrollIntoView({ block: "end" }));
