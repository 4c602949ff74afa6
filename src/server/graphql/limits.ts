import {
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type SelectionSetNode,
} from 'graphql';

/** People correct one error after the other; a longer list only costs time. */
export const ERRORS_MAX = 20;
/** No input type of the schema has more. Error messages of graphql repeat all fields of an object before they are cut. */
const INPUT_FIELDS_MAX = 50;
/** The introspection query of GraphiQL is 15 deep. */
const DEPTH_MAX = 16;
/** Validation compares all fields of one name in pairs; the introspection query has 232 fields. */
const FIELDS_MAX = 300;
const ALIASES_MAX = 50;
const DIRECTIVES_MAX = 50;
/** Limits of introspection: nested lists of types multiply, lists side by side add up. GraphiQL needs 1 and 9. */
const TYPES_WITHIN_TYPES_MAX = 1;
const INTROSPECTION_LISTS_MAX = 12;
/** Enough for a page of 100 assessments with nine fields each: 3,020 for their rows, and ten times nine for each of these. */
export const COMPLEXITY_MAX = 13_000;

type Size = { depth: number; fields: number; aliases: number; directives: number; nested: number; lists: number };

/**
 * Whether an operation or fragment exceeds a limit with its fragments expanded, or the whole document without expansion.
 * Each fragment is measured once, so that n fragments that double each other cost n steps and not 2^n.
 */
export function isTooLarge(document: DocumentNode): boolean {
  const measure = measurer(document);
  let written = 0;
  return document.definitions.some((node) => {
    // Fragments as well, because validation also visits unused ones.
    if (node.kind !== Kind.OPERATION_DEFINITION && node.kind !== Kind.FRAGMENT_DEFINITION) return false;
    const size = measure(node.selectionSet);
    written += fieldsIn(node.selectionSet);
    return (
      written > FIELDS_MAX ||
      size.depth > DEPTH_MAX ||
      size.fields > FIELDS_MAX ||
      size.aliases > ALIASES_MAX ||
      size.directives + (node.directives?.length ?? 0) > DIRECTIVES_MAX ||
      size.nested > TYPES_WITHIN_TYPES_MAX ||
      size.lists > INTROSPECTION_LISTS_MAX
    );
  });
}

/** Number of fields without expansion of fragments. */
const fieldsIn = ({ selections }: SelectionSetNode): number =>
  selections.reduce((sum, node) => {
    const below = 'selectionSet' in node && node.selectionSet !== undefined ? fieldsIn(node.selectionSet) : 0;
    return sum + below + (node.kind === Kind.FIELD ? 1 : 0);
  }, 0);

/** List fields of `__Schema` and `__Type`; the second set leads to types again. No type of the schema uses these names. */
const INTROSPECTION_LISTS = new Set(['types', 'directives', 'args', 'enumValues']);
const LISTS_OF_TYPES = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

function measurer(document: DocumentNode): (set: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map<string, Size>();

  const ofFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // Ends the recursion of cyclic fragments, which the rule NoFragmentCycles reports.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? NOTHING : ofSet(fragment.selectionSet);
    measured.set(name, size);
    return size;
  };
  const ofSet = (set: SelectionSetNode | undefined): Size => {
    let total = NOTHING;
    for (const node of set?.selections ?? []) {
      const directives = node.directives?.length ?? 0;
      if (node.kind === Kind.FRAGMENT_SPREAD) total = add(total, ofFragment(node.name.value), directives);
      else if (node.kind === Kind.INLINE_FRAGMENT) total = add(total, ofSet(node.selectionSet), directives);
      else {
        const below = ofSet(node.selectionSet);
        const { value: name } = node.name;
        const listsTypes = LISTS_OF_TYPES.has(name);
        const own = {
          ...below,
          depth: below.depth + 1,
          fields: below.fields + 1,
          aliases: below.aliases + (node.alias === undefined ? 0 : 1),
          nested: below.nested + (listsTypes ? 1 : 0),
          lists: below.lists + (listsTypes || INTROSPECTION_LISTS.has(name) ? 1 : 0),
        };
        total = add(total, own, directives);
      }
    }
    return total;
  };
  return ofSet;
}

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0, directives: 0, nested: 0, lists: 0 };

/** Sizes side by side: the larger depth and nesting, the sums of the rest. */
function add(a: Size, b: Size, directives: number): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives + directives,
    nested: Math.max(a.nested, b.nested),
    lists: a.lists + b.lists,
  };
}

/** Whether an input object in the value has more fields than any input type of the schema. */
export function hasTooManyFields(value: unknown, type: GraphQLInputType | undefined): boolean {
  if (isNonNullType(type)) return hasTooManyFields(value, type.ofType);
  if (isListType(type)) {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.some((item) => hasTooManyFields(item, type.ofType));
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return false;
  const given = Object.entries(value);
  if (given.length > INPUT_FIELDS_MAX) return true;
  const fields = type.getFields();
  return given.some(([name, inner]) => Object.hasOwn(fields, name) && hasTooManyFields(inner, fields[name]?.type));
}
