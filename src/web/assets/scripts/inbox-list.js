import { fetchAhead } from './documents-ahead.js';

const ROWS_AHEAD = 2;

/** Rows in the order shown. */
function rows() {
  return [...document.querySelectorAll('#list .row')];
}

function currentRow() {
  return document.querySelector('#list .row[aria-current="true"]');
}

/** Opens the neighbour `step` rows away; from nowhere the first one. An invoice that is not among the loaded rows knows its own neighbours. */
export function move(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const isOpen = Boolean(document.querySelector('#invoice[data-id]'));
  const next = at >= 0 ? all[at + step] : isOpen ? undefined : all[0];
  if (next) openRow(next);
  else document.querySelector(`#invoice [data-neighbour="${step > 0 ? 'next' : 'previous'}"]`)?.click();
}

export function openRow(row) {
  row.querySelector('.row-link').click();
}

export function tickCurrent() {
  currentRow()?.querySelector('input:enabled')?.click();
}

function markCurrent(id) {
  for (const row of rows()) {
    if (row.dataset.id === id) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }
  const row = currentRow();
  if (!row) return;
  row.scrollIntoView({ block: 'nearest' });
  row.dataset.unread = 'false';
  row.querySelector('.dot')?.remove();
  fetchAfter(row);
}

function fetchAfter(row) {
  const all = rows();
  const at = all.indexOf(row);
  for (const next of all.slice(at + 1, at + 1 + ROWS_AHEAD)) if (next.dataset.document) fetchAhead(next.dataset.document);
}

/* Ticks live in the address too, so that a reload keeps them. */
function keepTicks() {
  const ticked = [...document.querySelectorAll('.row-mark input:checked')].map((box) => box.closest('.row').dataset.id);
  for (const place of document.querySelectorAll('[data-ticked-count]')) place.textContent = String(ticked.length);
  const url = new URL(location.href);
  if (ticked.length > 0) url.searchParams.set('ticked', ticked.join(','));
  else url.searchParams.delete('ticked');
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('#list .row-link');
  if (link && !event.metaKey && !event.ctrlKey) markCurrent(link.closest('.row').dataset.id);
  if (event.target.closest('[data-untick]')) {
    for (const box of document.querySelectorAll('.row-mark input:checked')) box.checked = false;
    keepTicks();
  }
});
document.addEventListener('change', (event) => {
  if (event.target.closest('.row-mark')) keepTicks();
});
document.addEventListener('htmx:afterSettle', () => {
  const open = document.querySelector('#invoice[data-id]');
  if (open && currentRow()?.dataset.id !== open.dataset.id) markCurrent(open.dataset.id);
});

/* The tabs scroll sideways where there is no room. */
function showTab() {
  document.querySelector('#inbox-tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

document.addEventListener('htmx:afterSettle', showTab);
showTab();

const open = document.querySelector('#invoice[data-id]');
if (open) markCurrent(open.dataset.id);
if (document.querySelector('.row-mark input:checked')) keepTicks();
