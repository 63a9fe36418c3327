/**
 * ECDH with the peer's key in a SubjectPublicKeyInfo, as certificates have it: what can be wrong with one, on P-256.
 */

import type { VectorGroup } from "./vectors.ts";

/** From `ecdh_secp256r1_test.json`. */
export const ecdhSecp256r1: readonly VectorGroup[] = [
  {
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "ordinary",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d0301070342000462d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26ac333a93a9e70a81cd5a95b5bf8d13990eb741c8c38872b4a07d275a014e30cf",
        private: "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        shared: "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
      },
      {
        tcId: 2,
        result: "acceptable",
        flags: ["CompressedPublic", "CompressedPoint"],
        comment: "compressed point",
        public:
          "3039301306072a8648ce3d020106082a8648ce3d0301070322000362d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26",
        private: "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        shared: "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["EdgeCaseSharedSecret"],
        comment: "secret of all zeros",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d0301070342000458fd4168a87795603e2b04390285bdca6e57de6027fe211dd9d25e2212d29e62080d36bd224d7405509295eed02a17150e03b314f96da37445b0d1d29377d12c",
        private: "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        shared: "0000000000000000000000000000000000000000000000000000000000000000",
      },
      {
        tcId: 48,
        result: "valid",
        flags: ["EdgeCaseEphemeralKey"],
        comment: "public x at the edge of the field",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d030107034200047fffffffffffffffffffffffeecf2230ffffffffffffffffffffffffffffffff00000001c7c30643abed0af0a49fe352cb483ff9b97dccdf427c658e8793240d",
        private: "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
        shared: "6fd26661851a8de3c6d06f834ef3acb8f2a5f9c136a985ffe10d5eeb51edcfa3",
      },
      {
        tcId: 111,
        result: "valid",
        flags: ["EdgeCaseDoubling"],
        comment: "edge case of point doubling",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d03010703420004851eb1b8699d1cc01c6b6048139797dab3981c924f9ef81bd1f464c3182c870901285b2ae7cbcabfd5bccb9441eb3376b491595f60a1ec21dbe9f972bc32abbe",
        private: "00e461c5b5e63d75b4c8c123bf8b9cd45e712af08f7e2e494a8f255ac9d80e058b",
        shared: "6d03fef6b354840f4642fba1c8fce9f7d1cda8ae27b6ca01510fb44573fdaffb",
      },
      {
        tcId: 315,
        result: "valid",
        flags: ["AdditionChain"],
        comment: "private scalar at an edge",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d0301070342000431028f3377fc8f2b1967edaab90213acad0da9f50897f08f57537f78f116744743a1930189363bbde2ac4cbd1649cdc6f451add71dd2f16a8a867f2b17caa16b",
        private: "03",
        shared: "85a0b58519b28e70a694ec5198f72c4bfdabaa30a70f7143b5b1cd7536f716ca",
      },
      {
        tcId: 330,
        result: "valid",
        flags: ["CVE-2017-8932"],
        comment: "carry lost in an assembly multiplication",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d03010703420004023819813ac969847059028ea88a1f30dfbcde03fc791d3a252c6b41211882eaf93e4ae433cc12cf2a43fc0ef26400c0e125508224cdb649380f25479148a4ad",
        private: "2a265f8bcbdcaf94d58519141e578124cb40d64a501fba9c11847b28965bc737",
        shared: "4d4de80f1534850d261075997e3049321a0864082d24a917863366c0724f5ae3",
      },
      {
        tcId: 332,
        result: "invalid",
        flags: ["InvalidCurveAttack"],
        comment: "(0, 0) is not on the curve",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d0301070342000400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 348,
        result: "invalid",
        flags: ["InvalidEncoding"],
        comment: "empty bit string",
        public: "3018301306072a8648ce3d020106082a8648ce3d030107030100",
        private: "7e4aa54f714bf01df85c50269bea3a86721f84afe74f7b41ea58abcf3474e88d",
        shared: "",
      },
      {
        tcId: 349,
        result: "invalid",
        flags: ["WrongCurve"],
        comment: "point of order 2 on another curve",
        public:
          "3056301006072a8648ce3d020106052b8104000a03420004fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f3d9df6defaca30298506113d7501978507d339fe0547962cac4cd6dfc56c9769",
        private: "00fdba54b3c22de358d937431b148b4a52a314426afdac550caa8c0c04cf0baaf4",
        shared: "",
      },
      {
        tcId: 350,
        result: "invalid",
        flags: ["ModifiedPublicPoint", "InvalidPublic"],
        comment: "a bit of the point is wrong",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d030107034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764c",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "",
      },
      {
        tcId: 352,
        result: "invalid",
        flags: ["WrongOrder", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, negative order",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f50221ff00000000ffffffff00000000000000004319055258e8617b0c46353d039cdaaf020101034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 354,
        result: "acceptable",
        flags: ["WrongOrder", "UnusedParam", "UnnamedCurve"],
        comment: "explicit parameters, order 1",
        public:
          "308201133081cc06072a8648ce3d02013081c0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5020101020101034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 356,
        result: "acceptable",
        flags: ["ModifiedGenerator", "UnusedParam", "UnnamedCurve"],
        comment: "explicit parameters, generator (0, 0)",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b04410400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 358,
        result: "invalid",
        flags: ["NegativeCofactor", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, cofactor -1",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6325510201ff034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 359,
        result: "invalid",
        flags: ["NoCofactor", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, without cofactor, on another curve",
        public:
          "308201303081e906072a8648ce3d02013081dd020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 360,
        result: "acceptable",
        flags: ["ModifiedCofactor", "UnusedParam", "UnnamedCurve"],
        comment: "explicit parameters, cofactor 2",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020102034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 361,
        result: "invalid",
        flags: ["LargeCofactor", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, cofactor n",
        public:
          "308201553082010d06072a8648ce3d020130820100020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 363,
        result: "invalid",
        flags: ["ModifiedPrime", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, another prime",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100fd091059a6893635f900e9449d63f572b2aebc4cff7b4e5e33f1b200e8bbc1453044042002f6efa55976c9cb06ff16bb629c0a8d4d5143b40084b1a1cc0e4dff17443eb704205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b0441040000000000000000000006597fa94b1fd90000000000000000000000000000021b8c7dd77f9a95627922eceefea73f028f1ec95ba9b8fa95a3ad24bdf9fff414022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101034200040000000000000000000006597fa94b1fd90000000000000000000000000000021b8c7dd77f9a95627922eceefea73f028f1ec95ba9b8fa95a3ad24bdf9fff414",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "cea0fbd8f20abc8cf8127c132e29756d25ff1530a88bf5c9e22dc1c137c36be9",
      },
      {
        tcId: 365,
        result: "invalid",
        flags: ["ModifiedGroup", "InvalidPublic"],
        comment: "secp256k1 in place of secp256r1",
        public:
          "3056301006072a8648ce3d020106052b8104000a03420004a1263e75b87ae0937060ff1472f330ee55cdf8f4329d6284a9ebfbcc856c11684225e72cbebff41e54fb6f00e11afe53a17937bedbf2df787f8ef9584f775838",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "",
      },
      {
        tcId: 366,
        result: "acceptable",
        flags: ["ModifiedCurveParameter", "UnusedParam", "UnnamedCurve"],
        comment: "explicit parameters, a = 0",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff30440420000000000000000000000000000000000000000000000000000000000000000004201b95c2f46065dbf0f3ff09153e4748ed71595e0774ba8e25c364ff1e6be039b70441041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101034200041510264c189c3d523ff9916abd7069efa6968d8dc7ddb6457d7869b53ea60cdcfafb7ed4786da15d29ee59256f536da3575a4888c1bb0a95b256f4a7e9fd764a",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "d003f5cc83852584061f7a8a28bcb5671ecbda096e16e7accfa8f8d311a3db7a",
      },
      {
        tcId: 367,
        result: "invalid",
        flags: ["WeakPublicKey", "InvalidPublic", "UnnamedCurve"],
        comment: "explicit parameters, key of order 3",
        public:
          "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff3044042084b73db8827e8b3be3e19999bfc0edbd1a8d7d4a769c98c908722ae616c2707504204b07e7fb93c8c70ac19473fb808237fd22283557803c4f9a40c7fc4451b5321a0441045496d929cd5407ffbb4511d623a153fb672a3842f13c31aa1c0279dc9812bcafc9198ab53fc4fa2b78e9743103402985880a15ea2246c3479ed617e419c29b83022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101034200045496d929cd5407ffbb4511d623a153fb672a3842f13c31aa1c0279dc9812bcaf36e67549c03b05d587168bcefcbfd67a77f5ea16ddb93cb86129e81be63d647c",
        private: "4f3414d1589b49f7172d439cbbe78e5b5350dc85dea40cd2d6274740c6e0239c",
        shared: "",
      },
      {
        tcId: 369,
        result: "invalid",
        flags: ["WrongCurve"],
        comment: "key on secp384r1",
        public:
          "3076301006072a8648ce3d020106052b81040022036200041f17901e731b06f349b6e9d7d17d45e8a2b46115a47485be16197932db87b39405b5c941b36fd61b9ef7dd20878e129e55a2277099c601dcdb3747f80ad6e166116378e1ebce2c95744a0986128cfeeaac7f90b71787d9a1cfe417cd4c8f6af5",
        private: "00b44f9670fedba887ad8e806226063e77604b27c362836326e93ecb7fcc6dc297",
        shared: "",
      },
      {
        tcId: 384,
        result: "invalid",
        flags: ["InvalidCompressedPublic", "CompressedPoint"],
        comment: "compressed, and its x is on no point",
        public:
          "3039301306072a8648ce3d020106082a8648ce3d03010703220002fd4bf61763b46581fd9174d623516cf3c81edd40e29ffa2777fb6cb0ae3ce535",
        private: "6f953faff3599e6c762d7f4cabfeed092de2add1df1bc5748c6cbb725cf35458",
        shared: "",
      },
      {
        tcId: 391,
        result: "acceptable",
        flags: ["InvalidAsn"],
        comment: "length in a longer form than needed",
        public:
          "308159301306072a8648ce3d020106082a8648ce3d030107034200042998705a9a71c783e1cf4397dbed9375a44e4cb88053594b0ea982203b6363b063d0af4971d1c3813db3c7799f9f9324cbe1b90054c81b510ff6297160add66b",
        private: "00c9551ffe53ce60d73cbf8af553d0cb5f7632ece499590182c28cb6db2e3978d2",
        shared: "f0b6d851dcd8e9a8c474d695137962f082c4f2a1a2eefb182df58d88a72829e4",
      },
      {
        tcId: 459,
        result: "acceptable",
        flags: ["InvalidAsn"],
        comment: "indefinite length",
        public:
          "3080301306072a8648ce3d020106082a8648ce3d030107034200042998705a9a71c783e1cf4397dbed9375a44e4cb88053594b0ea982203b6363b063d0af4971d1c3813db3c7799f9f9324cbe1b90054c81b510ff6297160add66b0000",
        private: "00c9551ffe53ce60d73cbf8af553d0cb5f7632ece499590182c28cb6db2e3978d2",
        shared: "f0b6d851dcd8e9a8c474d695137962f082c4f2a1a2eefb182df58d88a72829e4",
      },
      {
        tcId: 548,
        result: "acceptable",
        flags: ["InvalidAsn"],
        comment: "algorithm identifier of another algorithm",
        public:
          "3059301306072a8648ce3d028106082a8648ce3d030107034200042998705a9a71c783e1cf4397dbed9375a44e4cb88053594b0ea982203b6363b063d0af4971d1c3813db3c7799f9f9324cbe1b90054c81b510ff6297160add66b",
        private: "00c9551ffe53ce60d73cbf8af553d0cb5f7632ece499590182c28cb6db2e3978d2",
        shared: "f0b6d851dcd8e9a8c474d695137962f082c4f2a1a2eefb182df58d88a72829e4",
      },
      {
        tcId: 609,
        result: "acceptable",
        flags: ["InvalidAsn"],
        comment: "unused bits in the bit string",
        public:
          "3059301306072a8648ce3d020106082a8648ce3d030107034201042998705a9a71c783e1cf4397dbed9375a44e4cb88053594b0ea982203b6363b063d0af4971d1c3813db3c7799f9f9324cbe1b90054c81b510ff6297160add66b",
        private: "00c9551ffe53ce60d73cbf8af553d0cb5f7632ece499590182c28cb6db2e3978d2",
        shared: "f0b6d851dcd8e9a8c474d695137962f082c4f2a1a2eefb182df58d88a72829e4",
      },
    ],
  },
];
