/**
 * ECDSA on P-256: keys, hashes and signatures that take the arithmetic to its edges, and a hash longer than the order.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdsa_secp256r1_sha256_test.json`. */
export const ecdsaSecp256r1Sha256Arithmetic: readonly VectorGroup[] = [
  {
    publicKey: {
      uncompressed:
        "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
    },
    tests: [
      {
        tcId: 295,
        result: "valid",
        flags: ["EdgeCaseShamirMultiplication"],
        comment: "the two scalars of Shamir's trick meet",
        msg: "3639383139",
        sig: "3044022064a1aab5000d0e804f3e2fc02bdee9be8ff312334e2ba16d11547c97711c898e02206af015971cc30be6d1a206d4e013e0997772a2f91d73286ffd683b9bb2cf4f1b",
      },
      {
        tcId: 296,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash that starts with 32 zero bits",
        msg: "343236343739373234",
        sig: "3044022016aea964a2f6506d6f78c81c91fc7e8bded7d397738448de1e19a0ec580bf2660220252cd762130c6667cfe8b7bc47d27d78391e8e80c578d1cd38c3ff033be928e9",
      },
      {
        tcId: 325,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash with 32 one bits in a row",
        msg: "33363130363732343432",
        sig: "3045022100a0c30e8026fdb2b4b4968a27d16a6d08f7098f1a98d21620d7454ba9790f1ba602205e470453a8a399f15baf463f9deceb53acc5ca64459149688bd2760c65424339",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "040ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103c5011e6ef2c42dcd50d5d3d29f99ae6eba2c80c9244f4c5422f0979ff0c3ba5e",
    },
    tests: [
      {
        tcId: 350,
        result: "valid",
        flags: ["ArithmeticError"],
        comment: "x of kG is above n",
        msg: "313233343030",
        sig: "303502104319055358e8617b0c46353d039cdaab022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
      },
      {
        tcId: 351,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "r above n where that x was reduced",
        msg: "313233343030",
        sig: "3046022100ffffffff00000001000000000000000000000000fffffffffffffffffffffffc022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04a71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac9575d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b",
    },
    tests: [
      {
        tcId: 355,
        result: "valid",
        flags: ["SmallRandS", "ArithmeticError"],
        comment: "small r and s",
        msg: "313233343030",
        sig: "3006020105020101",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "048aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e1937387405bd13834715e1dbae9b875cf07bd55e1b6691c7f7536aef3b19bf7a4adf576d",
    },
    tests: [
      {
        tcId: 375,
        result: "valid",
        flags: ["ArithmeticError"],
        comment: "s = 1",
        msg: "313233343030",
        sig: "30250220555555550000000055555555555555553ef7a8e48d07df81a693439654210c70020101",
      },
      {
        tcId: 376,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "s = 0",
        msg: "313233343030",
        sig: "30250220555555550000000055555555555555553ef7a8e48d07df81a693439654210c70020100",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "0461722eaba731c697c7a9ba4d0afdbb5713d8aa12b0eab601bb33dbaf792c5adc272cd993b2b663aba5b3a26c101182ff178684945e83879e71598b95fe647dfc",
    },
    tests: [
      {
        tcId: 377,
        result: "valid",
        flags: ["ModularInverse", "ArithmeticError"],
        comment: "inverse of s at an edge",
        msg: "313233343030",
        sig: "30440220555555550000000055555555555555553ef7a8e48d07df81a693439654210c70022002f676969f451a8ccafa4c4f09791810e6d632dbd60b1d5540f3284fbe1889b0",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f2871b134ee58cc583278456863f33c3a85d881f7d4a39850143e29d4eaf009afe47",
    },
    tests: [
      {
        tcId: 392,
        result: "invalid",
        flags: ["PointDuplication", "ArithmeticError"],
        comment: "u1 G + u2 Q is the point at infinity",
        msg: "313233343030",
        sig: "304402207fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a80220555555550000000055555555555555553ef7a8e48d07df81a693439654210c70",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04cf04ea77e9622523d894b93ff52dc3027b31959503b6fa3890e5e04263f922f1e8528fb7c006b3983c8b8400e57b4ed71740c2f3975438821199bedeaecab2e9",
    },
    tests: [
      {
        tcId: 398,
        result: "valid",
        flags: ["ArithmeticError"],
        comment: "u2 = n - 1",
        msg: "313233343030",
        sig: "30450220555555550000000055555555555555553ef7a8e48d07df81a693439654210c70022100aaaaaaaa00000000aaaaaaaaaaaaaaaa7def51c91a0fbf034d26872ca84218e1",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "045b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc46963838a40f2a36092e9004e92d8d940cf5638550ce672ce8b8d4e15eba5499249e9",
    },
    tests: [
      {
        tcId: 427,
        result: "valid",
        flags: ["PointDuplication"],
        comment: "u1 G and u2 Q are the same point",
        msg: "313233343030",
        sig: "304502206f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569022100bb726660235793aa9957a61e76e00c2c435109cf9a15dd624d53f4301047856b",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "045b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc469637c75bf0c5c9f6d17ffb16d2726bf30a9c7aaf31a8d317472b1ea145ab66db616",
    },
    tests: [
      {
        tcId: 428,
        result: "invalid",
        flags: ["PointDuplication"],
        comment: "only the sign of u2 Q tells it from a double",
        msg: "313233343030",
        sig: "304502206f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569022100bb726660235793aa9957a61e76e00c2c435109cf9a15dd624d53f4301047856b",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04dd86d3b5f4a13e8511083b78002081c53ff467f11ebd98a51a633db76665d25045d5c8200c89f2fa10d849349226d21d8dfaed6ff8d5cb3e1b7e17474ebc18f7",
    },
    tests: [
      {
        tcId: 431,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "r is compared with the point at infinity",
        msg: "313233343030",
        sig: "30440220555555550000000055555555555555553ef7a8e48d07df81a693439654210c7002203333333300000000333333333333333325c7cbbc549e52e763f1f55a327a3aa9",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    },
    tests: [
      {
        tcId: 444,
        result: "invalid",
        flags: ["PointDuplication"],
        comment: "the key is the generator",
        msg: "313233343030",
        sig: "3045022100bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050230220249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a",
    },
    tests: [
      {
        tcId: 446,
        result: "invalid",
        flags: ["PointDuplication"],
        comment: "the key is the negative of the generator",
        msg: "313233343030",
        sig: "3045022100bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca6050230220249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "044f337ccfd67726a805e4f1600ae2849df3807eca117380239fbd816900000000ed9dea124cc8c396416411e988c30f427eb504af43a3146cd5df7ea60666d685",
    },
    tests: [
      {
        tcId: 448,
        result: "valid",
        flags: ["EdgeCasePublicKey"],
        comment: "key with a coordinate at an edge",
        msg: "4d657373616765",
        sig: "3046022100d434e262a49eab7781e353a3565e482550dd0fd5defa013c7f29745eff3569f10221009b0c0a93f267fb6052fd8077be769c2b98953195d7bc10de844218305c6ba17a",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04264d796a0dab9b376d34eea6fe297dde1c7b73e53944bc96c8f1e8a6850bb6c9cf5308020eed460c649ddae61d4ef8bb79958113f106befaf4f18876d12a5e64",
    },
    tests: [
      {
        tcId: 477,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "r + n, with r reduced by the signer and not by the verifier",
        msg: "68656c6c6f2c20776f726c64",
        sig: "3046022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04ce24c99032d52ac6ead23c0ae3ec68ef41e51a281fd457808c83136d7dcce90e8f7a154b551e9f39c59279357aa491b2a62bdebc2bb78613883fc72936c057e0",
    },
    tests: [
      {
        tcId: 479,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "smallest x that is reduced",
        msg: "68656c6c6f2c20776f726c64",
        sig: "3026020103022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04d42ce21e730f3d2a84e949828574b4dceeb77d4f89556735f34fba03028ee3ed32daf8bfd3f0a7a0821170840f4e032056722386b35d9bdd4f4f450696f4fb52",
    },
    tests: [
      {
        tcId: 482,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "r + n would wrap past the field",
        msg: "68656c6c6f2c20776f726c64",
        sig: "3042021d00ffffffff00000000000000004319055258e8617b0c46353d039cdab4022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
      },
    ],
  },
];

/** From `ecdsa_secp256r1_sha512_test.json`. */
export const ecdsaSecp256r1Sha512: readonly VectorGroup[] = [
  {
    publicKey: {
      uncompressed:
        "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
    },
    tests: [
      {
        tcId: 7,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "ordinary",
        msg: "313233343030",
        sig: "304502202478f1d049f6d857ac900a7af1772226a4c59b345fbb90613c66f42b98f981c0022100a07a59c4a41688538eb315e94effca0f4039035c6c2ed1dc84841359d1b34eb2",
      },
      {
        tcId: 103,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a bit in r's last byte",
        msg: "313233343030",
        sig: "304502202478f1d049f6d857ac900a7af1772226a4c59b345fbb90613c66f42b98f98140022100a07a59c4a41688538eb315e94effca0f4039035c6c2ed1dc84841359d1b34eb2",
      },
      {
        tcId: 296,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash that starts with 32 zero bits",
        msg: "33393439313934313732",
        sig: "304402203a4f61f7f8c4546e3580f7848411786fee1229a07a6ecf5fb84870869188215d022018c5ce44354e2274eadb8fea319f8d6f60944532dbaae86bfd8105f253041bcb",
      },
      {
        tcId: 358,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash with 32 one bits in a row",
        msg: "3133323035303135373235",
        sig: "3044022051d665bad5f2d6306c6bbfe1f27555887670061d4df36ec9f4ce6cdfaf9ea7ac02202905e43f6207ee93df35a2e9fb9bc8098c448ae98a14e4ad1ebaea5d56b6e493",
      },
      {
        tcId: 419,
        result: "invalid",
        flags: ["Untruncatedhash"],
        comment: "the hash was not cut to the order's length",
        msg: "313233343030",
        sig: "3045022100f8e272234b51475ec4c6f327562a6e5c9080a96225e88b2e5f72a8eecbd41ab40220516b91617fc39e3141b3bc769f6a3b2e468e687f50bdc29e19088af62d203f4b",
      },
    ],
  },
];
