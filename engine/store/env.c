#include "store/env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "store/env_file.h"

static const char *const table_names[CLR_TABLE_COUNT] = {
#define X(name, number) [number] = #name,
    CLR_TABLE_LIST(X)
#undef X
};

const char *clr_table_name(enum clr_table table) { return table < CLR_TABLE_COUNT ? table_names[table] : "?"; }

enum clr_status clr_env_fault(struct clr_env *env, int code, const char *doing_en, const char *doing_zh, struct clr_fault *fault)
{
    enum clr_status status = CLR_INTERNAL;
    const char *hint_en = "", *hint_zh = "";

    switch (code) {
    case MDB_MAP_FULL:
        status = CLR_FULL;
        hint_en = "; the map is full: give a larger --map-size";
        hint_zh = "；映射空间已满：请用 --map-size 加大";
        break;
    case ENOSPC: case EDQUOT: case EFBIG:
        status = CLR_FULL;
        hint_en = "; free some disk space and run again";
        hint_zh = "；请腾出磁盘空间后重试";
        break;
    case EIO:                                /* what LMDB makes of a short write */
        status = CLR_FULL;
        hint_en = "; the disk is full or failing";
        hint_zh = "；磁盘已满或有故障";
        break;
    case ENOMEM:
        status = CLR_FULL;
        hint_en = "; memory is used up, or a limit on it (ulimit -v) is below --map-size, which is address space only";
        hint_zh = "；内存不足，或内存限制（ulimit -v）低于 --map-size（仅占地址空间）";
        break;
    case MDB_TXN_FULL: status = CLR_FULL; break;
    case EACCES: case EPERM: case EROFS: case ENOENT: status = CLR_USAGE; break;
    case MDB_CORRUPTED: case MDB_PAGE_NOTFOUND: case MDB_PANIC: case MDB_INVALID: case MDB_VERSION_MISMATCH: case MDB_BAD_VALSIZE:
    case MDB_BAD_TXN: case MDB_INCOMPATIBLE: /* a page that could not be read spoils its transaction; a table opens with flags it never had */
        status = CLR_DAMAGED;
        break;
    default: break;
    }
    /* Both formats take the same arguments; %.0s swallows the other language's. */
    clr_fault_say(fault, status, "store: %s%.0s: %s%s%.0s", "存储：%.0s%s：%s%.0s%s", doing_en, doing_zh, mdb_strerror(code), hint_en, hint_zh);
    clr_fault_at(fault, env->path, 0, NULL);
    return status;
}

static enum clr_status take_lock(struct clr_env *env, bool create, bool shared, struct clr_fault *fault)
{
    char path[sizeof env->path + 8];
    snprintf(path, sizeof path, "%s/lock", env->path);
    env->lock_fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    if (env->lock_fd < 0 && shared) env->lock_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (env->lock_fd < 0) {
        if (errno == ENOENT) {
            clr_fault_say(fault, CLR_USAGE, "there is no store here; make one with `clear init`", "此处没有存储；请先运行 `clear init`");
            clr_fault_at(fault, env->path, 0, NULL);
            return CLR_USAGE;
        }
        return clr_env_fault(env, errno, "opening the lock", "打开锁文件", fault);
    }
    if (flock(env->lock_fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
        clr_fault_say(fault, CLR_BUSY, "another command is using this store; run again when it has ended",
                      "另一个命令正在使用此存储；请待其结束后重试");
        clr_fault_at(fault, env->path, 0, NULL);
        return CLR_BUSY;
    }
    return CLR_OK;
}

static enum clr_status open_tables(struct clr_env *env, bool create, struct clr_fault *fault)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(env->env, NULL, create ? 0 : MDB_RDONLY, &txn);
    if (code != 0) return clr_env_fault(env, code, "opening the tables", "打开数据表", fault);
    for (unsigned table = 0; table < CLR_TABLE_COUNT; table++) {
        code = mdb_dbi_open(txn, table_names[table], create ? MDB_CREATE : 0, &env->dbi[table]);
        if (code != 0) {
            mdb_txn_abort(txn);
            if (code == MDB_NOTFOUND) {
                clr_fault_say(fault, CLR_DAMAGED, "the store has no table `%s`", "存储中缺少数据表 `%s`", table_names[table]);
                clr_fault_at(fault, env->path, 0, NULL);
                return CLR_DAMAGED;
            }
            return clr_env_fault(env, code, "opening a table", "打开数据表", fault);
        }
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? CLR_OK : clr_env_fault(env, code, "opening the tables", "打开数据表", fault);
}

enum clr_status clr_env_open(struct clr_env *env, const char *path, uint64_t map_size, bool create, bool read_only, struct clr_fault *fault)
{
    memset(env, 0, sizeof *env);
    env->lock_fd = -1;
    env->read_only = read_only;
    if (strlen(path) >= sizeof env->path - 16) return clr_fault_say(fault, CLR_USAGE, "the store's path is too long", "存储路径过长");
    snprintf(env->path, sizeof env->path, "%s", path);
    CLR_TRY(take_lock(env, create, read_only, fault));
    if (!create) CLR_TRY(clr_env_file_check(path, fault));

    int code = mdb_env_create(&env->env);
    if (code == 0) code = mdb_env_set_maxdbs(env->env, CLR_TABLE_COUNT);
    if (code == 0) code = mdb_env_set_maxreaders(env->env, 512);
    if (code == 0) code = mdb_env_set_mapsize(env->env, map_size != 0 ? map_size : UINT64_C(1) << 40);
    if (code == 0) code = mdb_env_open(env->env, path, MDB_NOTLS | (read_only ? MDB_RDONLY : 0), 0600);
    if (code == 0) {
        int dead;
        code = mdb_reader_check(env->env, &dead);
    }
    if (code != 0) return clr_env_fault(env, code, "opening", "打开", fault);
    return open_tables(env, create, fault);
}

void clr_env_close(struct clr_env *env)
{
    if (env->env != NULL) mdb_env_close(env->env);
    if (env->lock_fd >= 0) close(env->lock_fd);
    env->env = NULL;
    env->lock_fd = -1;
}

uint64_t clr_trailer_of(enum clr_table table, const void *key, size_t key_size, const void *value, size_t size)
{
    const uint64_t seed = XXH3_64bits_withSeed(key, key_size, (uint64_t)table + 1);
    return XXH3_64bits_withSeed(value, size, seed);
}

enum clr_status clr_tx_begin(struct clr_env *env, bool write, struct clr_tx *tx, struct clr_fault *fault)
{
    memset(tx, 0, sizeof *tx);
    tx->env = env;
    tx->write = write;
    const int code = mdb_txn_begin(env->env, NULL, write ? 0 : MDB_RDONLY, &tx->txn);
    return code == 0 ? CLR_OK : clr_env_fault(env, code, "beginning a transaction", "开始事务", fault);
}

/** Fold the deltas of this transaction into table `sum`. */
static int write_sums(struct clr_tx *tx)
{
    for (unsigned table = 0; table < CLR_TABLE_COUNT; table++) {
        if (tx->sums[table].count == 0 && tx->sums[table].sum == 0) continue;
        uint8_t number = (uint8_t)table;
        uint64_t stored[2] = { 0, 0 };
        MDB_val key = { 1, &number }, value;
        int code = mdb_get(tx->txn, tx->env->dbi[CLR_TABLE_sum], &key, &value);
        if (code == 0 && value.mv_size == sizeof stored) memcpy(stored, value.mv_data, sizeof stored);
        else if (code != MDB_NOTFOUND) return code != 0 ? code : MDB_CORRUPTED;
        stored[0] += (uint64_t)tx->sums[table].count;
        stored[1] += tx->sums[table].sum;
        value = (MDB_val){ sizeof stored, stored };
        code = mdb_put(tx->txn, tx->env->dbi[CLR_TABLE_sum], &key, &value, 0);
        if (code != 0) return code;
    }
    return 0;
}

enum clr_status clr_tx_commit(struct clr_tx *tx, struct clr_fault *fault)
{
    if (!tx->write) {
        clr_tx_abort(tx);
        return CLR_OK;
    }
    int code = write_sums(tx);
    if (code != 0) {
        clr_tx_abort(tx);
        return clr_env_fault(tx->env, code, "writing the control sums", "写入控制和", fault);
    }
    code = mdb_txn_commit(tx->txn);
    tx->txn = NULL;
    return code == 0 ? CLR_OK : clr_env_fault(tx->env, code, "committing", "提交", fault);
}

void clr_tx_abort(struct clr_tx *tx)
{
    if (tx->txn != NULL) mdb_txn_abort(tx->txn);
    tx->txn = NULL;
}

static enum clr_status damaged(struct clr_tx *tx, enum clr_table table, struct clr_fault *fault)
{
    clr_fault_say(fault, CLR_DAMAGED, "a value of table `%s` does not match its checksum; restore a backup, then `clear verify`",
                  "数据表 `%s` 中有值与校验和不符；请恢复备份后运行 `clear verify`", table_names[table]);
    clr_fault_at(fault, tx->env->path, 0, NULL);
    return CLR_DAMAGED;
}

enum clr_status clr_tx_get_raw(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_bytes *out, struct clr_fault *fault)
{
    MDB_val k = { key_size, (void *)(uintptr_t)key }, v;
    const int code = mdb_get(tx->txn, tx->env->dbi[table], &k, &v);
    if (code == MDB_NOTFOUND) return CLR_NOT_FOUND;
    if (code != 0) return clr_env_fault(tx->env, code, "reading", "读取", fault);
    if (v.mv_size < CLR_TRAILER_SIZE) return damaged(tx, table, fault);
    *out = clr_bytes_of(v.mv_data, v.mv_size - CLR_TRAILER_SIZE);
    return CLR_OK;
}

static bool trailer_fits(enum clr_table table, const void *key, size_t key_size, struct clr_bytes value)
{
    uint64_t stored;
    memcpy(&stored, value.data + value.size, sizeof stored);
    return stored == clr_trailer_of(table, key, key_size, value.data, value.size);
}

enum clr_status clr_tx_get(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_bytes *out, struct clr_fault *fault)
{
    CLR_TRY(clr_tx_get_raw(tx, table, key, key_size, out, fault));
    return trailer_fits(table, key, key_size, *out) ? CLR_OK : damaged(tx, table, fault);
}

static enum clr_status store_value(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, const void *value, size_t size,
                                   unsigned flags, struct clr_fault *fault)
{
    const uint64_t trailer = clr_trailer_of(table, key, key_size, value, size);
    MDB_val k = { key_size, (void *)(uintptr_t)key }, v = { size + CLR_TRAILER_SIZE, NULL };
    const int code = mdb_put(tx->txn, tx->env->dbi[table], &k, &v, flags | MDB_RESERVE);
    if (code == MDB_KEYEXIST) return clr_env_fault(tx->env, code, "appending out of order", "追加顺序错误", fault);
    if (code != 0) return clr_env_fault(tx->env, code, "writing", "写入", fault);
    if (size > 0) memcpy(v.mv_data, value, size);
    memcpy((uint8_t *)v.mv_data + size, &trailer, sizeof trailer);
    tx->sums[table].count++;
    tx->sums[table].sum += trailer;
    tx->bytes += size + key_size + CLR_TRAILER_SIZE;
    return CLR_OK;
}

/** Take a stored value's trailer out of the sums before it is replaced or deleted. */
static void forget_value(struct clr_tx *tx, enum clr_table table, const MDB_val *value)
{
    uint64_t trailer = 0;
    if (value->mv_size >= CLR_TRAILER_SIZE) memcpy(&trailer, (const uint8_t *)value->mv_data + value->mv_size - CLR_TRAILER_SIZE, sizeof trailer);
    tx->sums[table].count--;
    tx->sums[table].sum -= trailer;
}

enum clr_status clr_tx_put(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, const void *value, size_t size, struct clr_fault *fault)
{
    MDB_val k = { key_size, (void *)(uintptr_t)key }, old;
    const int code = mdb_get(tx->txn, tx->env->dbi[table], &k, &old);
    if (code == 0) forget_value(tx, table, &old);
    else if (code != MDB_NOTFOUND) return clr_env_fault(tx->env, code, "reading", "读取", fault);
    return store_value(tx, table, key, key_size, value, size, 0, fault);
}

enum clr_status clr_tx_append(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, const void *value, size_t size, struct clr_fault *fault)
{
    return store_value(tx, table, key, key_size, value, size, MDB_APPEND, fault);
}

enum clr_status clr_tx_delete(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_fault *fault)
{
    MDB_val k = { key_size, (void *)(uintptr_t)key }, old;
    int code = mdb_get(tx->txn, tx->env->dbi[table], &k, &old);
    if (code == MDB_NOTFOUND) return CLR_OK;
    if (code == 0) {
        forget_value(tx, table, &old);
        code = mdb_del(tx->txn, tx->env->dbi[table], &k, NULL);
    }
    return code == 0 ? CLR_OK : clr_env_fault(tx->env, code, "deleting", "删除", fault);
}

enum clr_status clr_tx_delete_prefix(struct clr_tx *tx, enum clr_table table, const void *prefix, size_t prefix_size, uint64_t bytes_max, bool *more, struct clr_fault *fault)
{
    MDB_cursor *cursor;
    uint64_t bytes = 0;
    *more = false;
    int code = mdb_cursor_open(tx->txn, tx->env->dbi[table], &cursor);
    if (code != 0) return clr_env_fault(tx->env, code, "deleting", "删除", fault);
    MDB_val key = { prefix_size, (void *)(uintptr_t)prefix }, value;
    code = mdb_cursor_get(cursor, &key, &value, prefix_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
    while (code == 0 && key.mv_size >= prefix_size && memcmp(key.mv_data, prefix, prefix_size) == 0) {
        if (bytes_max != 0 && bytes >= bytes_max) {
            *more = true;
            break;
        }
        bytes += value.mv_size;
        tx->bytes += value.mv_size;
        forget_value(tx, table, &value);
        code = mdb_cursor_del(cursor, 0);
        if (code == 0) code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);   /* after a delete: the key that follows it */
    }
    mdb_cursor_close(cursor);
    return code == 0 || code == MDB_NOTFOUND ? CLR_OK : clr_env_fault(tx->env, code, "deleting", "删除", fault);
}

/* ---- scans ---- */

enum clr_status clr_scan_open(struct clr_tx *tx, enum clr_table table, const void *prefix, size_t prefix_size, struct clr_scan *scan, struct clr_fault *fault)
{
    CLR_ASSERT(prefix_size <= sizeof scan->prefix);
    memset(scan, 0, sizeof *scan);
    scan->tx = tx;
    scan->table = table;
    scan->prefix_size = prefix_size;
    if (prefix_size > 0) memcpy(scan->prefix, prefix, prefix_size);
    const int code = mdb_cursor_open(tx->txn, tx->env->dbi[table], &scan->cursor);
    return code == 0 ? CLR_OK : clr_env_fault(tx->env, code, "reading", "读取", fault);
}

static enum clr_status scan_give(struct clr_scan *scan, int code, const MDB_val *k, const MDB_val *v, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault)
{
    if (code == MDB_NOTFOUND) return CLR_NOT_FOUND;
    if (code != 0) return clr_env_fault(scan->tx->env, code, "reading", "读取", fault);
    if (k->mv_size < scan->prefix_size || memcmp(k->mv_data, scan->prefix, scan->prefix_size) != 0) return CLR_NOT_FOUND;
    if (v->mv_size < CLR_TRAILER_SIZE) return damaged(scan->tx, scan->table, fault);
    *key = clr_bytes_of(k->mv_data, k->mv_size);
    *value = clr_bytes_of(v->mv_data, v->mv_size - CLR_TRAILER_SIZE);
    if (!scan->raw && !trailer_fits(scan->table, k->mv_data, k->mv_size, *value)) return damaged(scan->tx, scan->table, fault);
    return CLR_OK;
}

enum clr_status clr_scan_next(struct clr_scan *scan, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault)
{
    MDB_val k = { scan->prefix_size, scan->prefix }, v;
    MDB_cursor_op step = MDB_NEXT;
    if (!scan->started) step = scan->prefix_size > 0 ? MDB_SET_RANGE : MDB_FIRST;
    scan->started = true;
    return scan_give(scan, mdb_cursor_get(scan->cursor, &k, &v, step), &k, &v, key, value, fault);
}

enum clr_status clr_scan_seek(struct clr_scan *scan, const void *from, size_t from_size, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault)
{
    MDB_val k = { from_size, (void *)(uintptr_t)from }, v;
    scan->started = true;
    return scan_give(scan, mdb_cursor_get(scan->cursor, &k, &v, MDB_SET_RANGE), &k, &v, key, value, fault);
}

enum clr_status clr_scan_floor(struct clr_scan *scan, const void *from, size_t from_size, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault)
{
    MDB_val k = { from_size, (void *)(uintptr_t)from }, v;
    scan->started = true;
    int code = mdb_cursor_get(scan->cursor, &k, &v, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND) code = mdb_cursor_get(scan->cursor, &k, &v, MDB_LAST);
    else if (code == 0 && (k.mv_size != from_size || memcmp(k.mv_data, from, from_size) != 0)) code = mdb_cursor_get(scan->cursor, &k, &v, MDB_PREV);
    return scan_give(scan, code, &k, &v, key, value, fault);
}

void clr_scan_close(struct clr_scan *scan)
{
    if (scan->cursor != NULL) mdb_cursor_close(scan->cursor);
    scan->cursor = NULL;
}

/* ---- named numbers ---- */

enum clr_status clr_meta_get(struct clr_tx *tx, const char *name, uint64_t absent, uint64_t *out, struct clr_fault *fault)
{
    struct clr_bytes value;
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_meta, name, strlen(name), &value, fault);
    *out = absent;
    if (status == CLR_NOT_FOUND) return CLR_OK;
    if (status != CLR_OK) return status;
    if (value.size != 8) return damaged(tx, CLR_TABLE_meta, fault);
    memcpy(out, value.data, 8);
    return CLR_OK;
}

enum clr_status clr_meta_put(struct clr_tx *tx, const char *name, uint64_t value, struct clr_fault *fault)
{
    return clr_tx_put(tx, CLR_TABLE_meta, name, strlen(name), &value, sizeof value, fault);
}

/* ---- space ---- */

/* LMDB's free list is table 0, each value a count and that many page numbers. */
enum clr_status clr_tx_free_pages(struct clr_tx *tx, uint64_t *pages, struct clr_fault *fault)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int code = mdb_cursor_open(tx->txn, 0, &cursor);
    *pages = 0;
    if (code != 0) return clr_env_fault(tx->env, code, "reading the free list", "读取空闲页表", fault);
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        size_t listed;
        if (value.mv_size < sizeof listed) continue;
        memcpy(&listed, value.mv_data, sizeof listed);
        *pages += listed;
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? CLR_OK : clr_env_fault(tx->env, code, "reading the free list", "读取空闲页表", fault);
}
