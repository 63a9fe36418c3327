/** Keys against published vectors. */

import { describe, expect, test } from "vitest";
import { connectionKeys, masterSecret } from "../../../../firmware-shim/tls/key-schedule.ts";
import { Aead12Protection } from "../../../../firmware-shim/tls/record/aead12.ts";
import { incrementSequence, newSequence } from "../../../../firmware-shim/tls/record/protection.ts";
import { crypto } from "./harness.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("NIST CAVP, TLS 1.2 key derivation with SHA-256, first vector", () => {
  const master =
    "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf";

  test("master secret", () => {
    const preMaster =
      "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc";
    const randoms = {
      client: hex("36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c"),
      server: hex("f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce"),
    };
    expect(toHex(masterSecret(crypto, "sha256", hex(preMaster), randoms))).toBe(master);
  });

  test("key block, cut up", () => {
    const block =
      "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f7e1d6590d0f0566b" +
      "2f387f8d11fd4f731cdd572d2eae927f6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f" +
      "1ad6f68b43495b10a683755ea2b858d70ccac7ec8b053c6bd41ca299d4e51928";
    const randoms = {
      client: hex("62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616"),
      server: hex("ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868"),
    };
    const lengths = { macKey: 20, key: 32, iv: 12 };
    const { client, server } = connectionKeys(crypto, "sha256", hex(master), randoms, lengths);
    const parts = [client.macKey, server.macKey, client.key, server.key, client.iv, server.iv];
    expect(parts.map((part) => part.length)).toEqual([20, 20, 32, 32, 12, 12]);
    expect(parts.map(toHex).join("")).toBe(block);
  });
});

describe("record protection", () => {
  const context = (sequence: Uint8Array) => ({ contentType: 23, version: 0x0303, sequence });
  const protection = new Aead12Protection(crypto.aesGcm(new Uint8Array(16)), hex("00000000"), 16);

  test("AES-GCM with the key, the nonce and the plaintext of GCM's second test case, with TLS's header", () => {
    const sealed = protection.seal(context(newSequence()), new Uint8Array(16));
    // Ciphertext of test case 2 in the GCM specification; the tag differs, since a record has additional data.
    expect(toHex(sealed.subarray(0, 24))).toBe("00000000000000000388dace60b6a392f328c2b971b2fe78");
    expect(sealed).toHaveLength(8 + 16 + 16);
    expect(protection.open(context(newSequence()), sealed)).toEqual(new Uint8Array(16));
  });

  test("anything else about the record makes it false", () => {
    const sealed = protection.seal(context(newSequence()), new Uint8Array(5));
    const second = newSequence();
    incrementSequence(second);
    expect(protection.open(context(second), sealed)).toBeUndefined();
    expect(protection.open({ ...context(newSequence()), contentType: 22 }, sealed)).toBeUndefined();
    expect(protection.open({ ...context(newSequence()), version: 0x0302 }, sealed)).toBeUndefined();
    for (let length = 0; length < sealed.length; length++) {
      expect(protection.open(context(newSequence()), sealed.subarray(0, length))).toBeUndefined();
    }
  });

  test("sequence numbers count in 64 bits and say when they wrap", () => {
    const sequence = hex("00000000ffffffff");
    expect(incrementSequence(sequence)).toBe(true);
    expect(toHex(sequence)).toBe("0000000100000000");
    const last = hex("ffffffffffffffff");
    expect(incrementSequence(last)).toBe(false);
  });
});
