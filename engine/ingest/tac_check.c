#include "ingest/tac_check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 256
/** Issuer factors that records bring along, remembered until there are this many: honest files have a handful. */
#define FACTORS_MAX 1024
#define NOT_JUDGED (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE) | CLR_REASON_MASK(UNKNOWN_TYPE))
#define UNVERIFIED (CLR_REASON_MASK(TAC_UNVERIFIED) | CLR_NOTE_MASK_TAC_UNVERIFIED)

/** The keys of an issuer stand together in the set. */
struct issuer {
    uint32_t first, count;
    bool waits;
};

struct factor {
    uint32_t key;
    uint8_t value[8];
};

struct clr_tac_check {
    const struct clr_keyset *keys;
    struct issuer *issuer;                  /* by party id */
    uint32_t issuer_count;
    enum clr_tac_engine engine;
    struct clr_tac_context *context;        /* the set's keys, then one for each factor */
    struct factor factor[FACTORS_MAX];
    uint32_t factor_count, factors_ready;   /* known; in the context */
    struct clr_tac_item item[BATCH];
    uint16_t record[BATCH];                 /* whose item it is */
};

/* ---- create ---- */

static void map_issuers(struct clr_tac_check *check, const struct clr_parties *parties)
{
    for (uint32_t id = 1; id <= parties->code_count; id++) {
        struct issuer *const issuer = &check->issuer[id];
        for (uint32_t k = 0; k < clr_keyset_count(check->keys); k++) {
            const struct clr_key *const key = clr_keyset_at(check->keys, k);
            if (strcmp(key->issuer, parties->code[id - 1]) != 0) continue;
            if (issuer->count++ == 0) issuer->first = k;
            issuer->waits |= key->waits != 0;
        }
    }
}

static void fill_key(struct clr_tac_key *to, const struct clr_key *from, const uint8_t issuer_factor[8])
{
    memcpy(to->master, from->master, sizeof to->master);
    memcpy(to->issuer_factor, issuer_factor, sizeof to->issuer_factor);
    to->levels = from->levels;
    to->algorithm = from->algorithm;
    to->fold = from->fold;
    to->xor_words = from->xor_words;
}

/** A context of the set's keys and of the factors met so far. */
static enum clr_status make_context(struct clr_tac_check *check)
{
    const size_t own = clr_keyset_count(check->keys), count = own + check->factor_count;
    if (check->context != NULL && check->factors_ready == check->factor_count) return CLR_OK;
    struct clr_tac_key *const all = sodium_allocarray(count, sizeof *all);
    if (all == NULL) return CLR_FULL;
    for (size_t i = 0; i < own; i++) fill_key(&all[i], clr_keyset_at(check->keys, i), clr_keyset_at(check->keys, i)->issuer_factor);
    for (size_t i = own; i < count; i++) fill_key(&all[i], clr_keyset_at(check->keys, check->factor[i - own].key), check->factor[i - own].value);
    clr_tac_destroy(check->context);
    check->context = NULL;
    const enum clr_status status = clr_tac_create(all, count, check->engine, &check->context);
    sodium_free(all);
    check->factors_ready = check->factor_count;
    return status;
}

enum clr_status clr_tac_check_create(const struct clr_keyset *keys, const struct clr_parties *parties, struct clr_tac_check **out)
{
    return clr_tac_check_create_with(keys, parties, 0, out);
}

enum clr_status clr_tac_check_create_with(const struct clr_keyset *keys, const struct clr_parties *parties, unsigned engine, struct clr_tac_check **out)
{
    *out = NULL;
    if (clr_keyset_count(keys) == 0) return CLR_OK;
    struct clr_tac_check *const check = calloc(1, sizeof *check);
    if (check == NULL) return CLR_FULL;
    check->keys = keys;
    check->engine = engine == 0 ? clr_tac_best() : (enum clr_tac_engine)(engine - 1);
    check->issuer_count = parties->code_count + 1;
    check->issuer = calloc(check->issuer_count, sizeof *check->issuer);
    enum clr_status status = check->issuer != NULL ? CLR_OK : CLR_FULL;
    if (status == CLR_OK) {
        map_issuers(check, parties);
        status = make_context(check);
    }
    if (status == CLR_OK) *out = check;
    else clr_tac_check_destroy(check);
    return status;
}

void clr_tac_check_destroy(struct clr_tac_check *check)
{
    if (check == NULL) return;
    clr_tac_destroy(check->context);
    free(check->issuer);
    explicit_bzero(check, sizeof *check);   /* card digits and computed codes */
    free(check);
}

static const struct issuer *issuer_of(const struct clr_tac_check *check, clr_party party)
{
    static const struct issuer none = { 0, 0, false };
    return clr_party_is_known(party) && party < check->issuer_count ? &check->issuer[party] : &none;
}

bool clr_tac_check_knows(const struct clr_tac_check *check, clr_party issuer) { return check != NULL && issuer_of(check, issuer)->count > 0; }

bool clr_tac_check_waits(const struct clr_tac_check *check, clr_party issuer) { return check != NULL && issuer_of(check, issuer)->waits; }

/* ---- factors ---- */

static int nibble(uint8_t digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/** Up to 16 digits into 8 bytes, starting at digit `at` of 16. */
static bool pack_digits(struct clr_bytes digits, size_t at, uint8_t out[8])
{
    memset(out, 0, 8);
    for (size_t i = 0; i < digits.size; i++, at++) {
        const int value = nibble(digits.data[i]);
        if (value < 0) return false;
        out[at / 2] |= (uint8_t)(at % 2 == 0 ? value << 4 : value);
    }
    return true;
}

static bool card_factor(const struct clr_key *key, struct clr_bytes card, uint8_t out[8])
{
    card = clr_bytes_trim(card);
    if (key->levels == 0) return pack_digits(clr_bytes_of(card.data, 0), 0, out);
    if (card.size <= key->card_skip) return false;
    card.size -= key->card_skip;
    if (card.size > 16) card = clr_bytes_of(card.data + card.size - 16, 16);
    return pack_digits(card, 16 - card.size, out);
}

static bool issuer_factor(const struct clr_raw *raw, uint8_t out[8])
{
    const struct clr_bytes id = clr_bytes_trim(raw->issuer_id);
    return id.size > 0 && id.size <= 16 && pack_digits(id, 0, out);
}

/** Number in the context of a key with this factor; a new one is made ready before the next computation. */
static uint16_t with_factor(struct clr_tac_check *check, uint32_t key, const uint8_t value[8])
{
    const uint32_t own = (uint32_t)clr_keyset_count(check->keys);
    for (uint32_t i = 0; i < check->factor_count; i++)
        if (check->factor[i].key == key && memcmp(check->factor[i].value, value, 8) == 0) return (uint16_t)(own + i);
    CLR_ASSERT(check->factor_count < FACTORS_MAX);
    check->factor[check->factor_count].key = key;
    memcpy(check->factor[check->factor_count].value, value, 8);
    return (uint16_t)(own + check->factor_count++);
}

/* ---- one record ---- */

static const struct clr_key *find_key(const struct clr_tac_check *check, const struct clr_raw *raw, const struct clr_txn *txn, uint32_t *number)
{
    const struct issuer *const issuer = issuer_of(check, txn->issuer);
    for (uint32_t i = issuer->first; i < issuer->first + issuer->count; i++) {
        const struct clr_key *const key = clr_keyset_at(check->keys, i);
        if (key->version != raw->key_version || key->index != raw->key_index) continue;
        if (raw->tac_algorithm != 0 && raw->tac_algorithm != key->algorithm) continue;
        *number = i;
        return key;
    }
    return NULL;
}

bool clr_tac_check_asks(const struct clr_txn *txn)
{
    return txn->flags & CLR_FLAG_HAS_TAC && !(txn->flags & (CLR_FLAG_LOCK | CLR_FLAG_GRAY)) && !(txn->reasons & NOT_JUDGED);
}

/** What the card signed. False when a value does not fit its bytes. */
static bool fill_data(const struct clr_key *key, const struct clr_raw *raw, struct clr_tac_item *item)
{
    const uint64_t sam = clr_tac_bcd12(raw->sam);
    item->size = key->data_size;
    if (raw->amount_fen < 0 || raw->sam_serial > UINT32_MAX) return false;
    if (key->data_size == 18) return clr_tac_data18((uint64_t)raw->amount_fen, raw->type, sam, raw->traded_at_s, item->data);
    return clr_tac_data22((uint64_t)raw->amount_fen, raw->type, sam, (uint32_t)raw->sam_serial, raw->traded_at_s, item->data);
}

/** Outcome as far as it is known without computing: RIGHT means that `item` is ready and has yet to be compared. */
static void prepare(struct clr_tac_check *check, const struct clr_raw *raw, const struct clr_txn *txn, struct clr_tac_item *item,
                    struct clr_tac_finding *out)
{
    uint8_t factor[8];
    uint32_t number;

    *out = (struct clr_tac_finding){ .outcome = CLR_TAC_NOT_ASKED };
    if (!clr_tac_check_asks(txn)) return;
    out->outcome = CLR_TAC_NO_KEY;
    out->waits = issuer_of(check, txn->issuer)->waits;
    const struct clr_key *const key = find_key(check, raw, txn, &number);
    if (key == NULL || !card_factor(key, raw->card, item->card_factor)) return;
    item->key = (uint16_t)number;
    if (key->levels == 2 && key->issuer_source == CLR_FACTOR_RECORD) {
        if (!issuer_factor(raw, factor)) return;
        item->key = with_factor(check, number, factor);
    }
    out->key = key;
    out->outcome = fill_data(key, raw, item) ? CLR_TAC_RIGHT : CLR_TAC_WRONG;
    if (out->outcome == CLR_TAC_WRONG) return;
    out->size = item->size;
    memcpy(out->data, item->data, sizeof out->data);
}

enum clr_status clr_tac_check_one(struct clr_tac_check *check, const struct clr_raw *raw, const struct clr_txn *txn, struct clr_tac_finding *out)
{
    if (check->factor_count == FACTORS_MAX) check->factor_count = check->factors_ready = 0;
    struct clr_tac_item *const item = &check->item[0];
    prepare(check, raw, txn, item, out);
    if (out->outcome != CLR_TAC_RIGHT) return CLR_OK;
    CLR_TRY(make_context(check));
    CLR_TRY(clr_tac_compute(check->context, item, 1));
    if (item->tac != raw->tac) out->outcome = CLR_TAC_WRONG;
    explicit_bzero(item, sizeof *item);
    return CLR_OK;
}

/* ---- a batch ---- */

static void judge(struct clr_txn *txn, enum clr_tac_outcome outcome)
{
    txn->reasons &= ~UNVERIFIED;
    if (outcome == CLR_TAC_WRONG) txn->reasons |= CLR_REASON_MASK(TAC_MISMATCH);
}

static enum clr_status check_batch(struct clr_tac_check *check, const struct clr_raw *raw, struct clr_txn *txn, size_t count)
{
    size_t items = 0;
    /* A batch brings at most one new factor a record: room for all of them, or a fresh start. */
    if (check->factor_count + count > FACTORS_MAX) check->factor_count = check->factors_ready = 0;
    for (size_t i = 0; i < count; i++) {
        struct clr_tac_finding finding;
        prepare(check, &raw[i], &txn[i], &check->item[items], &finding);
        if (finding.outcome == CLR_TAC_RIGHT) check->record[items++] = (uint16_t)i;
        else if (finding.outcome == CLR_TAC_WRONG) judge(&txn[i], CLR_TAC_WRONG);
        else if (finding.outcome == CLR_TAC_NO_KEY && finding.waits)
            txn[i].reasons = (txn[i].reasons & ~CLR_NOTE_MASK_TAC_UNVERIFIED) | CLR_REASON_MASK(TAC_UNVERIFIED);
    }
    if (items == 0) return CLR_OK;
    CLR_TRY(make_context(check));
    CLR_TRY(clr_tac_compute(check->context, check->item, items));
    for (size_t i = 0; i < items; i++) {
        const size_t record = check->record[i];
        judge(&txn[record], check->item[i].tac == raw[record].tac ? CLR_TAC_RIGHT : CLR_TAC_WRONG);
    }
    return CLR_OK;
}

enum clr_status clr_tac_check_records(struct clr_tac_check *check, const struct clr_raw *raw, struct clr_txn *txn, size_t count)
{
    for (size_t at = 0; at < count; at += BATCH) {
        const size_t part = count - at < BATCH ? count - at : BATCH;
        CLR_TRY(check_batch(check, raw + at, txn + at, part));
    }
    return CLR_OK;
}
