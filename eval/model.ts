import { randomUUID } from 'node:crypto';
import { DEMO_MODEL, startDemoModel } from '../src/adapters/embedded/demo-model.ts';
import { DIALECTS_MAX, openModel, type Model } from '../src/adapters/model.ts';
import { configuredModel } from '../src/app/configured-model.ts';
import { readConfig, type Config } from '../src/config.ts';
import { canaryOf } from '../src/consumers/canary.ts';
import { questionnaireId, type QuestionnaireContent } from '../src/entities/questionnaire-content.ts';
import type { Calls } from './calls.ts';
import { noneSpent, oneCall, sumOf, type CountReply, type Spent } from './spent.ts';

/** The settings without those of database and broker, which an evaluation does not need. */
export const settingsOf = (env: NodeJS.ProcessEnv): Config =>
  readConfig('all', Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:DATABASE|NATS)_/.test(name))));

/** Most calls of a look. Replies are not streamed here. */
export const lookCallsMax = ({ demoModel }: Config): number => (demoModel ? 0 : DIALECTS_MAX);

/** Opens the model that a worker with these settings asks. */
export async function openSettingsModel(
  config: Config,
  contents: readonly QuestionnaireContent[],
  open: AsyncDisposableStack,
): Promise<Model> {
  const timeoutMs = config.aiTimeoutMs;
  const options = config.demoModel
    ? { baseUrl: await demo(contents, open), model: DEMO_MODEL, tokensMax: config.modelTokensMax }
    : configuredModel(config);
  const model = openModel({ ...options, timeoutMs, pinned: { ...config.modelPinned, streams: false } });
  open.defer(() => model.close());
  return model;
}

async function demo(contents: readonly QuestionnaireContent[], open: AsyncDisposableStack): Promise<string> {
  const known = new Map(contents.map((content) => [questionnaireId(content), content]));
  const started = await startDemoModel({ questionnaire: (id) => known.get(id), delayMs: 0 });
  open.defer(() => started.close());
  return started.url;
}

/** Learns the dialect as a worker does at its start, by the same made-up assessment. */
export async function look(
  model: Model,
  contents: readonly QuestionnaireContent[],
  { calls, countReply }: { calls: Calls; countReply: CountReply },
): Promise<Spent> {
  const canary = canaryOf(contents);
  if (canary === undefined) return noneSpent;
  const { messages, schema, reducedSchema } = canary;
  const spent: Spent[] = [];
  await model.learn(
    { messages, schema, reducedSchema, idempotencyKey: `look:${randomUUID()}`, signal: new AbortController().signal },
    {
      onCall() {
        calls.take();
        spent.push(oneCall);
      },
      onReply: (reply) => void spent.push(countReply(reply)),
    },
  );
  return sumOf(spent);
}
