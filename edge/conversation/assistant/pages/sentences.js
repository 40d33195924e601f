// Text for chat bubbles, for staff, customers and managers: in the right text direction, with amounts kept together.

// Paragraphs in the direction of the conversation's language, whatever character they begin with.
export const paragraphs = (text, language) =>
  String(text)
    .split("\n")
    .map((line) => {
      const paragraph = document.createElement("p");
      paragraph.dir = document.querySelector(`nav [lang="${language}"]`)?.dataset.dir ?? "auto";
      paragraph.append(...amounts(line));
      return paragraph;
    });

// A hyphen after a letter isn't a minus sign: Hebrew attaches prefixes such as "to" and "by" to a number with one.
const AMOUNT = /((?<!\p{L})[-+]?\d+(?:[.,:/-]\d+)*(?:\s?%|\s(?:[A-Z]{3}|ml|mg|kg|g|l|m)(?![\p{L}\d]))?)/u;
// Keeps the sign before its number and the unit after it, in either text direction.
function amounts(line) {
  return line.split(AMOUNT).map((part, place) => (place % 2 ? isolated(part) : part));
}

export function isolated(text) {
  const part = document.createElement("bdi");
  if (/^[-+]?\d/.test(text)) part.dir = "ltr";
  part.textContent = text;
  return part;
}
