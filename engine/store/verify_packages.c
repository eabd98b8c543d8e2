/*
 * Packages against their records, what moved in windows against the events, clearing totals against everything that they are of.
 *
 * Per package   its records lie in its file and say that they are of it; its sums are those of its records.
 * Per window    what table pday says was accounted, passed or late is what the latest events of the records say; what it says was given back of a
 *               package is in all what table mvref has of its records.
 * Per day       totals that were made are made again, with their identities (settle/package_totals.h), and come out the same.
 */
#include <stdlib.h>

#include "settle/package_totals.h"
#include "store/verify.h"

struct expected { clr_day window; size_t package; struct clr_package_day sums; };      /* by (window, package) */
struct known { struct clr_package_key key; struct clr_package_sum given, refunded; };  /* of table mvref, of table pday */

struct packages {
    struct clr_verify *verify;
    struct known *known;        size_t known_count, known_capacity;                    /* in the order of their keys */
    struct expected *expected;  size_t expected_count, expected_capacity;
    bool unsure;                                                                       /* a package could not be read: said */
};

static void say(struct clr_verify *verify, const struct clr_package_key *key, const char *en, const char *zh)
{
    clr_verify_say(verify, "package %s/%llu: %s%.0s", "交易包 %s/%llu：%.0s%s", key->provider, (unsigned long long)key->message_id, en, zh);
}

static bool same_sum(const struct clr_package_sum *a, const struct clr_package_sum *b) { return a->count == b->count && a->amount_fen == b->amount_fen; }

static bool same_day(const struct clr_package_day *a, const struct clr_package_day *b)
{
    return same_sum(&a->accounted, &b->accounted) && same_sum(&a->passed, &b->passed) && same_sum(&a->late, &b->late);
}

/* ---- one package ---- */

/** What its records come to. */
struct tally {
    struct clr_package_sum accepted, disputed, open, passed, bad, unknown;
    bool stray;                                     /* a record that is not of it */
    bool misdated;                                  /* a record that came for another day than its clearing date */
};

static enum clr_status tally_record(const struct clr_package_record *record, struct tally *tally)
{
    if (record->account == CLR_ACCOUNT_NONE) return clr_package_sum_add(&tally->unknown, 1, record->amount_fen);
    if (record->account == CLR_ACCOUNT_ACCEPTED) return clr_package_sum_add(&tally->accepted, 1, record->amount_fen);
    CLR_TRY(clr_package_sum_add(&tally->disputed, 1, record->amount_fen));
    struct clr_package_sum *const by[] = { [CLR_DISPUTE_OPEN] = &tally->open, [CLR_DISPUTE_PASSED] = &tally->passed, [CLR_DISPUTE_BAD] = &tally->bad };
    return clr_package_sum_add(by[record->dispute], 1, record->amount_fen);
}

static enum clr_status find_cause(struct clr_verify *verify, uint64_t number, uint8_t *cause)
{
    struct clr_bytes value;
    struct clr_event event;
    uint8_t key[8];
    clr_put_be64(key, number);
    CLR_TRY(clr_tx_get(&verify->tx, CLR_TABLE_event, key, sizeof key, &value, NULL));
    CLR_TRY(clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event));
    *cause = event.cause;
    free(event.text);
    return CLR_OK;
}

static enum clr_status expect(struct packages *packages, clr_day window, uint8_t cause, clr_fen amount_fen)
{
    const size_t package = packages->known_count - 1;
    size_t i = packages->expected_count;
    /* Those of this package are the last ones, and few. */
    while (i > 0 && packages->expected[i - 1].package == package && packages->expected[i - 1].window != window) i--;
    if (i == 0 || packages->expected[i - 1].package != package) {
        if (packages->expected_count == packages->expected_capacity) {
            const size_t capacity = packages->expected_capacity * 2 + 64;
            struct expected *const grown = realloc(packages->expected, capacity * sizeof *grown);
            if (grown == NULL) return CLR_FULL;
            packages->expected = grown;
            packages->expected_capacity = capacity;
        }
        i = ++packages->expected_count;
        packages->expected[i - 1] = (struct expected){ .window = window, .package = package };
    }
    struct clr_package_day *const sums = &packages->expected[i - 1].sums;
    return clr_package_sum_add(cause == CLR_CAUSE_ACCOUNTED ? &sums->accounted : cause == CLR_CAUSE_PASSED ? &sums->passed : &sums->late, 1, amount_fen);
}

/** Is the record of this package, with this number and amount? One without a move is a duplicate, or could not be read. */
static enum clr_status check_move(struct packages *packages, const struct clr_package *package, const struct clr_package_record *record, struct tally *tally)
{
    struct clr_verify *const verify = packages->verify;
    const uint64_t number = clr_record_id_number(record->record);
    struct clr_move move;
    tally->stray |= clr_record_id_admission(record->record) != package->admission || number < package->first || number > package->last;
    const enum clr_status status = clr_move_get(&verify->tx, record->record, &move, NULL);
    if (status != CLR_OK) return status == CLR_FULL ? status : CLR_OK;
    tally->stray |= move.trans_id != record->trans_id || move.message_id != package->key.message_id || strcmp(move.provider, package->key.provider) != 0 ||
                    move.txn.amount_fen != record->amount_fen;
    tally->misdated |= move.txn.window != CLR_DAY_NONE && move.txn.window != package->target;
    const clr_fen amount_fen = move.txn.amount_fen;
    clr_move_free(&move);
    const struct clr_verified_record *const events = clr_verify_record_of(verify, record->record);
    if (events == NULL || events->event == 0 || clr_verdict_of(events->now) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    uint8_t cause;
    CLR_TRY(find_cause(verify, events->event, &cause));
    return expect(packages, events->window, cause, amount_fen);
}

/** What a result made count or withheld, and what was paid of disputes, is what it accepted and paid. */
static bool sums_agree(const struct clr_package *package, const struct tally *tally, size_t records)
{
    struct clr_package_sum results = package->moved, said = tally->accepted;
    const uint64_t nameless = package->account != 0 && package->count >= records ? package->count - records : 0;
    if (clr_package_sum_add(&results, package->withheld.count, package->withheld.amount_fen) != CLR_OK ||
        clr_package_sum_add(&results, package->passed.count, package->passed.amount_fen) != CLR_OK ||
        clr_package_sum_add(&said, tally->passed.count + nameless, tally->passed.amount_fen) != CLR_OK) return false;
    return same_sum(&results, &said) && same_sum(&package->disputed, &tally->disputed) && same_sum(&package->open, &tally->open) &&
           same_sum(&package->bad, &tally->bad);
}

static enum clr_status add_given(struct packages *packages, const struct clr_package_record *record, struct known *known)
{
    struct clr_refunded refunded;
    CLR_TRY(clr_refunded_get(&packages->verify->tx, record->record, &refunded, NULL));
    return clr_package_sum_add(&known->given, refunded.count, refunded.refunded_fen);
}

static enum clr_status check_records(struct packages *packages, const struct clr_package *package, struct known *known)
{
    struct clr_package_record *record;
    struct tally tally = { 0 };
    size_t count;
    CLR_TRY(clr_package_records(&packages->verify->tx, &package->key, &record, &count, NULL));
    enum clr_status status = CLR_OK;
    for (size_t i = 0; i < count && status == CLR_OK; i++) {
        status = tally_record(&record[i], &tally);
        if (status == CLR_OK) status = check_move(packages, package, &record[i], &tally);
        if (status == CLR_OK) status = add_given(packages, &record[i], known);
    }
    free(record);
    CLR_TRY(status);
    const struct clr_verified_file *const file = clr_verify_file_of(packages->verify, package->admission);
    const bool placed = file != NULL && file->is_moves && package->first >= 1 && package->last >= package->first &&
                        package->last <= file->file.first.records && package->count == package->last - package->first + 1 && count <= package->count;
    if (!placed) say(packages->verify, &package->key, "its records are not those of its file", "其记录与所在文件不符");
    if (tally.stray) say(packages->verify, &package->key, "a record says that it is of another package, or of another amount", "有记录的包号、序号或金额不符");
    if (tally.misdated) say(packages->verify, &package->key, "its clearing date is not the day for which its records came", "其清分日与各记录到达时的窗口不符");
    if ((package->account == 0 && tally.unknown.count != count) || (package->account != 0 && tally.unknown.count != 0) || !sums_agree(package, &tally, count))
        say(packages->verify, &package->key, "its sums are not those of its records", "其合计与各记录不符");
    return CLR_OK;
}

static enum clr_status check_package(struct packages *packages, const struct clr_package *package)
{
    if (packages->known_count == packages->known_capacity) {
        const size_t capacity = packages->known_capacity * 2 + 64;
        struct known *const grown = realloc(packages->known, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        packages->known = grown;
        packages->known_capacity = capacity;
    }
    struct known *const known = &packages->known[packages->known_count++];
    *known = (struct known){ .key = package->key };
    return check_records(packages, package, known);
}

static enum clr_status check_packages(struct packages *packages)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&packages->verify->tx, CLR_TABLE_pack, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_package package;
        status = clr_package_unpack(key, value, &package);
        if (status == CLR_OK) {
            status = check_package(packages, &package);
            clr_package_free(&package);
        }
        if (status == CLR_FULL) break;
        if (status == CLR_OK) continue;
        packages->unsure = true;
        clr_verify_say(packages->verify, "table pack: a package or one of its records cannot be read", "数据表 pack：有交易包或其记录无法读取");
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- windows ---- */

static int by_window(const void *a, const void *b)
{
    const struct expected *const x = a, *const y = b;
    if (x->window != y->window) return x->window < y->window ? -1 : 1;
    return (x->package > y->package) - (x->package < y->package);
}

static int by_key(const void *a, const void *b)
{
    const struct clr_package_key *const x = &((const struct known *)a)->key, *const y = &((const struct known *)b)->key;
    const int texts = strcmp(x->provider, y->provider);
    return texts != 0 ? texts : (x->message_id > y->message_id) - (x->message_id < y->message_id);
}

/** One row of table pday: is it what the events say? Marks what it was compared with. */
static enum clr_status check_day(struct packages *packages, clr_day window, const struct clr_package_key *key, const struct clr_package_day *sums)
{
    static const struct clr_package_day nothing;
    const struct known wanted = { .key = *key };
    struct known *const known = packages->known_count > 0 ? bsearch(&wanted, packages->known, packages->known_count, sizeof wanted, by_key) : NULL;
    if (known == NULL) {
        say(packages->verify, key, "something moved in a window, but there is no such package", "有清算窗口的合计，但没有此包");
        return CLR_OK;
    }
    CLR_TRY(clr_package_sum_add(&known->refunded, sums->refunded.count, sums->refunded.amount_fen));
    const struct expected at = { .window = window, .package = (size_t)(known - packages->known) };
    struct expected *const expected = packages->expected_count > 0 ? bsearch(&at, packages->expected, packages->expected_count, sizeof at, by_window) : NULL;
    if (!same_day(sums, expected != NULL ? &expected->sums : &nothing))
        say(packages->verify, key, "what moved in a window is not what its events say", "某清算窗口的合计与各事件不符");
    if (expected != NULL) expected->sums = nothing;
    return CLR_OK;
}

static enum clr_status check_days(struct packages *packages)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    if (packages->expected_count > 1) qsort(packages->expected, packages->expected_count, sizeof *packages->expected, by_window);
    CLR_TRY(clr_scan_open(&packages->verify->tx, CLR_TABLE_pday, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_package_key package;
        struct clr_package_day sums;
        clr_day window;
        status = clr_package_day_unpack(key, value, &window, &package, &sums);
        if (status == CLR_OK) status = check_day(packages, window, &package, &sums);
        if (status == CLR_FULL) break;
        if (status != CLR_OK) clr_verify_say(packages->verify, "table pday: a row cannot be read", "数据表 pday：有行无法读取");
    }
    clr_scan_close(&scan);
    for (size_t i = 0; i < packages->expected_count; i++) {
        static const struct clr_package_day nothing;
        if (!same_day(&packages->expected[i].sums, &nothing))
            say(packages->verify, &packages->known[packages->expected[i].package].key, "its events moved something in a window that has no sum of it", "其事件所在清算窗口没有合计");
    }
    for (size_t i = 0; i < packages->known_count; i++)
        if (!same_sum(&packages->known[i].given, &packages->known[i].refunded))
            say(packages->verify, &packages->known[i].key, "what was given back of it is not what its windows say", "其退款合计与各清算窗口不符");
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- clearing totals ---- */

static bool same_totals(const struct clr_package_totals *a, const struct clr_package_totals *b)
{
    bool same = same_sum(&a->cleared, &b->cleared) && same_day(&a->sums, &b->sums) && same_sum(&a->sums.refunded, &b->sums.refunded) &&
                a->package_count == b->package_count && a->file_count == b->file_count;
    for (size_t i = 0; same && i < a->package_count; i++)
        same = clr_package_key_equal(&a->package[i].key, &b->package[i].key) && same_sum(&a->package[i].sum, &b->package[i].sum);
    for (size_t i = 0; same && i < a->file_count; i++)
        same = a->file[i].key.file_id == b->file[i].key.file_id && strcmp(a->file[i].key.sender, b->file[i].key.sender) == 0 &&
               same_sum(&a->file[i].passed, &b->file[i].passed) && same_sum(&a->file[i].withheld, &b->file[i].withheld) && same_sum(&a->file[i].bad, &b->file[i].bad);
    return same;
}

static enum clr_status check_totals(struct clr_verify *verify, const struct clr_package_totals *totals)
{
    struct clr_package_totals again;
    char day[CLR_DAY_TEXT_SIZE];
    const enum clr_status status = clr_package_totals_make(&verify->tx, totals->target, &again, NULL);
    if (status == CLR_FULL) return status;
    const bool same = status == CLR_OK && same_totals(totals, &again);
    if (status == CLR_OK) clr_package_totals_free(&again);
    if (!same) clr_verify_say(verify, "clearing totals of %s do not come out again", "%s 的清分统计无法重算一致", clr_day_text(totals->target, day));
    return CLR_OK;
}

static enum clr_status check_all_totals(struct clr_verify *verify)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&verify->tx, CLR_TABLE_ptot, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_package_totals totals;
        status = clr_package_totals_unpack(key, value, &totals);
        if (status == CLR_OK) {
            status = check_totals(verify, &totals);
            clr_package_totals_free(&totals);
        }
        if (status == CLR_FULL) break;
        if (status != CLR_OK) clr_verify_say(verify, "table ptot: clearing totals of a day cannot be read", "数据表 ptot：某日的清分统计无法读取");
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_verify_packages(struct clr_verify *verify)
{
    struct packages packages = { .verify = verify };
    enum clr_status status = check_packages(&packages);
    if (status == CLR_OK && !packages.unsure) status = check_days(&packages);
    if (status == CLR_OK && !packages.unsure) status = check_all_totals(verify);
    free(packages.known);
    free(packages.expected);
    return status;
}
