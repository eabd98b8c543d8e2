/* tac_reference.c: see tac_reference.h. Single DES is EDE with three equal keys. */
#include "tac_reference.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/bytes.h"

#define DATA_MAX 64

void tac_reference_cipher(const char *name, const uint8_t *key, const uint8_t *iv, const uint8_t *from, uint8_t *to, size_t size)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, "provider=default");
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0;

    assert_non_null(cipher);
    assert_non_null(context);
    assert_int_equal(EVP_EncryptInit_ex2(context, cipher, key, iv, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(context, 0), 1);
    assert_int_equal(EVP_EncryptUpdate(context, to, &written, from, (int)size), 1);
    assert_int_equal(written, size);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
}

void tac_reference_3des(const uint8_t key[16], const uint8_t from[8], uint8_t to[8])
{
    uint8_t three[24];

    memcpy(three, key, 16);
    memcpy(three + 16, key, 8);
    tac_reference_cipher("DES-EDE3-ECB", three, NULL, from, to, 8);
}

static size_t pad(const uint8_t *data, size_t size, size_t block, uint8_t padded[DATA_MAX])
{
    memset(padded, 0, DATA_MAX);
    memcpy(padded, data, size);
    padded[size] = 0x80;
    return (size + block) / block * block;
}

static void des_cbc_last(const uint8_t key[8], const uint8_t *data, size_t size, uint8_t last[8])
{
    static const uint8_t zero[8];
    uint8_t three[24], padded[DATA_MAX];
    const size_t padded_size = pad(data, size, 8, padded);

    for (int i = 0; i < 3; i++) memcpy(three + 8 * i, key, 8);
    tac_reference_cipher("DES-EDE3-CBC", three, zero, padded, padded, padded_size);
    memcpy(last, padded + padded_size - 8, 8);
}

uint32_t tac_reference_des_mac(const uint8_t key[8], const uint8_t *data, size_t size)
{
    uint8_t last[8];

    des_cbc_last(key, data, size, last);
    return clr_get_be32(last);
}

/* D(right), then E(left), with EDE alone: the last block is L(x) = E(left, x), and EDE(left, right, left) of x is E(left, D(right, L(x))). So
 * the last block of the plain chain must be stopped one encryption earlier. */
static uint32_t retail_mac(const uint8_t key[16], const uint8_t *data, size_t size)
{
    uint8_t padded[DATA_MAX], before[8] = { 0 };
    const size_t padded_size = pad(data, size, 8, padded);
    const uint8_t *last = padded + padded_size - 8;
    uint8_t three[24];

    for (int i = 0; i < 3; i++) memcpy(three + 8 * i, key, 8);
    for (const uint8_t *block = padded; block < last; block += 8) {
        for (int i = 0; i < 8; i++) before[i] ^= block[i];
        tac_reference_cipher("DES-EDE3-ECB", three, NULL, before, before, 8);
    }
    for (int i = 0; i < 8; i++) before[i] ^= last[i];
    tac_reference_3des(key, before, before);
    return clr_get_be32(before);
}

static void diversify(uint8_t algorithm, const uint8_t key[16], const uint8_t factor[8], uint8_t derived[16])
{
    uint8_t both[16];

    for (int i = 0; i < 8; i++) {
        both[i] = factor[i];
        both[8 + i] = (uint8_t)(factor[i] ^ 0xFF);
    }
    if (algorithm == CLR_TAC_SM4) {
        tac_reference_cipher("SM4-ECB", key, NULL, both, derived, 16);
    } else {
        uint8_t left[8], right[8];
        tac_reference_3des(key, both, left);
        tac_reference_3des(key, both + 8, right);
        memcpy(derived, left, 8);
        memcpy(derived + 8, right, 8);
    }
}

void tac_reference_card_key(const struct clr_tac_key *key, const uint8_t card_factor[8], uint8_t card[16])
{
    memcpy(card, key->master, 16);
    if (key->levels == 2) diversify(key->algorithm, card, key->issuer_factor, card);
    if (key->levels >= 1) diversify(key->algorithm, card, card_factor, card);
}

uint32_t tac_reference(const struct clr_tac_key *key, const struct clr_tac_item *item)
{
    static const uint8_t zero[16];
    uint8_t card[16], padded[DATA_MAX];

    tac_reference_card_key(key, item->card_factor, card);
    if (key->algorithm == CLR_TAC_SM4) {
        const size_t size = pad(item->data, item->size, 16, padded);
        uint32_t words[4];
        tac_reference_cipher("SM4-CBC", card, zero, padded, padded, size);
        for (int i = 0; i < 4; i++) words[i] = clr_get_be32(padded + size - 16 + 4 * i);
        return key->xor_words ? words[0] ^ words[1] ^ words[2] ^ words[3] : words[0];
    }
    if (!key->fold) return retail_mac(card, item->data, item->size);
    for (int i = 0; i < 8; i++) card[i] ^= card[8 + i];
    return tac_reference_des_mac(card, item->data, item->size);
}

size_t tac_hex(const char *text, uint8_t *bytes)
{
    size_t digits = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ') continue;
        const unsigned value = (unsigned)(*text <= '9' ? *text - '0' : *text - 'A' + 10);
        assert_true(value < 16);
        if (digits % 2 == 0) bytes[digits / 2] = 0;
        bytes[digits / 2] |= (uint8_t)(value << (digits % 2 == 0 ? 4 : 0));
        digits++;
    }
    assert_int_equal(digits % 2, 0);
    return digits / 2;
}

uint64_t tac_random(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void tac_random_bytes(uint64_t *seed, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)tac_random(seed);
}

void tac_random_keys(uint64_t *seed, struct clr_tac_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct clr_tac_key *key = &keys[i];
        *key = (struct clr_tac_key){ .levels = (uint8_t)(2 - i % 3), .algorithm = i % 4 == 3 ? CLR_TAC_SM4 : CLR_TAC_3DES };
        tac_random_bytes(seed, key->master, sizeof key->master);
        tac_random_bytes(seed, key->issuer_factor, sizeof key->issuer_factor);
        key->fold = (uint8_t)(i % 2 == 0);           /* of every level and form, one among each twelve keys */
        key->xor_words = (uint8_t)(i / 4 % 2);
    }
}

void tac_random_items(uint64_t *seed, struct clr_tac_item *items, size_t count, size_t keys)
{
    for (size_t i = 0; i < count; i++) {
        struct clr_tac_item *item = &items[i];
        const uint64_t drawn = tac_random(seed);
        memset(item, 0, sizeof *item);
        tac_random_bytes(seed, item->card_factor, sizeof item->card_factor);
        tac_random_bytes(seed, item->data, sizeof item->data);
        item->size = (uint8_t)(drawn % 4 < 2 ? 22 : drawn % 4 == 2 ? 18 : 16 + (drawn >> 8) % 7);
        item->key = (uint16_t)((drawn >> 32) % keys);
    }
}

uint64_t tac_digest(const struct clr_tac_item *items, size_t count)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < count; i++) digest = (digest ^ items[i].tac) * UINT64_C(0x100000001b3);
    return digest;
}
