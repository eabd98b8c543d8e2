/*
 * Refunds, reversals and adjustments: what each gave back is worked out again from its original, and table mvref with it.
 *
 * What a part gives back depends on the parts before it (fees are differences), so the parts of all originals are put in the order in which
 * they began to count: records of moves files where they stand in their file, events by number, between the files that had not seen them
 * and those that had (store/events.h clr_events_seen); an event of a decision that stands in a file, at the place of that decision.
 * Accepted and duplicate are final, so what a reference means now is what it meant then, but for files that came in since.
 */
#include <stdlib.h>

#include "settle/original.h"
#include "settle/package.h"
#include "store/verify.h"
#include "store/vmap.h"

/** Where something began to count: a record of a moves file, or an event; events between two files stand before record 1 of the second. */
struct place {
    uint32_t admission;
    uint64_t number, event;
};

struct part {
    clr_record_id move, original;
    struct place place;
    clr_day window;
};

struct given {
    clr_record_id original;
    bool known;                              /* the original counts and can be read */
    bool owes;
    struct clr_trade trade;
    const struct clr_rules *rules;
    struct clr_refunded refunded;            /* so far */
    struct clr_remaining remaining;          /* of an original with several payees */
};

/** Events that a file had seen when it came in: never fewer than the file before it. */
struct seen {
    uint32_t admission, moves;               /* the first moves file from here on, UINT32_MAX none */
    uint64_t event;
};

struct refunds {
    struct clr_verify *verify;
    struct part *part;          size_t part_count, part_capacity;
    struct given *given;        size_t given_count;
    struct clr_wanted_row *row; size_t row_count;
    struct seen *seen;          size_t seen_count;
    struct clr_references references;
};

static void say_part(struct refunds *refunds, clr_record_id move, const char *en, const char *zh)
{
    char text[CLR_RECORD_ID_TEXT_SIZE];
    clr_verify_say(refunds->verify, "move %s: %s%.0s", "资金变动 %s：%.0s%s", clr_record_id_text(move, text), en, zh);
}

/* ---- when ---- */

static enum clr_status list_seen(struct refunds *refunds)
{
    const struct clr_verify *const verify = refunds->verify;
    uint32_t moves = UINT32_MAX;
    refunds->seen = malloc((verify->file_count + 1) * sizeof *refunds->seen);
    if (refunds->seen == NULL) return CLR_FULL;
    for (uint32_t i = 0; i < verify->file_count; i++) {
        struct seen *const seen = &refunds->seen[refunds->seen_count];
        if (verify->file[i].file.admission == 0) continue;
        *seen = (struct seen){ .admission = i };
        CLR_TRY(clr_events_seen(&refunds->verify->tx, i, &seen->event, NULL));
        refunds->seen_count++;
    }
    for (size_t i = refunds->seen_count; i-- > 0;) {
        if (verify->file[refunds->seen[i].admission].is_moves) moves = refunds->seen[i].admission;
        refunds->seen[i].moves = moves;
    }
    return CLR_OK;
}

/** The first moves file that came in behind the event, UINT32_MAX none; and the last file of any kind that was in before it. */
static void around_event(const struct refunds *refunds, uint64_t event, uint32_t *behind, uint32_t *before)
{
    size_t low = 0, high = refunds->seen_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (refunds->seen[middle].event < event) low = middle + 1;
        else high = middle;
    }
    *behind = low < refunds->seen_count ? refunds->seen[low].moves : UINT32_MAX;
    *before = low > 0 ? refunds->seen[low - 1].admission : 0;
}

/** The record whose decision an event carried out, 0 when a person or a rule did. */
static clr_record_id decider_of(struct refunds *refunds, uint64_t number)
{
    struct clr_bytes value;
    struct clr_event event;
    uint8_t key[8];
    clr_put_be64(key, number);
    if (clr_tx_get(&refunds->verify->tx, CLR_TABLE_event, key, sizeof key, &value, NULL) != CLR_OK) return 0;
    if (clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event) != CLR_OK) return 0;
    const clr_record_id id = event.cause == CLR_CAUSE_DECIDED ? clr_record_id_parse(clr_bytes_of(event.text, strcspn(event.text, ":"))) : 0;
    free(event.text);
    return id;
}

/** @param[out] through  the last file that a reference could mean then. */
static void place_event(struct refunds *refunds, uint64_t event, struct place *place, uint32_t *through)
{
    uint64_t at = event;
    *place = (struct place){ .event = event };
    around_event(refunds, event, &place->admission, through);
    for (unsigned depth = 0; depth < 16; depth++) {                      /* a decision about a decision about … */
        const clr_record_id decider = decider_of(refunds, at);
        if (decider == 0) return;
        const struct clr_verified_record *const record = clr_verify_record_of(refunds->verify, decider);
        if (record == NULL || record->event == 0) {                      /* it stands in its file and counted at once */
            place->admission = *through = clr_record_id_admission(decider);
            place->number = clr_record_id_number(decider);
            return;
        }
        at = record->event;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct place *const x = &((const struct part *)a)->place, *const y = &((const struct part *)b)->place;
    if (x->admission != y->admission) return x->admission < y->admission ? -1 : 1;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

/* ---- the parts ---- */

static enum clr_status follow(struct refunds *refunds, clr_record_id id, clr_record_id *out)
{
    *out = id;
    for (unsigned step = 0; step < 64 && *out != 0; step++) {
        const struct clr_verified_record *const record = clr_verify_record_of(refunds->verify, *out);
        struct clr_exception first;
        const enum clr_status status = clr_vmap_get(&refunds->verify->tx, *out, &first, NULL);
        if (status == CLR_FULL) return status;
        if (status != CLR_OK) *out = 0;
        const uint64_t now = record != NULL && record->event != 0 ? record->now : first.reasons;
        if (*out == 0 || clr_verdict_of(now) != CLR_VERDICT_DUPLICATE) return CLR_OK;
        struct clr_event event = { .link = first.link };
        if (record != NULL && record->event != 0) {
            struct clr_bytes value;
            uint8_t key[8];
            clr_put_be64(key, record->event);
            if (clr_tx_get(&refunds->verify->tx, CLR_TABLE_event, key, sizeof key, &value, NULL) != CLR_OK ||
                clr_event_unpack(clr_bytes_of(key, sizeof key), value, &event) != CLR_OK) return CLR_OK;
            free(event.text);
        }
        *out = event.link;
    }
    return CLR_OK;
}

/** The move that "=…" meant then: of those that count and had come in, the one that counted first. */
static enum clr_status find_identity(struct refunds *refunds, const struct clr_move *move, uint32_t through, clr_record_id *out)
{
    struct clr_verify *const verify = refunds->verify;
    clr_record_id *record;
    uint8_t token[16];
    size_t count;
    uint64_t best = 0;
    *out = 0;
    clr_move_identity_in(verify->store.key, (enum clr_product)move->txn.product, move->orig_id + 1, token);
    CLR_TRY(clr_move_identity_list(&verify->tx, token, SIZE_MAX, &record, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        const struct clr_verified_record *const known = clr_verify_record_of(verify, record[i]);
        const uint64_t event = known != NULL ? known->event : 0;
        struct clr_move other;
        if (record[i] == move->record || (through != 0 && clr_record_id_admission(record[i]) > through)) continue;
        if (clr_move_get(&verify->tx, record[i], &other, NULL) != CLR_OK) continue;          /* said by those who count the moves */
        const bool counts = clr_verdict_of(event != 0 ? known->now : other.txn.reasons) == CLR_VERDICT_ACCEPTED;
        const bool means = !clr_move_is_plain(&other) && other.txn.product == move->txn.product && strcmp(other.id, move->orig_id + 1) == 0;
        clr_move_free(&other);
        if (!counts || !means || (*out != 0 && event >= best)) continue;
        *out = record[i];
        best = event;
    }
    free(record);
    return CLR_OK;
}

/** What an accepted move gave back: as admitted it is written down; what came to count later is found again, among the files of then. */
static enum clr_status find_original(struct refunds *refunds, const struct clr_move *move, uint32_t through, clr_record_id *out)
{
    if (clr_reference_is_identity(move->orig_id)) return find_identity(refunds, move, through, out);
    if (!clr_move_is_plain(move) && move->txn.product == CLR_PRODUCT_TOLL) {
        clr_record_id named;
        CLR_TRY(clr_package_find(&refunds->verify->tx, move->orig_id, &named, NULL));
        if (named != 0) return follow(refunds, named, out);
    }
    if (clr_reference_needs_files(move->orig_id) && !refunds->references.loaded)
        CLR_TRY(clr_references_load(&refunds->verify->tx, NULL, &refunds->references, NULL));
    refunds->references.through = through;
    return follow(refunds, clr_reference_find(&refunds->references, move->orig_id), out);
}

static enum clr_status add_part(struct refunds *refunds, const struct clr_move *move)
{
    const struct clr_verified_record *const record = clr_verify_record_of(refunds->verify, move->record);
    const bool later = record != NULL && record->event != 0;
    struct part part = { .move = move->record, .original = move->original, .window = later ? record->window : move->txn.window };
    if (clr_verdict_of(later ? record->now : move->txn.reasons) != CLR_VERDICT_ACCEPTED) return CLR_OK;
    if (later) {
        uint32_t through;
        place_event(refunds, record->event, &part.place, &through);
        CLR_TRY(find_original(refunds, move, through, &part.original));
    } else {
        part.place = (struct place){ clr_record_id_admission(move->record), clr_record_id_number(move->record), 0 };
    }
    if (refunds->part_count == refunds->part_capacity) {
        const size_t capacity = refunds->part_capacity * 2 + 64;
        struct part *const grown = realloc(refunds->part, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        refunds->part = grown;
        refunds->part_capacity = capacity;
    }
    refunds->part[refunds->part_count++] = part;
    return CLR_OK;
}

static enum clr_status list_parts(struct refunds *refunds)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(&refunds->verify->tx, CLR_TABLE_move, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) {
        struct clr_move move;
        if (clr_move_unpack(key, value, &move) != CLR_OK) continue;      /* said by those who count the moves */
        if (clr_kind_is_about_original(move.txn.kind)) status = add_part(refunds, &move);
        clr_move_free(&move);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    if (refunds->part_count > 1) qsort(refunds->part, refunds->part_count, sizeof *refunds->part, by_place);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/* ---- the originals ---- */

static int by_original(const void *a, const void *b)
{
    const struct given *const x = a, *const y = b;
    return (x->original > y->original) - (x->original < y->original);
}

static struct given *given_of(struct refunds *refunds, clr_record_id original)
{
    const struct given wanted = { .original = original };
    return refunds->given_count == 0 ? NULL : bsearch(&wanted, refunds->given, refunds->given_count, sizeof wanted, by_original);
}

static enum clr_status list_originals(struct refunds *refunds)
{
    struct given *const given = calloc(refunds->part_count + 1, sizeof *given);
    size_t count = 0;
    if (given == NULL) return CLR_FULL;
    refunds->given = given;
    for (size_t i = 0; i < refunds->part_count; i++)
        if (refunds->part[i].original != 0) given[count++].original = refunds->part[i].original;
    if (count > 1) qsort(given, count, sizeof *given, by_original);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || given[i].original != given[refunds->given_count - 1].original) given[refunds->given_count++] = given[i];
    refunds->row = calloc(refunds->given_count + 1, sizeof *refunds->row);
    if (refunds->row == NULL) return CLR_FULL;
    for (size_t i = 0; i < refunds->given_count; i++) {
        const struct clr_verified_file *const file = clr_verify_file_of(refunds->verify, clr_record_id_admission(given[i].original));
        if (file != NULL && !file->is_moves) refunds->row[refunds->row_count++].id = given[i].original;
    }
    return refunds->row_count == 0 ? CLR_OK
                                   : clr_rows_find(&refunds->verify->store, &refunds->verify->tx, refunds->row, refunds->row_count, NULL);
}

static enum clr_status read_txn(struct refunds *refunds, clr_record_id id, struct clr_txn *out)
{
    struct clr_move move;
    const struct clr_wanted_row *const row = clr_row_wanted(refunds->row, refunds->row_count, id);
    if (row != NULL) *out = row->txn;
    if (row != NULL) return row->found ? CLR_OK : CLR_NOT_FOUND;
    CLR_TRY(clr_move_get(&refunds->verify->tx, id, &move, NULL));
    *out = move.txn;
    clr_move_free(&move);
    return CLR_OK;
}

/** The obligations that an event booked. */
static enum clr_status event_cells(struct refunds *refunds, uint64_t event, struct clr_cells *out)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes found, value;
    enum clr_status status;
    clr_put_be64(prefix + 1, event);
    CLR_TRY(clr_scan_open(&refunds->verify->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, NULL));
    while ((status = clr_scan_next(&scan, &found, &value, NULL)) == CLR_OK) {
        struct clr_cell_key key;
        struct clr_cell_sum sum;
        status = CLR_DAMAGED;
        if (found.size != sizeof prefix + CLR_CELL_KEY_SIZE || value.size != CLR_CELL_SUM_SIZE) break;
        clr_cell_key_unpack(found.data + sizeof prefix, &key);
        clr_cell_sum_unpack(value.data, &sum);
        status = clr_cells_add(out, &key, &sum, 1);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** The first obligation of an event names its rules and parties; CLR_NOT_FOUND when it booked none. */
static enum clr_status event_key(struct refunds *refunds, uint64_t event, struct clr_cell_key *key)
{
    uint8_t prefix[9] = { 'e' };
    struct clr_scan scan;
    struct clr_bytes found, value;
    clr_put_be64(prefix + 1, event);
    CLR_TRY(clr_scan_open(&refunds->verify->tx, CLR_TABLE_delta, prefix, sizeof prefix, &scan, NULL));
    enum clr_status status = clr_scan_next(&scan, &found, &value, NULL);
    if (status == CLR_OK && (found.size != sizeof prefix + CLR_CELL_KEY_SIZE || value.size != CLR_CELL_SUM_SIZE)) status = CLR_DAMAGED;
    if (status == CLR_OK) clr_cell_key_unpack(found.data + sizeof prefix, key);
    clr_scan_close(&scan);
    return status;
}

/** How the original was booked: by its file, or by the event that made it count. CLR_DAMAGED: it does not count, or cannot be read. */
static enum clr_status read_original(struct refunds *refunds, struct given *given)
{
    struct clr_verify *const verify = refunds->verify;
    const struct clr_verified_record *const record = clr_verify_record_of(verify, given->original);
    const struct clr_verified_file *const file = clr_verify_file_of(verify, clr_record_id_admission(given->original));
    const bool later = record != NULL && record->event != 0;
    struct clr_txn txn;
    if (file == NULL || read_txn(refunds, given->original, &txn) != CLR_OK) return CLR_DAMAGED;
    if (clr_verdict_of(later ? record->now : txn.reasons) != CLR_VERDICT_ACCEPTED) return CLR_DAMAGED;
    given->trade = (struct clr_trade){
        .product = (enum clr_product)txn.product, .kind = (enum clr_kind)txn.kind, .service = (enum clr_service)txn.service,
        .flags = txn.flags, .issuer = txn.issuer, .acquirer = txn.acquirer, .issuer_index = -1, .acquirer_index = -1,
        .amount_fen = txn.amount_fen, .price_fen = txn.price_fen, .trade_day = txn.trade_day, .window = txn.window,
    };
    given->rules = file->rules;
    given->owes = clr_trade_owes(&given->trade);
    if (later) {
        struct clr_cell_key key;
        const enum clr_status status = event_key(refunds, record->event, &key);
        if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
        given->owes = status == CLR_OK;
        if (given->owes) {
            /* What its format asks nobody for stays unnamed: cells name one of several. */
            if (!file->is_moves || txn.issuer != CLR_PARTY_NONE) given->trade.issuer = key.issuer;
            if (!file->is_moves || txn.acquirer != CLR_PARTY_NONE) given->trade.acquirer = key.acquirer;
            if (clr_store_rules_get(&verify->store, key.rules_version, &given->rules, NULL) != CLR_OK) return CLR_DAMAGED;
        }
    }
    if (given->rules == NULL) return CLR_DAMAGED;
    given->trade.issuer_index = clr_verify_participant(verify, given->rules, given->trade.issuer);
    given->trade.acquirer_index = clr_verify_participant(verify, given->rules, given->trade.acquirer);
    return CLR_OK;
}

static enum clr_status read_originals(struct refunds *refunds)
{
    CLR_TRY(list_originals(refunds));
    for (size_t i = 0; i < refunds->given_count; i++) {
        const enum clr_status status = read_original(refunds, &refunds->given[i]);
        if (status == CLR_FULL) return status;
        refunds->given[i].known = status == CLR_OK;
    }
    return CLR_OK;
}

/* ---- what each part gave back ---- */

/**
 * An adjustment of what came to count without an obligation (0 fen, no fee) names its parties itself: by the rules of the moves file,
 * or those that the event's obligation names. They are taken from the text of the record, as settle/original.c does.
 */
static enum clr_status name_parties(struct refunds *refunds, const struct given *given, const struct clr_rules *rules, struct clr_trade *trade)
{
    struct clr_verify *const verify = refunds->verify;
    struct clr_again again = { .store = &verify->store, .tx = &verify->tx, .rules = rules };
    struct clr_subject subject;
    again.party_count = verify->store.parties.code_count;
    again.participant_of = malloc((again.party_count + 1) * sizeof *again.participant_of);
    if (again.participant_of == NULL) return CLR_FULL;
    for (uint32_t party = 0; party <= again.party_count; party++) again.participant_of[party] = clr_verify_participant(verify, rules, party);
    again.row = refunds->row;
    again.row_count = refunds->row_count;
    enum clr_status status = clr_subject_read(&again, given->original, &subject, NULL);
    if (status == CLR_OK) {
        clr_again_parties(&again, &subject);
        if (subject.issuer >= 0) trade->issuer = rules->participant[subject.issuer].party;
        if (subject.acquirer >= 0) trade->acquirer = rules->participant[subject.acquirer].party;
        clr_subject_free(&subject);
    }
    if (again.file.admission != 0) clr_file_free(&again.file);
    free(again.participant_of);
    return status == CLR_NOT_FOUND ? CLR_DAMAGED : status;
}

/** Obligations of a part, added to `cells`. */
static enum clr_status work_out(struct refunds *refunds, const struct clr_move *move, const struct part *part, struct given *given,
                                const struct clr_rules *rules, struct clr_cells *cells)
{
    struct clr_trade trade = given->trade;
    struct clr_giving_back back = { &refunds->verify->tx, given->rules, &trade, part->original, move, given->refunded.refunded_fen, part->window,
                                    &given->remaining };
    if (!clr_trade_owes(&trade)) return CLR_OK;
    if (move->txn.kind == CLR_KIND_ADJUST) {
        if (!given->owes) CLR_TRY(name_parties(refunds, given, rules, &trade));
        if (!given->owes) back.rules = rules;
        return clr_book_back(&back, cells);
    }
    if (!given->owes) return CLR_OK;
    const bool lacks = (trade.issuer_index < 0 && trade.issuer != CLR_PARTY_NONE) || (trade.acquirer_index < 0 && trade.acquirer != CLR_PARTY_NONE);
    return lacks ? CLR_DAMAGED : clr_book_back(&back, cells);
}

static enum clr_status take_away(struct clr_cells *from, const struct clr_cells *cells)
{
    size_t count = 0;
    const struct clr_cell **const sorted = clr_cells_sorted(cells, &count);
    enum clr_status status = sorted != NULL ? CLR_OK : CLR_FULL;
    for (size_t i = 0; i < count && status == CLR_OK; i++) status = clr_cells_add(from, &sorted[i]->key, &sorted[i]->sum, -1);
    free(sorted);
    return status;
}

/** The event's obligations less what they should be: nothing may be left. */
static enum clr_status compare_cells(struct refunds *refunds, const struct clr_move *move, const struct part *part, struct given *given,
                                     struct clr_cells *stored, struct clr_cells *wanted)
{
    const struct clr_rules *rules = given->rules;
    struct clr_cell_key key;
    size_t left = 0;
    CLR_TRY(event_cells(refunds, part->place.event, stored));
    const enum clr_status status = event_key(refunds, part->place.event, &key);
    if (status != CLR_OK && status != CLR_NOT_FOUND) return status;
    if (status == CLR_OK) CLR_TRY(clr_store_rules_get(&refunds->verify->store, key.rules_version, &rules, NULL));
    CLR_TRY(work_out(refunds, move, part, given, rules, wanted));
    if (stored->count != wanted->count) return CLR_DAMAGED;
    CLR_TRY(take_away(stored, wanted));
    const struct clr_cell **const rest = clr_cells_sorted(stored, &left);
    if (rest == NULL) return CLR_FULL;
    free(rest);
    return left == 0 ? CLR_OK : CLR_DAMAGED;
}

/** An event's obligations against what they should be. */
static enum clr_status compare_event(struct refunds *refunds, const struct clr_move *move, const struct part *part, struct given *given)
{
    struct clr_cells stored, wanted;
    clr_cells_init(&stored);
    clr_cells_init(&wanted);
    const enum clr_status status = compare_cells(refunds, move, part, given, &stored, &wanted);
    clr_cells_free(&stored);
    clr_cells_free(&wanted);
    return status;
}

/** An accepted record's obligations join those of its file, which are compared as a whole. */
static enum clr_status count_record(struct refunds *refunds, const struct clr_move *move, const struct part *part, struct given *given)
{
    struct clr_verified_file *const file = clr_verify_file_of(refunds->verify, clr_record_id_admission(part->move));
    if (file == NULL || file->rules == NULL) return CLR_DAMAGED;
    return work_out(refunds, move, part, given, file->rules, &file->cells);
}

static enum clr_status verify_part(struct refunds *refunds, const struct part *part)
{
    struct given *const given = given_of(refunds, part->original);
    struct clr_move move;
    if (given == NULL || !given->known) {
        say_part(refunds, part->move, "it counts, but what it refers to is not there or does not count", "已接受，但其所指的原记录不存在或未被接受");
        return CLR_OK;
    }
    CLR_TRY(clr_move_get(&refunds->verify->tx, part->move, &move, NULL));
    enum clr_status status = part->place.event != 0 ? compare_event(refunds, &move, part, given) : count_record(refunds, &move, part, given);
    if (move.txn.kind != CLR_KIND_ADJUST) {
        if (clr_fen_add(&given->refunded.refunded_fen, move.txn.amount_fen) != CLR_OK) status = CLR_OVERFLOW;
        given->refunded.count++;
        given->refunded.reversed |= move.txn.kind == CLR_KIND_REVERSAL;
    }
    clr_move_free(&move);
    if (status == CLR_FULL || status == CLR_OK) return status;
    say_part(refunds, part->move, "its obligation is not what its original allows and gives back", "其债务与原记录应退的不符");
    return CLR_OK;
}

/* ---- table mvref ---- */

static bool same_refunded(const struct clr_refunded *a, const struct clr_refunded *b)
{
    return a->refunded_fen == b->refunded_fen && a->count == b->count && a->reversed == b->reversed;
}

/** @return CLR_OK | CLR_DAMAGED (other amounts are kept) | CLR_FULL */
static enum clr_status same_remaining(struct refunds *refunds, const struct given *given)
{
    struct clr_remaining kept;
    CLR_TRY(clr_remaining_get(&refunds->verify->tx, given->original, &kept, NULL));
    const struct clr_remaining *const wanted = &given->remaining;
    const bool same = kept.count == wanted->count && (kept.count == 0 || memcmp(kept.fen, wanted->fen, kept.count * sizeof *kept.fen) == 0);
    clr_remaining_free(&kept);
    return same ? CLR_OK : CLR_DAMAGED;
}

static enum clr_status compare_table(struct refunds *refunds)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint64_t stored = 0, wanted = 0;
    enum clr_status status;
    for (size_t i = 0; i < refunds->given_count; i++) {
        const struct given *const given = &refunds->given[i];
        struct clr_refunded refunded;
        char text[CLR_RECORD_ID_TEXT_SIZE];
        wanted += given->refunded.count > 0;
        status = clr_refunded_get(&refunds->verify->tx, given->original, &refunded, NULL);
        if (status == CLR_FULL) return status;
        if (status == CLR_OK) status = same_remaining(refunds, given);
        if (status == CLR_FULL) return status;
        if (status == CLR_OK && same_refunded(&refunded, &given->refunded)) continue;
        clr_verify_say(refunds->verify, "table mvref: what was given back of %s is not the sum of its refunds", "数据表 mvref：%s 的已退金额不等于各笔退款之和",
                       clr_record_id_text(given->original, text));
    }
    CLR_TRY(clr_scan_open(&refunds->verify->tx, CLR_TABLE_mvref, NULL, 0, &scan, NULL));
    while ((status = clr_scan_next(&scan, &key, &value, NULL)) == CLR_OK) stored++;
    clr_scan_close(&scan);
    if (status != CLR_NOT_FOUND) return status;
    if (stored != wanted)
        clr_verify_say(refunds->verify, "table mvref has %llu entries, %llu records were given back", "数据表 mvref 有 %llu 条，实际有退款的记录 %llu 条",
                       (unsigned long long)stored, (unsigned long long)wanted);
    return CLR_OK;
}

enum clr_status clr_verify_refunds(struct clr_verify *verify)
{
    struct refunds refunds = { .verify = verify };
    enum clr_status status = list_seen(&refunds);
    if (status == CLR_OK) status = list_parts(&refunds);
    if (status == CLR_OK) status = read_originals(&refunds);
    for (size_t i = 0; i < refunds.part_count && status == CLR_OK; i++) status = verify_part(&refunds, &refunds.part[i]);
    if (status == CLR_OK) status = compare_table(&refunds);
    free(refunds.part);
    for (size_t i = 0; i < refunds.given_count; i++) clr_remaining_free(&refunds.given[i].remaining);
    free(refunds.given);
    free(refunds.row);
    free(refunds.seen);
    clr_references_free(&refunds.references);
    return status;
}
