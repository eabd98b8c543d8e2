/*
 * packages.h: packages of toll transactions and what became of them: registered, accounted, disputed, cleared.
 *
 *   key of a package    provider text (1..32 bytes, no NUL) 0 ‖ message id 64
 *
 *   table pack    package → { admission u32; first, last record number u64; count u32; amount i64; unreadable u32;
 *                 target i32;  account record u64, its time i64, window i32;  sums (count u64, amount i64) moved, withheld,
 *                 disputed, open, passed, bad;  totals i32, confirmed u64;  dispute files u32 { file id u64 } }
 *   table prec    package ‖ number in the package 32 → { record u64; amount i64; account u8, code u16, dispute u8, unreadable u8 }
 *   table pday    window 32 ^ 2^31 ‖ package → sums accounted, passed, late, refunded: what moved in that window, kept by its events
 *   table pdis    window 32 ^ 2^31 ‖ sender text 0 ‖ dispute file id 64 → sums passed, withheld, bad: what that file decided in that window
 *   table ptot    window 32 ^ 2^31 → clearing totals of a target day, put once by the settlement that closes it, never changed
 *
 * Numbers in values are little-endian. Nothing depends on the store's key: all five are in the digest as they are.
 *
 *   sums          moved     what the account result made count
 *                 withheld  what a result accepts and we do not: rejected, duplicate or in conflict here, or waiting for something else (adr/0016)
 *                 open      disputes without a result
 *                 late      counted by anything but an account or dispute result: a participant that the rules learnt, a decision of a person
 *
 * Standard  clearing-rules.md 5 (packages), etc.md 1.3, 1.5, 4.
 * Threads   one writer.
 */
#ifndef CLR_STORE_PACKAGES_H
#define CLR_STORE_PACKAGES_H

#include "base/day.h"
#include "base/money.h"
#include "model/txn.h"
#include "store/env.h"

#define CLR_PACKAGE_TEXT_SIZE 33             /* provider, with the NUL */
#define CLR_DISPUTE_TEXT_SIZE 129            /* name of the sender of dispute files; a longer one counts by its beginning */
#define CLR_PACKAGE_FILES_MAX 4096           /* dispute files of one package; no record is resolved twice, so never more than it has records */

struct clr_package_key {
    char provider[CLR_PACKAGE_TEXT_SIZE];
    uint64_t message_id;
};
/** @return false: the text is empty, too long, or holds a NUL; or the message id is 0 */
bool clr_package_key_of(struct clr_bytes provider, uint64_t message_id, struct clr_package_key *out);
static inline bool clr_package_key_equal(const struct clr_package_key *a, const struct clr_package_key *b)
{
    return a->message_id == b->message_id && strcmp(a->provider, b->provider) == 0;
}

struct clr_package_sum {
    uint64_t count;
    clr_fen amount_fen;
};
/** @return CLR_OK | CLR_OVERFLOW */
CLR_MUST_USE enum clr_status clr_package_sum_add(struct clr_package_sum *to, uint64_t count, clr_fen amount_fen);

struct clr_package {
    struct clr_package_key key;
    uint32_t admission;
    uint64_t first, last;                    /* record numbers in that file */
    uint32_t count;                          /* records, rejected ones too */
    clr_fen amount_fen;                      /* theirs, as read */
    uint32_t unreadable;                     /* records whose amount could not be read */
    clr_day target;                          /* clearing date assigned when it came: first open window of its stamp */
    clr_record_id account;                   /* the account result, 0 none yet */
    int64_t account_at_s;
    clr_day account_window;
    struct clr_package_sum moved, withheld, disputed, open, passed, bad;
    clr_day totals;                          /* target day whose clearing totals name it, CLR_DAY_NONE none */
    clr_record_id confirmed;                 /* received clearing totals that name it, 0 none */
    uint32_t file_count;
    uint64_t *file;                          /* dispute file ids that resolved some of it, ascending; owned */
};

enum clr_package_state {
    CLR_PACKAGE_RECEIVED,                    /* waits for its account result */
    CLR_PACKAGE_DISPUTED,                    /* accounted, some disputes are open */
    CLR_PACKAGE_ACCOUNTED,                   /* nothing is open; its window is */
    CLR_PACKAGE_CLEARED,                     /* named by the clearing totals of its target day */
    CLR_PACKAGE_STATES
};
enum clr_package_state clr_package_state_of(const struct clr_package *package);

/** @return CLR_OK (then clr_package_free) | CLR_NOT_FOUND | CLR_DAMAGED | CLR_FULL */
CLR_MUST_USE enum clr_status clr_package_get(struct clr_tx *tx, const struct clr_package_key *key, struct clr_package *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_put(struct clr_tx *tx, const struct clr_package *package, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_package *out);
void clr_package_free(struct clr_package *package);
/** Remember a dispute file, once. @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_package_file_add(struct clr_package *package, uint64_t file_id);

/* ---- records of a package ---- */

enum clr_package_account { CLR_ACCOUNT_NONE, CLR_ACCOUNT_ACCEPTED, CLR_ACCOUNT_DISPUTED };
enum clr_package_dispute { CLR_DISPUTE_OPEN, CLR_DISPUTE_PASSED, CLR_DISPUTE_BAD };   /* OPEN: also what nobody disputes */

struct clr_package_record {
    uint32_t trans_id;
    clr_record_id record;
    clr_fen amount_fen;                      /* absolute, as read; 0 where it could not be */
    uint8_t account, dispute;
    uint16_t code;                           /* reason of the dispute as the issuer gave it, 0 none */
    bool unreadable;
};
CLR_MUST_USE enum clr_status clr_package_record_get(struct clr_tx *tx, const struct clr_package_key *key, uint32_t trans_id,
                                                    struct clr_package_record *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_record_put(struct clr_tx *tx, const struct clr_package_key *key, const struct clr_package_record *record,
                                                    struct clr_fault *fault);
/** All of a package in order of their numbers, malloc'ed. */
CLR_MUST_USE enum clr_status clr_package_records(struct clr_tx *tx, const struct clr_package_key *key, struct clr_package_record **out, size_t *count,
                                                 struct clr_fault *fault);

/* ---- what moved in a window ---- */

struct clr_package_day {
    struct clr_package_sum accounted, passed, late, refunded;
};
CLR_MUST_USE enum clr_status clr_package_day_get(struct clr_tx *tx, clr_day window, const struct clr_package_key *key, struct clr_package_day *out,
                                                 struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_day_put(struct clr_tx *tx, clr_day window, const struct clr_package_key *key,
                                                 const struct clr_package_day *sums, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_day_unpack(struct clr_bytes key, struct clr_bytes value, clr_day *window, struct clr_package_key *package,
                                                    struct clr_package_day *out);

struct clr_dispute_key {
    clr_day window;
    char sender[CLR_DISPUTE_TEXT_SIZE];
    uint64_t file_id;
};
struct clr_dispute_file {
    struct clr_dispute_key key;
    struct clr_package_sum passed, withheld, bad;
};
/** All zero where there is none yet. */
CLR_MUST_USE enum clr_status clr_dispute_file_get(struct clr_tx *tx, const struct clr_dispute_key *key, struct clr_dispute_file *out, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_dispute_file_put(struct clr_tx *tx, const struct clr_dispute_file *file, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_dispute_file_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_dispute_file *out);

/** Prefix of a window in pday, pdis and key in ptot. */
static inline void clr_package_window_key(clr_day window, uint8_t out[4]) { clr_put_be32(out, (uint32_t)window ^ UINT32_C(0x80000000)); }

/* ---- clearing totals ---- */

struct clr_package_total { struct clr_package_key key; struct clr_package_sum sum; };   /* of a package: what its account result made count */

struct clr_package_totals {
    clr_day target;
    uint64_t settlement;
    int64_t stamp;                           /* the store's last one when it closed; CLR_TIME_NONE none */
    struct clr_package_sum cleared;          /* accounted + passed + late − refunded */
    struct clr_package_day sums;
    size_t package_count, file_count;
    struct clr_package_total *package;       /* accounted in this window, in order of their keys; owned */
    struct clr_dispute_file *file;           /* dispute files that decided something in it; owned */
};
/** @return CLR_OK (then clr_package_totals_free) | CLR_NOT_FOUND | CLR_DAMAGED | CLR_FULL */
CLR_MUST_USE enum clr_status clr_package_totals_get(struct clr_tx *tx, clr_day target, struct clr_package_totals *out, struct clr_fault *fault);
/** Once: a second time is CLR_INTERNAL. */
CLR_MUST_USE enum clr_status clr_package_totals_put(struct clr_tx *tx, const struct clr_package_totals *totals, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_package_totals_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_package_totals *out);
void clr_package_totals_free(struct clr_package_totals *totals);

#endif
