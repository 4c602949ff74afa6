import type { Client, CombinedError } from 'urql';
import { graphql } from '../gql/index.ts';
import type { AssessmentStatus, ListedAssessmentFragment } from '../gql/graphql.ts';
import type { Live } from '../live/index.ts';
import { createStore } from '../store.ts';
import { withEnd, without, withPage, type AssessmentList } from './listed.ts';

const YourAssessments = graphql(`
  query YourAssessments($first: Int!, $after: String, $questionnaire: String, $status: AssessmentStatus) {
    session {
      id
      cursor
      assessments(first: $first, after: $after, questionnaire: $questionnaire, status: $status) {
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
    scores {
      area
      parent
      value
      raw
      band {
        title
      }
    }
    questionnaire {
      id
      slug
      version
      language
      title
    }
  }
`);

const AssessmentFinished = graphql(`
  subscription AssessmentFinished($after: String) {
    assessmentFinished(after: $after) {
      cursor
      assessment {
        ...ListedAssessment
      }
    }
  }
`);

/** Time until the list is read again after its subscription was refused, for example because of too many tabs. */
const RECHECK_MS = 30_000;
/** The longest part that the server gives. */
const PART_MAX = 100;

export interface ListView {
  list?: AssessmentList;
  error?: CombinedError;
  /** The next part is being read. */
  isLoadingMore?: boolean;
}

export interface ListSelection {
  /** Assessments of each part. */
  first: number;
  /** A slug. */
  questionnaire?: string | undefined;
  status?: AssessmentStatus | undefined;
}

/** The list of the selected assessments, newest first, kept up to date: every assessment of the session that ends is pushed. */
export class ListFeed {
  readonly view = createStore<ListView>({});
  readonly #client: Pick<Client, 'query'>;
  readonly #live: Pick<Live, 'watchFinished'>;
  readonly #selection: ListSelection;
  #end = () => {};
  /** Ends pushed while the next part is read: the part that is read may be older. Undefined: the whole list was read again. */
  #endedMeanwhile: ListedAssessmentFragment[] | undefined;

  constructor(client: Pick<Client, 'query'>, live: Pick<Live, 'watchFinished'>, selection: ListSelection) {
    this.#client = client;
    this.#live = live;
    this.#selection = selection;
  }

  /** Reads the first part again, and watches from there. */
  reload = () => {
    this.stop();
    const left = new AbortController();
    this.#end = () => left.abort();
    // `#read` has put the error into the view.
    this.#watch(left.signal).catch(() => {});
  };

  stop = () => this.#end();

  /** Takes a deleted assessment out. */
  remove = (id: string) => {
    const { list, ...rest } = this.view.get();
    if (list) this.view.set({ ...rest, list: without(list, { id }) });
  };

  loadMore = async (after: string) => {
    if (this.view.get().isLoadingMore) return;
    this.view.set({ ...this.view.get(), error: undefined, isLoadingMore: true });
    try {
      let next: string | null | undefined = after;
      while (next != null) {
        const endedMeanwhile = (this.#endedMeanwhile = [] as ListedAssessmentFragment[]);
        const { assessments } = await this.#read(next);
        const { list: before } = this.view.get();
        if (this.#endedMeanwhile === endedMeanwhile) {
          const list = withPage(before, assessments);
          return this.view.set({ list: endedMeanwhile.reduce((known, ended) => this.#withEnd(known, ended), list) });
        }
        // This part may have what was deleted since.
        next = before?.next;
      }
    } finally {
      this.view.set({ ...this.view.get(), isLoadingMore: false });
    }
  };

  async #watch(left: AbortSignal): Promise<void> {
    const begin = async () => {
      // As many as are shown, otherwise the parts that were loaded later would vanish.
      const shown = this.view.get().list?.nodes.length ?? 0;
      const partOf = (count: number) => Math.min(PART_MAX, Math.max(this.#selection.first, count));
      const { cursor, assessments } = await this.#read(null, partOf(shown));
      let list = withPage(undefined, assessments);
      while (list.next !== null && list.nodes.length < shown && !left.aborted) {
        const { assessments: further } = await this.#read(list.next, partOf(shown - list.nodes.length));
        list = withPage(list, further);
      }
      const { isLoadingMore = false } = this.view.get();
      this.#endedMeanwhile = undefined;
      if (!left.aborted) this.view.set({ list, isLoadingMore });
      return { after: cursor, known: list.nodes };
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
    this.#endedMeanwhile?.push(ended);
    const { list, ...rest } = this.view.get();
    if (list) this.view.set({ ...rest, list: this.#withEnd(list, ended) });
  }

  #withEnd(list: AssessmentList, ended: ListedAssessmentFragment): AssessmentList {
    const { questionnaire, status } = this.#selection;
    const fits = (questionnaire ?? ended.questionnaire.slug) === ended.questionnaire.slug;
    return fits && (status ?? ended.status) === ended.status ? withEnd(list, ended) : without(list, ended);
  }

  /**
   * The session with its list.
   * @throws Error, which is also put into the view; not if the session has ended, because a new one has its own list
   */
  async #read(after: string | null, first = this.#selection.first) {
    const variables = { ...this.#selection, first, after };
    const { data, error } = await this.#client.query(YourAssessments, variables, { requestPolicy: 'network-only' });
    const { cursor, assessments } = data?.session ?? {};
    if (cursor !== undefined && assessments) return { cursor, assessments };
    if (error) this.view.set({ ...this.view.get(), error });
    throw error ?? new Error('The session is gone.');
  }
}
