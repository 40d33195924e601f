// The list of invoices.

import "./dialogs.js";
import { listen } from "./push.js";

listen(() => {});
