/* test_tac_check.c: which key a record goes by, what is not asked, and what a missing or unfit value comes to. The codes themselves: test_tac.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ingest/tac_check.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define TIME INT64_C(1772438400)
#define WAITS CLR_REASON_MASK(TAC_UNVERIFIED)
#define NOTE CLR_NOTE_MASK_TAC_UNVERIFIED
#define WRONG CLR_REASON_MASK(TAC_MISMATCH)

enum { ISSUER_A = 1, ISSUER_B, ISSUER_NONE };
static char *codes[] = { "CARD-A", "CARD-B", "CARD-NONE" };
static const struct clr_parties parties = { .code = codes, .code_count = 3 };
static struct clr_keyset *set;

static struct clr_key key_of(const char *issuer, unsigned version, unsigned index)
{
    struct clr_key key = { .version = (uint8_t)version, .index = (uint8_t)index, .algorithm = CLR_TAC_3DES, .levels = 2, .fold = 1, .data_size = 22 };
    snprintf(key.issuer, sizeof key.issuer, "%s", issuer);
    for (unsigned i = 0; i < 16; i++) key.master[i] = (uint8_t)(17 * i + version * 31 + index * 5 + (unsigned char)issuer[5]);
    return key;
}

static int make_set(void **state)
{
    (void)state;
    struct clr_key keys[6] = { key_of("CARD-A", 1, 0), key_of("CARD-A", 0, 0), key_of("CARD-A", 2, 0), key_of("CARD-A", 4, 0), key_of("CARD-A", 3, 0), key_of("CARD-B", 1, 0) };
    keys[2].issuer_source = CLR_FACTOR_RECORD;
    keys[3].algorithm = CLR_TAC_SM4;
    keys[3].levels = 1;
    keys[4].card_skip = 12;
    keys[4].data_size = 18;
    keys[5].waits = 1;
    if (clr_keyset_create(&set) != CLR_OK) return -1;
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (clr_keyset_add(set, &keys[i], NULL) != CLR_OK) return -1;
    return 0;
}

static int free_set(void **state)
{
    (void)state;
    clr_keyset_destroy(set);
    return 0;
}

/** The code under a key of the set, straight from the kernel. */
static uint32_t code(const struct clr_key *key, const uint8_t card_factor[8], const uint8_t issuer_factor[8], uint64_t serial)
{
    struct clr_tac_key one = { .levels = key->levels, .algorithm = key->algorithm, .fold = key->fold };
    struct clr_tac_item item = { .size = key->data_size };
    struct clr_tac_context *context;
    memcpy(one.master, key->master, 16);
    memcpy(one.issuer_factor, issuer_factor, 8);
    memcpy(item.card_factor, card_factor, 8);
    if (key->data_size == 18) assert_true(clr_tac_data18(200, 6, clr_tac_bcd12(320000000001), TIME, item.data));
    else assert_true(clr_tac_data22(200, 6, clr_tac_bcd12(320000000001), (uint32_t)serial, TIME, item.data));
    assert_int_equal(clr_tac_create(&one, 1, CLR_TAC_OPENSSL, &context), CLR_OK);
    assert_int_equal(clr_tac_compute(context, &item, 1), CLR_OK);
    clr_tac_destroy(context);
    return item.tac;
}

static struct clr_raw raw_of(const char *card, unsigned version)
{
    return (struct clr_raw){ .flags = CLR_FLAG_HAS_TAC, .type = 6, .amount_fen = 200, .sam = 320000000001, .sam_serial = 7, .traded_at_s = TIME,
                             .card = clr_bytes_text(card), .key_version = (uint16_t)version, .tac = 0xDEADBEEF };
}

static uint64_t judge(struct clr_tac_check *check, const struct clr_raw *raw, clr_party issuer, uint16_t flags, uint64_t reasons)
{
    struct clr_txn txn = { .issuer = issuer, .flags = flags, .reasons = reasons };
    assert_int_equal(clr_tac_check_records(check, raw, &txn, 1), CLR_OK);
    return txn.reasons;
}

static const uint8_t card_bytes[8] = { 0x21, 0x50, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78 }, no_bytes[8] = { 0 };

static void which_key(void **state)
{
    static const uint8_t skipped[8] = { 0, 0, 0, 0, 0, 0, 0x21, 0x50 };
    struct clr_tac_check *check;
    struct clr_raw raw = raw_of("2150000012345678", 1);
    (void)state;
    assert_int_equal(clr_tac_check_create(set, &parties, &check), CLR_OK);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), WRONG);
    raw.tac = code(clr_keyset_at(set, 1), card_bytes, no_bytes, 7);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, WAITS), 0);
    assert_int_equal(judge(check, &raw, ISSUER_B, raw.flags, NOTE), WRONG);           /* another issuer's key of that number */
    raw.key_version = 0;                                                              /* a format without numbers */
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), WRONG);
    raw.tac = code(clr_keyset_at(set, 0), card_bytes, no_bytes, 7);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    raw = raw_of("00002150000012345678", 0);                                          /* the last 16 digits */
    raw.tac = code(clr_keyset_at(set, 0), card_bytes, no_bytes, 7);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    raw = raw_of("2150000012345678", 4);                                              /* SM4, by the key's numbers alone */
    raw.tac = code(clr_keyset_at(set, 4), card_bytes, no_bytes, 7);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    raw.tac_algorithm = CLR_TAC_SM4;                                                  /* a record that says so goes by it, too */
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    raw.tac_algorithm = CLR_TAC_3DES;
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), NOTE);
    raw = raw_of("2150000012345678", 3);                                              /* 18 bytes, and 12 digits left out */
    raw.tac = code(clr_keyset_at(set, 3), skipped, no_bytes, 7);
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
    clr_tac_check_destroy(check);
}

/** Which engine computes changes no verdict, and one that is not there is no check at all. */
static void every_engine(void **state)
{
    struct clr_raw raw = raw_of("2150000012345678", 1);
    (void)state;
    raw.tac = code(clr_keyset_at(set, 1), card_bytes, no_bytes, 7);
    for (unsigned engine = 0; engine <= 1 + CLR_TAC_AVX2; engine++) {
        struct clr_tac_check *check;
        const enum clr_status status = clr_tac_check_create_with(set, &parties, engine, &check);
        if (engine > 0 && !clr_tac_has((enum clr_tac_engine)(engine - 1))) {
            assert_int_equal(status, CLR_USAGE);
            assert_null(check);
            continue;
        }
        assert_int_equal(status, CLR_OK);
        assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), 0);
        raw.tac ^= 1;
        assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), WRONG);
        raw.tac ^= 1;
        clr_tac_check_destroy(check);
    }
    struct clr_tac_check *none;
    assert_int_equal(clr_tac_check_create_with(set, &parties, 2 + CLR_TAC_AVX2, &none), CLR_USAGE);
    assert_null(none);
}

static void what_is_not_judged(void **state)
{
    static const struct { const char *name, *card; unsigned version; clr_party issuer; uint16_t flags; uint64_t before, after; } cases[] = {
        { "no such version", "2150000012345678", 9, ISSUER_A, 0, NOTE, NOTE },
        { "a version that is no number", "2150000012345678", CLR_KEY_NUMBER_BAD, ISSUER_A, 0, NOTE, NOTE },
        { "the sender's profile says wait", "2150000012345678", 9, ISSUER_A, 0, WAITS, WAITS },
        { "the issuer's keys say wait", "2150000012345678", 9, ISSUER_B, 0, NOTE, WAITS },
        { "an issuer without keys", "2150000012345678", 1, ISSUER_NONE, 0, NOTE, NOTE },
        { "no issuer", "2150000012345678", 1, CLR_PARTY_NONE, 0, NOTE, NOTE },
        { "an unknown issuer", "2150000012345678", 1, CLR_PARTY_UNKNOWN | 1, 0, NOTE, NOTE },
        { "an issuer from after the keys", "2150000012345678", 1, 77, 0, NOTE, NOTE },
        { "a gray record", "2150000012345678", 1, ISSUER_A, CLR_FLAG_GRAY, NOTE, NOTE },
        { "a lock record", "2150000012345678", 1, ISSUER_A, CLR_FLAG_LOCK, NOTE, NOTE },
        { "a malformed record", "2150000012345678", 1, ISSUER_A, 0, CLR_REASON_MASK(MALFORMED), CLR_REASON_MASK(MALFORMED) },
        { "an impossible date", "2150000012345678", 1, ISSUER_A, 0, CLR_REASON_MASK(BAD_DATE), CLR_REASON_MASK(BAD_DATE) },
        { "an unknown type", "2150000012345678", 1, ISSUER_A, 0, CLR_REASON_MASK(UNKNOWN_TYPE) | NOTE, CLR_REASON_MASK(UNKNOWN_TYPE) | NOTE },
        { "too late, but read", "2150000012345678", 1, ISSUER_A, 0, CLR_REASON_MASK(TOO_LATE) | NOTE, CLR_REASON_MASK(TOO_LATE) | WRONG },
        { "a card of letters", "ABCDEFGHI", 1, ISSUER_A, 0, NOTE, NOTE },
        { "no card", "   ", 1, ISSUER_A, 0, NOTE, NOTE },
        { "fewer digits than are left out", "215000001234", 3, ISSUER_A, 0, NOTE, NOTE },
        { "no issuer id to derive from", "2150000012345678", 2, ISSUER_A, 0, NOTE, NOTE },
    };
    struct clr_tac_check *check;
    (void)state;
    assert_int_equal(clr_tac_check_create(set, &parties, &check), CLR_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct clr_raw raw = raw_of(cases[i].card, cases[i].version);
        if (judge(check, &raw, cases[i].issuer, cases[i].flags | CLR_FLAG_HAS_TAC, cases[i].before) != cases[i].after) fail_msg("%s", cases[i].name);
    }
    struct clr_raw raw = raw_of("2150000012345678", 1);
    assert_int_equal(judge(check, &raw, ISSUER_A, 0, 0), 0);                          /* no TAC at all */
    raw.sam_serial = UINT64_C(1) << 32;                                               /* no card signed that */
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), WRONG);
    raw.sam_serial = 7;
    raw.amount_fen = INT64_C(1) << 32;
    assert_int_equal(judge(check, &raw, ISSUER_A, raw.flags, NOTE), WRONG);
    clr_tac_check_destroy(check);
}

static void without_keys_nothing_is_checked(void **state)
{
    struct clr_tac_check *check = (struct clr_tac_check *)&check;
    struct clr_keyset *empty;
    (void)state;
    assert_int_equal(clr_tac_check_create(NULL, &parties, &check), CLR_OK);
    assert_null(check);
    assert_int_equal(clr_keyset_create(&empty), CLR_OK);
    assert_int_equal(clr_tac_check_create(empty, &parties, &check), CLR_OK);
    assert_null(check);
    assert_false(clr_tac_check_knows(NULL, ISSUER_A));
    clr_keyset_destroy(empty);
    clr_tac_check_destroy(NULL);
}

/** A hostile file brings a new issuer id with every record: each is judged right, however many, and in any batch. */
static void any_number_of_issuer_ids(void **state)
{
    enum { RECORDS = 3000 };
    static struct clr_raw raw[RECORDS];
    static struct clr_txn txn[RECORDS];
    static char ids[RECORDS][17];
    struct clr_tac_check *check;
    (void)state;
    assert_int_equal(clr_tac_check_create(set, &parties, &check), CLR_OK);
    assert_true(clr_tac_check_knows(check, ISSUER_A));
    assert_false(clr_tac_check_knows(check, ISSUER_NONE));
    for (unsigned i = 0; i < RECORDS; i++) {
        uint8_t factor[8] = { 0 };
        snprintf(ids[i], sizeof ids[i], "%08u", i);
        for (unsigned d = 0; d < 8; d++) factor[d / 2] |= (uint8_t)((ids[i][d] - '0') << (d % 2 == 0 ? 4 : 0));
        raw[i] = raw_of("2150000012345678", 2);
        raw[i].issuer_id = clr_bytes_of(ids[i], 8);
        raw[i].tac_algorithm = CLR_TAC_3DES;
        raw[i].tac = code(clr_keyset_at(set, 2), card_bytes, factor, 7) ^ (i % 3 == 0);
        txn[i] = (struct clr_txn){ .issuer = ISSUER_A, .flags = CLR_FLAG_HAS_TAC, .reasons = NOTE };
    }
    for (unsigned at = 0; at < RECORDS; at += 700) {
        const unsigned part = RECORDS - at < 700 ? RECORDS - at : 700;
        assert_int_equal(clr_tac_check_records(check, raw + at, txn + at, part), CLR_OK);
    }
    for (unsigned i = 0; i < RECORDS; i++) {
        struct clr_tac_finding finding;
        const struct clr_txn fresh = { .issuer = ISSUER_A, .flags = CLR_FLAG_HAS_TAC, .reasons = NOTE };
        if (txn[i].reasons != (i % 3 == 0 ? WRONG : 0)) fail_msg("record %u", i);
        if (i % 7 != 0) continue;
        assert_int_equal(clr_tac_check_one(check, &raw[i], &fresh, &finding), CLR_OK);
        if (finding.outcome != (i % 3 == 0 ? CLR_TAC_WRONG : CLR_TAC_RIGHT)) fail_msg("record %u alone", i);
        assert_ptr_equal(finding.key, clr_keyset_at(set, 2));
    }
    clr_tac_check_destroy(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_key),
        cmocka_unit_test(every_engine),
        cmocka_unit_test(what_is_not_judged),
        cmocka_unit_test(without_keys_nothing_is_checked),
        cmocka_unit_test(any_number_of_issuer_ids),
    };
    return cmocka_run_group_tests(tests, make_set, free_set);
}
