// Adds files to the form by drag and drop or by pasting.
const form = document.querySelector("[data-drop]");
if (form) {
  const files = form.elements.files;
  const text = form.elements.text;
  const chosen = form.querySelector("[data-chosen]");

  const say = () => {
    const names = Array.from(files.files, (f) => f.name);
    const more = names.length > 5 ? " +" + (names.length - 5) : "";
    chosen.textContent = names.length ? chosen.dataset.chosen + " " + names.slice(0, 5).join(", ") + more : "";
  };

  const take = (list) => {
    files.files = list;
    say();
    form.requestSubmit();
  };

  files.addEventListener("change", say);

  for (const type of ["dragenter", "dragover"]) {
    document.addEventListener(type, (e) => {
      if (!e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      form.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (e) => {
    if (!e.relatedTarget) form.classList.remove("over");
  });
  document.addEventListener("drop", (e) => {
    form.classList.remove("over");
    if (!e.dataTransfer?.files.length) return;
    e.preventDefault();
    take(e.dataTransfer.files);
  });

  document.addEventListener("paste", (e) => {
    if (e.clipboardData?.files.length) {
      e.preventDefault();
      take(e.clipboardData.files);
    } else if (document.activeElement === document.body || document.activeElement?.id === "main") {
      text.value = e.clipboardData?.getData("text") ?? "";
      text.focus();
    }
  });

  form.addEventListener("submit", () => {
    const button = form.querySelector("button:not([type=button])");
    button.setAttribute("aria-busy", "true");
    chosen.textContent = form.dataset.busy;
  });
  addEventListener("pageshow", () => {
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    say();
  });
}
