import { approve, reject } from './dialogs.js';
import { selectNextFlag } from './flag-lines.js';
import { move, tickCurrent } from './inbox-list.js';
import { undoLast } from './undo.js';

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  a: approve,
  r: reject,
  u: undoLast,
  x: tickCurrent,
  f: selectNextFlag,
  '/': () => document.getElementById('search')?.select(),
  '?': () => document.getElementById('keys')?.showModal(),
  Escape: leave,
};

/*
 * Text being typed is never a command, nor is a key with a modifier (Shift is part of '?'). A field of a dialog that has just closed
 * keeps the focus until the next frame, and nobody types there.
 */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    target.checkVisibility() &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))
  );
}

function leave(event) {
  if (isTyping(event.target)) {
    event.target.blur();
    return;
  }
  document.querySelector('[data-lit="true"]')?.removeAttribute('data-lit');
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector('dialog[open], :popover-open')) return;
  if (isTyping(event.target) && event.key !== 'Escape') return;
  if (event.key === 'Enter') {
    enter(event);
    return;
  }
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action(event);
});

/* On a focused link or button Enter keeps its own meaning. */
function enter(event) {
  if (event.target !== document.body && event.target.id !== 'list' && event.target.id !== 'main') return;
  event.preventDefault();
  if (document.querySelector('#invoice[data-id]')) document.getElementById('invoice-body')?.focus();
  else move(1);
}

/* Mac people expect this one for search. */
document.addEventListener('keydown', (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key === 'k' && document.getElementById('search')) {
    event.preventDefault();
    document.getElementById('search').select();
  }
});
