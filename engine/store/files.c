#include "store/files.h"

#include <stdlib.h>

#include "store/pack.h"

static void file_key(uint32_t admission, uint8_t key[4]) { clr_put_be32(key, admission); }

/** Key of table `fid`: sender, NUL, file id; cut to LMDB's key size by the limits on names (senders 64, ids 255). */
static size_t id_key(const char *sender, const char *file_id, uint8_t key[400])
{
    const size_t a = strnlen(sender, 100), b = strnlen(file_id, 255);
    memcpy(key, sender, a);
    key[a] = 0;
    memcpy(key + a + 1, file_id, b);
    return a + 1 + b;
}

static void pack_file(struct clr_pack *pack, const struct clr_file *file)
{
    clr_pack_bytes(pack, file->received, CLR_DIGEST_SIZE);
    clr_pack_bytes(pack, file->content, CLR_DIGEST_SIZE);
    clr_pack_text(pack, file->name);
    clr_pack_text(pack, file->sender);
    clr_pack_text(pack, file->file_id);
    clr_pack_u8(pack, file->format);
    clr_pack_u8(pack, file->product);
    clr_pack_u8(pack, file->archive);
    clr_pack_u8(pack, file->window_rule);
    clr_pack_u8(pack, (uint8_t)file->counter_offset);
    clr_pack_u8(pack, file->units_yuan);
    clr_pack_u8(pack, file->encoding_gbk);
    clr_pack_u64(pack, (uint64_t)file->stamp);
    clr_pack_u32(pack, (uint32_t)file->window);
    clr_pack_u32(pack, file->rules_version);
    clr_pack_u64(pack, file->size);
    clr_pack_u64(pack, file->command);
    clr_pack_bytes(pack, &file->first, sizeof file->first);
    clr_pack_bytes(pack, &file->current, sizeof file->current);
    clr_pack_bytes(pack, file->keys, CLR_DIGEST_SIZE);
}

enum clr_status clr_file_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_file *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 4) return CLR_DAMAGED;
    out->admission = clr_get_be32(key.data);
    clr_unpack_bytes(&unpack, out->received, CLR_DIGEST_SIZE);
    clr_unpack_bytes(&unpack, out->content, CLR_DIGEST_SIZE);
    out->name = clr_unpack_text(&unpack);
    out->sender = clr_unpack_text(&unpack);
    out->file_id = clr_unpack_text(&unpack);
    out->format = clr_unpack_u8(&unpack);
    out->product = clr_unpack_u8(&unpack);
    out->archive = clr_unpack_u8(&unpack);
    out->window_rule = clr_unpack_u8(&unpack);
    out->counter_offset = (int8_t)clr_unpack_u8(&unpack);
    out->units_yuan = clr_unpack_u8(&unpack) != 0;
    out->encoding_gbk = clr_unpack_u8(&unpack) != 0;
    out->stamp = (int64_t)clr_unpack_u64(&unpack);
    out->window = (clr_day)clr_unpack_u32(&unpack);
    out->rules_version = clr_unpack_u32(&unpack);
    out->size = clr_unpack_u64(&unpack);
    out->command = clr_unpack_u64(&unpack);
    clr_unpack_bytes(&unpack, &out->first, sizeof out->first);
    clr_unpack_bytes(&unpack, &out->current, sizeof out->current);
    if (unpack.at < value.size) clr_unpack_bytes(&unpack, out->keys, CLR_DIGEST_SIZE);      /* rows of the first version end before */
    if (!unpack.bad && unpack.at == value.size) return CLR_OK;
    clr_file_free(out);
    return CLR_DAMAGED;
}

void clr_file_free(struct clr_file *file)
{
    free(file->name);
    free(file->sender);
    free(file->file_id);
    file->name = file->sender = file->file_id = NULL;
}

enum clr_status clr_file_put(struct clr_tx *tx, const struct clr_file *file, struct clr_fault *fault)
{
    uint8_t key[4], id[400], admission[4];
    struct clr_pack pack = { 0 };

    file_key(file->admission, key);
    clr_put_be32(admission, file->admission);
    pack_file(&pack, file);
    enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_file, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    CLR_TRY(status);
    CLR_TRY(clr_tx_put(tx, CLR_TABLE_fdig, file->content, CLR_DIGEST_SIZE, admission, sizeof admission, fault));
    if (file->file_id[0] == '\0') return CLR_OK;
    const size_t id_size = id_key(file->sender, file->file_id, id);
    return clr_tx_put(tx, CLR_TABLE_fid, id, id_size, admission, sizeof admission, fault);
}

enum clr_status clr_file_delete(struct clr_tx *tx, const struct clr_file *file, struct clr_fault *fault)
{
    uint8_t key[4], id[400];
    file_key(file->admission, key);
    CLR_TRY(clr_tx_delete(tx, CLR_TABLE_file, key, sizeof key, fault));
    CLR_TRY(clr_tx_delete(tx, CLR_TABLE_fdig, file->content, CLR_DIGEST_SIZE, fault));
    if (file->file_id[0] == '\0') return CLR_OK;
    const size_t id_size = id_key(file->sender, file->file_id, id);
    return clr_tx_delete(tx, CLR_TABLE_fid, id, id_size, fault);
}

enum clr_status clr_file_get(struct clr_tx *tx, uint32_t admission, struct clr_file *out, struct clr_fault *fault)
{
    uint8_t key[4];
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    file_key(admission, key);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_file, key, sizeof key, &value, fault));
    return clr_file_unpack(clr_bytes_of(key, sizeof key), value, out);
}

static enum clr_status admission_of(struct clr_tx *tx, enum clr_table table, const void *key, size_t size, uint32_t *admission, struct clr_fault *fault)
{
    struct clr_bytes value;
    CLR_TRY(clr_tx_get(tx, table, key, size, &value, fault));
    if (value.size != 4) return CLR_DAMAGED;
    *admission = clr_get_be32(value.data);
    return CLR_OK;
}

enum clr_status clr_file_by_content(struct clr_tx *tx, const uint8_t content[CLR_DIGEST_SIZE], uint32_t *admission, struct clr_fault *fault)
{
    return admission_of(tx, CLR_TABLE_fdig, content, CLR_DIGEST_SIZE, admission, fault);
}

enum clr_status clr_file_by_id(struct clr_tx *tx, const char *sender, const char *file_id, uint32_t *admission, struct clr_fault *fault)
{
    uint8_t id[400];
    const size_t size = id_key(sender, file_id, id);
    return admission_of(tx, CLR_TABLE_fid, id, size, admission, fault);
}

enum clr_status clr_file_last(struct clr_tx *tx, uint32_t *admission, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    const uint8_t last[4] = { 0xff, 0xff, 0xff, 0xff };
    *admission = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    const enum clr_status status = clr_scan_floor(&scan, last, sizeof last, &key, &value, fault);
    if (status == CLR_OK && key.size == 4) *admission = clr_get_be32(key.data);
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
