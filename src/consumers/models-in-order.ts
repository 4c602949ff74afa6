import type { Model } from '../adapters/model.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from './provider.ts';

type Asked = { model: Pick<Model, 'model' | 'host'>; provider: Pick<Provider, 'pausedMs'> };

/** Which of several models is asked. */
export type ModelsInOrder<One> = {
  /** The first one, or where that is paused for longer than the time of the settings, the next one. */
  next(): One;
  stop(): void;
};

type Options = {
  afterMs: number;
  metrics: Pick<Metrics, 'modelAsked'>;
  log: Log;
  /** Called when `next` may return another one. */
  onChange: () => void;
};

/** @param models at least one */
export function inOrder<One extends Asked>(
  models: readonly [One, ...One[]],
  { afterMs, metrics, log, onChange }: Options,
): ModelsInOrder<One> {
  const pausedSince = new Map<One, number>();
  let timer: NodeJS.Timeout | undefined;
  let told = models[0];

  /** How long one may go on to be waited for; 0 if the next one is to be asked. */
  const patienceMs = (one: One, pausedMs: number): number => {
    const now = performance.now();
    const since = pausedSince.get(one) ?? now;
    pausedSince.set(one, since);
    return pausedMs > afterMs ? 0 : Math.max(0, since + afterMs - now);
  };
  const choose = (): One => {
    for (const one of models) {
      const pausedMs = one.provider.pausedMs();
      if (pausedMs === 0) {
        pausedSince.delete(one);
        return one;
      }
      const waitMs = patienceMs(one, pausedMs);
      if (waitMs === 0) continue;
      clearTimeout(timer);
      timer = setTimeout(onChange, Math.ceil(waitMs)).unref();
      return one;
    }
    return models[0];
  };
  const tell = ({ model }: One, value: 0 | 1): void =>
    metrics.modelAsked.set({ model: model.model, host: model.host }, value);

  for (const one of models) tell(one, one === told ? 1 : 0);
  return {
    next() {
      const chosen = choose();
      if (chosen !== told) {
        const { model, host } = chosen.model;
        log.warn({ model, host, before: told.model.model }, 'another one of the models is asked from now on');
        tell(told, 0);
        tell(chosen, 1);
        told = chosen;
      }
      return chosen;
    },
    stop: () => clearTimeout(timer),
  };
}

type Pauses = { set(labels: { reason: string }, value: number): void };

/** One gauge for several models: 1 while any of them is paused for the reason. */
export function sharedPauses(gauge: Pauses): () => Pauses {
  const paused = new Map<string, Set<Pauses>>();
  return () => {
    const one: Pauses = {
      set({ reason }, value) {
        const all = paused.get(reason) ?? new Set();
        paused.set(reason, all);
        if (value === 0) all.delete(one);
        else all.add(one);
        gauge.set({ reason }, all.size === 0 ? 0 : 1);
      },
    };
    return one;
  };
}
