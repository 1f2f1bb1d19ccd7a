// Reads a QR code with the camera if the browser can; otherwise the photo field
// sends a picture.
const button = document.querySelector("[data-scan]");
const box = document.querySelector("[data-scanbox]");

if (button && box && "BarcodeDetector" in globalThis && navigator.mediaDevices?.getUserMedia) {
  const video = box.querySelector("video");
  const says = box.querySelector("[role=status]");
  const hold = says.textContent;
  let stream;

  const stop = () => {
    stream?.getTracks().forEach((t) => t.stop());
    stream = undefined;
  };

  const look = async (detector) => {
    while (stream) {
      const found = await detector.detect(video).catch(() => []);
      if (found.length && stream) {
        box.close();
        button.form.elements.text.value = found[0].rawValue;
        button.form.requestSubmit();
        return;
      }
      await new Promise((r) => setTimeout(r, 250));
    }
  };

  const start = async () => {
    says.textContent = hold;
    box.showModal();
    try {
      const live = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!box.open) {
        live.getTracks().forEach((t) => t.stop());
        return;
      }
      stream = live;
      video.srcObject = live;
      await video.play();
      await look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      says.textContent = box.dataset.failed;
    }
  };

  button.addEventListener("click", start);
  box.addEventListener("close", stop);
  BarcodeDetector.getSupportedFormats().then((formats) => {
    button.hidden = !formats.includes("qr_code");
  });
}
