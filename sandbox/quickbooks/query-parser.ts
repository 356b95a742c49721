import { queryParserError, queryValidationError } from './faults.js';
import { type Token, tokenize } from './query-tokens.js';

const OPERATORS = ['=', '<', '>', '<=', '>=', 'IN', 'LIKE'] as const;
type Operator = (typeof OPERATORS)[number];

export interface Condition {
  property: string;
  operator: Operator;
  values: readonly string[];
}

export interface Query {
  entity: string;
  count: boolean;
  where: readonly Condition[];
  orderBy: readonly { property: string; descending: boolean }[];
  /** One-based. */
  startPosition: number;
  maxResults: number;
}

const MAX_RESULTS = 1000;
const DEFAULT_RESULTS = 100;

/** Reads the query language; refuses with 4000 what is no sentence of it and with 4001 numbers out of range. */
export function parseQuery(text: string, today: string): Query {
  const reader = new Reader(tokenize(text), today);
  reader.keyword('SELECT');
  const count = reader.projection();
  reader.keyword('FROM');
  const entity = reader.word('an entity');
  const where: Condition[] = [];
  if (reader.takeKeyword('WHERE')) {
    do where.push(reader.condition());
    while (reader.takeKeyword('AND'));
  }
  const orderBy = reader.ordering();
  const startPosition = reader.takeKeyword('STARTPOSITION') ? reader.number(1, Infinity) : 1;
  const maxResults = reader.takeKeyword('MAXRESULTS') ? reader.number(0, MAX_RESULTS) : DEFAULT_RESULTS;
  reader.end();
  return { entity, count, where, orderBy, startPosition, maxResults };
}

class Reader {
  private position = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly today: string,
  ) {}

  takeKeyword(keyword: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== 'word' || token.text.toUpperCase() !== keyword) return false;
    this.position += 1;
    return true;
  }

  keyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) this.refuse(keyword);
  }

  word(expected: string): string {
    const token = this.tokens[this.position];
    if (token?.kind !== 'word') return this.refuse(expected);
    this.position += 1;
    return token.text;
  }

  /** `*` or `COUNT(*)`; projections of single attributes are not part of the language. */
  projection(): boolean {
    if (this.takeSymbol('*')) return false;
    this.keyword('COUNT');
    for (const symbol of ['(', '*', ')']) this.symbol(symbol);
    return true;
  }

  condition(): Condition {
    const property = this.word('an attribute');
    const operator = this.operator();
    if (operator !== 'IN') return { property, operator, values: [this.value()] };
    this.symbol('(');
    const values = [this.value()];
    while (this.takeSymbol(',')) values.push(this.value());
    this.symbol(')');
    return { property, operator, values };
  }

  ordering(): { property: string; descending: boolean }[] {
    if (!this.takeKeyword('ORDERBY')) {
      if (!this.takeKeyword('ORDER')) return [];
      this.keyword('BY');
    }
    const orderBy = [];
    do {
      const property = this.word('an attribute');
      const descending = this.takeKeyword('DESC');
      if (!descending) this.takeKeyword('ASC');
      orderBy.push({ property, descending });
    } while (this.takeSymbol(','));
    return orderBy;
  }

  number(min: number, max: number): number {
    const token = this.tokens[this.position];
    if (token?.kind !== 'number') return this.refuse('a number');
    this.position += 1;
    const value = Number(token.text);
    if (value < min) throw queryValidationError(`value ${token.text} is too small. Min allowed value is ${min}`);
    if (value > max) throw queryValidationError(`value ${token.text} is too large. Max allowed value is ${max}`);
    return value;
  }

  end(): void {
    if (this.position < this.tokens.length) this.refuse('the end of the query');
  }

  private operator(): Operator {
    const token = this.tokens[this.position];
    const operator = OPERATORS.find((known) => known === token?.text.toUpperCase() && token.kind !== 'string');
    if (!operator) return this.refuse('an operator');
    this.position += 1;
    return operator;
  }

  /** Quoted text, a bare boolean or CURRENT_DATE; bare numbers are not accepted. */
  private value(): string {
    const token = this.tokens[this.position];
    this.position += 1;
    if (token?.kind === 'string') return token.text;
    const bare = token?.kind === 'word' ? token.text.toLowerCase() : undefined;
    if (bare === 'true' || bare === 'false') return bare;
    if (bare === 'current_date') return this.today;
    this.position -= 1;
    return this.refuse('a value in single quotes');
  }

  private takeSymbol(symbol: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.position += 1;
    return true;
  }

  private symbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.refuse(`"${symbol}"`);
  }

  private refuse(expected: string): never {
    const token = this.tokens[this.position];
    const found = token ? `Encountered "${token.text}" at position ${token.at}` : 'Encountered the end of the query';
    throw queryParserError(`${found}. Was expecting: ${expected}`);
  }
}
