import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkLayers } from './support/layers.ts';

const root = new URL('../', import.meta.url);

test('every file of src/ and web/ has its place, and imports only what its room allows', () => {
  const paths = globSync(['src/**/*.ts', 'web/**/*.{ts,tsx}'], { cwd: root });
  expect(paths.length).toBeGreaterThan(10);
  const sources = Object.fromEntries(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
  expect(checkLayers(sources)).toEqual([]);
});

test('the allowed imports of the design are accepted', () => {
  expect(
    checkLayers({
      'src/main.ts':
        "import { startApp } from './app.ts'; import { readConfig } from './config.ts'; import './log.ts';",
      'src/app.ts': "import './server/http/http.ts'; import './consumers/recommend.ts'; import './adapters/model.ts';",
      'src/config.ts': 'export const port = process.env.PORT;',
      'src/server/http/http.ts': "import './rest/app.ts'; import '../graphql/graphql.ts'; import 'hono/etag';",
      'src/server/http/rest/app.ts': "import type {} from '../http.ts'; import '../../../assessments/submit.ts';",
      'src/server/sockets/websocket.ts': "import '../graphql/graphql.ts'; import { WebSocketServer } from 'ws';",
      'src/server/graphql/graphql.ts': "import '../../schema/index.ts'; import { createYoga } from 'graphql-yoga';",
      'src/schema/index.ts': "import '../assessments/submit.ts'; import SchemaBuilder from '@pothos/core';",
      'src/consumers/recommend.ts': "import '../assessments/submit.ts'; import '../adapters/database.ts';",
      'src/assessments/submit.ts': "import '../entities/assessment.ts'; import { createHash } from 'node:crypto';",
      'src/adapters/database.ts': "import './database/save.ts'; import { MikroORM } from '@mikro-orm/postgresql';",
      'src/adapters/database/save.ts': "import './sql.ts'; import { Pool } from 'pg';",
      'src/adapters/database/sql.ts': "import { type Assessment } from '../../entities/assessment.ts';",
      'src/adapters/model/ask.ts': "import OpenAI from 'openai'; // process.env is not read here",
      'src/entities/assessment.ts': "import { defineEntity } from '@mikro-orm/core';",
      'src/entities/condition.ts': "import { isAnswered } from './answer.ts';",
      'web/src/form/check.ts': "import { isDeclined } from '../../../src/entities/answer.ts';",
      'web/src/main.tsx': "import { graphql } from './gql/index.ts'; import { Client } from '@urql/core';",
    }),
  ).toEqual([]);
});

describe('a violation is reported:', () => {
  test.each([
    [
      'an import from above',
      'src/entities/a.ts',
      "import '../assessments/submit.ts';",
      'level 1 knows nothing of level 3',
    ],
    ['a type from above', 'src/log.ts', "import type { A } from './app.ts';", 'level 0 knows nothing of level 7'],
    [
      'an export from above',
      'src/delivery/a.ts',
      "export * from '../schema/b.ts';",
      'level 3 knows nothing of level 4',
    ],
    [
      'a dynamic import from above',
      'src/delivery/a.ts',
      "await import('../app.ts');",
      'level 3 knows nothing of level 7',
    ],
    ['a type query from above', 'src/errors.ts', "type A = import('./app.ts').A;", 'level 0 knows nothing of level 7'],
    ['a room beside', 'src/schema/a.ts', "import '../consumers/b.ts';", 'rooms on one level'],
    ['an adapter beside', 'src/adapters/broker/a.ts', "import '../database/b.ts';", 'rooms on one level'],
    ['a foundation beside', 'src/log.ts', "import './config.ts';", 'rooms on one level'],
    ['consumers in the server', 'src/server/http/a.ts', "import '../../consumers/b.ts';", 'different processes'],
    ['sockets in HTTP', 'src/server/http/a.ts', "import type { A } from '../sockets/a.ts';", 'rooms on one level'],
    ['HTTP in sockets', 'src/server/sockets/a.ts', "import '../http/a.ts';", 'rooms on one level'],
    ['HTTP in GraphQL', 'src/server/graphql/a.ts', "import '../http/a.ts';", 'level 5 knows nothing of level 6'],
    [
      'the inside of an adapter',
      'src/delivery/a.ts',
      "import '../adapters/database/b.ts';",
      'imported by its own file',
    ],
    ['an edge in main', 'src/main.ts', "import './server/http/http.ts';", 'main knows only'],
    ['main', 'src/app.ts', "import './main.ts';", 'level 7 knows nothing of level 8'],
    ['a file without a place', 'src/utils.ts', '', 'src/utils.ts has no place in the list'],
    ['src/ in web/', 'web/src/a.ts', "import '../../src/errors.ts';", 'web/ knows only'],
    ['a library in a file that web/ shares', 'src/entities/answer.ts', "import 'zod';", 'runs in a browser'],
    ['another file in one that web/ shares', 'src/entities/text.ts', "import './item.ts';", 'runs in a browser'],
    ['web/ in src/', 'src/app.ts', "import '../web/src/a.ts';", 'the product does not depend on it'],
    ['nats elsewhere', 'src/consumers/a.ts', "import type { JsMsg } from 'nats';", 'does not list this library'],
    ['openai elsewhere', 'src/consumers/a.ts', "import OpenAI from 'openai/index.js';", 'does not list this library'],
    ['pg elsewhere', 'src/assessments/a.ts', "import { Pool } from 'pg';", 'does not list this library'],
    [
      'an ORM driver in the entities',
      'src/entities/a.ts',
      "import '@mikro-orm/postgresql';",
      'does not list this library',
    ],
    ['hono elsewhere', 'src/app/a.ts', "import { etag } from 'hono/etag';", 'does not list this library'],
    [
      'a part of hono elsewhere',
      'src/schema/a.ts',
      "import { z } from '@hono/zod-openapi';",
      'does not list this library',
    ],
    ['ws elsewhere', 'src/delivery/a.ts', "import 'ws';", 'does not list this library'],
    ['an unlisted library', 'src/delivery/a.ts', "import axios from 'axios';", 'does not list this library'],
    ['a module of Node', 'src/entities/a.ts', "import { readFileSync } from 'node:fs';", 'does not list this library'],
    ['the log elsewhere', 'src/schema/a.ts', "import type { Logger } from 'pino';", 'does not list this library'],
    [
      'GraphQL in a use case',
      'src/assessments/a.ts',
      "import { GraphQLError } from 'graphql';",
      'does not list this library',
    ],
    ['the environment', 'src/app.ts', 'const port = process.env.PORT;', 'reads the environment'],
    ['the environment in brackets', 'src/app.ts', "process['env'].PORT;", 'reads the environment'],
    ['the environment by import', 'src/app.ts', "import { env } from 'node:process';", 'reads the environment'],
  ])('%s', (_, path, source, problem) => {
    expect(checkLayers({ [path]: source })).toEqual([expect.stringContaining(problem)]);
  });

  test('a cycle of values, but not one that a type closes', () => {
    const cycle = {
      'src/delivery/a.ts': "import { b } from './b.ts';",
      'src/delivery/b.ts': "import { c } from './c.ts';",
    };
    expect(checkLayers({ ...cycle, 'src/delivery/c.ts': "export { a } from './a.ts';" })).toEqual([
      'src/delivery/a.ts → src/delivery/b.ts → src/delivery/c.ts → src/delivery/a.ts is a cycle',
    ]);
    expect(checkLayers({ ...cycle, 'src/delivery/c.ts': "import type { A } from './a.ts';" })).toEqual([]);
  });
});
