import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guardTemplate, TEMPLATE_LIMITS, TemplateRefused } from './template-guard.js';

function guard(source: string, parts: Record<string, string> = {}): void {
  guardTemplate('main', new Map([['main', source], ...Object.entries(parts)]));
}

describe('guardTemplate', () => {
  it('lets text, escaped values, each, if, unless, comments and named parts through', () => {
    const source =
      '<p class="a {{kind}}">{{seller.name}} {{../x}} {{@index}}</p>{{!-- note --}}{{#each rows}}<td{{#if quiet}} ' +
      'class="quiet"{{/if}}>{{this}}</td>{{/each}}{{#if a}}x{{else if b}}y{{else}}z{{/if}}{{> part seller}}';
    expect(() => guard(source, { part: '{{#unless name}}<br>{{/unless}}' })).not.toThrow();
  });

  it('lets our own first template through', () => {
    const folder = new URL('../../../../templates/documents/invoice/v1/', import.meta.url);
    const files = readdirSync(folder).filter((file) => file.endsWith('.hbs'));
    expect(files.length).toBeGreaterThan(1);
    const sources = new Map(files.map((file) => [file.replace('.hbs', ''), readFileSync(new URL(file, folder), 'utf8')]));
    expect(() => guardTemplate('invoice', sources)).not.toThrow();
  });

  it.each([
    ['{{{total}}}', 'raw output'],
    ['{{&total}}', 'raw output'],
    ['{{lookup this "x"}}', 'helpers cannot be called'],
    ['{{log total}}', 'helpers cannot be called'],
    ['{{total x=1}}', 'helpers cannot be called'],
    ['{{#with seller}}{{/with}}', '{{#with}} is not available'],
    ['{{#seller}}{{/seller}}', '{{#seller}} is not available'],
    ['{{#each (lookup a b)}}{{/each}}', 'only names of values'],
    ['{{#each rows as |row|}}{{/each}}', 'block parameters'],
    ['{{#if a b}}{{/if}}', 'exactly one value'],
    ['{{* decorate}}', 'decorators'],
    ['{{#*inline "x"}}{{/inline}}', 'decorators and inline parts'],
    ['{{#> part}}{{/part}}', 'parts with a block'],
    ['{{> (pick)}}', 'fixed name'],
    ['{{> nobody}}', 'fixed name'],
    ['{{> part x=1}}', 'one value at most'],
    ['{{constructor}}', '"constructor" is not the name'],
    ['{{seller.__proto__.x}}', '"__proto__" is not the name'],
    ['{{seller.[constructor]}}', '"constructor" is not the name'],
    ['{{@root.seller}}', '"@root.seller" is not available'],
    ['{{"text"}}', 'only names of values'],
    ['{{#if}}', 'cannot be read'],
    ['{{{{raw}}}}x{{{{/raw}}}}', '{{#raw}} is not available'],
    ['{{../../../../../x}}', 'repeated more than'],
    ['<script>1</script>', '<script> is not available'],
    ['<meta http-equiv="refresh">', 'the attribute "http-equiv" is not available'],
    ['<p onclick="x">', 'the attribute "onclick" is not available'],
    ['<a href="javascript:1">', 'the attribute "href" is not available'],
    ['<p style="{{x}}">', 'the attribute "style" is not available'],
    ['<p class={{x}}>', 'must stand in a quoted attribute'],
    ["<p class='{{x}}'>", 'double quotes'],
    ['<{{x}}>', 'must stand in a quoted attribute'],
    ['<!-- {{x}} -->', 'must stand in a quoted attribute'],
    ['<p class="{{#if a}}x">{{else}}y{{/if}}', 'a tag or an attribute must end in the block'],
    ['<p', 'not closed'],
    ['<p class="a{{> part}}">', 'cannot be included inside a tag'],
  ])('refuses %s: %s', (source, reason) => {
    expect(() => guard(source, { part: 'x' })).toThrow(reason);
  });

  it('names the template and the line', () => {
    try {
      guard('<p>\n\n{{{total}}}</p>');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateRefused);
      expect(error).toMatchObject({ template: 'main', line: 3, message: expect.stringContaining('Template "main", line 3: ') });
    }
  });

  it('refuses parts that include themselves, also round a corner', () => {
    expect(() => guard('{{> a}}', { a: '{{> b}}', b: '{{> a}}' })).toThrow('would include itself');
  });

  it('refuses what is too long, too deep, repeated too deeply, or too much once parts are unfolded', () => {
    expect(() => guard('x'.repeat(TEMPLATE_LIMITS.sourceLength + 1))).toThrow('longer than');
    expect(() => guard('{{#if a}}'.repeat(13) + '{{/if}}'.repeat(13))).toThrow('nested deeper');
    expect(() => guard('{{#each a}}'.repeat(5) + '{{/each}}'.repeat(5))).toThrow('{{#each}} is nested deeper');
    const parts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`p${index}`, `{{> p${index + 1}}}`.repeat(8)]));
    expect(() => guard('{{> p0}}', { ...parts, p8: 'x' })).toThrow('parts');
  });
});
