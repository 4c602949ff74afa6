import type { DocumentNode } from 'graphql';
import type { Network } from '../../assessments/networks.ts';
import type { HeldBytes, Holding } from './held-bytes.ts';

type Use = { readonly holding: Holding; subscriptions: number };

/**
 * The documents that open subscriptions keep in memory. Subscriptions with the same text share a document, so it counts
 * once: for the address that came with it first, until the last of them has ended.
 */
export class DocumentsInUse {
  readonly #held: HeldBytes;
  readonly #uses = new Map<DocumentNode, Use>();

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Number of different documents. */
  get size(): number {
    return this.#uses.size;
  }

  /** @returns false if there is no room for it */
  begin(document: DocumentNode, bytes: number, networks: readonly Network[]): boolean {
    const found = this.#uses.get(document);
    if (found !== undefined) {
      found.subscriptions++;
      return true;
    }
    const holding = this.#held.open(networks, 0);
    if (!holding.hold(bytes)) return false;
    this.#uses.set(document, { holding, subscriptions: 1 });
    return true;
  }

  end(document: DocumentNode): void {
    const use = this.#uses.get(document);
    if (use === undefined || --use.subscriptions > 0) return;
    use.holding.close();
    this.#uses.delete(document);
  }
}
