import '../vendor/webauthn.js';

/* Asks the browser for a passkey: data-passkey="add" makes one, "confirm" uses one. The library puts itself on the window. */
const { startRegistration, startAuthentication } = globalThis.SimpleWebAuthnBrowser;

const post = async (address, body) => {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (answer.ok) return said;
  // Signed out meanwhile, or to prove first that it is them.
  if (answer.status === 401) return { leave: '/sign-in' };
  if (said.stepUpRequired) return { leave: `/sign-in/confirm?${new URLSearchParams({ returnTo: location.pathname + location.search })}` };
  throw new Error(said.problem ?? said.detail);
};

const run = async (form) => {
  const { returnTo, name } = Object.fromEntries(new FormData(form));
  const isNew = form.dataset.passkey === 'add';
  const address = isNew ? '/sign-in/passkey/new' : '/sign-in/passkey';
  const optionsJSON = await post(`${address}/options`, {});
  if (optionsJSON.leave) return location.assign(optionsJSON.leave);
  const answer = await (isNew ? startRegistration : startAuthentication)({ optionsJSON });
  const outcome = await post(address, { answer, returnTo, ...(isNew && { name }) });
  location.assign(outcome.leave ?? outcome.location);
};

const wordsFor = (error) => {
  if (error.name === 'InvalidStateError') return 'This device holds a passkey of yours already. Use it, or add another device.';
  if (error.name === 'NotAllowedError' || error.name === 'AbortError')
    return 'No passkey was used: the request was closed or took too long. Try again.';
  return error.message;
};

const submitted = async (form) => {
  const problem = form.querySelector('[role=alert]');
  const button = form.querySelector('button');
  problem.hidden = true;
  button.disabled = true;
  try {
    await run(form);
  } catch (error) {
    problem.querySelector('span').textContent = wordsFor(error);
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
};

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-passkey]');
  if (!form) return;
  event.preventDefault();
  void submitted(form);
});
