// Today: the day's numbers, and the first PIN.

import { watch } from "./chart.js";
import "./dialogs.js";
import { listen } from "./push.js";
import "./set_pin.js";

watch();
listen(() => {});
