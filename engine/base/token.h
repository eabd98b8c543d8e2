/*
 * token.h: card numbers become tokens at decode; the number itself is never stored.
 *
 * A card number is written into a 16-byte canonical block and encrypted with AES-128 under the store key: a
 * permutation, so equality is exact, nothing collides, bits are uniform, and only the key turns it back.
 *
 *   off size meaning
 *     0    1  kind and length: 0x40 | digits (decimal, up to 30 digits, leading zeros dropped), or
 *             0x80 | characters (text of [0-9A-Za-z], up to 20); 0x00: no card
 *     1   15  decimal: packed BCD, high nibble first, zero padded
 *             text: 6 bits a character, high bit first, zero padded
 *
 * What does not fit becomes kind 0xC0 with 15 bytes of keyed BLAKE2b (not reversible).
 *
 * Threads   a clr_tokenizer may be used by one thread at a time; copies of the key make more.
 */
#ifndef CLR_BASE_TOKEN_H
#define CLR_BASE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"

struct clr_token {
    uint8_t byte[16];
};

#define CLR_STORE_KEY_SIZE 32
#define CLR_CARD_TEXT_SIZE 36

struct clr_tokenizer;

/** @param key  the store key (CLR_STORE_KEY_SIZE bytes); sub-keys for tokens and hashes are derived from it. */
CLR_MUST_USE enum clr_status clr_tokenizer_create(const uint8_t *key, struct clr_tokenizer **out);
void clr_tokenizer_destroy(struct clr_tokenizer *tokenizer);

/** Canonical block of a card number (blanks around it ignored). Empty or all blank: the zero block. @return is there a number at all */
bool clr_card_block(struct clr_tokenizer *tokenizer, struct clr_bytes number, uint8_t block[16]);

/** Encrypt `count` blocks in place into tokens (in bulk). */
void clr_tokens_of_blocks(struct clr_tokenizer *tokenizer, struct clr_token *blocks, size_t count);

/** The number behind a token as text (for `--unmask` and prefix rules), "" for no card; kind 0xC0 gives "?". */
void clr_token_number(struct clr_tokenizer *tokenizer, const struct clr_token *token, char text[CLR_CARD_TEXT_SIZE]);

/** Mask a number for people: first 6 and last 4 kept when longer than 12, else first 2 and last 2; middle as '*'. */
void clr_card_mask(const char *number, char text[CLR_CARD_TEXT_SIZE]);

/** Secret seed for placement hashes, derived from the store key. */
uint64_t clr_tokenizer_seed(const struct clr_tokenizer *tokenizer);

static inline bool clr_token_equal(const struct clr_token *a, const struct clr_token *b)
{
    return memcmp(a->byte, b->byte, 16) == 0;
}

#endif
