import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from './context.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string };
  };
}>({
  plugins: [RelayPlugin, ComplexityPlugin],
  // For values of an object that is read already. A field that can fail by itself is nullable (docs/decisions/0041).
  defaultFieldNullability: false,
  relay: {
    nodesOnConnection: { description: 'The items of this page, for reading.' },
    edgesFieldOptions: {
      nullable: false,
      description: 'The items with their cursors; caches that merge pages merge these.',
    },
    nodeFieldOptions: { nullable: false, description: 'The item.' },
    cursorFieldOptions: { description: 'The place of the item in the list. Pass it as `after` to go on behind it.' },
    pageInfoFieldOptions: { description: 'Whether there is more, and where to go on.' },
    pageInfoTypeOptions: {
      description: 'The place of a page in its list. Lists are read forward: `first` and `after`.',
    },
    hasNextPageFieldOptions: { description: 'Whether items follow: read them with `after: endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether `after` was given.' },
    startCursorFieldOptions: { description: 'Cursor of the first item. Null if the page is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last item. Null if the page is empty.' },
  },
  // Off in the plugin: src/server/graphql/operation-check.ts checks the complexity, of subscriptions as well.
  complexity: { disabled: true, defaultComplexity: 1, defaultListMultiplier: 10 },
});

builder.queryType({
  description: 'Reads. A field that can not be read is null and has an error; its neighbours are read all the same.',
});
builder.mutationType({
  description:
    'Changes. Each answers with a payload whose `errors` say what the caller can mend. A field that failed otherwise is null and has an error; what its neighbours did is done and told.',
});
builder.subscriptionType({
  description: 'Events, over WebSockets or server-sent events. An operation has one of these fields.',
});
