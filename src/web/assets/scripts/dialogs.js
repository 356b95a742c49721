/** Opens the approval as the button would: with open errors or warnings it asks once, naming them. */
export function approve() {
  document.getElementById('approve-form')?.requestSubmit();
}

export function reject() {
  document.getElementById('reject')?.showModal();
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener) {
    opener.closest('[popover]')?.hidePopover();
    document.getElementById(opener.dataset.opens)?.showModal();
  }
  if (event.target.closest('[data-closes]')) event.target.closest('dialog').close();
  if (event.target.closest('[data-reject]')) reject();
  if (event.target instanceof HTMLDialogElement && isOnBackdrop(event)) event.target.close();
});

/* In the capture phase, so that htmx never sees a submit that still has to be asked about. */
document.addEventListener(
  'submit',
  (event) => {
    if (event.target.id !== 'approve-form') return;
    const question = document.getElementById('approve-check');
    if (!question) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    question.showModal();
  },
  true,
);

/* The answer replaces what lay under an open dialog; it must not stay in the top layer. */
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.shouldSwap) event.detail.requestConfig?.elt?.closest?.('dialog[open]')?.close();
});

function isOnBackdrop(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
