import { concatenate } from "../../firmware-shim/tls/bytes.ts";
import type { SecretEvent } from "../../firmware-shim/tls/events.ts";
import { decodeOrNothing } from "../watch/decode-packet.ts";
import type { PacketReport } from "../watch/reports.ts";
import { keyLogLine } from "./key-log.ts";
import { decryptionSecrets, enhancedPacket, interfaceDescription, sectionHeader } from "./pcapng.ts";
import { SecretsFirst } from "./secrets-first.ts";
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
  /** Whether {@link Capture.secret} is told the secrets of what is captured. */
  readonly secrets: boolean;
}

/** The board's traffic as a pcapng file. */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #traffic = new TrafficSynthesizer();
  readonly #secretsFirst: SecretsFirst | undefined;

  /** Writes the file's header. */
  constructor(options: CaptureOptions) {
    this.#options = options;
    options.write(sectionHeader(options.application));
    options.write(interfaceDescription("wlan0"));
    if (options.secrets) this.#secretsFirst = new SecretsFirst(options.write);
  }

  packet(report: PacketReport): void {
    const micros = this.#options.epoch + report.stamp.host;
    const blocks = this.#traffic
      .take(report)
      .map(({ from, frame }) => enhancedPacket(frame, micros, from === "board" ? "outbound" : "inbound"));
    const bytes = concatenate(...blocks);
    const packet = this.#secretsFirst && decodeOrNothing(report.packet);
    if (packet) this.#secretsFirst?.packet(packet, bytes);
    else if (bytes.length > 0) this.#options.write(bytes);
  }

  /** Lets whoever reads the file decrypt the connection, where the options say so. */
  secret(event: SecretEvent): void {
    this.#secretsFirst?.secret(event, decryptionSecrets(keyLogLine(event)));
  }

  /** Writes what has not been written. */
  close(): void {
    this.#secretsFirst?.flush();
  }
}
