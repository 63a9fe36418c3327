/** The servers of the lab: one that is right, and one for each fault that a class should meet. */

import type { Server } from "node:net";
import type { TlsOptions } from "node:tls";
import { type Issued, issue, issueRoot, issueServer, type Validity } from "./authority.ts";
import { DAY_SECONDS } from "./limits.ts";
import { cuttingServer, httpsServer } from "./servers.ts";

/** What all servers are made from. */
export interface Lab {
  /** Seconds since 1970 UTC: the present. */
  readonly now: number;
  /** Names and addresses that the board may use for the servers. */
  readonly names: readonly string[];
  /** The CA that the programs load. */
  readonly ca: Issued;
  /** Another, of which they know nothing. */
  readonly otherCa: Issued;
  /** A client's certificate, signed by the CA. */
  readonly client: Issued;
}

export interface Fault {
  /** A word for addresses and file names. */
  readonly id: string;
  readonly title: string;
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** A server that has it, not listening yet. */
  readonly server: (lab: Lab) => Server;
  /** The error at the end of the program's traceback, as a line of it; undefined where all goes well. */
  readonly error: string | undefined;
}

/** `count` days from the day before `now`. */
export function validAround(now: number, count: number): Validity {
  return { notBefore: now - DAY_SECONDS, notAfter: now + count * DAY_SECONDS };
}

export function createLab(now: number, names: readonly string[]): Lab {
  const validity = validAround(now, 365);
  const ca = issueRoot("Breadbox Lab CA", validity);
  const client = issue(
    { subject: "board", names: [], purposes: ["client"], keyKind: "p256", ...validity },
    ca,
  );
  return { now, names, ca, otherCa: issueRoot("Another CA", validity), client };
}

export const served = ({ certificate, keyPem }: Issued): TlsOptions => ({ cert: certificate, key: keyPem });

/** The usual certificate. */
const good = ({ now, names, ca }: Lab): Issued => issueServer({ names, ...validAround(now, 90) }, ca);

/** Lets OpenSSL use what it finds too weak by default: keys of 1024 bits, SHA-1 in TLS 1.0. */
const WEAK_CIPHERS = "DEFAULT:@SECLEVEL=0";

export const FAULTS: readonly Fault[] = [
  {
    id: "good",
    title: "A good server",
    what: "Nothing is wrong with this one: the program works once the board's clock is set.",
    server: (lab) => httpsServer(served(good(lab))),
    error: undefined,
  },
  {
    id: "expired",
    title: "Expired",
    what: "The certificate was valid until yesterday.",
    server: ({ now, names, ca }) =>
      httpsServer(
        served(issueServer({ names, notBefore: now - 91 * DAY_SECONDS, notAfter: now - DAY_SECONDS }, ca)),
      ),
    error: "The certificate validity has expired",
  },
  {
    id: "not-yet-valid",
    title: "Not yet valid",
    what: "The certificate is valid from the day after tomorrow. So is any, where the board's clock is not set.",
    server: ({ now, names, ca }) =>
      httpsServer(
        served(
          issueServer({ names, notBefore: now + 2 * DAY_SECONDS, notAfter: now + 92 * DAY_SECONDS }, ca),
        ),
      ),
    error: "The certificate validity starts in the future",
  },
  {
    id: "wrong-host",
    title: "Wrong host",
    what: "The certificate is another server's: its names are not the one that the program asks for.",
    server: ({ now, ca }) =>
      httpsServer(
        served(issueServer({ names: ["www.example.com", "example.com"], ...validAround(now, 90) }, ca)),
      ),
    error: "The certificate Common Name (CN) does not match with the expected CN",
  },
  {
    id: "self-signed",
    title: "Self-signed",
    what: "The server has signed its certificate itself.",
    server: ({ now, names }) => httpsServer(served(issueServer({ names, ...validAround(now, 90) }))),
    error: "The certificate is not correctly signed by the trusted CA",
  },
  {
    id: "unknown-ca",
    title: "Unknown CA",
    what: "The certificate comes from a CA that the program has not loaded.",
    server: ({ now, names, otherCa }) =>
      httpsServer(served(issueServer({ names, ...validAround(now, 90) }, otherCa))),
    error: "The certificate is not correctly signed by the trusted CA",
  },
  {
    id: "weak-key",
    title: "Weak key",
    what: "The certificate's key is RSA with 1024 bits, which can be broken.",
    server: ({ now, names, ca }) =>
      httpsServer({
        ...served(issueServer({ names, keyKind: "rsa1024", ...validAround(now, 90) }, ca)),
        ciphers: WEAK_CIPHERS,
      }),
    error: "The certificate is signed with an unacceptable key (eg bad curve, RSA too short).",
  },
  {
    id: "client-certificate",
    title: "Wants a client certificate",
    what: "The server talks to nobody who has no certificate of its CA's (mutual TLS).",
    server: (lab) =>
      httpsServer({
        ...served(good(lab)),
        ca: lab.ca.certificate,
        requestCert: true,
        rejectUnauthorized: true,
      }),
    error: "OSError: (-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')",
  },
  {
    id: "tls-1.0",
    title: "TLS 1.0 only",
    what: "The server speaks TLS 1.0 alone, which has been given up as unsafe (RFC 8996).",
    server: (lab) =>
      httpsServer({
        ...served(good(lab)),
        minVersion: "TLSv1",
        maxVersion: "TLSv1",
        ciphers: WEAK_CIPHERS,
      }),
    error: "OSError: (-28288, 'MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION')",
  },
  {
    id: "cut",
    title: "Cut in the handshake",
    what: "The server closes the connection when the handshake begins, as a firewall may.",
    server: cuttingServer,
    error: "OSError: (-29312, 'MBEDTLS_ERR_SSL_CONN_EOF')",
  },
];
