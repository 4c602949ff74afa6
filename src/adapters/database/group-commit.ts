/**
 * Puts the work of many callers into one statement: items that arrive while a statement is in flight queue, and the next
 * statement takes them all. An idle system adds no wait. Each caller gets its own result or its own error.
 */
export type GroupCommit<Item, Result> = (item: Item) => Promise<Result>;

export type GroupCommitOptions<Item, Result> = {
  /** Runs one statement for all items; resolves to one result for each, in the same order. */
  run: (items: Item[]) => Promise<Result[]>;
  /** Statements in flight at the same time. @defaultValue 2 */
  lanes?: number;
  /**
   * Beside a statement in flight, another one begins only for this many items: fewer cost the server less if they wait the
   * few milliseconds of one statement. Behind a slow statement no item waits. @defaultValue 16
   */
  besideMin?: number;
  itemsMax: number;
  /** Size of one item, and the cap for one statement, in characters. @defaultValue no size, and 4 Mi */
  size?: (item: Item) => number;
  sizeMax?: number;
  /** The longest time in the queue. After it the item gets the error: it is surely not carried out. */
  patience?: { ms: number; error: () => Error };
  /**
   * True for an error about the data of some item. The batch is then halved until the bad item is alone, so that no other
   * item fails with it.
   */
  isDataError?: (error: unknown) => boolean;
};

type Waiting<Item, Result> = {
  item: Item;
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
};

/** A statement of this size takes tens of milliseconds; a larger one would delay the callers behind it. */
const CHARACTERS_MAX = 4 * 1024 * 1024;

/** Longer than a statement takes on a healthy server, unless it has hundreds of rows. */
const SLOW_MS = 20;

export function groupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  const { lanes = 2, besideMin = 16, patience } = options;
  let queue: Waiting<Item, Result>[] = [];
  let lanesFree = lanes;
  let begunAt = 0;
  let scheduled = false;
  let held: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;

  const isWorthAnother = (): boolean =>
    lanesFree === lanes || queue.length >= besideMin || performance.now() - begunAt >= SLOW_MS;

  const flush = (): void => {
    scheduled = false;
    while (queue.length > 0 && lanesFree > 0 && isWorthAnother()) {
      const count = countThatFits(queue, options);
      const batch = queue.slice(0, count);
      queue = queue.slice(count);
      lanesFree--;
      begunAt = performance.now();
      void runBatch(batch, options).finally(() => {
        lanesFree++;
        flush();
      });
    }
    if (queue.length > 0 && lanesFree > 0) held ??= setTimeout(release, SLOW_MS);
    watchOldest();
  };

  const release = (): void => {
    held = undefined;
    flush();
  };

  /** One timer for the queue: it is in the order of arrival, so the first item times out first. */
  const watchOldest = (): void => {
    const [oldest] = queue;
    if (patience === undefined || oldest === undefined || expiry !== undefined) return;
    expiry = setTimeout(
      () => {
        expiry = undefined;
        const young = queue.findIndex(({ since }) => since > performance.now() - patience.ms);
        for (const { reject } of queue.splice(0, young === -1 ? queue.length : young)) reject(patience.error());
        watchOldest();
      },
      oldest.since + patience.ms - performance.now() + 1,
    );
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: performance.now(), resolve, reject });
      // setImmediate gathers all items of one burst of I/O.
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    });
}

function countThatFits<Item, Result>(
  queue: readonly Waiting<Item, Result>[],
  { itemsMax, size, sizeMax = CHARACTERS_MAX }: GroupCommitOptions<Item, Result>,
): number {
  const most = Math.min(queue.length, itemsMax);
  if (size === undefined) return most;
  let total = 0;
  for (const [index, { item }] of queue.entries()) {
    if (index === most) break;
    total += size(item);
    if (total > sizeMax && index > 0) return index;
  }
  return most;
}

async function runBatch<Item, Result>(
  batch: Waiting<Item, Result>[],
  options: GroupCommitOptions<Item, Result>,
): Promise<void> {
  try {
    const results = await options.run(batch.map(({ item }) => item));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
  } catch (error) {
    if (batch.length > 1 && options.isDataError?.(error) === true) {
      const middle = batch.length >> 1;
      await runBatch(batch.slice(0, middle), options);
      await runBatch(batch.slice(middle), options);
      return;
    }
    for (const { reject } of batch) reject(error);
  }
}
