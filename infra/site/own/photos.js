// Photos are made small before they leave the phone: at most 1600 pixels, JPEG, without what the
// camera wrote beside the picture. What cannot be read as a picture is sent as it is; the city says
// whether it takes that. `Photos.shrink(file)` gives the smaller file; forms use it by themselves.
"use strict";

const Photos = (() => {
  const MOST = 1600;
  const QUALITY = 0.8;

  async function shrink(file) {
    let picture;
    try {
      picture = await createImageBitmap(file, {imageOrientation: "from-image"});
    } catch {
      return file;
    }
    const scale = Math.min(1, MOST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff"; // where a picture is transparent
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!made) return file;
    return new File([made], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, {type: "image/jpeg"});
  }

  return {shrink};
})();

// An input of photos: the small ones take the places of those chosen, and are shown below it.
async function take(input) {
  const button = input.form.querySelector("button:not([type=button])");
  if (button) button.disabled = true;
  try {
    const small = new DataTransfer();
    for (const file of input.files) small.items.add(await Photos.shrink(file));
    input.files = small.files;
    show(input);
  } finally {
    if (button) button.disabled = false;
  }
}

function show(input) {
  const shelf = document.getElementById(input.dataset.photos);
  if (!shelf) return;
  for (const old of shelf.children) URL.revokeObjectURL(old.src);
  shelf.replaceChildren(...Array.from(input.files, (file) => {
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    return picture;
  }));
}

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("input[type=file][data-photos]");
  if (input) take(input);
});
