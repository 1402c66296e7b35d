/*
 * seal.c - facts about lib/seal: the format's known answers (tests/unit/seal-vectors.py
 * computes them without our code), then everything that must be refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"

/* clang-format off */
static const char code_key_hex[] =
	"8a9edd5ece5e483f04e306505ee53d144fd34798d3d6280c3b976ee288a3ba39";
static const char user_key_hex[] =
	"4827f04254703adc0a50978d0045dda6886aec1fd06d9ffd81fddd21b7f01a3d";
static const char blinded_hex[] =
	"99ee8fbf870ea65c227fbb3fb050d9c669d4fff144a6251af320534187862567";
static const char argon2id_hex[] =
	"80dab306eb6d79a88dfb0528db9982a6eaecccacb290f3ce5ef58fa7b3d98e44";
static const char argon2id_64m_hex[] =
	"43d4156f5eb2cf689febd2b0110a2cd7758533592cfb8c847d0e0591a7539761";
static const char blake2b_hex[] =
	"0e2bdfff5dd52ec240cfa0c997fe1a8661b09f7cfbf3500f2beb94a70c0a68ba";
static const char commitment_hex[] =
	"6b928767f0ffd357b561d2e2ef1987305c4e4ee8f2796ff3c83725bed3cbe699";
static const char document_key_hex[] =
	"e73daaf8a6a1d51a46fd10d12dc800f40a20ec7f8e39a86c1b65e8b8dd5cda26";
static const char wrapped_hex[] =
	"6465666768696a6b6c6d6e6f707172737475767778797a7be4a2816bc6f51ff8"
	"d91d3a10bf1b30e53f48d13a36f250d2f87667d72f7f7bd49646198f0c028c7f"
	"97933858f1b6c1e5";
static const char grant_hex[] =
	"000000016465666768696a6b6c6d6e6f707172737475767778797a7b5e5351ff"
	"bfc31a0cb05235c88065c12acfcc97ad802096288d2a071420d8ded706b851fc"
	"5d0e2031faeaab93f4b44e8a";
static const char aes_0_hex[] =
	"36a1a0fb9acfa4d67623a31e7aa96e1c09774fe1538b802d7bf3fc923b57fc81"
	"e0229deabe";
static const char aes_1_hex[] =
	"f8036425f097acadc86bab1e79fe98984179b02e5503464df42f20fdea754f1a";
static const char chacha_0_hex[] =
	"cfc6ba63adb75407972c6dd75ab02f3c8289a0f9ad861ddab6cff1492720735b"
	"0f0254d78b";
static const char chacha_1_hex[] =
	"a561192191ab66a1d973ba7f4d77d2249f8ed80f46cbd45b53df9200c51415d2";
static const char recovery_public_hex[] =
	"493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d";
static const char recovery_private_hex[] =
	"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
static const char recovery_box_hex[] =
	"605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c"
	"b00980031f932d73b966eb2b2fefefe19ea00f98443ac0c4373649cdafcd59ff"
	"0817e073d98d27c36071037dfbaaca1d";
static const char recovery_sealed_hex[] =
	"6465666768696a6b6c6d6e6f707172737475767778797a7b4ebc78f9bc8c15ee"
	"142328ef5887566f493921a1650ded711d192783f1ef83eb5e6d572540de3746"
	"1b6471945ff7c38d";
static const char print_hex[] =
	"7f0508eeb61248ac3df4241bf5685a72";
static const char checksum_hex[] =
	"d31da24486ca9dab74ad2448c5b4eee7";
static const char digest_hex[] =
	"720b98e0ef256764c619bebd931c9f1bd139fb04a08898f794ca4397ce12b643";
/* clang-format on */

#define CODE "K7QW3DXPM20Z"
#define PIN  "2468"

static uint8_t order_id[UUID_BYTES], body_id[UUID_BYTES], salt[SEAL_SALT_BYTES];
static char folder[] = "/tmp/claimcheck-seal-XXXXXX";
static char site_path[128];

static bool
is(const char *hex, const void *data, size_t len)
{
	uint8_t want[256];

	return strlen(hex) == 2 * len && text_unhex(want, len, hex) == 0 &&
	       memcmp(want, data, len) == 0;
}

static void
fill(struct seal_key *key, uint8_t from)
{
	for (size_t i = 0; i < SEAL_KEY_BYTES; i++)
		key->bytes[i] = (uint8_t)(from + i);
}

/* A file with the secret 1 of the vectors. */
static void
write_site_file(const char *second_line, mode_t mode)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "claimcheck site secrets 1\n"
		 "1 000102030405060708090a0b0c0d0e0f"
		 "101112131415161718191a1b1c1d1e1f\n%s",
		 second_line);
	fs_write_file(site_path, mode, text, strlen(text), NULL);
}

static struct seal_site *
site_of_the_vectors(void)
{
	struct seal_site *site;

	write_site_file("", 0600);
	if (seal_site_open(site_path, false, &site, NULL) != 0)
		exit(99);
	return site;
}

static void
identification_keys_are_as_written_down(void)
{
	struct seal_site *site = site_of_the_vectors();
	struct seal_key *key = seal_key_new();
	struct error err;
	uint8_t out[SEAL_KEY_BYTES];

	seal_code_key(site, 1, CODE, out, &err);
	TAP_OK(is(code_key_hex, out, sizeof(out)), "key of a claim code");
	seal_user_key(site, 1, "anna", PIN, strlen(PIN), out, &err);
	TAP_OK(is(user_key_hex, out, sizeof(out)), "key of user and PIN");
	seal_blind(site, 1, SEAL_PIN, order_id, PIN, strlen(PIN), out, &err);
	TAP_OK(is(blinded_hex, out, sizeof(out)), "blinded identification");
	TAP_OK(seal_derive("argon2id-8m-2", out, salt, key, &err) == 0 &&
		       is(argon2id_hex, key->bytes, SEAL_KEY_BYTES),
	       "wrapping key by Argon2id");
	TAP_OK(seal_derive("argon2id-64m-2", out, salt, key, &err) == 0 &&
		       is(argon2id_64m_hex, key->bytes, SEAL_KEY_BYTES),
	       "with 64 MiB, too");
	TAP_OK(seal_derive("blake2b", out, salt, key, &err) == 0 &&
		       is(blake2b_hex, key->bytes, SEAL_KEY_BYTES),
	       "wrapping key by BLAKE2b");
	TAP_OK(seal_derive("argon2id-9999m-9", out, salt, key, &err) == -1 &&
		       err.kind == ERROR_INPUT,
	       "a derivation that is not in the table is refused: %s", err.text);
	TAP_OK(seal_code_key(site, 2, CODE, out, &err) == -1 &&
		       err.kind == ERROR_ABSENT,
	       "a secret that the site does not have is said: %s", err.text);
	seal_key_free(key);
	seal_site_close(site);
}

static void
order_keys_open_as_written_down(void)
{
	struct seal_site *site = site_of_the_vectors();
	struct seal_key *wrapping = seal_key_new(), *key = seal_key_new();
	struct seal_key *want = seal_key_new();
	uint8_t wrapped[ORDER_WRAPPED_MAX], out[SEAL_KEY_BYTES];
	struct error err;

	fill(want, 64);
	text_unhex(wrapping->bytes, SEAL_KEY_BYTES, blake2b_hex);
	text_unhex(wrapped, 72, wrapped_hex);
	TAP_OK(seal_unwrap(wrapping, order_id, wrapped, 72, key, &err) == 0 &&
		       seal_equal(key, want, SEAL_KEY_BYTES),
	       "an order key under its wrapping key");
	text_unhex(wrapped, 76, grant_hex);
	TAP_OK(seal_grant_unwrap(site, order_id, wrapped, 76, key, &err) == 0 &&
		       seal_equal(key, want, SEAL_KEY_BYTES),
	       "a grant under the site secret");
	seal_commitment(want, order_id, out);
	TAP_OK(is(commitment_hex, out, sizeof(out)), "the commitment");
	seal_document_key(want, body_id, key);
	TAP_OK(is(document_key_hex, key->bytes, SEAL_KEY_BYTES), "a document key");
	seal_key_free(want);
	seal_key_free(key);
	seal_key_free(wrapping);
	seal_site_close(site);
}

static void
recovery_keys_open_as_written_down(void)
{
	struct seal_key *private_key = seal_key_new(), *key = seal_key_new();
	struct seal_key *want = seal_key_new();
	uint8_t public_key[SEAL_KEY_BYTES], box[ORDER_WRAPPED_MAX];
	char text[SEAL_RECOVERY_TEXT];
	struct error err;

	snprintf(text, sizeof(text),
		 "claimcheck recovery key 1\npublic %s\nargon2id-256m-3 "
		 "000102030405060708090a0b0c0d0e0f\nsealed %s\n",
		 recovery_public_hex, recovery_sealed_hex);
	TAP_OK(seal_recovery_open(text, "correct horse", 13, public_key, private_key,
				  &err) == 0 &&
		       is(recovery_public_hex, public_key, SEAL_KEY_BYTES) &&
		       is(recovery_private_hex, private_key->bytes, SEAL_KEY_BYTES),
	       "a recovery key's text");
	fill(want, 64);
	text_unhex(box, 80, recovery_box_hex);
	TAP_OK(seal_recovery_unwrap(public_key, private_key, box, 80, key, &err) == 0 &&
		       seal_equal(key, want, SEAL_KEY_BYTES),
	       "an order key in a box for it");
	seal_key_free(want);
	seal_key_free(key);
	seal_key_free(private_key);
}

/* The file of site secrets, for a backup. */
static void
site_secrets_go_into_a_box_and_out_again(void)
{
	struct seal_site *site = site_of_the_vectors(), *back = NULL;
	struct seal_key *private_key = seal_key_new();
	uint8_t public_key[SEAL_KEY_BYTES], print[SEAL_SALT_BYTES];
	char path[160];
	struct error err;
	struct buf box;

	buf_init(&box, SEAL_SITE_BOX_MAX);
	snprintf(path, sizeof(path), "%s.back", site_path);
	text_unhex(public_key, SEAL_KEY_BYTES, recovery_public_hex);
	fill(private_key, 128);
	TAP_OK(seal_site_print(site, 1, print, &err) == 0 &&
		       is(print_hex, print, sizeof(print)),
	       "a secret's print is as written down");
	TAP_OK(seal_site_box(site_path, public_key, &box, &err) == 0 &&
		       memmem(box.data, box.len, "0102030405060708", 16) == NULL,
	       "sealed, they are not to be read");
	TAP_OK(seal_site_unbox(&box, public_key, private_key, path, &err) == 0 &&
		       seal_site_open(path, false, &back, &err) == 0 &&
		       seal_site_print(back, 1, print, &err) == 0 &&
		       is(print_hex, print, sizeof(print)),
	       "the private half opens them");
	TAP_OK(seal_site_unbox(&box, public_key, private_key, path, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "not over others: %s", err.text);
	unlink(path);
	private_key->bytes[5] ^= 1;
	TAP_OK(seal_site_unbox(&box, public_key, private_key, path, &err) == -1 &&
		       err.kind == ERROR_REFUSED && access(path, F_OK) != 0,
	       "another key does not: %s", err.text);
	box.len /= 2;
	TAP_OK(seal_site_unbox(&box, public_key, private_key, path, &err) == -1,
	       "nor any a half of it: %s", err.text);
	buf_clear(&box);
	seal_key_free(private_key);
	seal_site_close(back);
	seal_site_close(site);
}

/* Of this process, in kB. */
static long
locked_kb(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kb = -1;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kb;
}

static void
secrets_are_locked_and_never_dumped(void)
{
	struct seal_key *key = seal_key_random();
	struct rlimit core;
	int status = 0;
	pid_t child;

#ifndef __SANITIZE_ADDRESS__ /* which makes mlock do nothing */
	TAP_OK(locked_kb() > 0, "keys lie in locked memory: %ld kB", locked_kb());
#endif
	seal_key_free(key);
	TAP_OK(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0,
	       "no limit lets a core out again");
#ifndef __SANITIZE_ADDRESS__
	TAP_OK(prctl(PR_GET_DUMPABLE) == 0, "nor does the kernel's own switch");
#endif
	child = fork();
	if (child == 0)
		abort();
	waitpid(child, &status, 0);
	TAP_OK(WIFSIGNALED(status) && !WCOREDUMP(status), "who aborts leaves no core");
}

static void
sums_and_digests_are_as_written_down(void)
{
	struct seal_digest *d = seal_digest_new();
	uint8_t out[SEAL_KEY_BYTES];

	seal_checksum("damage", 6, out);
	TAP_OK(is(checksum_hex, out, 16), "a checksum");
	seal_digest_add(d, "a ", 2);
	seal_digest_add(d, "stream", 6);
	seal_digest_end(d, out);
	TAP_OK(is(digest_hex, out, sizeof(out)), "the digest of a stream in two parts");
}

static void
chunks_are_as_written_down(const char *cipher, const char *hex_0, const char *hex_1)
{
	struct seal_key *key = seal_key_new();
	struct seal_stream *s;
	uint8_t sealed[5 + SEAL_OVERHEAD], last[SEAL_OVERHEAD], clear[5];
	struct error err;

	text_unhex(key->bytes, SEAL_KEY_BYTES, document_key_hex);
	TAP_OK(seal_stream_open(cipher, key, order_id, &s, &err) == 0, "%s opens",
	       cipher);
	TAP_OK(seal_stream_seal(s, false, "first", 5, sealed, &err) == 0 &&
		       is(hex_0, sealed, sizeof(sealed)),
	       "chunk 0 by %s", cipher);
	TAP_OK(seal_stream_seal(s, true, NULL, 0, last, &err) == 0 &&
		       is(hex_1, last, sizeof(last)),
	       "chunk 1, empty and the last, by %s", cipher);
	seal_stream_close(s);
	seal_stream_open(cipher, key, order_id, &s, &err);
	TAP_OK(seal_stream_unseal(s, false, sealed, sizeof(sealed), clear, &err) == 0 &&
		       memcmp(clear, "first", 5) == 0 &&
		       seal_stream_unseal(s, true, last, sizeof(last), clear, &err) ==
			       0,
	       "and both open again");
	seal_stream_close(s);
	seal_key_free(key);
}

/* Chunks 0 (not last) and 1 (last) of two documents, to be mixed up. */
struct pair {
	struct seal_key *key;
	uint8_t order[UUID_BYTES];
	uint8_t chunk[2][16 + SEAL_OVERHEAD];
};

static void
pair_make(struct pair *p, const char *cipher)
{
	struct seal_stream *s;

	p->key = seal_key_random();
	uuid_make(p->order);
	seal_stream_open(cipher, p->key, p->order, &s, NULL);
	seal_stream_seal(s, false, "sixteen bytes  0", 16, p->chunk[0], NULL);
	seal_stream_seal(s, true, "sixteen bytes  1", 16, p->chunk[1], NULL);
	seal_stream_close(s);
}

/* What a reader makes of these two chunks: 2 = both opened, 1 = only the first. */
static int
opened(const char *cipher, const struct seal_key *key, const uint8_t *order,
       const uint8_t *first, const uint8_t *second, size_t second_len)
{
	struct seal_stream *s;
	struct error err = {0};
	uint8_t clear[16];
	int n = 0;

	seal_stream_open(cipher, key, order, &s, NULL);
	if (seal_stream_unseal(s, false, first, 16 + SEAL_OVERHEAD, clear, &err) == 0) {
		n = 1;
		if (seal_stream_unseal(s, true, second, second_len, clear, &err) == 0)
			n = 2;
	}
	if (n < 2 && err.kind != ERROR_CORRUPT)
		n = -1;
	seal_stream_close(s);
	return n;
}

static void
a_stream_notices_whatever_was_changed(const char *cipher)
{
	struct pair a, b;
	const size_t len = 16 + SEAL_OVERHEAD;
	int unnoticed = 0, unsound = 0;

	pair_make(&a, cipher);
	pair_make(&b, cipher);
	TAP_OK(opened(cipher, a.key, a.order, a.chunk[0], a.chunk[1], len) == 2,
	       "%s: whole and in order, it opens", cipher);
	TAP_OK(opened(cipher, a.key, a.order, a.chunk[1], a.chunk[0], len) == 0,
	       "%s: swapped chunks", cipher);
	TAP_OK(opened(cipher, a.key, a.order, a.chunk[0], a.chunk[0], len) == 1,
	       "%s: a chunk twice, or the last one missing", cipher);
	TAP_OK(opened(cipher, a.key, a.order, a.chunk[0], b.chunk[1], len) == 1,
	       "%s: a chunk of another document", cipher);
	TAP_OK(opened(cipher, b.key, a.order, a.chunk[0], a.chunk[1], len) == 0,
	       "%s: another document's key", cipher);
	TAP_OK(opened(cipher, a.key, b.order, a.chunk[0], a.chunk[1], len) == 0,
	       "%s: another order's name", cipher);
	for (size_t cut = 1; cut <= len; cut++)
		unnoticed += opened(cipher, a.key, a.order, a.chunk[0], a.chunk[1],
				    len - cut) != 1;
	TAP_OK(unnoticed == 0, "%s: a chunk cut off at any byte", cipher);
	for (size_t bit = 8 * SEAL_SUM_BYTES; bit < 8 * len; bit++) {
		a.chunk[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
		unnoticed += opened(cipher, a.key, a.order, a.chunk[0], a.chunk[1],
				    len) != 0;
		unsound += !seal_chunk_sound(a.chunk[0], len);
		a.chunk[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	TAP_OK(unnoticed == 0, "%s: any flipped bit", cipher);
	TAP_OK(unsound == 8 * 32 && seal_chunk_sound(a.chunk[0], len),
	       "%s: any flipped bit is seen without a key too", cipher);
	seal_key_free(a.key);
	seal_key_free(b.key);
}

static void
a_wrapped_key_opens_for_its_order_and_key_alone(void)
{
	struct seal_key *wrapping = seal_key_random(), *other = seal_key_random();
	struct seal_key *key = seal_key_random(), *out = seal_key_new();
	static const struct seal_key zero;
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	struct error err;
	uint16_t len;
	int opened_wrongly = 0;

	seal_wrap(wrapping, order_id, key, wrapped, &len);
	TAP_OK(seal_unwrap(wrapping, order_id, wrapped, len, out, &err) == 0 &&
		       seal_equal(key, out, SEAL_KEY_BYTES),
	       "it opens again");
	TAP_OK(seal_unwrap(other, order_id, wrapped, len, out, &err) == -1 &&
		       err.kind == ERROR_REFUSED &&
		       seal_equal(out, &zero, SEAL_KEY_BYTES),
	       "not with another key, which leaves nothing behind: %s", err.text);
	TAP_OK(seal_unwrap(wrapping, body_id, wrapped, len, out, &err) == -1,
	       "not for another order");
	for (uint16_t n = 0; n < len; n++) {
		opened_wrongly +=
			seal_unwrap(wrapping, order_id, wrapped, n, out, &err) == 0;
		wrapped[n] ^= 1;
		opened_wrongly +=
			seal_unwrap(wrapping, order_id, wrapped, len, out, &err) == 0;
		wrapped[n] ^= 1;
	}
	TAP_OK(opened_wrongly == 0, "not cut, and not changed");
	seal_key_free(wrapping);
	seal_key_free(other);
	seal_key_free(key);
	seal_key_free(out);
}

static void
a_key_is_zero_when_it_is_new(void)
{
	enum { KEYS = 400 };
	static struct seal_key *keys[KEYS];
	static const struct seal_key zero;
	int dirty = 0, shared = 0;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < KEYS; i++) {
			keys[i] = seal_key_new();
			dirty += !seal_equal(keys[i], &zero, SEAL_KEY_BYTES);
			memset(keys[i], i % 251 + 1, SEAL_KEY_BYTES);
		}
		for (int i = 0; i < KEYS; i++) {
			shared += keys[i]->bytes[0] != i % 251 + 1 ||
				  keys[i]->bytes[31] != i % 251 + 1;
			seal_key_free(keys[i]);
		}
	}
	TAP_OK(dirty == 0, "800 keys, half of them used before");
	TAP_OK(shared == 0, "each has its own place");
	seal_key_free(NULL);
}

static void
a_site_makes_its_file_only_when_told(void)
{
	struct seal_site *site;
	struct error err;
	struct stat st;

	unlink(site_path);
	TAP_OK(seal_site_open(site_path, false, &site, &err) == -1 &&
		       err.kind == ERROR_ABSENT && site == NULL,
	       "no file, not told: %s", err.text);
	TAP_OK(seal_site_open(site_path, true, &site, &err) == 0 &&
		       seal_site_current(site) == 1,
	       "told: secret 1 is made");
	TAP_OK(stat(site_path, &st) == 0 && (st.st_mode & 07777) == 0600,
	       "with mode 0600");
	seal_site_close(site);
}

static void
a_site_refuses_a_strange_file(void)
{
	static const struct {
		const char *lines, *what;
		mode_t mode;
		enum error_kind kind;
	} rows[] = {
		{"", "readable by the group", 0640, ERROR_REFUSED},
		{"", "readable by all", 0604, ERROR_REFUSED},
		{"2 00ff\n", "a secret cut short", 0600, ERROR_CORRUPT},
		{"1 000102030405060708090a0b0c0d0e0f"
		 "101112131415161718191a1b1c1d1e1f\n",
		 "a number twice", 0600, ERROR_CORRUPT},
		{"\n\n", "empty lines", 0600, ERROR_CORRUPT},
	};
	char other[160];
	struct seal_site *site;
	struct error err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_site_file(rows[i].lines, rows[i].mode);
		TAP_OK(seal_site_open(site_path, true, &site, &err) == -1 &&
			       err.kind == rows[i].kind,
		       "%s: %s", rows[i].what, err.text);
	}
	write_site_file("", 0600);
	snprintf(other, sizeof(other), "%s-other", site_path);
	TAP_OK(rename(site_path, other) == 0 && symlink(other, site_path) == 0 &&
		       seal_site_open(site_path, true, &site, &err) == -1,
	       "a symbolic link: %s", err.text);
	unlink(site_path);
	unlink(other);
}

static void
a_secret_is_changed_while_orders_wait(void)
{
	struct seal_site *site = site_of_the_vectors(), *again;
	struct seal_key *key = seal_key_random(), *out = seal_key_new();
	uint8_t old[SEAL_KEY_BYTES], new[SEAL_KEY_BYTES], wrapped[ORDER_WRAPPED_MAX];
	struct error err;
	uint16_t len;

	seal_grant_wrap(site, order_id, key, wrapped, &len);
	TAP_OK(seal_site_rotate(site, site_path, &err) == 0 &&
		       seal_site_current(site) == 2 && seal_site_older(site, 2) == 1 &&
		       seal_site_older(site, 1) == 0,
	       "a second secret is the current one, the first is still there");
	seal_code_key(site, 1, CODE, old, &err);
	seal_code_key(site, 2, CODE, new, &err);
	TAP_OK(is(code_key_hex, old, sizeof(old)) && memcmp(old, new, sizeof(old)) != 0,
	       "waiting orders are still found by the first");
	TAP_OK(seal_site_open(site_path, false, &again, &err) == 0 &&
		       seal_grant_unwrap(again, order_id, wrapped, len, out, &err) ==
			       0 &&
		       seal_equal(out, key, SEAL_KEY_BYTES),
	       "and a grant of before opens after a restart");
	seal_site_close(again);
	TAP_OK(seal_site_retire(site, site_path, 2, &err) == -1, "%s", err.text);
	TAP_OK(seal_site_retire(site, site_path, 1, &err) == 0 &&
		       seal_code_key(site, 1, CODE, old, &err) == -1 &&
		       seal_grant_unwrap(site, order_id, wrapped, len, out, &err) == -1,
	       "a retired secret opens nothing: %s", err.text);
	TAP_OK(seal_site_open(site_path, false, &again, &err) == 0 &&
		       seal_site_current(again) == 2 && seal_site_older(again, 2) == 0,
	       "nor after a restart");
	seal_site_close(again);
	seal_site_close(site);
	seal_key_free(key);
	seal_key_free(out);
}

static void
a_recovery_key_opens_orders_with_its_passphrase_alone(void)
{
	struct seal_key *private_key = seal_key_new(), *key = seal_key_random();
	struct seal_key *out = seal_key_new();
	uint8_t public_key[SEAL_KEY_BYTES], again[SEAL_KEY_BYTES];
	uint8_t wrapped[ORDER_WRAPPED_MAX] = {0};
	char text[SEAL_RECOVERY_TEXT];
	struct error err;
	uint16_t len = 0;

	TAP_OK(seal_recovery_create("correct horse", 13, public_key, text, &err) == 0 &&
		       seal_recovery_wrap(public_key, key, wrapped, &len, &err) == 0,
	       "it is made, and an order sealed to it");
	TAP_OK(seal_recovery_open(text, "correct horsf", 13, again, private_key,
				  &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "a wrong passphrase: %s", err.text);
	TAP_OK(seal_recovery_open(text, "correct horse", 13, again, private_key,
				  &err) == 0 &&
		       memcmp(again, public_key, sizeof(again)) == 0,
	       "the right one opens it");
	TAP_OK(seal_recovery_unwrap(again, private_key, wrapped, len, out, &err) == 0 &&
		       seal_equal(out, key, SEAL_KEY_BYTES),
	       "and the order");
	wrapped[40] ^= 1;
	TAP_OK(seal_recovery_unwrap(again, private_key, wrapped, len, out, &err) ==
			       -1 &&
		       err.kind == ERROR_REFUSED,
	       "which may not be changed: %s", err.text);
	text[strlen(text) - 2] = '\0';
	TAP_OK(seal_recovery_open(text, "correct horse", 13, again, private_key,
				  &err) == -1 &&
		       err.kind == ERROR_INPUT,
	       "a text cut short: %s", err.text);
	seal_key_free(private_key);
	seal_key_free(key);
	seal_key_free(out);
}

int
main(void)
{
	struct error err;

	if (seal_start(&err) != 0 || mkdtemp(folder) == NULL)
		return 99;
	snprintf(site_path, sizeof(site_path), "%s/site", folder);
	text_unhex(order_id, UUID_BYTES, "0123456789ab4cde8f0123456789abcd");
	text_unhex(body_id, UUID_BYTES, "fedcba9876544321a001deadbeef0042");
	for (uint8_t i = 0; i < SEAL_SALT_BYTES; i++)
		salt[i] = i;
	identification_keys_are_as_written_down();
	order_keys_open_as_written_down();
	sums_and_digests_are_as_written_down();
	chunks_are_as_written_down("aes-256-gcm", aes_0_hex, aes_1_hex);
	chunks_are_as_written_down("chacha20-poly1305", chacha_0_hex, chacha_1_hex);
	a_stream_notices_whatever_was_changed("aes-256-gcm");
	a_stream_notices_whatever_was_changed("chacha20-poly1305");
	a_wrapped_key_opens_for_its_order_and_key_alone();
	a_key_is_zero_when_it_is_new();
	a_site_makes_its_file_only_when_told();
	a_site_refuses_a_strange_file();
	a_secret_is_changed_while_orders_wait();
	a_recovery_key_opens_orders_with_its_passphrase_alone();
	recovery_keys_open_as_written_down();
	site_secrets_go_into_a_box_and_out_again();
	secrets_are_locked_and_never_dumped();
	unlink(site_path);
	rmdir(folder);
	return tap_done();
}
