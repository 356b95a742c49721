import { takeAhead } from './documents-ahead.js';
import { flaggedLines } from './flag-lines.js';

/* Sharper than this costs memory that nobody sees. */
const MAX_DENSITY = 2.5;
const POINT_PX = 96 / 72;
const REDRAW_AFTER_MS = 150;

let library;

/* Half a megabyte, so only once there is a document to draw. */
export async function pdfjs() {
  library ??= import('../vendor/pdf.mjs').then((module) => {
    module.GlobalWorkerOptions.workerSrc = new URL('../vendor/pdf.worker.mjs', import.meta.url).href;
    return module;
  });
  return library;
}

/** Draws every document below `root` that is not drawn yet. */
export function openDocuments(root) {
  const places = [...root.querySelectorAll('[data-pdf]:not([data-opened])')];
  if (root.matches?.('[data-pdf]:not([data-opened])')) places.push(root);
  for (const place of places) {
    place.dataset.opened = 'true';
    void open(place).catch((error) => fail(place, error));
  }
}

async function open(place) {
  const { getDocument, TextLayer } = await pdfjs();
  const data = await takeAhead(place.dataset.pdf);
  const task = getDocument({ ...(data ? { data } : { url: place.dataset.pdf }), enableXfa: false, useWasm: false });
  const pdf = await task.promise;
  const first = await pdf.getPage(1);
  if (!place.isConnected) return void task.destroy();
  const view = { place, pdf, TextLayer, positions: JSON.parse(place.dataset.positions || '[]'), pages: [] };
  const size = first.getViewport({ scale: POINT_PX });
  place.replaceChildren(...Array.from({ length: pdf.numPages }, (_, index) => frame(view, index + 1, size)));
  // Marks stand before their pages are drawn: a flag has to find its line on a page nobody has scrolled to.
  for (const { number, element } of view.pages) addMarks(view, number, element, (element.clientWidth / size.width) * POINT_PX);
  view.seen = watch(view);
  followWidth(view);
  await draw(view, 1);
  for (const page of view.pages.slice(1)) view.seen.observe(page.element);
  release(task, view);
}

/* Every page has its place before it has its picture, so that nothing jumps while scrolling. */
function frame(view, number, size) {
  const element = document.createElement('div');
  element.className = 'pdf-page';
  element.dataset.page = String(number);
  view.pages.push({ number, element });
  fit(view, element, size);
  return element;
}

function fit(view, element, size) {
  const style = getComputedStyle(view.place);
  const room = view.place.clientWidth - Number.parseInt(style.paddingLeft, 10) - Number.parseInt(style.paddingRight, 10);
  const width = Math.floor(Math.min(room, size.width));
  element.style.width = `${width}px`;
  element.style.height = `${Math.round((width * size.height) / size.width)}px`;
}

function watch(view) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        void draw(view, Number.parseInt(entry.target.dataset.page, 10)).catch((error) => fail(view.place, error));
      }
    },
    { rootMargin: '100% 0px' },
  );
  return seen;
}

/* After a change of width every page is drawn again when it is seen, as sharp as before. */
function followWidth(view) {
  let width = view.place.clientWidth;
  let timer;
  view.width = new ResizeObserver(() => {
    if (view.place.clientWidth === width) return;
    width = view.place.clientWidth;
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const { element } of view.pages) {
        view.seen.unobserve(element);
        view.seen.observe(element);
      }
    }, REDRAW_AFTER_MS);
  });
  view.width.observe(view.place);
}

async function draw(view, number) {
  const { element } = view.pages[number - 1];
  const page = await view.pdf.getPage(number);
  const whole = page.getViewport({ scale: POINT_PX });
  fit(view, element, whole);
  const scale = (element.clientWidth / whole.width) * POINT_PX;
  const density = Math.min(window.devicePixelRatio || 1, MAX_DENSITY);
  const viewport = page.getViewport({ scale: scale * density });
  const canvas = document.createElement('canvas');
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.setAttribute('role', 'presentation');
  await page.render({ canvas, viewport }).promise;
  element.replaceChildren(canvas);
  await addText(view, page, element, scale);
  addMarks(view, number, element, scale);
}

async function addText(view, page, element, scale) {
  const container = document.createElement('div');
  container.className = 'textLayer';
  element.style.setProperty('--total-scale-factor', String(scale));
  element.style.setProperty('--scale-round-x', '1px');
  element.style.setProperty('--scale-round-y', '1px');
  element.append(container);
  await new view.TextLayer({ textContentSource: page.streamTextContent(), container, viewport: page.getViewport({ scale }) }).render();
}

/* Positions are points from the top left of the page; only lines that a flag is about get a mark. */
function addMarks(view, number, element, scale) {
  const flagged = flaggedLines();
  for (const position of view.positions) {
    const flag = flagged.get(position.lineKey);
    if (position.page !== number || !flag) continue;
    const mark = document.createElement('button');
    mark.type = 'button';
    mark.className = 'line-mark';
    mark.dataset.mark = position.lineKey;
    if (flag.dataset.tone) mark.dataset.tone = flag.dataset.tone;
    if (flag.dataset.lit === 'true') mark.dataset.lit = 'true';
    mark.setAttribute('aria-label', flag.querySelector('[data-flag-select]').textContent);
    mark.style.left = `${(position.left - 4) * scale}px`;
    mark.style.top = `${(position.top - 2) * scale}px`;
    mark.style.width = `${(position.width + 8) * scale}px`;
    mark.style.height = `${(position.height + 4) * scale}px`;
    element.append(mark);
  }
}

/* The worker keeps the whole file until it is told that nobody looks any more. */
function release(task, view) {
  const gone = () => {
    if (view.place.isConnected) return;
    document.removeEventListener('htmx:afterSettle', gone);
    view.seen.disconnect();
    view.width.disconnect();
    void task.destroy();
  };
  document.addEventListener('htmx:afterSettle', gone);
}

function fail(place, error) {
  if (!place.isConnected) return;
  console.error('The document could not be drawn:', error);
  const text = document.createElement('p');
  const link = document.createElement('a');
  link.href = place.dataset.pdf;
  link.textContent = 'Download it';
  text.className = 'muted';
  text.append('This document could not be drawn here. ', link, ' to read it, or use the Lines tab.');
  place.replaceChildren(text);
}
