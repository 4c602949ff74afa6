import { GraphQLDirective, specifiedDirectives } from 'graphql';

/** The places of directives, by the published GraphQL specification (September 2025, section 3.13). */
const PUBLISHED_LOCATIONS = [
  'QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION',
  'SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE',
  'INPUT_OBJECT INPUT_FIELD_DEFINITION',
].flatMap((names) => names.split(' '));

/**
 * The directives of the specification at the locations that it has published. graphql knows further ones ahead of it,
 * and code generators that do not know them refuse the whole of an introspection that names one.
 */
export const publishedDirectives = specifiedDirectives.map((directive) => {
  const config = directive.toConfig();
  const locations = config.locations.filter((location) => PUBLISHED_LOCATIONS.includes(location));
  return new GraphQLDirective({ ...config, locations });
});
