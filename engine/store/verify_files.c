/* Rules, parties, files and what finds them, verdict maps, offsets, archives, audit log. */
#include <stdlib.h>

#include "base/stop.h"
#include "ingest/check.h"
#include "store/archive.h"
#include "store/audit.h"
#include "store/verify.h"
#include "store/vmap.h"

struct clr_verified_file *clr_verify_file_of(struct clr_verify *verify, uint32_t admission)
{
    return admission < verify->file_count && verify->file[admission].file.admission != 0 ? &verify->file[admission] : NULL;
}

/* ---- rules and parties ---- */

/** A numbered list: 'i' id32 → text, from 1 on without gap. */
static enum clr_status verify_list(struct clr_verify *verify, enum clr_table table, uint32_t *count)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint32_t next = 1;
    uint64_t wrong = 0;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, table, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        wrong += key.size != 5 || key.data[0] != 'i' || clr_get_be32(key.data + 1) != next || value.size == 0;
        next++;
    }
    clr_scan_close(&scan);
    *count = next - 1;
    if (wrong > 0) clr_verify_say(verify, "table %s: its numbers have gaps", "数据表 %s：编号不连续", clr_table_name(table));
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status verify_version(struct clr_verify *verify, uint32_t version)
{
    const struct clr_rules *rules;
    struct clr_bytes value;
    uint8_t key[1 + CLR_DIGEST_SIZE] = { 'd' };
    const enum clr_status status = clr_store_rules_get(&verify->store, version, &rules, NULL);
    if (status == CLR_FULL) return status;
    if (status != CLR_OK) {
        clr_verify_say(verify, "rules version %u cannot be read: %s", "规则版本 %u 无法读取：%s", version, clr_status_text(status));
        return CLR_OK;
    }
    memcpy(key + 1, rules->digest, CLR_DIGEST_SIZE);
    if (clr_tx_get(&verify->tx, CLR_TABLE_rule, key, sizeof key, &value, NULL) != CLR_OK || value.size != 4 || clr_get_be32(value.data) > version)
        clr_verify_say(verify, "rules version %u is not found by its digest", "规则版本 %u 无法按摘要找到", version);
    return CLR_OK;
}

enum clr_status clr_verify_rules(struct clr_verify *verify)
{
    uint8_t key[4];
    struct clr_bytes value;
    CLR_TRY(verify_list(verify, CLR_TABLE_party, &verify->parties));
    CLR_TRY(verify_list(verify, CLR_TABLE_code, &verify->codes));
    for (uint32_t version = 1; version <= verify->store.rules_count; version++) CLR_TRY(verify_version(verify, version));
    clr_put_be32(key, verify->store.rules_count + 1);
    if (clr_tx_get_raw(&verify->tx, CLR_TABLE_rule, key, sizeof key, &value, NULL) != CLR_NOT_FOUND)
        clr_verify_say(verify, "rules version %u appeared after the store was opened", "规则版本 %u 在打开存储之后出现", verify->store.rules_count + 1);
    return CLR_OK;
}

/* ---- files ---- */

static enum clr_status take_file(struct clr_verify *verify, const struct clr_file *file)
{
    const uint32_t count = file->admission + 1;
    if (count > verify->file_count) {
        struct clr_verified_file *const grown = realloc(verify->file, count * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        memset(grown + verify->file_count, 0, (count - verify->file_count) * sizeof *grown);
        verify->file = grown;
        verify->file_count = count;
    }
    struct clr_verified_file *const to = &verify->file[file->admission];
    to->file = *file;
    to->window = CLR_DAY_NONE;
    to->is_moves = clr_format_is_alone(file->format);
    clr_cells_init(&to->cells);
    verify->counts.files++;
    verify->counts.records += file->first.records;
    return CLR_OK;
}

static enum clr_status verify_file(struct clr_verify *verify, struct clr_verified_file *file)
{
    const struct clr_file *const f = &file->file;
    uint32_t by_content, by_id;
    enum clr_status status = clr_store_rules_get(&verify->store, f->rules_version, &file->rules, NULL);
    if (status == CLR_FULL) return status;
    if (status != CLR_OK) clr_verify_say(verify, "file r%u names rules version %u, which is not there", "文件 r%u 所用规则版本 %u 不存在", f->admission, f->rules_version);
    if (clr_file_by_content(&verify->tx, f->content, &by_content, NULL) != CLR_OK || by_content != f->admission)
        clr_verify_say(verify, "file r%u is not found by its content digest (table fdig)", "文件 r%u 无法按内容摘要找到（数据表 fdig）", f->admission);
    if (f->file_id[0] != '\0' && (clr_file_by_id(&verify->tx, f->sender, f->file_id, &by_id, NULL) != CLR_OK || by_id > f->admission))
        clr_verify_say(verify, "file r%u is not found by sender and file id (table fid)", "文件 r%u 无法按发送方和文件号找到（数据表 fid）", f->admission);
    if (clr_figures_check(&f->first) != CLR_OK || clr_figures_check(&f->current) != CLR_OK)
        clr_verify_say(verify, "file r%u: its buckets do not add up to what was received", "文件 r%u：各类合计与收到的不符", f->admission);
    return CLR_OK;
}

/** Entries of a look-up table: each must lead to a file that is there. */
static enum clr_status verify_lookup(struct clr_verify *verify, enum clr_table table, uint64_t *entries)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    *entries = 0;
    CLR_TRY(clr_scan_open(&verify->tx, table, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        ++*entries;
        if (value.size != 4 || clr_verify_file_of(verify, clr_get_be32(value.data)) == NULL)
            clr_verify_say(verify, "table %s has an entry of a file that is not there", "数据表 %s 中有不存在的文件的条目", clr_table_name(table));
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_verify_files(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint64_t entries;
    enum clr_status status = clr_tx_get(&verify->tx, CLR_TABLE_adm, "o", 1, &value, NULL);
    verify->under_way = status == CLR_OK;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_file, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status == CLR_OK && (file.admission == 0 || file.admission > CLR_ADMISSION_MAX)) status = CLR_DAMAGED;
        if (status == CLR_DAMAGED) clr_verify_say(verify, "table file: an entry cannot be understood", "数据表 file 中有无法解读的条目");
        if (status == CLR_OK) status = take_file(verify, &file);
        if (status == CLR_FULL) break;
    }
    clr_scan_close(&scan);
    if (status != CLR_NOT_FOUND) return status;
    for (uint32_t i = 0; i < verify->file_count; i++)
        if (verify->file[i].file.admission != 0) CLR_TRY(verify_file(verify, &verify->file[i]));
    CLR_TRY(verify_lookup(verify, CLR_TABLE_fdig, &entries));
    if (entries != verify->counts.files)
        clr_verify_say(verify, "table fdig has %llu entries for %llu files", "数据表 fdig 有 %llu 条，文件有 %llu 个", (unsigned long long)entries,
                       (unsigned long long)verify->counts.files);
    return verify_lookup(verify, CLR_TABLE_fid, &entries);
}

/* ---- verdict maps and offsets ---- */

/** Must a record of this first verdict have a row (or be among the moves)? */
static bool needs_row(uint64_t reasons)
{
    const struct clr_txn txn = { .reasons = reasons };
    return clr_verdict_of(reasons) != CLR_VERDICT_DUPLICATE && clr_txn_has_identity(&txn);
}

static void map_record(struct clr_verified_file *file, uint64_t number, uint64_t reasons)
{
    if (!needs_row(reasons)) return;
    file->map_rows++;
    file->map_mix += clr_verify_mix(number, reasons);
}

static enum clr_status map_exception(struct clr_verified_file *file, const struct clr_exception *exception)
{
    map_record(file, exception->number, exception->reasons);
    if (clr_verdict_of(exception->reasons) == CLR_VERDICT_ACCEPTED) return CLR_OK;
    if (exception->amount_fen < 0) return CLR_DAMAGED;
    return clr_figures_count(&file->figures, exception->reasons, CLR_KIND_PURCHASE, exception->amount_fen);
}

static enum clr_status verify_chunk(struct clr_verified_file *file, uint64_t first, struct clr_bytes value)
{
    struct clr_vmap map;
    CLR_TRY(clr_vmap_open(value, &map));
    if (map.first != first || first != file->mapped + 1 || map.count == 0 || map.count > CLR_VMAP_CHUNK) return CLR_DAMAGED;
    if (clr_verdict_of(map.default_reasons) != CLR_VERDICT_ACCEPTED) return CLR_DAMAGED;
    uint64_t next = first;
    for (size_t i = 0; i < map.exception_count; i++) {
        struct clr_exception exception;
        clr_vmap_exception(&map, i, &exception);
        if (exception.number < next || exception.number >= first + map.count) return CLR_DAMAGED;
        for (; next < exception.number; next++) map_record(file, next, map.default_reasons);
        CLR_TRY(map_exception(file, &exception));
        next++;
    }
    for (; next < first + map.count; next++) map_record(file, next, map.default_reasons);
    file->mapped += map.count;
    return CLR_OK;
}

static enum clr_status verify_vmap(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_vmap, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK && !clr_stop_requested()) {
        const uint32_t admission = clr_get_be32(key.data);
        struct clr_verified_file *const file = clr_verify_file_of(verify, admission);
        if (file == NULL && !verify->under_way) clr_verify_say(verify, "table vmap: a verdict map of r%u, which is not there", "数据表 vmap：文件 r%u 不存在但有判定表", admission);
        if (file == NULL || file->unsure) continue;
        if (verify_chunk(file, clr_get_be64(key.data + 4), value) == CLR_OK) continue;
        file->unsure = true;
        clr_verify_say(verify, "file r%u: its verdict map is broken at record %llu", "文件 r%u：判定表在第 %llu 条记录处损坏", admission,
                       (unsigned long long)clr_get_be64(key.data + 4));
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Blocks of a file: first records and offsets ascend together, from the first record on. The last block of moves may have no record. */
static enum clr_status verify_offsets(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    uint32_t last_file = 0;
    uint64_t last_number = 0, last_offset = 0;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_soff, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        const uint32_t admission = clr_get_be32(key.data);
        const uint64_t number = clr_get_be64(key.data + 4);
        const struct clr_verified_file *const file = clr_verify_file_of(verify, admission);
        uint64_t offset = 0;
        if (value.size == 8) memcpy(&offset, value.data, 8);
        if (file == NULL && verify->under_way) continue;
        const bool first = admission != last_file;
        if (file == NULL || value.size != 8 || number > file->file.first.records + file->is_moves || offset > file->file.size || (first && number != 1) ||
            (!first && (number <= last_number || offset <= last_offset)))
            clr_verify_say(verify, "table soff: the offset of record %llu of r%u is out of order", "数据表 soff：第 %llu 条记录（文件 r%u）的偏移次序错误",
                           (unsigned long long)number, admission);
        last_file = admission;
        last_number = number;
        last_offset = offset;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_verify_maps(struct clr_verify *verify)
{
    CLR_TRY(verify_vmap(verify));
    for (uint32_t i = 0; i < verify->file_count; i++) {
        struct clr_verified_file *const file = &verify->file[i];
        if (file->file.admission == 0 || file->unsure || file->mapped == file->file.first.records) continue;
        clr_verify_say(verify, "file r%u: %llu records have a verdict, the file has %llu", "文件 r%u：%llu 条记录有判定，文件共 %llu 条", i,
                       (unsigned long long)file->mapped, (unsigned long long)file->file.first.records);
        file->unsure = true;
    }
    return verify_offsets(verify);
}

/* ---- archives and audit log ---- */

static enum clr_status verify_archive(struct clr_verify *verify, const char *directory, const struct clr_file *file)
{
    struct clr_archive *archive;
    struct clr_fault fault = { 0 };
    enum clr_status status = clr_archive_open(directory, verify->store.key, file->received, &archive, &fault);
    if (status == CLR_OK) {
        status = clr_archive_verify(archive, &fault);
        clr_archive_close(archive);
    }
    if (status == CLR_FULL || status == CLR_STOPPED) return status;
    if (status == CLR_NOT_FOUND) clr_verify_say(verify, "file r%u: its archive is gone", "文件 r%u：归档丢失", file->admission);
    else if (status != CLR_OK) clr_verify_say(verify, "file r%u: its archive is damaged: %.150s%.0s", "文件 r%u：归档损坏：%.0s%.150s", file->admission, fault.en, fault.zh);
    return CLR_OK;
}

enum clr_status clr_verify_archives(struct clr_verify *verify)
{
    char directory[600];
    clr_store_archive_path(&verify->store, directory);
    for (uint32_t i = 0; i < verify->file_count; i++) {
        const struct clr_file *const file = &verify->file[i].file;
        if (file->admission != 0 && file->archive != CLR_ARCHIVE_NONE) CLR_TRY(verify_archive(verify, directory, file));
    }
    return CLR_OK;
}

enum clr_status clr_verify_audit(struct clr_verify *verify)
{
    uint64_t entries;
    const enum clr_status status = clr_audit_check(&verify->tx, &entries, NULL);
    if (status != CLR_DAMAGED) return status;
    clr_verify_say(verify, "the audit log does not hold together after entry %llu", "审计日志在第 %llu 条之后断链", (unsigned long long)entries);
    return CLR_OK;
}
