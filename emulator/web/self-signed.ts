/** A certificate for serving the page over https in a classroom, where nobody has one. */

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { isIP } from "node:net";
import forge from "node-forge";

export interface SelfSigned {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

/** Days it is valid: a server that stays up for a school year. Browsers take at most 398 days. */
const VALID_DAYS = 390;
const DAY_MS = 86_400_000;

/** Types of a GeneralName (RFC 5280, 4.2.1.6). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * Issues a certificate that vouches for itself: browsers show a warning once, which has to be clicked away.
 *
 * @param hosts - names and IP addresses that it is for
 * @param nowMs - milliseconds since 1970; it is valid from a day before, because clocks differ
 */
export function selfSigned(hosts: readonly string[], nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A leading 00 keeps the number positive, as DER integers are signed.
  certificate.serialNumber = `00${randomBytes(16).toString("hex")}`;
  certificate.validity.notBefore = new Date(nowMs - DAY_MS);
  certificate.validity.notAfter = new Date(nowMs + VALID_DAYS * DAY_MS);
  const name = [{ name: "commonName", value: "Breadbox on this network" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: hosts.map(generalName) },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
}

function generalName(host: string) {
  return isIP(host) === 0 ? { type: DNS_NAME, value: host } : { type: IP_ADDRESS, ip: host };
}
