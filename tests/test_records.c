/* test_records.c: records found by name, and lists of them with filters, with and without the archived source. */
#include "query_world.h"
#include "store/events.h"
#include "store/store.h"

#define LIST_MAX 64
#define R(name) CLR_REASON_MASK(name)
#define R_DUPLICATES (CLR_REASON_MASK(DUPLICATE_IN_FILE) | CLR_REASON_MASK(DUPLICATE_IN_HISTORY))

struct list {
    size_t count;
    struct clr_record record[LIST_MAX];
    char issuer[LIST_MAX][64], acquirer[LIST_MAX][64];
    size_t stop_after;
};

static bool take(void *context, const struct clr_record *record)
{
    struct list *const list = context;
    assert_true(list->count < LIST_MAX);
    snprintf(list->issuer[list->count], 64, "%s", record->issuer.code);
    snprintf(list->acquirer[list->count], 64, "%s", record->acquirer.code);
    list->record[list->count++] = *record;
    return list->stop_after == 0 || list->count < list->stop_after;
}

static void list_records(struct clr_store *store, struct clr_record_filter filter, struct list *list)
{
    struct clr_fault fault = { 0 };
    list->count = 0;
    if (clr_records_each(store, &clr_codecs, &filter, take, list, &fault) != CLR_OK) fail_msg("%s", fault.en);
    for (size_t i = 1; i < list->count; i++) assert_true(list->record[i - 1].id < list->record[i].id);
}

#define ALL { .verdict = -1, .reason = -1 }

static const enum clr_archive_mode modes[] = { CLR_ARCHIVE_KEEP, CLR_ARCHIVE_REFERENCE, CLR_ARCHIVE_NONE };
static const char *const stores[] = { "kept", "referred", "none" };
static struct clr_store *open_stores[3];

static int make_stores(void **state)
{
    if (scratch_open(state) != 0) return -1;
    query_use(scratch_folder);
    for (size_t i = 0; i < 3; i++) open_stores[i] = query_store(stores[i], modes[i], NULL);
    return 0;
}

static int close_stores(void **state)
{
    for (size_t i = 0; i < 3; i++) clr_store_close(open_stores[i]);
    return scratch_close(state);
}

/* ---- by name ---- */

static void names_find_records(void **state)
{
    static const struct { const char *text; uint32_t admission; uint64_t number; const char *says; } cases[] = {
        { "r1-1", 1, 1, NULL },
        { "r1-23", 1, 23, NULL },
        { "r3-7", 3, 7, NULL },
        { QUERY_FILE ":3", 1, 3, NULL },
        { "/some/where/" QUERY_FILE ":3", 1, 3, NULL },
        { "/some/where/" QUERY_FILE ".gz:3", 1, 3, NULL },
        { QUERY_FILE ".zst:3", 1, 3, NULL },
        { "r2:1", 2, 1, NULL },
        { "2:1", 2, 1, NULL },
        { QUERY_MOVES ":2", 3, 2, NULL },
        { "r1-24", 0, 0, "has 23 records" },
        { QUERY_FILE ":24", 0, 0, "has 23 records" },
        { QUERY_FILE ":0", 0, 0, "names no record" },
        { QUERY_FILE ":-1", 0, 0, "names no record" },
        { QUERY_FILE ":", 0, 0, "names no record" },
        { QUERY_FILE, 0, 0, "names no record" },
        { ":1", 0, 0, "names no record" },
        { "", 0, 0, "names no record" },
        { "r1-0", 0, 0, "names no record" },
        { "r4-1", 0, 0, "no file \"r4\"" },
        { "9:1", 0, 0, "no file \"9\"" },
        { "other.txt:1", 0, 0, "no file \"other.txt\"" },
        { "yz316-yangzhou:1", 0, 0, "no file" },
        { "0123456789:1", 0, 0, "no file" },
        { QUERY_FILE ":99999999999999999999", 0, 0, "names no record" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_fault fault = { 0 };
        clr_record_id id = 77;
        const enum clr_status status = clr_record_find(open_stores[0], cases[i].text, &id, &fault);
        const clr_record_id want = cases[i].admission == 0 ? 0 : clr_record_id_of(cases[i].admission, cases[i].number);
        if (status != (want != 0 ? CLR_OK : CLR_NOT_FOUND) || id != want) fail_msg("%s: status %d, id %llx", cases[i].text, status, (unsigned long long)id);
        if (want == 0 && (strstr(fault.en, cases[i].says) == NULL || fault.zh[0] == '\0')) fail_msg("%s: says \"%s\"", cases[i].text, fault.en);
    }
}

static void digests_find_files_and_two_files_are_ambiguous(void **state)
{
    struct clr_fault fault = { 0 };
    struct clr_summary summary;
    char text[80];
    clr_record_id id;
    (void)state;
    assert_int_equal(clr_summary_read(open_stores[0], &summary, &fault), CLR_OK);
    for (unsigned size = 3; size <= 32; size++) {
        for (unsigned i = 0; i < size; i++) snprintf(text + 2 * i, 3, i % 2 == 0 ? "%02x" : "%02X", summary.file[1].digest[i]);
        snprintf(text + 2 * size, 3, ":1");
        const enum clr_status status = clr_record_find(open_stores[0], text, &id, &fault);
        if (size < 4) assert_int_equal(status, CLR_NOT_FOUND);
        else assert_int_equal(id, clr_record_id_of(2, 1));
    }
    clr_summary_free(&summary);

    /* Two files of one name. */
    struct clr_store *const store = query_store("twice", CLR_ARCHIVE_KEEP, NULL);
    query_ingest(store, scratch_write(QUERY_MOVES, "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n"
                                                   "x1,transit,decide,r1-16,,,,,,,,reject,\n", 134), CLR_ARCHIVE_KEEP);
    assert_int_equal(clr_record_find(store, QUERY_MOVES ":1", &id, &fault), CLR_NOT_FOUND);
    assert_non_null(strstr(fault.en, "r3, r4"));
    assert_int_equal(clr_record_find(store, "r4:1", &id, &fault), CLR_OK);
    clr_store_close(store);
}

/* ---- lists ---- */

static void every_verdict_is_listed_in_order(void **state)
{
    static struct list list;
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        list_records(open_stores[s], (struct clr_record_filter)ALL, &list);
        assert_int_equal(list.count, query_row_count + 1 + 7);
        for (unsigned number = 1; number <= query_row_count; number++) {
            const struct query_row *const row = &query_rows[number - 1];
            const struct clr_record *const record = &list.record[number - 1];
            const clr_record_id link = row->link == 0 ? 0 : clr_record_id_of(1, row->link);
            if (record->id != clr_record_id_of(1, number) || (record->first_reasons & CLR_REASONS_ALL) != row->reasons) fail_msg("%s in %s: %llx", row->name, stores[s], (unsigned long long)record->first_reasons);
            if (link != 0 && record->link != link) fail_msg("%s in %s: link", row->name, stores[s]);
            const bool has_row = (row->reasons & (0x1F | R_DUPLICATES)) == 0;
            if (record->decoded != (modes[s] != CLR_ARCHIVE_NONE || has_row)) fail_msg("%s in %s: decoded %d", row->name, stores[s], record->decoded);
        }
        assert_int_equal(clr_verdict_of(list.record[2].reasons), CLR_VERDICT_REJECTED);        /* decided by a move */
        assert_int_equal(clr_verdict_of(list.record[16].reasons), CLR_VERDICT_REJECTED);       /* by a person */
        assert_int_equal(clr_verdict_of(list.record[17].reasons), CLR_VERDICT_ACCEPTED);
        assert_int_equal(list.record[query_row_count].link, clr_record_id_of(1, 1));
    }
}

static void fields_are_shown(void **state)
{
    static struct list list;
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        list_records(open_stores[s], (struct clr_record_filter)ALL, &list);
        const struct clr_record *const first = &list.record[0];
        assert_string_equal(first->card, "313120*********2340");
        assert_string_equal(list.issuer[0], "yangzhou-card");
        assert_string_equal(list.acquirer[0], "yangzhou-bus");
        assert_string_equal(list.acquirer[14], "99999901");
        assert_int_equal(first->amount_fen, 200);
        assert_int_equal(first->counter, 1);
        assert_int_equal(first->sam, 312000000042);
        assert_int_equal(first->sam_serial, 1);
        assert_int_equal(first->balance_fen, 1000);
        assert_int_equal(first->tac, 0xA1B2C3D4);
        assert_int_equal(first->traded_at_s, clr_time_parse(clr_bytes_text("2026-03-02T08:15:30+08:00")));
        assert_int_equal(first->window, clr_day_parse(clr_bytes_text("2026-03-03")));
        assert_int_equal(list.record[1].window, CLR_DAY_NONE);
        const struct clr_record *const refund = &list.record[query_row_count + 2];
        assert_int_equal(refund->kind, CLR_KIND_REFUND);
        assert_int_equal(refund->original, clr_record_id_of(1, 1));
        assert_int_equal(refund->amount_fen, 50);
    }
}

static void sources_agree(void **state)
{
    static struct list kept, none;
    (void)state;
    list_records(open_stores[0], (struct clr_record_filter)ALL, &kept);
    list_records(open_stores[2], (struct clr_record_filter)ALL, &none);
    assert_int_equal(kept.count, none.count);
    for (size_t i = 0; i < kept.count; i++) {
        const struct clr_record *const a = &kept.record[i], *const b = &none.record[i];
        assert_int_equal(a->reasons, b->reasons);
        assert_int_equal(a->link, b->link);
        assert_int_equal(a->amount_fen, b->amount_fen);
        assert_int_equal(a->window, b->window);
        if (!b->decoded) continue;
        assert_string_equal(a->card, b->card);
        assert_string_equal(kept.issuer[i], none.issuer[i]);
        assert_string_equal(kept.acquirer[i], none.acquirer[i]);
        assert_int_equal(a->traded_at_s, b->traded_at_s);
        assert_int_equal(a->flags, b->flags);
        assert_int_equal(a->counter, b->counter);
        assert_int_equal(a->sam, b->sam);
        assert_int_equal(a->price_fen, b->price_fen);
        assert_int_equal(a->balance_fen, b->balance_fen);
        assert_int_equal(a->tac, b->tac);
    }
}

static void filters_choose(void **state)
{
    static const struct { const char *name; struct clr_record_filter filter; size_t kept, none; } cases[] = {
        { "one file", { .file = QUERY_FILE, .verdict = -1, .reason = -1 }, 23, 23 },
        { "one file by number", { .file = "r3", .verdict = -1, .reason = -1 }, 7, 7 },
        { "duplicates", { .verdict = CLR_VERDICT_DUPLICATE, .reason = -1 }, 3, 3 },
        { "pending now", { .verdict = CLR_VERDICT_PENDING, .reason = -1 }, 3, 3 },
        { "conflict now", { .verdict = CLR_VERDICT_CONFLICT, .reason = -1 }, 1, 1 },
        { "one reason", { .verdict = -1, .reason = CLR_REASON_BIT_MALFORMED }, 2, 2 },
        { "reason and another verdict", { .verdict = CLR_VERDICT_ACCEPTED, .reason = CLR_REASON_BIT_MALFORMED }, 0, 0 },
        { "limit", { .verdict = -1, .reason = -1, .limit = 4 }, 4, 4 },
        { "a limit beyond all", { .verdict = -1, .reason = -1, .limit = 4000 }, 31, 31 },
        { "nobody's card", { .card = "3131200000000077777", .verdict = -1, .reason = -1 }, 0, 0 },
        { "no card at all", { .card = "", .verdict = -1, .reason = -1 }, 0, 0 },
        { "a stopped card", { .card = "3131200000000000033", .verdict = -1, .reason = -1 }, 1, 1 },
        /* rows 1–4, 11–13, 15–18, 20–23; the one sent again; five moves, one of them a repeat */
        { "one card", { .card = QUERY_CARD, .verdict = -1, .reason = -1 }, 21, 21 },
        { "one card in one file", { .card = QUERY_CARD, .file = QUERY_AGAIN, .verdict = -1, .reason = -1 }, 1, 1 },
        { "one card, one verdict", { .card = QUERY_CARD, .verdict = CLR_VERDICT_DUPLICATE, .reason = -1 }, 3, 3 },
    };
    static struct list list;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        list_records(open_stores[0], cases[i].filter, &list);
        if (list.count != cases[i].kept) fail_msg("%s: %zu with an archive", cases[i].name, list.count);
        list_records(open_stores[2], cases[i].filter, &list);
        if (list.count != cases[i].none) fail_msg("%s: %zu without", cases[i].name, list.count);
    }
}

static void an_unknown_file_is_said(void **state)
{
    static struct list list;
    struct clr_fault fault = { 0 };
    const struct clr_record_filter filter = { .file = "nothing.csv", .verdict = -1, .reason = -1 };
    (void)state;
    list.count = 0;
    assert_int_equal(clr_records_each(open_stores[0], &clr_codecs, &filter, take, &list, &fault), CLR_NOT_FOUND);
    assert_int_equal(list.count, 0);
    assert_non_null(strstr(fault.en, "nothing.csv"));
}

static void the_caller_stops(void **state)
{
    static struct list list;
    (void)state;
    list.stop_after = 3;
    list_records(open_stores[0], (struct clr_record_filter)ALL, &list);
    assert_int_equal(list.count, 3);
    list.stop_after = 0;
}

static void cards_are_masked_unless_asked_for(void **state)
{
    static struct list list;
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        list_records(open_stores[s], (struct clr_record_filter)ALL, &list);
        for (size_t i = 0; i < list.count; i++) {
            if (list.record[i].card[0] != '\0') assert_non_null(strchr(list.record[i].card, '*'));
            assert_null(strstr(list.record[i].card, QUERY_CARD));
        }
        struct clr_record_filter open = ALL;
        open.unmask = true;
        list_records(open_stores[s], open, &list);
        assert_string_equal(list.record[0].card, QUERY_CARD);
        assert_string_equal(list.record[13].card, "3131200000000000033");
    }
}

static void a_lost_reference_leaves_the_rows(void **state)
{
    static struct list list;
    (void)state;
    struct clr_store *const store = query_store("lost", CLR_ARCHIVE_REFERENCE, NULL);
    assert_int_equal(remove(scratch_path(QUERY_FILE)), 0);
    list_records(store, (struct clr_record_filter)ALL, &list);
    assert_int_equal(list.count, query_row_count + 8);
    assert_true(list.record[0].decoded);
    assert_false(list.record[1].decoded);
    clr_store_close(store);
}

/* ---- links ---- */

static void an_event_says_what_a_record_repeats_now(void **state)
{
    static const struct { const char *name; unsigned number; uint64_t to; unsigned event_link, want; } cases[] = {
        { "no link of its own, then superseded", 15, R(UNKNOWN_PARTICIPANT) | R(SUPERSEDED), 1, 1 },
        { "no link of its own, then accepted because of another", 16, 0, 1, 0 },
        { "in conflict with one, then found to repeat another", 4, R(DUPLICATE_IN_FILE), 11, 11 },
        { "in conflict with one, then accepted by a person", 3, 0, 0, 0 },
        { "decided by a person, without a link", 17, R(NO_UNIT) | R(DECIDED), 0, 0 },
    };
    static struct list list;
    struct clr_fault fault = { 0 };
    struct clr_tx tx;
    (void)state;
    struct clr_store *const store = query_store("links", CLR_ARCHIVE_NONE, NULL);
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, &fault), CLR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t from = query_rows[cases[i].number - 1].reasons, number;
        clr_day window;
        const clr_record_id id = clr_record_id_of(1, cases[i].number);
        const enum clr_status found = clr_event_latest(&tx, id, &from, &number, &window, &fault);
        assert_true(found == CLR_OK || found == CLR_NOT_FOUND);
        struct clr_event event = { .record = id, .from = from, .to = cases[i].to, .stamp = 0, .window = CLR_DAY_NONE, .cause = CLR_CAUSE_EXAMINED,
                                   .link = cases[i].event_link == 0 ? 0 : clr_record_id_of(1, cases[i].event_link) };
        assert_int_equal(clr_event_put(&tx, &event, CLR_KIND_PURCHASE, cases[i].number == 3 ? 300 : 200, NULL, 0, &fault), CLR_OK);
    }
    assert_int_equal(clr_tx_commit(&tx, &fault), CLR_OK);
    list_records(store, (struct clr_record_filter){ .file = "r1", .verdict = -1, .reason = -1 }, &list);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_record *const record = &list.record[cases[i].number - 1];
        if (record->reasons != cases[i].to || record->link != (cases[i].want == 0 ? 0 : clr_record_id_of(1, cases[i].want))) fail_msg("%s", cases[i].name);
    }
    clr_store_close(store);
}

/* ---- windows ---- */

#define COLUMNS "deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n"
#define TRADE(card) "2018-09-01 08:00:00,2018-09-01 00:00:00," card ",500,巴士,地铁五号线,B,站,0,500,263030\n"

/** What stated a day that was closed when it came counts in the next one, whatever was closed since; what came before stays where it was. */
static void closed_windows_are_skipped_as_they_were(void **state)
{
    static const char early[] = COLUMNS TRADE("ABCDEFGHI") TRADE("ABCDEFGHJ"), late[] = COLUMNS TRADE("BBCDEFGHA") TRADE("BBCDEFGHB") TRADE("BBCDEFGHB");
    static const char *const want[] = { "2018-09-01", "2018-09-01", "2018-09-02", "2018-09-02", "" };
    static const char *const days[] = { "2018-09-01", "2018-09-02" };
    static struct list list;
    struct clr_fault fault = { 0 };
    struct clr_store *store;
    struct clr_rules_loaded loaded;
    (void)state;
    const char *const path = scratch_path("windows");
    assert_int_equal(clr_store_create(path, NULL, &fault), CLR_OK);
    assert_int_equal(clr_store_open(path, NULL, &store, &fault), CLR_OK);
    assert_int_equal(clr_rules_load(store, CLR_FIXTURES "/rules/shenzhen", false, &loaded, &fault), CLR_OK);
    for (size_t i = 0; i < 2; i++) {
        struct clr_settled settled;
        query_ingest(store, i == 0 ? scratch_write("early.csv", early, sizeof early - 1) : scratch_write("late.csv", late, sizeof late - 1), CLR_ARCHIVE_KEEP);
        if (clr_settle(store, clr_day_parse(clr_bytes_text(days[i])), CLR_ALL_PRODUCTS, scratch_path("out"), false, &settled, &fault) != CLR_OK) fail_msg("%s", fault.en);
        clr_settled_free(&settled);
    }
    list_records(store, (struct clr_record_filter)ALL, &list);
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < 5; i++) {
        char text[CLR_DAY_TEXT_SIZE];
        if (strcmp(clr_day_text(list.record[i].window, text), want[i]) != 0) fail_msg("record %zu: %s", i, text);
    }
    struct clr_why why;
    assert_int_equal(clr_why(store, &clr_codecs, clr_record_id_of(2, 1), false, &why, &fault), CLR_OK);
    bool told = false;
    for (size_t i = 0; i < why.step_count; i++) told |= strstr(why.step[i].en, "1 closed windows skipped: it falls into 2018-09-02") != NULL;
    assert_true(told);
    clr_why_free(&why);
    clr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_find_records),
        cmocka_unit_test(every_verdict_is_listed_in_order),
        cmocka_unit_test(fields_are_shown),
        cmocka_unit_test(sources_agree),
        cmocka_unit_test(filters_choose),
        cmocka_unit_test(an_unknown_file_is_said),
        cmocka_unit_test(the_caller_stops),
        cmocka_unit_test(cards_are_masked_unless_asked_for),
        cmocka_unit_test(digests_find_files_and_two_files_are_ambiguous),
        cmocka_unit_test(an_event_says_what_a_record_repeats_now),
        cmocka_unit_test(closed_windows_are_skipped_as_they_were),
        cmocka_unit_test(a_lost_reference_leaves_the_rows),
    };
    return cmocka_run_group_tests(tests, make_stores, close_stores);
}
