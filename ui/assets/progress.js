// Shows the progress of an import; without scripts the page reloads itself.
const box = document.querySelector("[data-events]");
if (box) {
  const line = box.querySelector("#progress-line");
  const bar = box.querySelector("progress");
  const source = new EventSource(box.dataset.events);
  let failures = 0;

  source.addEventListener("message", (e) => {
    failures = 0;
    const { done, total, finished } = JSON.parse(e.data);
    bar.max = total || 1;
    bar.value = done;
    const text = box.dataset.line.replace("{done}", done).replace("{total}", total);
    if (line.textContent !== text) line.textContent = text;
    if (finished) {
      source.close();
      location.reload();
    }
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED && ++failures < 4) return;
    source.close();
    setTimeout(() => location.reload(), 3000);
  });

  // A page in the back/forward cache must not hold one of the few connections.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (e) => {
    if (e.persisted) location.reload();
  });
}
