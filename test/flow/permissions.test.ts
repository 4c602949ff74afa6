import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect, Events } from 'nats';
import { expect, test } from 'vitest';
import { openSocket } from '../server/socket.ts';
import { startApp } from '../support/app.ts';
import { COMPLETED } from '../support/client.ts';
import { refusal, slowStream } from '../support/model-behaviours.ts';
import { serverBinary, startNats } from '../support/nats.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';

const PASSWORD = 'secret';

type Rights = { user: string; publish: string[]; subscribe: string[] };

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** The rights of the table in docs/OPERATING.md: a row for each subject, a column for each user. */
function documentedRights(): Rights[] {
  const [section = ''] = read('docs/OPERATING.md').split('## Who may publish what')[1]?.split('\n## ') ?? [];
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
        .toSorted();
    return { user: user.replaceAll(' ', '_'), publish: subjects('publish'), subscribe: subjects('subscribe') };
  });
}

const users = read('deploy/nats/users.conf');

/** The users of deploy/nats/users.conf. An empty list denies all, since the server takes it for no limit. */
function givenRights(): Rights[] {
  const blocks = users.split(/^ {6}user: /m).slice(1);
  return blocks.map((block) => {
    const subjects = (right: string): string[] => {
      const [, list = ''] = new RegExp(`${right}: \\{ (?:allow: \\[([^\\]]*)|deny: ">")`).exec(block) ?? [];
      return [...list.matchAll(/"([^"]+)"/g)].map(([, subject = '']) => subject).toSorted();
    };
    return { user: /^\w+/.exec(block)?.[0] ?? '', publish: subjects('publish'), subscribe: subjects('subscribe') };
  });
}

test('deploy/nats/users.conf gives the rights of the table in docs/OPERATING.md, and no others', () => {
  expect(givenRights()).toEqual(documentedRights());
});

test('nats-server accepts deploy/nats/nats.conf with its users', () => {
  const names = ['ASSAY_API_PASSWORD', 'ASSAY_WORKER_PASSWORD', 'ASSAY_OTHER_PASSWORD'];
  const env = Object.fromEntries(names.map((name) => [name, PASSWORD]));
  const file = fileURLToPath(new URL('../../deploy/nats/nats.conf', import.meta.url));
  const { status, stderr } = spawnSync(serverBinary(), ['-t', '-c', file], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('is valid') });
});

/** The file for another prefix, with the same password for all. */
const configuration = (prefix: string): string =>
  users
    .replaceAll('"assay.', `"${prefix}.`)
    .replaceAll('ASSAY_WORK.', `${prefix.toUpperCase()}_WORK.`)
    .replaceAll(/\$ASSAY_\w+_PASSWORD/g, PASSWORD);

test('with the users of deploy/nats/users.conf the program works, and another service can publish no message', async () => {
  const port = await freePort();
  await using world = await createWorld({ natsUrl: `nats://127.0.0.1:${port}` });
  const nats = await startNats({ port, config: [configuration(world.prefix)] });
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
    await client.graphql('mutation { endSession { ended } }');
    expect(await socket.closed).toMatchObject({ code: 4401 });

    const logs = [...api.logs, ...worker.logs];
    expect(logs.filter(({ msg }) => /permission|reports an error/.test(String(msg)))).toEqual([]);
    await Promise.all([api.close(), worker.close()]);
  } finally {
    await nats.stop();
  }
});
