/* test_why.c: the account of a record: its bytes, its fields, every rule tried; and that no card number is in it. */
#include "query_world.h"

static const enum clr_archive_mode modes[] = { CLR_ARCHIVE_KEEP, CLR_ARCHIVE_NONE };
static const char *const stores[] = { "kept", "none" };
static struct clr_store *open_stores[2];

static int make_stores(void **state)
{
    if (scratch_open(state) != 0) return -1;
    query_use(scratch_folder);
    for (size_t i = 0; i < 2; i++) open_stores[i] = query_store(stores[i], modes[i], NULL);
    return 0;
}

static int close_stores(void **state)
{
    for (size_t i = 0; i < 2; i++) clr_store_close(open_stores[i]);
    return scratch_close(state);
}

static void explain(struct clr_store *store, uint32_t admission, uint64_t number, bool unmask, struct clr_why *why)
{
    struct clr_fault fault = { 0 };
    if (clr_why(store, &clr_codecs, clr_record_id_of(admission, number), unmask, why, &fault) != CLR_OK) fail_msg("r%u-%llu: %s", admission, (unsigned long long)number, fault.en);
}

static const struct clr_why_step *step_of(const struct clr_why *why, const char *rule)
{
    for (size_t i = 0; i < why->step_count; i++)
        if (strcmp(why->step[i].rule, rule) == 0) return &why->step[i];
    return NULL;
}

static void says(const struct clr_why *why, const char *rule, bool passed, const char *en)
{
    const struct clr_why_step *const step = step_of(why, rule);
    if (step == NULL) fail_msg("no line %s", rule);
    else if (step->passed != passed || strstr(step->en, en) == NULL) fail_msg("%s: %d, \"%s\" lacks \"%s\"", rule, step->passed, step->en, en);
}

/* ---- reasons ---- */

static void every_reason_fails_its_rule(void **state)
{
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        for (unsigned number = 1; number <= query_row_count; number++) {
            const struct query_row *const row = &query_rows[number - 1];
            struct clr_why why;
            explain(open_stores[s], 1, number, false, &why);
            assert_int_equal(why.record.first_reasons & CLR_REASONS_ALL, row->reasons);
            if (row->rule != NULL && (step_of(&why, row->rule) == NULL || step_of(&why, row->rule)->passed)) fail_msg("%s in %s: %s does not fail", row->name, stores[s], row->rule);
            unsigned failed = 0;
            for (size_t i = 0; i < why.step_count; i++) {
                if (why.step[i].en[0] == '\0' || why.step[i].zh[0] == '\0') fail_msg("%s: %s in one language", row->name, why.step[i].rule);
                failed += !why.step[i].passed && strcmp(why.step[i].rule, "obligation") != 0;
            }
            /* Exactly one rule stands against each of these records, and none against those that were accepted. */
            if (failed != (row->rule != NULL)) fail_msg("%s in %s: %u rules fail", row->name, stores[s], failed);
            const bool counts = clr_verdict_of(why.record.reasons) == CLR_VERDICT_ACCEPTED;
            if (step_of(&why, "obligation")->passed != counts) fail_msg("%s in %s: obligation", row->name, stores[s]);
            clr_why_free(&why);
        }
    }
}

static void the_values_are_told(void **state)
{
    static const struct { unsigned number; const char *rule; bool passed; const char *en; } cases[] = {
        { 1, "form", true, "every field" },
        { 1, "bad-date", true, "traded 2026-03-02T08:15:30+08:00; received 2026-03-03T02:00:00+08:00" },
        { 1, "too-late", true, "1 days from the trade to 2026-03-03; the limit is 60" },
        { 1, "issuer", true, "card prefix \"313120\" → yangzhou-card; city of card \"3120\" → yangzhou-card (rules version 1)" },
        { 1, "acquirer", true, "yz316.unit:31200101 → yangzhou-bus" },
        { 1, "card-status", true, "not on the stop list" },
        { 1, "amount-limit", true, "amount 2.00 yuan; the limit is 1,000.00" },
        { 1, "tac", true, "A1B2C3D4" },
        { 1, "duplicate", true, "1 after it" },
        { 1, "window", true, "cut-off 24:00: first window 2026-03-03" },
        { 1, "obligation", true, "yangzhou-card pays yangzhou-bus 2.00 yuan (purchase), window 2026-03-03" },
        { 1, "fee", true, "row 13 of fees.csv (on discount): nothing to charge" },
        { 2, "duplicate-in-file", false, "repeats r1-1 (record 1 of " QUERY_FILE ")" },
        { 3, "conflict", false, "same identity as r1-1" },
        { 4, "counter-conflict", false, "as r1-1" },
        { 5, "form", false, "field 8 (amount)" },
        { 6, "form", false, "as a whole: wrong length" },
        { 8, "unknown-type", false, "type 5" },
        { 10, "too-late", false, "92 days" },
        { 14, "card-status", false, "was on the stop list" },
        { 15, "acquirer", false, "99999901 → ?" },
        { 16, "issuer-mismatch", false, "city of card \"3050\" → suzhou-card" },
        { 18, "amount-limit", false, "amount 10,000.00 yuan; the limit is 1,000.00" },
        { 19, "wrong-purse", false, "here they are not" },
        { 20, "obligation", true, "card lock moves no money" },
        { 21, "obligation", true, "none: 0 fen" },
        { 22, "obligation", true, "yangzhou-card pays suzhou-bus 100.20 yuan" },
        { 22, "fee", true, "row 9 of fees.csv, on amount: 4000 ppm × 10020 / 10^6 + 0 fixed = 40.080000 fen; limits [1, 200]" },
        { 22, "fee-shares", true, "suzhou-bus pays 40 fen: issuer ⌊600000 ppm⌋ = 24, centre ⌊100000 ppm⌋ = 4, acquirer the rest 12" },
        { 23, "fee", true, "row 3 of fees.csv, on amount: 3000 ppm × 200 / 10^6 + 0 fixed = 0.600000 fen" },
        { 23, "fee-total", true, "suzhou-metro pays it; 0.600000 fen are added to the window's sum exactly" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_why why;
        explain(open_stores[0], 1, cases[i].number, false, &why);
        says(&why, cases[i].rule, cases[i].passed, cases[i].en);
        clr_why_free(&why);
    }
}

/** Accepted by a moves record: what its event booked is told, not what the file would have. */
static void a_decision_books_by_its_event(void **state)
{
    struct clr_why why;
    (void)state;
    explain(open_stores[0], 1, 18, false, &why);
    says(&why, "obligation", true, "yangzhou-card pays yangzhou-bus 10,000.00 yuan");
    assert_non_null(step_of(&why, "fee"));
    assert_int_equal(why.event_count, 1);
    assert_non_null(strstr(why.event[0].cause, "r3-7"));
    assert_non_null(strstr(why.event[0].cause, "seen the slip"));
    clr_why_free(&why);
}

static void repeats_in_another_file_are_named(void **state)
{
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        struct clr_why why;
        explain(open_stores[s], 2, 1, false, &why);
        says(&why, "duplicate-in-history", false, "repeats r1-1 (record 1 of " QUERY_FILE ")");
        assert_int_equal(why.record.link, clr_record_id_of(1, 1));
        clr_why_free(&why);
    }
}

/* ---- bytes ---- */

static void the_bytes_are_those_of_the_file(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= query_row_count; number++) {
        struct clr_why why;
        char record[320];
        const size_t size = query_record(number, record);
        explain(open_stores[0], 1, number, true, &why);
        assert_int_equal(why.offset, query_offset(number));
        assert_int_equal(why.size, size);
        assert_int_equal(why.byte_count, size);
        if (memcmp(why.bytes, record, size) != 0) fail_msg("%s: other bytes", query_rows[number - 1].name);
        clr_why_free(&why);
        explain(open_stores[0], 1, number, false, &why);
        assert_int_equal(why.byte_count, size);
        for (size_t i = 0; i < size; i++)
            if (why.bytes[i] != (uint8_t)record[i] && why.bytes[i] != '*') fail_msg("%s: byte %zu", query_rows[number - 1].name, i);
        clr_why_free(&why);
        explain(open_stores[1], 1, number, true, &why);
        assert_null(why.bytes);
        assert_int_equal(why.byte_count, 0);
        assert_non_null(step_of(&why, "source"));
        clr_why_free(&why);
    }
}

static bool holds(const void *bytes, size_t size, const char *text) { return size > 0 && memmem(bytes, size, text, strlen(text)) != NULL; }

/** Any of the numbers of the file, in any place of the account. */
static void no_number(const struct clr_why *why, const char *name)
{
    static const char *const numbers[] = { QUERY_CARD, "1200000000012340", "3131200000000000033", "1200000000000033", "3130500000000000099", "0500000000000099", "3131200000000099999" };
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
        bool found = holds(why->bytes, why->byte_count, numbers[n]) || holds(why->record.card, sizeof why->record.card, numbers[n]);
        for (size_t i = 0; i < why->field_count; i++) found |= holds(why->field[i].value, sizeof why->field[i].value, numbers[n]);
        for (size_t i = 0; i < why->step_count; i++) found |= holds(why->step[i].en, sizeof why->step[i].en, numbers[n]) || holds(why->step[i].zh, sizeof why->step[i].zh, numbers[n]);
        for (size_t i = 0; i < why->event_count; i++) found |= holds(why->event[i].cause, sizeof why->event[i].cause, numbers[n]);
        if (found) fail_msg("%s: %s is shown", name, numbers[n]);
    }
}

static void no_card_number_is_shown(void **state)
{
    static const uint64_t records[] = { 0, 23, 1, 7 };
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        for (uint32_t admission = 1; admission <= 3; admission++) {
            for (uint64_t number = 1; number <= records[admission]; number++) {
                struct clr_why why;
                char name[40];
                snprintf(name, sizeof name, "r%u-%u in %s", admission, (unsigned)number, stores[s]);
                explain(open_stores[s], admission, number, false, &why);
                no_number(&why, name);
                clr_why_free(&why);
            }
        }
    }
    struct clr_why why;
    explain(open_stores[0], 1, 1, true, &why);
    assert_string_equal(why.record.card, QUERY_CARD);
    assert_true(holds(why.bytes, why.byte_count, QUERY_CARD));
    clr_why_free(&why);
}

/** A line with a column too many: the number stands where no field is personal. */
static void a_shifted_number_is_masked(void **state)
{
    static const char text[] = "deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n"
                               "2018-09-01 08:00:00,2018-09-01 00:00:00,extra,ABCDEFGHI,500,巴士,地铁五号线,B,站,0,500,263030\n"
                               "\"2018-09-01 08:00:00,2018-09-01 00:00:00,ABCDEFGHI,500,巴士,地铁五号线,B,站,0,500,263030\n";
    struct clr_fault fault = { 0 };
    struct clr_store *store;
    struct clr_rules_loaded loaded;
    (void)state;
    const char *const path = scratch_path("shifted");
    assert_int_equal(clr_store_create(path, NULL, &fault), CLR_OK);
    assert_int_equal(clr_store_open(path, NULL, &store, &fault), CLR_OK);
    assert_int_equal(clr_rules_load(store, CLR_FIXTURES "/rules/shenzhen", false, &loaded, &fault), CLR_OK);
    query_ingest(store, scratch_write("shifted.csv", text, sizeof text - 1), CLR_ARCHIVE_KEEP);
    for (uint64_t number = 1; number <= 2; number++) {
        struct clr_why why;
        explain(store, 1, number, false, &why);
        assert_int_equal(why.record.reasons, CLR_REASON_MASK(MALFORMED));
        assert_false(holds(why.bytes, why.byte_count, "ABCDEFGHI"));
        for (size_t i = 0; i < why.field_count; i++) assert_false(holds(why.field[i].value, sizeof why.field[i].value, "ABCDEFGHI"));
        clr_why_free(&why);
        explain(store, 1, number, true, &why);
        assert_true(holds(why.bytes, why.byte_count, "ABCDEFGHI"));
        clr_why_free(&why);
    }
    clr_store_close(store);
}

static void fields_have_names_and_values(void **state)
{
    struct clr_why why;
    unsigned found = 0;
    (void)state;
    explain(open_stores[0], 1, 1, false, &why);
    for (size_t i = 0; i < why.field_count; i++) {
        assert_true(why.field[i].name[0] != '\0' && why.field[i].zh[0] != '\0');
        found += strcmp(why.field[i].name, "unit") == 0 && strcmp(why.field[i].value, "31200101") == 0;
        found += strcmp(why.field[i].name, "card_serial") == 0 && strcmp(why.field[i].value, "313120*********2340") == 0;
        found += strcmp(why.field[i].name, "date") == 0 && strcmp(why.field[i].value, "20260302") == 0;
    }
    assert_int_equal(found, 3);
    clr_why_free(&why);
}

/* ---- many records ---- */

#define MANY 30000

/** A file of open data, several times as long as what is read at once; packed as `packing` says. @return its lines, to be freed */
static char *many_trades(const char *name, enum scratch_packing packing, int wide)
{
    char *const text = malloc((size_t)MANY * (size_t)(130 + wide) + 200);
    size_t used = (size_t)sprintf(text, "deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n");
    for (unsigned n = 1; n <= MANY; n++) {
        used += (size_t)sprintf(text + used, "\"2018-09-01 08:%02u:%02u\",\"2018-09-01 00:00:00\",", n / 60 % 60, n % 60);
        for (unsigned i = 0, rest = n; i < 9; i++, rest /= 10) text[used++] = (char)('A' + rest % 10);
        used += (size_t)sprintf(text + used, ",%u,巴士,地铁五号线,B-%0*u,\"站%s\",0,%u,26303%u\n", n % 900, wide, n, n % 7 == 0 ? ",\"\"\n内\"\"" : "", n % 900, n % 100);
    }
    const struct scratch_bytes packed = scratch_pack(packing, (const uint8_t *)text, used);
    scratch_write(name, packed.data, packed.size);
    free(packed.data);
    return text;
}

/** Next record of the text: lines, and those that a quoted field goes on in. */
static const char *behind(const char *at)
{
    for (bool quoted = false; *at != '\n' || quoted; at++) quoted ^= *at == '"';
    return at + 1;
}

struct walk { uint64_t count; clr_fen sum_fen; };
static bool add_up(void *context, const struct clr_record *record)
{
    struct walk *const walk = context;
    walk->count++;
    if (!record->decoded || record->amount_fen != (clr_fen)(clr_record_id_number(record->id) % 900)) fail_msg("record %llu", (unsigned long long)clr_record_id_number(record->id));
    walk->sum_fen += record->amount_fen;
    return true;
}

static void any_record_of_a_long_file_is_found(void **state)
{
    static const struct { const char *store, *file; enum scratch_packing packing; uint64_t batch; int wide; } cases[] = {
        { "long", "long.csv", SCRATCH_PLAIN, 0, 500 }, { "long-small", "small.csv", SCRATCH_PLAIN, 5000, 1000 }, { "long-gz", "packed.csv.gz", SCRATCH_GZIP, 0, 1 },
        { "long-zst", "frames.csv.zst", SCRATCH_ZSTD_FRAMES, 7000, 1 },
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const struct clr_store_options options = { .batch_records = cases[c].batch };
        char *const text = many_trades(cases[c].file, cases[c].packing, cases[c].wide);
        struct clr_fault fault = { 0 };
        struct clr_store *store;
        struct clr_rules_loaded loaded;
        const char *const path = scratch_path(cases[c].store);
        assert_int_equal(clr_store_create(path, &options, &fault), CLR_OK);
        assert_int_equal(clr_store_open(path, &options, &store, &fault), CLR_OK);
        assert_int_equal(clr_rules_load(store, CLR_FIXTURES "/rules/shenzhen", false, &loaded, &fault), CLR_OK);
        query_ingest(store, scratch_path(cases[c].file), CLR_ARCHIVE_KEEP);
        const char *at = behind(text);
        for (unsigned n = 1; n <= MANY; n++) {
            const char *const end = behind(at);
            if (n % 977 == 1 || n % 8192 < 2 || n == MANY) {
                struct clr_why why;
                explain(store, 1, n, true, &why);
                if (why.offset != (uint64_t)(at - text) || why.size != (uint64_t)(end - at) || memcmp(why.bytes, at, why.size) != 0) fail_msg("%s: record %u", cases[c].file, n);
                clr_why_free(&why);
            }
            at = end;
        }
        struct walk walk = { 0 };
        const struct clr_record_filter all = { .verdict = -1, .reason = -1 };
        assert_int_equal(clr_records_each(store, &clr_codecs, &all, add_up, &walk, &fault), CLR_OK);
        assert_int_equal(walk.count, MANY);
        clr_store_close(store);
        free(text);
    }
}

/* ---- events and moves ---- */

static void events_are_told(void **state)
{
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        struct clr_why why;
        explain(open_stores[s], 1, 17, false, &why);
        assert_int_equal(why.event_count, 1);
        assert_int_equal(why.event[0].from & CLR_REASONS_ALL, CLR_REASON_MASK(NO_UNIT));
        assert_int_equal(clr_verdict_of(why.event[0].to), CLR_VERDICT_REJECTED);
        assert_non_null(strstr(why.event[0].cause, "nobody knows it"));
        clr_why_free(&why);
        explain(open_stores[s], 1, 1, false, &why);
        assert_int_equal(why.event_count, 0);
        clr_why_free(&why);
    }
}

static void moves_tell_their_original(void **state)
{
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        struct clr_why why;
        explain(open_stores[s], 3, 1, false, &why);
        says(&why, "obligation", true, "yangzhou-bus pays yangzhou-card 50.00 yuan (load)");
        clr_why_free(&why);
        explain(open_stores[s], 3, 2, false, &why);
        says(&why, "original", true, "r1-1 (record 1 of " QUERY_FILE "), now accepted");
        says(&why, "refundable", true, "original 2.00 yuan; 0.50 given back now in 1 parts; 1.50 left");
        says(&why, "obligation", true, "pays 0.50 yuan back");
        assert_int_equal(why.record.original, clr_record_id_of(1, 1));
        clr_why_free(&why);
        explain(open_stores[s], 3, 3, false, &why);
        says(&why, "duplicate-in-file", false, "");
        says(&why, "link", true, "r3-2");
        clr_why_free(&why);
        explain(open_stores[s], 3, 4, false, &why);
        says(&why, "refund-without-original", false, "");
        says(&why, "original", false, "r1-999");
        clr_why_free(&why);
        explain(open_stores[s], 3, 5, false, &why);
        says(&why, "refund-exceeds-original", false, "");
        says(&why, "refundable", false, "1.50 left");
        clr_why_free(&why);
    }
}

/* ---- failures ---- */

static void what_is_not_there_is_not_found(void **state)
{
    static const struct { const char *name; uint32_t admission; uint64_t number; } cases[] = {
        { "number 0", 1, 0 }, { "behind the last", 1, 24 }, { "no such file", 9, 1 }, { "nothing", 0, 0 }, { "largest", CLR_ADMISSION_MAX, CLR_RECORD_NUMBER_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_fault fault = { 0 };
        struct clr_why why;
        const enum clr_status status = clr_why(open_stores[0], &clr_codecs, clr_record_id_of(cases[i].admission, cases[i].number), false, &why, &fault);
        if (status != CLR_NOT_FOUND || fault.en[0] == '\0' || fault.zh[0] == '\0') fail_msg("%s: %d", cases[i].name, status);
        clr_why_free(&why);
    }
}

static void a_damaged_archive_is_said(void **state)
{
    struct clr_fault fault = { 0 };
    struct clr_summary summary;
    struct clr_why why;
    char name[160];
    int at = 0;
    (void)state;
    struct clr_store *const store = query_store("broken", CLR_ARCHIVE_KEEP, NULL);
    assert_int_equal(clr_summary_read(store, &summary, &fault), CLR_OK);
    at = snprintf(name, sizeof name, "broken/archive/");
    for (size_t i = 0; i < CLR_DIGEST_SIZE; i++) at += snprintf(name + at, sizeof name - (size_t)at, "%02x", summary.file[0].digest[i]);
    snprintf(name + at, sizeof name - (size_t)at, ".cla");
    clr_summary_free(&summary);
    FILE *const file = fopen(scratch_path(name), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 300, SEEK_SET), 0);
    assert_int_equal(fputc('x', file), 'x');
    assert_int_equal(fputc('y', file), 'y');
    assert_int_equal(fclose(file), 0);
    assert_int_equal(clr_why(store, &clr_codecs, clr_record_id_of(1, 1), false, &why, &fault), CLR_DAMAGED);
    assert_true(fault.en[0] != '\0');
    clr_why_free(&why);
    assert_int_equal(remove(scratch_path(name)), 0);         /* without it the row still tells */
    assert_int_equal(clr_why(store, &clr_codecs, clr_record_id_of(1, 1), false, &why, &fault), CLR_OK);
    assert_non_null(step_of(&why, "source"));
    clr_why_free(&why);
    clr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_fails_its_rule), cmocka_unit_test(the_values_are_told),     cmocka_unit_test(a_decision_books_by_its_event),
        cmocka_unit_test(repeats_in_another_file_are_named), cmocka_unit_test(the_bytes_are_those_of_the_file), cmocka_unit_test(no_card_number_is_shown),
        cmocka_unit_test(a_shifted_number_is_masked), cmocka_unit_test(fields_have_names_and_values), cmocka_unit_test(events_are_told),        cmocka_unit_test(moves_tell_their_original),
        cmocka_unit_test(what_is_not_there_is_not_found), cmocka_unit_test(a_damaged_archive_is_said), cmocka_unit_test(any_record_of_a_long_file_is_found),
    };
    return cmocka_run_group_tests(tests, make_stores, close_stores);
}
