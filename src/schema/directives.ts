import { GraphQLDirective, specifiedDirectives } from 'graphql';

/** The directive locations of the published GraphQL specification (September 2025, section 3.13). */
const PUBLISHED_LOCATIONS = [
  'QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION',
  'SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE',
  'INPUT_OBJECT INPUT_FIELD_DEFINITION',
].flatMap((names) => names.split(' '));

/**
 * The directives of the specification without unpublished locations, which graphql already has: code generators refuse an
 * introspection with a location that they do not know.
 */
export const publishedDirectives = specifiedDirectives.map((directive) => {
  const config = directive.toConfig();
  const locations = config.locations.filter((location) => PUBLISHED_LOCATIONS.includes(location));
  return new GraphQLDirective({ ...config, locations });
});
