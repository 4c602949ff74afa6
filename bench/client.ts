import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { wellbeingAnswers } from '../test/support/questionnaires.ts';
import type { Tally } from './counts.ts';

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) { submitAssessment(input: $input) {
  assessment { id } errors { message } } }`;

const bodyWith = (key?: string): string =>
  JSON.stringify({
    query: SUBMIT,
    variables: { input: { questionnaire: 'wellbeing-check', answers: wellbeingAnswers, idempotencyKey: key } },
  });
const KEYLESS = bodyWith();
/** The body before and after the key, which is the same for all submits. */
const [BEFORE_KEY = '', AFTER_KEY = ''] = bodyWith('<key>').split('<key>');

const CONNECTIONS_MAX = 256;
const REQUEST_MS = 30_000;

/** Sessions and submits over kept connections. */
export class Client {
  readonly #pool: Pool;
  readonly #tally: Tally;
  readonly #keys: boolean;

  /** @param keys each submit has an idempotency key, as from the web page */
  constructor(url: string, tally: Tally, keys: boolean) {
    this.#keys = keys;
    this.#pool = new Pool(url, { connections: CONNECTIONS_MAX, headersTimeout: REQUEST_MS, bodyTimeout: REQUEST_MS });
    this.#tally = tally;
  }

  /** The bearer token of a new session. */
  async startSession(): Promise<string> {
    const { status, body } = await this.#post('/api/session', '{}');
    const token = (body as { data?: { token?: string } }).data?.token;
    if (token === undefined) throw new Error(`no session (${status}): ${JSON.stringify(body).slice(0, 300)}`);
    return token;
  }

  /** Resolves to the id; to undefined if the submit was refused, which is counted. */
  async submit(token: string): Promise<string | undefined> {
    try {
      const request = this.#keys ? `${BEFORE_KEY}${randomUUID()}${AFTER_KEY}` : KEYLESS;
      const { status, body } = await this.#post('/graphql', request, token);
      const id = (body as { data?: { submitAssessment?: { assessment?: { id?: string } } } }).data?.submitAssessment
        ?.assessment?.id;
      if (id === undefined) this.#tally.refused(`submit (${status}): ${JSON.stringify(body).slice(0, 300)}`);
      else this.#tally.accepted(id);
      return id;
    } catch (error) {
      this.#tally.refused(`submit: ${String(error)}`);
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #post(path: string, body: string, token?: string): Promise<{ status: number; body: unknown }> {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await this.#pool.request({ method: 'POST', path, headers, body });
    return { status: response.statusCode, body: await response.body.json() };
  }
}
