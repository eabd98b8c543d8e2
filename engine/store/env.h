/*
 * env.h: the LMDB environment: its tables, checked values, transactions. Every other file of store/ stands on this one.
 *
 * Every value carries an 8-byte trailer: XXH3-64 of (table, key, value). Every table has a running count and sum of those
 * trailers, kept in table `sum` and updated in the same transaction as the table: so a flipped bit, a lost value and an
 * added one are all found by `verify` (store/verify.h), in keys and in values.
 *
 * Numbers in keys are big-endian (they sort); in values little-endian. All keys are shorter than 511 bytes.
 * Threads   one write transaction at a time, by one thread; read transactions (MDB_NOTLS) by the thread that began them.
 */
#ifndef CLR_STORE_ENV_H
#define CLR_STORE_ENV_H

#include <lmdb.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "base/status.h"
#include "base/token.h"

/* name, number (stored in `sum`; never changes) */
#define CLR_TABLE_LIST(X)                                                                       \
    X(meta,   0)   /* text → small values: format, next run id, last stamp, event count */      \
    X(party,  1)   /* 'i' id32 → code: participants of all versions, 1, 2, … */                      \
    X(code,   2)   /* 'i' id32 → text: unknown party codes as read, 1, 2, … */                        \
    X(rule,   3)   /* version32 → folder; 'd' digest → version32 */                             \
    X(file,   4)   /* admission32 → file (store/files.h) */                                     \
    X(fdig,   5)   /* content digest → admission32 */                                           \
    X(fid,    6)   /* sender 0 file id → admission32 */                                         \
    X(adm,    7)   /* 'o' → the admission that is under way */                                  \
    X(row,    8)   /* run64 partition16 part16 → segment (store/segment.h) */                   \
    X(idx,    9)   /* the same → fingerprints (store/runindex.h) */                             \
    X(run,   10)   /* run64 → manifest (store/runs.h) */                                        \
    X(vmap,  11)   /* admission32 first number64 → verdict map chunk (store/vmap.h) */          \
    X(soff,  12)   /* admission32 first number64 of a block → byte offset64 */                  \
    X(event, 13)   /* number64 → event (store/events.h) */                                      \
    X(evof,  14)   /* record64 → latest event of the record */                                  \
    X(delta, 15)   /* 'f' admission64 cell | 'e' event64 cell → cell sum */                     \
    X(pos,   16)   /* cell → cell sum: running positions */                                     \
    X(win,   17)   /* product8 day32 → window state and history */                              \
    X(jrnl,  18)   /* product8 day32 entry64 line32 → journal line */                           \
    X(move,  19)   /* record64 → move (store/moves.h) */                                        \
    X(mvid,  20)   /* identity token 16, record64 → holder of a move identity */                \
    X(mvref, 21)   /* original record64 → what was refunded of it */                            \
    X(setl,  22)   /* number64 → settlement done */                                             \
    X(audit, 23)   /* number64 → hash-chained log entry */                                      \
    X(sum,   24)   /* table number8 → count64, sum of trailers64 (has no sum of its own) */   \
    X(pack,  25)   /* package → what became of it (store/packages.h) */                        \
    X(prec,  26)   /* package, number in it 32 → record and what was said of it */             \
    X(pday,  27)   /* window, package → what moved in that window */                           \
    X(pdis,  28)   /* window, sender, dispute file → what it decided in that window */         \
    X(ptot,  29)   /* window → clearing totals of that day */

enum clr_table {
#define X(name, number) CLR_TABLE_##name = number,
    CLR_TABLE_LIST(X)
#undef X
    CLR_TABLE_COUNT
};
const char *clr_table_name(enum clr_table table);

#define CLR_TRAILER_SIZE 8

struct clr_env {
    MDB_env *env;
    MDB_dbi dbi[CLR_TABLE_COUNT];
    char path[512];
    int lock_fd;
    bool read_only;
};

/** A transaction. `sums` are deltas not yet written, valid for writers. */
struct clr_tx {
    struct clr_env *env;
    MDB_txn *txn;
    bool write;
    struct { int64_t count; uint64_t sum; } sums[CLR_TABLE_COUNT];
    uint64_t bytes;                     /* put so far: callers commit and begin again when it is large */
};

/** `create`: make the directory and an empty environment. Takes the lock: exclusive, or shared when read_only. */
CLR_MUST_USE enum clr_status clr_env_open(struct clr_env *env, const char *path, uint64_t map_size, bool create, bool read_only, struct clr_fault *fault);
void clr_env_close(struct clr_env *env);

CLR_MUST_USE enum clr_status clr_tx_begin(struct clr_env *env, bool write, struct clr_tx *tx, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_tx_commit(struct clr_tx *tx, struct clr_fault *fault);       /* writes the sums; ends it */
void clr_tx_abort(struct clr_tx *tx);                                                        /* also ends readers */

/** Value without its trailer, borrowed until the transaction ends; checked. CLR_NOT_FOUND leaves fault alone. CLR_DAMAGED when the trailer is wrong. */
CLR_MUST_USE enum clr_status clr_tx_get(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_bytes *out, struct clr_fault *fault);
/** The same without checking the trailer: for large values on the hot path, which `verify` checks. */
CLR_MUST_USE enum clr_status clr_tx_get_raw(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_bytes *out, struct clr_fault *fault);
/** Put or replace. */
CLR_MUST_USE enum clr_status clr_tx_put(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, const void *value, size_t size, struct clr_fault *fault);
/** Put behind the last key of the table; a smaller key is CLR_INTERNAL. */
CLR_MUST_USE enum clr_status clr_tx_append(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, const void *value, size_t size, struct clr_fault *fault);
/** Absent is CLR_OK. */
CLR_MUST_USE enum clr_status clr_tx_delete(struct clr_tx *tx, enum clr_table table, const void *key, size_t key_size, struct clr_fault *fault);
/** Delete every key that starts with the prefix; stops after about `bytes_max` bytes (0 = no limit): *more says that some are left. */
CLR_MUST_USE enum clr_status clr_tx_delete_prefix(struct clr_tx *tx, enum clr_table table, const void *prefix, size_t prefix_size, uint64_t bytes_max, bool *more, struct clr_fault *fault);

/** Walk keys that start with a prefix (size 0: all), in order. clr_scan_next: CLR_OK with key and value, or CLR_NOT_FOUND at the end.
 *  The cursor sees a consistent table only while nothing is written to it by the same transaction. */
struct clr_scan {
    struct clr_tx *tx;
    enum clr_table table;
    MDB_cursor *cursor;
    uint8_t prefix[64];
    size_t prefix_size;
    bool started, raw;
};
CLR_MUST_USE enum clr_status clr_scan_open(struct clr_tx *tx, enum clr_table table, const void *prefix, size_t prefix_size, struct clr_scan *scan, struct clr_fault *fault);
/** Start at the first key >= `from` (which must start with the prefix) instead. */
CLR_MUST_USE enum clr_status clr_scan_seek(struct clr_scan *scan, const void *from, size_t from_size, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_scan_next(struct clr_scan *scan, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault);
/** The last key <= `from` with the prefix. CLR_NOT_FOUND when there is none. */
CLR_MUST_USE enum clr_status clr_scan_floor(struct clr_scan *scan, const void *from, size_t from_size, struct clr_bytes *key, struct clr_bytes *value, struct clr_fault *fault);
void clr_scan_close(struct clr_scan *scan);

/** Named 64-bit numbers in `meta`; an absent one is `absent`. */
CLR_MUST_USE enum clr_status clr_meta_get(struct clr_tx *tx, const char *name, uint64_t absent, uint64_t *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_meta_put(struct clr_tx *tx, const char *name, uint64_t value, struct clr_fault *fault);

/** Pages that LMDB keeps for reuse. */
CLR_MUST_USE enum clr_status clr_tx_free_pages(struct clr_tx *tx, uint64_t *pages, struct clr_fault *fault);

/** Trailer of a value. */
uint64_t clr_trailer_of(enum clr_table table, const void *key, size_t key_size, const void *value, size_t size);

/** Translate an LMDB or errno code and say what was being done. */
enum clr_status clr_env_fault(struct clr_env *env, int code, const char *doing_en, const char *doing_zh, struct clr_fault *fault);

#endif
