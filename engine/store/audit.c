#include "store/audit.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "store/pack.h"
#include "store/store.h"

#define HASH_SIZE 32
#define MASKED_DIGITS_MIN 13

/** A copy with the middle of every long run of digits starred: card and identity numbers do not belong into a log. */
static char *masked_copy(const char *text)
{
    char *const copy = strdup(text);
    if (copy == NULL) return NULL;
    for (size_t at = 0; copy[at] != '\0';) {
        size_t end = at;
        while (copy[end] >= '0' && copy[end] <= '9') end++;
        if (end - at >= MASKED_DIGITS_MIN) memset(copy + at + 6, '*', end - at - 10);
        at = end > at ? end : at + 1;
    }
    return copy;
}

static bool pack_masked(struct clr_pack *pack, const char *text)
{
    char *const copy = masked_copy(text);
    if (copy == NULL) return false;
    clr_pack_text(pack, copy);
    free(copy);
    return true;
}

static bool entry_hash(uint64_t number, const void *data, size_t size, uint8_t hash[HASH_SIZE])
{
    uint8_t be[8];
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    clr_put_be64(be, number);
    const bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(context, "clear-audit-v1", 14) == 1 &&
                      EVP_DigestUpdate(context, be, sizeof be) == 1 && EVP_DigestUpdate(context, data, size) == 1 && EVP_DigestFinal_ex(context, hash, NULL) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static enum clr_status no_sha256(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_KEY, "OpenSSL gives no SHA-256", "OpenSSL 不提供 SHA-256");
}

/** Number and hash of the last entry; 0 and zeros when the log is empty. */
static enum clr_status last_entry(struct clr_tx *tx, uint64_t *number, uint8_t hash[HASH_SIZE], struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t end[8];
    memset(end, 0xFF, sizeof end);
    memset(hash, 0, HASH_SIZE);
    *number = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_audit, NULL, 0, &scan, fault));
    enum clr_status status = clr_scan_floor(&scan, end, sizeof end, &key, &value, fault);
    if (status == CLR_OK && (key.size != 8 || value.size < 2 * HASH_SIZE))
        status = clr_fault_say(fault, CLR_DAMAGED, "the audit log is damaged; run `clear verify`", "审计日志已损坏；请运行 `clear verify`");
    if (status == CLR_OK) {
        *number = clr_get_be64(key.data);
        memcpy(hash, value.data + value.size - HASH_SIZE, HASH_SIZE);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

struct audited { const char *command, *arguments, *result; };

static enum clr_status pack_entry(uint64_t number, uint64_t stamp, const uint8_t before[HASH_SIZE], const struct audited *what, struct clr_pack *pack, struct clr_fault *fault)
{
    uint8_t hash[HASH_SIZE];
    clr_pack_bytes(pack, before, HASH_SIZE);
    clr_pack_u64(pack, stamp);
    if (!pack_masked(pack, what->command) || !pack_masked(pack, what->arguments) || !pack_masked(pack, what->result) || pack->bad) return CLR_FULL;
    if (!entry_hash(number, pack->data, pack->size, hash)) return no_sha256(fault);
    clr_pack_bytes(pack, hash, sizeof hash);
    return pack->bad ? CLR_FULL : CLR_OK;
}

static enum clr_status append(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    uint64_t number, stamp;
    uint8_t before[HASH_SIZE], key[8];
    (void)store;
    CLR_TRY(last_entry(tx, &number, before, fault));
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &stamp, fault));
    clr_put_be64(key, number + 1);
    enum clr_status status = pack_entry(number + 1, stamp, before, context, &pack, fault);
    if (status == CLR_OK) status = clr_tx_append(tx, CLR_TABLE_audit, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_audit(struct clr_store *store, const char *command, const char *arguments, const char *result, struct clr_fault *fault)
{
    struct audited what = { command, arguments, result };
    return clr_store_write(store, append, &what, fault);
}

static bool entry_fits(uint64_t number, const uint8_t before[HASH_SIZE], struct clr_bytes key, struct clr_bytes value, uint8_t hash[HASH_SIZE], bool *hashed)
{
    *hashed = true;
    if (key.size != 8 || clr_get_be64(key.data) != number || value.size < 2 * HASH_SIZE + 8) return false;
    if (memcmp(value.data, before, HASH_SIZE) != 0) return false;
    *hashed = entry_hash(number, value.data, value.size - HASH_SIZE, hash);
    return *hashed && memcmp(hash, value.data + value.size - HASH_SIZE, HASH_SIZE) == 0;
}

enum clr_status clr_audit_check(struct clr_tx *tx, uint64_t *entries, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t before[HASH_SIZE] = { 0 };
    enum clr_status status;
    bool hashed;
    *entries = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_audit, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        uint8_t hash[HASH_SIZE];
        if (!entry_fits(*entries + 1, before, key, value, hash, &hashed)) {
            status = hashed ? CLR_DAMAGED : no_sha256(fault);
            break;
        }
        memcpy(before, hash, sizeof before);
        ++*entries;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
