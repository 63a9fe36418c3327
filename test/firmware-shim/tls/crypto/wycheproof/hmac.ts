/**
 * HMAC with each hash: whole and truncated tags, a key shorter than the hash's block and one of 65 bytes, which the
 * 64-byte blocks of SHA-1 and SHA-256 make longer than a block.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `hmac_sha1_test.json`. */
export const hmacSha1: readonly VectorGroup[] = [
  {
    keySize: 160,
    tagSize: 160,
    tests: [
      {
        tcId: 18,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "short message",
        key: "0ef29e7c961da37afaea8182f28738d22c340232",
        msg: "165bb8e5c6f0a3ae40946dc807aee84645",
        tag: "78e6fa53ec213e9019d47ee7529d963a8a252942",
      },
      {
        tcId: 28,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "first bit of the tag",
        key: "000102030405060708090a0b0c0d0e0f10111213",
        msg: "",
        tag: "07e8ad50fc1035823661d979e2968968cecd03d9",
      },
    ],
  },
  {
    keySize: 160,
    tagSize: 80,
    tests: [
      {
        tcId: 99,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "tag cut in half",
        key: "e038dff028227dc4b4d7453db3070108465dd5b2",
        msg: "7ae4e30834db449e4244a9fc0322193e7a",
        tag: "9aa8544a9afdd920c0f2",
      },
      {
        tcId: 109,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "tag cut in half, a bit in it",
        key: "000102030405060708090a0b0c0d0e0f10111213",
        msg: "",
        tag: "07e8ad50fc1035823661",
      },
    ],
  },
  {
    keySize: 520,
    tagSize: 160,
    tests: [
      {
        tcId: 165,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "key of 65 bytes",
        key: "ab92e2cd40e00b40c4442dd7671c067c7792af28e60f2585e87f163bf3bdfca7f553cec71b0065025500c48e2070984ad9e24e733107ebfde27164a4828981ac20",
        msg: "",
        tag: "7a29b47ff6ae90c99573d8c922a23e83a62b66bc",
      },
    ],
  },
];

/** From `hmac_sha256_test.json`. */
export const hmacSha256: readonly VectorGroup[] = [
  {
    keySize: 256,
    tagSize: 256,
    tests: [
      {
        tcId: 18,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "short message",
        key: "5300489494ca86221c91d6d953952ae1a5e097139dc9cf1179c2f56433753824",
        msg: "90fea6cf2bd811b449f333ee9233e57697",
        tag: "5b692cba13b54fffc3adcbb0e015cc011fbfd61235303ff0ad2a49775083bf22",
      },
      {
        tcId: 28,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "first bit of the tag",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        msg: "",
        tag: "d28b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb",
      },
    ],
  },
  {
    keySize: 256,
    tagSize: 128,
    tests: [
      {
        tcId: 99,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "tag cut in half",
        key: "73216fafd0022d0d6ee27198b2272578fa8f04dd9f44467fbb6437aa45641bf7",
        msg: "d5247b8f6c3edcbfb1d591d13ece23d2f5",
        tag: "6e597c4c3861a380c06854b446fc2a87",
      },
      {
        tcId: 109,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "tag cut in half, a bit in it",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        msg: "",
        tag: "d28b42096d80f45f826b44a9d5607de7",
      },
    ],
  },
  {
    keySize: 520,
    tagSize: 256,
    tests: [
      {
        tcId: 169,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "key of 65 bytes",
        key: "8a0c46eb8a2959e39865330079763341e7439dab149694ee57e0d61ec73d947e1d5301cd974e18a5e0d1cf0d2c37e8aadd9fd589d57ef32e47024a99bc3f70c077",
        msg: "",
        tag: "f5bfb940561fb4db73ebba49bf2e4893bb0cca618a71b7ecf6aca38231e167ea",
      },
    ],
  },
];

/** From `hmac_sha384_test.json`. */
export const hmacSha384: readonly VectorGroup[] = [
  {
    keySize: 384,
    tagSize: 384,
    tests: [
      {
        tcId: 18,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "short message",
        key: "41341bab902e767d4d1964c0acfecf46eff1b02b6455bcb2097de9c154be1f667f21be076de18cd2c15c005896fca87f",
        msg: "4c43ac7de3631cc86f4da72fe6b6a552f1",
        tag: "3c3104f24b7070cc3277d9ae640d416298fc917a0c1cdc3c2e7b6da75706fd2ae234efd551af12ae29144704793e2f6a",
      },
      {
        tcId: 28,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "first bit of the tag",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
        msg: "",
        tag: "45be81c415d283ab7a62a45188e5dafbcb97da606bd5b16c92c1fc36f198c0b3a714921848d5e03df1c4849bb8310c66",
      },
    ],
  },
  {
    keySize: 384,
    tagSize: 192,
    tests: [
      {
        tcId: 99,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "tag cut in half",
        key: "5beaf406a6627eaafcadb6dea4e27ba4fd879fd3e5bfd87ea3c8d5e0acfbbda2c6bf006beaf5a30312e690724c4744a3",
        msg: "bc57d467a9a2af64ad5e14b7bc0898dc63",
        tag: "3fab1a7a192359b6333a9699b75612211a38b6dccab4572d",
      },
      {
        tcId: 109,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "tag cut in half, a bit in it",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
        msg: "",
        tag: "45be81c415d283ab7a62a45188e5dafbcb97da606bd5b16c",
      },
    ],
  },
  {
    keySize: 520,
    tagSize: 384,
    tests: [
      {
        tcId: 169,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "key of 65 bytes",
        key: "db6f9956c3f4ca6e41f1f7f14629d44c79e0353edbf3e310e6858bbc45a7cd57778a9053ba22a141bf58bfd434ad08648c7041a224b97a0d17e0edf94fd40b410a",
        msg: "",
        tag: "0cb1b296255bb259f3b601b49b35524a5eca6c52360754d3d96dd521c905b1c1821d74965967d8e86d50de950fe4d635",
      },
    ],
  },
];

/** From `hmac_sha512_test.json`. */
export const hmacSha512: readonly VectorGroup[] = [
  {
    keySize: 512,
    tagSize: 512,
    tests: [
      {
        tcId: 18,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "short message",
        key: "8e323d5fb4752d92a6d905c512b287d07b21ae50002d026ff0388e1593bde9998dd02321e200d148f5fa2e824b37e9f5a77441794b840bedd552d1051c1ddd8c",
        msg: "4daa229b009b8984354c2ec3e7973e0042",
        tag: "93a2137cc84e2fa1439d7c239767b3ce653d634c58a4590eb61af9d3ef986445220aff3554de45a1b0933fa06d3d64460418910977d8d9ddb2eb04963c816841",
      },
      {
        tcId: 28,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "first bit of the tag",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
        msg: "",
        tag: "d39b9e3f87809686f34109fbc718d6abbb09c278cf05a206adf21463e1170362122e58272a31679720b254cbd63a7c6d696bf9283f9c6897e7d792483bb0388c",
      },
    ],
  },
  {
    keySize: 512,
    tagSize: 256,
    tests: [
      {
        tcId: 99,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "tag cut in half",
        key: "25843665d39c3ae9a7b3e4427e2bf7785281fd2594bdde67860ca9b8fa11646469d1645ae8ca3825b8c551f9eac3da0660d8c2e2e3bd23d34395c6775dcdfd2e",
        msg: "74082cc5d14db1967442d66aac6092bd23",
        tag: "b373ac5fb1982b9d47d28844e969d51680dc81d21d556c2671c29c11dfa6e340",
      },
      {
        tcId: 109,
        result: "invalid",
        flags: ["ModifiedTag"],
        comment: "tag cut in half, a bit in it",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
        msg: "",
        tag: "d39b9e3f87809686f34109fbc718d6abbb09c278cf05a206adf21463e1170362",
      },
    ],
  },
  {
    keySize: 520,
    tagSize: 512,
    tests: [
      {
        tcId: 169,
        result: "valid",
        flags: ["Pseudorandom"],
        comment: "key of 65 bytes",
        key: "dd1e0bdbb6b60862176484f3669da531455f1cd714f999c29f08b851055fee8d72186d376c236f4e16cba7a25cba879fb2753deca4459aaebc6f6de625d99af330",
        msg: "",
        tag: "7e4f7d844b3ba0e025b66de7cc6227bc50d4e174930251bfff3df36c3900b5b76b00095a896d0f96842e37b6134df40760307699534d6670f138974ee1c58d94",
      },
    ],
  },
];
