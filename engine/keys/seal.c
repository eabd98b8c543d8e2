#include "keys/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "CLRKEYS1"
#define MAGIC_SIZE 8
#define SALT_AT 16
#define NONCE_AT 32
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES

static_assert(crypto_pwhash_SALTBYTES == NONCE_AT - SALT_AT, "salt as drawn in the header");
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == CLR_SEALED_HEAD_SIZE - NONCE_AT, "nonce as drawn in the header");
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == CLR_SEAL_KEY_SIZE, "one size of key");

struct clr_secret *clr_secret_create(void)
{
    if (sodium_init() < 0) return NULL;
    struct clr_secret *const secret = sodium_malloc((sizeof *secret + 15) & ~(size_t)15);    /* aligned: its end lies on a page */
    if (secret != NULL) sodium_memzero(secret, sizeof *secret);
    return secret;
}

void clr_secret_destroy(struct clr_secret *secret) { sodium_free(secret); }

unsigned clr_keys_sealed_by(struct clr_bytes sealed)
{
    if (sealed.size < CLR_SEALED_HEAD_SIZE || memcmp(sealed.data, MAGIC, MAGIC_SIZE) != 0) return 0;
    return sealed.data[8] == CLR_SEAL_BY_KEY || sealed.data[8] == CLR_SEAL_BY_PASSPHRASE ? sealed.data[8] : 0;
}

/* ---- the sealing key ---- */

static enum clr_status derive(const uint8_t *head, const struct clr_secret *secret, uint8_t key[CLR_SEAL_KEY_SIZE], struct clr_fault *fault)
{
    static const char purpose[] = "clear keys.sealed";
    const uint8_t *const salt = head + SALT_AT;

    if (secret->by == CLR_SEAL_BY_PASSPHRASE) {
        if (crypto_pwhash(key, CLR_SEAL_KEY_SIZE, (const char *)secret->data, secret->size, salt, head[9], (size_t)1 << head[10],
                          crypto_pwhash_ALG_ARGON2ID13) == 0)
            return CLR_OK;
        return clr_fault_say(fault, CLR_FULL, "not enough memory to derive a key from the passphrase (%llu MiB)",
                             "内存不足，无法由口令导出密钥（%llu MiB）", (unsigned long long)((UINT64_C(1) << head[10]) >> 20));
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret->data, CLR_SEAL_KEY_SIZE, CLR_SEAL_KEY_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)purpose, sizeof purpose - 1);
    crypto_generichash_update(&state, salt, NONCE_AT - SALT_AT);
    crypto_generichash_final(&state, key, CLR_SEAL_KEY_SIZE);
    sodium_memzero(&state, sizeof state);
    return CLR_OK;
}

/* ---- sealing ---- */

static void fill_head(uint8_t *head, const struct clr_secret *secret, struct clr_seal_cost cost, const uint8_t *entropy, size_t body)
{
    const bool passphrase = secret->by == CLR_SEAL_BY_PASSPHRASE;
    memset(head, 0, CLR_SEALED_HEAD_SIZE);
    memcpy(head, MAGIC, MAGIC_SIZE);
    head[8] = (uint8_t)secret->by;
    head[9] = passphrase ? cost.passes : 0;
    head[10] = passphrase ? cost.memory_log2 : 0;
    for (unsigned i = 0; i < 4; i++) head[12 + i] = (uint8_t)(body >> 8 * i);
    if (entropy != NULL) memcpy(head + SALT_AT, entropy, CLR_SEAL_ENTROPY_SIZE);
    else randombytes_buf(head + SALT_AT, CLR_SEAL_ENTROPY_SIZE);
}

enum clr_status clr_keys_seal(const struct clr_keyset *set, const struct clr_secret *secret, struct clr_seal_cost cost, const uint8_t *entropy,
                              uint8_t **out, size_t *size, struct clr_fault *fault)
{
    const size_t count = clr_keyset_count(set), plain_size = 4 + count * sizeof(struct clr_key), body = plain_size + TAG_SIZE;
    uint8_t *const sealed = malloc(CLR_SEALED_HEAD_SIZE + body), *const guarded = sodium_malloc(CLR_SEAL_KEY_SIZE + plain_size);
    enum clr_status status = sealed != NULL && guarded != NULL ? CLR_OK : CLR_FULL;

    *out = NULL;
    *size = CLR_SEALED_HEAD_SIZE + body;
    if (status == CLR_OK) {
        uint8_t *const key = guarded, *const plain = guarded + CLR_SEAL_KEY_SIZE;
        for (unsigned i = 0; i < 4; i++) plain[i] = (uint8_t)(count >> 8 * i);
        if (count > 0) memcpy(plain + 4, clr_keyset_at(set, 0), count * sizeof(struct clr_key));
        fill_head(sealed, secret, cost, entropy, body);
        status = derive(sealed, secret, key, fault);
        if (status == CLR_OK)
            crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + CLR_SEALED_HEAD_SIZE, NULL, plain, plain_size, sealed, CLR_SEALED_HEAD_SIZE,
                                                       NULL, sealed + NONCE_AT, key);
    }
    sodium_free(guarded);
    if (status == CLR_OK) *out = sealed;
    else free(sealed);
    return status;
}

/* ---- opening ---- */

static enum clr_status not_one(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_KEY, "this is not a whole file of sealed keys; take it from a backup", "这不是完整的密钥封存文件；请从备份恢复");
}

static enum clr_status check_head(struct clr_bytes sealed, const struct clr_secret *secret, struct clr_fault *fault)
{
    const unsigned by = clr_keys_sealed_by(sealed);
    uint64_t body = 0;

    if (by == 0 || sealed.size > CLR_SEALED_SIZE_MAX || sealed.data[11] != 0) return not_one(fault);
    for (unsigned i = 0; i < 4; i++) body |= (uint64_t)sealed.data[12 + i] << 8 * i;
    if (body != sealed.size - CLR_SEALED_HEAD_SIZE || body < 4 + TAG_SIZE) return not_one(fault);
    const uint8_t passes = sealed.data[9], memory = sealed.data[10];
    const bool cost_fits = by == CLR_SEAL_BY_KEY ? passes == 0 && memory == 0
                                                 : passes >= 1 && passes <= CLR_SEAL_PASSES_MAX && memory >= CLR_SEAL_MEMORY_LOG2_MIN &&
                                                       memory <= CLR_SEAL_MEMORY_LOG2_MAX;
    if (!cost_fits) return not_one(fault);
    if (by == secret->by) return CLR_OK;
    if (by == CLR_SEAL_BY_KEY)
        return clr_fault_say(fault, CLR_KEY, "the keys are sealed under a key file; give --keys-key FILE", "密钥由密钥文件封存；请给出 --keys-key 文件");
    return clr_fault_say(fault, CLR_KEY, "the keys are sealed under a passphrase; give --passphrase-file FILE", "密钥由口令封存；请给出 --passphrase-file 文件");
}

/** The set from what was sealed: authentic, so anything odd in it was sealed by another version of the program. */
static enum clr_status take_keys(const uint8_t *plain, size_t size, struct clr_keyset **out, struct clr_fault *fault)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < 4; i++) count |= (uint64_t)plain[i] << 8 * i;
    if (size != 4 + count * sizeof(struct clr_key) || count > CLR_KEYS_MAX) return not_one(fault);
    CLR_TRY(clr_keyset_create(out));
    enum clr_status status = CLR_OK;
    for (uint64_t i = 0; i < count && status == CLR_OK; i++)
        status = clr_keyset_add(*out, (const struct clr_key *)(const void *)(plain + 4 + i * sizeof(struct clr_key)), fault);
    if (status == CLR_OK) return CLR_OK;
    clr_keyset_destroy(*out);
    *out = NULL;
    return status == CLR_USAGE ? CLR_KEY : status;
}

enum clr_status clr_keys_unseal(struct clr_bytes sealed, const struct clr_secret *secret, struct clr_keyset **out, struct clr_fault *fault)
{
    *out = NULL;
    CLR_TRY(check_head(sealed, secret, fault));
    const size_t body = sealed.size - CLR_SEALED_HEAD_SIZE, plain_size = body - TAG_SIZE;
    uint8_t *const guarded = sodium_malloc(CLR_SEAL_KEY_SIZE + plain_size);
    if (guarded == NULL) return CLR_FULL;
    uint8_t *const key = guarded, *const plain = guarded + CLR_SEAL_KEY_SIZE;
    enum clr_status status = derive(sealed.data, secret, key, fault);
    if (status == CLR_OK && crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.data + CLR_SEALED_HEAD_SIZE, body, sealed.data,
                                                                       CLR_SEALED_HEAD_SIZE, sealed.data + NONCE_AT, key) != 0)
        status = clr_fault_say(fault, CLR_KEY, "the %s does not open the sealed keys, or the file is damaged%.0s",
                               "%.0s%s无法打开封存的密钥，或文件已损坏", secret->by == CLR_SEAL_BY_KEY ? "key file" : "passphrase",
                               secret->by == CLR_SEAL_BY_KEY ? "密钥文件" : "口令");
    if (status == CLR_OK) status = take_keys(plain, plain_size, out, fault);
    sodium_free(guarded);
    return status;
}
