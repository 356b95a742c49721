/** A flag lights its line, on the document and in the table, and a line lights its flag. */

function light(lineKey, flag) {
  for (const lit of document.querySelectorAll('[data-lit="true"]')) lit.removeAttribute('data-lit');
  const marks = lineKey === undefined ? [] : linesOf(lineKey);
  for (const mark of marks) mark.dataset.lit = 'true';
  if (flag) flag.dataset.lit = 'true';
  return marks;
}

function linesOf(lineKey) {
  const name = CSS.escape(lineKey);
  return [...document.querySelectorAll(`.line-mark[data-mark="${name}"], [data-line-row="${name}"]`)];
}

function selectFlag(flag) {
  const [first] = light(flag.dataset.line, flag);
  flag.scrollIntoView({ block: 'nearest' });
  first?.scrollIntoView({ block: 'center' });
}

export function selectNextFlag() {
  const flags = [...document.querySelectorAll('[data-flag]')];
  const at = flags.findIndex((flag) => flag.dataset.lit === 'true');
  const next = flags[(at + 1) % flags.length];
  if (!next) return;
  selectFlag(next);
  next.querySelector('[data-flag-select]').focus({ preventScroll: true });
}

/** Flags by the line they are about; dismissed ones light nothing of their own. */
export function flaggedLines() {
  const lines = new Map();
  for (const flag of document.querySelectorAll('[data-flag][data-line]:not([data-dismissed])')) {
    if (!lines.has(flag.dataset.line)) lines.set(flag.dataset.line, flag);
  }
  return lines;
}

document.addEventListener('click', (event) => {
  const flag = event.target.closest('[data-flag]');
  if (flag && !event.target.closest('a, button:not([data-flag-select])')) selectFlag(flag);
  const mark = event.target.closest('.line-mark');
  if (!mark) return;
  const about = flaggedLines().get(mark.dataset.mark);
  light(mark.dataset.mark, about);
  about?.scrollIntoView({ block: 'nearest' });
});
