import { describe, expect, it } from 'vitest';
import { anInbox, aList } from '../../test/support/gallery/inbox-fixture.js';
import { anInvoice } from '../../test/support/gallery/invoice-fixture.js';
import { screens } from '../../test/support/gallery/screens.js';
import { aShell, NOW, usd } from '../../test/support/gallery/shell-fixture.js';
import { AssetLibrary } from './asset-library.js';
import { ViewEngine } from './view-engine.js';

const engine = new ViewEngine({ assets: new AssetLibrary(), clock: { now: () => NOW }, production: true });
const [FIRST] = aList().rows;
if (!FIRST) throw new Error('the fixture has no row');
const HOSTILE = `<img src=x onerror=alert(1)>"'{{7*7}}&amp;`;

describe.each(screens(engine).map(({ name, html }) => [name, html] as const))('%s', (_name, html) => {
  it('shows fields and not their containers', () => {
    expect(html).not.toMatch(/\[object |undefined|NaN|function /);
  });

  it('keeps to the content security policy: no inline style, script or handler', () => {
    expect(html).not.toMatch(/<[^>]+\s(style|on[a-z]+)=/);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/hx-(on|vars)|javascript:/);
  });

  it('uses an id once', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('names every field of a form', () => {
    for (const [field] of html.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
      if (field.includes('type="hidden"') || field.includes('aria-label=')) continue;
      const id = /\sid="([^"]+)"/.exec(field)?.[1];
      expect(id !== undefined && html.includes(`for="${id}"`) ? '' : wrapped(html, field)).toBe('');
    }
  });

  it('has one title and one h1 at most', () => {
    expect(html.match(/<title>[^<]+<\/title>/g)?.length ?? 0).toBeGreaterThan(0);
    expect(html.match(/<h1/g)?.length ?? 0).toBeLessThan(2);
  });
});

it('escapes what vendors and people wrote, in text, attributes and JSON', () => {
  const invoice = anInvoice({
    customer: HOSTILE,
    number: HOSTILE,
    flags: [],
    timeline: [],
    document: {
      state: 'ready',
      hash: 'a',
      href: '/d',
      fileName: HOSTILE,
      sizeText: '1 kB',
      positions: [{ lineKey: HOSTILE, page: 1, left: 0, top: 0, width: 1, height: 1 }],
    },
  });
  const html = engine.render('inbox', anInbox({ list: aList({ rows: [{ ...FIRST, customer: HOSTILE }] }), invoice }));
  expect(html).not.toContain('<img src=x');
  expect(html).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;&quot;&#x27;{{7*7}}&amp;amp;');
});

it('throws on a view that lacks a field, instead of leaving a hole', () => {
  const invoice = anInvoice();
  const broken = anInbox({ invoice });
  Reflect.deleteProperty(invoice, 'customer');
  expect(() => engine.render('inbox', broken)).toThrow('customer');
});

it('shows nothing that is inherited', () => {
  class Row {
    get name() {
      return 'secret';
    }
  }
  const shell = aShell({ tenants: [Object.assign(new Row(), { id: 't', roleLabel: 'Owner', current: true })] });
  expect(engine.render('inbox', anInbox({ shell }))).not.toContain('secret');
});

it('answers htmx with the part it asked for', () => {
  const rows = engine.render('inbox', anInbox(), { htmx: 'rows' });
  expect(rows.trimStart()).toMatch(/^<li class="row"/);
  expect(engine.render('invoice', { shell: aShell(), invoice: anInvoice() }, { htmx: 'flags' }).trimStart()).toMatch(
    /^<section id="flags"/,
  );
  expect(engine.render('invoice', { shell: aShell(), invoice: anInvoice() }).trimStart()).toMatch(/^<article class="invoice" id="invoice"/);
});

it('a decision brings the next invoice, the decided row, the counts and the undo', () => {
  const toast = { text: 'INV-1042 approved.', undo: { href: '/invoices/i0/approval', seconds: 10, target: '#invoice' } };
  const html = engine.render('inbox/decision', {
    shell: aShell({ toasts: [toast] }),
    invoice: anInvoice({ id: 'i1' }),
    row: FIRST,
    list: aList(),
  });
  expect(html).toContain('<article class="invoice" id="invoice" data-open="invoice" data-id="i1"');
  expect(html).toMatch(/<li class="row" id="row-i0"[^>]* hx-swap-oob="true"/);
  expect(html).toMatch(/<nav class="tabs" id="inbox-tabs"[^>]* hx-swap-oob="true"/);
  expect(html).toContain('<div id="toasts" hx-swap-oob="beforeend">');
});

it('says a foreign currency and stays silent about the own one', () => {
  const html = engine.render(
    'inbox',
    anInbox({
      list: aList({ rows: [], sums: [usd('1.00'), { amount: '2.00', currency: 'AUD' }], nextHref: undefined, empty: aList().empty }),
    }),
  );
  expect(html).not.toContain('USD');
});

/** Empty when the field stands inside its label. */
function wrapped(html: string, field: string): string {
  const before = html.slice(0, html.indexOf(field));
  return before.lastIndexOf('<label') > before.lastIndexOf('</label>') ? '' : field;
}
