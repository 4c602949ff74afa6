/** The limit of the bytes that one client may make this process hold. */
export type Room = {
  /** @returns false, and holds nothing more, if there is no room */
  hold(bytes: number): boolean;
  release(bytes: number): void;
};
