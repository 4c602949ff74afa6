/**
 * Runs `make` once for each object and keeps the result as long as the object exists.
 *
 * Reason: a `WeakMap` frees each result with its object, so that no caller has to remove it, and the object itself is not
 * changed. Delete it and use `WeakMap.prototype.getOrInsertComputed` once `lib` in tsconfig.json has `esnext.collection`.
 */
export function memoize<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  // Boxed, since a result may be undefined.
  const known = new WeakMap<Key, { made: Made }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) known.set(key, (entry = { made: make(key) }));
    return entry.made;
  };
}
