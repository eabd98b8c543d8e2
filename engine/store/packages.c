#include "store/packages.h"

#include <stdlib.h>

#include "store/pack.h"

/* ---- keys ---- */

#define PACKAGE_KEY_MAX (CLR_PACKAGE_TEXT_SIZE + 8)
#define DISPUTE_KEY_MAX (4 + CLR_DISPUTE_TEXT_SIZE + 8)

bool clr_package_key_of(struct clr_bytes provider, uint64_t message_id, struct clr_package_key *out)
{
    memset(out, 0, sizeof *out);
    if (provider.size == 0 || provider.size >= sizeof out->provider || message_id == 0) return false;
    if (memchr(provider.data, 0, provider.size) != NULL) return false;
    memcpy(out->provider, provider.data, provider.size);
    out->message_id = message_id;
    return true;
}

/** Text with its NUL, then the number: texts sort before longer ones that they begin. */
static size_t pack_key(uint8_t *out, const char *text, uint64_t number)
{
    const size_t size = strlen(text) + 1;
    memcpy(out, text, size);
    clr_put_be64(out + size, number);
    return size + 8;
}

static bool unpack_key(struct clr_bytes key, char *text, size_t text_size, uint64_t *number)
{
    const uint8_t *const end = key.size > 0 ? memchr(key.data, 0, key.size) : NULL;
    memset(text, 0, text_size);
    if (end == NULL || end == key.data || (size_t)(end - key.data) >= text_size || (size_t)(end - key.data) + 9 != key.size) return false;
    memcpy(text, key.data, (size_t)(end - key.data));
    *number = clr_get_be64(end + 1);
    return true;
}

static size_t package_key(const struct clr_package_key *key, uint8_t out[PACKAGE_KEY_MAX]) { return pack_key(out, key->provider, key->message_id); }

static clr_day window_of(const uint8_t key[4]) { return (clr_day)(clr_get_be32(key) ^ UINT32_C(0x80000000)); }

/* ---- sums ---- */

enum clr_status clr_package_sum_add(struct clr_package_sum *to, uint64_t count, clr_fen amount_fen)
{
    struct clr_package_sum sum = *to;
    if (__builtin_add_overflow(sum.count, count, &sum.count)) return CLR_OVERFLOW;
    CLR_TRY(clr_fen_add(&sum.amount_fen, amount_fen));
    *to = sum;
    return CLR_OK;
}

static void pack_sum(struct clr_pack *pack, const struct clr_package_sum *sum)
{
    clr_pack_u64(pack, sum->count);
    clr_pack_u64(pack, (uint64_t)sum->amount_fen);
}

static struct clr_package_sum unpack_sum(struct clr_unpack *unpack)
{
    const uint64_t count = clr_unpack_u64(unpack);
    return (struct clr_package_sum){ count, (clr_fen)clr_unpack_u64(unpack) };
}

static void pack_day(struct clr_pack *pack, const struct clr_package_day *sums)
{
    pack_sum(pack, &sums->accounted);
    pack_sum(pack, &sums->passed);
    pack_sum(pack, &sums->late);
    pack_sum(pack, &sums->refunded);
}

static void unpack_day(struct clr_unpack *unpack, struct clr_package_day *out)
{
    out->accounted = unpack_sum(unpack);
    out->passed = unpack_sum(unpack);
    out->late = unpack_sum(unpack);
    out->refunded = unpack_sum(unpack);
}

/** Put what was packed, and free it. */
static enum clr_status put_packed(struct clr_tx *tx, enum clr_table table, const uint8_t *key, size_t key_size, struct clr_pack *pack, struct clr_fault *fault)
{
    const enum clr_status status = pack->bad ? CLR_FULL : clr_tx_put(tx, table, key, key_size, pack->data, pack->size, fault);
    clr_pack_free(pack);
    return status;
}

/* ---- packages ---- */

enum clr_package_state clr_package_state_of(const struct clr_package *package)
{
    if (package->account == 0) return CLR_PACKAGE_RECEIVED;
    if (package->open.count > 0) return CLR_PACKAGE_DISPUTED;
    return package->totals == CLR_DAY_NONE ? CLR_PACKAGE_ACCOUNTED : CLR_PACKAGE_CLEARED;
}

void clr_package_free(struct clr_package *package)
{
    free(package->file);
    package->file = NULL;
    package->file_count = 0;
}

enum clr_status clr_package_file_add(struct clr_package *package, uint64_t file_id)
{
    uint32_t at = 0;
    while (at < package->file_count && package->file[at] < file_id) at++;
    if (at < package->file_count && package->file[at] == file_id) return CLR_OK;
    if (package->file_count == CLR_PACKAGE_FILES_MAX) return CLR_FULL;
    uint64_t *const grown = realloc(package->file, (package->file_count + 1) * sizeof *grown);
    if (grown == NULL) return CLR_FULL;
    memmove(grown + at + 1, grown + at, (package->file_count - at) * sizeof *grown);
    grown[at] = file_id;
    package->file = grown;
    package->file_count++;
    return CLR_OK;
}

static void pack_package(struct clr_pack *pack, const struct clr_package *package)
{
    clr_pack_u32(pack, package->admission);
    clr_pack_u64(pack, package->first);
    clr_pack_u64(pack, package->last);
    clr_pack_u32(pack, package->count);
    clr_pack_u64(pack, (uint64_t)package->amount_fen);
    clr_pack_u32(pack, package->unreadable);
    clr_pack_u32(pack, (uint32_t)package->target);
    clr_pack_u64(pack, package->account);
    clr_pack_u64(pack, (uint64_t)package->account_at_s);
    clr_pack_u32(pack, (uint32_t)package->account_window);
    pack_sum(pack, &package->moved);
    pack_sum(pack, &package->withheld);
    pack_sum(pack, &package->disputed);
    pack_sum(pack, &package->open);
    pack_sum(pack, &package->passed);
    pack_sum(pack, &package->bad);
    clr_pack_u32(pack, (uint32_t)package->totals);
    clr_pack_u64(pack, package->confirmed);
    clr_pack_u32(pack, package->file_count);
    for (uint32_t i = 0; i < package->file_count; i++) clr_pack_u64(pack, package->file[i]);
}

static void unpack_numbers(struct clr_unpack *unpack, struct clr_package *out)
{
    out->admission = clr_unpack_u32(unpack);
    out->first = clr_unpack_u64(unpack);
    out->last = clr_unpack_u64(unpack);
    out->count = clr_unpack_u32(unpack);
    out->amount_fen = (clr_fen)clr_unpack_u64(unpack);
    out->unreadable = clr_unpack_u32(unpack);
    out->target = (clr_day)clr_unpack_u32(unpack);
    out->account = clr_unpack_u64(unpack);
    out->account_at_s = (int64_t)clr_unpack_u64(unpack);
    out->account_window = (clr_day)clr_unpack_u32(unpack);
    out->moved = unpack_sum(unpack);
    out->withheld = unpack_sum(unpack);
    out->disputed = unpack_sum(unpack);
    out->open = unpack_sum(unpack);
    out->passed = unpack_sum(unpack);
    out->bad = unpack_sum(unpack);
    out->totals = (clr_day)clr_unpack_u32(unpack);
    out->confirmed = clr_unpack_u64(unpack);
}

enum clr_status clr_package_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_package *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (!unpack_key(key, out->key.provider, sizeof out->key.provider, &out->key.message_id)) return CLR_DAMAGED;
    unpack_numbers(&unpack, out);
    const uint32_t files = clr_unpack_u32(&unpack);
    if (unpack.bad || files > CLR_PACKAGE_FILES_MAX || value.size - unpack.at != files * sizeof(uint64_t)) return CLR_DAMAGED;
    if (files == 0) return CLR_OK;
    out->file = malloc(files * sizeof *out->file);
    if (out->file == NULL) return CLR_FULL;
    clr_unpack_bytes(&unpack, out->file, files * sizeof *out->file);
    out->file_count = files;
    return CLR_OK;
}

enum clr_status clr_package_get(struct clr_tx *tx, const struct clr_package_key *key, struct clr_package *out, struct clr_fault *fault)
{
    uint8_t packed[PACKAGE_KEY_MAX];
    struct clr_bytes value;
    const size_t size = package_key(key, packed);
    memset(out, 0, sizeof *out);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_pack, packed, size, &value, fault));
    return clr_package_unpack(clr_bytes_of(packed, size), value, out);
}

enum clr_status clr_package_put(struct clr_tx *tx, const struct clr_package *package, struct clr_fault *fault)
{
    uint8_t key[PACKAGE_KEY_MAX];
    struct clr_pack pack = { 0 };
    pack_package(&pack, package);
    return put_packed(tx, CLR_TABLE_pack, key, package_key(&package->key, key), &pack, fault);
}

/* ---- their records ---- */

static enum clr_status unpack_record(struct clr_bytes value, struct clr_package_record *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    out->record = clr_unpack_u64(&unpack);
    out->amount_fen = (clr_fen)clr_unpack_u64(&unpack);
    out->account = clr_unpack_u8(&unpack);
    out->code = clr_unpack_u16(&unpack);
    out->dispute = clr_unpack_u8(&unpack);
    out->unreadable = clr_unpack_u8(&unpack) != 0;
    const bool fits = !unpack.bad && unpack.at == value.size && out->account <= CLR_ACCOUNT_DISPUTED && out->dispute <= CLR_DISPUTE_BAD;
    return fits ? CLR_OK : CLR_DAMAGED;
}

enum clr_status clr_package_record_get(struct clr_tx *tx, const struct clr_package_key *key, uint32_t trans_id, struct clr_package_record *out,
                                       struct clr_fault *fault)
{
    uint8_t packed[PACKAGE_KEY_MAX + 4];
    struct clr_bytes value;
    const size_t size = package_key(key, packed);
    memset(out, 0, sizeof *out);
    clr_put_be32(packed + size, trans_id);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_prec, packed, size + 4, &value, fault));
    out->trans_id = trans_id;
    return unpack_record(value, out);
}

enum clr_status clr_package_record_put(struct clr_tx *tx, const struct clr_package_key *key, const struct clr_package_record *record,
                                       struct clr_fault *fault)
{
    uint8_t packed[PACKAGE_KEY_MAX + 4];
    struct clr_pack pack = { 0 };
    const size_t size = package_key(key, packed);
    clr_put_be32(packed + size, record->trans_id);
    clr_pack_u64(&pack, record->record);
    clr_pack_u64(&pack, (uint64_t)record->amount_fen);
    clr_pack_u8(&pack, record->account);
    clr_pack_u16(&pack, record->code);
    clr_pack_u8(&pack, record->dispute);
    clr_pack_u8(&pack, record->unreadable);
    return put_packed(tx, CLR_TABLE_prec, packed, size + 4, &pack, fault);
}

enum clr_status clr_package_records(struct clr_tx *tx, const struct clr_package_key *key, struct clr_package_record **out, size_t *count,
                                    struct clr_fault *fault)
{
    uint8_t prefix[PACKAGE_KEY_MAX];
    struct clr_scan scan;
    struct clr_bytes at, value;
    const size_t size = package_key(key, prefix);
    size_t capacity = 0;
    enum clr_status status;
    *out = NULL;
    *count = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_prec, prefix, size, &scan, fault));
    while ((status = clr_scan_next(&scan, &at, &value, fault)) == CLR_OK) {
        if (*count == capacity) {
            capacity = capacity * 2 + 64;
            struct clr_package_record *const grown = realloc(*out, capacity * sizeof *grown);
            if (grown == NULL) {
                status = CLR_FULL;
                break;
            }
            *out = grown;
        }
        struct clr_package_record *const record = &(*out)[*count];
        *record = (struct clr_package_record){ 0 };
        status = at.size == size + 4 ? unpack_record(value, record) : CLR_DAMAGED;
        if (status != CLR_OK) break;
        record->trans_id = clr_get_be32(at.data + size);
        ++*count;
    }
    clr_scan_close(&scan);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    free(*out);
    *out = NULL;
    *count = 0;
    return status;
}

/* ---- windows ---- */

static size_t day_key(clr_day window, const struct clr_package_key *key, uint8_t out[4 + PACKAGE_KEY_MAX])
{
    clr_package_window_key(window, out);
    return 4 + package_key(key, out + 4);
}

enum clr_status clr_package_day_get(struct clr_tx *tx, clr_day window, const struct clr_package_key *key, struct clr_package_day *out,
                                    struct clr_fault *fault)
{
    uint8_t packed[4 + PACKAGE_KEY_MAX];
    struct clr_bytes value;
    struct clr_package_key same;
    clr_day day;
    const size_t size = day_key(window, key, packed);
    memset(out, 0, sizeof *out);
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_pday, packed, size, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    return clr_package_day_unpack(clr_bytes_of(packed, size), value, &day, &same, out);
}

enum clr_status clr_package_day_put(struct clr_tx *tx, clr_day window, const struct clr_package_key *key, const struct clr_package_day *sums,
                                    struct clr_fault *fault)
{
    uint8_t packed[4 + PACKAGE_KEY_MAX];
    struct clr_pack pack = { 0 };
    pack_day(&pack, sums);
    return put_packed(tx, CLR_TABLE_pday, packed, day_key(window, key, packed), &pack, fault);
}

enum clr_status clr_package_day_unpack(struct clr_bytes key, struct clr_bytes value, clr_day *window, struct clr_package_key *package,
                                       struct clr_package_day *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size < 4 || !unpack_key(clr_bytes_of(key.data + 4, key.size - 4), package->provider, sizeof package->provider, &package->message_id)) return CLR_DAMAGED;
    *window = window_of(key.data);
    unpack_day(&unpack, out);
    return !unpack.bad && unpack.at == value.size ? CLR_OK : CLR_DAMAGED;
}

enum clr_status clr_dispute_file_get(struct clr_tx *tx, const struct clr_dispute_key *key, struct clr_dispute_file *out, struct clr_fault *fault)
{
    uint8_t packed[DISPUTE_KEY_MAX];
    struct clr_bytes value;
    clr_package_window_key(key->window, packed);
    const size_t size = 4 + pack_key(packed + 4, key->sender, key->file_id);
    *out = (struct clr_dispute_file){ .key = *key };
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_pdis, packed, size, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    return clr_dispute_file_unpack(clr_bytes_of(packed, size), value, out);
}

enum clr_status clr_dispute_file_put(struct clr_tx *tx, const struct clr_dispute_file *file, struct clr_fault *fault)
{
    uint8_t packed[DISPUTE_KEY_MAX];
    struct clr_pack pack = { 0 };
    clr_package_window_key(file->key.window, packed);
    const size_t size = 4 + pack_key(packed + 4, file->key.sender, file->key.file_id);
    pack_sum(&pack, &file->passed);
    pack_sum(&pack, &file->withheld);
    pack_sum(&pack, &file->bad);
    return put_packed(tx, CLR_TABLE_pdis, packed, size, &pack, fault);
}

enum clr_status clr_dispute_file_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_dispute_file *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size < 4 || !unpack_key(clr_bytes_of(key.data + 4, key.size - 4), out->key.sender, sizeof out->key.sender, &out->key.file_id)) return CLR_DAMAGED;
    out->key.window = window_of(key.data);
    out->passed = unpack_sum(&unpack);
    out->withheld = unpack_sum(&unpack);
    out->bad = unpack_sum(&unpack);
    return !unpack.bad && unpack.at == value.size ? CLR_OK : CLR_DAMAGED;
}
