import { pdfjs } from './pdf-view.js';

/* Beside the brand form stands the first page of an invented invoice, printed with what is typed; nothing is saved by it. */
const QUIET_MS = 700;
/* A whole sheet in the width of a hand needs more dots than most screens have. */
const LEAST_DENSITY = 2;

let timer;
let asked = 0;

function place() {
  return document.querySelector('[data-brand-document]');
}

async function show() {
  const target = place();
  const form = target?.closest('form');
  if (!form) return;
  const mine = (asked += 1);
  const answer = await fetch(target.dataset.brandDocument, { method: 'POST', body: new FormData(form), headers: { 'HX-Request': 'true' } });
  if (mine !== asked || !target.isConnected) return;
  if (!answer.ok) return say('This cannot be printed as it is. Press Save brand to see why.');
  const { getDocument } = await pdfjs();
  const task = getDocument({ data: new Uint8Array(await answer.arrayBuffer()), enableXfa: false, useWasm: false });
  try {
    const page = await (await task.promise).getPage(1);
    if (mine === asked) await draw(page, target);
  } finally {
    void task.destroy();
  }
  say('The first page of an invented invoice, as it is printed.');
}

async function draw(page, target) {
  const natural = page.getViewport({ scale: 1 });
  const density = Math.max(window.devicePixelRatio || 1, LEAST_DENSITY);
  const viewport = page.getViewport({ scale: (target.clientWidth / natural.width) * density });
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.className = 'brand-preview';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'First page of a sample invoice with this brand');
  await page.render({ canvas, viewport }).promise;
  target.replaceChildren(canvas);
}

function say(text) {
  const line = document.querySelector('[data-brand-said]');
  if (line) line.textContent = text;
}

/* The sketch stays where the page cannot be printed: offline, or while the server is busy. */
function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => void show().catch(() => say('The printed page could not be fetched. Your entries are still here.')), wait);
}

document.addEventListener('input', (event) => {
  if (event.target.closest('[data-brand-form]') && place()) later(QUIET_MS);
});
if (place()) later(0);
