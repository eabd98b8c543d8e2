/*
 * keyset.h: the TAC master keys of a centre, by issuer, version and index, in memory that is guarded.
 *
 * A key says how the TACs of an issuer's cards are made; a record names its issuer, and where its format has them the key's version and index
 * (a format without them means version 0, index 0). Which key a record goes by is in ingest/tac_check.h, the arithmetic in tac/tac.h, the file in
 * keys/seal.h.
 *
 * Memory    one block of sodium_malloc: locked, out of core dumps, between guard pages, read-only but for the moments it is changed; wiped when freed.
 * Shown     of a key only its check value (KCV: the first 3 bytes of the zero block under it). Nothing here prints.
 * Threads   one while it is made or changed; then read by any.
 */
#ifndef CLR_KEYS_KEYSET_H
#define CLR_KEYS_KEYSET_H

#include <assert.h>

#include "base/bytes.h"
#include "base/status.h"
#include "tac/tac.h"

#define CLR_KEYS_MAX 4096
#define CLR_KEY_ISSUER_SIZE 64
#define CLR_KEY_KCV_SIZE 3
#define CLR_KEYS_DIGEST_SIZE 32

enum clr_factor_source { CLR_FACTOR_FIXED, CLR_FACTOR_RECORD };

/**
 * One key, as it stands in memory and, sealed, in the file:
 *   off size meaning
 *     0   64  issuer: participant code, zeros behind
 *    64    1  version            65  1  index
 *    66    1  algorithm: enum clr_tac_algorithm
 *    67    1  levels: 0, 1 or 2  68  1  issuer_source: enum clr_factor_source (levels 2)
 *    69    1  card_skip: digits left out at the right of the card number before its last 16 become the card factor
 *    70    1  fold (3DES)        71  1  xor_words (SM4)
 *    72    1  data_size: 22 or 18
 *    73    1  waits: a TAC of this issuer that has no key waits, whatever the sender's profile says
 *    74    6  zeros
 *    80    8  issuer_factor
 *    88   16  master
 */
struct clr_key {
    char issuer[CLR_KEY_ISSUER_SIZE];
    uint8_t version, index, algorithm;
    uint8_t levels, issuer_source, card_skip, fold, xor_words, data_size, waits;
    uint8_t zeros[6];
    uint8_t issuer_factor[8];
    uint8_t master[16];
};
static_assert(sizeof(struct clr_key) == 104, "a key is stored as it stands in memory");

struct clr_keyset;

/** An empty set. @return CLR_OK | CLR_FULL | CLR_KEY (libsodium does not start) */
CLR_MUST_USE enum clr_status clr_keyset_create(struct clr_keyset **out);
void clr_keyset_destroy(struct clr_keyset *set);            /* wipes; NULL is fine */

/** May a key of this issuer, version and index be added? CLR_USAGE with fault when there is one, of either algorithm: no record names it. */
CLR_MUST_USE enum clr_status clr_keyset_vacant(const struct clr_keyset *set, const struct clr_key *key, struct clr_fault *fault);

/**
 * Add a copy of a key. The set stays sorted by issuer, version, index.
 * @return CLR_OK | CLR_USAGE (clr_keyset_vacant or clr_key_check objects) | CLR_FULL (CLR_KEYS_MAX, memory)
 */
CLR_MUST_USE enum clr_status clr_keyset_add(struct clr_keyset *set, const struct clr_key *key, struct clr_fault *fault);

/**
 * Take away the key of an issuer, version and index; the rest of `numbers` is not looked at. Its place is wiped.
 * @return CLR_OK | CLR_USAGE (there is none, with fault) | CLR_KEY (memory cannot be unprotected)
 */
CLR_MUST_USE enum clr_status clr_keyset_remove(struct clr_keyset *set, const struct clr_key *numbers, struct clr_fault *fault);

size_t clr_keyset_count(const struct clr_keyset *set);
const struct clr_key *clr_keyset_at(const struct clr_keyset *set, size_t index);        /* borrowed until the set changes */

/** Is every value one that the arithmetic knows? CLR_USAGE with fault if not. */
CLR_MUST_USE enum clr_status clr_key_check(const struct clr_key *key, struct clr_fault *fault);

/** Check value. @return CLR_OK | CLR_KEY (OpenSSL refused) */
CLR_MUST_USE enum clr_status clr_key_kcv(const struct clr_key *key, uint8_t kcv[CLR_KEY_KCV_SIZE]);

/**
 * What a verdict may depend on, without the keys: BLAKE2b over everything of every key but its master, and the check value instead. The same
 * keys sealed otherwise have the same digest. NULL or empty: zeros.
 */
CLR_MUST_USE enum clr_status clr_keyset_digest(const struct clr_keyset *set, uint8_t digest[CLR_KEYS_DIGEST_SIZE]);

/** "3des" or "sm4"; enum clr_tac_algorithm of such a name, 0 if it is none. */
const char *clr_key_algorithm_name(unsigned algorithm);
unsigned clr_key_algorithm(const char *name);

#endif
