import { issue, issueRoot, issueServer } from "../lab/authority.ts";
import { DAY_SECONDS } from "../lab/limits.ts";
import { BENCH_HOST, type BenchCertificates } from "./engine.ts";

/** A lab's certificates, valid today. */
export function issueBenchCertificates(): BenchCertificates {
  const now = Math.floor(Date.now() / 1000);
  const validity = { notBefore: now - DAY_SECONDS, notAfter: now + 30 * DAY_SECONDS };
  const root = issueRoot("Breadbox bench", validity);
  const server = (keyKind: "p256" | "rsa2048") => {
    const { certificate, keyPem } = issueServer({ ...validity, names: [BENCH_HOST], keyKind }, root);
    return { certificate, key: keyPem };
  };
  const { certificate, keyPem } = issue(
    { ...validity, subject: "board", names: [], purposes: ["client"], keyKind: "p256" },
    root,
  );
  return {
    ca: root.certificate,
    rsa: server("rsa2048"),
    ec: server("p256"),
    client: { certificate, key: keyPem },
  };
}
