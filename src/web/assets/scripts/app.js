import './theme.js';
import './dialogs.js';
import './undo.js';
import './network.js';
import './inbox-list.js';
import './keys.js';
import './flag-lines.js';
import './forms.js';
import './typed.js';
import './brand-preview.js';
import './brand-document.js';
import { openDocuments } from './pdf-view.js';

/* htmx is a plain script that has run before this module; its events arrive on the document. */
document.addEventListener('htmx:load', (event) => openDocuments(event.target));
openDocuments(document);
/* A strip of tabs that is wider than the phone opens at the one that is shown. */
document.querySelector('.settings-nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
