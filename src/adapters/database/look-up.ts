import { UnavailableError } from '../../errors.ts';
import { groupCommit, type GroupCommit, type GroupCommitOptions } from './group-commit.ts';

/** The longest time of a read in the queue; after it the database counts as unavailable. */
export const READ_PATIENCE = { ms: 3_000, error: () => new UnavailableError('database', 'not-done') };

type LookUpOptions<Found> = Omit<GroupCommitOptions<string, Found | undefined>, 'run'> & {
  /** Gets each key once; leaves out missing ones. */
  find: (keys: string[]) => Promise<Map<string, Found>>;
};

/** Look-ups by key; those requested together share a statement. */
export const lookUp = <Found>({ find, ...options }: LookUpOptions<Found>): GroupCommit<string, Found | undefined> =>
  groupCommit({
    ...options,
    run: async (keys) => {
      const found = await find([...new Set(keys)]);
      return keys.map((key) => found.get(key));
    },
  });
