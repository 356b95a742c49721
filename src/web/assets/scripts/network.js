import { say } from './undo.js';

const line = document.querySelector('[data-offline]');

function show() {
  if (line) line.hidden = navigator.onLine;
}

window.addEventListener('online', show);
window.addEventListener('offline', show);
show();

document.addEventListener('htmx:sendError', () =>
  say('Countersign did not answer. Nothing was changed; try again when the connection is back.'),
);
/* An answer that replaces nothing brings its own message, whatever its status. */
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.xhr.getResponseHeader('HX-Reswap') !== 'none') return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) location.assign(`/sign-in?returnTo=${encodeURIComponent(location.pathname + location.search)}`);
  else if (status === 403) say('Your role does not include this. An owner or admin can change it under Settings, Members.');
  else if (status === 404) say('This is gone: it was removed or belongs to another company.');
  else if (status === 429) say('Too many requests in a short time. Wait a few seconds and try again.');
  else say('Countersign could not finish this. Nothing was sent to any other system by this request; try again.');
});
