import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** A certificate authority made for one run, and a certificate of a server that it has signed. PEM. */
export interface LabCertificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const RSA_BITS = 2048;

/**
 * Issues a lab CA and a server certificate, RSA-2048 with SHA-256. By node-forge, not by the lab's own encoder: what
 * the demo shows a board verify has been made by other people's code.
 *
 * @param hostname - the certificate's subject alternative name
 * @param notBefore - when both begin to be valid
 * @param days - how long the server's certificate is valid; the CA's lasts ten times that
 */
export function issueLabCertificates(hostname: string, notBefore: Date, days: number): LabCertificates {
  const notAfter = new Date(notBefore.getTime() + days * 86_400_000);
  const caEnd = new Date(notBefore.getTime() + 10 * days * 86_400_000);
  const caKeys = generateKeys();
  const caName = [{ name: "commonName", value: "Breadbox Lab CA" }];
  const ca = certificate(caKeys.publicKey, "01", caName, caName, notBefore, caEnd);
  ca.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
  ca.sign(caKeys.privateKey, forge.md.sha256.create());

  const keys = generateKeys();
  const subject = [{ name: "commonName", value: hostname }];
  const server = certificate(keys.publicKey, "02", subject, caName, notBefore, notAfter);
  server.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: hostname }] },
  ]);
  server.sign(caKeys.privateKey, forge.md.sha256.create());
  return {
    ca: forge.pki.certificateToPem(ca),
    certificate: forge.pki.certificateToPem(server),
    key: forge.pki.privateKeyToPem(keys.privateKey),
    notBefore,
    notAfter,
  };
}

/** Node's generator is far faster than forge's, which issues the certificates. */
function generateKeys(): forge.pki.rsa.KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: RSA_BITS,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  };
}

function certificate(
  publicKey: forge.pki.rsa.PublicKey,
  serialNumber: string,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  notBefore: Date,
  notAfter: Date,
): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  made.serialNumber = serialNumber;
  made.validity.notBefore = notBefore;
  made.validity.notAfter = notAfter;
  made.setSubject(subject);
  made.setIssuer(issuer);
  return made;
}
