/* Dispute results: list by list, each about one package. See package_account.h. */
#include "settle/package_account.h"

/** What the lines of a list come to. */
struct resolving {
    uint64_t lines;
    struct clr_package_sum passed;
    bool unreadable;                        /* an amount that is paid could not be read here */
    bool wrong, again;                      /* a line that names no open dispute; one that was resolved before */
};

static enum clr_status add_line(struct clr_again *again, const struct clr_reply_part *list, const struct clr_reply_part *line, struct resolving *out,
                                struct clr_fault *fault)
{
    struct clr_package_record record;
    const enum clr_status status = clr_package_record_get(again->tx, &list->key, line->trans_id, &record, fault);
    if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
    out->lines++;
    if (status == CLR_NOT_FOUND || record.account != CLR_ACCOUNT_DISPUTED || line->result > 1) {
        out->wrong = true;
        return CLR_OK;
    }
    out->again |= record.dispute != CLR_DISPUTE_OPEN;
    if (line->result != 0) return CLR_OK;
    out->unreadable |= record.unreadable;
    return clr_package_sum_add(&out->passed, 1, record.amount_fen);
}

static enum clr_status add_list(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list, struct resolving *out,
                                struct clr_fault *fault)
{
    const size_t end = clr_reply_list_end(set, list);
    for (size_t i = (size_t)(list - set->part) + 1; i < end; i++)
        if (!set->part[i].repeats) CLR_TRY(add_line(again, list, &set->part[i], out, fault));
    return CLR_OK;
}

/** Is the package here, with an account result? */
static enum clr_status is_accounted(struct clr_again *again, const struct clr_reply_part *list, bool *out, struct clr_fault *fault)
{
    struct clr_package package;
    *out = false;
    if (!list->keyed) return CLR_OK;
    const enum clr_status status = clr_package_get(again->tx, &list->key, &package, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    *out = package.account != 0;
    clr_package_free(&package);
    return CLR_OK;
}

static uint64_t compare(const struct resolving *resolving, const struct clr_reply_part *part)
{
    if (resolving->wrong || (part->count != UINT32_MAX && part->count != resolving->lines)) return CLR_REASON_MASK(FIELD_MISMATCH);
    if (part->has_amount && !resolving->unreadable && part->amount_fen != resolving->passed.amount_fen) return CLR_REASON_MASK(FIELD_MISMATCH);
    return resolving->again ? CLR_REASON_MASK(CONFLICT) : 0;
}

enum clr_status clr_dispute_list_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list, uint64_t *reasons,
                                       struct clr_fault *fault)
{
    struct resolving resolving = { 0 };
    bool accounted;
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (!list->keyed) return CLR_OK;
    CLR_TRY(is_accounted(again, list, &accounted, fault));
    *reasons = CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL);
    if (!accounted) return CLR_OK;
    CLR_TRY(add_list(again, set, list, &resolving, fault));
    *reasons = compare(&resolving, list);
    return CLR_OK;
}

/**
 * The message: how many lines it has is known at once. What it pays only when all its packages are here; one that is not pays nothing yet, and
 * its own list says what it is worth when it comes.
 */
enum clr_status clr_dispute_judge(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *head, uint64_t *reasons,
                                  struct clr_fault *fault)
{
    struct resolving resolving = { 0 };
    uint64_t lines = 0;
    bool all = true;
    *reasons = CLR_REASON_MASK(FIELD_MISMATCH);
    if (head->file_id == 0 || clr_reply_is_broken(set)) return CLR_OK;
    for (size_t i = 0; i < set->count; i++) {
        const struct clr_reply_part *const part = &set->part[i];
        bool accounted;
        lines += part->is == CLR_PART_LINE && !part->repeats;
        if (part->is != CLR_PART_LIST) continue;
        CLR_TRY(is_accounted(again, part, &accounted, fault));
        all &= accounted;
        if (accounted) CLR_TRY(add_list(again, set, part, &resolving, fault));
    }
    if (head->count != UINT32_MAX && head->count != lines) return CLR_OK;
    if (all && !resolving.wrong && !resolving.unreadable && head->has_amount && head->amount_fen != resolving.passed.amount_fen) return CLR_OK;
    *reasons = 0;
    return CLR_OK;
}

/* ---- carried out ---- */

struct carrying {
    const struct clr_reply_part *list;
    struct clr_package package;
    struct clr_dispute_file file;
    struct clr_package_word word;           /* by and window; what is said, line by line */
};

static enum clr_status apply_line(struct clr_again *again, struct carrying *carrying, const struct clr_reply_part *line, struct clr_fault *fault)
{
    struct clr_package *const package = &carrying->package;
    struct clr_dispute_file *const file = &carrying->file;
    struct clr_package_record record;
    bool moved;
    CLR_TRY(clr_package_record_get(again->tx, &package->key, line->trans_id, &record, fault));
    const bool bad = line->result != 0;
    carrying->word.said = bad ? CLR_SAID_BAD : CLR_SAID_PASSED;
    CLR_TRY(clr_package_apply(again, record.record, &carrying->word, &moved, fault));
    record.dispute = bad ? CLR_DISPUTE_BAD : CLR_DISPUTE_PASSED;
    CLR_TRY(clr_package_record_put(again->tx, &package->key, &record, fault));
    CLR_ASSERT(package->open.count > 0);
    package->open.count--;
    package->open.amount_fen -= record.amount_fen;
    if (bad) {
        CLR_TRY(clr_package_sum_add(&package->bad, 1, record.amount_fen));
        return clr_package_sum_add(&file->bad, 1, record.amount_fen);
    }
    CLR_TRY(clr_package_sum_add(moved ? &package->passed : &package->withheld, 1, record.amount_fen));
    return clr_package_sum_add(moved ? &file->passed : &file->withheld, 1, record.amount_fen);
}

static enum clr_status carry_out(struct clr_again *again, const struct clr_reply_set *set, struct carrying *carrying, struct clr_fault *fault)
{
    const size_t end = clr_reply_list_end(set, carrying->list);
    for (size_t i = (size_t)(carrying->list - set->part) + 1; i < end; i++)
        if (!set->part[i].repeats) CLR_TRY(apply_line(again, carrying, &set->part[i], fault));
    CLR_TRY(clr_package_file_add(&carrying->package, carrying->file.key.file_id));
    CLR_TRY(clr_dispute_file_put(again->tx, &carrying->file, fault));
    return clr_package_put(again->tx, &carrying->package, fault);
}

enum clr_status clr_dispute_list_carry_out(struct clr_again *again, const struct clr_reply_set *set, const struct clr_reply_part *list,
                                           struct clr_fault *fault)
{
    const struct clr_reply_part *const head = clr_reply_head(set);
    const clr_day window = clr_package_window(again, list->at_s);
    struct carrying carrying = { .list = list, .word = { .by = clr_record_id_of(set->admission, list->number), .window = window } };
    struct clr_dispute_key key = { .window = window };
    const struct clr_file *file;
    CLR_ASSERT(head != NULL);
    key.file_id = head->file_id;
    CLR_TRY(clr_again_file(again, set->admission, &file, fault));
    strncpy(key.sender, file->sender, sizeof key.sender - 1);
    CLR_TRY(clr_dispute_file_get(again->tx, &key, &carrying.file, fault));
    CLR_TRY(clr_package_get(again->tx, &list->key, &carrying.package, fault));
    const enum clr_status status = carry_out(again, set, &carrying, fault);
    clr_package_free(&carrying.package);
    return status;
}
