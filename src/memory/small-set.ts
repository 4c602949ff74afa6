/**
 * A set that costs nothing more than its member while it has only one, as nearly all of many thousand do. Who is added
 * while it is walked through may be left out of that walk.
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
