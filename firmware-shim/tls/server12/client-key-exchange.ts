/** ClientKeyExchange as a server reads it: `ssl_parse_client_key_exchange` in mbedTLS's ssl_tls12_server.c. */

import { ByteReader, equalConstantTime } from "../bytes.ts";
import type { EcdhKeyPair, RsaPrivateKey } from "../crypto/provider.ts";
import { trimLeadingZeros } from "../crypto/rsa.ts";
import { decryptPreMasterSecret } from "../crypto/rsa-pkcs1.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Negotiated } from "../handshake12/negotiated.ts";
import { pskPreMasterSecret } from "../handshake12/secrets.ts";
import { MAX_PSK_LENGTH, RSA_PREMASTER_LENGTH } from "../limits.ts";
import { helloVersion } from "../record/content-type.ts";
import { afterAnswer, type Next } from "../state.ts";

/**
 * Reads the premaster secret, and goes on. What is wrong with an encrypted one shows only in the client's Finished.
 *
 * @param pair - For ECDH.
 * @param then - What comes after it.
 * @throws MbedTlsError decode_error, without an alert; unknown_psk_identity.
 */
export function readPreMasterSecret(
  handshake: Handshake12,
  { cipherSuite }: Negotiated,
  body: Uint8Array,
  pair: EcdhKeyPair | undefined,
  then: (preMasterSecret: Uint8Array) => Next,
): Next {
  switch (cipherSuite.keyExchange) {
    case "rsa":
      return then(decrypt(handshake, body));
    case "ecdhe-ecdsa":
    case "ecdhe-rsa":
    case "ecdh-ecdsa":
    case "ecdh-rsa":
      return then(agree(body, pair));
    case "psk":
      return readIdentity(handshake, body, (psk, rest) => {
        if (rest.length > 0) throw malformed("bytes after the identity");
        return then(pskPreMasterSecret(new Uint8Array(psk.length), psk));
      });
    case "ecdhe-psk":
      return readIdentity(handshake, body, (psk, rest) => then(pskPreMasterSecret(agree(rest, pair), psk)));
    case "rsa-psk":
      return readIdentity(handshake, body, (psk, rest) =>
        then(pskPreMasterSecret(decrypt(handshake, rest), psk)),
      );
  }
}

/** mbedTLS forgets the alert in this message. */
function malformed(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason });
}

function agree(body: Uint8Array, pair: EcdhKeyPair | undefined): Uint8Array {
  const length = body[0];
  const secret = length === body.length - 1 ? pair?.deriveSharedSecret(body.subarray(1)) : undefined;
  if (!secret) throw malformed("bad point in ClientKeyExchange");
  return secret;
}

/** `ssl_parse_encrypted_pms`: a wrong length is answered like any other fault. */
function decrypt({ io, context }: Handshake12, body: Uint8Array): Uint8Array {
  const key = context.privateKey?.type === "rsa" ? context.privateKey : undefined;
  const certificateKey = context.ownCertificates[0]?.subjectPublicKey;
  const length = certificateKey?.type === "rsa" ? trimLeadingZeros(certificateKey.modulus).length : 0;
  const hasLength = body.length === 2 + length && ((body[0]! << 8) | body[1]!) === length;
  const usable: RsaPrivateKey | undefined = hasLength ? key : undefined;
  return decryptPreMasterSecret(
    io.crypto,
    usable,
    body.subarray(2),
    helloVersion(context),
    RSA_PREMASTER_LENGTH,
  );
}

/**
 * `ssl_parse_client_psk_identity`: the lookup, where there is one, takes the place of the context's own key.
 *
 * @param then - Gets the key, and the message's bytes after the identity.
 */
function readIdentity(
  { context }: Handshake12,
  body: Uint8Array,
  then: (psk: Uint8Array, rest: Uint8Array) => Next,
): Next {
  if (body.length < 2) throw malformed("no identity in ClientKeyExchange");
  const length = (body[0]! << 8) | body[1]!;
  if (length === 0 || length > body.length - 2) throw malformed("bad identity in ClientKeyExchange");
  const identity = new ByteReader(body).vector(2);
  const { psk: own, pskLookup } = context;
  const key = pskLookup
    ? pskLookup(identity.slice())
    : own && matches(own.identity, identity)
      ? own.key
      : undefined;
  return afterAnswer(key, (psk) => {
    if (!psk || psk.length > MAX_PSK_LENGTH) {
      throw new MbedTlsError(ERR.SSL_UNKNOWN_IDENTITY, { alert: "unknown_psk_identity" });
    }
    return then(psk, body.subarray(2 + length));
  });
}

function matches(expected: Uint8Array, identity: Uint8Array): boolean {
  return equalConstantTime(expected, identity);
}
