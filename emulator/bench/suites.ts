import { createNodeCrypto } from "../node-crypto.ts";
import { issueBenchCertificates } from "./certificates.ts";
import { BENCH_SUITES, measureSuite, type SuiteMeasurement } from "./engine.ts";

const AMOUNTS = { handshakes: 25, bytes: 8 * 1024 * 1024 };

/** Every suite at the engine in Node: what a full handshake and what data costs each end. */
export function benchSuites(): Promise<void> {
  const crypto = createNodeCrypto();
  const certificates = issueBenchCertificates();
  process.stdout.write(suiteHeading("goal: 150 MB/s with AES-GCM"));
  for (const name of BENCH_SUITES) {
    process.stdout.write(suiteLine(measureSuite(crypto, certificates, name, AMOUNTS)));
  }
  return Promise.resolve();
}

const COLUMNS = ["handshakes/s", "writes MB/s", "reads MB/s"];

/** Two lines over the table: whose columns, and which. */
export function suiteHeading(remark: string): string {
  const end = (name: string) => name.padStart(COLUMNS.join("  ").length);
  const columns = COLUMNS.join("  ");
  return `  ${remark.padEnd(46)}  ${end("client")}  ${end("server")}\n  ${"".padEnd(46)}  ${columns}  ${columns}\n`;
}

/** A suite's line. */
export function suiteLine({ name, client, server }: SuiteMeasurement): string {
  const cells = [client, server].flatMap(({ handshakeMs, writes, reads }) =>
    [1000 / handshakeMs, writes, reads].map((value, column) =>
      value.toFixed(0).padStart(COLUMNS[column]!.length),
    ),
  );
  return `  ${name.padEnd(46)}  ${cells.join("  ")}\n`;
}
