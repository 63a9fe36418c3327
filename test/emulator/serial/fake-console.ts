import type { ConsolePort } from "../../../emulator/serial/console-port.ts";

/** A console port without a board: keeps what comes in, and writes what the test tells it to. */
export class FakeConsole implements ConsolePort {
  readonly received: number[] = [];
  resets = 0;
  holds = 0;
  /** How many bytes of input it takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  /** Called after each change, for tests that wait for one. */
  onChange: () => void = () => {};
  readonly #output = new Set<(bytes: Uint8Array) => void>();
  readonly #drain = new Set<() => void>();

  onOutput(listener: (bytes: Uint8Array) => void): () => void {
    this.#output.add(listener);
    this.onChange();
    return () => {
      this.#output.delete(listener);
      this.onChange();
    };
  }

  get listeners(): number {
    return this.#output.size;
  }

  holdOutput(): () => void {
    this.holds++;
    this.onChange();
    return () => {
      this.holds--;
      this.onChange();
    };
  }

  input(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    this.received.push(...bytes.subarray(0, taken));
    if (taken > 0) this.onInput(bytes.subarray(0, taken));
    this.onChange();
    return taken;
  }

  onInputDrain(listener: () => void): () => void {
    this.#drain.add(listener);
    return () => this.#drain.delete(listener);
  }

  reset(): void {
    this.resets++;
    this.onChange();
  }

  /** For devices built on this one. */
  protected onInput(_bytes: Uint8Array): void {}

  write(bytes: Uint8Array): void {
    for (const listener of this.#output) listener(bytes);
  }

  makeRoom(bytes: number): void {
    this.room = bytes;
    for (const listener of this.#drain) listener();
  }

  /** Resolves once `condition` holds; it is looked at after each change. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.onChange = resolve;
      });
    }
  }
}
