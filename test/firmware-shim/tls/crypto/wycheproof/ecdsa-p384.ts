/**
 * ECDSA on P-384, with a hash as long as the order, a shorter and a longer one.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdsa_secp384r1_sha384_test.json`. */
export const ecdsaSecp384r1Sha384: readonly VectorGroup[] = [
  {
    publicKey: {
      uncompressed:
        "042da57dda1089276a543f9ffdac0bff0d976cad71eb7280e7d9bfd9fee4bdb2f20f47ff888274389772d98cc5752138aa4b6d054d69dcf3e25ec49df870715e34883b1836197d76f8ad962e78f6571bbc7407b0d6091f9e4d88f014274406174f",
    },
    tests: [
      {
        tcId: 6,
        result: "invalid",
        flags: ["MissingZero"],
        comment: "s without the zero byte that keeps it positive",
        msg: "313233343030",
        sig: "3064023012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d70230e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 7,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "ordinary",
        msg: "313233343030",
        sig: "3065023012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d7023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 12,
        result: "invalid",
        flags: ["InvalidEncoding"],
        comment: "sequence length that wraps 32 bits",
        msg: "313233343030",
        sig: "30850100000065023012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d7023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 26,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "null in the sequence after s",
        msg: "313233343030",
        sig: "3067023012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d7023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f820500",
      },
      {
        tcId: 68,
        result: "invalid",
        flags: ["BerEncodedSignature"],
        comment: "zero before r's length",
        msg: "313233343030",
        sig: "30670282003012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d7023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 103,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a bit in r's last byte",
        msg: "313233343030",
        sig: "3065023012b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c54857023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 152,
        result: "invalid",
        flags: ["RangeCheck"],
        comment: "r + n",
        msg: "313233343030",
        sig: "306602310112b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19a25617aad7485e6312a8589714f647acf7a94cffbe8a724a023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 155,
        result: "invalid",
        flags: ["ModifiedInteger"],
        comment: "-r",
        msg: "313233343030",
        sig: "30650230ed4cf541094ab8901949ed51aa83fbda99e1d94bb4e401e6250d35d71ceecf7c4571b51b33ba5fcdf542cc6b0e3ab729023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 158,
        result: "invalid",
        flags: ["IntegerOverflow"],
        comment: "r plus a power of two",
        msg: "313233343030",
        sig: "306602310112b30abef6b5476fe6b612ae557c0425661e26b44b1bfe19daf2ca28e3113083ba8e4ae4cc45a0320abd3394f1c548d7023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 160,
        result: "invalid",
        flags: ["RangeCheck"],
        comment: "s + n",
        msg: "313233343030",
        sig: "3066023101e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc5f8fc6adfda650a86aa74b95adbd6874b3cd8dde6cc0798f5023100e7bf25603e2d07076ff30b7a2abec473da8b11c572b35fc631991d5de62ddca7525aaba89325dfd04fecc47bff426f82",
      },
      {
        tcId: 193,
        result: "invalid",
        flags: ["InvalidSignature"],
        comment: "r = n, s = 1",
        msg: "313233343030",
        sig: "3036023100ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973020101",
      },
      {
        tcId: 232,
        result: "invalid",
        flags: ["InvalidTypesInSignature"],
        comment: "s is a real number",
        msg: "313233343030",
        sig: "3008020100090380fe01",
      },
      {
        tcId: 295,
        result: "valid",
        flags: ["EdgeCaseShamirMultiplication"],
        comment: "the two scalars of Shamir's trick meet",
        msg: "3133323237",
        sig: "3066023100ac042e13ab83394692019170707bc21dd3d7b8d233d11b651757085bdd5767eabbb85322984f14437335de0cdf565684023100bd770d3ee4beadbabe7ca46e8c4702783435228d46e2dd360e322fe61c86926fa49c8116ec940f72ac8c30d9beb3e12f",
      },
      {
        tcId: 296,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash that starts with 32 zero bits",
        msg: "31373530353531383135",
        sig: "3066023100d3298a0193c4316b34e3833ff764a82cff4ef57b5dd79ed6237b51ff76ceab13bf92131f41030515b7e012d2ba857830023100bfc7518d2ad20ed5f58f3be79720f1866f7a23b3bd1bf913d3916819d008497a071046311d3c2fd05fc284c964a39617",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "044bf4e52f958427ebb5915fb8c9595551b4d3a3fdab67badd9d6c3093f425ba43630df71f42f0eb7ceaa94d9f6448a85dd30331588249fd2fdc0b309ec7ed8481bc16f27800c13d7db700fc82e1b1c8545aa0c0d3b56e3bfe789fc18a916887c2",
    },
    tests: [
      {
        tcId: 382,
        result: "valid",
        flags: ["ArithmeticError"],
        comment: "x of kG is above n",
        msg: "313233343030",
        sig: "304d0218389cb27e0bc8d21fa7e5f24cb74f58851313e696333ad68b023100ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52970",
      },
      {
        tcId: 383,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "r above n where that x was reduced",
        msg: "313233343030",
        sig: "3066023100fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffe023100ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52970",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04554f2fd0b700a9f4568752b673d9c0d29dc96c10fe67e38c6d6d339bfafe05f970da8c3d2164e82031307a44bd32251171312b61b59113ff0bd3b8a9a4934df262aa8096f840e9d8bffa5d7491ded87b38c496f9b9e4f0ba1089f8d3ffc88a9f",
    },
    tests: [
      {
        tcId: 387,
        result: "valid",
        flags: ["SmallRandS", "ArithmeticError"],
        comment: "small r and s",
        msg: "313233343030",
        sig: "3006020102020101",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04bd3d91f003e18adbea73079d4eba23b91fc17fcec14c9eb15a193fbc9ca39c8c747cd7a2c9623e05dd587ccbb8ab4c443adb0a0706aa5ea7a68042082fccefc979612a7a1a3d694b00793b03f89bff866a8b97c8e77990c29360ce795036c764",
    },
    tests: [
      {
        tcId: 406,
        result: "invalid",
        flags: ["ArithmeticError"],
        comment: "s = 0",
        msg: "313233343030",
        sig: "3035023055555555555555555555555555555555555555555555555542766f2b5167b9f51d5e0490c2e58d28f9a40878eeec6326020100",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "045abbf618a084f67138c418a896d61af3af1826040835b73e7619846b495eba6f7eeaa2e9cc61c85f6100fedc25c16743b065a427bc503139529e4faa63dda553aed2696fd02c2b6ceb2d941d2c4363cf9ac7a6759d50e8b9d07fe286f17cef5c",
    },
    tests: [
      {
        tcId: 407,
        result: "valid",
        flags: ["ModularInverse", "ArithmeticError"],
        comment: "inverse of s at an edge",
        msg: "313233343030",
        sig: "3064023055555555555555555555555555555555555555555555555542766f2b5167b9f51d5e0490c2e58d28f9a40878eeec63260230427f8227a67d9422557647d27945a90ae1d2ec2931f90113cd5b407099e3d8f5a889d62069e64c0e1c4efe29690b0992",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04f896353cc3a8afdd543ec3aef062ca97bc32ed1724ea38b940b8c0ea0e23b34187afbe70daf8dbaa5b511557e5d2bddac4bd265da67ceeafca636f6f4c0472f22a9d02e2289184f73bbb700ae8fc921eff4920f290bfcb49fbb232cc13a21028",
    },
    tests: [
      {
        tcId: 422,
        result: "invalid",
        flags: ["PointDuplication", "ArithmeticError"],
        comment: "u1 G + u2 Q is the point at infinity",
        msg: "313233343030",
        sig: "306402307fffffffffffffffffffffffffffffffffffffffffffffffe3b1a6c0fa1b96efac0d06d9245853bd76760cb5666294b9023055555555555555555555555555555555555555555555555542766f2b5167b9f51d5e0490c2e58d28f9a40878eeec6326",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04e585a067d6dff37ae7f17f81583119b61291597345f107acffe237a08f4886d4fdf94fe63182e6143c99be25a7b7d86b572c1e06dd2c7b94b873f0578fcb2b99d60e246e51245d0804edd44b32f0f000c8f8f88f1d4a65fea51dbbb4ab1e2823",
    },
    tests: [
      {
        tcId: 453,
        result: "valid",
        flags: ["PointDuplication"],
        comment: "u1 G and u2 Q are the same point",
        msg: "313233343030",
        sig: "3065023100b37699e0d518a4d370dbdaaaea3788850fa03f8186d1f78fdfbae6540aa670b31c8ada0fff3e737bd69520560fe0ce60023064adb4d51a93f96bed4665de2d4e1169cc95819ec6e9333edfd5c07ca134ceef7c95957b719ae349fc439eaa49fbbe34",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04e585a067d6dff37ae7f17f81583119b61291597345f107acffe237a08f4886d4fdf94fe63182e6143c99be25a7b7d86ba8d3e1f922d3846b478c0fa87034d46629f1db91aedba2f7fb122bb4cd0f0ffe3707076fe2b59a015ae2444c54e1d7dc",
    },
    tests: [
      {
        tcId: 454,
        result: "invalid",
        flags: ["PointDuplication"],
        comment: "only the sign of u2 Q tells it from a double",
        msg: "313233343030",
        sig: "3065023100b37699e0d518a4d370dbdaaaea3788850fa03f8186d1f78fdfbae6540aa670b31c8ada0fff3e737bd69520560fe0ce60023064adb4d51a93f96bed4665de2d4e1169cc95819ec6e9333edfd5c07ca134ceef7c95957b719ae349fc439eaa49fbbe34",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    },
    tests: [
      {
        tcId: 470,
        result: "invalid",
        flags: ["PointDuplication"],
        comment: "the key is the generator",
        msg: "313233343030",
        sig: "3065023100f9b127f0d81ebcd17b7ba0ea131c660d340b05ce557c82160e0f793de07d38179023942871acb7002dfafdfffc8deace02302492492492492492492492492492492492492492492492491c7be680477598d6c3716fabc13dcec86afd2833d41c2a7e",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "04ffffffffaa63f1a239ac70197c6ebfcea5756dc012123f82c51fa874d66028be00e976a1080606737cc75c40bdfe4aacacbd85389088a62a6398384c22b52d492f23f46e4a27a4724ad55551da5c483438095a247cb0c3378f1f52c3425ff9f1",
    },
    tests: [
      {
        tcId: 474,
        result: "valid",
        flags: ["EdgeCasePublicKey"],
        comment: "key with a coordinate at an edge",
        msg: "4d657373616765",
        sig: "3065023007648b6660d01ba2520a09d298adf3b1a02c32744bd2877208f5a4162f6c984373139d800a4cdc1ffea15bce4871a0ed02310099fd367012cb9e02cde2749455e0d495c52818f3c14f6e6aad105b0925e2a7290ac4a06d9fadf4b15b578556fe332a5f",
      },
    ],
  },
  {
    publicKey: {
      uncompressed:
        "0401b54a697305092bac2939fb906d7471b411c4eba8654169166a5da3810e1fc96795df921f7abbf519be4a027435176ca19012a3518773d508106d4153adee43c3c384fa62ce36a4addea08f593ec9c76b09a6b9c69d29bd7d47eb48e167dd2f",
    },
    tests: [
      {
        tcId: 499,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "smallest x that is reduced",
        msg: "68656c6c6f2c20776f726c64",
        sig: "3036020102023100ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52970",
      },
    ],
  },
];

/** From `ecdsa_secp384r1_sha256_test.json`. */
export const ecdsaSecp384r1Sha256: readonly VectorGroup[] = [
  {
    publicKey: {
      uncompressed:
        "042da57dda1089276a543f9ffdac0bff0d976cad71eb7280e7d9bfd9fee4bdb2f20f47ff888274389772d98cc5752138aa4b6d054d69dcf3e25ec49df870715e34883b1836197d76f8ad962e78f6571bbc7407b0d6091f9e4d88f014274406174f",
    },
    tests: [
      {
        tcId: 7,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "ordinary",
        msg: "313233343030",
        sig: "3065023100a9b830bfbdd08f2f1fd5b43b45c3b250bd1c505598599ad4641023232def7362cbb6b2e1793c754b36395814e66eb19902303e0895b6712fcb906bf7128387e3c8a2352822e5e1ce12620e93dee2fe0d3abafb6e84192187bed8ca1e2e7a97bf8e94",
      },
      {
        tcId: 103,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a bit in r's last byte",
        msg: "313233343030",
        sig: "3065023100a9b830bfbdd08f2f1fd5b43b45c3b250bd1c505598599ad4641023232def7362cbb6b2e1793c754b36395814e66eb11902303e0895b6712fcb906bf7128387e3c8a2352822e5e1ce12620e93dee2fe0d3abafb6e84192187bed8ca1e2e7a97bf8e94",
      },
      {
        tcId: 296,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash that starts with 32 zero bits",
        msg: "343236343739373234",
        sig: "3065023100975929c1c18f6535b6b21e355b7280775e46be07126af04de8e39086840fd66fa3e0628df5e86636cf24ff88156a8aaa02305169223a02ab84d89f29687397069f93a69595085c2ad8928695bbf409fc0fac803eb563c3b5afd16350928296b6e2a1",
      },
      {
        tcId: 325,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash with 32 one bits in a row",
        msg: "33363130363732343432",
        sig: "3065023100e0e498bcaea54c4fcd021e03e73fa11dde5065a7f6fb0c6a1218a8ddd79228de06d0c261be7dca047a30a092d03d10e302304e2dd4d03653313b3ba7fd140a09f7e3c59e2042b0d902700e63ca53c73d11a103d9efc987ef87d75586bc7e1a035136",
      },
    ],
  },
];

/** From `ecdsa_secp384r1_sha512_test.json`. */
export const ecdsaSecp384r1Sha512: readonly VectorGroup[] = [
  {
    publicKey: {
      uncompressed:
        "042da57dda1089276a543f9ffdac0bff0d976cad71eb7280e7d9bfd9fee4bdb2f20f47ff888274389772d98cc5752138aa4b6d054d69dcf3e25ec49df870715e34883b1836197d76f8ad962e78f6571bbc7407b0d6091f9e4d88f014274406174f",
    },
    tests: [
      {
        tcId: 8,
        result: "valid",
        flags: ["ValidSignature"],
        comment: "ordinary",
        msg: "313233343030",
        sig: "3066023100814cc9a70febda342d4ada87fc39426f403d5e89808428460c1eca60c897bfd6728da14673854673d7d297ea944a15e202310084f5ef11d22f22d0548af6a50dbf2f6a1bb9054585af5e600c49cf35b1e69b712754dd781c837355ddd41c752193a7cd",
      },
      {
        tcId: 104,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a bit in r's last byte",
        msg: "313233343030",
        sig: "3066023100814cc9a70febda342d4ada87fc39426f403d5e89808428460c1eca60c897bfd6728da14673854673d7d297ea944a156202310084f5ef11d22f22d0548af6a50dbf2f6a1bb9054585af5e600c49cf35b1e69b712754dd781c837355ddd41c752193a7cd",
      },
      {
        tcId: 296,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash that starts with 32 zero bits",
        msg: "33393439313934313732",
        sig: "3065023100d51c53fa3e201c440a4e33ea0bbc1d3f3fe18b0cc2a4d6812dd217a9b426e54eb4024113b354441272174549c979857c02300992c5442dc6d5d6095a45720f5c5344acb78bc18817ef32c1334e6eba7726246577d4257942bdefe994c1575ed15a6e",
      },
      {
        tcId: 358,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "hash with 32 one bits in a row",
        msg: "3133323035303135373235",
        sig: "3064023072a9bab30f8da1437f17115cc37b6ef8cf6591ed934d596675ad7b000c6a74cca5f37210a68228a58023790e3726c357023012d697c4e20b18f63a3e0164dca8ca4a5fa0058ad7cd1c571cef356e85fd8f56ab7963d8aba824e8d31efb3e690c27b9",
      },
      {
        tcId: 419,
        result: "invalid",
        flags: ["Untruncatedhash"],
        comment: "the hash was not cut to the order's length",
        msg: "313233343030",
        sig: "306402300e2c56eb5f6612f0c2b22ab03d57d9a443075a2b7a0b460883e4f4876121e9b6f1ed67de20b79f028f7f66ed0281db7102303916b72b12d035a307b7c45a9878333a8c61445aad2330dc49a12b92e2e5dab72e53e5789f40afb90aea0ea4431f2dd1",
      },
    ],
  },
];
