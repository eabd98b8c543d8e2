#include "settle/package_totals.h"

#include <stdlib.h>

#include "clear/cell.h"
#include "store/events.h"

/* ---- by records: what their events booked ---- */

static enum clr_status booked_by(struct clr_tx *tx, uint64_t event, clr_fen *fen, struct clr_fault *fault)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    clr_put_be64(prefix + 1, event);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_cell_sum sum;
        if (value.size != CLR_CELL_SUM_SIZE) {
            status = CLR_DAMAGED;
            break;
        }
        clr_cell_sum_unpack(value.data, &sum);
        status = clr_fen_add(fen, sum.amount_fen);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Records of a package that began to count in this window, and what they booked. */
static enum clr_status add_records(struct clr_tx *tx, clr_day window, const struct clr_package_key *key, struct clr_package_sum *sum, struct clr_fault *fault)
{
    struct clr_package_record *record;
    size_t count;
    CLR_TRY(clr_package_records(tx, key, &record, &count, fault));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK; i++) {
        uint64_t reasons, event;
        clr_day day;
        status = clr_event_latest(tx, record[i].record, &reasons, &event, &day, fault);
        if (status == CLR_NOT_FOUND) {
            status = CLR_OK;
            continue;
        }
        if (status != CLR_OK || day != window || clr_verdict_of(reasons) != CLR_VERDICT_ACCEPTED) continue;
        status = clr_package_sum_add(sum, 1, 0);
        if (status == CLR_OK) status = booked_by(tx, event, &sum->amount_fen, fault);
    }
    free(record);
    return status;
}

/* ---- by window and package ---- */

static enum clr_status add_sum(struct clr_package_sum *to, const struct clr_package_sum *from) { return clr_package_sum_add(to, from->count, from->amount_fen); }

static enum clr_status list_package(struct clr_package_totals *out, const struct clr_package *package)
{
    if ((out->package_count & (out->package_count - 1)) == 0) {
        struct clr_package_total *const grown = realloc(out->package, (out->package_count * 2 + 1) * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        out->package = grown;
    }
    out->package[out->package_count++] = (struct clr_package_total){ package->key, package->moved };
    return CLR_OK;
}

/** Found by account results and by records, to be compared with what the days say. */
struct found {
    struct clr_package_sum records;
};

/** @return CLR_UNBALANCED when the package's own sums are not those of the window */
static enum clr_status add_package(struct clr_tx *tx, struct clr_package_totals *out, const struct clr_package_key *key, const struct clr_package_day *day,
                                   struct found *found, struct clr_fault *fault)
{
    struct clr_package package;
    CLR_TRY(add_sum(&out->sums.accounted, &day->accounted));
    CLR_TRY(add_sum(&out->sums.passed, &day->passed));
    CLR_TRY(add_sum(&out->sums.late, &day->late));
    CLR_TRY(add_sum(&out->sums.refunded, &day->refunded));
    CLR_TRY(add_records(tx, out->target, key, &found->records, fault));
    enum clr_status status = clr_package_get(tx, key, &package, fault);
    if (status == CLR_NOT_FOUND) return CLR_DAMAGED;
    CLR_TRY(status);
    const bool here = package.account != 0 && package.account_window == out->target;
    const struct clr_package_sum moved = here ? package.moved : (struct clr_package_sum){ 0 };
    const bool agrees = moved.count == day->accounted.count && moved.amount_fen == day->accounted.amount_fen;
    clr_package_free(&package);
    if (agrees) return CLR_OK;
    return clr_fault_say(fault, CLR_UNBALANCED,
                         "package %s/%llu: its account result made %lld fen of %llu records count, its records say %lld fen of %llu; nothing was published",
                         "交易包 %s/%llu：记账结果使 %lld 分、%llu 笔计入，而各记录合计为 %lld 分、%llu 笔；未发布任何结果", key->provider,
                         (unsigned long long)key->message_id, (long long)moved.amount_fen, (unsigned long long)moved.count, (long long)day->accounted.amount_fen,
                         (unsigned long long)day->accounted.count);
}

static enum clr_status add_days(struct clr_tx *tx, struct clr_package_totals *out, struct found *found, struct clr_fault *fault)
{
    uint8_t prefix[4];
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    clr_package_window_key(out->target, prefix);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pday, prefix, sizeof prefix, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_package_key package;
        struct clr_package_day day;
        clr_day window;
        status = clr_package_day_unpack(key, value, &window, &package, &day);
        if (status == CLR_OK) status = add_package(tx, out, &package, &day, found, fault);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** Every package that was accounted in this window is named, also one of which nothing moved. */
static enum clr_status list_packages(struct clr_tx *tx, struct clr_package_totals *out, struct clr_package_sum *moved, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pack, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_package package;
        status = clr_package_unpack(key, value, &package);
        if (status != CLR_OK) break;
        if (package.account != 0 && package.account_window == out->target) {
            status = list_package(out, &package);
            if (status == CLR_OK) status = add_sum(moved, &package.moved);
        }
        clr_package_free(&package);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status list_files(struct clr_tx *tx, struct clr_package_totals *out, struct clr_package_sum *passed, struct clr_fault *fault)
{
    uint8_t prefix[4];
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;
    clr_package_window_key(out->target, prefix);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pdis, prefix, sizeof prefix, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        if (out->file_count == capacity) {
            capacity = capacity * 2 + 8;
            struct clr_dispute_file *const grown = realloc(out->file, capacity * sizeof *grown);
            status = grown != NULL ? CLR_OK : CLR_FULL;
            if (grown == NULL) break;
            out->file = grown;
        }
        struct clr_dispute_file *const file = &out->file[out->file_count];
        status = clr_dispute_file_unpack(key, value, file);
        if (status == CLR_OK) status = add_sum(passed, &file->passed);
        if (status != CLR_OK) break;
        out->file_count++;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- the identities ---- */

static enum clr_status must_agree(const char *en, const char *zh, clr_day target, const struct clr_package_sum *a, const struct clr_package_sum *b,
                                  struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];
    if (a->count == b->count && a->amount_fen == b->amount_fen) return CLR_OK;
    clr_day_text(target, day);
    return clr_fault_say(fault, CLR_UNBALANCED, "clearing totals of %s: %s (%lld fen of %llu records against %lld fen of %llu)%.0s; nothing was published",
                         "%s 的清分统计：%.0s（%lld 分、%llu 笔，对 %lld 分、%llu 笔）%s；未发布任何结果", day, en, (long long)a->amount_fen,
                         (unsigned long long)a->count, (long long)b->amount_fen, (unsigned long long)b->count, zh);
}

static enum clr_status check(const struct clr_package_totals *totals, const struct found *found, const struct clr_package_sum *moved,
                             const struct clr_package_sum *passed, struct clr_fault *fault)
{
    struct clr_package_sum counting = totals->sums.accounted;
    CLR_TRY(must_agree("account results do not make up what was accounted", "记账结果与已记账合计不符", totals->target, moved, &totals->sums.accounted, fault));
    CLR_TRY(must_agree("dispute files do not make up the disputes passed", "争议处理结果与争议付款合计不符", totals->target, passed, &totals->sums.passed, fault));
    CLR_TRY(add_sum(&counting, &totals->sums.passed));
    CLR_TRY(add_sum(&counting, &totals->sums.late));
    return must_agree("the records do not make up what was cleared", "各记录与清分合计不符", totals->target, &found->records, &counting, fault);
}

static enum clr_status sum_up(struct clr_package_totals *totals)
{
    struct clr_package_sum *const cleared = &totals->cleared;
    *cleared = totals->sums.accounted;
    CLR_TRY(add_sum(cleared, &totals->sums.passed));
    CLR_TRY(add_sum(cleared, &totals->sums.late));
    /* Sums of refunds are never negative, so that their negation exists. */
    return clr_package_sum_add(cleared, totals->sums.refunded.count, -totals->sums.refunded.amount_fen);
}

static enum clr_status make(struct clr_tx *tx, struct clr_package_totals *out, struct clr_fault *fault)
{
    struct clr_package_sum moved = { 0 }, passed = { 0 };
    struct found found = { { 0 } };
    CLR_TRY(add_days(tx, out, &found, fault));
    CLR_TRY(list_packages(tx, out, &moved, fault));
    CLR_TRY(list_files(tx, out, &passed, fault));
    CLR_TRY(check(out, &found, &moved, &passed, fault));
    CLR_TRY(sum_up(out));
    const bool any = out->package_count > 0 || out->file_count > 0 || out->cleared.count > 0;
    return any ? CLR_OK : CLR_NOT_FOUND;
}

enum clr_status clr_package_totals_make(struct clr_tx *tx, clr_day target, struct clr_package_totals *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    out->target = target;
    out->stamp = CLR_TIME_NONE;
    const enum clr_status status = make(tx, out, fault);
    if (status != CLR_OK) clr_package_totals_free(out);
    return status;
}

/* ---- closing ---- */

static enum clr_status note_packages(struct clr_tx *tx, const struct clr_package_totals *totals, struct clr_fault *fault)
{
    for (size_t i = 0; i < totals->package_count; i++) {
        struct clr_package package;
        CLR_TRY(clr_package_get(tx, &totals->package[i].key, &package, fault));
        package.totals = totals->target;
        const enum clr_status status = clr_package_put(tx, &package, fault);
        clr_package_free(&package);
        CLR_TRY(status);
    }
    return CLR_OK;
}

static enum clr_status close_day(struct clr_tx *tx, clr_day target, uint64_t settlement, int64_t stamp, struct clr_fault *fault)
{
    struct clr_package_totals totals;
    enum clr_status status = clr_package_totals_make(tx, target, &totals, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    totals.settlement = settlement;
    totals.stamp = stamp;
    status = clr_package_totals_put(tx, &totals, fault);
    if (status == CLR_OK) status = note_packages(tx, &totals, fault);
    clr_package_totals_free(&totals);
    return status;
}

/** The next day after `behind` that begins a key of the table; CLR_DAY_NONE none. */
static enum clr_status next_day(struct clr_tx *tx, enum clr_table table, clr_day behind, clr_day *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, table, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        const clr_day day = key.size >= 4 ? (clr_day)(clr_get_be32(key.data) ^ UINT32_C(0x80000000)) : CLR_DAY_NONE;
        if (day == CLR_DAY_NONE || (behind != CLR_DAY_NONE && day <= behind)) continue;
        if (*out == CLR_DAY_NONE || day < *out) *out = day;
        break;                                              /* keys are in order of their days */
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** The same of packages by the window of their account result: also of one of which nothing moved. */
static enum clr_status next_accounted(struct clr_tx *tx, clr_day behind, clr_day *out, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_pack, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_package package;
        status = clr_package_unpack(key, value, &package);
        if (status != CLR_OK) break;
        const clr_day day = package.account != 0 && package.totals == CLR_DAY_NONE ? package.account_window : CLR_DAY_NONE;
        clr_package_free(&package);
        if (day == CLR_DAY_NONE || (behind != CLR_DAY_NONE && day <= behind)) continue;
        if (*out == CLR_DAY_NONE || day < *out) *out = day;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_package_totals_close(struct clr_tx *tx, clr_day through, uint64_t settlement, int64_t stamp, struct clr_fault *fault)
{
    for (clr_day behind = CLR_DAY_NONE;;) {
        clr_day day = CLR_DAY_NONE;
        uint8_t key[4];
        struct clr_bytes there;
        CLR_TRY(next_day(tx, CLR_TABLE_pday, behind, &day, fault));
        CLR_TRY(next_day(tx, CLR_TABLE_pdis, behind, &day, fault));
        CLR_TRY(next_accounted(tx, behind, &day, fault));
        if (day == CLR_DAY_NONE || day > through) return CLR_OK;
        clr_package_window_key(day, key);
        const enum clr_status status = clr_tx_get(tx, CLR_TABLE_ptot, key, sizeof key, &there, fault);
        if (status == CLR_NOT_FOUND) CLR_TRY(close_day(tx, day, settlement, stamp, fault));
        else CLR_TRY(status);
        behind = day;
    }
}
