/** `make`, carried out once for each object; what it made is kept for as long as the object is. */
export function memoize<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  // Boxed, since what is made may be undefined.
  const known = new WeakMap<Key, { made: Made }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) known.set(key, (entry = { made: make(key) }));
    return entry.made;
  };
}
