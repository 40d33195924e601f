// Sentences as bubbles show them: in their language's direction, amounts whole. Of staff, customers and managers.

// Paragraphs in the direction of the language of the conversation, whatever stands first in them.
export const paragraphs = (text, language) =>
  String(text)
    .split("\n")
    .map((line) => {
      const paragraph = document.createElement("p");
      paragraph.dir = document.querySelector(`nav [lang="${language}"]`)?.dataset.dir ?? "auto";
      paragraph.append(...amounts(line));
      return paragraph;
    });

// A hyphen behind a letter is none: Hebrew writes "to" and "by" so onto a number.
const AMOUNT = /((?<!\p{L})[-+]?\d+(?:[.,:/-]\d+)*(?:\s?%|\s(?:[A-Z]{3}|ml|mg|kg|g|l|m)(?![\p{L}\d]))?)/u;
// A sign stays in front of its number, its unit behind it, whichever way the sentence is written.
function amounts(line) {
  return line.split(AMOUNT).map((part, place) => (place % 2 ? isolated(part) : part));
}

export function isolated(text) {
  const part = document.createElement("bdi");
  if (/^[-+]?\d/.test(text)) part.dir = "ltr";
  part.textContent = text;
  return part;
}
