import { describe, expect, it } from 'vitest';
import { aBrand } from '../../../../test/support/invoices.js';
import { awkwardNames } from '../../../../test/support/sample-invoices.js';
import { invoiceHtml } from './render-invoice.js';
import { compileTemplate } from './template.js';

const compile = (source: string) => compileTemplate('main', new Map([['main', source]]));

describe('templates', () => {
  it('escape every value', () => {
    expect(compile('<p title="{{x}}">{{x}}</p>')({ x: `<b>&"'` })).toBe(
      '<p title="&lt;b&gt;&amp;&quot;&#x27;">&lt;b&gt;&amp;&quot;&#x27;</p>',
    );
  });

  it('fail on a name the view does not have, instead of printing a gap', () => {
    expect(() => compile('{{sellr}}')({ seller: 'x' })).toThrow(/sellr/);
  });

  it('see own values only', () => {
    expect(
      compile('{{toString}}{{x.inherited}}{{x.own}}')({ x: Object.assign(Object.create({ inherited: 'no' }) as object, { own: 'yes' }) }),
    ).toBe('yes');
  });

  it('are refused before they run', () => {
    expect(() => compile('{{{x}}}')).toThrow(/raw output/);
  });
});

describe('invoiceHtml', () => {
  const content = awkwardNames();
  const html = invoiceHtml({ content, brand: aBrand({ footer: `</style><script>'"\\\n` }), asOf: content.date });

  it('keeps names that look like markup as text, also in the stylesheet and the title', () => {
    expect(html).not.toMatch(/<script/i);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).not.toContain('<img src="https:');
    expect(html).toContain('&lt;script&gt;');
  });

  it('forbids loading and running anything', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(html).not.toMatch(/url\((?!data:)/);
  });

  it('embeds the alphabets and emoji the text needs, and no others', () => {
    expect(html).toContain("font-family:'Noto Emoji'");
    const customer = { name: 'A', address: { lines: [] } };
    const small = {
      ...content,
      number: '7',
      topComment: 'plain',
      lines: content.lines.slice(0, 2),
      subtotal: '200',
      total: '200',
      customer,
    };
    const plain = invoiceHtml({ content: small, brand: aBrand(), asOf: content.date });
    expect(plain).not.toContain("font-family:'Noto Emoji'");
    expect(plain.length).toBeLessThan(html.length / 2);
  });
});
