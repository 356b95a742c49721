document.addEventListener('change', (event) => {
  event.target.closest('form[data-submit-on-change]')?.requestSubmit();
  if (event.target.matches('[data-tick-all]')) {
    for (const box of event.target.closest('table').querySelectorAll('tbody input[type=checkbox]:enabled'))
      box.checked = event.target.checked;
  }
  if (event.target.matches('#flag-filter input')) event.target.closest('[popover]').hidePopover();
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  void navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
    button.textContent = 'Copied';
  });
});
