// Buttons to copy, send, print and show the QR code in full screen.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.lastChild;
  const text = label.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const from = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(from.value ?? from.textContent.trim());
      label.textContent = button.dataset.done;
      button.setAttribute("aria-live", "polite");
      setTimeout(() => (label.textContent = text), 2500);
    } catch {
      from.select?.();
    }
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => {
    navigator.share({ url: button.dataset.share, title: button.dataset.title || document.title }).catch(() => {});
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

const full = document.querySelector("[data-fullbox]");
const open = document.querySelector("[data-full]");
if (full && open) {
  let lock;
  open.hidden = !full.showModal;
  open.addEventListener("click", async () => {
    full.showModal();
    lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
  });
  full.addEventListener("close", () => lock?.release().catch(() => {}));
}
