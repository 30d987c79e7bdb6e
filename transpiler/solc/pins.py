"""The compilers that may run here: a checksum for each, from its maker's published list or from the locked npm package."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from transpiler.errors import InputError, Place
from transpiler.solc.version import Version
from zkvm.word import keccak256

NATIVE_BUILDS: Final[dict[str, tuple[str, str]]] = {
    "0.4.26": ("0.4.26+commit.4563c3fc", "keccak256:0d5fcb9bc7534458207abbf64d9f93462bf70f8a7eae6ca259f627e4c1401b2d"),
    "0.5.16": ("0.5.16+commit.9c3226ce", "keccak256:6b11bfff1870b2b6410a4a9d97c9142325770c80e3620b05b7f78a7fa1fcdecc"),
    "0.5.17": ("0.5.17+commit.d19bba13", "keccak256:7e3f9626d004adbe0b835b08ebec2c0373f46dbccc0b2b36119c545ec27ff701"),
    "0.6.6": ("0.6.6+commit.6c089d02", "keccak256:802424b83dc8a24e867dfb26b5e63ab553f01ab0529690c420b54d3517c5f953"),
    "0.6.12": ("0.6.12+commit.27d51765", "sha256:f6cb519b01dabc61cab4c184a3db11aa591d18151e362fcae850e42cffdfb09a"),
    "0.7.6": ("0.7.6+commit.7338295f", "sha256:bd69ea85427bf2f4da74cb426ad951dd78db9dfdd01d791208eccc2d4958a6bb"),
    "0.8.10": ("0.8.10+commit.fc410830", "sha256:c7effacf28b9d64495f81b75228fbf4266ac0ec87e8f1adc489ddd8a4dd06d89"),
    "0.8.17": ("0.8.17+commit.8df45f5f", "sha256:99f2070b776e9714f1f76c43c229cf99b8978a92938ee8d2364c6de11c1a03d4"),
    "0.8.19": ("0.8.19+commit.7dd6d404", "sha256:7a5c1d3dc9a8eba62bb2ec37192c9178ae5fe8a54a56e5573fd3c9c17cd9eb48"),
    "0.8.20": ("0.8.20+commit.a1b79de6", "sha256:0479d44fdf9c501c25337fdc540419f1593b884a87b47f023da4f1c700fda782"),
    "0.8.24": ("0.8.24+commit.e11b9ed9", "sha256:fb03a29a517452b9f12bcf459ef37d0a543765bb3bbc911e70a87d6a37c30d5f"),
}
"""Version -> (long version, checksum) of the native builds for Linux on x86-64."""

SOLJSON_CHECKSUMS: Final[dict[str, str]] = {
    "0.4.11": "sha256:6cc5b7c2c3c640daeadc8a41ab5cacc085b4fef667c2e119767529ff23075111",
    "0.4.13": "sha256:f359e1a7d60cd6259caa91a641e29d99faf97a47d7e75318516196248fdbf862",
    "0.4.14": "sha256:83cbe2d5eea94bb7c37ad2f4f9827a67c133852468f8d7c69ea72b9bde0d4b48",
    "0.4.15": "sha256:6e81a09fdf1c630b51a3d7ede35a828f02be2e3ed53d97d361267bc915d774ff",
    "0.4.16": "sha256:6ebd370d42785bf3a3523b798d85b53711a0f7766c82a465420f67bf403bdd38",
    "0.4.17": "sha256:a52d6dddca6c3df5a6364cc11f93a6dd1c58e38e8c740f27e39f98e43cdaafce",
    "0.4.18": "sha256:905e3d253406973f545666d79cd64c5c85985992f68fa35935f60249e311d74f",
    "0.4.19": "sha256:61071ed96228ac7b88ccb9c6eeae9a152daf6c06f19bb15b45b7ed22226a27e8",
    "0.4.20": "sha256:2dbd26d82bae11c5469c5a4cc6c04d96e8fa0d6c3e1a98052133840794ed28f6",
    "0.4.21": "sha256:c58b63408782a254767d1513bd20febfcda3e611a76932279d0ed507900cdc67",
    "0.4.22": "sha256:770884d5d6ac8daf6a04585436d246fddc26be3e6914c30f6cacd8d7f93e376c",
    "0.4.23": "sha256:7c7011c0fa6838cfe0368b30ed4a61d2b4f77f4ba9cdeff8e8f08c44286bd7dd",
    "0.4.24": "sha256:9d9ec631865882a435fc577126fe068ccdf9c3962aa439acb2cdd0794907fccc",
    "0.4.25": "sha256:6d666d08307afe4a40aa57140794f835a338d2ac4436154ad1a0f043851ac2cd",
    "0.4.26": "sha256:357adb49bb74c9eabaa034db28f96b4105def2b052c7795db8e30ad9a34cc551",
    "0.5.0": "sha256:0a6b1175a618d0341da604a672f4735a96de862b4611b79fb02b6424336df3d9",
    "0.5.1": "sha256:a9856e3ac7ae3c943f457054f95552a9cc128694e196e4774e183fd7fbd6f9ae",
    "0.5.2": "sha256:f855a1e0816ac4426b8a9eebf37273b89acbb18b076a519935a05ca212c71f34",
    "0.5.3": "sha256:306e67055dab5a25572a322b6eee5c82018750f97ebd5700ee46913d06d0fc80",
    "0.5.4": "sha256:b0ed6d5b9ff105e8169887da4798a4a1421a7317b02f1cacd06bfe6f69e5d389",
    "0.5.5": "sha256:4b78ddd0da9d01983e9893dbe6d66152f4049dca09ca97cf26a6b8939bc793e3",
    "0.5.6": "sha256:ef3429cc24ff6d6e89484210d72bbc43ba2541b9d2f00f797b6575270ece69d4",
    "0.5.7": "sha256:704e67e356ad4df45425c03f8852b4ce67152121abe41486a90afe9d65b1c72b",
    "0.5.8": "sha256:dda3f35c4bd4380ae66a3268df92c260d707cea256dfcafa265637b6d8bd63f5",
    "0.5.9": "sha256:9c6970aeed958d8d169857f728cbeb36aaff77bf7b56d1a8b219de4b983f765b",
    "0.5.10": "sha256:025e26a7c16f1ad2c2afd43b82bcc0ab90e56149c153524a4e7e72365c16c31f",
    "0.5.11": "sha256:b6012fb777a7f842a6e7efe8c50cb2eba3b3997c72b761810823e796d4390d44",
    "0.5.12": "sha256:6fac4f65543e0796886a7e9b01869a2b53e2dcbe898f818220d0bae64e98cd13",
    "0.5.13": "sha256:89b634fb1c6010ea3c45fe9fc2365601c3d38289ecc7ae02807a0433bc198ba1",
    "0.5.14": "sha256:de67a88e4c35bd5da5dc7a8f538ae3116e97bec0df8af6edd26bbe843d41082e",
    "0.5.15": "sha256:5ec673e7ed29b0b23900d95ec926b3c32190831213f0d0b043e9112ef07534cf",
    "0.5.16": "sha256:52ad76de0634e875ac3d50e09a0057532ff53c6d851ef61204af1b0d620797b6",
    "0.5.17": "sha256:dac1bc7560247d3e69bce9891f7eb2218a6a8d0106d9cdb4de8e03ede4546153",
    "0.6.0": "sha256:4a9223dc645e2600d5e250420ed50f77b6f5180b1519711195b9d5bae8e643de",
    "0.6.1": "sha256:599cfe3faf33c09e3792b245d1e5d5c5eba07acc452f29c98e461d3bf060fda9",
    "0.6.2": "sha256:25f564cbecc5bfe95d6d358e0e7543c31ece0ab1332c555ff323ca163711bd2b",
    "0.6.3": "sha256:f89514dedd8cfb3c4d351580ff80b8444acde702f8be0e5fad710fe6e906c687",
    "0.6.4": "sha256:a4fd5bb021259cdde001b03dac0e66353a3b066b47eb2476acb58b2610a224ca",
    "0.6.5": "sha256:f8f83757e73f33f44389d1fa72d013fb266454a8dd9bb6897c7776f8fc3b0231",
    "0.6.6": "sha256:09f6098026622c5c334c7798c3ad2b8f7c0ebc62f87846c7d5e7e725c3d1cbc2",
    "0.6.7": "sha256:b795f1b20f065a0aee492c24071fc1efa1633c3caab77cff20278a9ae822f04e",
    "0.6.8": "sha256:3e8b01cbd194e40971b41017ada7c8b2fa941b0458cb701bdfb6a82257ca971b",
    "0.6.9": "sha256:f1724fd46b7a353561b3f8d473b0dc8c855b6d84b5af559d7e3326ac79b9d758",
    "0.6.10": "sha256:fa27ce9d23bddaa76a4aefbafa48e48affde9a1ee7c8a5e8784cf8d4c390f655",
    "0.6.11": "sha256:9778e4a7667d5fd7632caf3ef3791d390a7cc217f94f96e919a31e3be332386a",
    "0.6.12": "sha256:3e1956c550ca48e289044c7c0bd892403081b4b5e17e77ce707c815ce6c4228f",
    "0.7.0": "sha256:e7e1be3d0a67469f6a37cd676a22314c4faa8a22ff9d5ebde11302db754453eb",
    "0.7.1": "sha256:7fcc983c5149840a47b946fc51fc14f1c21cda07c01d650e4a1f814319cb1423",
    "0.7.2": "sha256:dfa3f2bb4589bdc9c054292173c82ee70e65af8d1971598f6e13b9b79ba94185",
    "0.7.3": "sha256:caf4b1f3e01fcf946aad2d22bbe046b9dc4fd50049a05c3458ff239e2c93a785",
    "0.7.4": "sha256:2b55ed5fec4d9625b6c7b3ab1abd2b7fb7dd2a9c68543bf0323db2c7e2d55af2",
    "0.7.5": "sha256:2ee1c6434a32a40b137ac28be12ceeba64701bfad5e80239690803d9c139908e",
    "0.7.6": "sha256:b94e69dfb056b3e26080f805ab43b668afbc0ac70bf124bfb7391ecfc0172ad2",
    "0.8.0": "sha256:c596765f9b3dce486cf596ea35676f37124d54f3ada0fcbc02f094c392066a59",
    "0.8.2": "sha256:015e83fb0b72ccdafb0c217961b21a0321adb2d3f2ad992f5e79635c2086e6dd",
    "0.8.3": "sha256:b5cedfa8de5f9421fbdaccf9fd5038652c2632344b3b68e5278de81e9aeac210",
    "0.8.4": "sha256:4a14c7bcaf0d988a829db2174b8f7731898aa8633216490603ad74bff64eca3c",
    "0.8.5": "sha256:4af595f976235d33a22ffe223e9e3210b4ca510f6a93f153b3daed60f2b11fbc",
    "0.8.6": "sha256:06a671efd8865a6ecc0ad648076177b35abcd06a7059888ea65111272e33a57f",
    "0.8.8": "sha256:534b7d4079d13bb4cd10b7559dc105c2adec625df4105f20ebce47e6da60bfda",
    "0.8.9": "sha256:5b25f987aae32a0275fdc6c1be36cc47cf126024a04dafd8e4be39a1d1d1422c",
    "0.8.10": "sha256:5eaee3240a06891abf5ac70c75caf9a0c33ebe9a2736abdaa22a337f86c22933",
    "0.8.11": "sha256:64117d4b13bfc5bc6e5f80823519b140e753a0c09e99edd756772dc3029bc1f8",
    "0.8.12": "sha256:ca11428a6645eab2c7329da80fe1eb9d9a9ca685da224562c43cf87ecd068660",
    "0.8.13": "sha256:723427bc2a01780f0774e8b5043d4c257c8dc84b836f5068ed53ceb7bcd0a734",
    "0.8.14": "sha256:01e6f01dbea34a6e1104a360346944c054e411a4feeeb8a8dfc0f8253e45fe3f",
    "0.8.15": "sha256:6f5730c00e5c33ea62d9e942c3b86e55209dbeb31f975b5b6b69671564cb519a",
    "0.8.16": "sha256:27b55a37c20f62bba94411fa31c18ab99f130e5cac2e548c9ca79507e85f0e2e",
    "0.8.17": "sha256:04184dd4a976c37a64c8d6470e25983cfdbb09b10ff371da9178f50d6e132745",
    "0.8.18": "sha256:b0661d90b6ded1a5501c9c43ca2d3353ca2244686d5e9f00bf01a38603e16470",
    "0.8.19": "sha256:fba49e26930967a28d4f301088e126002ab6fbb755f37b5d0ee22b1bf4787070",
    "0.8.20": "sha256:033dc42a16378dd036a475b8a7080af83cfae1841eb6848ce1667c56193972ba",
    "0.8.21": "sha256:2617de93ef021257d550a575c4c9b5e6429fb5e9393d0146e0306d697e9776d5",
    "0.8.22": "sha256:56ff1772e688ebfa599a881dd4b6f609204862ab80571b7bbd65aabeeafdefa0",
    "0.8.23": "sha256:9745559c347ccd7f9334b5e0aa00e884c23913952d943abdc0c6af85220a6b8e",
    "0.8.24": "sha256:fb59b825b7d57f9de89cd9de2415b12aab1fcc7eb2573fd2bf5c9b969eacf4d9",
    "0.8.25": "sha256:0f64342b01296023229ef1a54645789a9fb9fa7924144e717f363f9bb36a684d",
    "0.8.26": "sha256:35ba6661f3bdaed995fc7af14c405502290cf681b3fd062fe8738cfdf6db14ed",
    "0.8.27": "sha256:7e87916c4bcce617eaee6a515e77318b8d8d6a59137cae81fd4afbcf41a6abb7",
    "0.8.28": "sha256:9ef37cc1d2597ed6d2f706a960f449e33eb9eee920936cea77b11e6f43861970",
    "0.8.29": "sha256:b7fb054af1180a58b6284e79497a0c719299f84c6f200e110cf5c600757fbace",
    "0.8.30": "sha256:3bb491a777f76dff9b2fe73ce29ca20e21a971b59a2f2cf8f73415424f00be06",
    "0.8.31": "sha256:13546fc90b172935f0b0bc51355da576c279e7884588f080014dcb9d6cc9e960",
    "0.8.32": "sha256:ad1516368b9c5e865b6ce5d1128a8f30938443351e2ba2dc1c957cd54130a469",
    "0.8.33": "sha256:2ba03d6c7e9bc6be705e92769a86a2f0eb583b29ad2d6897db67fd9c2a4f2c38",
    "0.8.34": "sha256:4d847e9615868981cd44a5d7b1896779e6dda323b88e9c693099e0aa8320f70d",
    "0.8.35": "sha256:fa4345d648d9a09c6601ffc978e78e9f5267b54e6d91e8f8c473f44c0c16323b",
    "0.8.36": "sha256:ccb677d54dfab2a9b30084eec6bb396c93eb86d58b42cc00267fd0f54f391f32",
    "0.8.37": "sha256:221d7a667378b5068d913e75fe092507e061363cd1d23b64c49ae82febabad4c",
}
"""Version -> checksum of soljson.js in npm's package `solc`; each compiled a contract through `worker.js` when it was pinned."""

MISLABELLED: Final[dict[str, str]] = {"0.8.1": "0.8.0", "0.8.7": "0.7.5"}
"""Version of npm's package `solc` -> the compiler that it holds instead, byte for byte that of the other package. These never run."""


def mislabelled(version: Version, holds: str, path: Path) -> InputError:
    """The error for a compiler that says it is another one than the one asked for."""
    return InputError(
        "compiler-mislabelled",
        f"what is installed as solc {version} is the compiler {holds}, and never runs under that name",
        Place(str(path)),
        "ask for another version with --solc, or widen the pragma",
    )


def matches(data: bytes, checksum: str) -> bool:
    """Whether data has a checksum of the form `sha256:...` or `keccak256:...`."""
    algorithm, _, expected = checksum.partition(":")
    if algorithm == "sha256":
        return hashlib.sha256(data).hexdigest() == expected
    if algorithm == "keccak256":
        return keccak256(data).hex() == expected
    return False
