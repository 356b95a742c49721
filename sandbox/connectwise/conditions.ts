import { badRequest } from './errors.js';

export type Literal =
  | { type: 'string'; value: string }
  | { type: 'number'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'datetime'; value: number }
  | { type: 'null' }
  | { type: 'list'; items: Literal[] };

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'like' | 'in';

export type Condition =
  | { kind: 'or' | 'and'; left: Condition; right: Condition }
  | { kind: 'compare'; field: string[]; operator: Operator; negated: boolean; literal: Literal };

type Token = { type: 'word' | 'symbol' | 'string' | 'number' | 'datetime'; text: string };

/** The vendor's own explanation of literals, which it attaches to every literal it does not like. */
export const literalRules =
  'String values should be enclosed with double or single quotes; DateTime values should be enclosed in square brackets; ' +
  'numbers should consist of only digits, and optionally a decimal point and a negation sign; boolean values should be ' +
  'indicated with the keywords true or false; null values should be indicated by the keyword null.';

const KINDS = [
  /(?<word>[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*)/,
  /(?<number>-?\d+(?:\.\d+)?)/,
  /\[(?<datetime>[^\]]*)\]/,
  /"(?<double>[^"]*)"/,
  /'(?<single>[^']*)'/,
  /(?<symbol><=|>=|!=|[=<>(),])/,
];
const TOKEN = new RegExp(`\\s*(?:${KINDS.map(({ source }) => source).join('|')})`, 'y');

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text)?.groups;
    if (!found) throw badRequest(`Invalid condition near "${text.slice(at, at + 30).trim()}". ${literalRules}`);
    const quoted = found['double'] ?? found['single'];
    if (quoted !== undefined) tokens.push({ type: 'string', text: quoted });
    else if (found['datetime'] !== undefined) tokens.push({ type: 'datetime', text: found['datetime'] });
    else if (found['number'] !== undefined) tokens.push({ type: 'number', text: found['number'] });
    else if (found['word'] !== undefined) tokens.push({ type: 'word', text: found['word'] });
    else tokens.push({ type: 'symbol', text: found['symbol'] ?? '' });
  }
  return tokens;
}

/** Parses `expr := term (OR term)*; term := factor (AND factor)*`; a mistake is a 400 in the vendor's words. */
export function parseConditions(text: string): Condition {
  const parser = new Parser(tokenize(text));
  const condition = parser.expression();
  parser.finish();
  return condition;
}

class Parser {
  private position = 0;
  constructor(private readonly tokens: Token[]) {}

  expression(): Condition {
    let left = this.term();
    while (this.takeWord('or')) left = { kind: 'or', left, right: this.term() };
    return left;
  }

  finish(): void {
    const rest = this.tokens[this.position];
    if (rest) throw badRequest(`Invalid condition: did not expect "${rest.text}" here.`);
  }

  private term(): Condition {
    let left = this.factor();
    while (this.takeWord('and')) left = { kind: 'and', left, right: this.factor() };
    return left;
  }

  private factor(): Condition {
    if (this.takeSymbol('(')) {
      const inner = this.expression();
      this.expectSymbol(')');
      return inner;
    }
    const field = this.next();
    if (field.type !== 'word') throw badRequest(`Invalid condition: expected a field name, not "${field.text}".`);
    const negated = this.takeWord('not');
    const operator = this.operator(negated);
    const literal = this.literal();
    if ((operator === 'in') !== (literal.type === 'list')) throw badRequest(`Invalid condition: "in" takes a list and only "in" does.`);
    return { kind: 'compare', field: field.text.split('/'), operator, negated, literal };
  }

  private operator(negated: boolean): Operator {
    const token = this.next();
    const text = token.text.toLowerCase();
    const words = ['contains', 'like', 'in'];
    if (token.type === 'word' && words.includes(text)) return text as Operator;
    if (token.type === 'symbol' && !negated && /^(=|!=|<=?|>=?)$/.test(text)) return text as Operator;
    throw badRequest(`Invalid condition: "${token.text}" is not an operator.`);
  }

  private literal(): Literal {
    const token = this.next();
    if (token.type === 'string') return { type: 'string', value: token.text };
    if (token.type === 'number') return { type: 'number', value: Number(token.text) };
    if (token.type === 'datetime') return { type: 'datetime', value: instant(token.text) };
    if (token.type === 'symbol' && token.text === '(') return this.list();
    const word = token.text.toLowerCase();
    if (word === 'true' || word === 'false') return { type: 'boolean', value: word === 'true' };
    if (word === 'null') return { type: 'null' };
    throw badRequest(`Expected a value, not ${token.text}. ${literalRules}`);
  }

  private list(): Literal {
    const items = [this.literal()];
    while (this.takeSymbol(',')) items.push(this.literal());
    this.expectSymbol(')');
    return { type: 'list', items };
  }

  private next(): Token {
    const token = this.tokens[this.position];
    if (!token) throw badRequest('Invalid condition: it ends too early.');
    this.position += 1;
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.position];
    if (token?.type !== 'word' || token.text.toLowerCase() !== word) return false;
    this.position += 1;
    return true;
  }

  private takeSymbol(symbol: string): boolean {
    const token = this.tokens[this.position];
    if (token?.type !== 'symbol' || token.text !== symbol) return false;
    this.position += 1;
    return true;
  }

  private expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw badRequest(`Invalid condition: expected "${symbol}".`);
  }
}

/** Date-times without a zone are UTC, as everything the API says. */
export function instant(text: string): number {
  const trimmed = text.trim();
  const zoned = /^\d{4}-\d{2}-\d{2}$/.test(trimmed) || /(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed) ? trimmed : `${trimmed}Z`;
  const value = Date.parse(zoned);
  if (Number.isNaN(value)) throw badRequest(`Expected a datetime value, not [${text}]. ${literalRules}`);
  return value;
}
