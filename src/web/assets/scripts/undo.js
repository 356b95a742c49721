const STAY_MS = 6_000;

/** Presses the newest Undo that is still offered. */
export function undoLast() {
  const buttons = document.querySelectorAll('#toasts [data-undo]');
  buttons[buttons.length - 1]?.click();
}

function start(toast) {
  toast.dataset.started = 'true';
  if (!toast.dataset.seconds) {
    setTimeout(() => toast.remove(), STAY_MS);
    return;
  }
  const until = Date.now() + Number.parseInt(toast.dataset.seconds, 10) * 1000;
  const seconds = toast.querySelector('.seconds');
  const tick = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    seconds.textContent = String(Math.max(left, 0));
    if (left > 0 && toast.isConnected) return;
    clearInterval(tick);
    toast.remove();
  }, 250);
}

function startAll() {
  for (const toast of document.querySelectorAll('[data-toast]:not([data-started])')) start(toast);
}

/** A message of the page itself, when no server could send one. */
export function say(text) {
  const toast = document.createElement('div');
  toast.className = 'toast';
  toast.dataset.toast = '';
  toast.textContent = text;
  document.getElementById('toasts')?.append(toast);
  startAll();
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-undo]');
  if (button) button.addEventListener('htmx:afterRequest', () => button.closest('[data-toast]')?.remove(), { once: true });
});
document.addEventListener('htmx:oobAfterSwap', startAll);
document.addEventListener('htmx:afterSettle', startAll);
startAll();
