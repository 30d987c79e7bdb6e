"""The compilers that may run here: a checksum for each, from its maker's published list or from the locked npm package."""

from __future__ import annotations

import hashlib
from typing import Final

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
    "0.4.26": "sha256:357adb49bb74c9eabaa034db28f96b4105def2b052c7795db8e30ad9a34cc551",
    "0.5.16": "sha256:52ad76de0634e875ac3d50e09a0057532ff53c6d851ef61204af1b0d620797b6",
    "0.5.17": "sha256:dac1bc7560247d3e69bce9891f7eb2218a6a8d0106d9cdb4de8e03ede4546153",
    "0.6.6": "sha256:09f6098026622c5c334c7798c3ad2b8f7c0ebc62f87846c7d5e7e725c3d1cbc2",
    "0.6.12": "sha256:3e1956c550ca48e289044c7c0bd892403081b4b5e17e77ce707c815ce6c4228f",
    "0.7.6": "sha256:b94e69dfb056b3e26080f805ab43b668afbc0ac70bf124bfb7391ecfc0172ad2",
    "0.8.10": "sha256:5eaee3240a06891abf5ac70c75caf9a0c33ebe9a2736abdaa22a337f86c22933",
    "0.8.26": "sha256:35ba6661f3bdaed995fc7af14c405502290cf681b3fd062fe8738cfdf6db14ed",
    "0.8.37": "sha256:221d7a667378b5068d913e75fe092507e061363cd1d23b64c49ae82febabad4c",
}
"""Version -> checksum of soljson.js in npm's package `solc` of that version."""


def matches(data: bytes, checksum: str) -> bool:
    """Whether data has a checksum of the form `sha256:...` or `keccak256:...`."""
    algorithm, _, expected = checksum.partition(":")
    if algorithm == "sha256":
        return hashlib.sha256(data).hexdigest() == expected
    if algorithm == "keccak256":
        return keccak256(data).hex() == expected
    return False
