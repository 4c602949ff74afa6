import {
  getNamedType,
  GraphQLBoolean,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isNullableType,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql';
import { schema } from '../../src/schema/index.ts';
import { ODD_NAMES, type Choices } from './choices.ts';
import { CURSORS, IDS, SLUGS } from './fake-services.ts';
import { PROGRAM_TEXTS } from './program-texts.ts';

type Variable = { name: string; type: GraphQLInputType; default: string | undefined; hint: string };

const TEXTS = ['small', '', 'two words', '😀', 'a\nb', ' \t a \n  b ', ...PROGRAM_TEXTS];
const MOMENTS = ['2001-12-31T23:59:59Z', '2020-02-29T00:00:00.123+02:00', '1970-01-01T00:00:00Z'];
const HINTS: Record<string, readonly string[]> = {
  id: IDS,
  assessmentId: IDS,
  assessmentIds: IDS,
  slug: SLUGS,
  questionnaire: SLUGS,
  after: CURSORS,
};
const JSON_DEPTH = 3;
const TYPES_IN_JSON: readonly GraphQLInputType[] = [
  GraphQLString,
  GraphQLInt,
  GraphQLBoolean,
  new GraphQLNonNull(GraphQLString),
  ...['JSON', 'DateTime', 'ID', 'AssessmentStatus', 'DeadLetterFilter'].map(
    (name) => schema.getType(name) as GraphQLInputType,
  ),
];

/** Draws input: literals, variables within them, and values for these. */
export class Values {
  /** All variables of the document. An operation declares the ones that it uses. */
  readonly variables = new Map<string, Variable>();
  /** Collects the names of the variables in a text. */
  used = new Set<string>();
  readonly #choices: Choices;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** `$name: Type = default` */
  declaration(name: string): string {
    const { type, default: value } = this.variables.get(name) as Variable;
    return `$${name}: ${String(type)}${value === undefined ? '' : ` = ${value}`}`;
  }

  /** Values for all variables; optional ones are sometimes missing, required ones rarely. */
  given(): Record<string, unknown> {
    const choices = this.#choices;
    const entries: [string, unknown][] = [];
    for (const { name, type, default: value, hint } of this.variables.values()) {
      const mayLack = value !== undefined || isNullableType(type);
      if (choices.percent(mayLack ? 40 : 1)) continue;
      entries.push([name, choices.percent(2) ? this.#anyJson(2) : this.#json(type, hint)]);
    }
    for (const name of ODD_NAMES.slice(0, choices.percent(15) ? 3 : 0))
      if (!this.variables.has(name)) entries.push([name, { undeclared: true }]);
    return Object.fromEntries(entries);
  }

  /** A literal, or a variable, or a literal with variables in it. */
  literal(type: GraphQLInputType, hint: string): string {
    return this.#text(type, hint, true);
  }

  condition(): string {
    return this.#choices.percent(60)
      ? this.#variable(new GraphQLNonNull(GraphQLBoolean), '')
      : this.#choices.of(['true', 'false']);
  }

  text(): string {
    return this.#string(this.#choices.of(TEXTS));
  }

  #constant(type: GraphQLInputType, hint: string): string {
    return this.#text(type, hint, false);
  }

  #text(type: GraphQLInputType, hint: string, mayVary: boolean): string {
    const choices = this.#choices;
    if (mayVary && choices.percent(35)) return this.#variable(type, hint);
    if (isNonNullType(type)) return this.#present(type.ofType, hint, mayVary);
    return choices.percent(10) ? 'null' : this.#present(type, hint, mayVary);
  }

  #present(type: GraphQLInputType, hint: string, mayVary: boolean): string {
    const choices = this.#choices;
    if (isListType(type)) {
      if (choices.percent(15)) return this.#text(type.ofType, hint, mayVary);
      return `[${choices.times(3, () => this.#text(type.ofType, hint, mayVary)).join(choices.of([', ', ' ']))}]`;
    }
    if (isInputObjectType(type)) {
      const fields = this.#fieldsOf(type.getFields());
      return `{ ${fields.map((field) => `${field.name}: ${this.#text(field.type, field.name, mayVary)}`).join(' ')} }`;
    }
    if (isEnumType(type)) return choices.of(type.getValues()).name;
    if (String(type) === 'JSON') return this.#jsonLiteral(JSON_DEPTH, mayVary);
    if (String(type) === 'String' && HINTS[hint] === undefined) return this.text();
    const value = this.#presentJson(type, hint);
    return typeof value === 'string' ? this.#string(value) : JSON.stringify(value);
  }

  #jsonLiteral(depth: number, mayVary: boolean): string {
    const choices = this.#choices;
    const isWhole = depth === JSON_DEPTH;
    if (mayVary && !isWhole && choices.percent(25)) return this.#variable(choices.of(TYPES_IN_JSON), '');
    const kind = isWhole && choices.percent(60) ? 9 : choices.below(depth > 0 ? 10 : 5);
    if (kind === 0) return choices.of(['0', '-1', '1.5', '1e3', '9007199254740993', '-0']);
    if (kind === 1) return choices.of(['true', 'false', 'null', 'A_WORD']);
    if (kind < 5) return this.text();
    const inner = (): string => this.#jsonLiteral(depth - 1, mayVary);
    if (kind < 7) return `[${choices.times(3, inner).join(', ')}]`;
    const names = ['a', 'note', 'b', ...ODD_NAMES];
    return `{ ${[...new Set(choices.times(4, () => choices.of(names)))].map((name) => `${name}: ${inner()}`).join(', ')} }`;
  }

  /** A variable for a place of this type: a new one, or one that an earlier place of the type has. */
  #variable(type: GraphQLInputType, hint: string): string {
    const choices = this.#choices;
    const known = [...this.variables.values()].filter(
      (other) => String(other.type) === String(type) && other.hint === hint,
    );
    if (known.length > 0 && choices.percent(40)) return this.#use(choices.of(known).name);
    const odd = ODD_NAMES.filter((name) => !this.variables.has(name));
    const name = odd.length > 0 && choices.percent(10) ? choices.of(odd) : `v${this.variables.size}`;
    const add = (declared: GraphQLInputType, value?: string): string => {
      this.variables.set(name, { name, type: declared, default: value, hint });
      return this.#use(name);
    };
    if (isNonNullType(type)) {
      if (choices.percent(30)) return add(type.ofType, this.#present(type.ofType, hint, false));
      return choices.percent(30) ? add(type, this.#constant(type, hint)) : add(type);
    }
    if (choices.percent(20)) {
      const strict = new GraphQLNonNull(type);
      return choices.percent(50) ? add(strict, this.#constant(strict, hint)) : add(strict);
    }
    return choices.percent(40) ? add(type, this.#constant(type, hint)) : add(type);
  }

  #use(name: string): string {
    this.used.add(name);
    return `$${name}`;
  }

  #json(type: GraphQLInputType, hint: string): unknown {
    if (isNonNullType(type)) return this.#presentJson(type.ofType, hint);
    return this.#choices.percent(10) ? null : this.#presentJson(type, hint);
  }

  #presentJson(present: GraphQLInputType, hint: string): unknown {
    const choices = this.#choices;
    if (isListType(present)) return choices.times(3, () => this.#json(present.ofType, hint));
    if (isInputObjectType(present)) {
      const fields = this.#fieldsOf(present.getFields());
      return Object.fromEntries(fields.map((field) => [field.name, this.#json(field.type, field.name)]));
    }
    if (isEnumType(present)) return choices.of(present.getValues()).name;
    switch (getNamedType(present).name) {
      case 'Int':
        return choices.percent(4) ? choices.of([-1, 0, 101]) : 1 + choices.below(4);
      case 'Boolean':
        return choices.percent(50);
      case 'DateTime':
        return choices.of(MOMENTS);
      case 'JSON':
        return this.#anyJson(3);
      default:
        return choices.percent(10) ? choices.of(TEXTS) : choices.of(HINTS[hint] ?? TEXTS);
    }
  }

  #anyJson(depth: number): unknown {
    const choices = this.#choices;
    const kind = choices.below(depth > 0 ? 5 : 3);
    if (kind === 0) return choices.of(TEXTS);
    if (kind === 1) return choices.of([0, -1, 1.5, 2_147_483_648, 9_007_199_254_740_991]);
    if (kind === 2) return choices.of([true, false, null]);
    if (kind === 3) return choices.times(3, () => this.#anyJson(depth - 1));
    return Object.fromEntries(choices.times(3, () => [choices.of(['a', 'b', ...ODD_NAMES]), this.#anyJson(depth - 1)]));
  }

  #fieldsOf(fields: Record<string, GraphQLInputField>): GraphQLInputField[] {
    return Object.values(fields).filter(({ type }) => isNonNullType(type) || this.#choices.percent(40));
  }

  /** A text as a literal: a string, or a block string, which may lose white space. */
  #string(text: string): string {
    const form = this.#choices.below(4);
    if (form === 1)
      return `"${Array.from(text, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('')}"`;
    if (form === 2 && !/\\$|"$/.test(text)) return `"""${text.replaceAll('"""', '\\"""')}"""`;
    if (form === 3) return `"""\n    ${text.replaceAll('"""', '\\"""').replaceAll('\n', '\n      ')}\n  """`;
    return JSON.stringify(text);
  }
}
