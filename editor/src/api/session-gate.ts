/**
 * Holds requests while somebody signs in again, so that nothing unsent is lost when a session ends.
 *
 * Knows that a session can end and be renewed; never who is signed in or how the question looks.
 */
type Listener = () => void;

let ended = false;
let armed = false;
let waiting: Array<(renewed: boolean) => void> = [];
const listeners = new Set<Listener>();

function tell(): void {
  for (const listener of listeners) listener();
}

export const sessionGate = {
  /** From now on an answer "not signed in" means that a session has ended. */
  arm(): void {
    armed = true;
  },
  /** Nobody is signed in: such an answer is an ordinary error. */
  disarm(): void {
    armed = false;
    this.settle(false);
  },
  isArmed: (): boolean => armed,
  /** Whether a session has ended while somebody works. */
  isEnded: (): boolean => ended,
  /** Resolves when the session is renewed (`true`) or given up. */
  renewed(): Promise<boolean> {
    if (!ended) {
      ended = true;
      tell();
    }
    return new Promise((resolve) => waiting.push(resolve));
  },
  /** Lets what waits go on. */
  settle(renewed: boolean): void {
    const held = waiting;
    waiting = [];
    if (ended) {
      ended = false;
      tell();
    }
    for (const go of held) go(renewed);
  },
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
