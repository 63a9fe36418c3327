/** The state of a view: set in one place, shown in others. */
export class Store<T extends object> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  /** Changes some fields and tells everybody. */
  set(change: Partial<T>): void {
    this.#value = { ...this.#value, ...change };
    for (const listener of this.#listeners) listener(this.#value);
  }

  /** Calls `listener` now and after each change. */
  subscribe(listener: (value: T) => void): void {
    this.#listeners.add(listener);
    listener(this.#value);
  }
}
