import type { Scenario, Scenarios } from './scenario.ts';
import { azure } from './scenarios/azure.ts';
import { chinese } from './scenarios/chinese.ts';
import { claude, gemini } from './scenarios/claude-and-google.ts';
import { formats } from './scenarios/formats.ts';
import { gateways, openRouter } from './scenarios/gateways.ts';
import { groqAndFireworks, hosted, mistralAndDeepSeek } from './scenarios/hosted.ts';
import { network } from './scenarios/network.ts';
import { openai } from './scenarios/openai.ts';
import { llamaCpp, ollama, otherServers, vllm } from './scenarios/self-hosted.ts';
import { streams } from './scenarios/streams.ts';

/** Every scenario, by groups of providers. */
export const groups = {
  openai,
  azure,
  claude,
  gemini,
  openRouter,
  gateways,
  mistralAndDeepSeek,
  groqAndFireworks,
  hosted,
  chinese,
  vllm,
  ollama,
  llamaCpp,
  otherServers,
  formats,
  network,
  streams,
} satisfies Record<string, Scenarios>;

export const scenarios: Scenarios = Object.assign({}, ...Object.values(groups));

/** @throws Error if there is none of this name */
export function scenarioOf(name: string): Scenario {
  const found = scenarios[name];
  if (found === undefined) throw new Error(`there is no scenario "${name}"`);
  return found;
}

/** The names of all scenarios of these groups. */
export const namesOf = (...names: readonly (keyof typeof groups)[]): string[] =>
  names.flatMap((name) => Object.keys(groups[name]));
