import { UnavailableError } from '../../errors.ts';
import { groupCommit, type GroupCommit, type GroupCommitOptions } from './group-commit.ts';

/** For reads: who could not even ask within this time is told that the database is away. */
export const READ_PATIENCE = { ms: 3_000, error: () => new UnavailableError('database', 'not-done') };

type LookUpOptions<Found> = Omit<GroupCommitOptions<string, Found | undefined>, 'run'> & {
  /** Each key once; what is not there is left out. */
  find: (keys: string[]) => Promise<Map<string, Found>>;
};

/** Look-ups by a key that are asked for together are answered by one statement. */
export const lookUp = <Found>({ find, ...options }: LookUpOptions<Found>): GroupCommit<string, Found | undefined> =>
  groupCommit({
    ...options,
    run: async (keys) => {
      const found = await find([...new Set(keys)]);
      return keys.map((key) => found.get(key));
    },
  });
