import { expect, test } from 'vitest';
import { eventually, until } from './wait.ts';

test('until resolves with the first truthy value', async () => {
  let looks = 0;
  await expect(until(() => ((looks += 1) < 3 ? undefined : { looks }), { intervalMs: 1 })).resolves.toEqual({
    looks: 3,
  });
});

test('until fails with its label and the last value', async () => {
  const waiting = { label: 'a row', timeoutMs: 5, intervalMs: 1 };
  await expect(until(async () => 0, waiting)).rejects.toThrow('waited 5 ms in vain for: a row (last seen: 0)');
});

test('until rejects at once when the condition throws', async () => {
  await expect(until(() => Promise.reject(new Error('no such table')))).rejects.toThrow('no such table');
});

test('eventually repeats until the assertions hold, and fails with the last failure', async () => {
  let looks = 0;
  await eventually(() => expect((looks += 1)).toBe(3), { intervalMs: 1 });
  await expect(eventually(() => expect(looks).toBe(4), { timeoutMs: 5 })).rejects.toThrow(
    /in vain.*expected 3 to be 4/s,
  );
});
