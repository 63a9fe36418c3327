/**
 * ECDH on P-521 with the peer's key as a bare point, as TLS sends it: secrets, keys and intermediate results at the
 * edges of the field, and points that are none.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdh_secp521r1_ecpoint_test.json`. */
export const ecdhSecp521r1Point: readonly VectorGroup[] = [
  {
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "ordinary",
        public:
          "040064da3e94733db536a74a0d8a5cb2265a31c54a1da6529a198377fbd38575d9d79769ca2bdf2d4c972642926d444891a652e7f492337251adf1613cf3077999b5ce00e04ad19cf9fd4722b0c824c069f70c3c0e7ebc5288940dfa92422152ae4a4f79183ced375afb54db1409ddf338b85bb6dbfc5950163346bb63a90a70c5aba098f7",
        private:
          "01939982b529596ce77a94bc6efd03e92c21a849eb4f87b8f619d506efc9bb22e7c61640c90d598f795b64566dc6df43992ae34a1341d458574440a7371f611c7dcd",
        shared:
          "01f1e410f2c6262bce6879a3f46dfb7dd11d30eeee9ab49852102e1892201dd10f27266c2cf7cbccc7f6885099043dad80ff57f0df96acf283fb090de53df95f7d87",
      },
      {
        tcId: 2,
        result: "acceptable",
        flags: ["CompressedPublic", "CompressedPoint"],
        comment: "compressed: not a form that TLS 1.2 offers",
        public:
          "030064da3e94733db536a74a0d8a5cb2265a31c54a1da6529a198377fbd38575d9d79769ca2bdf2d4c972642926d444891a652e7f492337251adf1613cf3077999b5ce",
        private:
          "01939982b529596ce77a94bc6efd03e92c21a849eb4f87b8f619d506efc9bb22e7c61640c90d598f795b64566dc6df43992ae34a1341d458574440a7371f611c7dcd",
        shared:
          "01f1e410f2c6262bce6879a3f46dfb7dd11d30eeee9ab49852102e1892201dd10f27266c2cf7cbccc7f6885099043dad80ff57f0df96acf283fb090de53df95f7d87",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret of all zeros",
        public:
          "04014c643329691ba27459a40dfe7c4ce17b3ea14d0cd7aa47b01f1315404db51436fbbfe6de0842e0f7e1265f6ff3aca28750677d3370b2fb2a6ef497356f4b95811201051b14178639a09a41465c72d3743436ee1c191ff7388a40140b34d5317de5911ea03cdbb0329fdeb446695a3b92d437271a9f3c318b02dec4d473908158140e97",
        private:
          "00a2b6442a37f8a3759d2cb91df5eca75af6b89e27baf2f6cbf971dee5058ffa9d8dac805c7bc72f3718489d6a9cb2787af8c93a17ddeb1a19211ab23604d47b7646",
        shared:
          "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
      },
      {
        tcId: 17,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret close to p / 3",
        public:
          "0400b840950c962cab2d7cc632b25e7cc58cc42282f9eacc6e8d8851f65921f83cd605ba0c912d09f4c94a9ea7418c0a8fc93a7124ab65ed88bfecfc5b9200433c0e56004999c142369ba29004bcac5f796f8799d7f20d0cc74f7a6b5a5edbe605bd542ea3f6117a0ca45ca467424aed653d91c1843e34adc65f6a8caa858b2a3164e01c56",
        private:
          "00a2b6442a37f8a3759d2cb91df5eca75af6b89e27baf2f6cbf971dee5058ffa9d8dac805c7bc72f3718489d6a9cb2787af8c93a17ddeb1a19211ab23604d47b7646",
        shared:
          "00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      },
      {
        tcId: 45,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "peer's x is zero",
        public:
          "0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000d20ec9fea6b577c10d26ca1bb446f40b299e648b1ad508aad068896fee3f8e614bc63054d5772bf01a65d412e0bcaa8e965d2f5d332d7f39f846d440ae001f4f87",
        private:
          "012bc15cf3981eab6102c39f9a925aa130763d01ed6edaf14306eb0a14dd75dff504070def7b88d8b165082f69992de0ffa5ee922cb3ab39917da8524cac73f0a09c",
        shared:
          "0053bf137fee8922769f8d0fe279caa4dac9c6054ad0460995588a845d0a959e24bc0fc2391a2b92f7bd400f50a11a9db37f07bef7fa8dad2a903fcf534abc8736f7",
      },
      {
        tcId: 87,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "doubling in Jacobian coordinates",
        public:
          "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010010e59be93c4f269c0269c79e2afd65d6aeaa9b701eacc194fb3ee03df47849bf550ec636ebee0ddd4a16f1cd9406605af38f584567770e3f272d688c832e843564",
        private:
          "018f3dbe37135cd8c8c04182952f6e6f9bfdbb6af4c98f31ba30abc68d88e1ea980d4edcdb5b19f0610082194137ebb019e7a664b522189a186cbe5a03376c0713fb",
        shared:
          "008f61e15e8c8545dcdab188f10ba9111b6345d529d9c5470677342df7ef54c56a1fb9fbe8dea76afbe8f2dd4c3cfb4d5b749d743944c96d74fb47bc4bf601e5dc7e",
      },
      {
        tcId: 165,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "a zero turns up while x is computed",
        public:
          "04019f079ce6fa27dc8bd63043c7f655828797aa703037863f1ec484093d5cd5b94832adb0dc6dd214c5c93e44774a0d8fc53cfc1bbde61e0d8736f0653eaa731d067900fcf0e8e09d71c8eab60e49472e9ea14bac96d4e94f046c09573e25af846eaedb534bf97c8730f59dcc8496b32ce8303bd008bb4a54eada3f76a4ed77a171d94f65",
        private:
          "01781d86cac2c052b7e4f48cef415c5c1319e07db70db92a497c2ac764e9509ac0b07322801f5ae1f28c9d7db71f79e5f51bf646790af988d62339a6d1543192e327",
        shared:
          "0090d26cfbf90d1ca771852a8605e1df8b2c6b79679b8438eca65386071e585997114909164d750ad8b6f00ddf511a9e2e99234920a34452cf6f6bf9e7a2cb670c72",
      },
      {
        tcId: 479,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "an intermediate point has x = 0",
        public:
          "0400b08df0612ddbbd8abe1cadf654f7b1500942971cb17fb63936750308bdf3e91daba0e2005575de7e7038f8379e997596d6696e5722489f7fd5f41a85f9b27b206e006d4f3558ec858e8b7b8f31af480a80484223a6f3652868a36d8aa0412e79d57c5d32297d80b508bf5a1bb52fb439163acc26b473033dc24834e0a44dfa43480a9e",
        private:
          "01781d86cac2c052b7e4f48cef415c5c1319e07db70db92a497c2ac764e9509ac0b07322801f5ae1f28c9d7db71f79e5f51bf646790af988d62339a6d1543192e327",
        shared:
          "015415d54abdb8536e1ae2ac00051e2af3c042a821530165d1febb6ebdd74781ebd3387f9dd8845d31a0331e4eb542085b61f0f9f408ba5b4635dd24dabadaef4701",
      },
      {
        tcId: 632,
        result: "valid",
        flags: ["AdditionChain"],
        comment: "private scalar near the order",
        public:
          "0401ad5043591dbe81657fe3d1c3d7a516606ad9d320a35fce8aaec8a950fb53f95388f3fc48be998e99334ad9e9234cded14471fe86caccaa07d058ee8771733ac3b900854de36366590b9ee4d0370ea6b00f7ebd8156ccf14e99f1a5344a9b4964fbb8348b081a8840c6b64be77997ad8bebfea5e7d9f7a6a7fa6d7655c50b2b7835f314",
        private:
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386407",
        shared:
          "01c168314cdc85757ade34a52a9e5379ffa5968f084b7e404939a8033a0fc698e26211754b9b2c04cf8a1420abe6e986ef1a238bbb91dd402b72e0ed50a876f1a83e",
      },
      {
        tcId: 633,
        result: "valid",
        flags: ["CVE_2017_10176"],
        comment: "wrong point addition",
        public:
          "0400c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        private:
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e913863f7",
        shared:
          "01bc33425e72a12779eacb2edcc5b63d1281f7e86dbc7bf99a7abd0cfe367de4666d6edbb8525bffe5222f0702c3096dec0884ce572f5a15c423fdf44d01dd99c61d",
      },
      {
        tcId: 634,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "(0, 0) is not on the curve",
        public:
          "04000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private:
          "01c6cafb74e2a50c82c7a63d13294bfea113f271e01ae305f79af43203cd32115ecdf2fee5fedba2ad3126783db0c3c4d3029a14369e8f80dbd15d512f13e51c503c",
        shared: "",
      },
      {
        tcId: 646,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "x = p: not a field element",
        public:
          "0401ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private:
          "01c6cafb74e2a50c82c7a63d13294bfea113f271e01ae305f79af43203cd32115ecdf2fee5fedba2ad3126783db0c3c4d3029a14369e8f80dbd15d512f13e51c503c",
        shared: "",
      },
      {
        tcId: 650,
        result: "invalid",
        flags: ["InvalidEncoding"],
        comment: "no bytes",
        public: "",
        private:
          "01c6cafb74e2a50c82c7a63d13294bfea113f271e01ae305f79af43203cd32115ecdf2fee5fedba2ad3126783db0c3c4d3029a14369e8f80dbd15d512f13e51c503c",
        shared: "",
      },
      {
        tcId: 651,
        result: "invalid",
        flags: ["InvalidCompressedPublic", "CompressedPoint"],
        comment: "compressed, and its x is on no point",
        public:
          "0200429cb431c18f5f4e4e502f74214e6ac5ec2c3f86b830bac24de95feae142ca7d9aa8aa5b34f55af4b2848f2e6ba6df4c3ecd401a1d7b2a8287a332b202196fadbb",
        private:
          "01c1fb2cac9087a3397814b198a80e2ea5b437aac1b41e8a2bd8fef8700e4812aa817320e6e1e3865bd2cf75e43a78be5c27ff1c4b5f5019333cb37d0c9c4ff3ec61",
        shared: "",
      },
      {
        tcId: 652,
        result: "invalid",
        flags: ["WrongCurve", "CompressedPoint"],
        comment: "compressed point of small order on the twist",
        public:
          "020108cbf3c9bf8e42135d87127556831076d84d5e549e645afda8a099249231b59b6c508dee4e91c9a543e90ebc82613f86cb1290e29102a0f2fdeb57bf4193fb4639",
        private:
          "6619644155c449758f65e2dfe7ba89dee1e090c1d68b6342f43cb1ac000090a7f0408138c1de217990bb015cd1d95f1d884cf659f7324f2fe21eeba63ea988aacd",
        shared: "",
      },
    ],
  },
];
