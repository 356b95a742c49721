import { queryParserError } from './faults.js';

export interface Token {
  kind: 'word' | 'number' | 'string' | 'symbol';
  /** Of a string: its value, without quotes and escapes. */
  text: string;
  at: number;
}

const PATTERN =
  /\s+|(?<word>[A-Za-z_][A-Za-z0-9_.]*)|(?<number>-?\d+(?:\.\d+)?)|'(?<string>(?:[^'\\]|\\.)*)'|(?<symbol><=|>=|[=<>(),*])/suy;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (!match) throw queryParserError(`Lexical error at position ${at + 1}. Encountered: "${text.charAt(at)}"`);
    const { word, number, string, symbol } = match.groups ?? {};
    if (word !== undefined) tokens.push({ kind: 'word', text: word, at: at + 1 });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: at + 1 });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replace(/\\(.)/gsu, '$1'), at: at + 1 });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at: at + 1 });
    at += match[0].length;
  }
  return tokens;
}
