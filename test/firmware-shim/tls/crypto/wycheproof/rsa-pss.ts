/** RSASSA-PSS with MGF1 of the message's hash and a salt of its length, as TLS 1.3 has it. */

import type { VectorGroup } from "./vectors.ts";

/** From `rsa_pss_2048_sha256_mgf1_32_test.json`. */
export const rsaPss2048Sha256: readonly VectorGroup[] = [
  {
    publicKey: {
      modulus:
        "00a2b451a07d0aa5f96e455671513550514a8a5b462ebef717094fa1fee82224e637f9746d3f7cafd31878d80325" +
        "b6ef5a1700f65903b469429e89d6eac8845097b5ab393189db92512ed8a7711a1253facd20f79c15e8247f3d3e42" +
        "e46e48c98e254a2fe9765313a03eff8f17e1a029397a1fa26a8dce26f490ed81299615d9814c22da610428e09c7d" +
        "9658594266f5c021d0fceca08d945a12be82de4d1ece6b4c03145b5d3495d4ed5411eb878daf05fd7afc3e09ada0" +
        "f1126422f590975a1969816f48698bcbba1b4d9cae79d460d8f9f85e7975005d9bc22c4e5ac0f7c1a45d12569a62" +
        "807d3b9a02e5a530e773066f453d1f5b4c2e9cf7820283f742b9d5",
      publicExponent: "010001",
    },
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "an ordinary one",
        msg: "",
        sig:
          "4f01e0c12b08625ecac89a69231906edf826380f37c959a96690d046316d68ffce9d5c471694fcebfc6b45534864" +
          "689256e4fc81c78e583f675d0c94b449647451e81beff01a11a516d5e5ce3f1a910437cb8a3a5096b19fb15f4524" +
          "a35b23d89cdba12cf5b71aac1047b28c562df7c5542c34ce23a182cf7e0e231934b17294799d44877a1d68ef1b8f" +
          "073619b7618e6b7c22db20030d98cf591ffc3d4da5f58613ecd5ecfc3b40a1d02f40891ca43695cd4c088b05a805" +
          "4c89c595a47e274816f35384226f74459ee63e25a1bfc03c360490552ec38343f8ace502f065303b00bc0ec32071" +
          "1b211fde92e57feb9013c3609342495ec0d7cabdec21e54acc38",
      },
      {
        tcId: 3,
        result: "valid",
        flags: ["Normal"],
        comment: "an ordinary one",
        msg: "54657374",
        sig:
          "401eb03cdb47ca88033e3030f6bdecbac8f5c8fc1dd6a13d23d379ed9a2b309891d13d74fea9d21d159b9e6d8f37" +
          "efa2489962e24555f56dd434ff1d31ce4f9f5abd3f22cbea8b691d6a11e44efb83e2bca155e6a164325e0fde2a88" +
          "65afd5c9f51161a9d615f62af7ec2e31b3e5ab649c164490d31d88cfae35b84aea7925690f929a144b6d2f48e8fb" +
          "894a52deecd1b9a6496990c4ecf1588699a42cacd10c53af350514e4291ea9a058e77f101e32c1c0cefa61d945f7" +
          "bc931f8bd19e7ba3169358a60e5a8b0123bc3199b9fdcafe8e519c41ba675491a27b85e44ef2d77277c10fe10729" +
          "3c8290186913bc9a99b640d8da041b64f31eab1d35920985f4a5",
      },
      {
        tcId: 6,
        result: "valid",
        flags: ["Normal"],
        comment: "an ordinary one",
        msg: "61",
        sig:
          "4e68a8375e086990bde05fc4bbde2d368f8d96a5bbcf16d9239fcdd45942d764fc2317d90f4f62ec80059490240b" +
          "e8f32dfc32414a427c7e34be25ed0dcaee6927881e797db97a0341fdde459b9cc915d0a348e15dcbfe1b0780472f" +
          "52a887faffc988a9ceb677e1cf5638e44a9d6f2532417ed0bde5d67f5dc9229ef1f3cfd9cb46c695738fd006cc62" +
          "d02f5df76996270223060f72505ccfbdf4e88d961e2e7763705480335148ecdd23d1202c26a963860dc769a43e44" +
          "c72285092ba7f24d81844e612bf03f9c2ddd4e5960622f71672f4e42b8a8f36c6847a05f70400207471c575d6a96" +
          "0fac1de809118efb52903ca37f12d40f6de74decb9a5b8a415d4",
      },
      {
        tcId: 8,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "a hash of a special form",
        msg: "343236343739373234",
        sig:
          "3a52bec84b5b41e09358a7fe24bb7ae0cb39364374c911e0d3f011f2c4c79667f43eb700fcb33e44533654b3efdb" +
          "37e627eaf1352d21a187a70a86b79b2c34ae3eef944e3e61d361c3baa446dd465f2ddc0b2ae7bc8beec1761922fb" +
          "5d7aa6cc4fab9d1a0835f15cd71ccb3fcb57c578a46a7197dab478b7d1ed7c6235dea3b117472c334c3a18fb8a57" +
          "4922f511d7ebf030201dd7457a3860a6af6252ddaf90d07d90aca03f7037223400c066db1d7feb91d84815af2430" +
          "190a2170ac7eeff898ebd5c4c7e9bed19aa86293aa257a9ad0a5146be80e7ce6081c8906d269d06bf037e34ee18a" +
          "ba113dcfc98eca70abed7249dc9a49f971648e58d7db2282ed6a",
      },
      {
        tcId: 14,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "a hash of a special form",
        msg: "333433363838373132",
        sig:
          "0ff6e37a9aa03391e6ec8270b926c123c7e6853e01e4530382ae1e9067c2c447f2d21ea4f6b8cffea5cdead0e7bb" +
          "f4c26c07418397f7dd85f4bbac0376aa099574dbd3142081428762e0092388142b351483b67fd8abfb5b73f10383" +
          "d33fc21aeedc6a0e6f8a3d47f11c8b319425f9768cbbf498adee29e7d52611feff8596b1ef21ebd203397d5842ca" +
          "cf570d79cf0b4308a32d0951a7fbf794b84e540cb52bb076972f003ad59a35deb7af887bedfd26cc7b2bf334e242" +
          "518978ff2e48224f89c7894737bb835bc353f4c0139553d3aa4722d0cb15c5e0aca5f5eb91dc9f4639aa81314038" +
          "367c2779ba5521b250b5ada48ea3d2bc41a1680900bcf3cf66bb",
      },
      {
        tcId: 51,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "a hash of a special form",
        msg: "3632313535323436",
        sig:
          "602440aba9a9add4716555fda1dbc6a934224c6b762433485e160620fee1607e9079eb265ddbbfaf75fa266b19d7" +
          "52b7721d4ea5203ee2dca840f078dad7517ea2392142e4a9086401bc3ff19ed5b7628390b0175bc982668fc86e2f" +
          "ab33acf17f3ac229d12ab7cdc29ffb98649669ae3e6443d0916b611489c9642d356ca1bfd3aee35d96bf9bc7a9b6" +
          "734be5f77f96ddf2b9cb366650619c53dc5b5beadc7d5815e7b36b58f3cede2d47ff228cacce2789b8d875edaef9" +
          "b0919bdccb9cf90a7b5eb4e7b996215c943c017e24d1f2ad8c3bd844668d0deb566d587e378c38d547f8aa473465" +
          "fadec8624fdff1f980c9506ca12eb999f2b8f18f0f5c9b2bf460",
      },
      {
        tcId: 62,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "67d1d1c0a398148625317c3f5e44b738bdf461c27a59594b39ebb2aebef233c7809379e54411411b82d2e7ac88f9" +
          "89b58373d532c758baea121878ce9759441738d121881c1fa2d04421f02dd565b12770d844611ed1873a0b64d822" +
          "709a6b78d6d3892b294404bce6711001d6c3a54546c76a1d17819674b0be904497a233b466fe4becc832dee740f9" +
          "ab79e5b9f5db0b0f9aac0084ba05cebf42303b5ca2ad95e3d61b29ed6475545c02e93e7b0e118af92f5cddb1faeb" +
          "2cbc23c9e69c120e29df7fe31991e887b3b29e77688c60e80be65cccf3d7861a7a14c39e6a6e5645568e2cc5e4a1" +
          "7b75db1dd415aadb45e112a9b582b2ff6e82a43d7a7347b7b56d",
      },
      {
        tcId: 63,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "842348f2b2cdd4c72cda7dbec0fb8b114e419cbfc1ee1b7ce5d70ec56a833c4ebc8c114dc3c92164b13f4692f236" +
          "d6b88e5618b23af9fa979fe9b5d8eb228b1efd0da8e47b4c4042965c8b9f08eb9f6fdf7e472c88f532d4d851623b" +
          "4bf99e021e82ef313c7d93179af810b70aaf929a395ece713d5fec3339e394210b56f1edf26dedfb04083bd24eb0" +
          "d3ca117761f38319c3b97a9453993dafd3d2dd8c01cd63117f8fda46f52565e4d7de9f718f1f23254c4f9ee77ad1" +
          "414af4d4dcf959a89bef438329516cc9b79149db058d206e6d7c0133e7c870335f0490b8c569d787443c4a84ff66" +
          "5dbc6f4353dec66f9c488a3f91071ce19553a7c156025f1f81b2",
      },
      {
        tcId: 64,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "77c9dd7786f0b5cbe76f20abf24361f8979d3a6c6c122e798eda906b0b9700cd2dd26e5286ddd39d07b7c24379cb" +
          "40f8350354a36b0759bfade61d3d770702b58218c5dc64ddd0d5fce405a16fbc4de3a5fbe7737032605c06ac82e1" +
          "74619c3004d24bbf22bd1ab3e4d432b4ae36c23573cbad845c16a1842e5de1a3bfa2f12d3496a3114fda830dd606" +
          "1cf538a4571fe088cc03dd7e8762fb08b84501843f5f0362a4fb097d6fe9b96970c0c505d2f6a59754c426849086" +
          "27fa8c734ecd587c161de7b7bdd69924c0b4d06cb7db2a70dd9257876d1da1ed8cc00fa68279525c346b7256c916" +
          "ccf1df9386ff9d1eb27f0a5d83a00a2738fa2dbfaa500baea789",
      },
      {
        tcId: 73,
        result: "valid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "1591ae743c58ceb723a76f502e21ff6a65c24cabf5f527bab5a6f2a69f20c776fd2251e43ad22e09b1486ceb1935" +
          "b2dc2ade95e233f296cc0e5a8af8109659be76b6bfdf37e14837fd6c34bfed1f19ec9d21f974b984fe4d4773896e" +
          "bcc7fb862fd641cd0d77178485c70c2d68b4d9be1d863f6f254b77991fc9053f5d5415d1aa74ba9067e2e6607fb6" +
          "51638c9cc0430a40c9b691977b557a31d95a290a95b56ef2ec8e4313686a9c5ef48235912b210fdd2c50aafac281" +
          "31104c795c42ae75810b0284b2d257e81ecac4240622ebc261ab8bceeeebe80f1cfa70f18d782aebb97d803ea3a8" +
          "95be541be6941df103eaaabd870848bfaf58cdaf6cecdd5a10bf",
      },
      {
        tcId: 74,
        result: "valid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "6f2f650ac10d5aa2c16703f657233da8c035da67a6e9e950dfd0391399da3a86ca7837dd7cf23e864d9cfca1fe77" +
          "dae45a01ba21d23dd918ca7bba094aae376100198f59834396ec942fcffdd7d6a44953f69bc60291b1eed5921a04" +
          "34d8b8953beb9d1e1b15fdca7090fa5c646847c0b759e94f056911ad188d4b0cc399c8c345757d5022f1a38926de" +
          "0cbda8648a7affd9f031262b1079a3681d58249186fec4f6e98bf151c9b680a46b88dada9b42cca365cf908ed050" +
          "1cd21e02a5bc4c0675f23ece50987b703499eeb94b6c40b5cdf22299776fe30800f887a1dfff18cd8a7da8c23880" +
          "60dcb78c925c54b4e620cd3fe7546accfb3bbae9de08ba886009",
      },
      {
        tcId: 108,
        result: "invalid",
        flags: ["WrongPrimitive"],
        comment: "a signature of another scheme",
        msg: "313233343030",
        sig:
          "1758eb94588e6fc4f50c1be1afcaa41027869f304cad513b1fb12c2f446d63cdc05c4830a7e3e630da7b2da4f786" +
          "7cc173bf6420f9732277282596de41ded32e21d0cc31441174da8765f57419c7764ea758f55bc17646eb100c435d" +
          "1ac0eed6fc7ba6de5f832094ee2f479979765e05ac9976788db3c241a9e32a0da864f0019a87646ba623d63f4411" +
          "af5dee1be9ec488c7e3e1b231479de70b9ac5f78a17b1f4120aece45f26c07e7bb345fdfeb05e14bcaacc614672a" +
          "465fc523624cb19f66f9c6c3f642b832ca44cb25176d679f0e05606c3fed022cac24c2bf960a406d48818e3eb7ed" +
          "53b0446032469047dfed95fc18088c92d91d93722c47f88163a8",
      },
    ],
  },
];

/** From `rsa_pss_2048_sha384_mgf1_48_test.json`. */
export const rsaPss2048Sha384: readonly VectorGroup[] = [
  {
    publicKey: {
      modulus:
        "00cda6fa5ca76bfe0492ec57e0a3bfff7272dc8d1e25ad1fb338aa050f02c104e63133d6b5b7c4985ebbae9ac036" +
        "a5b9c03074d60aec8e25baf392a0c430ff05b88e948805d3dd74511d8885250a7b574215ada015c559076686e253" +
        "ccc96c0815b1291ee787cc3363b4f77d930eb998d7c582b24cea9ce21de9722791989863a27ebc80a00de5bd2f92" +
        "28775e5a4ceb054d58c9be36a054336971a13642dd9510dd696aa268db3aab2299d5d88f8e562434d1427094d3df" +
        "8e72d1ef69b4ed34d12bac375223b2a25cf227f735f816e85e17239304769a6082154cd15899fc1eaefb69b748a3" +
        "e5ed24d38372597de3e4e2a27b951d6ac7db182d6809d8ff511b7f",
      publicExponent: "010001",
    },
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "an ordinary one",
        msg: "",
        sig:
          "0e899239050ab21c102394e6d22090f51a225112a73257413b7fbc9dc5c479aa21537cbe2b126b69b7857d97c58b" +
          "5425cbd67b41e8b17c37d6df0bb0d73bd468103ac09a11ee5edaa42dad5080765b539921c031994cd02b367b5864" +
          "77ddf45a280499cc31d5f2853874836c0ed0c220cd388e698d94f10d20f696030af751ba9ebe44a19341a9f539ce" +
          "ebee0c0da6ec6333da9c7bfd44b6e48ef29bc07c43e9f0d829a888b6b19dd282dbe29e93d80c46a6fd0416c91296" +
          "7319b5c967c85002654f75ea03f5ad1e3c7e5c696c01d0bbfbfbe22d3a5ead904c8d810b655443da34d76e2f71ff" +
          "58401bc0d93adcd38175c94a2ae6a2b4b8066b53a9fc38fa5740",
      },
      {
        tcId: 9,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "a hash of a special form",
        msg: "3130333633303731",
        sig:
          "71ee3cb4d03d59e51a043a226a4ee748f8d18fdcc0ecca2b1ec2dc06dfb1c733cfc6872a4e821d4ffe2bff7c1d77" +
          "4dd92f9e68d5d51ad20caa1190cd2c961f97d9d436ca7c7d86673b819c03ee5cc8a8a9f0e751df0fdd4c44d936ee" +
          "a42ec38df87bb675f7bc49bb70c7aa18784f8e5b8820390ac721c92bbb749e5964b86e73d834c073b9ad28642755" +
          "effb33d78cf6240a777819574e4ee97d3b396674feaefcb1a67a3ec78aef914e51fc75014ed84441de04fc8f14a3" +
          "a72c6bb03343b2688594aa53566fd55f993cb761d5d6dbdfb6c44381c72e4bec68ebacf9a5a49044e9796aba31bc" +
          "1e45592b810f729abe30795fe5573ea654b3823a7b000d616382",
      },
      {
        tcId: 94,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "243c6bba129527fcd13b07b335a5203cb3d54965f0ff9ff6bcb24d9b410f360abb6ac198d434da1e8071b1892054" +
          "0af6ee6ba3107557cb8c01ac00dd929c201b62f89401131d3db209e8c238a9458f160d966343afe088a2e35d034d" +
          "91992505326ddf2d882cb1b26791fa13fd8756ff55efbb3ae800da65a7cf78ad88bce6a83c3f42de3da0738e0cb1" +
          "8ac979ef11d798e73b5e8a49dcf88a112115e319750ac828287b1e500512c0997fe094aa0309671291b0767cceab" +
          "19340d2ba225887cafb8f4a772ffa82222228c220bf8a6e1f4ea44ffaeab73315e880a4696a7d11c763e4b9d6c71" +
          "aca3aecc27bde372c444071c3df971e2b22f9e7c937d57ae6ad5",
      },
      {
        tcId: 106,
        result: "valid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "581afeec7d9ea6dc2999a2e3039fb2e7ebcb15a416129077ce1ec60e0f0d0dd9d81562d58e79be65d5227671c06e" +
          "e1f065767fea6ffa543a68c7864f330f852e60c923b97433a416711a068236486f6e3005a456305a36e7160ab194" +
          "b25de50761353e9f8e824e55bef6fcf3a455fae37a309af15ec9f094bb4cd51475449829d7363f573494e027f0f6" +
          "1c54073ec72dee7ff5f5b1ee952001eef2bc241c5fdb9977ee9b4a8e046d5e215db5148e442610744023ea143902" +
          "1befd095b22b41bd129e17bb3e529e9d3e85ecc47f6c7c9f1bc4a41ad8001a0afb38186eb849c79e024f2f28933e" +
          "f48325ebe25fbca14f01cbee722e5ae9a2ad2a8ffc9492f86d53",
      },
      {
        tcId: 140,
        result: "invalid",
        flags: ["WrongPrimitive"],
        comment: "a signature of another scheme",
        msg: "313233343030",
        sig:
          "521e5af2451d73b61b7af2d81eb427bba3911a3f2e61105bf38e15c74196c8e66d52239936aa1a7823606fdb4d24" +
          "3b32dca2c4a95cb3b302fd34a9c0879711095b4d1e75c59d005836c2b9a05ec1daa63148841b285c10bb70f46839" +
          "94fb0a598b927415ab2004dbdd6405d57804ea142f21600d5bf5487f3f7419ee2c2790a122199cff03be53847cbd" +
          "a28161f37810f046df1c54ffa9e3070ebd1f8b08b3293c6a160ef6593ab497415c2a086cd5242f3509b375f70e12" +
          "435b01c21bfee65f2156448831050eec3da4df7ddb04acdfd89a5cbd5f9afa75a8e3871378933c1483c28c1bf405" +
          "c42625b673bd0de4737ca144285af3981fcaa7302534e8c36e9e",
      },
    ],
  },
];

/** From `rsa_pss_4096_sha512_mgf1_64_test.json`. */
export const rsaPss4096Sha512: readonly VectorGroup[] = [
  {
    publicKey: {
      modulus:
        "00c9a765c2661b4674cff3480e9a5e462ad0ad2fc9bc6fbef62847b3113d20991f653967971c28252753f5fbacce" +
        "012c2a8ab592914d269efafa724fa4b920e340930c106f7b36f79cebf0e62e88e0e476888e9f0e22186acdb6c452" +
        "3a232b65b4ff2cc22dc44f8a559527d79d7cd7dcf3773212f7bb9aa133c31165cc663690bf123d73923c838929cc" +
        "afee59d6c7095b8d4a74baf2d192c9a4e87c4e12bc58013078b28a7789e82e9f31de1f4d6a2aa6e80632be8e4bdf" +
        "263e8d49b09416fb19c488c07ad8af722ab79182b23028a71e065d02412a9eebc46d7d8f4e03d79238d8c0cb4a97" +
        "a9a1200ebb6ec64042ebeccad9567526eeef12c17d94c1049c889970b96e94cc353172a268a49c5e8bee13c15b39" +
        "dec44f2c7a1aa37a7a0b6f72290acada32b1d8af1fc3dc8a89487ba81347cbeb1350925d30f923958106b49959c8" +
        "71e7c1dba55da0772e362cf8621d78610868b894e16e5dfec96874a93a4cf379b47e7e318ce315066d70ee393814" +
        "0a60148f205085cef8a7700ca3c53d52a5756a63b3b16f153062b61262a68496210c8be4ef3f9029ca0ea0e3b3a0" +
        "d5d6d226edbbf44daf8f045dc286ded3c4ec4db6b45347079f33eaf98e3c95b4b60e79ef4a3093feec543703422b" +
        "a74a118511c2193b54fe8b633866ed2c705ccbc6e7d9d3656809ec3d3356e7400a9648ec37505041e3e31af1c02e" +
        "efe924a67047d3",
      publicExponent: "010001",
    },
    tests: [
      {
        tcId: 1,
        result: "valid",
        flags: ["Normal"],
        comment: "an ordinary one",
        msg: "",
        sig:
          "bbb7dab2ab26bb86660f02822cac2ce6317872ed07b83022e693c9ad38ca746437cb3601e26a39ed4ee528e023a9" +
          "f418d16c88bf0096e5e83aae2365ea8aae415f7012f5a303ad2bc37f9749d307ef9a1e4b6a48e49770f46dec1b3a" +
          "29c96d14bad91a441413012cc4a032f8b31d110fc1df22d0ad173be06ab6b81f557d85115b62cc5c557744048771" +
          "d10ba187f39b28b6166c7560145192ad1e9f3b61a6bf9bbfc61ea567ed5c95a807716644ecce8f33de35cccc7813" +
          "a57605d5754db66a38c744ca7a468bba3a0dac4046e472bcd98757383c5fe1c227763b3b1597f17e69f11599c16e" +
          "7175d70cca60b719c008e0629288679644015352c169cac298259cf5724671e316f4c914b522bb507d7f5afb3e95" +
          "99901aa77ce431102a925cf3a66bd1708a8ed1f3428aa9aafe41fc433ea3ea0e5326efa65b42ffe1bc3b7eafd1c5" +
          "2302ecf7d3aa326067b6ed892af9ccb0ca0ca8dc1fa111bae768fed2213de448f8aef2497de83a2d046b7d9a4c1c" +
          "487bf3892022a243dff3e3c3ba713032c5f6bc63d1f206d1831aaab55129787ffcb18b164edecc6fbfb90284b3df" +
          "a6a28557b72864b1b8a63d8ad406339badab7b724dec46e4cfaac2b545537aeb3ec2b72d6266172eabd22dc276a6" +
          "26663940201bb08a6c91d59fcee8205667a54cb7be5770cf6eb5fdbf4a6b76fcc5a7b34b6a56f1bf89ea8ff25ec3" +
          "64dbdfd5159e",
      },
      {
        tcId: 103,
        result: "valid",
        flags: ["SpecialCaseHash"],
        comment: "a hash of a special form",
        msg: "3831353435373730",
        sig:
          "16b3bc6649ee9e939bd7821ffc48cf407b6e946a7c2820fee37e69aa154872ca7570f40595c1bdad39fe3bae15b6" +
          "f93e34f0021d87ddea8d55059c30ab91e59b976acb4af9b1d0860621e302f7f47b44a38f31391a259cc8ba35d771" +
          "d913b92641d8b300144f492a1ed6b36c2e5f96460999c84b37a3c855a970eaec0b7c1180630932bb98c0f5249d24" +
          "47f70c5b63a2c5a6b36d8598b76b28f6fc25ef60b9e79028b1fe6da10504272328d2602d6c0fab8cbfca4fd66d1b" +
          "f94bb731b8534db2fda04646161c2ddc2ef017b5a739e3e277e41a9e086b7692c394c2e0513ad6124e26a784c384" +
          "9eb39e8253b3f36d53b97311787597337de597efbbce794ec84f6f09feec2b879dfbd1c1a43d4cb972f219fd088a" +
          "7db8afc008cf6e058eedc05590a39e981d051daff1fa7d9ddcbc1d2b6fdc4bb0c9851fc97e285a7b109601205e7d" +
          "ddb8145949806d8ef8e0f6279f9d31e7a493901c839bfa526ae4dba08d1cb819fade281155c64ba90fdec672d1bf" +
          "1d0844bb684b19cb5fc11e6e23ae2205ac29e02caeff7a4288e0c81ab54cf5a99f00650585c36d665ee10147201a" +
          "f17809e7a789baaace44b51ba991ea0e3b851645ea047273ded53950e7138cfcd0100e4449134de268ede0b5ab4a" +
          "eeb81d78d24c08842e1fdc69ab8566fbc8f6ae898d7276307fd5b42ecf529baf9f0ab296eb6e4a4cd032aca22258" +
          "697739e6af81",
      },
      {
        tcId: 131,
        result: "invalid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "587b5619eaf818a1eafbc475ffe48009874aa959d9989f51b5e4241f9eccdc0c081d7a0c0b4cae9657f0c1307b4b" +
          "1d78a56859b81d75a3eb45a599f4ba695608909da05ac0bfca62832bf944738ce66962455875ab4af87284abd40c" +
          "af7751fd70fdff9adb834a6e8a502c2eec37785de104c5de5849e37c0fe25b95fecf86dd0ecf1fe077072d13ee8c" +
          "3dbfe9843aed1ae693a52f2270a497a5bcc2532117211ba87993a2f808bf69fe20a959457b5869bb3c4234ca5edc" +
          "43810774498017552b2472cd66db323726eeedb94325dd44cd387b2ce98e780d2da8b4898e5d417750ed918b652f" +
          "16aebb8fcf3a333923cc1c9275257cf870423eb88e715fc3acc3bef4c3437250b07acb31f4c5be53e94015bc93fc" +
          "82b0faa6e721999bb43926a7dd2405701cf648a54fbbd314840a0f2e9f4be069027c7cbaba97f0e39131ff61bb9d" +
          "4d12b092061435b924fa44cee843f702311299b0681e0fea42ae31a3dc3cb343be9b3e174d457515bd06ab5e1f5d" +
          "1345fab7c3a12c82dd6c527e39e3fcc417c191d16dd7baf36925f1e041611557610effc81e0dde0abeefbfde4ab5" +
          "46d4309baf668375b5187a2e8a8b85f6136511108829bc3eb06cc0eb1448cf246cf4a38eca8508b73ed7c232165f" +
          "5b5afe911df589216fd97a543d0d0adb47928875daeaea26c7bc3542e3117f091fb45e12f12d51620c877d731552" +
          "fc5b7248331b",
      },
      {
        tcId: 143,
        result: "valid",
        flags: ["ModifiedSignature"],
        comment: "a changed signature",
        msg: "313233343030",
        sig:
          "5e609d312a5531c94abd76d5fa3d87ae06e5f42d1db49fc230af7cb4a58fe35fc0deb7db60a331877c76c002ddd2" +
          "fc5f3453a609ae595b3dc4a4c7a7bd5f98d0e7645704667875d0d38f85371876655f171a1fe7baf245b7561b0bce" +
          "a73ed926896d5950c28ed4076145d7c88d97aa0e9f58a04ca44315c7150811338e03e7cd3f400590a688d43e6728" +
          "605e4ae861268ab98307d95c09d89a1db3e3b6fe0126a547df8d7e8f26dbeef383b1acc5b2270ec956247f18524f" +
          "45f3edf6d6d4b3172d3f72589369d38d89d95b8675564a3591bbadc7fdb1d0fdbe35d45ccbcdee24da26db2e6a60" +
          "aac2d729a28190f66bb273ac9f993d938aa62c733f52a4488a485e4c85462609071b681b2dfa16d826a66a725c82" +
          "6cce7fc760b056974b80a9f6363f28af84a0c6a1c791fa1766768e3e01ce480beedc240748ea505c3d99850947d1" +
          "8bb86e9507525ef1f6d0c275f5da33fed4526b5cd73afbf9c01a951f8a44803a1c640c1600b64e88d145205ae5d1" +
          "584250b5b65eddca90b384243442f11e8e240cca632057592f618fdf733620444539b735f4ca1d2c73bc3325fde0" +
          "0bdc7d6c760a23587efe9bbc1b2397147b779c77ae72e6ab7e931a391429a9444709f41c526f01557cbace97198e" +
          "72a4621d8a36bb5ba12d28d05af6f43148e5cb477745edad22731472a4f08bdb9174305efebdcc7a0874efe91fb2" +
          "98f53d18846c",
      },
      {
        tcId: 178,
        result: "invalid",
        flags: ["WrongPrimitive"],
        comment: "a signature of another scheme",
        msg: "313233343030",
        sig:
          "8682d5bac51bb32bf283b8cab1172d6e8054dbfc672de6f35f33a9f7b3f0662fe19ec01a74d5cbe6d90351843e2b" +
          "129d0ce30884fdbdcfc962d2721fec5b3b7f6a9db4a95b13def111c737cfae72d13aef4d0ea9c29181891505a0d2" +
          "8c5c8853ce5c37476654703ea2e7c68ed52591c182bc051b5d837ef3be064901be454967be52f9c7d406b7409e93" +
          "308b74a826d3d1e6aedd8aba3f5f971824784167df53d042781b7c2d3cac29428c7da1fbc451680cc211517f9175" +
          "ff1b2c00f819916d6d25581542c8f05479aacfc245e5894763db8e79849d3e2dd8d7178a38cd4cb7b03436c150c4" +
          "67540dfcdd001d6c8994b2f8b332705b2b5ae0c841708c83dadc7d647ae15e547403d689a00a6bd4de8602633443" +
          "e0b7edf060bb7b529e0afeb1b4171f70a943a14f69c59720b4b5ae59313325685c102d992645fd23af12f3b8f8de" +
          "79399cc6c80f9a0c006c316ff7a6963a1f8ef58a67d107e5b49fd8d7079bd45f23ef67f6a83127da157f54fef9dc" +
          "01415a6cf7a957f5ffa15457a1a8bf831273f48f927ba8bde79da623a8a2784e7d8950c5fcbeef5868311acbb793" +
          "cdfa54c702209073ad8599c4c74b31ce3b662399789febb36d922d77cddf63c1de3a6aba21d6d8ed54a1b48f4895" +
          "5602d0f6a4f5eb5546131561809236f0c71b8374290106b893ab70f6fec1fbc3bb6ef5e6c0263a7c8cd90c289968" +
          "671744e853d7",
      },
    ],
  },
];
