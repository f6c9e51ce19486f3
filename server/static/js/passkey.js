// Passkeys: asks the browser's authenticator what the server wants to know, and sends the form with the answer.

const fromText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The server's JSON (WebAuthn § 5.4, § 5.5) with its bytes as bytes.
function asked(options) {
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: fromText(one.id) }));
  const made = { ...options, challenge: fromText(options.challenge) };
  if (options.user) made.user = { ...options.user, id: fromText(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = known(options.allowCredentials);
  return made;
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const rawId = toText(credential.rawId);
  return { id: rawId, rawId, type: credential.type, response, clientExtensionResults: {} };
}

async function sign(form) {
  const told = await fetch(form.dataset.options, { credentials: "same-origin" });
  const options = await told.json();
  if (!told.ok) throw new Error(options.problem);
  const publicKey = asked(options);
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.answer.value = JSON.stringify(answer(credential));
  form.submit();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.passkey) return;
  event.preventDefault();
  if (form.dataset.asking) return;
  form.dataset.asking = "yes";
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    await sign(form);
  } catch {
    // Refused by the person, no authenticator, or no answer from the server: the sentence stands on the page.
    problem.hidden = false;
  } finally {
    delete form.dataset.asking;
  }
});
