// Messages for invalid numbers, in the page's language (cashier.html).

import { amountFault } from "./amounts.js";

const words = () => document.getElementById("wrong").dataset;

export const wrongAmount = (text = "", field = undefined) => amountFault(text, field);
export const wrongQuantity = () => words().quantity;
export const wrongCount = () => words().count;
