/* TACs that nobody could verify, judged again at settlement: what the keys of now say, with the record's bytes and without them. */
#include "desk.h"
#include "keys/keyset.h"

#define STAMP "2026-03-03T22:00:00+08:00"
#define SETTLED "2026-03-05"
#define NOTE CLR_NOTE_MASK_TAC_UNVERIFIED

static int open_group(void **state)
{
    const int status = scratch_open(state);
    desk_use(scratch_folder);
    return status;
}

/* ---- keys ---- */

enum { FITS = 0, FITS_NOT = 9 };              /* xf160 names no key: version 0 */

/** A set of one key; "" an issuer: none at all. */
static struct clr_keyset *keys_of(const char *issuer, unsigned version, bool waits)
{
    struct clr_key key = { .version = (uint8_t)version, .algorithm = CLR_TAC_3DES, .levels = 1, .fold = 1,
                           .data_size = 22, .waits = waits };
    struct clr_keyset *set;
    if (issuer[0] == '\0') return NULL;
    snprintf(key.issuer, sizeof key.issuer, "%s", issuer);
    for (unsigned i = 0; i < sizeof key.master; i++) key.master[i] = (uint8_t)(7 * i + 1);
    assert_int_equal(clr_keyset_create(&set), CLR_OK);
    assert_int_equal(clr_keyset_add(set, &key, NULL), CLR_OK);
    return set;
}

/** Keys of the next commands in place of the last ones, which go. */
static void use_keys(struct desk *desk, struct clr_keyset **keys, struct clr_keyset *next)
{
    clr_store_use_keys(desk->store, next, &clr_codecs);
    clr_keyset_destroy(*keys);
    *keys = next;
}

static void ingest(struct desk *desk, const char *name, const struct tap *tap, size_t count, enum clr_archive_mode archive)
{
    const struct clr_ingest_options options = { .received_at = DESK_TIME(STAMP), .archive = archive };
    const char *const path = desk_write_taps(name, tap, count);
    struct clr_ingest_result result;
    struct clr_fault fault = { 0 };
    if (clr_ingest(desk->store, &clr_codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("%s: %s", name, fault.en);
    assert_int_equal(result.worst, CLR_OK);
    clr_ingest_result_free(&result);
}

static void expect_notes(struct desk *desk, const char *name, uint64_t number, uint64_t notes)
{
    const uint64_t have = desk_notes(desk, 1, number) & NOTE;
    if (have != notes) fail_msg("%s: note %#lx instead of %#lx", name, (unsigned long)have, (unsigned long)notes);
}

/* ---- held back at ingest ---- */

struct held_case {
    const char *name;
    enum clr_archive_mode archive;
    const char *issuer;                       /* of the settlement's keys, which fit no record */
    bool waits;
    const char *reasons;
};

/* The issuer's keys made it wait; only they can say that it need not. Whether its bytes are there makes no difference to that. */
static void what_keys_hold_back_waits_without_its_bytes(void **state)
{
    static const struct tap tap = { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000,
                                    .amount_fen = 1000, .time = "20260303080000" };
    static const struct held_case cases[] = {
        { "the same keys", CLR_ARCHIVE_KEEP, "card1", true, "tac-unverified" },
        { "the same keys, no bytes", CLR_ARCHIVE_NONE, "card1", true, "tac-unverified" },
        { "keys that let it go", CLR_ARCHIVE_KEEP, "card1", false, "" },
        { "keys that let it go, no bytes", CLR_ARCHIVE_NONE, "card1", false, "" },
        { "no keys", CLR_ARCHIVE_KEEP, "", false, "tac-unverified" },
        { "no keys, no bytes", CLR_ARCHIVE_NONE, "", false, "tac-unverified" },
        { "keys of others", CLR_ARCHIVE_KEEP, "card2", false, "tac-unverified" },
        { "keys of others, no bytes", CLR_ARCHIVE_NONE, "card2", false, "tac-unverified" },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        char name[32];
        struct clr_keyset *keys = NULL;
        snprintf(name, sizeof name, "held-%zu", i);
        struct desk desk = desk_open(name);
        use_keys(&desk, &keys, keys_of("card1", FITS_NOT, true));
        ingest(&desk, "X-held", &tap, 1, cases[i].archive);
        desk_expect(&desk, cases[i].name, 1, 1, "tac-unverified");
        use_keys(&desk, &keys, keys_of(cases[i].issuer, FITS_NOT, cases[i].waits));
        const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
        desk_expect(&desk, cases[i].name, 1, 1, cases[i].reasons);
        assert_int_equal(done.promoted, cases[i].reasons[0] == '\0');
        if (cases[i].reasons[0] == '\0') expect_notes(&desk, cases[i].name, 1, NOTE);
        use_keys(&desk, &keys, NULL);
        desk_close(&desk);
    }
}

/* ---- an issuer that only later rules know ---- */

struct later_case {
    const char *name;
    enum clr_archive_mode archive;
    const char *issuer;
    unsigned version;
    bool waits;
    const char *reasons, *gray;               /* of the record, and of the gray one that it proves */
    uint64_t notes;
};

/* Under the first rules nobody knows whose keys to ask; under the second its issuer's keys say what they would have said at once. */
static void an_issuer_known_later_is_asked_then(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD3, .merchant = 1, .counter = 10, .balance_fen = 9000, .amount_fen = 300, .time = "20260303080000", .gray = true },
        { .card = CARD3, .merchant = 1, .counter = 11, .balance_fen = 8700, .amount_fen = 500, .time = "20260303090000" },
    };
    static const struct later_case cases[] = {
        { "its keys say wait", CLR_ARCHIVE_KEEP, "card3", FITS_NOT, true, "unknown-participant", "", NOTE },
        { "its keys say wait, no bytes", CLR_ARCHIVE_NONE, "card3", FITS_NOT, true, "unknown-participant", "", NOTE },
        { "its key fits, no bytes", CLR_ARCHIVE_NONE, "card3", FITS, true, "unknown-participant", "", NOTE },
        { "its keys do not", CLR_ARCHIVE_KEEP, "card3", FITS_NOT, false, "", "", NOTE },
        { "its keys do not, no bytes", CLR_ARCHIVE_NONE, "card3", FITS_NOT, false, "", "", NOTE },
        { "keys of others say wait", CLR_ARCHIVE_KEEP, "card1", FITS_NOT, true, "", "", NOTE },
        { "no keys", CLR_ARCHIVE_KEEP, "", FITS_NOT, false, "", "", NOTE },
        { "its key fits, the code is wrong", CLR_ARCHIVE_KEEP, "card3", FITS, true, "tac-mismatch unknown-participant", "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        char name[32];
        struct clr_keyset *keys = NULL;
        snprintf(name, sizeof name, "later-%zu", i);
        struct desk desk = desk_open(name);
        ingest(&desk, "X-later", taps, DESK_COUNT(taps), cases[i].archive);
        desk_expect(&desk, cases[i].name, 1, 1, "unknown-participant gray");
        desk_expect(&desk, cases[i].name, 1, 2, "unknown-participant");
        expect_notes(&desk, cases[i].name, 2, NOTE);
        desk_rules2(&desk);
        use_keys(&desk, &keys, keys_of(cases[i].issuer, cases[i].version, cases[i].waits));
        desk_reexamine(&desk, SETTLED);
        desk_expect(&desk, cases[i].name, 1, 1, cases[i].gray);
        desk_expect(&desk, cases[i].name, 1, 2, cases[i].reasons);
        expect_notes(&desk, cases[i].name, 2, cases[i].notes);
        use_keys(&desk, &keys, NULL);
        desk_close(&desk);
    }
}

/* Its reasons stay those of ingest, and so do their deadlines. */
static void such_a_record_keeps_its_deadline(void **state)
{
    static const struct tap taps[] = {
        { .card = CARD3, .merchant = 1, .counter = 1, .balance_fen = 9000,
          .amount_fen = 500, .time = "20260303080000" },       /* 30 days, reject */
        { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000,
          .amount_fen = 700, .time = "20260303080000" },       /* 10 days, accept */
    };
    static const struct { const char *day, *reasons[2]; } cases[] = {
        { "2026-03-13", { "unknown-participant", "tac-unverified" } },
        { "2026-03-14", { "unknown-participant", "" } },
        { "2026-04-02", { "unknown-participant", "" } },
        { "2026-04-03", { "expired unknown-participant", "" } },
    };
    struct clr_keyset *keys = NULL;
    struct desk desk = desk_open("deadline");
    (void)state;
    use_keys(&desk, &keys, keys_of("card1", FITS_NOT, true));
    ingest(&desk, "X-deadline", taps, DESK_COUNT(taps), CLR_ARCHIVE_KEEP);
    desk_rules2(&desk);
    struct clr_keyset *const both = keys_of("card1", FITS_NOT, true);
    struct clr_key third = *clr_keyset_at(both, 0);
    snprintf(third.issuer, sizeof third.issuer, "card3");
    assert_int_equal(clr_keyset_add(both, &third, NULL), CLR_OK);
    use_keys(&desk, &keys, both);
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        desk_reexamine(&desk, cases[i].day);
        for (size_t r = 0; r < 2; r++) desk_expect(&desk, cases[i].day, 1, r + 1, cases[i].reasons[r]);
    }
    expect_notes(&desk, "accepted at its deadline", 2, NOTE);
    use_keys(&desk, &keys, NULL);
    desk_close(&desk);
}

/* ---- which keys a settlement had ---- */

static void expect_keys_of_window(struct desk *desk, const struct clr_keyset *keys)
{
    uint8_t want[CLR_KEYS_DIGEST_SIZE];
    struct clr_summary summary;
    assert_int_equal(clr_keyset_digest(keys, want), CLR_OK);
    assert_int_equal(clr_summary_read(desk->store, &summary, NULL), CLR_OK);
    assert_int_equal(summary.window_count, 1);
    assert_memory_equal(summary.window[0].keys, want, sizeof want);
    clr_summary_free(&summary);
}

static void settle(struct desk *desk)
{
    struct clr_settled settled;
    struct clr_fault fault = { 0 };
    if (clr_settle(desk->store, DESK_DAY(SETTLED), CLR_ALL_PRODUCTS, NULL, false, &settled, &fault) != CLR_OK) fail_msg("settle: %s", fault.en);
    clr_settled_free(&settled);
}

/** Is the digest of these keys in the manifest? */
static void expect_manifest(struct desk *desk, const struct clr_keyset *keys)
{
    uint8_t digest[CLR_KEYS_DIGEST_SIZE];
    char path[PATH_MAX + 64], hex[2 * CLR_KEYS_DIGEST_SIZE + 1], text[8192];
    assert_int_equal(clr_keyset_digest(keys, digest), CLR_OK);
    for (size_t i = 0; i < sizeof digest; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    snprintf(path, sizeof path, "%s/settlement/" SETTLED "/manifest.json", desk->path);
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const char *const found = strstr(text, "settled_with_keys");
    assert_true((found != NULL) == (keys != NULL));
    if (keys != NULL) assert_non_null(strstr(found, hex));
}

/* The keys at its close, whatever later commands have; a settlement shown again writes the same manifest. */
static void a_settlement_says_which_keys_it_had(void **state)
{
    static const struct tap tap = { .card = CARD1, .merchant = 1, .counter = 1, .balance_fen = 9000, .amount_fen = 700, .time = "20260303080000" };
    static const char *const issuers[] = { "card1", "" };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(issuers); i++) {
        char name[32];
        struct clr_keyset *keys = NULL, *const then = keys_of(issuers[i], FITS_NOT, false);
        snprintf(name, sizeof name, "settled-%zu", i);
        struct desk desk = desk_open(name);
        ingest(&desk, "X-settled", &tap, 1, CLR_ARCHIVE_KEEP);
        expect_keys_of_window(&desk, NULL);
        clr_store_use_keys(desk.store, then, &clr_codecs);
        settle(&desk);
        use_keys(&desk, &keys, keys_of("card2", FITS, true));
        expect_keys_of_window(&desk, then);
        expect_manifest(&desk, then);
        settle(&desk);                                /* done: shown again */
        expect_keys_of_window(&desk, then);
        expect_manifest(&desk, then);
        use_keys(&desk, &keys, NULL);
        clr_keyset_destroy(then);
        desk_close(&desk);
    }
}

/* ---- found wrong ---- */

/* Whichever way it waited: what was found wrong is no longer unverified. */
static void a_wrong_code_is_no_longer_unverified(void **state)
{
    static const struct { const char *name, *file, *before, *after; unsigned merchant; } cases[] = {
        { "it waited for a key", "W-wrong", "tac-unverified", "tac-mismatch", 1 },
        { "for a party, the code only noted", "X-wrong", "unknown-participant", "tac-mismatch unknown-participant", 4 },
        { "for both", "W-both", "unknown-participant tac-unverified", "tac-mismatch unknown-participant", 4 },
    };
    (void)state;
    for (size_t i = 0; i < DESK_COUNT(cases); i++) {
        char name[32];
        struct clr_keyset *keys = NULL;
        const struct tap tap = { .card = CARD1, .merchant = cases[i].merchant, .counter = 1, .balance_fen = 9000,
                                        .amount_fen = 1000, .time = "20260303080000" };
        snprintf(name, sizeof name, "wrong-%zu", i);
        struct desk desk = desk_open(name);
        ingest(&desk, cases[i].file, &tap, 1, CLR_ARCHIVE_KEEP);
        desk_expect(&desk, cases[i].name, 1, 1, cases[i].before);
        use_keys(&desk, &keys, keys_of("card1", FITS, false));
        const struct clr_reexamined done = desk_reexamine(&desk, SETTLED);
        assert_int_equal(done.rejected, 1);
        desk_expect(&desk, cases[i].name, 1, 1, cases[i].after);
        expect_notes(&desk, cases[i].name, 1, 0);
        use_keys(&desk, &keys, NULL);
        desk_close(&desk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keys_hold_back_waits_without_its_bytes),
        cmocka_unit_test(an_issuer_known_later_is_asked_then),
        cmocka_unit_test(such_a_record_keeps_its_deadline),
        cmocka_unit_test(a_settlement_says_which_keys_it_had),
        cmocka_unit_test(a_wrong_code_is_no_longer_unverified),
    };
    return cmocka_run_group_tests(tests, open_group, scratch_close);
}
