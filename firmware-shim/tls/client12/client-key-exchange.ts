/** ClientKeyExchange as a client writes it: `ssl_write_client_key_exchange` in mbedTLS's ssl_tls12_client.c. */

import { concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { encryptRsaPkcs1 } from "../crypto/rsa-pkcs1.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated } from "../handshake12/negotiated.ts";
import { pskPreMasterSecret } from "../handshake12/secrets.ts";
import { RSA_PREMASTER_LENGTH } from "../limits.ts";
import type { EcdheParameters } from "../messages/server-key-exchange.ts";
import { helloVersion } from "../record/content-type.ts";

export interface ClientKeyExchange {
  readonly body: Uint8Array;
  readonly preMasterSecret: Uint8Array;
}

/** @param parameters - The server's, where the suite has a curve. */
export function createClientKeyExchange(
  handshake: Handshake12,
  authenticated: Authenticated,
  parameters: EcdheParameters | undefined,
): ClientKeyExchange {
  switch (authenticated.cipherSuite.keyExchange) {
    case "rsa":
      return encryptPreMasterSecret(handshake, authenticated);
    case "ecdhe-ecdsa":
    case "ecdhe-rsa":
    case "ecdh-ecdsa":
    case "ecdh-rsa":
      return agree(handshake, parameters);
    case "psk": {
      const length = handshake.context.psk?.key.length ?? 0;
      return withPsk(handshake, { body: new Uint8Array(0), preMasterSecret: new Uint8Array(length) });
    }
    case "ecdhe-psk":
      return withPsk(handshake, agree(handshake, parameters));
    case "rsa-psk":
      return withPsk(handshake, encryptPreMasterSecret(handshake, authenticated));
  }
}

/** EncryptedPreMasterSecret: RFC 5246 section 7.4.7.1. */
function encryptPreMasterSecret(
  { io, context }: Handshake12,
  { peerCertificates }: Authenticated,
): ClientKeyExchange {
  const key = peerCertificates[0]?.subjectPublicKey;
  if (key?.type !== "rsa") throw new MbedTlsError(ERR.SSL_PK_TYPE_MISMATCH);
  const random = io.crypto.randomBytes(RSA_PREMASTER_LENGTH - 2);
  const preMasterSecret = concatenate(encodeUint(helloVersion(context), 2), random);
  const encrypted = encryptRsaPkcs1(io.crypto, key, preMasterSecret);
  if (!encrypted) throw new MbedTlsError(ERR.RSA_BAD_INPUT_DATA, { reason: "the server's key is too short" });
  return { body: encodeVector(2, encrypted), preMasterSecret };
}

/** The own point; the secret is the shared X coordinate (RFC 8422 section 5.10). */
function agree({ io }: Handshake12, parameters: EcdheParameters | undefined): ClientKeyExchange {
  if (!parameters) throw new MbedTlsError(ERR.SSL_INTERNAL_ERROR);
  const pair = io.crypto.generateEcdhKeyPair(parameters.curve);
  const preMasterSecret = pair.deriveSharedSecret(parameters.point);
  if (!preMasterSecret) {
    throw new MbedTlsError(ERR.ECP_INVALID_KEY, { reason: "the server's point is not on the curve" });
  }
  return { body: encodeVector(1, pair.publicKey), preMasterSecret };
}

/** The identity comes first, the key is mixed in: RFC 4279 section 2. */
function withPsk({ context }: Handshake12, { body, preMasterSecret }: ClientKeyExchange): ClientKeyExchange {
  const { psk } = context;
  if (!psk) throw new MbedTlsError(ERR.SSL_INTERNAL_ERROR);
  return {
    body: concatenate(encodeVector(2, psk.identity), body),
    preMasterSecret: pskPreMasterSecret(preMasterSecret, psk.key),
  };
}
