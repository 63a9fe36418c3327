/** ChaCha20-Poly1305 (RFC 8439) with the 96-bit nonces of TLS. */

import type { VectorGroup } from "./vectors.ts";

/** From `chacha20_poly1305_test.json`. */
export const chacha20Poly1305: readonly VectorGroup[] = [
  {
    ivSize: 96,
    keySize: 256,
    tagSize: 128,
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Ktv"],
        comment: "known answer",
        key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        iv: "070000004041424344454647",
        aad: "50515253c0c1c2c3c4c5c6c7",
        msg:
          "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a2049662049" +
          "20636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c20" +
          "73756e73637265656e20776f756c642062652069742e",
        ct:
          "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92" +
          "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b" +
          "4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
        tag: "1ae10b594f09e26a7e902ecbd0600691",
      },
      {
        tcId: 2,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "pseudorandom bytes",
        key: "80ba3192c803ce965ea371d5ff073cf0f43b6a2ab576b208426e11409c09b9b0",
        iv: "4da5bf8dfd5852c1ea12379d",
        aad: "",
        msg: "",
        ct: "",
        tag: "76acb342cf3166a5b63c0c0ea1383c8d",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "pseudorandom bytes",
        key: "7a4cd759172e02eb204db2c3f5c746227df584fc1345196391dbb9577a250742",
        iv: "a92ef0ac991dd516a3c6f689",
        aad: "bd506764f2d2c410",
        msg: "",
        ct: "",
        tag: "906fa6284b52f87b7359cbaa7563c709",
      },
      {
        tcId: 122,
        result: "valid",
        flags: ["EdgeCaseCiphertext"],
        comment: "a ciphertext of a special form",
        key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        iv: "000102030405060708090a0b",
        aad: "00000000000000000000000000000000",
        msg: "65b63bf074b7283992e24b1ac0df0d22b555dbe2254d94a43f1de748d3cc6f0d",
        ct: "0000000000000000000000000000000000000000000000000000000000000000",
        tag: "39f4fce3026d83789ffd1ee6f2cd7c4f",
      },
      {
        tcId: 125,
        result: "valid",
        flags: ["EdgeCaseCiphertext"],
        comment: "a ciphertext of a special form",
        key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        iv: "000102030405060708090a0b",
        aad: "ffffffffffffffffffffffffffffffff",
        msg: "9a49c40f8b48d7c66d1db4e53f20f2dd4aaa241ddab26b5bc0e218b72c3390f2",
        ct: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        tag: "37e3399d9ca696799f08f4f72bc0cdd8",
      },
      {
        tcId: 146,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "a changed tag",
        key: "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
        iv: "000102030405060708090a0b",
        aad: "000102",
        msg: "",
        ct: "",
        tag: "f5409bb729039d0814ac514054323f44",
      },
      {
        tcId: 147,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "a changed tag",
        key: "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
        iv: "000102030405060708090a0b",
        aad: "000102",
        msg: "",
        ct: "",
        tag: "f6409bb729039d0814ac514054323f44",
      },
      {
        tcId: 216,
        result: "valid",
        flags: ["EdgeCasePolyKey"],
        comment: "an edge case of the Poly1305 key",
        key: "9de836aa579585081f330a7c4036e20e38ef15eff3945184d231867f505fffdf",
        iv: "00000000101112130bc672c3",
        aad:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffff",
        msg:
          "3619cb470af86dceceb6940f2d9abb34c9a9131476053387445ffebbe240d4f9818377855652f46a8219c7f71c35" +
          "54f8acef8258de4b7d17c0f3d353ac981cc6a13287be1e6b41dc6d133df4ababebdf43d665ce7a4a5c982a0b139c" +
          "b8202eebc74173e3224a440e4c37d2b595f384290e939ba016df0d49b36cdb4bd91c39",
        ct:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        tag: "133fe62391744d11ce44594b96c53baf",
      },
      {
        tcId: 217,
        result: "valid",
        flags: ["EdgeCasePolyKey"],
        comment: "an edge case of the Poly1305 key",
        key: "9de836aa579585081f330a7c4036e20e38ef15eff3945184d231867f505fffdf",
        iv: "000000001011121303e9b9a4",
        aad:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffff",
        msg:
          "af205bda819f7451be0f28667d4b01b59ff2daa8173cab52046c3c9e0d989889c5e021ef7afd06e9ce6cc30e3a6e" +
          "bab509134ba10d10e570c55587c13eee53e73be54804c8539ffbf23b35922b1ca37b9e9bc24ee204837ca5a294ce" +
          "05d12600c7eff6aee32270db2feff47dc5a04176169e15850628e6035f78994f9f5603",
        ct:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        tag: "e3451adb9d23a7710a1aafba26f56387",
      },
      {
        tcId: 226,
        result: "valid",
        flags: ["EdgeCaseTag"],
        comment: "a tag of a special form",
        key: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        iv: "000102030405060708090a0b",
        aad: "ffffffffffffffffffffffffffffffff415771fda4fbcc55c377f73203e60226",
        msg:
          "e48caf8a76183327c9561a4651c07c822ccd1642c06607d0d4bc0afb4de15915dbfa3b0b422e77e15c64bf624703" +
          "1f15fdb643117809821870000adf83834da5",
        ct:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffff",
        tag: "000102030405060708090a0b0c0d0e0f",
      },
      {
        tcId: 227,
        result: "valid",
        flags: ["EdgeCaseTag"],
        comment: "a tag of a special form",
        key: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        iv: "000102030405060708090a0b",
        aad: "f1ffffffffffffffffffffffffffffff615af39eddb5fcd2519190d5507d3b06",
        msg:
          "e48caf8a76183327c9561a4651c07c822ccd1642c06607d0d4bc0afb4de15915dbfa3b0b422e77e15c64bf624703" +
          "1f15fdb643117809821870000adf83834da5",
        ct:
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
          "ffffffffffffffffffffffffffffffffffff",
        tag: "00000000000000000000000000000000",
      },
      {
        tcId: 244,
        result: "valid",
        flags: ["EdgeCasePoly1305"],
        comment: "an edge case of Poly1305",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        iv: "000102030405060710abb165",
        aad: "ffffffff",
        msg:
          "f59d56151de28bef83505f6d89c0b0f7f75b2fa8e6dce386075db283ec85ee62555baffad423af25f66069bb69fb" +
          "6f4d",
        ct:
          "d6ee4ee25d3bdea81e76de8934cc51fb849cfca7685708575dc6df7a01e36a81849cfca7685708575dc6df7a01e3" +
          "6a81",
        tag: "831312cbb0f165dc3e8ff52125f48640",
      },
      {
        tcId: 245,
        result: "valid",
        flags: ["EdgeCasePoly1305"],
        comment: "an edge case of Poly1305",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        iv: "000102030405060710abb165",
        aad: "ffffffff",
        msg:
          "f717f8d5b28032d5c8e8061cd44d71e4f2d55de772fe7a91ce85e410db3e2d8d50d5ddb5400136323fb83f285e40" +
          "aca2",
        ct:
          "d464e022f259679255ce87f8694190e881128ee8fc759140941e89e93658a96e81128ee8fc759140941e89e93658" +
          "a96e",
        tag: "821312db9826b5e7fe0a9d30c5e28d4f",
      },
    ],
  },
];
