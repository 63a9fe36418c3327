/**
 * The board's console (UART 0, where the REPL is) as everything outside the board sees it: serial endpoints,
 * the command line, a page.
 */
export interface ConsolePort {
  /**
   * Calls `listener` with what the board writes, in order, from now on. Returns the function that ends it.
   * What is written while nobody listens is lost, as on a serial line.
   */
  onOutput(listener: (bytes: Uint8Array) => void): () => void;

  /**
   * Lets the board wait with its output (its writes block once its buffer is full), because a listener cannot
   * keep up. Returns the function that lets it go on; holds by several listeners add up.
   */
  holdOutput(): () => void;

  /**
   * Gives the board input. Returns how many bytes it took, from the start; the rest is to be given again
   * after {@link onInputDrain}. The interrupt character is looked for as bytes are taken, as the ESP32 does.
   */
  input(bytes: Uint8Array): number;

  /** Calls `listener` whenever there is room for input again. Returns the function that ends it. */
  onInputDrain(listener: () => void): () => void;

  /** The reset line: a hard reset. */
  reset(): void;
}
