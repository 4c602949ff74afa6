import { WebSocket } from 'ws';
import { createLive, type Live } from '../../web/src/live/index.ts';
import { clientWith, startClient, type Client, type Loose } from '../support/client.ts';
import { fewAtATime } from '../support/few-at-a-time.ts';

const FINISHED = `subscription Finished($after: String) { assessmentFinished(after: $after) {
  cursor assessment { id version status } errors { message } } }`;

/** A browser whose page listens for the ends of its session, over a socket that is cut and moved again and again. */
type Member = {
  client: Client;
  live: Live;
  submitted: string[];
  /** Ends that the page got, in order. */
  received: string[];
  sockets: Set<WebSocket>;
};

/** Many browsers at once, spread over the api processes: each new socket goes to any of them. */
export class Crowd {
  readonly members: Member[] = [];
  readonly problems: string[] = [];
  cuts = 0;
  readonly #urls: () => string[];

  constructor(urls: () => string[]) {
    this.#urls = urls;
  }

  async gather(count: number): Promise<void> {
    await fewAtATime(16, Array.from({ length: count }), async () => void this.members.push(await this.#join()));
  }

  /** Each browser submits `each` assessments, over any api process. */
  async submit(each: number): Promise<void> {
    for (let nth = 0; nth < each; nth++)
      await fewAtATime(16, this.members, async ({ client, submitted }) => {
        submitted.push(await clientWith(this.#anyUrl(), client.cookie).submit());
      });
  }

  /** Breaks open sockets without a closing handshake. */
  cut(count: number): void {
    const open = this.members.flatMap(({ sockets }) => [...sockets].filter(({ readyState }) => readyState === 1));
    for (let cut = 0; cut < count && open.length > 0; cut++) {
      open.splice(Math.floor(Math.random() * open.length), 1)[0]?.terminate();
      this.cuts++;
    }
  }

  /** Number of assessments whose end their submitter has not got. */
  get missed(): number {
    return this.members.reduce((sum, { submitted, received }) => {
      const heard = new Set(received);
      return sum + submitted.filter((id) => !heard.has(id)).length;
    }, 0);
  }

  get receivedTwice(): number {
    return this.members.reduce((sum, { received }) => sum + received.length - new Set(received).size, 0);
  }

  leave(): void {
    for (const { live } of this.members) live.close();
  }

  #anyUrl(): string {
    const urls = this.#urls();
    return urls[Math.floor(Math.random() * urls.length)] ?? '';
  }

  async #join(): Promise<Member> {
    const client = await startClient(this.#anyUrl());
    const { data } = await client.graphql('{ session { cursor } }');
    const sockets = new Set<WebSocket>();
    const anyUrl = (): string => `${this.#anyUrl().replace('http', 'ws')}/graphql`;
    const live = createLive({
      url: 'ws://any/graphql',
      webSocketImpl: class extends WebSocket {
        constructor(_address: string | URL, protocols?: string | string[]) {
          super(anyUrl(), protocols, { headers: { cookie: client.cookie } });
          sockets.add(this);
          this.once('close', () => sockets.delete(this));
          this.on('error', () => {}); // see `close`
        }
      },
    });
    const received: string[] = [];
    live.watchFinished({
      document: FINISHED,
      after: data.session.cursor,
      onFinished: ({ id, version }: Loose) => void received.push(version === 3 ? id : `${id}@${version}`),
      onInvalidCursor: async () => {
        this.problems.push('a cursor was refused');
        return { after: data.session.cursor };
      },
      onError: (error) => void this.problems.push(String(error)),
    });
    return { client, live, submitted: [], received, sockets };
  }
}
