import Handlebars from 'handlebars';
import { MarkupScanner } from './template-markup.js';

export const TEMPLATE_LIMITS = {
  /** Characters of one source. */
  sourceLength: 65_536,
  /** Parts of all sources together, a part that is included twice counted twice. */
  nodes: 5_000,
  /** Blocks and partials inside one another. */
  depth: 12,
  /** Repeats inside one another, partials included; each one multiplies the output. */
  repeatDepth: 4,
  /** '../' in one path. */
  parents: 4,
} as const;

const BLOCKS = new Set(['each', 'if', 'unless']);
const DATA = new Set(['first', 'last', 'index']);
const FORBIDDEN_NAMES = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  'lookup',
  'log',
]);

/** A template uses something outside the allow-list. The message names the template, the line and what to do. */
export class TemplateRefused extends Error {
  constructor(
    readonly template: string,
    readonly line: number | undefined,
    reason: string,
  ) {
    super(`Template "${template}"${line === undefined ? '' : `, line ${line}`}: ${reason}`);
  }
}

/**
 * Parses a template and its partials and lets only harmless ones through: text, escaped values, each / if / unless, and
 * partials by their fixed name. What is not allowed by name is refused.
 * @throws TemplateRefused
 */
export function guardTemplate(main: string, sources: ReadonlyMap<string, string>): void {
  const programs = new Map([...sources].map(([name, source]) => [name, parse(name, source)]));
  const budget = { nodes: TEMPLATE_LIMITS.nodes };
  for (const [name, program] of programs) new Guard(name, programs, budget).checkWhole(program, { depth: 0, repeats: 0, trail: [name] });
  if (!programs.has(main)) throw new TemplateRefused(main, undefined, 'there is no such template');
}

function parse(name: string, source: string): hbs.AST.Program {
  if (source.length > TEMPLATE_LIMITS.sourceLength)
    throw new TemplateRefused(name, undefined, `it is longer than ${TEMPLATE_LIMITS.sourceLength} characters`);
  try {
    return Handlebars.parseWithoutProcessing(source);
  } catch (error) {
    throw new TemplateRefused(name, undefined, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Place {
  depth: number;
  repeats: number;
  /** The partials that lead here, to refuse one that includes itself. */
  trail: readonly string[];
}

class Guard {
  private readonly markup: MarkupScanner;

  constructor(
    private readonly name: string,
    private readonly programs: ReadonlyMap<string, hbs.AST.Program>,
    private readonly budget: { nodes: number },
  ) {
    this.markup = new MarkupScanner((line, reason) => this.refuse(line, reason));
  }

  checkWhole(program: hbs.AST.Program, place: Place): void {
    this.check(program, place);
    if (this.markup.state !== 'text') this.refuse(undefined, 'its last tag is not closed');
  }

  private check(program: hbs.AST.Program, place: Place): void {
    if (place.depth > TEMPLATE_LIMITS.depth) this.refuse(undefined, `blocks are nested deeper than ${TEMPLATE_LIMITS.depth}`);
    if (place.repeats > TEMPLATE_LIMITS.repeatDepth)
      this.refuse(undefined, `{{#each}} is nested deeper than ${TEMPLATE_LIMITS.repeatDepth}`);
    if ((program.blockParams ?? []).length > 0) this.refuse(undefined, 'block parameters ("as |item|") are not available');
    for (const statement of program.body) this.statement(statement, place);
  }

  private statement(node: hbs.AST.Statement, place: Place): void {
    this.budget.nodes -= 1;
    if (this.budget.nodes < 0) this.refuse(line(node), `it has more than ${TEMPLATE_LIMITS.nodes} parts`);
    switch (node.type) {
      case 'ContentStatement':
        return this.markup.text((node as hbs.AST.ContentStatement).value, line(node));
      case 'CommentStatement':
        return undefined;
      case 'MustacheStatement':
        return this.value(node as hbs.AST.MustacheStatement);
      case 'BlockStatement':
        return this.block(node as hbs.AST.BlockStatement, place);
      case 'PartialStatement':
        return this.partial(node as hbs.AST.PartialStatement, place);
      default:
        return this.refuse(line(node), `${WORDS[node.type] ?? node.type} are not available`);
    }
  }

  private value(node: hbs.AST.MustacheStatement): void {
    if (!node.escaped) this.refuse(line(node), 'raw output ("{{{ }}}" or "{{& }}") is not available; use {{ }}');
    if (node.params.length > 0 || node.hash !== undefined)
      this.refuse(line(node), 'helpers cannot be called here; values are already formatted');
    this.path(node.path, true);
    this.markup.value(line(node));
  }

  private block(node: hbs.AST.BlockStatement, place: Place): void {
    const helper = (node.path as hbs.AST.PathExpression).original;
    if (typeof helper !== 'string' || !BLOCKS.has(helper))
      this.refuse(line(node), `{{#${String(helper)}}} is not available; only each, if and unless are`);
    if (node.params.length !== 1 || node.hash !== undefined) this.refuse(line(node), `{{#${String(helper)}}} takes exactly one value`);
    this.path(node.params[0] as hbs.AST.Expression, false);
    const inside = { ...place, depth: place.depth + 1, repeats: place.repeats + (helper === 'each' ? 1 : 0) };
    const before = this.markup.state;
    this.check(node.program, inside);
    const after = this.markup.state;
    this.markup.state = before;
    // In an {{else if}} chain the inverse is a program that holds one block.
    if (node.inverse) this.check(node.inverse, inside);
    if (after !== this.markup.state) this.refuse(line(node), 'a tag or an attribute must end in the block in which it starts');
  }

  private partial(node: hbs.AST.PartialStatement, place: Place): void {
    const name = (node.name as hbs.AST.PathExpression).original;
    const program = node.name.type === 'PathExpression' ? this.programs.get(name) : undefined;
    if (program === undefined) this.refuse(line(node), 'a part can be included only by the fixed name of one that exists');
    if (node.hash !== undefined || node.params.length > 1) this.refuse(line(node), 'a part takes one value at most');
    if (place.trail.includes(name)) this.refuse(line(node), `the part "${name}" would include itself`);
    for (const param of node.params) this.path(param, false);
    if (this.markup.state !== 'text') this.refuse(line(node), 'a part cannot be included inside a tag');
    new Guard(name, this.programs, this.budget).checkWhole(program as hbs.AST.Program, {
      depth: place.depth + 1,
      repeats: place.repeats,
      trail: [...place.trail, name],
    });
  }

  private path(node: hbs.AST.Expression, printed: boolean): void {
    if (node.type !== 'PathExpression') this.refuse(line(node), 'only names of values can stand here');
    const path = node as hbs.AST.PathExpression;
    const parts = path.parts as string[];
    if (path.depth > TEMPLATE_LIMITS.parents) this.refuse(line(node), `"../" is repeated more than ${TEMPLATE_LIMITS.parents} times`);
    const forbidden = parts.find((part) => typeof part !== 'string' || FORBIDDEN_NAMES.has(part));
    if (forbidden !== undefined) this.refuse(line(node), `"${String(forbidden)}" is not the name of a value`);
    if (path.data && (parts.length !== 1 || !DATA.has(parts[0] ?? ''))) this.refuse(line(node), `"@${parts.join('.')}" is not available`);
    if (printed && !path.data && BLOCKS.has(path.original)) this.refuse(line(node), `"${path.original}" needs a block`);
  }

  private refuse(at: number | undefined, reason: string): never {
    throw new TemplateRefused(this.name, at, reason);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  PartialBlockStatement: 'parts with a block ("{{#> }}")',
  Decorator: 'decorators',
  DecoratorBlock: 'decorators and inline parts',
};

function line(node: hbs.AST.Node): number | undefined {
  return node.loc?.start.line;
}
