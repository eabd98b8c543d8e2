#include "settle/reexamine.h"

#include <stdlib.h>

#include "ingest/check.h"
#include "settle/decide.h"
#include "settle/gray.h"
#include "settle/original.h"
#include "settle/reply.h"
#include "settle/tac_again.h"
#include "store/segment.h"

/* What the latest rules may answer otherwise than those the record was judged by. */
#define BY_PARTY (CLR_REASON_MASK(UNKNOWN_PARTICIPANT) | CLR_REASON_MASK(ISSUER_MISMATCH) | CLR_REASON_MASK(NO_UNIT) | CLR_REASON_MASK(SPLIT_INCOMPLETE))
/* A TAC that nobody has verified yet: it waits, or was only noted while the record waits for something else. */
#define TAC_OPEN (CLR_REASON_MASK(TAC_UNVERIFIED) | CLR_NOTE_MASK_TAC_UNVERIFIED)
#define BY_RULES (BY_PARTY | CLR_REASON_MASK(AMOUNT_LIMIT))
/* The pending reasons are the last class. */
#define PENDING_REASONS (CLR_REASONS_ALL & ~(CLR_REASON_MASK(UNKNOWN_PARTICIPANT) - 1))

/** One record that waits: a trade with its row, or a move, which is read when its turn comes. */
struct waiting {
    clr_record_id id;
    bool is_move, done;
    struct clr_txn txn;
};

struct examination {
    struct clr_again again;
    struct clr_tac_again tac;
    clr_day day;
    int product;
    struct waiting *item;
    size_t count, capacity;
    struct clr_reexamined *out;
};

/* ---- what waits ---- */

static bool is_pending(uint64_t reasons) { return clr_verdict_of(reasons) == CLR_VERDICT_PENDING; }

/** A record whose first verdict was pending: does it wait still? */
static enum clr_status add_waiting(struct examination *ex, const struct waiting *waiting, struct clr_fault *fault)
{
    uint64_t reasons, event;
    clr_day window;
    if (ex->product != CLR_ALL_PRODUCTS && ex->product != waiting->txn.product) return CLR_OK;
    const enum clr_status status = clr_event_latest(ex->again.tx, waiting->id, &reasons, &event, &window, fault);
    if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
    if (status == CLR_OK && !is_pending(reasons)) return CLR_OK;
    if (ex->count == ex->capacity) {
        const size_t capacity = ex->capacity * 2 + 256;
        struct waiting *const grown = realloc(ex->item, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        ex->item = grown;
        ex->capacity = capacity;
    }
    ex->item[ex->count++] = *waiting;
    return CLR_OK;
}

static enum clr_status list_part(struct examination *ex, const struct clr_run *run, const struct clr_part *part, struct clr_fault *fault)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    struct clr_bytes value;
    struct clr_segment segment;
    clr_segment_key(run->id, part->partition, part->part, key);
    enum clr_status status = clr_tx_get_raw(ex->again.tx, CLR_TABLE_row, key, sizeof key, &value, fault);
    if (status == CLR_OK) status = clr_segment_open(value, &segment);
    if (status != CLR_OK)
        return clr_fault_say(fault, CLR_DAMAGED, "a stored segment cannot be read; run `clear verify`",
                             "存储的数据段无法读取；请运行 `clear verify`");
    for (size_t row = 0; row < clr_segment_rows(&segment); row++) {
        struct waiting waiting = { .is_move = false };
        uint64_t number;
        if (!is_pending(clr_segment_reasons(&segment, row))) continue;
        clr_segment_row(&segment, row, &waiting.txn, &number);
        if (waiting.txn.file >= run->file_count) return CLR_DAMAGED;
        waiting.txn.file = run->admission[waiting.txn.file];
        waiting.id = clr_record_id_of(waiting.txn.file, number);
        CLR_TRY(add_waiting(ex, &waiting, fault));
    }
    return CLR_OK;
}

static enum clr_status list_trades(struct examination *ex, struct clr_fault *fault)
{
    const struct clr_store *const store = ex->again.store;
    for (size_t i = 0; i < store->run_count; i++) {
        const struct clr_run *const run = store->run[i];
        if (run->state != CLR_RUN_READY) continue;
        for (uint32_t p = 0; p < run->part_count; p++)
            if (run->part[p].pending > 0) CLR_TRY(list_part(ex, run, &run->part[p], fault));
    }
    return CLR_OK;
}

static enum clr_status list_moves(struct examination *ex, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(ex->again.tx, CLR_TABLE_move, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_move move;
        status = clr_move_unpack(key, value, &move);
        if (status != CLR_OK) break;
        const struct waiting waiting = { .id = move.record, .is_move = true, .txn = move.txn };
        if (is_pending(move.txn.reasons)) status = add_waiting(ex, &waiting, fault);
        clr_move_free(&move);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static int by_record(const void *a, const void *b)
{
    const struct waiting *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* ---- changes ---- */

static enum clr_status turn(struct examination *ex, struct clr_subject *subject, uint64_t reasons, clr_record_id link, unsigned cause,
                            struct clr_fault *fault)
{
    return clr_again_turn(&ex->again, subject, reasons, link, cause, "", NULL, fault);
}

/** Nothing of its own stands against the record: the identity check once more, then it counts. */
static enum clr_status promote(struct examination *ex, struct clr_subject *subject, const struct clr_original *original,
                               clr_record_id about, unsigned cause, struct clr_fault *fault)
{
    uint64_t repeats;
    clr_record_id link;
    CLR_TRY(clr_again_repeats(&ex->again, subject, &repeats, &link, fault));
    if (repeats & CLR_REASON_MASK(SUPERSEDED)) ex->out->superseded++;
    else if (cause == CLR_CAUSE_EXPIRED) ex->out->expired++;
    else ex->out->promoted++;
    if (repeats != 0) return turn(ex, subject, subject->standing.reasons | repeats, link, CLR_CAUSE_REPEATED, fault);
    const clr_day window = clr_again_window(&ex->again, (enum clr_product)subject->txn.product, subject->txn.window);
    CLR_TRY(clr_again_accept(&ex->again, subject, original, window, cause, "", NULL, fault));
    if (subject->is_move && clr_move_is_reply(&subject->move)) return clr_reply_carry_out(&ex->again, &subject->move, fault);
    if (!subject->is_move || subject->txn.kind != CLR_KIND_DECIDE) return CLR_OK;
    return clr_decide_carry_out(&ex->again, &subject->move, about, 0, fault);
}

/* ---- one record ---- */

/**
 * Does a code that waits, and that still nobody can verify, wait on though the issuer's keys do not say so? As the sender's profile says; a
 * sender that the rules no longer have: as before. Where there are no keys of that issuer now, and the profile of then let it pass,
 * keys did: only keys can say that it need not.
 */
static enum clr_status tac_waits(struct examination *ex, const struct clr_subject *subject, clr_party issuer, bool *out, struct clr_fault *fault)
{
    const struct clr_rules *then;
    const struct clr_file *file;
    CLR_TRY(clr_again_file(&ex->again, clr_record_id_admission(subject->id), &file, fault));
    const int now = clr_rules_sender(ex->again.rules, clr_bytes_text(file->sender));
    *out = now < 0 || ex->again.rules->sender[now].tac_unverified_waits;
    if (*out) return CLR_OK;
    /* Its keys have been asked, and did not say wait. */
    if (clr_tac_check_knows(ex->tac.check, issuer)) return CLR_OK;
    CLR_TRY(clr_store_rules_get(ex->again.store, file->rules_version, &then, fault));
    const int sender = clr_rules_sender(then, clr_bytes_text(file->sender));
    *out = sender >= 0 && !then->sender[sender].tac_unverified_waits;
    return CLR_OK;
}

/** The TAC under the keys of now, after the parties. */
static enum clr_status ask_tac(struct examination *ex, struct clr_subject *subject, uint64_t *left, uint64_t *wrong, struct clr_fault *fault)
{
    struct clr_tac_finding finding = { .outcome = CLR_TAC_NO_KEY };
    bool waits;
    const bool has_none = subject->is_move && clr_move_is_plain(&subject->move);
    if (has_none || !((subject->txn.reasons | subject->standing.first) & TAC_OPEN)) return CLR_OK;
    const clr_party issuer = subject->issuer >= 0 ? ex->again.rules->participant[subject->issuer].party : CLR_PARTY_NONE;
    if (ex->tac.check != NULL) CLR_TRY(clr_tac_again_judge(&ex->tac, subject->id, &subject->txn, issuer, &finding, fault));
    subject->tac_right = finding.outcome == CLR_TAC_RIGHT;
    if (finding.outcome == CLR_TAC_WRONG) *wrong |= CLR_REASON_MASK(TAC_MISMATCH);
    if (finding.outcome == CLR_TAC_RIGHT || finding.outcome == CLR_TAC_WRONG) *left &= ~CLR_REASON_MASK(TAC_UNVERIFIED);
    if (finding.outcome == CLR_TAC_NO_KEY && finding.waits) {
        /* Also of a code that was only noted, because nobody knew its issuer when it came. */
        *left |= CLR_REASON_MASK(TAC_UNVERIFIED);
        return CLR_OK;
    }
    if (!(*left & CLR_REASON_MASK(TAC_UNVERIFIED))) return CLR_OK;
    CLR_TRY(tac_waits(ex, subject, issuer, &waits, fault));
    if (!waits) *left &= ~CLR_REASON_MASK(TAC_UNVERIFIED);
    return CLR_OK;
}

/** What the rules of now say in place of those of then. */
static enum clr_status ask_rules(struct examination *ex, struct clr_subject *subject, uint64_t *left, uint64_t *wrong,
                                 struct clr_fault *fault)
{
    const struct clr_rules *const rules = ex->again.rules;
    const unsigned kind = subject->txn.kind;
    *wrong = 0;
    uint64_t fresh = 0;
    if (!subject->is_move || kind == CLR_KIND_PURCHASE || kind == CLR_KIND_LOAD) fresh = clr_again_parties(&ex->again, subject);
    if (kind != CLR_KIND_DECIDE && kind != CLR_KIND_REPLY && subject->txn.amount_fen > rules->product[subject->txn.product].amount_max_fen)
        fresh |= CLR_REASON_MASK(AMOUNT_LIMIT);
    if (*left & BY_RULES) {
        *wrong = fresh & CLR_REASON_MASK(WRONG_PURSE);
        *left = (*left & ~BY_RULES) | (fresh & BY_RULES);
    } else {
        /* A party that the rules have dropped meanwhile cannot be booked. */
        *left |= fresh & BY_PARTY;
    }
    return ask_tac(ex, subject, left, wrong, fault);
}

/** @param[out] decided  the record was changed by its gray rule. */
static enum clr_status ask_card(struct examination *ex, struct clr_subject *subject, uint64_t *left, bool *decided, struct clr_fault *fault)
{
    enum clr_gray gray;
    clr_record_id link;
    *decided = false;
    if (!(*left & CLR_REASON_MASK(GRAY))) return CLR_OK;
    CLR_TRY(clr_gray_examine(&ex->again, subject, &gray, &link, fault));
    if (gray == CLR_GRAY_COUNTS) *left &= ~CLR_REASON_MASK(GRAY);
    *decided = gray == CLR_GRAY_SUPERSEDED || gray == CLR_GRAY_REFUTED;
    if (!*decided) return CLR_OK;
    if (gray == CLR_GRAY_SUPERSEDED) {
        ex->out->superseded++;
        return turn(ex, subject, subject->standing.reasons | CLR_REASON_MASK(SUPERSEDED), link, CLR_CAUSE_SUPERSEDED, fault);
    }
    ex->out->rejected++;
    return turn(ex, subject, subject->standing.reasons | CLR_REASON_MASK(TRADE_FAILED), link, CLR_CAUSE_GRAY_REJECTED, fault);
}

/** A refund or decision whose original was not there, or waited itself. */
static enum clr_status ask_original(struct examination *ex, struct clr_subject *subject, uint64_t *left, struct clr_original *original,
                                    clr_record_id *about, struct clr_fault *fault)
{
    uint64_t fresh = 0;
    const unsigned kind = subject->txn.kind;
    if (!subject->is_move || !(clr_kind_is_about_original(kind) || kind == CLR_KIND_DECIDE || kind == CLR_KIND_REPLY)) return CLR_OK;
    if (kind == CLR_KIND_REPLY) {
        CLR_TRY(clr_reply_judge(&ex->again, &subject->move, &fresh, fault));
    } else if (kind == CLR_KIND_DECIDE) {
        CLR_TRY(clr_decide_judge(&ex->again, &subject->move, 0, about, &fresh, fault));
    } else {
        CLR_TRY(clr_original_read(&ex->again, &subject->move, original, fault));
        fresh = clr_original_judge(&ex->again, &subject->move, original);
    }
    *left = (*left & ~CLR_REASON_MASK(REFUND_WITHOUT_ORIGINAL)) | fresh;
    return CLR_OK;
}

static unsigned cause_of(uint64_t before) { return before & CLR_REASON_MASK(GRAY) ? CLR_CAUSE_GRAY_ACCEPTED : CLR_CAUSE_PROMOTED; }

/** Reasons change only with the verdict: what still waits stays as it is. */
static enum clr_status examine(struct examination *ex, struct clr_subject *subject, bool *changed, struct clr_fault *fault)
{
    uint64_t left = subject->standing.reasons & CLR_REASONS_ALL, wrong;
    struct clr_original original = { 0 };
    clr_record_id about = 0;

    *changed = true;
    CLR_TRY(ask_rules(ex, subject, &left, &wrong, fault));
    if (wrong != 0) {
        const uint64_t answered = wrong & CLR_REASON_MASK(TAC_MISMATCH) ? CLR_REASON_MASK(TAC_UNVERIFIED) : 0;
        ex->out->rejected++;
        return turn(ex, subject, (subject->standing.reasons & ~answered) | wrong, subject->standing.link, CLR_CAUSE_EXAMINED, fault);
    }
    CLR_TRY(ask_card(ex, subject, &left, changed, fault));
    if (*changed) return CLR_OK;
    CLR_TRY(ask_original(ex, subject, &left, &original, &about, fault));
    *changed = (left & PENDING_REASONS) == 0;
    if (!*changed) return CLR_OK;
    if (left == 0) return promote(ex, subject, &original, about, cause_of(subject->standing.reasons), fault);
    ex->out->rejected++;
    return turn(ex, subject, left, subject->standing.link, CLR_CAUSE_EXAMINED, fault);
}

/* ---- deadlines ---- */

/** Pending reasons that have waited too long, and those of them that then fall away. */
static void past_deadline(const struct examination *ex, const struct clr_subject *subject, uint64_t *passed, uint64_t *waived)
{
    const struct clr_product_rules *const product = &ex->again.rules->product[subject->txn.product];
    *passed = *waived = 0;
    if (subject->txn.window == CLR_DAY_NONE) return;
    for (unsigned bit = CLR_REASON_BIT_UNKNOWN_PARTICIPANT; bit < CLR_REASON_COUNT; bit++) {
        const uint64_t reason = subject->standing.reasons & UINT64_C(1) << bit;
        if (reason == 0 || product->deadline_days[bit] < 0 || ex->day - subject->txn.window <= product->deadline_days[bit]) continue;
        *passed |= reason;
        if (product->accept_at_deadline[bit]) *waived |= reason;
    }
}

/** Could the record be booked: are its parties known, does its original allow it? */
static enum clr_status can_count(struct examination *ex, struct clr_subject *subject, struct clr_original *original, clr_record_id *about,
                                 bool *out, struct clr_fault *fault)
{
    uint64_t left = 0;
    const unsigned kind = subject->txn.kind;
    if (subject->is_move && kind != CLR_KIND_PURCHASE && kind != CLR_KIND_LOAD) {
        CLR_TRY(ask_original(ex, subject, &left, original, about, fault));
        *out = left == 0;
        return CLR_OK;
    }
    clr_again_parties(&ex->again, subject);
    const struct clr_booking booking = clr_again_booking(&ex->again, subject, subject->txn.window);
    *out = clr_subject_has_parties(subject) && clr_book_refusal(&booking) == 0;
    return CLR_OK;
}

static enum clr_status expire(struct examination *ex, struct clr_subject *subject, bool *changed, struct clr_fault *fault)
{
    struct clr_original original = { 0 };
    clr_record_id about = 0;
    uint64_t passed, waived;
    bool countable;

    past_deadline(ex, subject, &passed, &waived);
    *changed = false;
    if (passed == 0) return CLR_OK;
    CLR_TRY(can_count(ex, subject, &original, &about, &countable, fault));
    *changed = !countable || passed != waived || waived == (subject->standing.reasons & CLR_REASONS_ALL);
    if (!*changed) return CLR_OK;
    if (countable && passed == waived) return promote(ex, subject, &original, about, CLR_CAUSE_EXPIRED, fault);
    ex->out->expired++;
    return turn(ex, subject, subject->standing.reasons | CLR_REASON_MASK(EXPIRED), subject->standing.link, CLR_CAUSE_EXPIRED, fault);
}

/* ---- all of them ---- */

typedef enum clr_status look_function(struct examination *ex, struct clr_subject *subject, bool *changed, struct clr_fault *fault);

static enum clr_status look_at(struct examination *ex, struct waiting *waiting, look_function *look, bool *changed, struct clr_fault *fault)
{
    struct clr_subject subject;
    *changed = false;
    CLR_TRY(waiting->is_move ? clr_subject_read(&ex->again, waiting->id, &subject, fault)
                             : clr_subject_of_row(&ex->again, waiting->id, &waiting->txn, &subject, fault));
    /* Another record's change may have been this one's end: a gray twin, a record that a decision was about. */
    enum clr_status status = CLR_OK;
    if (!is_pending(subject.standing.reasons)) waiting->done = true;
    else status = look(ex, &subject, changed, fault);
    clr_subject_free(&subject);
    waiting->done |= *changed;
    return status;
}

static enum clr_status look_at_all(struct examination *ex, look_function *look, bool *any, struct clr_fault *fault)
{
    *any = false;
    for (size_t i = 0; i < ex->count; i++) {
        bool changed;
        if (ex->item[i].done) continue;
        CLR_TRY(look_at(ex, &ex->item[i], look, &changed, fault));
        *any |= changed;
    }
    return CLR_OK;
}

/** The originals of what waits for them, all in one look. */
static enum clr_status read_originals(struct examination *ex, struct clr_fault *fault)
{
    for (size_t i = 0; i < ex->count; i++) {
        struct clr_move move;
        if (!ex->item[i].is_move) continue;
        CLR_TRY(clr_move_get(ex->again.tx, ex->item[i].id, &move, fault));
        const bool refers = move.orig_id[0] != '\0' && !clr_move_is_reply(&move);
        const enum clr_status status = refers ? clr_original_want(&ex->again, &move, fault) : CLR_OK;
        clr_move_free(&move);
        CLR_TRY(status);
    }
    return clr_again_read_ahead(&ex->again, fault);
}

static enum clr_status examine_all(struct examination *ex, struct clr_fault *fault)
{
    bool changed = true;
    CLR_TRY(list_trades(ex, fault));
    CLR_TRY(list_moves(ex, fault));
    if (ex->count > 1) qsort(ex->item, ex->count, sizeof *ex->item, by_record);
    CLR_TRY(read_originals(ex, fault));
    while (changed) CLR_TRY(look_at_all(ex, examine, &changed, fault));
    CLR_TRY(look_at_all(ex, expire, &changed, fault));
    ex->out->superseded += ex->again.superseded;
    return CLR_OK;
}

enum clr_status clr_reexamine(struct clr_store *store, struct clr_tx *tx, clr_day day, int product, struct clr_reexamined *out,
                              struct clr_fault *fault)
{
    struct examination ex = { .day = day, .product = product, .out = out };
    uint64_t last;
    memset(out, 0, sizeof *out);
    if (store->rules_count == 0) return CLR_OK;              /* no rules, no records */
    CLR_TRY(clr_meta_get(tx, CLR_META_LAST_STAMP, (uint64_t)CLR_TIME_NONE, &last, fault));
    enum clr_status status = clr_again_open(&ex.again, store, tx, (int64_t)last, 0, fault);
    if (status == CLR_OK) status = clr_tac_again_open(&ex.tac, store, tx);
    if (status == CLR_OK) status = examine_all(&ex, fault);
    clr_tac_again_close(&ex.tac);
    clr_again_close(&ex.again);
    free(ex.item);
    return status;
}
