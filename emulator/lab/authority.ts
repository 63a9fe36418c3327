import type { KeyObject } from "node:crypto";
import { type CertificateRequest, issueCertificate, type SignatureHash } from "./certificate.ts";
import { exportKey, generateKey, type KeyKind } from "./keys.ts";

/** A certificate and its key, and what they were made of. */
export interface Issued {
  readonly subject: string;
  /** PEM. */
  readonly certificate: string;
  /** The private key: PEM in the format of its kind. */
  readonly keyPem: string;
  readonly key: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate to be made with a key of its own. */
export interface Order extends Omit<CertificateRequest, "key"> {
  readonly keyKind: KeyKind;
}

/** Makes a key and a certificate that `issuer` signs, or its own key where there is none. */
export function issue(order: Order, issuer?: Issued): Issued {
  const key = generateKey(order.keyKind);
  const { subject, notBefore, notAfter } = order;
  return {
    subject,
    certificate: issueCertificate({ ...order, key }, issuer ?? { subject, key }),
    keyPem: exportKey(key, "traditional", "pem"),
    key,
    notBefore,
    notAfter,
  };
}

/** When something is valid: seconds since 1970 UTC. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A root: its own issuer. */
export function issueRoot(subject: string, validity: Validity, keyKind: KeyKind = "p256"): Issued {
  return issue({ subject, names: [], purposes: ["ca"], keyKind, ...validity });
}

export interface ServerOrder extends Validity {
  /** The first is the common name too. */
  readonly names: readonly string[];
  readonly keyKind?: KeyKind;
  readonly hash?: SignatureHash;
}

export function issueServer({ keyKind = "p256", ...order }: ServerOrder, issuer?: Issued): Issued {
  return issue({ subject: order.names[0] ?? "", purposes: ["server"], keyKind, ...order }, issuer);
}
