/* Every value of every table against its trailer, every table against its count and sum. Nothing else is believed before this holds. */
#include "base/stop.h"
#include "store/verify.h"

/** Length of the keys of a table where all have one; 0 where they differ. */
static size_t key_size_of(enum clr_table table)
{
    switch (table) {
    case CLR_TABLE_file: return 4;
    case CLR_TABLE_row: case CLR_TABLE_idx: case CLR_TABLE_vmap: case CLR_TABLE_soff: return 12;
    case CLR_TABLE_run: case CLR_TABLE_event: case CLR_TABLE_evof: case CLR_TABLE_move: case CLR_TABLE_mvref: case CLR_TABLE_setl: case CLR_TABLE_audit: return 8;
    case CLR_TABLE_delta: return 9 + CLR_CELL_KEY_SIZE;
    case CLR_TABLE_pos: return CLR_CELL_KEY_SIZE;
    case CLR_TABLE_win: return 5;
    case CLR_TABLE_mvid: return 24;
    default: return 0;
    }
}

struct walked { uint64_t count, sum, wrong_trailers, wrong_keys; };

/** One value. The trailer binds table, key and value. */
static void walk_value(enum clr_table table, const MDB_val *key, const MDB_val *value, struct walked *walked)
{
    uint64_t trailer;
    walked->count++;
    if (key_size_of(table) != 0 && key->mv_size != key_size_of(table)) walked->wrong_keys++;
    if (value->mv_size < sizeof trailer) {
        walked->wrong_trailers++;
        return;
    }
    const size_t size = value->mv_size - sizeof trailer;
    memcpy(&trailer, (const uint8_t *)value->mv_data + size, sizeof trailer);
    walked->sum += trailer;
    if (trailer != clr_trailer_of(table, key->mv_data, key->mv_size, value->mv_data, size)) walked->wrong_trailers++;
}

/**
 * Walk a table. A damaged tree may show the same leaf again and again: the walk ends one value past the stored count.
 * @return what LMDB said at the end: MDB_NOTFOUND when all is well.
 */
static int walk_table(struct clr_verify *verify, enum clr_table table, uint64_t expected, struct walked *walked)
{
    MDB_cursor *cursor;
    MDB_val key, value, last = { 0, NULL };
    int code = mdb_cursor_open(verify->tx.txn, verify->store.env.dbi[table], &cursor);
    if (code != 0) return code;
    code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (code == 0 && walked->count <= expected && !clr_stop_requested()) {
        if (last.mv_data != NULL && mdb_cmp(verify->tx.txn, verify->store.env.dbi[table], &last, &key) >= 0) walked->wrong_keys++;
        walk_value(table, &key, &value, walked);
        last = key;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return code;
}

/** Stored count and sum of a table: zeros when none are stored. */
static int stored_sums(struct clr_verify *verify, enum clr_table table, uint64_t stored[2])
{
    uint8_t number = (uint8_t)table;
    MDB_val key = { 1, &number }, value;
    stored[0] = stored[1] = 0;
    const int code = mdb_get(verify->tx.txn, verify->store.env.dbi[CLR_TABLE_sum], &key, &value);
    if (code == 0 && value.mv_size != 2 * sizeof *stored) return MDB_CORRUPTED;
    if (code == 0) memcpy(stored, value.mv_data, 2 * sizeof *stored);
    return code == MDB_NOTFOUND ? 0 : code;
}

static void verify_table(struct clr_verify *verify, enum clr_table table)
{
    const char *const name = clr_table_name(table);
    struct walked walked = { 0 };
    uint64_t stored[2];
    int code = stored_sums(verify, table, stored);
    if (code == 0) code = walk_table(verify, table, stored[0], &walked);
    if (clr_stop_requested()) return;
    verify->counts.values += walked.count;
    if (code != 0 && code != MDB_NOTFOUND)
        clr_verify_say(verify, "table %s cannot be read to its end: %s", "数据表 %s 无法读到末尾：%s", name, mdb_strerror(code));
    if (walked.wrong_trailers > 0)
        clr_verify_say(verify, "table %s: %llu values do not match their checksum", "数据表 %s：%llu 个值与校验和不符", name, (unsigned long long)walked.wrong_trailers);
    if (walked.wrong_keys > 0)
        clr_verify_say(verify, "table %s: %llu keys are malformed or out of order", "数据表 %s：%llu 个键格式或次序错误", name, (unsigned long long)walked.wrong_keys);
    if (walked.count != stored[0])
        clr_verify_say(verify, "table %s holds %s%llu values, its stored count is %llu", "数据表 %s 有 %s%llu 个值，登记数为 %llu", name,
                       walked.count > stored[0] ? ">=" : "", (unsigned long long)walked.count, (unsigned long long)stored[0]);
    else if (walked.sum != stored[1])
        clr_verify_say(verify, "table %s: the sum of its checksums differs from the stored one", "数据表 %s：校验和之和与登记值不符", name);
}

/** Table `sum` has no sum of its own: exactly one entry of 16 bytes for a table that was ever written. */
static void verify_sums(struct clr_verify *verify)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    unsigned seen = 0;
    int code = mdb_cursor_open(verify->tx.txn, verify->store.env.dbi[CLR_TABLE_sum], &cursor);
    if (code == 0) {
        code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
        for (; code == 0 && seen <= CLR_TABLE_COUNT; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT), seen++)
            if (key.mv_size != 1 || *(const uint8_t *)key.mv_data >= CLR_TABLE_COUNT || *(const uint8_t *)key.mv_data == CLR_TABLE_sum || value.mv_size != 16)
                clr_verify_say(verify, "table sum holds an entry that belongs to no table", "数据表 sum 中有不属于任何表的条目");
        mdb_cursor_close(cursor);
    }
    if (code != MDB_NOTFOUND)
        clr_verify_say(verify, "table sum cannot be read to its end: %s", "数据表 sum 无法读到末尾：%s", code == 0 ? "too many entries" : mdb_strerror(code));
}

enum clr_status clr_verify_values(struct clr_verify *verify)
{
    verify_sums(verify);
    for (unsigned table = 0; table < CLR_TABLE_COUNT; table++) {
        if (table == CLR_TABLE_sum) continue;
        verify_table(verify, (enum clr_table)table);
        if (clr_stop_requested()) return CLR_STOPPED;
    }
    return CLR_OK;
}
