// What is said of a number that is none, in the page's language (cashier.html).

const words = () => document.getElementById("wrong").dataset;

export const wrongAmount = () => words().amount;
export const wrongQuantity = () => words().quantity;
export const wrongCount = () => words().count;
