/**
 * ECDH on P-256 with the peer's key as a bare point, as TLS sends it: secrets, keys and intermediate results at the
 * edges of the field, and points that are none.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdh_secp256r1_ecpoint_test.json`. */
export const ecdhSecp256r1Point: readonly VectorGroup[] = [
  {
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "ordinary",
        public:
          "0462d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26ac333a93a9e70a81cd5a95b5bf8d13990eb741c8c38872b4a07d275a014e30cf",
        private: "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        shared: "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
      },
      {
        tcId: 2,
        result: "acceptable",
        flags: ["CompressedPublic", "CompressedPoint"],
        comment: "compressed: not a form that TLS 1.2 offers",
        public: "0362d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26",
        private: "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        shared: "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret of all zeros",
        public:
          "0458fd4168a87795603e2b04390285bdca6e57de6027fe211dd9d25e2212d29e62080d36bd224d7405509295eed02a17150e03b314f96da37445b0d1d29377d12c",
        private: "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        shared: "0000000000000000000000000000000000000000000000000000000000000000",
      },
      {
        tcId: 41,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret close to p / 3",
        public:
          "04e9c0af0bf6dadd8fbe04c5cf3fce80683a9c267b0dc9850cbc1bcdfeb744c3516efe878223dd9dd924e83e3ab22c9bf304129ab59c1f3d30fb58b8770bf9d9bf",
        private: "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        shared: "5555555500000000555555555555555555555555aaaaaaaaaaaaaaaaaaaaaaab",
      },
      {
        tcId: 45,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "peer's y is small",
        public:
          "043cbc1b31b43f17dc200dd70c2944c04c6cb1b082820c234a300b05b7763844c74fde0a4ef93887469793270eb2ff148287da9265b0334f9e2609aac16e8ad503",
        private: "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        shared: "7fffffffffffffffffffffffeecf2230ffffffffffffffffffffffffffffffff",
      },
      {
        tcId: 54,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "peer's y is large",
        public:
          "047fffffffffffffffffffffffeecf2230fffffffffffffffffffffffffffffffffffffffd383cf9bd5412f50f5b601cad34b7c00746823320bd839a71786cdbf2",
        private: "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
        shared: "6fd26661851a8de3c6d06f834ef3acb8f2a5f9c136a985ffe10d5eeb51edcfa3",
      },
      {
        tcId: 69,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "peer's x is zero",
        public:
          "04000000000000000000000000000000000000000000000000000000000000000066485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
        private: "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
        shared: "cfe4077c8730b1c9384581d36bff5542bc417c9eff5c2afcb98cc8829b2ce848",
      },
      {
        tcId: 70,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "peer's x is close to p",
        public:
          "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffc19719bebf6aea13f25c96dfd7c71f5225d4c8fc09eb5a0ab9f39e9178e55c121",
        private: "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
        shared: "4c25702d10cd12ec7e77c4f1979237976d6aa809c645d75a59d399a52377eb7b",
      },
      {
        tcId: 111,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "a zero turns up while x is computed",
        public:
          "04851eb1b8699d1cc01c6b6048139797dab3981c924f9ef81bd1f464c3182c870901285b2ae7cbcabfd5bccb9441eb3376b491595f60a1ec21dbe9f972bc32abbe",
        private: "00e461c5b5e63d75b4c8c123bf8b9cd45e712af08f7e2e494a8f255ac9d80e058b",
        shared: "6d03fef6b354840f4642fba1c8fce9f7d1cda8ae27b6ca01510fb44573fdaffb",
      },
      {
        tcId: 170,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "a zero turns up while y is computed",
        public:
          "0442e831d5dfd2b9f5387263cd686ee03dfa235cbc07f6f3a87a7e8150556362b32be47f8e3011572855ca487ffb594f7722ef9fc3292902a23146c19bbf6da76a",
        private: "00809c461d8b39163537ff8f5ef5b977e4cdb980e70e38a7ee0b37cc876729e9ff",
        shared: "e6d3991eecb1a4b78aa700ea56934a38785b3662c59766e2ee5b157f77ecbb7c",
      },
      {
        tcId: 202,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "an intermediate point has x = 0",
        public:
          "04dbfa466f12013255f9d57a6496c158ee7dd202a1ce4a5a53005b3564d509a0bbf2578007e857bdd082751ef2f3b4b9c38a0b87bab413d55ccb26a574f2b4be9d",
        private: "00809c461d8b39163537ff8f5ef5b977e4cdb980e70e38a7ee0b37cc876729e9ff",
        shared: "e2d57eeec983756c9124f885a4d118ed5b8de7d2895fd91264cf291496949a12",
      },
      {
        tcId: 315,
        result: "valid",
        flags: ["AdditionChain"],
        comment: "smallest private scalars",
        public:
          "0431028f3377fc8f2b1967edaab90213acad0da9f50897f08f57537f78f116744743a1930189363bbde2ac4cbd1649cdc6f451add71dd2f16a8a867f2b17caa16b",
        private: "03",
        shared: "85a0b58519b28e70a694ec5198f72c4bfdabaa30a70f7143b5b1cd7536f716ca",
      },
      {
        tcId: 329,
        result: "valid",
        flags: ["AdditionChain"],
        comment: "private scalar near the order",
        public:
          "0431028f3377fc8f2b1967edaab90213acad0da9f50897f08f57537f78f116744743a1930189363bbde2ac4cbd1649cdc6f451add71dd2f16a8a867f2b17caa16b",
        private: "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
        shared: "027b013a6f166db655d69d643c127ef8ace175311e667dff2520f5b5c75b7659",
      },
      {
        tcId: 330,
        result: "valid",
        flags: ["CVE-2017-8932"],
        comment: "carry lost in an assembly multiplication",
        public:
          "04023819813ac969847059028ea88a1f30dfbcde03fc791d3a252c6b41211882eaf93e4ae433cc12cf2a43fc0ef26400c0e125508224cdb649380f25479148a4ad",
        private: "2a265f8bcbdcaf94d58519141e578124cb40d64a501fba9c11847b28965bc737",
        shared: "4d4de80f1534850d261075997e3049321a0864082d24a917863366c0724f5ae3",
      },
      {
        tcId: 332,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "(0, 0) is not on the curve",
        public:
          "0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 333,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "(0, 1) is not on the curve",
        public:
          "0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 337,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "x = 1, not on the curve",
        public:
          "0400000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000001",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 344,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "x = p: not a field element",
        public:
          "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff0000000000000000000000000000000000000000000000000000000000000000",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 347,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "x = p and y = p",
        public:
          "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffffffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 348,
        result: "invalid",
        flags: ["InvalidEncoding"],
        comment: "no bytes",
        public: "",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 349,
        result: "invalid",
        flags: ["InvalidCompressedPublic", "CompressedPoint"],
        comment: "compressed, and its x is on no point",
        public: "02fd4bf61763b46581fd9174d623516cf3c81edd40e29ffa2777fb6cb0ae3ce535",
        private: "6f953faff3599e6c762d7f4cabfeed092de2add1df1bc5748c6cbb725cf35458",
        shared: "",
      },
      {
        tcId: 350,
        result: "invalid",
        flags: ["WrongCurve", "CompressedPoint"],
        comment: "compressed point of small order on the twist",
        public: "03efdde3b32872a9effcf3b94cbf73aa7b39f9683ece9121b9852167f4e3da609b",
        private: "00d27edf0ff5b6b6b465753e7158370332c153b468a1be087ad0f490bdb99e5f02",
        shared: "",
      },
    ],
  },
];
