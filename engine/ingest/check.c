#include "ingest/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define MEMO_COUNT 2048

enum clr_status clr_checker_init(struct clr_checker *checker, const struct clr_rules *rules, const struct clr_closed_windows *closed, const uint8_t *store_key)
{
    memset(checker, 0, sizeof *checker);
    checker->rules = rules;
    checker->closed = closed;
    checker->memo = calloc(MEMO_COUNT, sizeof *checker->memo);
    if (checker->memo == NULL) return CLR_FULL;
    CLR_TRY(clr_tokenizer_create(store_key, &checker->tokenizer));
    checker->seed = clr_tokenizer_seed(checker->tokenizer);
    return CLR_OK;
}

void clr_checker_free(struct clr_checker *checker)
{
    if (checker->tokenizer != NULL) clr_tokenizer_destroy(checker->tokenizer);
    clr_tac_check_destroy(checker->tac);
    clr_parties_free(&checker->unknown);
    free(checker->memo);
    memset(checker, 0, sizeof *checker);
}

/* ---- placement ---- */

static uint64_t place(uint64_t seed, const struct clr_txn *txn, const void *key, size_t size)
{
    static const struct clr_token none = { { 0 } };
    const uint64_t hash = XXH3_64bits_withSeed(key, size, seed);
    uint64_t card;
    memcpy(&card, txn->card.byte, 8);
    if (clr_token_equal(&txn->card, &none)) card = hash * UINT64_C(0x9E3779B97F4A7C15);
    return (card & UINT64_C(0xFFF0000000000000)) | hash >> 12;
}

uint64_t clr_placement_hash_on(uint64_t seed, const struct clr_txn *txn, clr_day day)
{
    uint8_t key[24];
    memcpy(key, txn->card.byte, 16);
    memcpy(key + 16, &txn->counter, 4);
    memcpy(key + 20, &day, 4);
    return place(seed, txn, key, sizeof key);
}

uint64_t clr_placement_hash(uint64_t seed, const struct clr_txn *txn)
{
    if (!(txn->flags & CLR_FLAG_OPEN)) return clr_placement_hash_on(seed, txn, txn->trade_day);
    uint8_t key[33];
    memcpy(key, txn->card.byte, 16);
    memcpy(key + 16, &txn->traded_at_s, 8);
    memcpy(key + 24, &txn->sam, 8);
    key[32] = txn->type;
    return place(seed, txn, key, sizeof key);
}

/* ---- parties ---- */

static int issuer_of(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
{
    int by_card = -1, by_city = -1;
    if (source->card.size > 0 && clr_rules_has_cards(rules, source->product, source->format))
        by_card = clr_rules_card_issuer(rules, source->product, source->format, source->card, source->day);
    if (source->city_card.size > 0)
        by_city = clr_rules_alias(rules, CLR_ROLE_ISSUER, source->product, source->format, "city", source->city_card, source->day);
    if (by_card < 0 && by_city < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    if (by_card >= 0 && by_city >= 0 && rules->participant[by_card].party != rules->participant[by_city].party) {
        *reasons |= CLR_REASON_MASK(ISSUER_MISMATCH);
        return -1;
    }
    return by_card >= 0 ? by_card : by_city;
}

static int acquirer_of(const struct clr_rules *rules, const struct clr_party_source *source, uint64_t *reasons)
{
    int found = -1;
    if (source->unit.size == 0 && source->city_trade.size == 0) {
        *reasons |= CLR_REASON_MASK(NO_UNIT);
        return -1;
    }
    if (source->unit.size > 0)
        found = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, source->unit_field, source->unit, source->day);
    if (found < 0 && source->city_trade.size > 0)
        found = clr_rules_alias(rules, CLR_ROLE_ACQUIRER, source->product, source->format, "city", source->city_trade, source->day);
    if (found < 0) *reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    return found;
}

void clr_parties_resolve(const struct clr_rules *rules, const struct clr_party_source *source, struct clr_party_result *out)
{
    out->reasons = 0;
    out->issuer = issuer_of(rules, source, &out->reasons);
    out->acquirer = acquirer_of(rules, source, &out->reasons);
}

/** Text of what could not be resolved (store/parties.h). The separator cannot stand in a value. */
static clr_party intern_unknown(struct clr_checker *checker, const struct clr_codec *codec, const char *field, struct clr_bytes value, const char *field2,
                                struct clr_bytes value2)
{
    char text[512];
    const int size = snprintf(text, sizeof text, "%s|%s=%.*s|%s=%.*s", codec->name, field, (int)(value.size > 160 ? 160 : value.size), (const char *)value.data,
                              field2, (int)(value2.size > 160 ? 160 : value2.size), (const char *)value2.data);
    const clr_party party = clr_parties_intern(&checker->unknown, clr_bytes_of(text, size > 0 ? (size_t)size : 0));
    if (party == CLR_PARTY_NONE) checker->status = CLR_FULL;
    return party;
}

/** Memo slot of (values, day); *hit says that it holds this very question. */
static struct clr_party_memo *memo_of(struct clr_checker *checker, uint8_t kind, enum clr_format format, struct clr_bytes a, struct clr_bytes b, clr_day day, bool *hit)
{
    uint8_t key[47];
    *hit = false;
    if (a.size + b.size + 4 > sizeof key) return NULL;
    key[0] = kind;
    key[1] = (uint8_t)format;
    key[2] = (uint8_t)a.size;
    if (a.size > 0) memcpy(key + 3, a.data, a.size);
    if (b.size > 0) memcpy(key + 3 + a.size, b.data, b.size);
    const uint8_t size = (uint8_t)(3 + a.size + b.size);
    const uint64_t hash = XXH3_64bits_withSeed(key, size, (uint64_t)(uint32_t)day);
    struct clr_party_memo *const memo = &checker->memo[hash % MEMO_COUNT];
    *hit = memo->size == size && memo->hash == hash && memo->day == day && memcmp(memo->value, key, size) == 0;
    if (!*hit) {
        memo->hash = hash;
        memo->day = day;
        memo->size = size;
        memcpy(memo->value, key, size);
    }
    return memo;
}

static clr_party party_at(const struct clr_rules *rules, int index) { return index >= 0 ? rules->participant[index].party : CLR_PARTY_NONE; }

/** The acquirer depends on unit and city alone: remembered. Unknown ones are not, they must add their reason each time. */
static void set_acquirer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source, struct clr_txn *txn)
{
    bool hit;
    struct clr_party_memo *const memo = memo_of(checker, 'a', source->format, source->unit, source->city_trade, source->day, &hit);
    if (hit && memo->party != CLR_PARTY_NONE) {
        txn->acquirer = memo->party;
        return;
    }
    const int index = acquirer_of(checker->rules, source, &txn->reasons);
    txn->acquirer = index >= 0 ? party_at(checker->rules, index) : intern_unknown(checker, codec, codec->unit_field, source->unit, "city", source->city_trade);
    if (memo != NULL) memo->party = index >= 0 ? txn->acquirer : CLR_PARTY_NONE;
}

static void set_issuer(struct clr_checker *checker, const struct clr_codec *codec, const struct clr_party_source *source, struct clr_txn *txn)
{
    const int index = issuer_of(checker->rules, source, &txn->reasons);
    txn->issuer = index >= 0 ? party_at(checker->rules, index) : intern_unknown(checker, codec, "city", source->city_card, "", clr_bytes_of("", 0));
}

/** A bonus purse or a monthly pass is good in its own city only. */
static void check_purse(const struct clr_checker *checker, struct clr_txn *txn, const struct clr_party_source *source)
{
    if (!(txn->flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY))) return;
    if (!clr_party_is_known(txn->issuer) || !clr_party_is_known(txn->acquirer)) return;
    struct clr_party_result found;
    clr_parties_resolve(checker->rules, source, &found);
    if (found.issuer < 0 || found.acquirer < 0) return;
    if (strcmp(checker->rules->participant[found.issuer].region, checker->rules->participant[found.acquirer].region) != 0)
        txn->reasons |= CLR_REASON_MASK(WRONG_PURSE);
}

/* ---- dates and windows ---- */

static void check_dates(const struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, struct clr_txn *txn)
{
    const struct clr_product_rules *const product = &checker->rules->product[txn->product];
    const bool declared = job->receipt_window == CLR_DAY_NONE;

    if (raw->traded_at_s == CLR_TIME_NONE) {
        if (!(txn->reasons & CLR_REASON_MASK(MALFORMED))) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
        return;
    }
    txn->trade_day = clr_day_of_time(raw->traded_at_s);
    if (job->stamp != CLR_TIME_NONE && raw->traded_at_s > job->stamp + product->future_s) txn->reasons |= CLR_REASON_MASK(BAD_DATE);
    clr_day judged = job->stamp != CLR_TIME_NONE ? clr_day_of_time(job->stamp) : CLR_DAY_NONE;
    if (declared) {
        if (raw->declared_day == CLR_DAY_NONE || raw->declared_day < txn->trade_day) {
            txn->reasons |= CLR_REASON_MASK(BAD_DATE);
            return;
        }
        judged = raw->declared_day;
    }
    if (judged != CLR_DAY_NONE && judged - txn->trade_day > product->late_days) txn->reasons |= CLR_REASON_MASK(TOO_LATE);
}

static clr_day window_of(const struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw)
{
    if (job->receipt_window != CLR_DAY_NONE) return job->receipt_window;
    return raw->declared_day == CLR_DAY_NONE ? CLR_DAY_NONE : clr_window_first_open(&checker->closed[raw->product], raw->declared_day);
}

/* ---- one record ---- */

static uint32_t normal_counter(const struct clr_job *job, uint32_t counter)
{
    const int offset = job->sender->counter_offset;
    if (offset == 0) return counter;
    if (job->codec->format == CLR_FORMAT_YZ316) return (counter + (uint32_t)offset) & 0xFFFF;
    return (counter + 1000000u + (uint32_t)offset) % 1000000u;
}

static void check_one(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, struct clr_txn *txn)
{
    const struct clr_codec *const codec = job->codec;

    memset(txn, 0, sizeof *txn);
    txn->sam = raw->sam;
    txn->sam_serial = raw->sam_serial;
    txn->amount_fen = raw->amount_fen;
    txn->price_fen = raw->flags & CLR_FLAG_HAS_PRICE ? raw->price_fen : raw->amount_fen;
    txn->reasons = raw->reasons;
    txn->traded_at_s = raw->traded_at_s == CLR_TIME_NONE ? 0 : raw->traded_at_s;
    txn->balance_fen = raw->flags & CLR_FLAG_HAS_BALANCE ? raw->balance_fen : 0;
    txn->counter = normal_counter(job, raw->counter);
    txn->tac = raw->flags & CLR_FLAG_HAS_TAC ? raw->tac : 0;      /* a "no TAC" constant is no value */
    txn->product = raw->product;
    txn->kind = raw->kind;
    txn->service = raw->service;
    txn->type = raw->type;
    txn->flags = raw->flags;
    txn->detail = raw->detail;
    check_dates(checker, job, raw, txn);
    txn->window = window_of(checker, job, raw);
    if (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) return;

    const struct clr_party_source source = { codec->product, codec->format, codec->unit_field, clr_bytes_trim(raw->card), clr_bytes_trim(raw->unit),
                                             clr_bytes_trim(raw->city_card), clr_bytes_trim(raw->city_trade), txn->trade_day };
    set_issuer(checker, codec, &source, txn);
    set_acquirer(checker, codec, &source, txn);
    check_purse(checker, txn, &source);
    if (raw->amount_fen > checker->rules->product[txn->product].amount_max_fen) txn->reasons |= CLR_REASON_MASK(AMOUNT_LIMIT);
    if (raw->flags & CLR_FLAG_HAS_TAC) {
        if (job->sender->tac_unverified_waits) txn->reasons |= CLR_REASON_MASK(TAC_UNVERIFIED);
        else txn->reasons |= CLR_NOTE_MASK_TAC_UNVERIFIED;
    }
}

/** What needs the token: stop list and placement. A record without identity is spread by its position. */
static void place_one(struct clr_checker *checker, struct clr_txn *txn)
{
    /* Every check that applies is recorded, beside a test mark or an unknown type, too; without a time there is nothing to ask. */
    const bool readable = (txn->reasons & (CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(BAD_DATE))) == 0;
    if (readable && clr_rules_card_stopped(checker->rules, &txn->card, txn->traded_at_s)) txn->reasons |= CLR_REASON_MASK(CARD_STATUS);
    if (clr_txn_has_identity(txn)) {
        txn->hash = clr_placement_hash(checker->seed, txn);
        return;
    }
    const uint64_t position[2] = { (uint64_t)txn->file << 32 | txn->block, txn->index };
    txn->hash = XXH3_64bits_withSeed(position, sizeof position, checker->seed);
}

void clr_check_records(struct clr_checker *checker, const struct clr_job *job, const struct clr_raw *raw, size_t count,
                       uint32_t file, uint32_t block, uint32_t index, struct clr_txn *out)
{
    struct clr_token cards[CLR_CHECK_BATCH];

    CLR_ASSERT(count <= CLR_CHECK_BATCH);
    for (size_t i = 0; i < count; i++) clr_card_block(checker->tokenizer, raw[i].card, cards[i].byte);
    clr_tokens_of_blocks(checker->tokenizer, cards, count);
    for (size_t i = 0; i < count; i++) {
        check_one(checker, job, &raw[i], &out[i]);
        /* No card at all stays recognisable: the zero token, not the encryption of the zero block. */
        if (clr_bytes_trim(raw[i].card).size > 0) out[i].card = cards[i];
        out[i].file = file;
        out[i].block = block;
        out[i].index = index + (uint32_t)i;
        place_one(checker, &out[i]);
    }
    if (checker->tac == NULL) return;
    const enum clr_status tac = clr_tac_check_records(checker->tac, raw, out, count);
    if (tac != CLR_OK) checker->status = tac;
}
