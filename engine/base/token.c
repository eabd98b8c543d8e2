/* token.c: card numbers to canonical blocks, blocks to tokens and back. See token.h. */
#include "base/token.h"

#include <assert.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/card_pack.h"

#define BLOCK_SIZE 16
#define KIND_MASK 0xC0
#define KIND_DECIMAL CLR_CARD_DECIMAL
#define KIND_TEXT 0x80
#define KIND_HASH 0xC0
#define DECIMAL_MAX 30
#define TEXT_MAX 20

/* Sub-keys of the store key. The numbers are part of every store: they never change. */
enum { SUBKEY_TOKEN = 1, SUBKEY_HASH = 2, SUBKEY_SEED = 3 };
static const char subkey_context[crypto_kdf_CONTEXTBYTES] = { 'c', 'l', 'r', 't', 'o', 'k', 'e', 'n' };

struct clr_tokenizer {
    EVP_CIPHER_CTX *encrypt, *decrypt;
    uint8_t hash_key[32];
    uint64_t seed;
};

static EVP_CIPHER_CTX *open_cipher(const uint8_t key[BLOCK_SIZE], bool encrypt)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (context == NULL) return NULL;
    if (EVP_CipherInit_ex(context, EVP_aes_128_ecb(), NULL, key, NULL, encrypt) == 1 && EVP_CIPHER_CTX_set_padding(context, 0) == 1)
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

/* ECB is what we want, once: every block is one number, and equal numbers must give equal tokens. */
static void run_cipher(EVP_CIPHER_CTX *context, uint8_t *data, size_t size)
{
    while (size > 0) {
        const int part = size > (size_t)1 << 30 ? 1 << 30 : (int)size;
        int written = 0;
        const int done = EVP_CipherUpdate(context, data, &written, data, part);

        CLR_ASSERT(done == 1 && written == part);    /* no padding and whole blocks: nothing can be held back */
        data += part;
        size -= (size_t)part;
    }
}

static bool derive(struct clr_tokenizer *tokenizer, const uint8_t *key)
{
    uint8_t token_key[BLOCK_SIZE], seed[BLOCK_SIZE];
    bool derived = crypto_kdf_derive_from_key(token_key, sizeof token_key, SUBKEY_TOKEN, subkey_context, key) == 0
        && crypto_kdf_derive_from_key(tokenizer->hash_key, sizeof tokenizer->hash_key, SUBKEY_HASH, subkey_context, key) == 0
        && crypto_kdf_derive_from_key(seed, sizeof seed, SUBKEY_SEED, subkey_context, key) == 0;

    if (derived) {
        tokenizer->seed = clr_get_be64(seed);
        tokenizer->encrypt = open_cipher(token_key, true);
        tokenizer->decrypt = open_cipher(token_key, false);
        derived = tokenizer->encrypt != NULL && tokenizer->decrypt != NULL;
    }
    sodium_memzero(token_key, sizeof token_key);
    sodium_memzero(seed, sizeof seed);
    return derived;
}

enum clr_status clr_tokenizer_create(const uint8_t *key, struct clr_tokenizer **out)
{
    static_assert(crypto_kdf_KEYBYTES == CLR_STORE_KEY_SIZE, "the store key is the master key of the derivation");
    struct clr_tokenizer *tokenizer;

    if (sodium_init() < 0) return CLR_KEY;
    tokenizer = calloc(1, sizeof *tokenizer);
    if (tokenizer == NULL) return CLR_FULL;
    if (!derive(tokenizer, key)) {
        clr_tokenizer_destroy(tokenizer);
        return CLR_KEY;
    }
    *out = tokenizer;
    return CLR_OK;
}

void clr_tokenizer_destroy(struct clr_tokenizer *tokenizer)
{
    if (tokenizer == NULL) return;
    EVP_CIPHER_CTX_free(tokenizer->encrypt);         /* OpenSSL wipes the key schedule */
    EVP_CIPHER_CTX_free(tokenizer->decrypt);
    sodium_memzero(tokenizer, sizeof *tokenizer);
    free(tokenizer);
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Value 1..62 of a character of the text alphabet, 0 for any other byte. */
static const uint8_t text_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['G'] = 17, ['H'] = 18, ['I'] = 19, ['J'] = 20, ['K'] = 21, ['L'] = 22, ['M'] = 23,
    ['N'] = 24, ['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28, ['S'] = 29, ['T'] = 30, ['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34, ['Y'] = 35, ['Z'] = 36,
    ['a'] = 37, ['b'] = 38, ['c'] = 39, ['d'] = 40, ['e'] = 41, ['f'] = 42, ['g'] = 43, ['h'] = 44, ['i'] = 45, ['j'] = 46, ['k'] = 47, ['l'] = 48, ['m'] = 49,
    ['n'] = 50, ['o'] = 51, ['p'] = 52, ['q'] = 53, ['r'] = 54, ['s'] = 55, ['t'] = 56, ['u'] = 57, ['v'] = 58, ['w'] = 59, ['x'] = 60, ['y'] = 61, ['z'] = 62,
};

static bool pack_decimal(struct clr_bytes number, uint8_t block[BLOCK_SIZE])
{
    for (size_t i = 0; i < number.size; i++) {
        if (!is_digit(number.data[i])) return false;
    }
    while (number.size > 1 && number.data[0] == '0') { number.data++; number.size--; }   /* zero itself keeps one digit */
    if (number.size > DECIMAL_MAX) return false;

    memset(block, 0, BLOCK_SIZE);
    block[0] = (uint8_t)(KIND_DECIMAL | number.size);
    for (size_t i = 0; i < number.size; i++) block[1 + i / 2] |= (uint8_t)((number.data[i] - '0') << (i % 2 == 0 ? 4 : 0));
    return true;
}

/* Up to ten characters, 6 bits each, the last lowest. *unknown is set when one is not of the alphabet. */
static uint64_t text_to_bits(const uint8_t *text, size_t size, bool *unknown)
{
    uint64_t bits = 0;
    bool odd = false;
    for (size_t i = 0; i < size; i++) {
        const uint64_t value = text_values[text[i]];
        odd |= value == 0;
        bits = bits << 6 | ((value - 1) & 63);
    }
    *unknown |= odd;
    return bits;
}

static bool pack_text(struct clr_bytes number, uint8_t block[BLOCK_SIZE])
{
    bool unknown = false;
    if (number.size > TEXT_MAX) return false;
    /* Two halves of 60 bits; the characters stand at the top of the 120. */
    const size_t first = number.size < 10 ? number.size : 10, second = number.size - first;
    const uint64_t high = text_to_bits(number.data, first, &unknown) << 6 * (10 - first);
    const uint64_t low = text_to_bits(number.data + first, second, &unknown) << 6 * (10 - second);
    if (unknown) return false;
    clr_put_be64(block, high >> 4);                  /* bytes 1..7 are the first 56 bits */
    clr_put_be64(block + 8, high << 60 | low);
    block[0] = (uint8_t)(KIND_TEXT | number.size);
    return true;
}

/* BLAKE2b gives 16 bytes at least; the block has room for 15. */
static void pack_hash(const struct clr_tokenizer *tokenizer, struct clr_bytes number, uint8_t block[BLOCK_SIZE])
{
    uint8_t hash[crypto_generichash_BYTES_MIN];
    const int failed = crypto_generichash(hash, sizeof hash, number.data, number.size, tokenizer->hash_key, sizeof tokenizer->hash_key);

    CLR_ASSERT(failed == 0);
    block[0] = KIND_HASH;
    memcpy(block + 1, hash, BLOCK_SIZE - 1);
}

bool clr_card_block(struct clr_tokenizer *tokenizer, struct clr_bytes number, uint8_t block[16])
{
    number = clr_bytes_trim(number);
    if (number.size == 0) {
        memset(block, 0, BLOCK_SIZE);
        return false;
    }
    if (!clr_card_pack(number, block) && !pack_decimal(number, block) && !pack_text(number, block)) pack_hash(tokenizer, number, block);
    return true;
}

void clr_tokens_of_blocks(struct clr_tokenizer *tokenizer, struct clr_token *blocks, size_t count)
{
    static_assert(sizeof(struct clr_token) == BLOCK_SIZE, "an array of tokens is the cipher's input");
    CLR_ASSERT(count <= SIZE_MAX / BLOCK_SIZE);
    run_cipher(tokenizer->encrypt, (uint8_t *)blocks, count * BLOCK_SIZE);
}

static bool unpack_decimal(const uint8_t block[BLOCK_SIZE], size_t size, char *text)
{
    if (size == 0 || size > DECIMAL_MAX) return false;
    for (size_t i = 0; i < size; i++) {
        const unsigned digit = block[1 + i / 2] >> (i % 2 == 0 ? 4 : 0) & 0x0F;
        if (digit > 9) return false;
        text[i] = (char)('0' + digit);
    }
    text[size] = '\0';
    return true;
}

static bool unpack_text(const uint8_t block[BLOCK_SIZE], size_t size, char *text)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    if (size == 0 || size > TEXT_MAX) return false;
    for (size_t i = 0; i < size; i++) {
        unsigned value = 0;
        for (size_t bit = i * 6; bit < i * 6 + 6; bit++) value = value << 1 | (block[1 + bit / 8] >> (7 - bit % 8) & 1u);
        if (value >= sizeof alphabet - 1) return false;
        text[i] = alphabet[value];
    }
    text[size] = '\0';
    return true;
}

void clr_token_number(struct clr_tokenizer *tokenizer, const struct clr_token *token, char text[CLR_CARD_TEXT_SIZE])
{
    uint8_t block[BLOCK_SIZE];
    bool known = false;

    memcpy(block, token->byte, BLOCK_SIZE);
    run_cipher(tokenizer->decrypt, block, BLOCK_SIZE);
    text[0] = '\0';
    switch (block[0] & KIND_MASK) {
    case KIND_DECIMAL: known = unpack_decimal(block, block[0] & 0x3F, text); break;
    case KIND_TEXT:    known = unpack_text(block, block[0] & 0x3F, text); break;
    case KIND_HASH:    break;
    default:           known = block[0] == 0; break;  /* no card: the empty text */
    }
    /* A hash cannot be turned back, and bytes that are no block at all (another key's token) are not a number either. */
    if (!known) memcpy(text, "?", 2);
    sodium_memzero(block, sizeof block);
}

void clr_card_mask(const char *number, char text[CLR_CARD_TEXT_SIZE])
{
    size_t size = strlen(number);
    size_t first = 0, last = 0;

    if (size > 12) { first = 6; last = 4; }
    else if (size > 4) { first = 2; last = 2; }      /* of four or fewer characters nothing may be left */
    const char *end = number + size - last;
    if (size > CLR_CARD_TEXT_SIZE - 1) size = CLR_CARD_TEXT_SIZE - 1;

    for (size_t i = 0; i < size; i++) {
        const char kept = i < first ? number[i] : i >= size - last ? end[i - (size - last)] : '*';
        text[i] = text_values[(uint8_t)kept] == 0 ? '*' : kept;   /* what is no digit or letter may not reach a terminal */
    }
    text[size] = '\0';
}

uint64_t clr_tokenizer_seed(const struct clr_tokenizer *tokenizer)
{
    return tokenizer->seed;
}
