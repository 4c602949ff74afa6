import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printedPossibleTypes, schema } from '../src/schema/index.ts';

const OWN = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const ROOTS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];

type Field = GraphQLField<unknown, unknown>;
const fieldsOf = (type: GraphQLNamedType): Field[] =>
  isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
/** The fields of that name: `Type.field`, and its type. */
const fieldsNamed = (...names: string[]): Record<string, string> =>
  Object.fromEntries(
    OWN.flatMap((type) =>
      fieldsOf(type)
        .filter(({ name }) => names.includes(name))
        .map((field) => [`${type.name}.${field.name}`, String(getNamedType(field.type))]),
    ),
  );

test('each field that can fail by itself is nullable: those of the roots, and the list of a session', () => {
  const fields = ROOTS.flatMap((type) => (type ? fieldsOf(type).map((field) => ({ type, field })) : []));
  expect(fields.length).toBeGreaterThan(12);
  const rigid = fields
    .filter(({ field }) => isNonNullType(field.type))
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect(rigid).toEqual([]);
  const session = schema.getType('Session');
  const list = session && fieldsOf(session).find(({ name }) => name === 'assessments');
  expect(String(list?.type)).toBe('AssessmentConnection');
});

test('each mutation answers with a payload of its own, whose errors are a list of UserError', () => {
  const mutation = schema.getMutationType();
  for (const { name, type } of mutation ? fieldsOf(mutation) : []) {
    const payload = getNamedType(type);
    expect(payload.name.toLowerCase()).toBe(`${name}payload`.toLowerCase());
    const errors = fieldsOf(payload).find((field) => field.name === 'errors');
    expect(String(errors?.type)).toBe('[UserError!]!');
    const others = fieldsOf(payload).filter((field) => field.name !== 'errors');
    expect(others.filter((field) => isNonNullType(field.type))).toEqual([]);
  }
});

test('each error has a message and a code by its interface, so that a client needs to know no type', () => {
  const error = schema.getType('UserError');
  const fields = error ? fieldsOf(error).map(({ name, type }) => `${name}: ${String(type)}`) : [];
  expect(fields).toEqual(expect.arrayContaining(['message: String!', 'code: UserErrorCode!']));
});

test('each type, field, argument, input field and enum value has a description', () => {
  const described = OWN.flatMap((type) => [
    { name: type.name, description: type.description },
    ...fieldsOf(type).flatMap((field) => [
      { name: `${type.name}.${field.name}`, description: field.description },
      ...field.args.map(({ name, description }) => ({ name: `${type.name}.${field.name}(${name}:)`, description })),
    ]),
    ...membersOf(type).map(({ name, description }) => ({ name: `${type.name}.${name}`, description })),
  ]);
  expect(described.length).toBeGreaterThan(200);
  expect(described.filter(({ description }) => !/^[A-Z`].*[.!]$/s.test(description ?? ''))).toEqual([]);
});

const membersOf = (type: GraphQLNamedType): readonly { name: string; description: string | null | undefined }[] => {
  if (isEnumType(type)) return type.getValues();
  return isInputObjectType(type) ? Object.values(type.getFields()) : [];
};

test('a field is called id only where the id is unique in its type', () => {
  expect(fieldsNamed('id')).toEqual({ 'Assessment.id': 'ID', 'Questionnaire.id': 'ID', 'Session.id': 'ID' });
});

test('all references to an area are of one type', () => {
  const fields = fieldsNamed('area', 'parent', 'key');
  expect(fields).toMatchObject({
    'QuestionnaireArea.key': 'String',
    'QuestionnaireArea.parent': 'String',
    'Recommendation.area': 'String',
    'Score.area': 'String',
    'Score.parent': 'String',
  });
  expect([...new Set(Object.values(fields))]).toEqual(['String']);
});

test('Level and Priority have the same names for the same', () => {
  const values = ['Level', 'Priority'].map((name) => {
    const type = schema.getType(name);
    return isEnumType(type)
      ? type
          .getValues()
          .map((value) => value.name)
          .toSorted()
      : [];
  });
  expect(values).toEqual([
    ['HIGH', 'LOW', 'MEDIUM'],
    ['HIGH', 'LOW', 'MEDIUM'],
  ]);
});

test('each scalar names its specification', () => {
  const urls = OWN.flatMap((type) => ('specifiedByURL' in type ? [[type.name, type.specifiedByURL]] : []));
  expect(Object.fromEntries(urls)).toEqual({
    DateTime: expect.stringMatching(/^https:\/\/scalars\.graphql\.org\//),
    JSON: expect.stringMatching(/^https:\/\/www\.rfc-editor\.org\//),
  });
});

test('the committed possible-types.json is that of the schema: run "npm run codegen" after a change', async () => {
  const committed = await readFile(new URL('../possible-types.json', import.meta.url), 'utf8');
  expect(printedPossibleTypes()).toBe(committed);
  expect(JSON.parse(committed)).toMatchObject({
    possibleTypes: { UserError: expect.arrayContaining(['InvalidAnswersError', 'TooManyAssessmentsError']) },
  });
});
