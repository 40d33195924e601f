// One trading day.

import { watch } from "./chart.js";
import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

watch();
listen(() => {});
