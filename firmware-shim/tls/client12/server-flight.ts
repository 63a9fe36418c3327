/** Which messages the server's first flight has, by the suite: the client's states of mbedTLS, in order. */

import { allowsCertificateRequest, usesServerCertificate } from "../ciphersuites.ts";
import type { EcPublicKey } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated, Negotiated } from "../handshake12/negotiated.ts";
import type { EcdheParameters } from "../messages/server-key-exchange.ts";
import type { State } from "../state.ts";
import type { Certificate } from "../x509/certificate.ts";
import { ExpectCertificate } from "./certificate.ts";
import { ExpectCertificateRequest, ExpectServerHelloDone } from "./server-hello-done.ts";
import { ExpectPskServerKeyExchange, ExpectServerKeyExchange } from "./server-key-exchange.ts";

/** After ServerHello. */
export function expectServerFlight(handshake: Handshake12, negotiated: Negotiated): State {
  const next = (chain: readonly Certificate[]) =>
    expectKeyExchange(handshake, { ...negotiated, peerCertificates: chain });
  return usesServerCertificate(negotiated.cipherSuite)
    ? new ExpectCertificate(handshake, negotiated, next)
    : next([]);
}

function expectKeyExchange(handshake: Handshake12, authenticated: Authenticated): State {
  const next = (parameters: EcdheParameters | undefined) => expectEnd(handshake, authenticated, parameters);
  switch (authenticated.cipherSuite.keyExchange) {
    case "rsa":
      return next(undefined);
    case "ecdh-ecdsa":
    case "ecdh-rsa":
      return next(staticParameters(authenticated));
    case "ecdhe-ecdsa":
    case "ecdhe-rsa":
      return new ExpectServerKeyExchange(handshake, authenticated, next);
    case "ecdhe-psk":
    case "psk":
    case "rsa-psk":
      return new ExpectPskServerKeyExchange(handshake, authenticated, next);
  }
}

function expectEnd(
  handshake: Handshake12,
  authenticated: Authenticated,
  parameters: EcdheParameters | undefined,
): State {
  return allowsCertificateRequest(authenticated.cipherSuite)
    ? new ExpectCertificateRequest(handshake, authenticated, parameters)
    : new ExpectServerHelloDone(handshake, authenticated, parameters, false);
}

/** Static ECDH: the parameters are in the certificate (`ssl_get_ecdh_params_from_cert`). */
function staticParameters({ peerCertificates }: Authenticated): EcdheParameters {
  const key = peerCertificates[0]?.subjectPublicKey;
  if (key?.type === "ec") return { curve: (key satisfies EcPublicKey).curve, point: key.point };
  const code = key?.type === "unsupported" ? ERR.SSL_BAD_CERTIFICATE : ERR.SSL_PK_TYPE_MISMATCH;
  throw new MbedTlsError(code, { alert: "handshake_failure", reason: "no key for ECDH in the certificate" });
}
