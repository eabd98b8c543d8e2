/* Packages as they come, and what moves of them window by window. */
#include "settle/package.h"

#include <stdlib.h>

bool clr_move_is_packaged(const struct clr_move *move)
{
    struct clr_package_key key;
    return !clr_move_is_plain(move) && move->txn.kind == CLR_KIND_PURCHASE && clr_package_key_of(clr_bytes_text(move->provider), move->message_id, &key);
}

static struct clr_package_key key_of(const struct clr_move *move)
{
    struct clr_package_key key;
    const bool fits = clr_package_key_of(clr_bytes_text(move->provider), move->message_id, &key);
    CLR_ASSERT(fits);
    return key;
}

enum clr_status clr_package_judge(struct clr_again *again, const struct clr_move *move, uint64_t *reasons, clr_record_id *link,
                                  struct clr_fault *fault)
{
    const struct clr_package_key key = key_of(move);
    struct clr_package_record other;
    struct clr_package package;
    *reasons = CLR_REASON_MASK(AWAITING_ACCOUNT);
    enum clr_status status = clr_package_record_get(again->tx, &key, move->trans_id, &other, fault);
    if (status == CLR_OK) {
        const bool same_file = clr_record_id_admission(other.record) == clr_record_id_admission(move->record);
        *reasons |= same_file ? CLR_REASON_MASK(FIELD_MISMATCH) : CLR_REASON_MASK(CONFLICT);
        if (!same_file) *link = other.record;
        return CLR_OK;
    }
    if (status != CLR_NOT_FOUND) return status;
    /* The package is in, with other records than this one. */
    status = clr_package_get(again->tx, &key, &package, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    if (package.admission != clr_record_id_admission(move->record)) {
        *reasons |= CLR_REASON_MASK(CONFLICT);
        *link = clr_record_id_of(package.admission, package.first);
    }
    clr_package_free(&package);
    return CLR_OK;
}

/* ---- registering ---- */

static enum clr_status take_record(struct clr_again *again, struct clr_package *package, const struct clr_move *move, struct clr_fault *fault)
{
    struct clr_package_record record;
    const bool unreadable = (move->txn.reasons & CLR_REASON_MASK(MALFORMED)) != 0;
    package->last = clr_record_id_number(move->record);
    package->count++;
    package->unreadable += unreadable;
    CLR_TRY(clr_fen_add(&package->amount_fen, move->txn.amount_fen));
    if (move->trans_id == 0) return CLR_OK;
    const enum clr_status status = clr_package_record_get(again->tx, &package->key, move->trans_id, &record, fault);
    if (status != CLR_NOT_FOUND) return status;              /* a number that is taken: the first one has it */
    record = (struct clr_package_record){ .trans_id = move->trans_id, .record = move->record, .amount_fen = move->txn.amount_fen, .unreadable = unreadable };
    return clr_package_record_put(again->tx, &package->key, &record, fault);
}

enum clr_status clr_package_take(struct clr_again *again, const struct clr_move *move, struct clr_fault *fault)
{
    const uint32_t admission = clr_record_id_admission(move->record);
    const struct clr_package_key key = key_of(move);
    struct clr_package package;
    enum clr_status status = clr_package_get(again->tx, &key, &package, fault);
    if (status == CLR_NOT_FOUND) {
        package = (struct clr_package){ .key = key, .admission = admission, .first = clr_record_id_number(move->record), .account_at_s = CLR_TIME_NONE,
                                        .target = clr_again_window(again, CLR_PRODUCT_TOLL, CLR_DAY_NONE), .account_window = CLR_DAY_NONE, .totals = CLR_DAY_NONE };
        status = CLR_OK;
    }
    CLR_TRY(status);
    if (package.admission == admission) {
        status = take_record(again, &package, move, fault);
        if (status == CLR_OK) status = clr_package_put(again->tx, &package, fault);
    }
    clr_package_free(&package);
    return status;
}

/* ---- what moves ---- */

enum clr_status clr_package_counts(struct clr_again *again, const struct clr_subject *subject, const struct clr_event *event, struct clr_fault *fault)
{
    struct clr_package_day day;
    if (!subject->is_move || !clr_move_is_packaged(&subject->move) || clr_verdict_of(event->to) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    const struct clr_package_key key = key_of(&subject->move);
    CLR_TRY(clr_package_day_get(again->tx, event->window, &key, &day, fault));
    struct clr_package_sum *const sum = event->cause == CLR_CAUSE_ACCOUNTED ? &day.accounted : event->cause == CLR_CAUSE_PASSED ? &day.passed : &day.late;
    CLR_TRY(clr_package_sum_add(sum, 1, subject->txn.amount_fen));
    return clr_package_day_put(again->tx, event->window, &key, &day, fault);
}

enum clr_status clr_package_refunded(struct clr_again *again, clr_record_id original, clr_fen amount_fen, clr_day window, struct clr_fault *fault)
{
    struct clr_package_day day;
    struct clr_move move;
    enum clr_status status = clr_move_get(again->tx, original, &move, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;              /* a trade's row */
    CLR_TRY(status);
    if (clr_move_is_packaged(&move)) {
        const struct clr_package_key key = key_of(&move);
        status = clr_package_day_get(again->tx, window, &key, &day, fault);
        if (status == CLR_OK) status = clr_package_sum_add(&day.refunded, 1, amount_fen);
        if (status == CLR_OK) status = clr_package_day_put(again->tx, window, &key, &day, fault);
    }
    clr_move_free(&move);
    return status;
}

/* ---- references ---- */

static bool read_number(struct clr_bytes text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (text.size == 0 || text.size > 20) return false;
    for (size_t i = 0; i < text.size; i++) {
        const unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) return false;
    }
    *out = value;
    return value > 0 && value <= max;
}

enum clr_status clr_package_find(struct clr_tx *tx, const char *text, clr_record_id *out, struct clr_fault *fault)
{
    const char *const first = strchr(text, '/'), *const second = first != NULL ? strchr(first + 1, '/') : NULL;
    struct clr_package_key key;
    struct clr_package_record record;
    uint64_t message, number;
    *out = 0;
    if (second == NULL || !read_number(clr_bytes_of(first + 1, (size_t)(second - first - 1)), UINT64_MAX, &message) ||
        !read_number(clr_bytes_text(second + 1), UINT32_MAX, &number) || !clr_package_key_of(clr_bytes_of(text, (size_t)(first - text)), message, &key))
        return CLR_OK;
    const enum clr_status status = clr_package_record_get(tx, &key, (uint32_t)number, &record, fault);
    if (status == CLR_OK) *out = record.record;
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- days ---- */

clr_day clr_package_window(const struct clr_again *again, int64_t processed_at_s)
{
    return clr_window_first_open(&again->closed[CLR_PRODUCT_TOLL], clr_rules_receipt_window(again->rules, CLR_PRODUCT_TOLL, processed_at_s));
}

clr_day clr_package_due(const struct clr_rules *rules, clr_day target)
{
    clr_day day = target;
    for (unsigned left = 2; left > 0;) left -= clr_rules_bank_day(rules, ++day);
    return day;
}
