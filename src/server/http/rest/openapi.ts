import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from 'hono';
import { bodies } from './routes.ts';

/** Adds the parts of the document that no route registers: the bodies and the security schemes. */
export function describeApi<E extends Env>({ openAPIRegistry }: OpenAPIHono<E>): void {
  for (const [name, schema] of Object.entries(bodies)) openAPIRegistry.register(name, schema);
  openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that POST /api/session gave.',
  });
  openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'sid',
    description: 'Set by the server. Where PUBLIC_URL is an https address, the name is __Host-sid.',
  });
}

export const documentOf = <E extends Env>(api: OpenAPIHono<E>) =>
  api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Assay',
      version: '1.0.0',
      description:
        'Submits the answers of an assessment and reads its result. Live delivery, lists and cancellation are in the GraphQL API at /graphql.',
      license: { name: 'MIT' },
    },
  });
