import { concatenate } from "../../firmware-shim/tls/bytes.ts";
import type { SecretEvent } from "../../firmware-shim/tls/events.ts";
import type { PacketReport } from "../watch/reports.ts";
import { keyLogLine } from "./key-log.ts";
import { decryptionSecrets, enhancedPacket, interfaceDescription, sectionHeader } from "./pcapng.ts";
import { TrafficSynthesizer } from "./synthesize.ts";

export interface CaptureOptions {
  /** Takes the file's bytes as they come. */
  readonly write: (bytes: Uint8Array) => void;
  /** The program that captures, for those who read the file. */
  readonly application: string;
  /**
   * Microseconds since 1970 UTC when the host's monotonic clock was 0. A sniffer has a clock of its own: frames are
   * stamped with the real time, whatever the board believes.
   */
  readonly epoch: number;
}

/** The board's traffic as a pcapng file. */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #traffic = new TrafficSynthesizer();

  /** Writes the file's header. */
  constructor(options: CaptureOptions) {
    this.#options = options;
    options.write(sectionHeader(options.application));
    options.write(interfaceDescription("wlan0"));
  }

  packet(report: PacketReport): void {
    const micros = this.#options.epoch + report.stamp.host;
    const blocks = this.#traffic
      .take(report)
      .map(({ from, frame }) => enhancedPacket(frame, micros, from === "board" ? "outbound" : "inbound"));
    if (blocks.length > 0) this.#options.write(concatenate(...blocks));
  }

  /** Lets whoever reads the file decrypt the connection. */
  secret(event: SecretEvent): void {
    this.#options.write(decryptionSecrets(keyLogLine(event)));
  }
}
