// The desk's key, made and opened in this browser, and sealed packages opened with it. The private
// half is never sent: what leaves this page is its public half and copies that a passkey or a
// passphrase opens.
import {
  Decrypter,
  Encrypter,
  armor,
  generateX25519Identity,
  identityToRecipient,
  webauthn,
} from "age-encryption";
import { draw, showNumbers } from "./draw.mjs";
import { openHandoff } from "./handoff.mjs";

const SHORTEST = 16;
// Without letters and digits that people take for each other.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

class Said extends Error {}

const copies = () => JSON.parse(document.getElementById("own-copies").textContent);
const chosen = (root, name) => root.querySelector(`input[name="${name}"]:checked`);

// Six groups of five of 31 letters: 148 bits.
function newSecret() {
  const groups = [];
  while (groups.length < 6) {
    let group = "";
    while (group.length < 5) {
      const [byte] = crypto.getRandomValues(new Uint8Array(1));
      if (byte < 248) group += LETTERS[byte % LETTERS.length];
    }
    groups.push(group);
  }
  return groups.join("-");
}

async function wrap(identity, way, secret) {
  const encrypter = new Encrypter();
  let hint = "";
  if (way === "passkey") {
    try {
      hint = await webauthn.createCredential({ keyName: document.title });
      encrypter.addRecipient(new webauthn.WebAuthnRecipient({ identity: hint }));
      return { hint, copy: armor.encode(await encrypter.encrypt(identity)) };
    } catch {
      throw new Said("passkey");
    }
  }
  if (secret.length < SHORTEST) throw new Said("short");
  encrypter.setPassphrase(secret);
  return { hint, copy: armor.encode(await encrypter.encrypt(identity)) };
}

// The private half, by the way that was chosen in `root`.
async function unlock(root) {
  const option = chosen(root, "unlock");
  if (option.value === "file") {
    const found = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(root.querySelector("[data-identity]").value.toUpperCase());
    if (!found) throw new Said("key");
    return found[0];
  }
  const copy = copies()[Number(option.value)];
  const decrypter = new Decrypter();
  if (copy.way === "passkey") {
    decrypter.addIdentity(new webauthn.WebAuthnIdentity(copy.hint ? { identity: copy.hint } : {}));
  } else {
    decrypter.addPassphrase(root.querySelector("[data-secret]").value.trim());
  }
  try {
    return await decrypter.decrypt(armor.decode(copy.blob), "text");
  } catch {
    throw new Said(copy.way === "passkey" ? "passkey" : "key");
  }
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Runs `work` and says how it went; buttons rest meanwhile.
async function working(form, work) {
  const said = form.querySelector("[data-said]");
  const buttons = form.querySelectorAll("button");
  const rest = (still) => buttons.forEach((button) => (button.disabled = still));
  said.textContent = said.dataset.working;
  rest(true);
  // Let the words appear before the passphrase takes the page's time.
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  try {
    await work();
    said.textContent = "";
  } catch (problem) {
    // A reason this page has no words for is said as what it is: something else went wrong.
    const reason = problem instanceof Said ? problem.message : problem.reason;
    said.textContent = said.dataset[reason] || said.dataset.failed;
  } finally {
    rest(false);
  }
}

async function prepareKey(form) {
  const mode = form.dataset.keyForm;
  const fields = form.elements;
  const secret = form.querySelector("[data-new-secret]").value.trim();
  const identity = mode === "make" ? await generateX25519Identity() : (await unlock(form)).trim();
  const recipient = await identityToRecipient(identity);
  if (mode !== "make" && recipient !== form.dataset.recipient) throw new Said("other");
  const way = mode === "give" ? "handover" : chosen(form, "new-way").value;
  const made = await wrap(identity, way, secret);
  fields.namedItem("way").value = way;
  fields.namedItem("copy").value = made.copy;
  fields.namedItem("hint").value = made.hint;
  if (mode === "give") fields.namedItem("officer").value = form.querySelector("[data-colleague]").value;
  if (mode === "make") {
    fields.namedItem("recipient").value = recipient;
    fields.namedItem("replace").value = form.dataset.replaces;
    if (form.querySelector("[data-recovery]").checked) {
      save("desk-key.txt", `# public key: ${recipient}\n${identity}\n`);
    }
  }
  // What was typed for the browser alone is not sent.
  form.querySelectorAll("[data-new-secret], [data-secret], [data-identity]").forEach((field) => {
    field.disabled = true;
  });
  form.submit();
}

async function openHere(form) {
  const identity = (await unlock(form)).trim();
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value }),
      credentials: "same-origin",
    });
  } catch {
    throw new Said("lost");
  }
  if (!answer.ok || answer.headers.get("Content-Type") !== "application/octet-stream") {
    // Asked for a second factor, or refused: let the page itself go there and say why.
    form.submit();
    return;
  }
  const opened = await openHandoff(new Uint8Array(await answer.arrayBuffer()), {
    identity,
    key: form.dataset.signatures,
    today: form.dataset.today,
  });
  // Without a key to hold it against, a signature says nothing of its sender.
  if (!opened.proven) throw new Said("sender");
  const card = document.querySelector("[data-opened]");
  const place = card.querySelector("[data-drawn]");
  const covered = draw(opened.readable, place, place.dataset);
  card.querySelector("[data-guarded-note]").hidden = covered === 0;
  form.closest("section").hidden = true;
  card.hidden = false;
  card.focus();
}

function follow(form) {
  const show = (attribute, way) =>
    form.querySelectorAll(`[${attribute}]`).forEach((part) => {
      part.hidden = !part.getAttribute(attribute).split(" ").includes(way);
    });
  const now = () => {
    const unlockWith = chosen(form, "unlock");
    const newWay = chosen(form, "new-way");
    if (unlockWith) show("data-for-way", unlockWith.dataset.way);
    if (newWay) show("data-for-new", newWay.value);
  };
  form.addEventListener("change", now);
  form.querySelectorAll("[data-needs-script]").forEach((part) => (part.hidden = false));
  now();
}

document.querySelectorAll("form[data-key-form]").forEach((form) => {
  follow(form);
  form.querySelector("[data-new-secret]").value = newSecret();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    working(form, () => prepareKey(form));
  });
});

document.querySelectorAll("form[data-open-sealed]").forEach((form) => {
  follow(form);
  const button = form.querySelector("[data-open-here]");
  button.hidden = false;
  button.addEventListener("click", () => working(form, () => openHere(form)));
  const card = document.querySelector("[data-opened]");
  card.querySelector("[data-show-numbers]").addEventListener("click", () => {
    showNumbers(card);
    card.querySelector("[data-guarded-note]").hidden = true;
  });
  card.querySelector("[data-close-sealed]").addEventListener("click", () => {
    card.querySelector("[data-drawn]").replaceChildren();
    card.hidden = true;
    form.closest("section").hidden = false;
    form.querySelectorAll("[data-secret], [data-identity]").forEach((field) => (field.value = ""));
  });
});
