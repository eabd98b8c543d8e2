/*
 * tac.h: the transaction authentication code (交易验证码) of many card transactions at once.
 *
 * A card's chip makes four bytes over what it has just paid; whoever holds the master key can make them again. Here is the arithmetic only:
 * which key a record goes by, and what a wrong code means, is for the caller.
 *
 *   step                  3DES cards                                             SM4 cards
 *   diversify K by D      3DES-ECB(K, D) || 3DES-ECB(K, ~D)                      SM4-ECB(K, D || ~D)
 *   card key              levels 2: by issuer_factor, then by card_factor; levels 1: by card_factor; levels 0: `master` itself
 *   padding               80 00... to a multiple of 8 (24 bytes for 18 and 22)   80 00... to a multiple of 16 (32 bytes for 18 and 22)
 *   MAC, IV zero          fold 1: single-DES CBC under left XOR right            SM4-CBC, last block
 *                         fold 0: single-DES CBC under left, then D(right), E(left) on the last block (ISO 9797-1 algorithm 3)
 *   TAC                   first 4 bytes                                          first 4 bytes, or with xor_words the XOR of its four words
 *
 * Standard  PBOC e-purse for 3DES with fold 1, as the published examples in the tests have it. Inferred, and therefore parameters (adr/0011): SM4 in
 *           every step, fold 0, the order issuer before card.
 * Engines   all give the same bytes. 3DES is bitsliced in PORTABLE (64 cards at once) and AVX2 (256 at once); SM4 goes through OpenSSL in all.
 * Threads   a context belongs to one thread; the functions without one are pure.
 */
#ifndef CLR_TAC_TAC_H
#define CLR_TAC_TAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum clr_tac_algorithm { CLR_TAC_3DES = 1, CLR_TAC_SM4 = 2 };
enum clr_tac_engine { CLR_TAC_OPENSSL, CLR_TAC_PORTABLE, CLR_TAC_AVX2 };

#define CLR_TAC_DATA_MAX 22
#define CLR_TAC_KEYS_MAX 65536

/** What a record is checked under. Two issuers under one master key are two of these. */
struct clr_tac_key {
    uint8_t master[16];
    uint8_t issuer_factor[8];      /* levels 2 only */
    uint8_t levels;                /* 0, 1 or 2 */
    uint8_t algorithm;             /* enum clr_tac_algorithm */
    uint8_t fold;                  /* 3DES only: 1 or 0, above */
    uint8_t xor_words;             /* SM4 only: 0 or 1, above */
};

/** One record in, one code out. */
struct clr_tac_item {
    uint8_t card_factor[8];        /* the right-hand 8 bytes of the application serial, BCD; unused under levels 0 */
    uint8_t data[CLR_TAC_DATA_MAX];
    uint8_t size;                  /* bytes of `data` that count: 16..22 (three DES blocks, two of SM4 when padded); known forms are 22 and 18 */
    uint16_t key;                  /* index of its key */
    uint32_t tac;                  /* out: the code's 4 bytes as a big-endian number */
};

struct clr_tac_context;

/**
 * Make ready to compute under these keys: schedules and issuer-level keys are derived once, here.
 *
 * @param keys    borrowed for the call; copied into guarded memory (sodium_malloc), wiped by destroy.
 * @param count   1..CLR_TAC_KEYS_MAX.
 * @param engine  one this machine has: CLR_TAC_AVX2 only where clr_tac_has() says so.
 * @return CLR_OK | CLR_USAGE (count, levels, algorithm, or an engine that this machine lacks) | CLR_FULL | CLR_KEY (OpenSSL or libsodium failed)
 */
CLR_MUST_USE enum clr_status clr_tac_create(const struct clr_tac_key *keys, size_t count, enum clr_tac_engine engine, struct clr_tac_context **out);

/** Wipes and frees; NULL is fine. */
void clr_tac_destroy(struct clr_tac_context *context);

/** Whether this machine can run it, and the fastest it can run. */
bool clr_tac_has(enum clr_tac_engine engine);
enum clr_tac_engine clr_tac_best(void);

/** "openssl", "portable", "avx2". */
const char *clr_tac_engine_name(enum clr_tac_engine engine);

/**
 * Fill `tac` of every item. Any order, any mix of keys, sizes and algorithms; it groups them itself. Batches of some thousands are fastest:
 * the bitsliced engines work on 64 or 256 records of one kind at a time, and a record alone costs as much as a full group.
 *
 * @return CLR_OK | CLR_USAGE (a key index or a size out of range; nothing was computed) | CLR_KEY (OpenSSL failed)
 */
CLR_MUST_USE enum clr_status clr_tac_compute(struct clr_tac_context *context, struct clr_tac_item *items, size_t count);

/** Whether a code is one of the constants that terminals write when they have none: "no TAC", never a wrong one. */
static inline bool clr_tac_is_absent(uint32_t tac)
{
    return tac == UINT32_C(0x30303030) || tac == 0 || tac == UINT32_C(0xFFFFFFFF);
}

/** 12 decimal digits as the card holds them: packed BCD in 48 bits. Digits above 12 are dropped. */
uint64_t clr_tac_bcd12(uint64_t decimal);

/**
 * The data of a purchase as a card sees it, all big-endian:
 *   off size meaning
 *     0    4  amount, fen
 *     4    1  transaction type, BCD (06, 09)
 *     5    6  terminal (PSAM) number: as on the card; clr_tac_bcd12() of a decimal number
 *    11    4  terminal transaction serial; the 18-byte form of some account cards leaves it out
 *         4+3 date YYYYMMDD and time hhmmss of the business zone, BCD
 *
 * @param time_s  seconds since 1970 UTC.
 * @return false, and `data` untouched, where a value does not fit (amount over 32 bits, terminal over 48, year outside 1..9999).
 */
CLR_MUST_USE bool clr_tac_data22(uint64_t amount_fen, uint8_t type, uint64_t terminal, uint32_t serial, int64_t time_s, uint8_t data[22]);
CLR_MUST_USE bool clr_tac_data18(uint64_t amount_fen, uint8_t type, uint64_t terminal, int64_t time_s, uint8_t data[18]);

#endif
