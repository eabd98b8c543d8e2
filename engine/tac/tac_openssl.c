/* tac_openssl.c: one record at a time through OpenSSL: 3DES by libcrypto's DES, SM4 by EVP. See tac_inside.h. */
#include <sodium.h>

#include "tac/tac_inside.h"

#define DES_BLOCKS 3
#define SM4_BLOCK 16

/* DES_LONG pairs are the block's bytes as two little-endian numbers; nothing here looks into them. */
union des_block {
    DES_LONG halves[2];
    uint8_t bytes[8];
    uint64_t word;
};

static void des_set_key(const uint8_t bytes[8], DES_key_schedule *schedule)
{
    DES_cblock key;

    memcpy(key, bytes, sizeof key);
    DES_set_key_unchecked(&key, schedule);           /* parity is not looked at; weak keys are what was given */
    sodium_memzero(key, sizeof key);
}

static void des_make_schedules(struct tac_ready_key *key)
{
    des_set_key(key->bytes, &key->left);
    des_set_key(key->bytes + 8, &key->right);
}

static void des_diversify(const struct tac_ready_key *key, const uint8_t factor[8], uint8_t derived[16])
{
    union des_block left, right;
    DES_key_schedule *const first = (DES_key_schedule *)&key->left, *const second = (DES_key_schedule *)&key->right;

    memcpy(left.bytes, factor, 8);
    right.word = ~left.word;
    DES_encrypt3(left.halves, first, second, first);
    DES_encrypt3(right.halves, first, second, first);
    memcpy(derived, left.bytes, 8);
    memcpy(derived + 8, right.bytes, 8);
}

/* CBC-MAC of the padded data, under `last` NULL with `first` alone, else ending in D(last), E(first). */
static uint32_t des_mac(DES_key_schedule *first, DES_key_schedule *last, const struct clr_tac_item *item)
{
    union des_block blocks[DES_BLOCKS], chain = { .word = 0 };

    clr_tac_pad(item, (uint8_t *)blocks, sizeof blocks);
    for (int i = 0; i < DES_BLOCKS; i++) {
        chain.word ^= blocks[i].word;
        DES_encrypt1(chain.halves, first, DES_ENCRYPT);
    }
    if (last != NULL) {
        DES_encrypt1(chain.halves, last, DES_DECRYPT);
        DES_encrypt1(chain.halves, first, DES_ENCRYPT);
    }
    return clr_get_be32(chain.bytes);
}

void clr_tac_des_item(const struct tac_ready_key *key, struct clr_tac_item *item)
{
    uint8_t card[16];
    DES_key_schedule first, last;

    if (key->diversify) des_diversify(key, item->card_factor, card);
    else memcpy(card, key->bytes, sizeof card);
    if (key->fold) {
        for (int i = 0; i < 8; i++) card[i] ^= card[i + 8];
    } else {
        DES_set_key_unchecked((const_DES_cblock *)(card + 8), &last);
    }
    DES_set_key_unchecked((const_DES_cblock *)card, &first);
    item->tac = des_mac(&first, key->fold ? NULL : &last, item);
}

enum clr_status clr_tac_sm4_open(struct tac_sm4 *sm4)
{
    sm4->issuer_key = NULL;
    sm4->issuer = EVP_CIPHER_CTX_new();
    sm4->card = EVP_CIPHER_CTX_new();
    if (sm4->issuer == NULL || sm4->card == NULL) return CLR_FULL;
    if (EVP_EncryptInit_ex(sm4->issuer, EVP_sm4_ecb(), NULL, NULL, NULL) != 1) return CLR_KEY;
    if (EVP_EncryptInit_ex(sm4->card, EVP_sm4_cbc(), NULL, NULL, NULL) != 1) return CLR_KEY;
    return CLR_OK;
}

void clr_tac_sm4_close(struct tac_sm4 *sm4)
{
    EVP_CIPHER_CTX_free(sm4->issuer);
    EVP_CIPHER_CTX_free(sm4->card);
}

/* Whole blocks, so that nothing is held back and padding never comes into it. */
static enum clr_status sm4_encrypt(EVP_CIPHER_CTX *context, const uint8_t *from, uint8_t *to, size_t size)
{
    int written = 0;

    if (EVP_CIPHER_CTX_set_padding(context, 0) != 1) return CLR_KEY;
    if (EVP_EncryptUpdate(context, to, &written, from, (int)size) != 1) return CLR_KEY;
    return (size_t)written == size ? CLR_OK : CLR_KEY;
}

static enum clr_status sm4_diversify(EVP_CIPHER_CTX *context, const uint8_t factor[8], uint8_t derived[16])
{
    uint8_t block[SM4_BLOCK];

    for (int i = 0; i < 8; i++) {
        block[i] = factor[i];
        block[i + 8] = (uint8_t)~factor[i];
    }
    return sm4_encrypt(context, block, derived, sizeof block);
}

static enum clr_status sm4_card_key(struct tac_sm4 *sm4, const struct tac_ready_key *key, const uint8_t factor[8], uint8_t card[16])
{
    if (!key->diversify) {
        memcpy(card, key->bytes, SM4_BLOCK);
        return CLR_OK;
    }
    if (sm4->issuer_key != key) {
        sm4->issuer_key = NULL;                      /* whatever fails now must not leave another key's schedule behind */
        if (EVP_EncryptInit_ex(sm4->issuer, NULL, NULL, key->bytes, NULL) != 1) return CLR_KEY;
        sm4->issuer_key = key;
    }
    return sm4_diversify(sm4->issuer, factor, card);
}

enum clr_status clr_tac_sm4_item(struct tac_sm4 *sm4, const struct tac_ready_key *key, struct clr_tac_item *item)
{
    static const uint8_t zero[SM4_BLOCK];
    uint8_t card[SM4_BLOCK], padded[2 * SM4_BLOCK];
    const uint8_t *last = padded + SM4_BLOCK;

    CLR_TRY(sm4_card_key(sm4, key, item->card_factor, card));
    if (EVP_EncryptInit_ex(sm4->card, NULL, NULL, card, zero) != 1) return CLR_KEY;
    clr_tac_pad(item, padded, sizeof padded);
    CLR_TRY(sm4_encrypt(sm4->card, padded, padded, sizeof padded));
    item->tac = clr_get_be32(last);
    if (key->xor_words) item->tac ^= clr_get_be32(last + 4) ^ clr_get_be32(last + 8) ^ clr_get_be32(last + 12);
    return CLR_OK;
}

/* The issuer level under SM4, with a schedule that is used once. */
static enum clr_status sm4_issuer_level(const struct clr_tac_key *key, struct tac_sm4 *sm4, uint8_t derived[16])
{
    sm4->issuer_key = NULL;
    if (EVP_EncryptInit_ex(sm4->issuer, NULL, NULL, key->master, NULL) != 1) return CLR_KEY;
    return sm4_diversify(sm4->issuer, key->issuer_factor, derived);
}

enum clr_status clr_tac_key_make_ready(const struct clr_tac_key *key, struct tac_sm4 *sm4, struct tac_ready_key *ready)
{
    *ready = (struct tac_ready_key){ .algorithm = key->algorithm, .diversify = key->levels > 0, .fold = key->fold, .xor_words = key->xor_words };
    memcpy(ready->bytes, key->master, sizeof ready->bytes);
    if (key->algorithm == CLR_TAC_SM4) return key->levels == 2 ? sm4_issuer_level(key, sm4, ready->bytes) : CLR_OK;

    des_make_schedules(ready);
    if (key->levels == 2) {
        des_diversify(ready, key->issuer_factor, ready->bytes);
        des_make_schedules(ready);
    }
    return CLR_OK;
}
