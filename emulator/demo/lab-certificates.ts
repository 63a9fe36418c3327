import { issueRoot, issueServer } from "../lab/authority.ts";

/** A certificate authority made for one run, and a certificate of a server that it has signed. PEM. */
export interface LabCertificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const DAY_SECONDS = 86_400;

/**
 * Issues a lab CA and a server certificate, RSA-2048 with SHA-256.
 *
 * @param hostname - the certificate's subject alternative name
 * @param notBefore - when both begin to be valid
 * @param days - how long the server's certificate is valid; the CA's lasts ten times that
 */
export function issueLabCertificates(hostname: string, notBefore: Date, days: number): LabCertificates {
  const from = Math.floor(notBefore.getTime() / 1000);
  const until = from + days * DAY_SECONDS;
  const caValidity = { notBefore: from, notAfter: from + 10 * days * DAY_SECONDS };
  const ca = issueRoot("Breadbox Lab CA", caValidity, "rsa2048");
  const server = issueServer({ names: [hostname], notBefore: from, notAfter: until, keyKind: "rsa2048" }, ca);
  return {
    ca: ca.certificate,
    certificate: server.certificate,
    key: server.keyPem,
    notBefore: new Date(from * 1000),
    notAfter: new Date(until * 1000),
  };
}
