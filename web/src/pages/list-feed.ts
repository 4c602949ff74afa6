import type { Client, CombinedError } from 'urql';
import { graphql } from '../gql/index.ts';
import type { ListedAssessmentFragment } from '../gql/graphql.ts';
import type { Live } from '../live/index.ts';
import { createStore } from '../store.ts';
import { withEnd, withPage, type AssessmentList } from './listed.ts';

const YourAssessments = graphql(`
  query YourAssessments($first: Int!, $after: String) {
    session {
      id
      cursor
      assessments(first: $first, after: $after) {
        nodes {
          ...ListedAssessment
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
  fragment ListedAssessment on Assessment {
    id
    status
    version
    submittedAt
    questionnaire {
      id
      language
      title
    }
  }
`);

const AssessmentFinished = graphql(`
  subscription AssessmentFinished($after: String) {
    assessmentFinished(after: $after) {
      ... on AssessmentFinished {
        cursor
        assessment {
          ...ListedAssessment
        }
      }
      ... on InvalidCursorError {
        message
      }
    }
  }
`);

const PAGE_SIZE = 10;
/** How long to rest before the list is read once more, when it can't be watched: too many tabs, for one. */
const RECHECK_MS = 30_000;

export interface ListView {
  list?: AssessmentList;
  error?: CombinedError;
}

/** The list, newest first, and kept up to date: what ends, here or in another tab, is told. */
export class ListFeed {
  readonly view = createStore<ListView>({});
  readonly #client: Pick<Client, 'query'>;
  readonly #live: Pick<Live, 'watchFinished'>;
  #end = () => {};
  /** What ended since more was asked for: what is read may be older than that. */
  #meanwhile: ListedAssessmentFragment[] | undefined;

  constructor(client: Pick<Client, 'query'>, live: Pick<Live, 'watchFinished'>) {
    this.#client = client;
    this.#live = live;
  }

  /** Begins with the first part once more. */
  reload = () => {
    this.stop();
    const left = new AbortController();
    this.#end = () => left.abort();
    // An error is on the page, with a button.
    this.#watch(left.signal).catch(() => {});
  };

  stop = () => this.#end();

  loadMore = async (after: string) => {
    const meanwhile = (this.#meanwhile = [] as ListedAssessmentFragment[]);
    const { assessments } = await this.#read(after);
    this.view.set({ list: meanwhile.reduce(withEnd, withPage(this.view.get().list, assessments)) });
  };

  async #watch(left: AbortSignal): Promise<void> {
    const begin = async () => {
      const { cursor, assessments } = await this.#read(null);
      if (!left.aborted) this.view.set({ list: withPage(undefined, assessments) });
      return { after: cursor, known: assessments.nodes };
    };
    const since = await begin();
    if (left.aborted) return;
    const unwatch = this.#live.watchFinished({
      ...since,
      document: AssessmentFinished,
      onFinished: (ended) => this.#finished(ended),
      onInvalidCursor: begin,
      onError: () => {
        const timer = setTimeout(this.reload, RECHECK_MS);
        left.addEventListener('abort', () => clearTimeout(timer));
      },
    });
    left.addEventListener('abort', unwatch);
  }

  #finished(ended: ListedAssessmentFragment): void {
    this.#meanwhile?.push(ended);
    const { list, ...rest } = this.view.get();
    if (list) this.view.set({ ...rest, list: withEnd(list, ended) });
  }

  /** @throws Error, which is shown, unless the session is gone: then there will be another one, with a list of its own */
  async #read(after: string | null) {
    const variables = { first: PAGE_SIZE, after };
    const { data, error } = await this.#client.query(YourAssessments, variables, { requestPolicy: 'network-only' });
    if (data?.session) return data.session;
    if (error) this.view.set({ ...this.view.get(), error });
    throw error ?? new Error('The session is gone.');
  }
}
