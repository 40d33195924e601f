// Crops a picture to a square: by dragging it in the frame, or by three sliders, which also work by keyboard.

import { open } from "./dialogs.js";

const SIDE = 1200; // in pixels; the server makes its sizes from it
const PERCENT = 100;
const dialog = document.getElementById("crop-dialog");
const { zoom, across, down } = dialog.querySelector("form").elements;
const canvas = dialog.querySelector("canvas");
const pen = canvas.getContext("2d");
let picture = null;

// The part of the picture that is shown, as [left, top, side].
function shown() {
  const side = (Math.min(picture.naturalWidth, picture.naturalHeight) * PERCENT) / Number(zoom.value);
  const at = (length, { value }) => ((length - side) * Number(value)) / PERCENT;
  return [at(picture.naturalWidth, across), at(picture.naturalHeight, down), side];
}

function draw() {
  const [left, top, side] = shown();
  pen.fillStyle = "white"; // behind what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

dialog.addEventListener("input", draw);
canvas.addEventListener("pointerdown", ({ pointerId }) => canvas.setPointerCapture(pointerId));
canvas.addEventListener("pointermove", ({ buttons, movementX, movementY }) => {
  if (!buttons) return;
  const [, , side] = shown();
  const move = (slider, by, length) => {
    if (length > side) slider.value = Number(slider.value) - (by * side * PERCENT) / (canvas.clientWidth * (length - side));
  };
  move(across, movementX, picture.naturalWidth);
  move(down, movementY, picture.naturalHeight);
  draw();
});

// Opens the dialog with the picture at this address. `keep(file)` stores the cropped one, and returns an error or null.
export async function crop(address, keep) {
  picture = Object.assign(new Image(), { src: address });
  await picture.decode();
  canvas.width = canvas.height = Math.min(SIDE, picture.naturalWidth, picture.naturalHeight);
  await open("crop-dialog", async () => keep(await new Promise((made) => canvas.toBlob(made, "image/jpeg", 0.92))), draw);
}
