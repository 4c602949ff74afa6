import * as fc from 'fast-check';
import { Choices, ODD_NAMES } from './choices.ts';
import { Selections, type Part } from './drawn-selections.ts';
import { Values } from './drawn-values.ts';
import type { GraphQLRequest, Kind } from './reference.ts';

/** A document, and ways to execute it. */
export type Drawn = { query: string; executions: Omit<GraphQLRequest, 'query'>[] };

type Operation = Part & { kind: Kind; name: string | undefined };

const EXECUTIONS = 2;

class DocumentDraw {
  readonly #choices: Choices;
  readonly #values: Values;
  readonly #selections: Selections;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#values = new Values(choices);
    this.#selections = new Selections(choices, this.#values);
  }

  draw(): Drawn {
    const choices = this.#choices;
    const count = choices.of([1, 1, 1, 1, 2, 3]);
    const operations = Array.from({ length: count }, (_, index) => this.#operation(index, count === 1));
    const texts = operations.map((operation) => this.#textOf(operation));
    const fragments = this.#selections.definitions();
    const query = this.#dressed(choices.percent(50) ? [...texts, ...fragments] : [...fragments, ...texts]);
    const executions = Array.from({ length: EXECUTIONS }, () => ({
      operationName: this.#operationName(operations),
      ...(this.#values.variables.size > 0 || choices.percent(20) ? { variables: this.#values.given() } : {}),
    }));
    return { query, executions };
  }

  #operation(index: number, isAlone: boolean): Operation {
    const choices = this.#choices;
    const kind = choices.of<Kind>(['query', 'query', 'mutation', 'mutation', 'subscription']);
    const name = index === 0 && choices.percent(10) ? choices.of(ODD_NAMES) : `Operation${index}`;
    return { ...this.#selections.ofRoot(kind), kind, name: isAlone && choices.percent(50) ? undefined : name };
  }

  #textOf(operation: Operation): string {
    const { kind, name = '', text } = operation;
    const variables = [...this.#selections.variablesOf(operation)].map((variable) =>
      this.#values.declaration(variable),
    );
    if (this.#choices.percent(2)) variables.pop();
    const flaw = this.#choices.percent(3) ? this.#choices.of(FLAWS[kind]) : '';
    const selections = `${text.slice(0, -1)} ${flaw} }`;
    if (name === '' && kind === 'query' && variables.length === 0) return selections;
    const declared = variables.length === 0 ? '' : `(${variables.join(this.#choices.of([', ', ' ']))})`;
    return `${kind} ${name}${declared} ${selections}`;
  }

  /** Needed with several operations; rarely missing or wrong. */
  #operationName(operations: readonly Operation[]): string | undefined {
    const choices = this.#choices;
    if (choices.percent(2)) return choices.of(['Other', '__proto__', 'constructor']);
    const mayLack = operations.length === 1 ? 70 : 3;
    return choices.percent(mayLack) ? undefined : choices.of(operations).name;
  }

  /** With comments and white space; rarely truncated, or longer than the limits for caches and for texts of sockets. */
  #dressed(texts: readonly string[]): string {
    const choices = this.#choices;
    const query = texts.join(choices.of(['\n', ' ', '\n# a comment "\n', ' ,,\n\uFEFF ']));
    if (choices.percent(2)) return query.slice(0, 1 + choices.below(query.length));
    const padding = choices.percent(8) ? choices.of([4_100, 8_100]) : 0;
    return padding === 0 ? query : `${query}\n${'# a comment\n'.repeat(padding / 12)}`;
  }
}

/** Selections that make a document invalid; added at the end of an operation. */
const FLAWS: Record<Kind, readonly string[]> = {
  query: [
    'nothing',
    'session',
    'questionnaire { id }',
    'x: __typename @include(if: $undeclared)',
    'x: questionnaire(slug: 5) { id }',
    '...Missing',
    '... on Score { area }',
  ],
  mutation: [
    'nothing',
    'endSession { id }',
    'x: cancelAssessment(id: true) { __typename }',
    'x: replayDeadLetters(filter: { no: 1 }) { replayed }',
    'x: startSession(transport: COOKI) { token }',
  ],
  subscription: [
    'nothing',
    'x: __typename',
    'x: assessmentUpdated(assessmentId: "x") { id }',
    '__typename @skip(if: $undeclared)',
  ],
};

const NUMBERS_MAX = 500;
/** Otherwise a failure shrinks for minutes, and the test times out before it is reported. */
const SHRINKS_MAX = 500;

const numbers = fc.array(fc.noBias(fc.nat(0xff_ff)), { maxLength: NUMBERS_MAX, size: 'max' });

export const drawnDocuments: fc.Arbitrary<Drawn> = fc.limitShrink(
  numbers.map((drawn) => new DocumentDraw(new Choices(drawn)).draw()),
  SHRINKS_MAX,
);
