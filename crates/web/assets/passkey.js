// Passkeys: asks the browser's authenticators, and sends what they answer as a form. Without this file pages offer the other ways.
"use strict";
(() => {
  const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const keys = list => (list || []).map(key => ({ ...key, id: bytes(key.id) }));

  const ask = async place => {
    const fields = new URLSearchParams(new FormData(place.querySelector("form")));
    const said = await fetch(place.dataset.ask, { method: "POST", body: fields });
    if (!said.ok) throw new Error(said.status);
    const publicKey = await said.json();
    publicKey.challenge = bytes(publicKey.challenge);
    if (place.dataset.passkey === "get") {
      publicKey.allowCredentials = keys(publicKey.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };

  const said = key => {
    const from = key.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (from[part]) response[part] = text(from[part]);
    }
    const { credProps } = key.getClientExtensionResults();
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, extensions: credProps ? { credProps } : {} });
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential || location.origin !== place.dataset.origin) continue;
    place.hidden = false;
    const form = place.querySelector("form"), button = form.querySelector("button"), note = place.querySelector("[role=status]");
    form.addEventListener("submit", async e => {
      e.preventDefault();
      button.disabled = true;
      note.textContent = "";
      try {
        form.elements.answer.value = said(await ask(place));
        form.submit();
      } catch {
        note.textContent = place.dataset.failed;
      }
      button.disabled = false;
    });
  }
})();
