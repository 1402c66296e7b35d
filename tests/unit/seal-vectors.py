#!/usr/bin/python3
"""The known answers of tests/unit/seal.c, computed without libsodium or our own code.

Needs python3-cryptography. Run by hand when the sealed format gets a new version; the
output is pasted into seal.c.
"""
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

S = bytes(range(32))                      # site secret
K = bytes(range(64, 96))                  # order key
ORDER = bytes.fromhex("0123456789ab4cde8f0123456789abcd")
BODY = bytes.fromhex("fedcba9876544321a001deadbeef0042")
SALT = bytes(range(16))
NONCE = bytes(range(100, 124))
CODE = b"K7QW3DXPM20Z"
PIN = b"2468"


def kdf(context):                         # libsodium crypto_kdf, subkey 1
    return hashlib.blake2b(b"", digest_size=32, key=S, person=context.ljust(16, b"\0"),
                           salt=struct.pack("<QQ", 1, 0)).digest()


def keyed(key, *parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32, key=key).digest()


def hchacha20(key, nonce):
    x = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))

    def quarter(a, b, c, d):
        for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[p] = (x[p] + x[q]) & 0xffffffff
            x[r] ^= x[p]
            x[r] = (x[r] << n | x[r] >> (32 - n)) & 0xffffffff
    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<8I", *(x[:4] + x[12:]))


def xchacha(key, nonce, text, aad):
    inner = ChaCha20Poly1305(hchacha20(key, nonce[:16]))
    return inner.encrypt(b"\0\0\0\0" + nonce[16:], text, aad)


def chunk(cipher, key, n, last, text):
    number = struct.pack(">I", n)
    sealed = cipher(key).encrypt(bytes(8) + number, text,
                                 ORDER + number + bytes([last]))
    return AESGCM(bytes(32)).encrypt(bytes(12), b"", sealed) + sealed


blinded = keyed(kdf(b"ccblind_"), b"\2", ORDER, PIN)
wrapping = keyed(blinded, b"wrapping", SALT)
document = keyed(K, b"document", BODY)
rows = {
    "code_key": keyed(kdf(b"ccindex_"), b"code", CODE),
    "user_key": keyed(kdf(b"ccindex_"), b"user", b"anna\0", PIN),
    "blinded": blinded,
    "argon2id": Argon2id(salt=SALT, length=32, iterations=2, lanes=1,
                         memory_cost=8192).derive(blinded),
    "blake2b": wrapping,
    "commitment": keyed(K, b"commitment", ORDER),
    "document_key": document,
    "wrapped": NONCE + xchacha(wrapping, NONCE, K, ORDER),
    "grant": b"\0\0\0\1" + NONCE + xchacha(kdf(b"ccgrant_"), NONCE, K, ORDER),
    "aes_0": chunk(AESGCM, document, 0, False, b"first"),
    "aes_1": chunk(AESGCM, document, 1, True, b""),
    "chacha_0": chunk(ChaCha20Poly1305, document, 0, False, b"first"),
    "chacha_1": chunk(ChaCha20Poly1305, document, 1, True, b""),
    "checksum": hashlib.blake2b(b"damage", digest_size=16).digest(),
    "digest": hashlib.blake2b(b"a stream", digest_size=32).digest(),
}
for name, value in rows.items():
    print("static const char %s_hex[] =" % name)
    text = value.hex()
    parts = [text[i:i + 64] for i in range(0, len(text), 64)]
    print("\n".join('\t"%s"' % p for p in parts) + ";")
