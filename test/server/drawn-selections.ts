import {
  doTypesOverlap,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { schema } from '../../src/schema/index.ts';
import { ODD_NAMES, type Choices } from './choices.ts';
import type { Values } from './drawn-values.ts';
import type { Kind } from './reference.ts';

/** A text, with the names of the variables and fragments in it. */
export type Part = { text: string; variables: Set<string>; fragments: Set<string> };

const COMPOSITES = Object.values(schema.getTypeMap()).filter(
  (type) => isCompositeType(type) && !type.name.startsWith('__'),
) as GraphQLCompositeType[];
const ROOTS: Record<Kind, GraphQLObjectType> = {
  query: schema.getQueryType() as GraphQLObjectType,
  mutation: schema.getMutationType() as GraphQLObjectType,
  subscription: schema.getSubscriptionType() as GraphQLObjectType,
};
/** The lists of introspection. None is drawn inside another one, since the limits refuse that. */
const LISTS_OF_TYPES = new Set([
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'types',
  'directives',
  'args',
  'enumValues',
]);
/** A field that costs a twentieth of the limit of an operation. */
const COSTLY = 'schema';

/** So small that the limits refuse few documents. */
const FIELDS_MAX = 45;
const DEPTH_MAX = 6;
const FRAGMENTS_MAX = 4;

/** Draws the selections of operations, and the fragments that they spread. */
export class Selections {
  readonly #choices: Choices;
  readonly #values: Values;
  readonly #fragments = new Map<string, Part & { type: GraphQLCompositeType }>();
  readonly #headsUsed = new Set<string>();
  readonly #oddNames = [...ODD_NAMES];
  #fieldsLeft: number;
  #aliases = 0;
  #hasCostly = false;
  /** The fragments that the part being drawn spreads. */
  #spread = new Set<string>();

  constructor(choices: Choices, values: Values) {
    this.#choices = choices;
    this.#values = values;
    this.#fieldsLeft = 5 + choices.below(FIELDS_MAX);
  }

  /** The selection set of an operation. */
  ofRoot(kind: Kind): Part {
    const root = ROOTS[kind];
    return this.#part(() => (kind === 'subscription' ? this.#oneField(root) : this.#selections(root, 0)));
  }

  definitions(): string[] {
    return [...this.#fragments].map(([name, { type, text }]) => `fragment ${name} on ${type.name} ${text}`);
  }

  /** Including the variables of its fragments. */
  variablesOf({ variables, fragments }: Part): Set<string> {
    const inner = [...fragments].flatMap((name) => {
      const fragment = this.#fragments.get(name);
      return fragment === undefined ? [] : [...this.variablesOf(fragment)];
    });
    return new Set([...variables, ...inner]);
  }

  /** Draws a text, and notes what it uses. */
  #part(draw: () => string): Part {
    const [variables, fragments] = [this.#values.used, this.#spread];
    this.#values.used = new Set();
    this.#spread = new Set();
    const text = draw();
    const part = { text, variables: this.#values.used, fragments: this.#spread };
    this.#values.used = variables;
    this.#spread = fragments;
    return part;
  }

  /** The root of a subscription has one field, without `@skip` and `@include`. */
  #oneField(root: GraphQLObjectType): string {
    const field = this.#choices.of(Object.values(root.getFields()));
    const text = this.#field(field, 0, '');
    if (this.#choices.percent(15)) return `{ ... on ${root.name} { ${text} } }`;
    return this.#choices.percent(15) ? `{ ${this.#newFragment(root, () => `{ ${text} }`)} }` : `{ ${text} }`;
  }

  #selections(type: GraphQLCompositeType, depth: number, isInTypes = false): string {
    const count = 1 + this.#choices.below(depth === 0 ? 3 : 5);
    const selections = Array.from({ length: count }, () => this.#selection(type, depth, isInTypes));
    return `{ ${selections.join(this.#choices.of([' ', '\n', ', ']))} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number, isInTypes: boolean): string {
    const choices = this.#choices;
    const mayNest = this.#fieldsLeft > 0 && depth < DEPTH_MAX;
    if (mayNest && !isInTypes && !type.name.startsWith('__') && choices.percent(isAbstractType(type) ? 70 : 15))
      return choices.percent(50) ? this.#inlineFragment(type, depth) : this.#spreadFragment(type, depth);
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const meta = type === ROOTS.query && choices.percent(8) ? [SchemaMetaFieldDef, TypeMetaFieldDef] : fields;
    const possible = meta.filter((field) => this.#isPossible(field, depth, mayNest, isInTypes));
    if (possible.length === 0 || choices.percent(5))
      return `${this.#alias('__typename', true)}__typename${this.#directives()}`;
    return this.#field(choices.of(possible.flatMap(oftener)), depth, this.#directives(), isInTypes);
  }

  #isPossible(
    { name, type }: GraphQLField<unknown, unknown>,
    depth: number,
    mayNest: boolean,
    isInTypes: boolean,
  ): boolean {
    if (name === COSTLY) return !this.#hasCostly && depth === 1;
    if (isInTypes && LISTS_OF_TYPES.has(name)) return false;
    return mayNest || isLeafType(getNamedType(type));
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number, directives: string, isInTypes = false): string {
    this.#fieldsLeft--;
    if (field.name === COSTLY) this.#hasCostly = true;
    const given = field.args
      .filter(({ type }) => isNonNullType(type) || this.#choices.percent(50))
      .map(({ name, type }) => `${name}: ${this.#values.literal(type, name)}`);
    const args = given.length === 0 ? '' : `(${given.join(', ')})`;
    const head = `${this.#alias(field.name, field.args.length === 0)}${field.name}${args}`;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return `${head}${directives}`;
    const below = (): string => this.#selections(type, depth + 1, isInTypes || LISTS_OF_TYPES.has(field.name));
    const text = `${head}${directives} ${below()}`;
    // The same field again with other selections: the two are merged.
    return depth > 0 && this.#choices.percent(6) ? `${text} ${head} ${below()}` : text;
  }

  /** Fields with arguments get different aliases, since fields with different arguments can't be merged. */
  #alias(field: string, hasOneForm: boolean): string {
    const choices = this.#choices;
    if (this.#oddNames.length > 0 && choices.percent(4))
      return `${this.#oddNames.splice(choices.below(this.#oddNames.length), 1)[0]}: `;
    if (hasOneForm ? choices.percent(85) || choices.below(2) === 0 : !this.#headsUsed.has(field)) {
      this.#headsUsed.add(field);
      return '';
    }
    return `a${this.#aliases++}: `;
  }

  #directives(): string {
    const choices = this.#choices;
    if (!choices.percent(20)) return '';
    const skip = (): string => ` @skip(if: ${this.#values.condition()})`;
    const include = (): string => ` @include(if: ${this.#values.condition()})`;
    return choices.of([include, skip, () => `${skip()}${include()}`, () => `${include()}${skip()}`])();
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): string {
    const choices = this.#choices;
    if (!isAbstractType(type) && choices.percent(40))
      return `...${this.#directives()} ${this.#selections(type, depth)}`;
    const on = choices.of(overlapping(type));
    return `... on ${on.name}${this.#directives()} ${this.#selections(on, depth)}`;
  }

  #spreadFragment(type: GraphQLCompositeType, depth: number): string {
    const choices = this.#choices;
    const known = [...this.#fragments].filter(([, fragment]) => doTypesOverlap(schema, fragment.type, type));
    // A fragment is added only after it is drawn, so that there is no cycle.
    if (known.length > 0 && choices.percent(50)) return this.#spreadOf(choices.of(known)[0]);
    if (this.#fragments.size >= FRAGMENTS_MAX) return this.#inlineFragment(type, depth);
    const on = choices.of(overlapping(type));
    return this.#newFragment(on, () => this.#selections(on, depth));
  }

  #newFragment(type: GraphQLCompositeType, draw: () => string): string {
    const part = this.#part(draw);
    const odd = ODD_NAMES.filter((name) => !this.#fragments.has(name));
    const name = this.#choices.percent(15) ? this.#choices.of(odd) : `F${this.#fragments.size}`;
    this.#fragments.set(name, { ...part, type });
    return type === ROOTS.subscription ? this.#spreadOf(name, '') : this.#spreadOf(name);
  }

  #spreadOf(name: string, directives = this.#directives()): string {
    this.#spread.add(name);
    return `...${name}${directives}`;
  }
}

/** Fields with input objects, which have the most possible errors. */
const oftener = (field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown>[] =>
  field.args.some(({ type }) => isInputObjectType(getNamedType(type))) ? [field, field, field, field] : [field];

const overlapping = (type: GraphQLCompositeType): GraphQLCompositeType[] =>
  COMPOSITES.filter((other) => doTypesOverlap(schema, type, other));
