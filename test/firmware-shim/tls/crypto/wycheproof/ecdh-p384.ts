/**
 * ECDH on P-384 with the peer's key as a bare point, as TLS sends it: secrets, keys and intermediate results at the
 * edges of the field, and points that are none.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdh_secp384r1_ecpoint_test.json`. */
export const ecdhSecp384r1Point: readonly VectorGroup[] = [
  {
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "ordinary",
        public:
          "04790a6e059ef9a5940163183d4a7809135d29791643fc43a2f17ee8bf677ab84f791b64a6be15969ffa012dd9185d8796d9b954baa8a75e82df711b3b56eadff6b0f668c3b26b4b1aeb308a1fcc1c680d329a6705025f1c98a0b5e5bfcb163caa",
        private:
          "766e61425b2da9f846c09fc3564b93a6f8603b7392c785165bf20da948c49fd1fb1dee4edd64356b9f21c588b75dfd81",
        shared:
          "6461defb95d996b24296f5a1832b34db05ed031114fbe7d98d098f93859866e4de1e229da71fef0c77fe49b249190135",
      },
      {
        tcId: 2,
        result: "acceptable",
        flags: ["CompressedPublic", "CompressedPoint"],
        comment: "compressed: not a form that TLS 1.2 offers",
        public:
          "02790a6e059ef9a5940163183d4a7809135d29791643fc43a2f17ee8bf677ab84f791b64a6be15969ffa012dd9185d8796",
        private:
          "766e61425b2da9f846c09fc3564b93a6f8603b7392c785165bf20da948c49fd1fb1dee4edd64356b9f21c588b75dfd81",
        shared:
          "6461defb95d996b24296f5a1832b34db05ed031114fbe7d98d098f93859866e4de1e229da71fef0c77fe49b249190135",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret of all zeros",
        public:
          "04490e96d17f4c6ceccd45def408cea33e9704a5f1b01a3de2eaaa3409fd160d78d395d6b3b003d71fd1f590fad95bf1c9d8665efc2070d059aa847125c2f707435955535c7c5df6d6c079ec806dce6b6849d337140db7ca50616f9456de1323c4",
        private:
          "00a2b6442a37f8a3759d2cb91df5eca75b14f5a6766da8035cc1943b15a8e4ebb6025f373be334080f22ab821a3535a6a7",
        shared:
          "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
      },
      {
        tcId: 41,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret close to p / 3",
        public:
          "045c6ec664e5212f0ba35465347105e658641260354ca8fcd77479464c3bbf2a6eb22104712b30e3879857b21a4c66ad396fbff4263e4e59a3a294c59d80e6f18103d0f8a08f78e10f3996b2e4dff07b3301e2d42384fab1ce304fc2038228ee74",
        private:
          "00a2b6442a37f8a3759d2cb91df5eca75b14f5a6766da8035cc1943b15a8e4ebb6025f373be334080f22ab821a3535a6a7",
        shared:
          "5555555555555555555555555555555555555555555555555555555555555554ffffffffaaaaaaaaaaaaaaaaffffffff",
      },
      {
        tcId: 53,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "peer's x is zero",
        public:
          "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003cf99ef04f51a5ea630ba3f9f960dd593a14c9be39fd2bd215d3b4b08aaaf86bbf927f2c46e52ab06fb742b8850e521e",
        private:
          "2bc15cf3981eab6102c39f9a925aa1309db59c2c02a54411928d73c3945d157848dc36959efef7495c8528ea284c1c97",
        shared:
          "6092a1757ddd43a04e185ff9472a0d18c7f7a7dc802f7e059e0c69ae16c802651719406e04de27652ff83da4a780ef2f",
      },
      {
        tcId: 95,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "doubling in Jacobian coordinates",
        public:
          "0487221e1bb91d5b6f6852b8026b4f07fa3feed095f9173896854132a1ef7740205f57a5a8f157ea59837b27677e465bc86385be41e0220ccb27e61d1539ac35c0230c1a7085fa1b35a4fccbee2f31c91ec56ad0e20d718c66e2329e09f96f2ceb",
        private:
          "00938f3dbe37135cd8c8c04182952f6e6f9bfe7a4cff4eacf90612a48865dc43e9b5d230f761d1fc4dfb69be20e84ccc8f",
        shared:
          "f722b9e9bc9ae1658fe88be2b585cc97ca6e3ceb0be0b7cf6a948726686d9182045fa7291cb185164f8e777649242dc4",
      },
      {
        tcId: 270,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "a zero turns up while x is computed",
        public:
          "04a7c28ff446c58080c6c77d19d559f1394b791ced8694c94d58c3f7196903b0807fa9a5a8e6032ed5af0f7d7512093cc41d7c7165d57c6d8e12ff9e7f3ed75a608e6a2d81043df37edd98056beefa007c9c4e399b69e9a9cdcdeb02ad8521dd8a",
        private:
          "00c1781d86cac2c052b7e4f48cef415c5c133052f4e504397e75e4d7cd0ca149da0b4988b8a6ded5ceae4b580691376187",
        shared:
          "2d821d63ea67645578c105f76df7abf24a0fdc2d44c1b9f69e77876b45bbdc781d822d92d6fd5a8677c5484282fb3eba",
      },
      {
        tcId: 483,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "an intermediate point has x = 0",
        public:
          "04fa8919e4524e7040489cc17aa3d620f88276ef248d1ecd1e9a6637c7a06765f6f1d593b1febe331b9f696e82c5be61a4a074a912309662f44ce0825bf134582116cac3310577d5a00722ba513e6334cc17101091223346db67063cf6e7bffbff",
        private:
          "00c1781d86cac2c052b7e4f48cef415c5c133052f4e504397e75e4d7cd0ca149da0b4988b8a6ded5ceae4b580691376187",
        shared:
          "43484dcf01492eab684d39881908da7f40119fe7183bba625c32fdc14da3c4236dc3397234e7db41857495cd0d09491b",
      },
      {
        tcId: 772,
        result: "valid",
        flags: ["AdditionChain"],
        comment: "private scalar near the order",
        public:
          "04e9dfaaab808b3aac1ccca7cc6242a7ee583249afe8ee8f66b904cc8eec34ad334456e00f33a94de8b5169cf0199550c020156e9651734ff999c5f3ea62b83d0083a6093f234457251ecf72c41e4df7cea2420b5454a7f690034380bac981e92e",
        private:
          "00ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52971",
        shared:
          "024c5281487216058270cd1cfe259e948310e4adc263a9edaa4da0bc3f5f8ce8ffc88ae41b2c050bf6dd9c8c66857237",
      },
      {
        tcId: 773,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "(0, 0) is not on the curve",
        public:
          "04000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private:
          "00c6cafb74e2a50c82c7a63d13294bfea13d0bc504ba2b08a392c9081bf3815d9e44d969ed7f05ffd1d8594355053c6147",
        shared: "",
      },
      {
        tcId: 785,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "x = p: not a field element",
        public:
          "04fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private:
          "00c6cafb74e2a50c82c7a63d13294bfea13d0bc504ba2b08a392c9081bf3815d9e44d969ed7f05ffd1d8594355053c6147",
        shared: "",
      },
      {
        tcId: 789,
        result: "invalid",
        flags: ["InvalidEncoding"],
        comment: "no bytes",
        public: "",
        private:
          "00c6cafb74e2a50c82c7a63d13294bfea13d0bc504ba2b08a392c9081bf3815d9e44d969ed7f05ffd1d8594355053c6147",
        shared: "",
      },
      {
        tcId: 790,
        result: "invalid",
        flags: ["InvalidCompressedPublic", "CompressedPoint"],
        comment: "compressed, and its x is on no point",
        public:
          "024424530ea70bace90601f8d5869e4179a6cd689b6a18fdfec50cecf17cb836d24820211ada67815b42c2c2606303f69e",
        private:
          "2b9e57572da6cf4fb58cb94eab8df19383a136f219f2a515776a8bf48e1538dd1d811946c16d9f0184c9ce5cdf1dac51",
        shared: "",
      },
    ],
  },
];
