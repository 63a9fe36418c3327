import { expect, test } from "vitest";
import { describeFlags, FLAG } from "../../../../firmware-shim/tls/x509/flags.ts";

test.each([
  [0x01, "\nThe certificate validity has expired\n"],
  [0x02, "\nThe certificate has been revoked (is on a CRL)\n"],
  [0x04, "\nThe certificate Common Name (CN) does not match with the expected CN\n"],
  [0x08, "\nThe certificate is not correctly signed by the trusted CA\n"],
  [0x10, "\nThe CRL is not correctly signed by the trusted CA\n"],
  [0x20, "\nThe CRL is expired\n"],
  [0x40, "\nCertificate was missing\n"],
  [0x80, "\nCertificate verification was skipped\n"],
  [0x100, "\nOther reason (can be used by verify callback)\n"],
  [0x200, "\nThe certificate validity starts in the future\n"],
  [0x400, "\nThe CRL is from the future\n"],
  [0x800, "\nUsage does not match the keyUsage extension\n"],
  [0x1000, "\nUsage does not match the extendedKeyUsage extension\n"],
  [0x2000, "\nUsage does not match the nsCertType extension\n"],
  [0x4000, "\nThe certificate is signed with an unacceptable hash.\n"],
  [0x8000, "\nThe certificate is signed with an unacceptable PK alg (eg RSA vs ECDSA).\n"],
  [0x10000, "\nThe certificate is signed with an unacceptable key (eg bad curve, RSA too short).\n"],
  [0x100000, "\nUnknown reason (this should not happen)\n"],
  [0, ""],
])("%i", (flags, text) => {
  expect(describeFlags(flags)).toBe(text);
});

test("two at once, in mbedTLS's order", () => {
  expect(describeFlags(FLAG.BADCERT_NOT_TRUSTED | FLAG.BADCERT_CN_MISMATCH)).toBe(
    "\nThe certificate Common Name (CN) does not match with the expected CN\n\nThe certificate is not correctly signed by the trusted CA\n",
  );
});

test("all flags, as after a verification that failed itself", () => {
  const text = describeFlags(0xffffffff);
  expect(text.split("\n\n")).toHaveLength(21);
  expect(text.endsWith("\n\nUnknown reason (this should not happen)\n")).toBe(true);
});
