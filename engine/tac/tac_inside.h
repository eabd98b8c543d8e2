/*
 * tac_inside.h: what the files of tac/ share. Not for others.
 *
 * A key is ready once its issuer level is derived: `left` and `right` are then the key that a card factor diversifies, or a card key itself.
 * Keys are ranked by kind, so that records sorted by rank come in runs of one kind, and within it of one key.
 */
#ifndef CLR_TAC_TAC_INSIDE_H
#define CLR_TAC_TAC_INSIDE_H

/* OpenSSL 3 offers single DES through EVP in its legacy provider only, and EDE with equal halves costs three times as much. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#include <openssl/evp.h>

#include "base/bytes.h"
#include "tac/bitslice.h"
#include "tac/tac.h"

#define TAC_CHUNK 8192                 /* records sorted at a time: their indexes and lines stay in the second cache */

struct tac_ready_key {
    uint8_t bytes[16];
    DES_key_schedule left, right;      /* 3DES only */
    uint8_t algorithm;
    bool diversify, fold, xor_words;
};

/* SM4 through EVP. The contexts are OpenSSL's own memory, which it wipes when it frees. */
struct tac_sm4 {
    EVP_CIPHER_CTX *issuer, *card;
    const struct tac_ready_key *issuer_key;      /* whose schedule `issuer` holds */
};

struct clr_tac_context {
    size_t key_count;
    enum clr_tac_engine engine;
    struct tac_sm4 sm4;
    struct tac_ready_key *keys;        /* by rank */
    uint32_t *ranks;                   /* rank of a key by its index */
    uint32_t *starts;                  /* of each rank in `order`; one more for the end */
    const struct clr_bitslice_kernel *kernel;
    struct clr_bitslice_group *group;
    void *space;
    struct clr_tac_item *order[TAC_CHUNK];
    uint32_t order_ranks[TAC_CHUNK];
};

/** Derive the issuer level and the schedules. */
enum clr_status clr_tac_key_make_ready(const struct clr_tac_key *key, struct tac_sm4 *sm4, struct tac_ready_key *ready);

enum clr_status clr_tac_sm4_open(struct tac_sm4 *sm4);
void clr_tac_sm4_close(struct tac_sm4 *sm4);
enum clr_status clr_tac_sm4_item(struct tac_sm4 *sm4, const struct tac_ready_key *key, struct clr_tac_item *item);

void clr_tac_des_item(const struct tac_ready_key *key, struct clr_tac_item *item);

/** Items `from`..`to` of the order, all under 3DES keys of one kind, by the context's kernel. */
void clr_tac_bitslice_run(struct clr_tac_context *context, size_t from, size_t to);

/** The data, padded with 80 00..., to 24 or 32 bytes. */
static inline void clr_tac_pad(const struct clr_tac_item *item, uint8_t *padded, size_t size)
{
    memset(padded, 0, size);
    memcpy(padded, item->data, item->size);
    padded[item->size] = 0x80;
}

#endif
