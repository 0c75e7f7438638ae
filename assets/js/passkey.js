// Passkeys: makes one, or answers with one, and sends the form. Loaded by the pages that need it.
// <form data-passkey="create|get" data-passkey-options="id of the JSON" or data-passkey-ask="address">
// with a hidden field "credential", a button [data-passkey-go] and a line [data-passkey-said].
(function () {
  "use strict";

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    buffer &&
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function toAsk(options) {
    const key = { ...options, challenge: bytes(options.challenge) };
    if (options.user) key.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) key.excludeCredentials = known(options.excludeCredentials);
    if (options.allowCredentials) key.allowCredentials = known(options.allowCredentials);
    return { publicKey: key };
  }

  function toSend(made) {
    const answer = made.response;
    const response = { clientDataJSON: text(answer.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (answer[name]) response[name] = text(answer[name]);
    }
    if (answer.getTransports) response.transports = answer.getTransports();
    return JSON.stringify({
      type: made.type,
      id: made.id,
      rawId: text(made.rawId),
      authenticatorAttachment: made.authenticatorAttachment,
      response,
      clientExtensionResults: made.getClientExtensionResults(),
    });
  }

  async function optionsOf(form) {
    const { passkeyAsk, passkeyOptions } = form.dataset;
    if (passkeyOptions) return JSON.parse(document.getElementById(passkeyOptions).textContent);
    const answer = await fetch(passkeyAsk, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  }

  async function go(form) {
    const given = await optionsOf(form);
    const options = (given.creation_options || given.request_options).publicKey;
    const made = form.dataset.passkey === "create"
      ? await navigator.credentials.create(toAsk(options))
      : await navigator.credentials.get(toAsk(options));
    form.elements.namedItem("credential").value = toSend(made);
    form.submit();
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const button = form.querySelector("[data-passkey-go]");
    const said = form.querySelector("[data-passkey-said]");
    form.querySelector("[data-passkey-off]").hidden = true;
    if (!window.PublicKeyCredential) {
      said.textContent = said.dataset.none;
      return;
    }
    button.hidden = false;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      said.textContent = "";
      button.disabled = true;
      try {
        await go(form);
      } catch (problem) {
        button.disabled = false;
        said.textContent = problem.name === "InvalidStateError" ? said.dataset.here : said.dataset.failed;
      }
    });
  });
})();
