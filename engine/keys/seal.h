/*
 * seal.h: keys.sealed: TAC master keys under a passphrase or a key file.
 *
 *   off size meaning
 *     0    8  "CLRKEYS1"
 *     8    1  1 sealed under a key file, 2 under a passphrase
 *     9    1  Argon2id: passes            10  1  Argon2id: log2 of the bytes of memory; both 0 under a key file
 *    11    1  0
 *    12    4  bytes that follow the head (tag included), little-endian
 *    16   16  salt
 *    32   24  nonce
 *    56    n  XChaCha20-Poly1305 of: count32, then count keys of 104 bytes (keys/keyset.h) in order; the head is the associated data
 *
 * Sealing key   passphrase: Argon2id(passphrase, salt). Key file: BLAKE2b("clear keys.sealed" || salt) keyed with its 32 bytes.
 * Promise       any change of any byte is found; nothing of a file that does not open is believed. What was decrypted is wiped.
 * Errors        CLR_KEY with fault: wrong passphrase or key, damaged, not such a file, or libsodium refused.
 * Threads       any.
 */
#ifndef CLR_KEYS_SEAL_H
#define CLR_KEYS_SEAL_H

#include "keys/keyset.h"

#define CLR_SEALED_HEAD_SIZE 56
#define CLR_SEALED_SIZE_MAX (CLR_SEALED_HEAD_SIZE + 4 + CLR_KEYS_MAX * sizeof(struct clr_key) + 16)
#define CLR_SEAL_KEY_SIZE 32
#define CLR_PASSPHRASE_MAX 1024
#define CLR_SEAL_ENTROPY_SIZE 40

enum clr_seal_by { CLR_SEAL_BY_KEY = 1, CLR_SEAL_BY_PASSPHRASE = 2 };

/** What opens a file; made by clr_secret_create, in guarded memory. */
struct clr_secret {
    enum clr_seal_by by;
    size_t size;                            /* of what counts: 32, or the bytes of the passphrase */
    uint8_t data[CLR_PASSPHRASE_MAX];
};
struct clr_secret *clr_secret_create(void);                 /* NULL: out of memory */
void clr_secret_destroy(struct clr_secret *secret);         /* wipes; NULL is fine */

/** Cost of guessing a passphrase. */
struct clr_seal_cost {
    uint8_t passes, memory_log2;
};
#define CLR_SEAL_COST ((struct clr_seal_cost){ 3, 28 })     /* 256 MiB: libsodium's "moderate" */
#define CLR_SEAL_PASSES_MAX 16
#define CLR_SEAL_MEMORY_LOG2_MAX 30
#define CLR_SEAL_MEMORY_LOG2_MIN 13

/**
 * @param entropy  salt and nonce; NULL: random, as it must be for real keys. Given only where the same arguments must give the same bytes (gen).
 * @param out      malloc'ed; free().
 */
CLR_MUST_USE enum clr_status clr_keys_seal(const struct clr_keyset *set, const struct clr_secret *secret, struct clr_seal_cost cost,
                                           const uint8_t *entropy, uint8_t **out, size_t *size, struct clr_fault *fault);

/** @return CLR_OK | CLR_KEY | CLR_FULL */
CLR_MUST_USE enum clr_status clr_keys_unseal(struct clr_bytes sealed, const struct clr_secret *secret, struct clr_keyset **out,
                                             struct clr_fault *fault);

/** What such a file is sealed under, 0 if it is none. */
unsigned clr_keys_sealed_by(struct clr_bytes sealed);

#endif
