/** Limits of a board's machine, with their units and reasons. */

/** Bytes of console input on their way to the board: a paste of a whole program, and little memory. */
export const CONSOLE_RING_BYTES = 64 * 1024;

/** Bytes of console input that the worker holds ready for Python; beyond them they stay in the ring. */
export const CONSOLE_INPUT_BYTES = 256 * 1024;

/** Bytes of console output not yet delivered, beyond which a program that prints waits, as a UART makes it. */
export const OUTPUT_PENDING_BYTES = 256 * 1024;

/** Bytes of output gathered before they are posted: a message costs about as much as copying this many. */
export const OUTPUT_CHUNK_BYTES = 4096;

/** Bytes of packets from the bridge: several streams' windows. */
export const NETWORK_RING_BYTES = 4 * 1024 * 1024;

/** Bytes of Python's heap: 160 KiB are free at the first prompt, as on an ESP32 without SPIRAM. */
export const HEAP_BYTES = 170 * 1024;

/** Milliseconds that the end of a program waits for its last bytes to leave: the gateway is near. */
export const FINISH_TIMEOUT_MS = 2000;

/** Polls of the VM, a few microseconds each, after which a running program's output is sent on. */
export const POLLS_PER_FLUSH = 32;
