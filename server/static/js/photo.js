// A picture from a telephone has megabytes, and the place where it was taken: it is drawn anew, small, before it is sent.

const SIDE = 600;
const QUALITY = 0.85;

for (const form of document.querySelectorAll("form[data-photo]")) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      const small = new DataTransfer();
      small.items.add(new File([blob], "portrait.jpg", { type: "image/jpeg" }));
      input.files = small.files;
    } catch {
      // No picture at all: the server says so in words.
    }
  });
}
