// Passkeys: the package comment of ui describes the requests.

// The QR code of a backpack key leads here with the key in the fragment, which
// browsers do not send.
const key = document.querySelector("#f-key");
if (key && location.hash.length > 8) {
  key.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
}

const form = document.querySelector("form[data-passkeys]");
const says = form?.querySelector("[data-says]");

const ask = async (path, body) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const token = form.elements.csrf?.value;
  if (token) headers["X-Form-Token"] = token;
  let answer;
  try {
    answer = await fetch("/auth/passkey/" + path, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    throw new Error(says.dataset.offline);
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.error || says.dataset.failed);
  return data;
};

const perform = async (kind, options) => {
  const inner = options.publicKey ?? options;
  if (kind === "signin") {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(inner) });
  }
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(inner) });
};

const reason = (e) => {
  if (e.name === "NotAllowedError" || e.name === "AbortError") return says.dataset.cancelled;
  if (e.name === "InvalidStateError") return says.dataset.exists;
  if (e instanceof DOMException) return says.dataset.failed;
  return e.message;
};

const run = async (button) => {
  const kind = button.dataset.passkey;
  says.textContent = "";
  const name = kind === "signup" ? form.elements.name.value : undefined;
  button.setAttribute("aria-busy", "true");
  try {
    const begun = await ask(kind + "/begin", name === undefined ? {} : { name });
    const key = await perform(kind, begun.options);
    const done = await ask(kind + "/finish", { id: begun.id, answer: key.toJSON(), next: form.elements.next?.value ?? "" });
    const next = new URL(done.next || "/backpack", location.origin);
    location.assign(next.origin === location.origin ? next : "/backpack");
  } catch (e) {
    says.textContent = reason(e);
  } finally {
    button.removeAttribute("aria-busy");
  }
};

if (form && globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  form.classList.add("has");
  for (const el of form.querySelectorAll("[data-with-passkey]")) el.hidden = false;
  for (const button of form.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    if (button.dataset.passkey === "signup") button.type = "submit"; // so Enter activates it
    button.addEventListener("click", (e) => {
      if (button.type === "submit") {
        e.preventDefault();
        if (!form.reportValidity()) return;
      }
      run(button);
    });
  }
}
