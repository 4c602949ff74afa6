/**
 * A set that needs no memory of its own while it has one member. A member that is added during an iteration may be missing
 * from that iteration.
 *
 * Reason: V8 gives every `Set` a table with room for several members, and nearly all of the many thousand sets of sessions
 * and subscribers have one member. Delete it and use `Set` once a `Set` with one member costs no more than a reference.
 */
export class SmallSet<Member extends object> implements Iterable<Member> {
  #members: Member | Set<Member> | undefined;

  get size(): number {
    if (this.#members === undefined) return 0;
    return this.#members instanceof Set ? this.#members.size : 1;
  }

  has(member: Member): boolean {
    return this.#members instanceof Set ? this.#members.has(member) : this.#members === member;
  }

  add(member: Member): void {
    if (this.#members === undefined) this.#members = member;
    else if (this.#members instanceof Set) this.#members.add(member);
    else if (this.#members !== member) this.#members = new Set([this.#members, member]);
  }

  delete(member: Member): void {
    if (this.#members === member) this.#members = undefined;
    else if (this.#members instanceof Set) this.#members.delete(member);
  }

  *[Symbol.iterator](): Generator<Member, void> {
    const members = this.#members;
    if (members instanceof Set) yield* members;
    else if (members !== undefined) yield members;
  }
}
