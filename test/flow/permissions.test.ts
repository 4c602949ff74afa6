import { readFileSync } from 'node:fs';
import { connect, Events } from 'nats';
import { expect, test } from 'vitest';
import { openSocket } from '../server/socket.ts';
import { startApp } from '../support/app.ts';
import { COMPLETED } from '../support/client.ts';
import { refusal, slowStream } from '../support/model-behaviours.ts';
import { startNats } from '../support/nats.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'secret';

type Rights = { user: string; publish: string[]; subscribe: string[] };

/** The rights of the table in docs/OPERATING.md, for another prefix: a row for each subject, a column for each user. */
function documentedRights(prefix: string): Rights[] {
  const text = readFileSync(new URL('../../docs/OPERATING.md', import.meta.url), 'utf8');
  const [section = ''] = text.split('## Who may publish what')[1]?.split('\n## ') ?? [];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const [[, ...users] = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return users.map((user, column) => {
    const subjects = (right: string): string[] =>
      rows
        .filter((cells) => cells[column + 1]?.split(', ').includes(right))
        .flatMap(([cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, subject = '']) => subject))
        .map((subject) => subject.replace('ASSAY', prefix.toUpperCase()).replace('assay', prefix));
    return { user: user.replaceAll(' ', '_'), publish: subjects('publish'), subscribe: subjects('subscribe') };
  });
}

/** Denies all for an empty list, which the server would take for no restriction. */
const allowed = (subjects: string[]): string =>
  subjects.length === 0 ? '{ deny: ">" }' : `{ allow: ${JSON.stringify(subjects)} }`;

const configuration = (rights: Rights[]): string[] => [
  'authorization { users: [',
  ...rights.map(
    ({ user, publish, subscribe }) =>
      `{ user: ${user}, password: ${PASSWORD}, permissions: { publish: ${allowed(publish)}, subscribe: ${allowed(subscribe)} } }`,
  ),
  '] }',
];

test('with the permissions of docs/OPERATING.md the program works, and another service can publish no message', async () => {
  const port = await freePort();
  await using world = await createWorld({ natsUrl: `nats://127.0.0.1:${port}` });
  const rights = documentedRights(world.prefix);
  expect(rights.map(({ user }) => user)).toEqual(['api', 'worker', 'other_services']);
  const nats = await startNats({ port, config: configuration(rights) });
  try {
    const as = (user: string) => ({ NATS_USER: user, NATS_PASSWORD: PASSWORD });
    // The worker first, since it creates the streams.
    const worker = await startApp({ role: 'worker', world, env: as('worker') });
    const api = await startApp({ role: 'api', world, env: as('api') });
    const client = await api.client();
    world.model.script([slowStream(10)]);
    const watched = await client.submit({ watch: true });
    await client.completion(watched);
    world.model.script([refusal()]);
    const failed = await client.submit();
    await client.completion(failed);
    world.model.script([]);
    world.model.hold();
    const cancelled = await client.submit();
    const [, , call] = await world.model.waitForCalls(3);
    await client.graphql(`mutation { cancelAssessment(id: "${cancelled}") { __typename } }`);
    await world.model.waitFor(() => call?.outcome === 'aborted', 'the end of the call');
    const statuses = await Promise.all([watched, failed, cancelled].map((id) => client.read(id)));
    expect(statuses.map(({ status }) => status)).toEqual(['COMPLETED', 'FAILED', 'CANCELLED']);

    const socket = await openSocket(api.url, { cookie: client.cookie });
    socket.subscribe('1', COMPLETED, { id: watched });
    const other = await connect({ servers: nats.url, user: 'other_services', pass: PASSWORD });
    const refusals: unknown[] = [];
    void (async () => {
      for await (const { type, data } of other.status()) if (type === Events.Error) refusals.push(data);
    })();
    const forged = [world.wire.sessionEnded(client.sessionId), world.wire.progress(client.sessionId, watched)];
    for (const subject of [...forged, world.wire.submitted(watched), world.wire.deadLetter]) other.publish(subject, '');
    await until(() => refusals.length === 4);
    expect(new Set(refusals)).toEqual(new Set(['PERMISSIONS_VIOLATION']));
    await other.close();
    await client.graphql('mutation { endSession }');
    expect(await socket.closed).toMatchObject({ code: 4401 });

    const logs = [...api.logs, ...worker.logs];
    expect(logs.filter(({ msg }) => /permission|reports an error/.test(String(msg)))).toEqual([]);
    await Promise.all([api.close(), worker.close()]);
  } finally {
    await nats.stop();
  }
});
