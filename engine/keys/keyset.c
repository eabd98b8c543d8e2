#include "keys/keyset.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct clr_keyset {
    struct clr_key *key;                    /* sodium_malloc; NULL while empty */
    size_t count, capacity;
};

/* ---- the set ---- */

enum clr_status clr_keyset_create(struct clr_keyset **out)
{
    *out = NULL;
    if (sodium_init() < 0) return CLR_KEY;
    struct clr_keyset *const set = calloc(1, sizeof *set);
    *out = set;
    return set != NULL ? CLR_OK : CLR_FULL;
}

void clr_keyset_destroy(struct clr_keyset *set)
{
    if (set == NULL) return;
    sodium_free(set->key);                  /* unprotects, wipes, unlocks */
    free(set);
}

size_t clr_keyset_count(const struct clr_keyset *set) { return set != NULL ? set->count : 0; }

const struct clr_key *clr_keyset_at(const struct clr_keyset *set, size_t index)
{
    CLR_ASSERT(index < set->count);
    return &set->key[index];
}

/** Not by algorithm: no record names one, so nothing would tell two such keys apart. */
static int compare(const struct clr_key *a, const struct clr_key *b)
{
    const int order = strncmp(a->issuer, b->issuer, sizeof a->issuer);
    if (order != 0) return order;
    const int x = a->version << 8 | a->index, y = b->version << 8 | b->index;
    return (x > y) - (x < y);
}

/** Where a key of these numbers stands, or belongs. */
static size_t place_of(const struct clr_keyset *set, const struct clr_key *key, bool *there)
{
    size_t at = 0;
    while (at < set->count && compare(&set->key[at], key) < 0) at++;
    *there = at < set->count && compare(&set->key[at], key) == 0;
    return at;
}

/** Room for one more, and the block writable. */
static enum clr_status open_block(struct clr_keyset *set)
{
    if (set->count < set->capacity) return sodium_mprotect_readwrite(set->key) == 0 ? CLR_OK : CLR_KEY;
    const size_t capacity = set->capacity == 0 ? 16 : set->capacity * 2;
    struct clr_key *const grown = sodium_allocarray(capacity, sizeof *grown);
    if (grown == NULL) return CLR_FULL;
    sodium_memzero(grown, capacity * sizeof *grown);
    if (set->count > 0) memcpy(grown, set->key, set->count * sizeof *grown);
    sodium_free(set->key);
    set->key = grown;
    set->capacity = capacity;
    return CLR_OK;
}

enum clr_status clr_keyset_vacant(const struct clr_keyset *set, const struct clr_key *key, struct clr_fault *fault)
{
    bool there;
    const size_t at = place_of(set, key, &there);
    if (!there) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE,
                         "there is a key of issuer %s, version %u, index %u already (%s); "
                         "records name no algorithm, so another key needs another version or index",
                         "已有发卡方 %s、版本 %u、索引 %u 的密钥（%s）；记录中不含算法，另一密钥须用不同的版本或索引",
                         key->issuer, key->version, key->index, clr_key_algorithm_name(set->key[at].algorithm));
}

enum clr_status clr_keyset_add(struct clr_keyset *set, const struct clr_key *key, struct clr_fault *fault)
{
    bool there;
    CLR_TRY(clr_key_check(key, fault));
    CLR_TRY(clr_keyset_vacant(set, key, fault));
    const size_t at = place_of(set, key, &there);
    if (set->count == CLR_KEYS_MAX) return clr_fault_say(fault, CLR_FULL, "a file holds at most %d keys", "一个文件最多 %d 个密钥", CLR_KEYS_MAX);
    CLR_TRY(open_block(set));
    memmove(&set->key[at + 1], &set->key[at], (set->count - at) * sizeof *set->key);
    set->key[at] = *key;
    set->count++;
    return sodium_mprotect_readonly(set->key) == 0 ? CLR_OK : CLR_KEY;
}

enum clr_status clr_keyset_remove(struct clr_keyset *set, const struct clr_key *numbers, struct clr_fault *fault)
{
    bool there;
    const size_t at = place_of(set, numbers, &there);
    if (!there)
        return clr_fault_say(fault, CLR_USAGE, "there is no key of issuer %s, version %u, index %u",
                             "没有发卡方 %s、版本 %u、索引 %u 的密钥", numbers->issuer, numbers->version, numbers->index);
    if (sodium_mprotect_readwrite(set->key) != 0) return CLR_KEY;
    set->count--;
    memmove(&set->key[at], &set->key[at + 1], (set->count - at) * sizeof *set->key);
    sodium_memzero(&set->key[set->count], sizeof *set->key);
    return sodium_mprotect_readonly(set->key) == 0 ? CLR_OK : CLR_KEY;
}

/* ---- one key ---- */

static bool issuer_is_code(const char issuer[CLR_KEY_ISSUER_SIZE])
{
    const size_t size = strnlen(issuer, CLR_KEY_ISSUER_SIZE);
    if (size == 0 || size == CLR_KEY_ISSUER_SIZE) return false;
    for (size_t i = 0; i < size; i++)
        if (issuer[i] <= ' ' || issuer[i] > '~') return false;
    for (size_t i = size; i < CLR_KEY_ISSUER_SIZE; i++)
        if (issuer[i] != '\0') return false;
    return true;
}

static enum clr_status bad(struct clr_fault *fault, const char *en, const char *zh)
{
    return clr_fault_say(fault, CLR_USAGE, "a key's %s%.0s", "密钥的%.0s%s", en, zh);
}

enum clr_status clr_key_check(const struct clr_key *key, struct clr_fault *fault)
{
    static const uint8_t none[16] = { 0 };
    if (!issuer_is_code(key->issuer))
        return bad(fault, "issuer is a participant's code: 1 to 63 printable characters", "发卡方须为参与方代码：1至63个可打印字符");
    if (key->algorithm != CLR_TAC_3DES && key->algorithm != CLR_TAC_SM4) return bad(fault, "algorithm is 3des or sm4", "算法须为 3des 或 sm4");
    if (key->levels > 2) return bad(fault, "levels are 0, 1 or 2", "分散级数须为 0、1 或 2");
    if (key->issuer_source > CLR_FACTOR_RECORD) return bad(fault, "issuer factor is fixed or the record's", "发卡方分散因子须为固定值或取自记录");
    if (key->card_skip > 16) return bad(fault, "card skip is at most 16 digits", "卡号略去位数最多 16 位");
    if (key->fold > 1 || key->xor_words > 1 || key->waits > 1) return bad(fault, "switches are 0 or 1", "开关项须为 0 或 1");
    if (key->data_size != 22 && key->data_size != 18) return bad(fault, "data are 22 or 18 bytes", "数据长度须为 22 或 18 字节");
    if (memcmp(key->zeros, none, sizeof key->zeros) != 0) return bad(fault, "reserved bytes are not zero", "保留字节不为零");
    if (sodium_is_zero(key->master, sizeof key->master)) return bad(fault, "value is all zeros", "值全为零");
    return CLR_OK;
}

enum clr_status clr_key_kcv(const struct clr_key *key, uint8_t kcv[CLR_KEY_KCV_SIZE])
{
    static const uint8_t zeros[16] = { 0 };
    const bool sm4 = key->algorithm == CLR_TAC_SM4;
    uint8_t block[32];
    int size = 0;
    EVP_CIPHER *const cipher = EVP_CIPHER_fetch(NULL, sm4 ? "SM4-ECB" : "DES-EDE-ECB", NULL);
    EVP_CIPHER_CTX *const context = EVP_CIPHER_CTX_new();
    const bool good = cipher != NULL && context != NULL && EVP_EncryptInit_ex2(context, cipher, key->master, NULL, NULL) == 1 &&
                      EVP_EncryptUpdate(context, block, &size, zeros, sm4 ? 16 : 8) == 1 && size >= CLR_KEY_KCV_SIZE;
    if (good) memcpy(kcv, block, CLR_KEY_KCV_SIZE);
    sodium_memzero(block, sizeof block);
    EVP_CIPHER_CTX_free(context);           /* cleanses the schedule */
    EVP_CIPHER_free(cipher);
    return good ? CLR_OK : CLR_KEY;
}

enum clr_status clr_keyset_digest(const struct clr_keyset *set, uint8_t digest[CLR_KEYS_DIGEST_SIZE])
{
    static const char purpose[] = "clear TAC keys 1";
    crypto_generichash_state state;
    uint8_t kcv[CLR_KEY_KCV_SIZE];

    memset(digest, 0, CLR_KEYS_DIGEST_SIZE);
    if (clr_keyset_count(set) == 0) return CLR_OK;
    crypto_generichash_init(&state, NULL, 0, CLR_KEYS_DIGEST_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)purpose, sizeof purpose);
    for (size_t i = 0; i < set->count; i++) {
        CLR_TRY(clr_key_kcv(&set->key[i], kcv));
        crypto_generichash_update(&state, (const uint8_t *)&set->key[i], offsetof(struct clr_key, master));
        crypto_generichash_update(&state, kcv, sizeof kcv);
    }
    crypto_generichash_final(&state, digest, CLR_KEYS_DIGEST_SIZE);
    return CLR_OK;
}

const char *clr_key_algorithm_name(unsigned algorithm) { return algorithm == CLR_TAC_SM4 ? "sm4" : "3des"; }

unsigned clr_key_algorithm(const char *name)
{
    if (strcmp(name, "3des") == 0) return CLR_TAC_3DES;
    return strcmp(name, "sm4") == 0 ? CLR_TAC_SM4 : 0;
}
