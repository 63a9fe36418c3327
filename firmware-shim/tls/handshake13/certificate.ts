/** Certificate and CertificateVerify of TLS 1.3, both ways: RFC 8446 sections 4.4.2 and 4.4.3. */

import { ByteReader, concatenate, encodeUtf8 } from "../bytes.ts";
import type { CryptoProvider, PrivateKey } from "../crypto/provider.ts";
import { signRsaPss } from "../crypto/rsa-pss.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { parsePeerCertificate } from "../handshake12/peer-certificate.ts";
import { verifySignature } from "../handshake12/sign.ts";
import { decodeCertificates13, encodeCertificates13 } from "../messages/certificate13.ts";
import { SIGNATURE_SCHEMES, type SignatureAlgorithm } from "../messages/extensions.ts";
import { handshakeFailure } from "../messages/extensions13.ts";
import type { HandshakeMessage } from "../messages/message.ts";
import { encodeSigned } from "../messages/server-key-exchange.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { SubjectPublicKey } from "../x509/public-key.ts";
import type { Handshake13 } from "./handshake.ts";

const SIGNED_PADDING = new Uint8Array(64).fill(0x20);

/** The certificates of a Certificate message. One that does not parse ends the handshake whatever the verify mode. */
export function parsePeerCertificates13(body: Uint8Array): Certificate[] {
  const chain: Certificate[] = [];
  for (const der of decodeCertificates13(body)) {
    const certificate = parsePeerCertificate(der);
    if (certificate) chain.push(certificate);
  }
  return chain;
}

/** `mbedtls_ssl_tls13_write_certificate`. @param requestContext - Of the request; empty for a server's. */
export function sendCertificates13(handshake: Handshake13, requestContext: Uint8Array): void {
  const chain = handshake.context.ownCertificates.map(({ der }) => der);
  handshake.send("Certificate", encodeCertificates13(requestContext, chain));
}

/** What is signed: section 4.4.3, over the transcript so far. */
function signedContent({ transcript }: Handshake13, signer: "client" | "server"): Uint8Array {
  const label = encodeUtf8(`TLS 1.3, ${signer} CertificateVerify`);
  return concatenate(SIGNED_PADDING, label, Uint8Array.of(0), transcript.digest());
}

/** Whether a key can sign by a scheme (`mbedtls_ssl_tls13_check_sig_alg_cert_key_match`). */
export function fitsKey(number: number, key: SubjectPublicKey | PrivateKey): boolean {
  const scheme = SIGNATURE_SCHEMES.get(number);
  if (!scheme) return false;
  return key.type === "ec" ? scheme.curve === key.curve : key.type === "rsa" && !scheme.curve;
}

/**
 * Signs with the own key by the first of the peer's schemes that fits it and works out.
 *
 * @throws MbedTlsError handshake_failure where none does; `SSL_INTERNAL_ERROR` for a key that has been lost.
 */
export function sendCertificateVerify13(handshake: Handshake13, peerSchemes: readonly number[]): void {
  const { io, context } = handshake;
  const key = context.privateKey;
  if (!key) throw new MbedTlsError(ERR.SSL_INTERNAL_ERROR, { reason: "there is no private key" });
  const content = signedContent(handshake, handshake.role);
  for (const number of peerSchemes) {
    const scheme = SIGNATURE_SCHEMES.get(number);
    const signature = scheme && fitsKey(number, key) ? sign(io.crypto, key, scheme, content) : undefined;
    if (signature) {
      handshake.send("CertificateVerify", encodeSigned(number, signature));
      return;
    }
  }
  throw handshakeFailure("no signature algorithm that the peer takes fits the key");
}

/** Undefined where the key is too short for the scheme. */
function sign(
  crypto: CryptoProvider,
  key: PrivateKey,
  { hash }: SignatureAlgorithm,
  content: Uint8Array,
): Uint8Array | undefined {
  return key.type === "ec" ? crypto.signEcdsa(key, hash, content) : signRsaPss(crypto, key, hash, content);
}

/**
 * Checks the peer's CertificateVerify and adds it to the transcript: `mbedtls_ssl_tls13_process_certificate_verify`.
 * RFC 8446 leaves RSASSA-PKCS1-v1_5 to certificates, and gives each curve its hash; mbedTLS would be laxer in both.
 *
 * @throws MbedTlsError decode_error; decrypt_error for anything wrong with algorithm or signature.
 */
export function takeCertificateVerify13(
  handshake: Handshake13,
  key: SubjectPublicKey,
  { body, bytes }: HandshakeMessage,
): void {
  const reader = new ByteReader(body);
  const number = reader.uint(2);
  const scheme = SIGNATURE_SCHEMES.get(number);
  if (!scheme || key.type === "unsupported" || !fitsKey(number, key)) throw notSigned();
  const signature = reader.vector(2);
  const content = signedContent(handshake, handshake.peerRole);
  if (!verifySignature(handshake.io.crypto, key, scheme, content, signature)) throw notSigned();
  handshake.transcript.add(bytes);
}

function notSigned(): MbedTlsError {
  const reason = "CertificateVerify is not the peer's";
  return new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "decrypt_error", reason });
}
