import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { acceptsHtml } from '../accept.ts';
import type { RestEnv } from './handlers.ts';
import { sendShared } from './shared-body.ts';

export const TABS = [
  {
    query: `# 1. Start a session; its cookie stays here.
mutation StartSession {
  startSession {
    session { id expiresAt }
  }
}
`,
  },
  {
    query: `# 2. Submit. Copy the id of the assessment from the response.
mutation Submit($input: SubmitAssessmentInput!) {
  submitAssessment(input: $input) {
    assessment { id status submittedAt }
    errors { message code ... on InvalidAnswersError { issues { path rule message } } }
  }
}
`,
    variables: `{
  "input": {
    "questionnaire": "wellbeing-check",
    "answers": {
      "sleep_quality": 3, "rested": 2, "energy": 4, "movement": 3,
      "stress": 8, "switch_off": 2, "mood": 5, "connection": 6,
      "concentration": 4, "day_pattern": "regular", "wishes": ["sleep", "stress"]
    }
  }
}
`,
  },
  {
    query: `# 3. Put the id below, and wait for the result.
subscription Completed($id: ID!) {
  recommendationCompleted(assessmentId: $id) {
    assessment {
      status version
      result {
        summary
        recommendations { title rationale action area priority }
        scores { area value level }
      }
      failure { code message retryable }
    }
  }
}
`,
    variables: '{ "id": "the id from tab 2" }\n',
  },
  {
    query: `# 4. Your assessments, newest first.
query Mine {
  session {
    id
    assessments(first: 5) {
      nodes { id status questionnaire { title } submittedAt endedAt result { summary } }
      pageInfo { hasNextPage endCursor }
    }
  }
  questionnaires { slug version title minutes }
}
`,
  },
];

/** Whether a browser opens GraphiQL. With GraphiQL switched off, it may still send a query by GET. */
export const wantsGraphiQL = ({ method, headers, url = '' }: IncomingMessage, isOn: boolean): boolean =>
  (method === 'GET' || method === 'HEAD') && acceptsHtml(headers.accept) && (isOn || !hasQuery(url));

const hasQuery = (url: string): boolean => new URLSearchParams(url.split('?').slice(1).join('?')).has('query');

/**
 * Keeps the tabs in place. On the first visit GraphiQL gives each tab a hidden offset that appears when it is pressed: the
 * tab would move away under the mouse, and the click would be lost.
 */
const TABS_STAY = '<style>.graphiql-tab{transform:none!important}</style>';

let rendered: Promise<{ plain: Buffer; zipped: Buffer }> | undefined;

/** The page has nine megabytes: rendered and compressed at the first request, then kept. */
async function render(): Promise<{ plain: Buffer; zipped: Buffer }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Assay GraphiQL',
    defaultTabs: TABS,
    credentials: 'same-origin',
    subscriptionsProtocol: 'WS',
    shouldPersistHeaders: false,
  });
  const plain = Buffer.from(html.replace('</title>', `</title>${TABS_STAY}`));
  return { plain, zipped: await promisify(gzip)(plain) };
}

export async function graphiqlPage(c: Context<RestEnv>): Promise<Response> {
  rendered ??= render();
  const { plain, zipped } = await rendered;
  const isZipped = accepts(c, { header: 'Accept-Encoding', supports: ['gzip'], default: 'identity' }) === 'gzip';
  const body = isZipped ? zipped : plain;
  return sendShared(c.env.exchange, body, {
    'content-type': 'text/html; charset=utf-8',
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
}
