#!/usr/bin/python3
"""The known answers of tests/unit/seal.c, computed without libsodium or our own code.

Needs python3-cryptography with Argon2id (44 or later). seal-vectors.sh compares the output
with what stands in seal.c.
"""
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives import poly1305, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import (X25519PrivateKey,
                                                              X25519PublicKey)
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


def salsa20(key, words, rounds=20):           # words: the 16 bytes of nonce and counter
    c, k, n = (struct.unpack("<%dI" % (len(x) // 4), x) for x in (
        b"expand 32-byte k", key, words))
    start = [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]
    x = list(start)

    def quarter(a, b, c, d):
        for to, p, q, r in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
            t = (x[p] + x[q]) & 0xffffffff
            x[to] ^= (t << r | t >> (32 - r)) & 0xffffffff
    for _ in range(rounds // 2):
        for a, b, c, d in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
                           (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            quarter(a, b, c, d)
    return x, start


def hsalsa20(key, nonce):
    x, _ = salsa20(key, nonce)
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def xsalsa20(key, nonce, count):
    inner, out = hsalsa20(key, nonce[:16]), b""
    for i in range((count + 63) // 64):
        x, start = salsa20(inner, nonce[16:] + struct.pack("<Q", i))
        out += struct.pack("<16I", *((a + b) & 0xffffffff for a, b in zip(x, start)))
    return out[:count]


def public_of(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def sealed_box(public, ephemeral, text):      # libsodium crypto_box_seal
    mine = public_of(ephemeral)
    nonce = hashlib.blake2b(mine + public, digest_size=24).digest()
    shared = X25519PrivateKey.from_private_bytes(ephemeral).exchange(
        X25519PublicKey.from_public_bytes(public))
    stream = xsalsa20(hsalsa20(shared, bytes(16)), nonce, 32 + len(text))
    sealed = bytes(a ^ b for a, b in zip(text, stream[32:]))
    return mine + poly1305.Poly1305.generate_tag(stream[:32], sealed) + sealed


def chunk(cipher, key, n, last, text):
    number = struct.pack(">I", n)
    sealed = cipher(key).encrypt(bytes(8) + number, text,
                                 ORDER + number + bytes([last]))
    return AESGCM(bytes(32)).encrypt(bytes(12), b"", sealed) + sealed


PRIVATE = bytes(range(128, 160))          # recovery key
EPHEMERAL = bytes(range(160, 192))
PASSPHRASE = b"correct horse"
PUBLIC = public_of(PRIVATE)
blinded = keyed(kdf(b"ccblind_"), b"\2", ORDER, PIN)
wrapping = keyed(blinded, b"wrapping", SALT)
document = keyed(K, b"document", BODY)
rows = {
    "code_key": keyed(kdf(b"ccindex_"), b"code", CODE),
    "user_key": keyed(kdf(b"ccindex_"), b"user", b"anna\0", PIN),
    "blinded": blinded,
    "argon2id": Argon2id(salt=SALT, length=32, iterations=2, lanes=1,
                         memory_cost=8192).derive(blinded),
    "argon2id_64m": Argon2id(salt=SALT, length=32, iterations=2, lanes=1,
                             memory_cost=65536).derive(blinded),
    "blake2b": wrapping,
    "commitment": keyed(K, b"commitment", ORDER),
    "document_key": document,
    "wrapped": NONCE + xchacha(wrapping, NONCE, K, ORDER),
    "grant": b"\0\0\0\1" + NONCE + xchacha(kdf(b"ccgrant_"), NONCE, K, ORDER),
    "aes_0": chunk(AESGCM, document, 0, False, b"first"),
    "aes_1": chunk(AESGCM, document, 1, True, b""),
    "chacha_0": chunk(ChaCha20Poly1305, document, 0, False, b"first"),
    "chacha_1": chunk(ChaCha20Poly1305, document, 1, True, b""),
    "recovery_public": PUBLIC,
    "recovery_private": PRIVATE,
    "recovery_box": sealed_box(PUBLIC, EPHEMERAL, K),
    "recovery_sealed": NONCE + xchacha(
        Argon2id(salt=SALT, length=32, iterations=3, lanes=1,
                 memory_cost=262144).derive(PASSPHRASE), NONCE, PRIVATE, PUBLIC),
    "print": hashlib.blake2b(b"print", digest_size=16, key=kdf(b"ccindex_")).digest(),
    "checksum": hashlib.blake2b(b"damage", digest_size=16).digest(),
    "digest": hashlib.blake2b(b"a stream", digest_size=32).digest(),
}
for name, value in rows.items():
    print("static const char %s_hex[] =" % name)
    text = value.hex()
    parts = [text[i:i + 64] for i in range(0, len(text), 64)]
    print("\n".join('\t"%s"' % p for p in parts) + ";")
