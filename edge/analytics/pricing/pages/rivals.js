// Competitors' prices: read-only.

import "./dialogs.js";
import { listen } from "./push.js";

listen(() => {});
