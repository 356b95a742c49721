import { badQuery } from './problem.js';

/** What a field of a list may be compared as. */
type FieldType = 'text' | 'number' | 'date' | 'guid' | 'boolean';
export type WhereFields = Readonly<Record<string, FieldType>>;

/** A flat row: the dotted field name in lower case to its value; dates are civil dates or ISO instants. */
export type WhereRow = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type WherePredicate = (row: WhereRow) => boolean;

type Literal = { type: FieldType | 'null'; value: string | number | boolean | null };
type Token = { kind: 'word' | 'operator' | 'text' | 'number'; text: string };

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(==|!=|>=|<=|&&|\|\||[=<>(),]))/y;
const COMPARISONS = new Set(['==', '=', '!=', '>', '>=', '<', '<=']);
const METHODS = new Set(['contains', 'startswith', 'endswith']);

/** Parses the `where` language; every field must be one that the list knows, or the sandbox refuses. */
export function parseWhere(text: string, fields: WhereFields): WherePredicate {
  return new WhereParser(tokenise(text), new Map(Object.entries(fields).map(([name, type]) => [name.toLowerCase(), type]))).parse();
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw badQuery(`Syntax error in the where clause at index ${at}`);
    const [, quoted, number, word, operator] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'operator', text: operator ?? '' });
  }
  return tokens;
}

class WhereParser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly fields: ReadonlyMap<string, FieldType>,
  ) {}

  parse(): WherePredicate {
    const predicate = this.either();
    if (this.at < this.tokens.length) throw badQuery(`Unexpected '${this.tokens[this.at]?.text}' in the where clause`);
    return predicate;
  }

  private either(): WherePredicate {
    let left = this.both();
    while (this.takes('||') || this.takesWord('or')) {
      const [first, second] = [left, this.both()];
      left = (row) => first(row) || second(row);
    }
    return left;
  }

  private both(): WherePredicate {
    let left = this.single();
    while (this.takes('&&') || this.takesWord('and')) {
      const [first, second] = [left, this.single()];
      left = (row) => first(row) && second(row);
    }
    return left;
  }

  private single(): WherePredicate {
    if (this.takes('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    const word = this.next('word').text.toLowerCase();
    const method = word.slice(word.lastIndexOf('.') + 1);
    if (METHODS.has(method)) return this.methodCall(word.slice(0, -method.length - 1), method);
    const type = this.typeOf(word);
    const operator = this.tokens[this.at]?.text ?? '';
    if (!COMPARISONS.has(operator)) {
      if (type === 'boolean') return (row) => row[word] === true;
      throw badQuery(`No comparison follows ${word} in the where clause`);
    }
    this.at += 1;
    return comparison(word, type, operator, this.literal());
  }

  private methodCall(field: string, method: string): WherePredicate {
    if (this.typeOf(field) !== 'text') throw badQuery(`No method ${method} on ${field}`);
    this.expect('(');
    const wanted = this.next('text').text.toLowerCase();
    this.expect(')');
    return (row) => {
      const value = row[field];
      if (typeof value !== 'string') throw badQuery(`Object reference not set to an instance of an object: guard ${field} with != null`);
      const text = value.toLowerCase();
      if (method === 'contains') return text.includes(wanted);
      return method === 'startswith' ? text.startsWith(wanted) : text.endsWith(wanted);
    };
  }

  private literal(): Literal {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token?.kind === 'text') return { type: 'text', value: token.text };
    if (token?.kind === 'number') return { type: 'number', value: Number(token.text) };
    const word = token?.text.toLowerCase();
    if (word === 'null') return { type: 'null', value: null };
    if (word === 'true' || word === 'false') return { type: 'boolean', value: word === 'true' };
    if (word === 'guid') return { type: 'guid', value: this.inBrackets(() => this.next('text').text.toLowerCase()) };
    if (word === 'datetime') return { type: 'date', value: this.inBrackets(() => this.dateParts()) };
    throw badQuery(`'${token?.text ?? 'end of text'}' is no value in the where clause`);
  }

  private dateParts(): string {
    const parts = [this.next('number').text];
    while (this.takes(',')) parts.push(this.next('number').text);
    const [year = '', month = '', day = ''] = parts.map((part, index) => part.padStart(index === 0 ? 4 : 2, '0'));
    if (parts.length !== 3) throw badQuery('DateTime takes year, month and day');
    return `${year}-${month}-${day}`;
  }

  private typeOf(field: string): FieldType {
    const type = this.fields.get(field);
    if (!type) throw badQuery(`No property or field '${field}' that the sandbox models exists in this type`);
    return type;
  }

  private inBrackets<T>(inner: () => T): T {
    this.expect('(');
    const value = inner();
    this.expect(')');
    return value;
  }

  private takes(operator: string): boolean {
    const found = this.tokens[this.at]?.kind === 'operator' && this.tokens[this.at]?.text === operator;
    if (found) this.at += 1;
    return found;
  }

  private takesWord(word: string): boolean {
    const found = this.tokens[this.at]?.kind === 'word' && this.tokens[this.at]?.text.toLowerCase() === word;
    if (found) this.at += 1;
    return found;
  }

  private expect(operator: string): void {
    if (!this.takes(operator)) throw badQuery(`'${operator}' expected in the where clause`);
  }

  private next(kind: Token['kind']): Token {
    const token = this.tokens[this.at];
    if (token?.kind !== kind) throw badQuery(`'${token?.text ?? 'end of text'}' is not expected in the where clause`);
    this.at += 1;
    return token;
  }
}

function comparison(field: string, type: FieldType, operator: string, literal: Literal): WherePredicate {
  if (literal.type !== 'null' && literal.type !== type) {
    throw badQuery(`Operator '${operator}' incompatible with operand types '${type}' and '${literal.type}'`);
  }
  const wanted = comparable(literal.value);
  return (row) => {
    const value = comparable(row[field] ?? null);
    if (operator === '==' || operator === '=') return value === wanted;
    if (operator === '!=') return value !== wanted;
    if (value === null || wanted === null) return false;
    // A date compares by its day against DateTime(y,m,d), whose time is midnight.
    if (operator === '>') return value > wanted;
    if (operator === '>=') return value >= wanted;
    return operator === '<' ? value < wanted : value <= wanted;
  };
}

function comparable(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
