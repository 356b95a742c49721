import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchText, searchWords } from './search-text.js';

describe('text to search in and to search for', () => {
  it.each([
    [['#1042'], '1042'],
    [['  Müller   &\tSöhne '], 'muller & sohne'],
    [['Díaz', 'CAFÉ'], 'diaz cafe'],
    [['＃１０４２'], '1042'],
    [['PO #7'], 'po #7'],
    [['ﬁber'], 'fiber'],
    [['Ελλάδα'], 'ελλαδα'],
    [['', ''], ''],
    [['#'], ''],
  ])('%j is "%s"', (parts, text) => {
    expect(searchText(...parts)).toBe(text);
  });

  it('of a search finds what it was cut from', () => {
    expect(searchText('Harborview Dental Group', '1042')).toContain(searchText('DENTAL  group'));
  });

  it.each([
    ['', []],
    [' #123', ['123']],
    ['Acme #123', ['acme', '123']],
    ['# #', []],
    ['a b c d e f g h i j', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
  ])('%j asks for the words %j', (search, words) => {
    expect(searchWords(search)).toEqual(words);
  });

  it('is the same for every case and way of writing accents', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'ä', 'é', 'ñ', 'ç', 'Z', 'Ü', ' ', '1', '#', '-') });
    fc.assert(
      fc.property(letters, (text) => {
        expect(searchText(text.toUpperCase())).toBe(searchText(text));
        expect(searchText(text.normalize('NFD'))).toBe(searchText(text.normalize('NFC')));
        expect(searchText(text)).not.toMatch(/^\s|\s\s|\s$|[A-Z]/);
      }),
    );
  });
});
