#include "gen_tac.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "gen_file.h"
#include "gen_trade.h"
#include "keys/file.h"

struct gen_tac {
    uint64_t seed;
    const struct gen_world *world;
    struct clr_key *key;                      /* of each issuer */
    uint8_t (*issuer_key)[16];
    EVP_CIPHER *ecb, *cbc;
    EVP_CIPHER_CTX *context;
};

/** 32 bytes that follow from the seed and a purpose. */
static bool derive(uint64_t seed, const char *purpose, const char *code, uint8_t out[32])
{
    char text[200];
    unsigned size = 32;
    const int length = snprintf(text, sizeof text, "clear gen %s %llu %.64s", purpose, (unsigned long long)seed, code);

    return length > 0 && EVP_Digest(text, (size_t)length, out, &size, EVP_sha256(), NULL) == 1;
}

/** Encrypt whole blocks under a double-length key, from IV zero. */
static bool encrypt(struct gen_tac *tac, const EVP_CIPHER *cipher, const uint8_t key[16], const uint8_t *data, size_t size, uint8_t *out)
{
    static const uint8_t zeros[8] = { 0 };
    int done = 0;

    return EVP_EncryptInit_ex2(tac->context, cipher, key, zeros, NULL) == 1 && EVP_CIPHER_CTX_set_padding(tac->context, 0) == 1 &&
           EVP_EncryptUpdate(tac->context, out, &done, data, (int)size) == 1 && done == (int)size;
}

/** 3DES(key, factor) || 3DES(key, not factor). */
static bool diversify(struct gen_tac *tac, const uint8_t key[16], const uint8_t factor[8], uint8_t out[16])
{
    uint8_t both[16];

    for (unsigned i = 0; i < 8; i++) {
        both[i] = factor[i];
        both[8 + i] = (uint8_t)~factor[i];
    }
    return encrypt(tac, tac->ecb, key, both, sizeof both, out);
}

static bool make_keys(struct gen_tac *tac, enum clr_format format)
{
    const uint8_t number = format == CLR_FORMAT_YZ316 ? 1 : 0;

    for (size_t i = 0; i < tac->world->issuer_count; i++) {
        const char *code = tac->world->rules->party[tac->world->issuer[i].party].code;
        struct clr_key *key = &tac->key[i];
        uint8_t drawn[32];
        if (!derive(tac->seed, "TAC key", code, drawn)) return false;
        *key = (struct clr_key){ .version = number, .index = number, .algorithm = CLR_TAC_3DES, .levels = 2, .fold = 1, .data_size = 22 };
        snprintf(key->issuer, sizeof key->issuer, "%s", code);
        memcpy(key->master, drawn, sizeof key->master);
        memcpy(key->issuer_factor, drawn + 16, sizeof key->issuer_factor);
        if (!diversify(tac, key->master, key->issuer_factor, tac->issuer_key[i])) return false;
    }
    return true;
}

enum clr_status gen_tac_make(const struct gen_world *world, uint64_t seed, enum clr_format format, struct gen_tac **out)
{
    struct gen_tac *tac = calloc(1, sizeof *tac);

    *out = tac;
    if (tac == NULL) return CLR_FULL;
    tac->seed = seed;
    tac->world = world;
    tac->key = calloc(world->issuer_count + 1, sizeof *tac->key);
    tac->issuer_key = calloc(world->issuer_count + 1, sizeof *tac->issuer_key);
    if (tac->key == NULL || tac->issuer_key == NULL) return CLR_FULL;
    tac->ecb = EVP_CIPHER_fetch(NULL, "DES-EDE-ECB", NULL);
    tac->cbc = EVP_CIPHER_fetch(NULL, "DES-EDE-CBC", NULL);
    tac->context = EVP_CIPHER_CTX_new();
    if (tac->ecb == NULL || tac->cbc == NULL || tac->context == NULL) return CLR_KEY;
    return make_keys(tac, format) ? CLR_OK : CLR_KEY;
}

void gen_tac_free(struct gen_tac *tac)
{
    if (tac == NULL) return;
    EVP_CIPHER_CTX_free(tac->context);
    EVP_CIPHER_free(tac->ecb);
    EVP_CIPHER_free(tac->cbc);
    free(tac->key);
    free(tac->issuer_key);
    free(tac);
}

/* ---- the key files ---- */

static enum clr_status write_sealed(const struct gen_tac *tac, const struct clr_secret *secret, const char *path, struct clr_fault *fault)
{
    uint8_t entropy[64], *sealed = NULL;
    struct clr_keyset *set;
    size_t size = 0;

    CLR_TRY(clr_keyset_create(&set));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < tac->world->issuer_count && status == CLR_OK; i++) status = clr_keyset_add(set, &tac->key[i], fault);
    if (!derive(tac->seed, "salt", "", entropy) || !derive(tac->seed, "nonce", "", entropy + 32)) status = CLR_KEY;
    if (status == CLR_OK) status = clr_keys_seal(set, secret, CLR_SEAL_COST, entropy, &sealed, &size, fault);
    if (status == CLR_OK) status = clr_sealed_replace(path, sealed, size, fault);
    free(sealed);
    clr_keyset_destroy(set);
    return status;
}

enum clr_status gen_tac_write(const struct gen_tac *tac, const char *out, struct clr_fault *fault)
{
    char path[4200];
    struct clr_secret *secret = clr_secret_create();

    if (secret == NULL) return CLR_FULL;
    secret->by = CLR_SEAL_BY_KEY;
    secret->size = CLR_SEAL_KEY_SIZE;
    enum clr_status status = derive(tac->seed, "key file", "", secret->data) ? CLR_OK : CLR_KEY;
    snprintf(path, sizeof path, "%s/" GEN_TAC_KEY_NAME, out);
    if (status == CLR_OK) status = clr_sealed_replace(path, secret->data, secret->size, fault);
    snprintf(path, sizeof path, "%s/rules/keys.sealed", out);
    if (status == CLR_OK) status = write_sealed(tac, secret, path, fault);
    clr_secret_destroy(secret);
    return status;
}

/* ---- one trade ---- */

/** Decimal digits, two a byte. */
static void pack(const char *digits, size_t count, uint8_t *out)
{
    for (size_t i = 0; i < count; i += 2) out[i / 2] = (uint8_t)((digits[i] - '0') << 4 | (digits[i + 1] - '0'));
}

/** The last 16 digits of a card number, zeros in front. */
static void card_factor(const char *card, uint8_t out[8])
{
    char digits[17] = "0000000000000000";
    const size_t size = strlen(card), taken = size < 16 ? size : 16;

    memcpy(digits + 16 - taken, card + size - taken, taken);
    pack(digits, 16, out);
}

enum clr_status gen_tac_of(struct gen_tac *tac, const struct gen_world *world, const struct gen_trade *trade, uint32_t *out)
{
    const size_t issuer = (size_t)(gen_world_issuer(world, trade->card) - world->issuer);
    uint8_t data[24] = { 0 }, factor[8], card_key[16], mac[24];
    char card[GEN_CARD_TEXT_SIZE], digits[32];

    card_factor(gen_trade_card(world, trade, card), factor);
    clr_put_be32(data, trade->amount_fen);
    data[4] = trade->type;
    snprintf(digits, sizeof digits, "%012llu", (unsigned long long)gen_terminal_number(trade));
    pack(digits, 12, data + 5);
    clr_put_be32(data + 11, trade->serial);
    gen_put_time(gen_put_day(digits, world->date, trade->time_s), trade->time_s);
    pack(digits, 14, data + 15);
    data[22] = 0x80;
    if (!diversify(tac, tac->issuer_key[issuer], factor, card_key)) return CLR_KEY;
    for (unsigned i = 0; i < 8; i++) card_key[i] ^= card_key[8 + i];
    memcpy(card_key + 8, card_key, 8);        /* equal halves: EDE is single DES */
    if (!encrypt(tac, tac->cbc, card_key, data, sizeof data, mac)) return CLR_KEY;
    *out = (uint32_t)mac[16] << 24 | (uint32_t)mac[17] << 16 | (uint32_t)mac[18] << 8 | mac[19];
    return CLR_OK;
}
