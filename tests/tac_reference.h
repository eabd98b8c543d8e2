/* tac_reference.h: the TAC said again, slowly and plainly, through EVP alone; shares nothing with engine/tac but its structs. */
#ifndef CLR_TESTS_TAC_REFERENCE_H
#define CLR_TESTS_TAC_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "tac/tac.h"

/** One call of a named cipher, no padding; a failure ends the test. `iv` NULL for ECB. `size` whole blocks. */
void tac_reference_cipher(const char *name, const uint8_t *key, const uint8_t *iv, const uint8_t *from, uint8_t *to, size_t size);

/** 3DES-ECB of one block under a key of 16 bytes. */
void tac_reference_3des(const uint8_t key[16], const uint8_t from[8], uint8_t to[8]);

/** First 4 bytes of a single-DES CBC-MAC with zero IV, padded with 80 00...; any size up to 60. */
uint32_t tac_reference_des_mac(const uint8_t key[8], const uint8_t *data, size_t size);

/** The card key of an item. */
void tac_reference_card_key(const struct clr_tac_key *key, const uint8_t card_factor[8], uint8_t card[16]);

/** What `tac` of the item must be. */
uint32_t tac_reference(const struct clr_tac_key *key, const struct clr_tac_item *item);

/* Bytes from hexadecimal digits (blanks skipped), and a generator that is the same everywhere. */
size_t tac_hex(const char *text, uint8_t *bytes);
uint64_t tac_random(uint64_t *seed);
void tac_random_bytes(uint64_t *seed, uint8_t *bytes, size_t size);

/** Keys of every kind in turn, and items over them, sizes 16..22 with 22 and 18 the most frequent. */
void tac_random_keys(uint64_t *seed, struct clr_tac_key *keys, size_t count);
void tac_random_items(uint64_t *seed, struct clr_tac_item *items, size_t count, size_t keys);

/** FNV-1a over the codes in order: a number to compare between machines, engines and compilers. */
uint64_t tac_digest(const struct clr_tac_item *items, size_t count);

#endif
