import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Ten times what the web page's largest document has, and room for the answers of 120 questions as literals. */
export const TOKENS_MAX = 2_000;
/** The introspection query of GraphiQL is 15 deep. */
const DEPTH_MAX = 16;
const FIELDS_MAX = 1_000;
const ALIASES_MAX = 50;
const DIRECTIVES_MAX = 50;
/** Nesting of lists in `__schema` multiplies; the introspection query needs each of them once or twice. */
const INTROSPECTION_LISTS_MAX = 3;
/** 100 assessments with everything in them: recommendations and scores count as ten each. */
export const COMPLEXITY_MAX = 10_000;

type Size = { depth: number; fields: number; aliases: number; directives: number; lists: number };

/**
 * Refuses documents that are too large once their fragments are spread out. Each fragment is measured once, so that a
 * document in which n fragments double each other costs n steps and not 2^n.
 */
export function operationSizeRule(context: ValidationContext): ASTVisitor {
  const measure = measurer(context.getDocument());
  return {
    OperationDefinition(node) {
      const size = measure(node.selectionSet);
      const tooLarge =
        size.depth > DEPTH_MAX ||
        size.fields > FIELDS_MAX ||
        size.aliases > ALIASES_MAX ||
        size.directives + (node.directives?.length ?? 0) > DIRECTIVES_MAX ||
        size.lists > INTROSPECTION_LISTS_MAX;
      if (tooLarge)
        // No figures: they would tell how to stay just below.
        context.reportError(new GraphQLError('too complex', { extensions: { code: 'OPERATION_TOO_COMPLEX' } }));
    },
  };
}

const LISTS_OF_INTROSPECTION = new Set(['fields', 'inputFields', 'interfaces', 'possibleTypes']);

function measurer(document: DocumentNode): (set: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map<string, Size>();

  const ofFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // Also what a circle finds; that it is one is another rule's business.
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
      if (node.kind === Kind.FRAGMENT_SPREAD) total = add(total, { ...ofFragment(node.name.value) }, directives);
      else if (node.kind === Kind.INLINE_FRAGMENT) total = add(total, ofSet(node.selectionSet), directives);
      else {
        const below = ofSet(node.selectionSet);
        const list = node.selectionSet !== undefined && LISTS_OF_INTROSPECTION.has(node.name.value) ? 1 : 0;
        const own = {
          ...below,
          depth: below.depth + 1,
          fields: below.fields + 1,
          aliases: below.aliases + (node.alias === undefined ? 0 : 1),
          lists: below.lists + list,
        };
        total = add(total, own, directives);
      }
    }
    return total;
  };
  return ofSet;
}

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0, directives: 0, lists: 0 };

/** Side by side: depth and nesting of lists are the larger one's, the rest adds up. */
function add(a: Size, b: Size, directives: number): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives + directives,
    lists: Math.max(a.lists, b.lists),
  };
}
