/*
 * What somebody typed outlives being asked to prove who they are: a form that led there is filled again when they are back at its page.
 * It waits in this tab alone, and never for what the browser itself would not remember.
 */
const KEY = 'typed';
const PROOF = '/sign-in/confirm';
const KEPT_MS = 15 * 60_000;
const SECRET = 'input[type=password], input[type=hidden], input[type=file], [autocomplete=one-time-code]';

document.addEventListener('submit', ({ target: form }) => {
  if (form.method !== 'post' || location.pathname.startsWith('/sign-in')) return;
  const fields = [...form.elements].filter((field) => field.name && !field.matches(SECRET)).map(stateOf);
  sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, action: actionOf(form), at: Date.now(), fields }));
});

const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
if (!location.pathname.startsWith('/sign-in')) sessionStorage.removeItem(KEY);
if (kept?.page === location.pathname && Date.now() - kept.at < KEPT_MS && cameFromProof()) fill(kept);

function fill({ action, fields }) {
  const form = [...document.querySelectorAll('form')].find((one) => one.method === 'post' && actionOf(one) === action);
  if (!form) return;
  for (const { name, type, value, checked } of fields) {
    const field = [...form.elements].find((one) => one.name === name && !one.matches(SECRET) && (!isTick(type) || one.value === value));
    if (!field) continue;
    if (isTick(type)) field.checked = checked;
    else field.value = value;
  }
  form.scrollIntoView({ block: 'center' });
  // Consent has no name and is given anew; else one key sends it.
  (form.querySelector('input:invalid') ?? form.querySelector('button:not([type=button])'))?.focus({ preventScroll: true });
}

function stateOf({ name, type, value, checked }) {
  return { name, type, value, checked };
}

function isTick(type) {
  return type === 'checkbox' || type === 'radio';
}

function actionOf(form) {
  return form.getAttribute('action');
}

function cameFromProof() {
  if (!URL.canParse(document.referrer)) return false;
  const { origin, pathname } = new URL(document.referrer);
  return origin === location.origin && pathname.startsWith(PROOF);
}
